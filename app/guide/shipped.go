package guide

import (
	"embed"
	"fmt"
)

// Shipped has the catalogue that comes with the program, a sample of a district
// that does not exist, in the folder "shipped". A terminal starts with it until
// the centre has published another.
//
//go:embed shipped/*.json
var Shipped embed.FS

// ShippedFiles gives the files of Shipped as Parse wants them.
func ShippedFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range fileNames {
		text, err := Shipped.ReadFile("shipped/" + name)
		if err != nil {
			return nil, fmt.Errorf("read shipped catalogue: %w", err)
		}
		out[name] = text
	}
	return out, nil
}
