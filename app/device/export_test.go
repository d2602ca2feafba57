package device

// StartTwinWithoutFonts is StartTwin on a machine that has no font.
func StartTwinWithoutFonts(address string, cut func(Sheet)) (*Twin, error) {
	return startTwin(address, "", cut, openTypefaceFrom([][2]string{{"/nowhere/NotoSansCJK-Regular.ttc", ""}}))
}
