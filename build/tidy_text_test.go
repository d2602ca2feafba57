package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// atTop is all that may lie at the top: a newcomer reads it at one glance.
var atTop = strings.Fields("app build frontend sync README.md go.mod go.sum wails.json .ci .editorconfig .gitignore .gitattributes .golangci.yml")

func TestLayout(t *testing.T) {
	there := map[string]bool{}
	for _, name := range project(t) {
		first, _, _ := strings.Cut(name, "/")
		there[first] = true
		if !slices.Contains(atTop, first) {
			t.Errorf("%s: nothing else lies at the top: put it into app (terminal), sync (between machines), build (to the machines) or frontend (what people see)", name)
		}
	}
	for _, must := range strings.Fields("app build frontend sync README.md go.mod go.sum wails.json .ci") {
		if !there[must] {
			t.Errorf("%s is missing at the top", must)
		}
	}
}

// bigFiles may be larger than a text should be, and why.
var bigFiles = map[string]string{
	"frontend/src/style/fonts/noto-sans-sc-chinese-simplified-400-normal.woff2": "the pages' type where a machine has none",
	"frontend/src/style/fonts/noto-sans-sc-chinese-simplified-700-normal.woff2": "the same, bold",
	"app/pdf/fonts/cjk.ttf": "the documents' type: a name may have any character",
}

func TestNothingIsHeavy(t *testing.T) {
	const most = 1 << 20
	for _, name := range project(t) {
		if s, err := os.Stat(name); err != nil {
			t.Error(err)
		} else if s.Size() > most && bigFiles[name] == "" {
			t.Errorf("%s has %d bytes: what is made is not kept in git; what must be kept stays below %d or is entered in build/tidy_text_test.go", name, s.Size(), most)
		}
	}
}

// The words are put together here so that this file does not hold them.
var bannedWords = map[string]string{
	"FIX" + "ME":           "do it, or file an issue",
	"TO" + "DO":            "do it, or file an issue",
	"/wo" + "rk/":          "no path of one machine",
	"/ro" + "ot/":          "no path of one machine",
	"/tmp/br" + "ief":      "no path of one machine",
	"registry.npm" + "js":  "clients know their registries",
	"proxy.go" + "lang":    "clients know their registries",
	"deb.deb" + "ian":      "clients know their registries",
	"\"resol" + "ved\":":   "the lock file names no registry: npm is told so in frontend/.npmrc",
	"lorem ip" + "sum":     "no filler: real words from the catalogue",
	"as an A" + "I":        "say what the code does",
	"not imple" + "mented": "no stubs",
}

var texts = []string{".go", ".md", ".ts", ".mjs", ".js", ".vue", ".css", ".html", ".json", ".sql", ".sh", ".nsi", ".service", ".yml", ".mod", ""}

func TestBannedWords(t *testing.T) {
	for _, name := range project(t) {
		if slices.Contains(texts, filepath.Ext(name)) {
			forbid(t, name, bannedWords)
		}
	}
}

// Names that say nothing about what the thing is.
var emptyNames = regexp.MustCompile(`^(Get[A-Z]|.*(Manager|Helper|Utils?)$|.+(Data|Info)$)`)

func TestNames(t *testing.T) {
	for _, f := range goFiles(t) {
		if emptyNames.MatchString(strings.ToUpper(f.ast.Name.Name[:1]) + f.ast.Name.Name[1:]) {
			t.Errorf("%s: package %s: name what it is", f.path, f.ast.Name.Name)
		}
		for _, d := range f.ast.Decls {
			var names []*ast.Ident
			switch d := d.(type) {
			case *ast.FuncDecl:
				names = append(names, d.Name)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						names = append(names, s.Name)
					}
				}
			}
			for _, n := range names {
				if !f.test && emptyNames.MatchString(n.Name) {
					t.Errorf("%s: %s: name what it is: no Get, Manager, Helper, Util, Data or Info", f.at(n.Pos()), n.Name)
				}
			}
		}
	}
}

// exampleVerb finds the commands that a document tells people to type.
var exampleVerb = regexp.MustCompile(`(go run \./build|onewindowd) +([a-z]+)(?: +([a-z][a-z0-9]*))?`)

func TestDocumentedCommandsExist(t *testing.T) {
	known := map[string]bool{}
	for _, v := range verbs() {
		known["go run ./build "+v.name] = true
	}
	for _, name := range serverCommands(t) {
		known["onewindowd "+name] = true
	}
	if !known["onewindowd hub"] || !known["go run ./build test"] {
		t.Fatalf("the lists of commands are broken: %v", known)
	}
	for _, doc := range []string{"README.md", "sync/README.md", "build/CHANGES.md"} {
		raw, err := os.ReadFile(doc)
		if err != nil {
			t.Errorf("%v: newcomers need it", err)
			continue
		}
		for _, m := range exampleVerb.FindAllStringSubmatch(string(raw), -1) {
			if !known[m[1]+" "+m[2]] {
				t.Errorf("%s tells people to type %q, which does not exist", doc, m[0])
			}
			if m[2] == "test" && m[1] != "onewindowd" && m[3] != "" && !slices.Contains(strings.Fields(partNames()), m[3]) {
				t.Errorf("%s tells people to type %q, and test has no such part: it has %s", doc, m[0], partNames())
			}
		}
	}
}

// serverCommands reads the commands of onewindowd from the tags of its command line.
func serverCommands(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range goFiles(t) {
		if f.folder != "sync/cmd/onewindowd" || f.test {
			continue
		}
		for name, fields := range structs(f) {
			if name != "commands" {
				continue
			}
			for _, field := range fields {
				if _, isCommand := field.tag.Lookup("cmd"); isCommand {
					word := field.tag.Get("name")
					if word == "" {
						word = strings.ToLower(field.name)
					}
					out = append(out, word)
				}
			}
		}
	}
	return out
}

// field is one named field of a struct.
type field struct {
	name string
	tag  reflect.StructTag
}

// structs gives the fields of each struct type that a file declares.
func structs(f goFile) map[string][]field {
	out := map[string][]field{}
	for _, d := range f.ast.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range gen.Specs {
			spec, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			shape, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, list := range shape.Fields.List {
				var tag reflect.StructTag
				if list.Tag != nil {
					raw, _ := strconv.Unquote(list.Tag.Value)
					tag = reflect.StructTag(raw)
				}
				for _, n := range list.Names {
					out[spec.Name.Name] = append(out[spec.Name.Name], field{n.Name, tag})
				}
			}
		}
	}
	return out
}

var (
	tsInterface = regexp.MustCompile(`(?ms)^export interface (\w+) \{\n(.*?)^\}`)
	tsField     = regexp.MustCompile(`(?m)^  (?:readonly )?(\w+)\??:`)
)

// TestPagesKnowTheShapes holds frontend/src/types to the structs with JSON names of
// app/screen, because no generator stands between them.
func TestPagesKnowTheShapes(t *testing.T) {
	shapes := map[string][]field{}
	for _, f := range goFiles(t) {
		if f.folder != "app/screen" || f.test {
			continue
		}
		for name, fields := range structs(f) {
			if slices.ContainsFunc(fields, func(f field) bool { return f.tag.Get("json") != "" }) {
				shapes[name] = fields
			}
		}
	}
	files, err := filepath.Glob(filepath.Join("frontend", "src", "types", "*.ts"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file of types: %v", err)
	}
	var raw []byte
	for _, file := range files {
		one, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, one...)
	}
	pages := map[string][]string{}
	for _, m := range tsInterface.FindAllStringSubmatch(string(raw), -1) {
		pages[m[1]] = []string{}
		for _, name := range tsField.FindAllStringSubmatch(m[2], -1) {
			pages[m[1]] = append(pages[m[1]], name[1])
		}
		slices.Sort(pages[m[1]])
	}
	if len(shapes) < 20 || len(pages) < 20 {
		t.Fatalf("read %d shapes and %d interfaces: the reading is broken", len(shapes), len(pages))
	}
	for name, fields := range shapes {
		var want []string
		for _, f := range fields {
			if json, _, _ := strings.Cut(f.tag.Get("json"), ","); json != "" && json != "-" {
				want = append(want, json)
			}
		}
		slices.Sort(want)
		if have, ok := pages[name]; !ok {
			t.Errorf("frontend/src/types has no interface %s; app/screen has", name)
		} else if !slices.Equal(have, want) {
			t.Errorf("%s differs: frontend/src/types has %v, app/screen has %v", name, have, want)
		}
	}
	for name := range pages {
		if _, ok := shapes[name]; !ok && slices.Contains(strings.Fields(string(raw)), "interface") && !strings.Contains(string(raw), "// only in the pages: "+name) {
			t.Errorf("frontend/src/types has %s, which app/screen has not (a comment \"only in the pages: %s\" would allow it)", name, name)
		}
	}
}
