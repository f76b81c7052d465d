package duty

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// Entry is a shift as a roster's feed writes it, before it is known whose it is.
type Entry struct {
	calendar.Interval
	Title     string
	Addresses []string // of the attendees
	Layer     conference.Layer
	Unsure    bool // nobody can be on duty by it: it is tentative, or its time is not known
}

// Entries returns the shifts that were read of one feed of a roster.
func Entries(shifts []calendar.Shift, layer conference.Layer) []Entry {
	list := make([]Entry, 0, len(shifts))
	for _, s := range shifts {
		list = append(list, Entry{Interval: s.Interval, Title: s.Title, Addresses: s.Addresses, Layer: layer, Unsure: s.Unsure})
	}
	return list
}

// Why says what is wrong with the names in an entry.
type Why string

// The reasons.
const (
	WhyUnknown   Why = "unknown"   // nobody of the region is called that
	WhyAmbiguous Why = "ambiguous" // two people are
	WhyEmpty     Why = "empty"     // it names nobody who is on duty
	WhyUnsure    Why = "unsure"    // it is tentative, or its time cannot be read
)

// UnknownName is an entry that puts nobody on duty, or fewer people than it names. Its title is for the owner of the roster alone.
type UnknownName struct {
	Title string
	Start time.Time
	Why   Why
}

// Match finds out whose the entries of one feed are. The people of an entry are its attendees, else those whom its title names: by
// address or by name, in the forms that title.go lists. Somebody who does not hold the role is taken, for the plan says so, but of two
// with one name the one who does. A name that two people of the region have is nobody's.
//
// "[L2]" in a title is the level, and a back-up is level 2. "Simen Lie for Kaja Nes" is a swap, also in the base plan; where Kaja is
// not known nobody is replaced, and both may be rung. Both lists are in the order of the entries.
func Match(entries []Entry, people []conference.Person, covers conference.RoleAt, source Source) (shifts []Shift, unknown []UnknownName) {
	d := newDirectory(people, covers)
	titles := map[string]titleRead{} // a plan repeats them
	for _, e := range entries {
		if !e.Start.Before(e.End) {
			continue
		}
		why := WhyUnsure
		if !e.Unsure {
			read, ok := titles[e.Title]
			if !ok {
				read = d.readTitle(e.Title)
				titles[e.Title] = read
			}
			var found []named
			found, why = d.resolve(e.Addresses, read)
			shifts = append(shifts, shiftsOf(e, found, read.lost, source)...)
		}
		if why != "" {
			unknown = append(unknown, UnknownName{Title: e.Title, Start: e.Start, Why: why})
		}
	}
	return shifts, unknown
}

// resolve decides whose an entry is; invited are the addresses of its attendees. why is empty when all is clear.
func (d *directory) resolve(invited []string, read titleRead) (found []named, why Why) {
	if read.absent {
		return nil, WhyEmpty
	}
	attendees, _ := d.addressed(invited, read)
	if len(attendees) > 0 {
		if read.lost {
			why = read.why
		}
		return attendees, why
	}
	found, why = d.addressed(read.addresses, read)
	for _, n := range read.named {
		if !slices.ContainsFunc(found, func(m named) bool { return m.person == n.person }) {
			found = append(found, n)
		}
	}
	switch {
	case len(found) > 0 && len(read.addresses) > 0 && read.why == "":
		return found, "" // "Kaja Nes <an address of hers that is not known>"
	case read.why == WhyAmbiguous || why == "":
		why = read.why
	}
	if len(found) == 0 && why == "" {
		why = WhyEmpty
		if len(invited) > 0 {
			why = WhyUnknown
		}
	}
	return found, why
}

// addressed finds the people of addresses. What the title says of a person holds; who is replaced is not on duty, though invited.
func (d *directory) addressed(addresses []string, read titleRead) (found []named, why Why) {
	replaced := slices.Clone(read.instead)
	for _, n := range read.named {
		replaced = append(replaced, n.instead...)
	}
	for _, a := range addresses {
		person, problem := d.address(a)
		if problem != "" {
			why = problem
			continue
		}
		n := named{person: person, level: read.level, instead: read.instead}
		if i := slices.IndexFunc(read.named, func(m named) bool { return m.person == person }); i >= 0 {
			n = read.named[i]
		} else if slices.Contains(replaced, person) {
			continue
		}
		if !slices.ContainsFunc(found, func(m named) bool { return m.person == person }) {
			found = append(found, n)
		}
	}
	return found, why
}

// shiftsOf makes the shifts of an entry. One who stands in for two has two.
func shiftsOf(e Entry, found []named, lost bool, source Source) []Shift {
	layer := e.Layer
	if lost && layer == conference.LayerSwap {
		layer = conference.LayerBase // as a swap it would replace everybody
	}
	var list []Shift
	for _, n := range found {
		instead := slices.DeleteFunc(slices.Clone(n.instead), func(p conference.PersonID) bool { return p == n.person })
		s := Shift{Interval: e.Interval, Person: n.person, Level: n.level, Layer: layer, Source: source}
		if len(instead) == 0 || layer == conference.LayerOverride {
			list = append(list, s)
			continue
		}
		s.Layer = conference.LayerSwap
		for _, s.Instead = range instead {
			list = append(list, s)
		}
	}
	return list
}

// writtenAddress finds what is meant as a mail address.
var writtenAddress = regexp.MustCompile(`[^\s<>()\[\],;:/|"]+@[^\s<>()\[\],;:/|"]+`)

// cutAddresses takes the mail addresses out of a title.
func cutAddresses(title string) (rest string, addresses []string) {
	if !strings.Contains(title, "@") {
		return title, nil
	}
	for _, a := range writtenAddress.FindAllString(title, -1) {
		addresses = append(addresses, strings.TrimRight(a, "."))
	}
	return writtenAddress.ReplaceAllString(title, " "), addresses
}
