// Package crowd makes catalogues of any size for tests and measurements, out of
// words that real ones have, so that its characters are as common and as rare
// as theirs. Nothing of it is in the product.
package crowd

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"

	"onewindow/app/guide"
)

// Names reads the names of a guide.FileNames.
func Names(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the names to make a catalogue of are missing: %w", err)
	}
	c, err := guide.ParseNames(text)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range c.Items() {
		out = append(out, i.Name)
	}
	return out, nil
}

// Catalogue makes n items, the same ones each time. An item has the guide of a shipped one,
// whose text a search reads; its name is made of two of the names, and half of
// its aliases begin with other words, so that most names and aliases are there once.
func Catalogue(n int, names []string) (*guide.Catalogue, error) {
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	shipped, err := guide.Parse(files)
	if err != nil {
		return nil, err
	}
	chance := rand.New(rand.NewPCG(1, 2))
	name := func() []rune { return []rune(names[chance.IntN(len(names))]) }
	items := make([]*guide.Item, n)
	for k := range items {
		i := *shipped.Items()[k%len(shipped.Items())]
		i.Code, i.Slug, i.Top = guide.Code(fmt.Sprintf("C%030d", k)), fmt.Sprintf("c-%d", k), false
		i.Steps, i.Places, i.LegalBasis = nil, nil, ""
		a, b := name(), name()
		switch chance.IntN(3) {
		case 0:
			i.Name = string(a) + "（" + string(b[:min(len(b), 4)]) + "）"
		case 1:
			i.Name = string(a[:(len(a)+1)/2]) + string(b[len(b)/2:])
		case 2:
			i.Name = i.Department + string(a)
		}
		aliases := i.Aliases
		i.Aliases = nil
		for _, alias := range aliases {
			if chance.IntN(2) == 0 {
				b := name()
				alias = string(b[:min(len(b), 2)]) + alias
			}
			i.Aliases = append(i.Aliases, alias)
		}
		items[k] = &i
	}
	for file, list := range map[string][]*guide.Item{guide.FileItems: items, guide.FileStreet: {}} {
		if files[file], err = json.Marshal(map[string]any{"meta": map[string]string{"version": "crowd"}, "items": list}); err != nil {
			return nil, err
		}
	}
	return guide.Parse(files)
}
