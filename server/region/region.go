// Package region reads REGION.yaml, the file in which a hospital and its municipalities write down their units, people,
// roles, calendars, duty plans and seat templates. It reports every mistake with its line, all at once, and refuses to know
// the store or what a feed says. The format is described in docs/region.md.
package region

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/samtale/samtale/server/conference"
)

// Limits keep a file that is no region from becoming one.
const (
	maxBytes     = 4 << 20
	maxUnits     = 2_000
	maxPeople    = 20_000
	maxTemplates = 500
	maxRosters   = 2_000
	maxMistakes  = 200
)

// Mistake is one fault and where it stands; lines count from 1.
type Mistake struct {
	Line, Column int
	Text         string
}

// Errors is every mistake of a file, in its order. Parse returns it as an error.
type Errors struct{ List []Mistake }

// Error joins the mistakes, one a line.
func (e *Errors) Error() string {
	return "region: the file has mistakes:\n" + strings.Join(e.Mistakes(), "\n")
}

// Mistakes returns one line for each mistake, "line:column: text".
func (e *Errors) Mistakes() []string {
	lines := make([]string, 0, len(e.List))
	for _, m := range e.List {
		lines = append(lines, fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.Text))
	}
	return lines
}

// Parse reads a REGION.yaml. A file with mistakes gives *Errors and no region.
func Parse(data []byte) (conference.Region, error) {
	r := reader{
		units: map[conference.UnitID]*yaml.Node{}, people: map[conference.PersonID]*yaml.Node{}, emails: map[string]*yaml.Node{},
		rosters: map[conference.RosterID]*yaml.Node{}, covered: map[conference.RoleAt]*yaml.Node{},
	}
	if len(data) > maxBytes {
		return conference.Region{}, &Errors{List: []Mistake{{Line: 1, Column: 1, Text: fmt.Sprintf("the file is larger than %d MiB", maxBytes>>20)}}}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return conference.Region{}, &Errors{List: []Mistake{syntaxMistake(err)}}
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return conference.Region{}, &Errors{List: []Mistake{{Line: 1, Column: 1, Text: "the file is empty"}}}
	}
	region := r.region(document.Content[0])
	r.references(region)
	if len(r.mistakes) > 0 {
		return conference.Region{}, &Errors{List: r.sorted()}
	}
	return region, nil
}

// syntaxMistake takes the line out of yaml's message: "yaml: line 3: did not find expected key".
func syntaxMistake(err error) Mistake {
	m := Mistake{Line: 1, Column: 1, Text: strings.TrimPrefix(err.Error(), "yaml: ")}
	var typed *yaml.TypeError
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		m.Text = typed.Errors[0]
	}
	if _, scanErr := fmt.Sscanf(m.Text, "line %d:", &m.Line); scanErr == nil {
		_, m.Text, _ = strings.Cut(m.Text, ": ")
	}
	return m
}
