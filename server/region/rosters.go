package region

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/samtale/samtale/server/conference"
)

// Limits of a line in the directory: it is read at a glance, on a phone.
const (
	maxAsk        = 8
	maxAskLetters = 60
	maxLanguages  = 10
)

// roster reads how a role in a unit is covered. Its hours and clock times are in the region's zone.
func (r *reader) roster(n *yaml.Node) conference.Roster {
	var (
		p      conference.Roster
		deputy *yaml.Node
	)
	r.fields(n, "a roster", []string{"id", "covers", "owner"}, map[string]func(*yaml.Node){
		"id":           r.rosterID(&p.ID),
		"covers":       r.covers(&p.Covers),
		"owner":        r.somebody(&p.Owner),
		"hours":        r.weekly("hours", &p.Hours),
		"all_day_from": r.dayBegins(&p.AllDayFrom),
		"feeds": func(n *yaml.Node) {
			r.list(n, "feeds", 20, func(n *yaml.Node) { p.Feeds = append(p.Feeds, r.rosterFeed(n)) })
		},
		"deputy": func(n *yaml.Node) {
			if role, ok := r.roleAt(n, false); ok {
				deputy, p.Deputy = n, role
			}
		},
		"phone": r.phone(&p.Phone),
	})
	if deputy != nil && p.Deputy == p.Covers {
		r.wrong(deputy, "%s is its own deputy", p.Covers)
	}
	return p
}

func (r *reader) rosterID(to *conference.RosterID) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var id string
		r.id(&id)(n)
		*to = conference.RosterID(id)
		if first, twice := r.rosters[*to]; twice {
			r.wrong(n, "the roster %q stands on line %d already", id, first.Line)
		}
		r.rosters[*to] = n
	}
}

// covers reads the role of a roster; a second plan for it would leave open which one is true.
func (r *reader) covers(to *conference.RoleAt) func(*yaml.Node) {
	return func(n *yaml.Node) {
		role, ok := r.roleAt(n, false)
		if !ok {
			return
		}
		if first, twice := r.covered[role]; twice {
			r.wrong(n, "the roster on line %d covers %s already; give that one another feed", first.Line, role)
		}
		r.covered[role] = n
		*to = role
	}
}

// dayBegins reads the clock time at which a shift of whole days begins; 24:00 is the next day's midnight and no beginning.
func (r *reader) dayBegins(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Value == "24:00" {
			r.wrong(n, "a shift of whole days begins at 00:00 to 23:59")
			return
		}
		r.clock(to)(n)
	}
}

func (r *reader) rosterFeed(n *yaml.Node) conference.RosterFeed {
	f := conference.RosterFeed{Layer: conference.LayerBase}
	r.fields(n, "a roster's feed", []string{"url"}, map[string]func(*yaml.Node){
		"url":   r.feedURL(&f.URL),
		"layer": oneOf(r, &f.Layer, conference.LayerBase, conference.LayerSwap, conference.LayerOverride),
	})
	return f
}

// ask reads what somebody may be asked about.
func (r *reader) ask(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.list(n, "ask", maxAsk, func(n *yaml.Node) {
			var text string
			r.text(&text)(n)
			switch letters := utf8.RuneCountInString(text); {
			case letters > maxAskLetters:
				r.wrong(n, "the text has %d characters, %d are allowed", letters, maxAskLetters)
			case letters > 0:
				*to = append(*to, text)
			}
		})
	}
}

// languageForm is a BCP 47 tag of language, script and region, which is all that tells spoken languages apart.
var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$`)

func (r *reader) languages(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.list(n, "languages", maxLanguages, func(n *yaml.Node) {
			switch {
			case n.Kind != yaml.ScalarNode || !languageForm.MatchString(n.Value):
				r.wrong(n, "%q is no language tag: nb, en, se or pt-BR, for example", n.Value)
			case slices.Contains(*to, n.Value):
				r.wrong(n, "the language %q stands twice", n.Value)
			default:
				*to = append(*to, n.Value)
			}
		})
	}
}
