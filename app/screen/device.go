package screen

// NextStep is what a person does about a device's state.
func NextStep(state string) string {
	switch state {
	case "paper_low", "paper_out":
		return "load_paper"
	case "cover_open":
		return "close_cover"
	case "off":
		return "check_cable"
	}
	return ""
}
