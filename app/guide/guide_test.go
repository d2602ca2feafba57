package guide

import "testing"

// shipped gives the catalogue that comes with the program.
func shipped(t testing.TB) *Catalogue {
	t.Helper()
	files, err := ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
