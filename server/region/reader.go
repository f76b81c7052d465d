package region

import (
	"cmp"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/samtale/samtale/server/conference"
)

// reader walks the document and gathers mistakes.
type reader struct {
	mistakes []Mistake
	units    map[conference.UnitID]*yaml.Node
	people   map[conference.PersonID]*yaml.Node
	emails   map[string]*yaml.Node
	rosters  map[conference.RosterID]*yaml.Node
	covered  map[conference.RoleAt]*yaml.Node
	refs     []reference
}

// reference is a name that must exist once the whole file is read: of a unit, or else of a person.
type reference struct {
	node   *yaml.Node
	unit   conference.UnitID
	person conference.PersonID
}

func (r *reader) wrong(n *yaml.Node, format string, args ...any) {
	if len(r.mistakes) < maxMistakes {
		r.mistakes = append(r.mistakes, Mistake{Line: n.Line, Column: n.Column, Text: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) sorted() []Mistake {
	slices.SortStableFunc(r.mistakes, func(a, b Mistake) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return r.mistakes
}

// fields calls the reader of each key of a mapping; unknown, repeated and missing keys are mistakes.
func (r *reader) fields(n *yaml.Node, what string, required []string, readers map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "%s must be keys with values", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			r.wrong(key, "%s has no key %q (known: %s)", what, key.Value, strings.Join(sortedKeys(readers), ", "))
		case seen[key.Value]:
			r.wrong(key, "%q stands twice", key.Value)
		default:
			read(value)
		}
		seen[key.Value] = true
	}
	for _, name := range required {
		if !seen[name] {
			r.wrong(n, "%s needs %q", what, name)
		}
	}
}

func sortedKeys(m map[string]func(*yaml.Node)) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (r *reader) list(n *yaml.Node, what string, most int, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, "%s must be a list", what)
		return
	}
	if len(n.Content) > most {
		r.wrong(n, "%s has %d entries, %d are allowed", what, len(n.Content), most)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

// text reads a scalar of at most 200 characters.
func (r *reader) text(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		switch {
		case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
			r.wrong(n, "a text is needed here")
		case len(n.Value) > 200:
			r.wrong(n, "the text is longer than 200 bytes")
		case strings.ContainsFunc(n.Value, func(c rune) bool { return c < ' ' }):
			r.wrong(n, "the text holds a control character")
		default:
			*to = strings.TrimSpace(n.Value)
		}
	}
}

// oneOf reads a word of a fixed list.
func oneOf[T ~string](r *reader, to *T, words ...T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if i := slices.Index(words, T(n.Value)); n.Kind == yaml.ScalarNode && i >= 0 {
			*to = words[i]
			return
		}
		r.wrong(n, "%q is not one of %v", n.Value, words)
	}
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// id reads an id: small letters, digits and hyphens.
func (r *reader) id(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !idForm.MatchString(n.Value) {
			r.wrong(n, "%q is no id: small letters a-z, digits and hyphens, at most 63", n.Value)
		}
		*to = n.Value
	}
}

// unit reads the id of a unit that must exist.
func (r *reader) unit(to *conference.UnitID) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*to = conference.UnitID(n.Value)
		r.refs = append(r.refs, reference{node: n, unit: *to})
	}
}

// somebody reads the id of a person who must exist.
func (r *reader) somebody(to *conference.PersonID) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Value == "" {
			r.wrong(n, "the id of a person is needed here")
			return
		}
		*to = conference.PersonID(n.Value)
		r.refs = append(r.refs, reference{node: n, person: *to})
	}
}

func (r *reader) number(to *int, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if err != nil || v < 0 || v > most {
			r.wrong(n, "%q is not a whole number from 0 to %d", n.Value, most)
		}
		*to = v
	}
}

func (r *reader) zone(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if _, err := time.LoadLocation(n.Value); err != nil || n.Value == "" || n.Value == "Local" {
			r.wrong(n, "%q is no IANA time zone, for example Europe/Oslo", n.Value)
		}
		*to = n.Value
	}
}

// roleAt reads "gp@langneset"; origin is allowed in templates only.
func (r *reader) roleAt(n *yaml.Node, originAllowed bool) (conference.RoleAt, bool) {
	name, unit, ok := strings.Cut(n.Value, "@")
	role := conference.RoleAt{Role: conference.Role(name), Unit: conference.UnitID(unit)}
	switch {
	case n.Kind != yaml.ScalarNode || !ok || unit == "":
		r.wrong(n, "%q is no role at a unit, for example gp@langneset", n.Value)
		return role, false
	case !role.Role.Known():
		r.wrong(n, "the role %q is not known (docs/region.md lists them)", name)
		return role, false
	case role.Unit == conference.Origin && !originAllowed:
		r.wrong(n, "@origin stands for a case's ward and is allowed in templates only")
		return role, false
	case role.Unit != conference.Origin:
		r.refs = append(r.refs, reference{node: n, unit: role.Unit})
	}
	return role, true
}

func (r *reader) email(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		address, err := mail.ParseAddress(n.Value)
		if err != nil || address.Address != n.Value || len(n.Value) > 254 {
			r.wrong(n, "%q is no e-mail address", n.Value)
			return
		}
		lower := strings.ToLower(n.Value)
		if first, twice := r.emails[lower]; twice {
			r.wrong(n, "%q stands on line %d already; people are told apart by their address", n.Value, first.Line)
		}
		r.emails[lower] = n
		*to = n.Value
	}
}

// feedSchemes are those of calendar/feed; http ones need leave when they are fetched.
var feedSchemes = []string{"https", "webcal", "webcals", "caldav", "caldavs", "http", "caldav+http"}

// feedURL never repeats the address in a mistake: it may hold a secret.
func (r *reader) feedURL(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		u, err := url.Parse(n.Value)
		own := strings.HasPrefix(n.Value, "/") && !strings.HasPrefix(n.Value, "//")
		switch {
		case err != nil, len(n.Value) > 2000, !own && u.Host == "":
			r.wrong(n, "the feed's url is no address: https, webcal, caldav or http, or a path on this server that begins with /")
		case !own && !slices.Contains(feedSchemes, u.Scheme):
			r.wrong(n, "the feed's url begins with %q: %s are allowed", u.Scheme, strings.Join(feedSchemes, ", "))
		default:
			*to = n.Value
		}
	}
}

// phoneForm is a number as people write it. Those of fewer than eight digits are dialled too, 116117 for one.
var phoneForm = regexp.MustCompile(`^\+?\d([ -]?\d){2,14}$`)

func (r *reader) phone(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || !phoneForm.MatchString(n.Value) {
			r.wrong(n, "%q is no phone number: a + and 3 to 15 digits, spaces between them, in quotes", n.Value)
		}
		*to = n.Value
	}
}

var (
	weekdays  = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	clockForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`)
)

func (r *reader) hours(n *yaml.Node) conference.Hours {
	var h conference.Hours
	r.fields(n, "hours", []string{"days", "from", "to"}, map[string]func(*yaml.Node){
		"days": func(n *yaml.Node) {
			first, last, isRange := strings.Cut(n.Value, "-")
			from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
			if from < 0 || (isRange && to < from) {
				r.wrong(n, "%q are no days: Mon-Fri, or Sat", n.Value)
			}
			h.Days = n.Value
		},
		"from": r.clock(&h.From), "to": r.clock(&h.To),
	})
	if clockForm.MatchString(h.From) && clockForm.MatchString(h.To) && h.From >= h.To {
		r.wrong(n, "hours end at %s, before they begin at %s; write a night as two entries", h.To, h.From)
	}
	return h
}

func (r *reader) clock(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !clockForm.MatchString(n.Value) {
			r.wrong(n, "%q is no clock time: \"08:00\" to \"24:00\", in quotes", n.Value)
		}
		*to = n.Value
	}
}
