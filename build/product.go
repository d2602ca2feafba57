package main

import (
	"fmt"
	"regexp"
)

// product is what is written on the package: from wails.json, the one place of it.
type product struct {
	Name, Company, Version, About string
}

var threeNumbers = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

func readProduct() (product, error) {
	var file struct {
		Info struct {
			Company string `json:"companyName"`
			Name    string `json:"productName"`
			Version string `json:"productVersion"`
			About   string `json:"comments"`
		} `json:"info"`
	}
	if err := readJSON("wails.json", &file); err != nil {
		return product{}, err
	}
	p := product{file.Info.Name, file.Info.Company, file.Info.Version, file.Info.About}
	if !threeNumbers.MatchString(p.Version) {
		return p, fmt.Errorf("wails.json: productVersion is %q: it must be three numbers with dots, such as 1.2.0", p.Version)
	}
	return p, nil
}
