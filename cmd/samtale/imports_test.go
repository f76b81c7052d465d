package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/samtale/samtale/"

// mayImport is the law: which of our packages a package may import. Changing it is a design decision; the commit says why.
var mayImport = map[string][]string{
	"cmd/samtale":             {"server", "server/config", "calendar", "calendar/slots", "calendar/feed"},
	"cmd/bot":                 {"signaling", "signaling/client"}, // the words of the protocol
	"calendar":                {},
	"calendar/compare":        {}, // tests and benchmarks only
	"calendar/feed":           {},
	"calendar/slots":          {"calendar"},
	"frontend":                {},
	"frontend/e2e/links/line": {}, // a bad line for tests: delay and bursts of loss between two network devices
	"server/config":           {},
	"server/conference":       {"calendar"},
	"server/duty":             {"calendar", "server/conference"}, // people, roles and rosters have their types there
	"server/region":           {"server/conference"},             // the region file is read into the types of conference
	"server/demo":             {"server/conference", "server/region"},
	"server/store":            {"server/conference", "server/duty", "calendar"},
	"server/redisd":           {},
	"server/mail":             {"calendar"},
	"server/push":             {},
	"server/identity":         {"server/conference"}, // the permission table is keyed by conference.Access
	"server/cluster":          {},
	"signaling":               {"signaling/sfu", "signaling/turn"},
	"signaling/sfu":           {"signaling/sfu/link", "signaling/sfu/rate", "signaling/sfu/sound"},
	"signaling/sfu/link":      {}, // sockets, ICE, DTLS, SRTP: it knows no source and no slot
	"signaling/sfu/rate":      {}, // what a line carries, from numbers only
	"signaling/sfu/sound":     {}, // bytes of Opus and RED
	"signaling/turn":          {},
	"signaling/client":        {"signaling"},
	"signaling/internal":      {},
	"server": {
		"calendar", "calendar/feed", "calendar/slots", "frontend", "server/cluster", "server/conference", "server/config", "server/demo", "server/duty",
		"server/identity", "server/mail", "server/push", "server/redisd", "server/region", "server/store", "signaling", "signaling/sfu", "signaling/turn",
	},
}

// testsMayImport adds what the tests of a package need: real partners instead of mocks.
var testsMayImport = map[string][]string{
	"server":         {"signaling/client"},
	"server/store":   {"server/redisd"},
	"signaling":      {"signaling/client"},
	"server/demo":    {"calendar"},
	"server/mail":    {"calendar"},
	"cmd/samtale":    {},
	"calendar/slots": {"calendar"},
	// Other engines are asked what calendar is asked.
	"calendar/compare": {"calendar"},
}

// owner names the packages that may import an outside module; all others may not.
var owner = map[string][]string{
	"github.com/gin-gonic/gin":            {"server"},
	"github.com/danielgtaylor/huma":       {"server"},
	"github.com/redis/go-redis":           {"server/store", "server/redisd"},
	"github.com/alicebob/miniredis":       {"server/redisd", "server/store"},
	"github.com/pion/":                    {"signaling/sfu", "signaling/sfu/link", "signaling/sfu/rate", "signaling/turn", "signaling/client"},
	"github.com/gorilla/websocket":        {"signaling", "signaling/client"},
	"github.com/emersion/go-ical":         {"calendar"},
	"github.com/rickar/cal":               {"calendar"},
	"github.com/wneessen/go-mail":         {"server/mail"},
	"github.com/emersion/go-message":      {"server/mail"},
	"github.com/emersion/go-smtp":         {"server/mail"},
	"code.dny.dev/ssrf":                   {"calendar/feed"},
	"gopkg.in/yaml.v3":                    {"server/region", "server/demo"},
	"github.com/prometheus/client_golang": {"server"},
}

// pure packages take values and return values: no clock, no network, no store, no environment.
var pure = []string{"calendar", "calendar/slots", "server/conference", "server/duty", "signaling/sfu/rate", "signaling/sfu/sound"}

var forbiddenNames = []string{"utils", "util", "common", "helpers", "helper", "models", "types", "manager", "service"}

type source struct {
	pkg  string // path below the module
	path string
	test bool
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var found []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "tools" || d.Name() == "testdata" || (strings.HasPrefix(d.Name(), ".") && path != root)) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		found = append(found, source{pkg: filepath.ToSlash(dir), path: path, test: strings.HasSuffix(path, "_test.go"), file: file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("only %d Go files found from %s", len(found), root)
	}
	return found
}

func imports(s source) []string {
	var paths []string
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func TestImportLaw(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := mayImport[s.pkg]
		if !known {
			t.Errorf("%s: package %q is not in the import law", s.path, s.pkg)
			continue
		}
		for _, path := range imports(s) {
			ours, isOurs := strings.CutPrefix(path, module)
			switch {
			case isOurs && ours == s.pkg && s.test: // an external test of the package itself
			case isOurs && !slices.Contains(allowed, ours) && (!s.test || !slices.Contains(testsMayImport[s.pkg], ours)):
				t.Errorf("%s: %s may not import %s", s.path, s.pkg, ours)
			}
			for _, prefix := range slices.Sorted(maps.Keys(owner)) {
				if strings.HasPrefix(path, prefix) && !slices.Contains(owner[prefix], s.pkg) && !s.test {
					t.Errorf("%s: %s may not import %s; its owners are %v", s.path, s.pkg, path, owner[prefix])
				}
			}
		}
	}
}

func TestPackagesAreDocumentedAndNamed(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if slices.Contains(forbiddenNames, s.file.Name.Name) {
			t.Errorf("%s: package %s: name it after what it holds", s.path, s.file.Name.Name)
		}
		if !s.test {
			documented[s.pkg] = documented[s.pkg] || (s.file.Doc != nil && len(s.file.Doc.Text()) > 60)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(documented)) {
		if !documented[pkg] {
			t.Errorf("%s: no package paragraph that says what it is and what it refuses to know", pkg)
		}
	}
}

func TestPurePackagesReadNothing(t *testing.T) {
	banned := map[string][]string{"time": {"Now", "Since", "Until", "After", "Sleep", "NewTimer", "NewTicker", "Tick"}, "os": {"*"}, "net": {"*"}, "net/http": {"*"}}
	for _, s := range sources(t) {
		calls := banned
		switch {
		case s.test:
			continue
		case !slices.Contains(pure, s.pkg):
			if s.pkg == "server/config" {
				continue
			}
			calls = map[string][]string{"os": {"Getenv", "Environ"}} // the environment belongs to server/config
			if s.pkg == "cmd/samtale" || s.pkg == "cmd/bot" {
				continue
			}
		}
		for _, path := range imports(s) {
			if names := calls[path]; len(names) > 0 && names[0] == "*" {
				t.Errorf("%s: %s imports %s", s.path, s.pkg, path)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(calls[x.Name], sel.Sel.Name) {
				t.Errorf("%s: %s uses %s.%s", s.path, s.pkg, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}
