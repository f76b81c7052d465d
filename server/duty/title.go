package duty

import (
	"cmp"
	"slices"
	"unicode"

	"github.com/samtale/samtale/server/conference"
)

// A title is items between separators; an item is names, labels, or both:
//
//	title = item { separator item }      separators: / ; | & + , : ( ) – and the words og, and, ja
//	item  = { label | name } [ "for" { label | name } ]
//
// A word is a label when it is known as one or cannot be a name as it is written. An item with any other word in it that is no part of a
// name names nobody: Anne Kaja Nes is not Kaja Nes.

// named is one person whom a title names.
type named struct {
	person  conference.PersonID
	level   int
	instead []conference.PersonID
}

// titleRead is what a title says.
type titleRead struct {
	addresses []string
	named     []named
	level     int                   // of people whom the title does not name
	instead   []conference.PersonID // whom those stand in for
	lost      bool                  // somebody stands in for a person who is not known
	absent    bool                  // it says that its people are away
	why       Why                   // something of it names nobody who is known
}

// item is a piece of a title behind a separator, which is 0 before the first and ' ' beside a level.
type item struct {
	before rune
	words  []word
	level  int // of "[L2]", which is an item of its own
}

const (
	maxTitle = 300 // characters; the calendar keeps fewer
	maxRun   = 6   // words of a name
)

// readTitle reads a title.
func (d *directory) readTitle(title string) titleRead {
	t := titleReader{d: d, level: 1}
	title, t.read.addresses = cutAddresses(title)
	items := joinNames(d, itemsOf(title))
	t.explicit = slices.ContainsFunc(items, func(i item) bool { return i.level > 0 })
	for n, i := range items {
		next := item{}
		if n+1 < len(items) {
			next = items[n+1]
		}
		if i.level > 0 {
			t.label(i.level, next.before == ' ')
		} else {
			t.item(i, next)
		}
	}
	t.read.level = cmp.Or(t.unnamed, t.level)
	t.read.absent = t.read.absent && !t.replaces
	return t.read
}

// titleReader is what is known between two items.
type titleReader struct {
	d        *directory
	read     titleRead
	explicit bool // a level stands in brackets: words do not count
	level    int  // of the people that follow
	unnamed  int  // the level of somebody who was named and is not known, 0 for none
	previous int  // where the people of the last item with names begin in read.named
	failed   bool // that item named somebody who is not known
	replaces bool // somebody stands in for another
}

// item takes one item.
func (t *titleReader) item(i, next item) {
	left, right, replaces := cutFor(i.words)
	people := t.d.parse(left)
	t.read.absent = t.read.absent || slices.ContainsFunc(i.words, isAbsence)
	var instead []conference.PersonID
	if replaces {
		instead = t.replaced(right, slices.ContainsFunc(left, isUpper))
	}
	mark, prefix := markOf(i.words), markOf(left[:people.first])
	if t.explicit {
		mark, prefix = 0, 0
	}
	if people.why == "" && len(people.found) == 0 {
		t.standIn(instead)
		if mark > 0 {
			t.label(mark, next.before == ':')
		}
		return
	}
	if people.why != "" {
		if !t.matters(i, next, left, people.why) {
			return
		}
		t.note(people.why)
	}
	t.previous, t.failed = len(t.read.named), people.why != ""
	if prefix > 0 {
		t.level = prefix // "Bakvakt Kaja Nes, Simen Lie"
	}
	for _, p := range people.found {
		t.add(named{p, cmp.Or(mark, t.level), instead})
	}
}

// replaced reads who stands behind "for". One word is a place, "for Havnes", and so are small ones where names have capitals.
func (t *titleReader) replaced(words []word, capitals bool) []conference.PersonID {
	others := t.d.parse(words)
	if others.why != "" && len(words) > 1 && (!capitals || slices.ContainsFunc(words, isUpper)) {
		t.read.lost, t.replaces = true, true
		t.note(others.why)
	}
	t.replaces = t.replaces || len(others.found) > 0
	return others.found
}

func isUpper(w word) bool { return w.upper }

// add names a person once: the first time counts.
func (t *titleReader) add(n named) {
	if !slices.ContainsFunc(t.read.named, func(m named) bool { return m.person == n.person }) {
		t.read.named = append(t.read.named, n)
	}
}

// note keeps the first reason, but ambiguous before unknown: the person is there, the title is not clear.
func (t *titleReader) note(why Why) {
	if t.read.why == "" || why == WhyAmbiguous {
		t.read.why = why
	}
}

// label takes a level that stands without people: of those before it in "Simen Lie (bakvakt)", of those that follow where it leads or
// nobody is before it.
func (t *titleReader) label(level int, leads bool) {
	switch {
	case leads || len(t.read.named) == t.previous && !t.failed:
		t.level = level
	case t.failed:
		t.unnamed = level
	}
	if leads {
		return
	}
	for n := t.previous; n < len(t.read.named); n++ {
		t.read.named[n].level = level
	}
}

// standIn takes "for Kaja Nes" without a name before it: in "Simen Lie (for Kaja Nes)" it is of the item before.
func (t *titleReader) standIn(instead []conference.PersonID) {
	if len(t.read.named) == t.previous {
		t.read.instead = slices.Concat(t.read.instead, instead)
	}
	for n := t.previous; n < len(t.read.named); n++ {
		t.read.named[n].instead = slices.Concat(t.read.named[n].instead, instead) // the people of an item share theirs
	}
}

// matters reports whether words that name nobody known are worth telling: not what labels the people behind its colon, nor a place
// behind a name.
func (t *titleReader) matters(i, next item, words []word, why Why) bool {
	labels := next.before == ':' && t.d.namesSomebody(next)
	switch {
	case why == WhyAmbiguous:
		return true
	case labels:
		return false
	}
	return len(t.read.named) == 0 || i.before == '/' || t.d.looksLikeName(words)
}

// looksLikeName tells a person's name from the label of a place: two to four words with a capital each, none a label.
func (d *directory) looksLikeName(words []word) bool {
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	return !slices.ContainsFunc(words, func(w word) bool { return w.digit || !w.upper || d.isLabel(w, false) })
}

func (d *directory) namesSomebody(i item) bool {
	left, _, _ := cutFor(i.words)
	return len(d.parse(left).found) > 0
}

// parsed is who the words of an item name.
type parsed struct {
	found []conference.PersonID
	why   Why // empty when every word is part of a name or a label
	first int // words before the first name; all of them when there is none
}

// parse reads names and labels from left to right, the longest name first. It is tried twice: what is written small beside a name in
// capitals is a label too, as in "Kaja Nes på telefon", but not in "anne kaja nes".
func (d *directory) parse(words []word) parsed {
	p, ok := d.parseFrom(words, false)
	if !ok {
		p, ok = d.parseFrom(words, true)
		ok = ok && p.first < len(words) // without a name there is nothing to tell capitals by
	}
	if !ok {
		return parsed{why: WhyUnknown, first: len(words)}
	}
	return p
}

// parseFrom finds the first way, counted from the end, to make names and labels of all words: from[i] is the way from word i on.
func (d *directory) parseFrom(words []word, byCase bool) (parsed, bool) {
	type way struct {
		ok     bool
		length int // of the name at this word, 0 for a label
		person conference.PersonID
		why    Why
	}
	from := make([]way, len(words)+1)
	from[len(words)].ok = true
	for i := len(words) - 1; i >= 0; i-- {
		for n := min(maxRun, len(words)-i); n >= 2 && !from[i].ok; n-- {
			if !from[i+n].ok || byCase && (!words[i].isCapitalised() || !words[i+n-1].isCapitalised()) {
				continue
			}
			if person, why := d.name(words[i : i+n]); why != WhyUnknown {
				from[i] = way{true, n, person, why}
			}
		}
		if !from[i].ok && from[i+1].ok && d.isLabel(words[i], byCase) {
			from[i] = way{ok: true}
		}
	}
	if !from[0].ok {
		return parsed{}, false
	}
	p := parsed{first: len(words)}
	for i := 0; i < len(words); i += max(from[i].length, 1) {
		switch w := from[i]; {
		case w.length == 0:
			continue
		case w.why != "":
			p.why = w.why
		default:
			p.found = append(p.found, w.person)
		}
		p.first = min(p.first, i)
	}
	return p, true
}

// isLabel tells a word that is no name: a duty, a specialty, a time of day, anything with a digit. byCase adds small words and
// abbreviations.
func (d *directory) isLabel(w word, byCase bool) bool {
	return w.digit || (w.isInitial() && !w.dot) || isDutyWord(w.plain) || d.labels[w.plain] || (byCase && (!w.upper || !w.lower))
}

// cutFor parts an item at "for", "i stedet for" and "instead of".
func cutFor(words []word) (left, right []word, found bool) {
	for i, w := range words {
		for _, phrase := range standIns {
			if w.plain == phrase[0] && startsWith(words[i:], phrase) {
				return words[:i], words[i+len(phrase):], true
			}
		}
	}
	return words, nil, false
}

func startsWith(words []word, phrase []string) bool {
	for i, p := range phrase {
		if i >= len(words) || words[i].plain != p {
			return false
		}
	}
	return true
}

// joinNames joins "Nes" and "Kaja", which a comma parts, where they are one name and neither is one alone.
func joinNames(d *directory, items []item) []item {
	var list []item
	for _, i := range items {
		n := len(list)
		if n == 0 || i.before != ',' || len(list[n-1].words) == 0 || d.namesSomebody(list[n-1]) || d.namesSomebody(i) {
			list = append(list, i)
			continue
		}
		last := list[n-1]
		labels := 0
		for labels < len(last.words)-1 && d.isLabel(last.words[labels], true) {
			labels++
		}
		joined := slices.Concat(last.words[:labels], i.words, last.words[labels:])
		if p := d.parse(joined); len(p.found) == 1 || p.why == WhyAmbiguous {
			list[n-1].words = joined
		} else {
			list = append(list, i)
		}
	}
	return list
}

// itemsOf cuts a title at its separators.
func itemsOf(title string) []item {
	runes := []rune(title)
	runes = runes[:min(len(runes), maxTitle)]
	var list []item
	start, before := 0, rune(0)
	cut := func(end, next int, separator rune) {
		list = append(list, joined(wordsOf(string(runes[start:end])), before)...)
		start, before = next, separator
	}
	for i := 0; i < len(runes); i++ {
		if level, n := bracketedLevel(runes[i:]); n > 0 {
			cut(i, i+n, ' ')
			list = append(list, item{before: ' ', level: level})
			i += n - 1
		} else if s := separatorAt(runes, i); s != 0 {
			cut(i, i+1, s)
		}
	}
	cut(len(runes), len(runes), 0)
	return list
}

// joined parts words at "og" and "and"; what is empty is left out.
func joined(words []word, before rune) []item {
	var list []item
	for {
		n := slices.IndexFunc(words, func(w word) bool { return w.plain == "og" || w.plain == "and" || w.plain == "ja" })
		part := words
		if n >= 0 {
			part = words[:n]
		}
		if len(part) > 0 {
			list = append(list, item{before: before, words: part})
		}
		if n < 0 {
			return list
		}
		words, before = words[n+1:], '/'
	}
}

// bracketedLevel reads "[L2]" and its length. [L0] is the first level too: Grafana OnCall, whose convention it is, begins there.
func bracketedLevel(r []rune) (level, length int) {
	if len(r) < 4 || r[0] != '[' || (r[1] != 'L' && r[1] != 'l') || r[2] < '0' || r[2] > '9' || r[3] != ']' {
		return 0, 0
	}
	return max(int(r[2]-'0'), 1), 4
}

// separatorAt returns the kind of the separator at a place, 0 for none. A colon or a slash between digits is part of a time or a date,
// and a hyphen separates only between blanks.
func separatorAt(r []rune, i int) rune {
	between := func(is func(rune) bool) bool { return i > 0 && i+1 < len(r) && is(r[i-1]) && is(r[i+1]) }
	switch r[i] {
	case '/', ':':
		if !between(unicode.IsDigit) {
			return r[i]
		}
	case ';', '|', '&', '+', '\n':
		return '/'
	case ',':
		return ','
	case '(', ')', '[', ']', '{', '}', '<', '>':
		return '('
	case '–', '—':
		return '-'
	case '-':
		if between(unicode.IsSpace) {
			return '-'
		}
	}
	return 0
}
