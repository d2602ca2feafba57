package reading

import (
	"embed"
	"fmt"
)

// The edition that comes with the program, a sample of a district that does not exist. A
// terminal shows it until the centre has published something.
//
//go:embed shipped/*.json
var shipped embed.FS

// Shipped reads the edition that comes with the program.
func Shipped() (*Edition, error) {
	files, err := ShippedFiles()
	if err != nil {
		return nil, err
	}
	return Parse(files)
}

// ShippedFiles gives the files of that edition as Parse wants them.
func ShippedFiles() (map[string][]byte, error) {
	files, err := Files(func(name string) ([]byte, error) { return shipped.ReadFile("shipped/" + name) })
	if err != nil {
		return nil, fmt.Errorf("read what comes to be read: %w", err)
	}
	return files, nil
}
