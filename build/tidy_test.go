package main

import (
	"bufio"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house rules. Each rule is a test that says why it stands, so that who
// breaks it can judge whether the rule or the change is wrong.

// ring is how far from the outside world a folder's code stands.
type ring int

const (
	pure    ring = iota // no clock, chance, files, network, SQL, goroutines or logging
	adapter             // one outside thing behind our own words
	door                // puts things together, or is a room for tests; imported by nothing further in
)

// room is a folder with Go code. May lists the folders of this module and
// outside the libraries that its code, tests aside, may import.
type room struct {
	ring    ring
	may     []string
	outside []string
	why     string
}

const nats = "github.com/nats-io/nats.go"

// house is the import table. A new folder is entered here with its reason.
var house = map[string]room{
	"app/event":      {pure, nil, nil, "one fact; everything stands on it, so it stands on nothing"},
	"app/hall":       {pure, []string{"app/event"}, nil, "the queue decides and folds the same on terminal, hub, centre and simulator: only if nothing but its arguments counts"},
	"app/guide":      {pure, []string{"app/event"}, nil, "what the catalogue answers may not depend on the machine it is asked on"},
	"app/watch":      {pure, nil, nil, "who waits for a change is told of it, the same in every place that has one to tell"},
	"app/sealed":     {pure, nil, nil, "what is said of a person, under the key of the case: the same key opens it years later on any machine; who draws the chance is told"},
	"app/intake":     {pure, []string{"app/event", "app/guide", "app/hall", "app/sealed"}, nil, "deadlines and checklists are replayed years later and must come out the same"},
	"app/disclosure": {pure, []string{"app/event", "app/guide", "app/hall", "app/intake", "app/sealed"}, nil, "clocks, fees and the table of the year are counted again years later; what repeats what is proposed alike at counter, hub and centre"},
	"app/figures":    {pure, []string{"app/hall", "app/intake"}, nil, "what a day was is counted the same at counter, hub and centre, and again years later"},
	"app/feedback":   {pure, []string{"app/event", "app/hall", "app/sealed"}, nil, "what citizens leave is cleaned of what could name them before anything else sees it, and what is said of people is sealed"},
	"app/reading":    {pure, []string{"app/guide"}, nil, "what is read and asked is checked once, where it is published, and comes out the same at every terminal"},
	"sync/wire":      {pure, []string{"app/event"}, nil, "the contract of both ends: it frames, it does not send"},
	"sync/core":      {pure, []string{"app/event", "app/hall", "sync/wire"}, nil, "the protocol as a state machine: the simulator can only prove what has no clock, chance or I/O of its own"},

	"app/store":     {adapter, []string{"app/disclosure", "app/event", "app/feedback", "app/figures", "app/guide", "app/hall", "app/intake", "app/watch", "sync/core", "sync/wire"}, []string{"modernc.org/sqlite", "github.com/pressly/goose/v3"}, "SQLite and nothing else"},
	"app/slip":      {adapter, []string{"app/event", "app/guide", "app/hall"}, []string{"github.com/skip2/go-qrcode", "golang.org/x/image", "golang.org/x/text"}, "a ticket or a checklist as code, picture and printer bytes; it opens no printer"},
	"app/pdf":       {adapter, []string{"app/intake", "app/slip"}, []string{"github.com/signintech/gopdf"}, "an application's documents as PDF; it opens no printer"},
	"app/device":    {adapter, []string{"app/event", "app/hall", "app/intake"}, []string{"golang.org/x/image", "golang.org/x/sys", "golang.org/x/text"}, "machines on a wire, each with its virtual twin; it knows no ticket. What a card says of a person is masked and checked as everywhere"},
	"app/keyring":   {adapter, []string{"app/folder", "app/sealed", "app/watch", "sync/wire"}, []string{"modernc.org/sqlite"}, "the keys of cases, in a file of their own: the log is kept for ever, a key must be gone when it is destroyed"},
	"app/binder":    {adapter, []string{"app/event", "app/watch", "sync/wire"}, []string{"modernc.org/sqlite"}, "the sealed chunks of scans, in a file of their own: the log is kept for ever and copied every hour, and a ticket waits for no page of a scan"},
	"app/tray":      {adapter, []string{"app/event", "app/intake"}, []string{"golang.org/x/image"}, "the folder into which an office scanner puts its files, and small pictures of them; it keeps none"},
	"app/config":    {adapter, nil, nil, "the settings file; it opens nothing that it names"},
	"app/folder":    {adapter, nil, []string{"golang.org/x/sys"}, "the data folder: one process, one key"},
	"app/badge":     {adapter, nil, []string{"golang.org/x/crypto"}, "PIN verifiers"},
	"sync/admit":    {adapter, []string{"app/event", "app/folder", "sync/wire"}, []string{"github.com/nats-io/nkeys"}, "the list of known devices, a file: who judges a device must not need the network to do it"},
	"sync/broker":   {adapter, []string{"app/event", "sync/wire"}, []string{nats, "github.com/nats-io/nats-server/v2", "github.com/nats-io/nkeys"}, "the NATS server and connections to one; who is let in is asked of a function"},
	"sync/inlet":    {adapter, []string{"app/event", "sync/wire"}, []string{nats}, "the upper end of a hop: it takes pushes and gives out what is published"},
	"sync/link":     {adapter, []string{"app/event", "app/hall", "sync/core", "sync/wire"}, []string{nats}, "the sending end of a push"},
	"sync/parcel":   {adapter, []string{"app/event", "sync/wire"}, nil, "events as a signed and sealed file: it needs ciphers, which no pure folder has; it opens no database"},
	"sync/shelf":    {adapter, []string{"app/folder", "sync/wire"}, nil, "the folder of bundles: what is published is held to its signature and its sums before anybody reads it"},
	"sync/vault":    {adapter, nil, nil, "the folder of backups: when one is made and which are kept; what proves one is a function"},
	"sync/hub":      {adapter, []string{"app/event", "app/hall", "sync/core", "sync/wire"}, []string{nats}, "the allocator; its ledger is an interface"},
	"sync/centre":   {adapter, []string{"app/disclosure", "app/event", "app/feedback", "app/figures", "app/hall", "app/intake", "sync/core", "sync/wire"}, []string{nats}, "the district's page; its log is an interface; it promises a hall's lease"},
	"sync/roster":   {adapter, []string{"app/event", "app/guide", "app/hall", "app/intake", "sync/wire"}, []string{"golang.org/x/text"}, "lists of appointments of other systems, in whatever encoding they come; it opens no file and grants nothing"},
	"sync/registry": {adapter, []string{"app/intake", "sync/wire"}, nil, "the folder of records behind shared data: what a set says of whom; whether it may be asked is not its business"},

	"app/screen":          {door, []string{"app/disclosure", "app/event", "app/feedback", "app/figures", "app/hall", "app/guide", "app/intake", "app/reading", "app/sealed"}, nil, "what pages may ask: it knows neither Wails, HTTP, SQL nor NATS, so that any of them can be exchanged"},
	"app/baddisk":         {door, nil, []string{"modernc.org/libc", "modernc.org/sqlite"}, "a disk that fails, for tests: a room of its own, because it needs SQLite's insides and the store must not"},
	"app/crowd":           {door, []string{"app/guide"}, nil, "catalogues of any size, for tests and the bench"},
	"app/terminal":        {door, []string{"*"}, []string{"*"}, "puts a terminal together"},
	"app/apptest":         {door, []string{"*"}, []string{"*"}, "a whole hall in a temporary folder, for tests"},
	"app":                 {door, []string{"app/config", "app/terminal", "frontend"}, []string{"*"}, "the terminal's command line and window: no logic"},
	"frontend":            {door, nil, nil, "carries the built pages"},
	"sync/node":           {door, []string{"*"}, []string{"*"}, "puts a hub or a centre together"},
	"sync/sim":            {door, []string{"app/event", "app/hall", "sync/core", "sync/wire"}, nil, "a whole district in one goroutine under a seed: it drives the core, and only what it drives is proved"},
	"sync/sim/cmd":        {door, []string{"sync/sim"}, nil, "the simulator's command line"},
	"sync/faulttest":      {door, nil, nil, "breaks districts of real processes and looks whether the promises hold; tests only, so it exports nothing"},
	"sync/day":            {door, []string{"*"}, []string{"*"}, "a day of a hall in one process, for tests and simulate"},
	"sync/cmd/onewindowd": {door, []string{"*"}, []string{"*"}, "the server's command line"},
	"build":               {door, nil, []string{"github.com/godbus/dbus/v5"}, "tools: with so little every verb starts at once and works while the rest is broken (the measurements stand behind a build tag)"},
}

// forTests are the rooms of which nothing may be in the product.
var forTests = []string{"app/apptest", "app/baddisk", "app/crowd"}

// mayImport tells whether the table lets a room import a folder. "*" is all but
// the rooms that are made for tests.
func (r room) mayImport(folder string) bool {
	if slices.Contains(r.may, folder) {
		return true
	}
	_, known := house[folder]
	return known && !slices.Contains(forTests, folder) && slices.Contains(r.may, "*")
}

// pureStd is what of the standard library a pure folder may use: computing, no I/O.
var pureStd = strings.Fields(`bytes cmp container/heap container/list crypto/ed25519 crypto/sha256 embed encoding encoding/base64
	encoding/binary encoding/hex encoding/json errors fmt hash hash/fnv io iter maps math math/big math/bits regexp slices sort
	strconv strings sync text/template time unicode unicode/utf8`)

// pureBeside is what one pure folder uses beyond that, and why.
var pureBeside = map[string]map[string]string{
	"app/disclosure": {"log/slog": "personal values print masked in logs; nothing is logged here"},
	"app/intake":     {"log/slog": "personal values print masked in logs; nothing is logged here"},
	"app/sealed":     {"crypto/aes": "the cipher", "crypto/cipher": "its mode", "crypto/hmac": "what a key is blinded with", "log/slog": "keys print masked in logs; nothing is logged here"},
}

// chance are calls whose answer is not in their arguments.
var chance = map[string][]string{"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}}

// goFile is one parsed Go file of the project.
type goFile struct {
	path, folder string
	test         bool
	lines        int
	fset         *token.FileSet
	ast          *ast.File
}

// project lists all files that belong to the project: known to git, or new and not ignored.
func project(t *testing.T) []string {
	t.Helper()
	if !isThere("go.mod") {
		t.Chdir("..")
	}
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil {
		t.Fatalf("git must list the project's files: %v", err)
	}
	var files []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if isThere(name) { // a deleted file stays listed until it is committed
			files = append(files, name)
		}
	}
	return files
}

// goFiles parses every Go file of the project.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	for _, name := range project(t) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := goFile{path: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), lines: bytes.Count(raw, []byte("\n")), fset: token.NewFileSet()}
		if f.ast, err = parser.ParseFile(f.fset, name, raw, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	if len(out) < 50 {
		t.Fatalf("found only %d Go files: the list is broken", len(out))
	}
	return out
}

func (f goFile) at(p token.Pos) string { return f.fset.Position(p).String() }

// behindTag tells whether a file is left out of the usual build.
func (f goFile) behindTag(tag string) bool {
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:build ") && strings.Contains(c.Text, tag) && !strings.Contains(c.Text, "!"+tag) {
				return true
			}
		}
	}
	return false
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		seen[f.folder] = true
		r, known := house[f.folder]
		if !known {
			t.Errorf("%s: the folder %s is not in the table of build/tidy_test.go: enter it with its ring and reason", f.path, f.folder)
			continue
		}
		if f.test || f.behindTag("bench") {
			continue
		}
		for _, spec := range f.ast.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			inside, ours := strings.CutPrefix(name, "onewindow/")
			switch first, _, _ := strings.Cut(name, "/"); {
			case ours && !r.mayImport(inside):
				t.Errorf("%s: %s may not import %s: %s", f.at(spec.Pos()), f.folder, inside, r.why)
			case ours:
			case strings.Contains(first, "."):
				if !slices.ContainsFunc(r.outside, func(lib string) bool { return lib == "*" || name == lib || strings.HasPrefix(name, lib+"/") }) {
					t.Errorf("%s: %s may not import %s: %s", f.at(spec.Pos()), f.folder, name, r.why)
				}
			case r.ring == pure && !slices.Contains(pureStd, name) && pureBeside[f.folder][name] == "":
				t.Errorf("%s: %s is pure and may not import %s: %s", f.at(spec.Pos()), f.folder, name, r.why)
			}
		}
	}
	for folder := range house {
		if !seen[folder] {
			t.Errorf("%s is in the table of build/tidy_test.go, but has no Go file: take it out", folder)
		}
	}
}

func TestPureIsPure(t *testing.T) {
	for _, f := range goFiles(t) {
		r, known := house[f.folder]
		if !known || r.ring != pure || f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: %s starts a goroutine: %s", f.at(n.Pos()), f.folder, r.why)
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok && slices.Contains(chance[pkg.Name], n.Sel.Name) {
					t.Errorf("%s: %s calls %s.%s; time comes in as a value: %s", f.at(n.Pos()), f.folder, pkg.Name, n.Sel.Name, r.why)
				}
			}
			return true
		})
	}
}

func TestPackageNamesAreUnique(t *testing.T) {
	owner := map[string]string{}
	for _, f := range goFiles(t) {
		name := strings.TrimSuffix(f.ast.Name.Name, "_test")
		if was, taken := owner[name]; taken && was != f.folder && name != "main" {
			t.Errorf("package %s is in %s and in %s: Wails makes package names namespaces of the pages, so each stands once", name, was, f.folder)
		}
		owner[name] = f.folder
	}
}

func TestEachFolderSaysWhatItIsFor(t *testing.T) {
	said := map[string][]string{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		if said[f.folder] == nil {
			said[f.folder] = []string{}
		}
		if f.ast.Doc != nil && strings.TrimSpace(f.ast.Doc.Text()) != "" {
			said[f.folder] = append(said[f.folder], f.path)
		}
	}
	for folder, files := range said {
		if len(files) != 1 {
			t.Errorf("%s has %d package comments %v: one, whose first sentence says what the folder is for and what not", folder, len(files), files)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && onExported(d) && empty(d.Doc) {
					t.Errorf("%s: %s has no comment: say shapes, units, errors and why", f.at(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					undocumented(t, f, d, s)
				}
			}
		}
	}
}

// onExported tells whether a function is none's method, or that of an exported type.
func onExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	x := d.Recv.List[0].Type
	if star, ok := x.(*ast.StarExpr); ok {
		x = star.X
	}
	name, ok := x.(*ast.Ident)
	return ok && name.IsExported()
}

func undocumented(t *testing.T, f goFile, d *ast.GenDecl, s ast.Spec) {
	t.Helper()
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && empty(d.Doc) && empty(s.Doc) {
			t.Errorf("%s: %s has no comment: say shapes, units, errors and why", f.at(s.Pos()), s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && empty(d.Doc) && empty(s.Doc) && empty(s.Comment) {
				t.Errorf("%s: %s has no comment, nor has its group", f.at(s.Pos()), name.Name)
			}
		}
	}
}

func empty(c *ast.CommentGroup) bool { return c == nil || strings.TrimSpace(c.Text()) == "" }

// Sizes that a head can hold. What is larger stands here with its reason.
const (
	mostFileLines = 600
	mostFuncLines = 90
	mostVueLines  = 300
)

var largeFiles = map[string]string{}

var largeFuncs = map[string]string{}

func TestSizes(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.test && f.lines > mostFileLines && largeFiles[f.path] == "" {
			t.Errorf("%s has %d lines: split it below %d, or enter it in build/tidy_test.go with a reason", f.path, f.lines, mostFileLines)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.test {
				continue
			}
			long := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1
			if name := f.folder + "." + fn.Name.Name; long > mostFuncLines && largeFuncs[name] == "" {
				t.Errorf("%s: %s has %d lines: split it below %d, or enter it in build/tidy_test.go with a reason", f.at(fn.Pos()), name, long, mostFuncLines)
			}
		}
	}
	for _, name := range project(t) {
		if raw, err := os.ReadFile(name); filepath.Ext(name) == ".vue" && err == nil {
			if n := bytes.Count(raw, []byte("\n")); n > mostVueLines {
				t.Errorf("%s has %d lines: split it below %d", name, n, mostVueLines)
			}
		}
	}
}

// sleepers are the tests that may wait by the clock, and why.
var sleepers = map[string]string{}

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	banned := map[string]string{
		"time.Sleep": "wait for what you wait for: poll until it is so",
		"t.Skip":     "a test that can't run fails with the missing thing's name", "t.Skipf": "as Skip", "t.SkipNow": "as Skip", "b.Skip": "as Skip",
	}
	for _, f := range goFiles(t) {
		if !f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok {
					if why := banned[x.Name+"."+sel.Sel.Name]; why != "" && sleepers[f.path] == "" {
						t.Errorf("%s: %s.%s: %s", f.at(sel.Pos()), x.Name, sel.Sel.Name, why)
					}
				}
			}
			return true
		})
	}
	script := map[string]string{"waitFor" + "Timeout(": "wait for what you wait for", "it." + "skip": "nothing is skipped", "it." + "only": "nothing is left out", "describe." + "only": "nothing is left out"}
	for _, name := range project(t) {
		if ext := filepath.Ext(name); strings.HasPrefix(name, "frontend/") && (ext == ".ts" || ext == ".mjs") {
			forbid(t, name, script)
		}
	}
}

// forbid reports each line of a file that holds one of the words.
func forbid(t *testing.T, name string, words map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		for word, why := range words {
			if strings.Contains(lines.Text(), word) {
				t.Errorf("%s:%d: %q: %s", name, n, word, why)
			}
		}
	}
}
