package duty

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/samtale/samtale/server/conference"
)

// word is one word of a name or of a title.
type word struct {
	exact string // in lower case, accents written one way
	plain string // without accents
	upper bool   // it begins with a capital
	lower bool   // it has small letters
	digit bool
	dot   bool // a dot follows, as after an initial
}

// isInitial tells "K." and "K" from a name.
func (w word) isInitial() bool { return !w.digit && utf8.RuneCountInString(w.plain) == 1 }

// isCapitalised tells "Nes" from "nes" and "NES".
func (w word) isCapitalised() bool { return w.upper && (w.lower || w.isInitial()) }

// letters that have no decomposition and are written otherwise where they are missing.
var letters = strings.NewReplacer("ø", "o", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "ŧ", "t", "ŋ", "n", "ł", "l", "ħ", "h", "ı", "i", "ß", "ss", "þ", "th", "'", "", "’", "", "ʼ", "", "`", "")

// wordsOf takes a text apart. Hyphens separate words, apostrophes do not: Ann-Mari is two, O'Brien is one.
func wordsOf(text string) []word {
	var list []word
	var b strings.Builder
	var w word
	end := func() {
		if b.Len() > 0 {
			w.exact = strings.ToLower(b.String())
			if w.plain = plainOf(w.exact); w.plain != "" {
				list = append(list, w)
			}
		}
		b.Reset()
		w = word{}
	}
	for _, r := range norm.NFD.String(text) {
		switch {
		case unicode.IsLetter(r):
			w.upper = w.upper || b.Len() == 0 && unicode.IsUpper(r)
			w.lower = w.lower || unicode.IsLower(r)
			b.WriteRune(r)
		case unicode.IsMark(r), r == '\'', r == '’', r == '`':
			b.WriteRune(r)
		case unicode.IsDigit(r):
			w.digit = true
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r): // a soft hyphen, a mark of direction
		default:
			w.dot = r == '.'
			end()
		}
	}
	end()
	return list
}

// plainOf leaves out accents: å and aa are a, ø and oe are o. A final oe stays, for Joe is not Jo.
func plainOf(exact string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, exact)
	bare = strings.ReplaceAll(letters.Replace(bare), "aa", "a")
	if rest, ok := strings.CutSuffix(bare, "oe"); ok {
		return strings.ReplaceAll(rest, "oe", "o") + "oe"
	}
	return strings.ReplaceAll(bare, "oe", "o")
}

// closeness says how well a written name fits a person's; less is better.
type closeness int

const (
	sameLetters closeness = iota
	sameWords             // but for accents
	lessMiddle            // a middle name more or less
	byInitial             // K. Nes
	fitsNot
)

// closenessOf compares a written name, given name first, with a person's.
func closenessOf(written, name []word) closeness {
	n, m := len(written)-1, len(name)-1
	if n < 1 || m < 1 || written[n].plain != name[m].plain {
		return fitsNot
	}
	fit := sameLetters
	switch {
	case written[0].plain == name[0].plain:
	case written[0].isInitial() && strings.HasPrefix(name[0].plain, written[0].plain):
		fit = byInitial
	default:
		return fitsNot
	}
	longer, shorter := written[1:n], name[1:m]
	if len(longer) < len(shorter) {
		longer, shorter = shorter, longer
	} else if len(longer) > len(shorter)+1 {
		return fitsNot // two words more than the name has are another name
	}
	if !follow(shorter, longer) {
		return fitsNot
	}
	if len(longer) > len(shorter) {
		return max(fit, lessMiddle)
	}
	for i := range written {
		switch {
		case written[i].plain != name[i].plain:
			return byInitial
		case written[i].exact != name[i].exact:
			fit = max(fit, sameWords)
		}
	}
	return fit
}

// follow reports whether the middle names are among the others in their order; an initial stands for a name.
func follow(shorter, longer []word) bool {
	for _, l := range longer {
		if len(shorter) == 0 {
			return true
		}
		s := shorter[0]
		if s.plain == l.plain || s.isInitial() && strings.HasPrefix(l.plain, s.plain) || l.isInitial() && strings.HasPrefix(s.plain, l.plain) {
			shorter = shorter[1:]
		}
	}
	return len(shorter) == 0
}

// directory finds the people whom a roster names. Those who hold its role come before others with the same name.
type directory struct {
	people    []conference.Person
	names     [][]word
	holds     []bool
	byLast    map[string][]int // by the last word of the name, plain
	byAddress map[string][]int
	labels    map[string]bool // words of the role and of the unit
}

func newDirectory(people []conference.Person, covers conference.RoleAt) *directory {
	d := &directory{people: people, byLast: map[string][]int{}, byAddress: map[string][]int{}, labels: map[string]bool{}}
	for i, p := range people {
		name := wordsOf(p.Name)
		d.names = append(d.names, name)
		holds := false
		for _, r := range p.Roles {
			holds = holds || r == covers
		}
		d.holds = append(d.holds, holds)
		if len(name) > 0 {
			last := name[len(name)-1].plain
			d.byLast[last] = append(d.byLast[last], i)
		}
		if p.Email != "" {
			address := strings.ToLower(p.Email)
			d.byAddress[address] = append(d.byAddress[address], i)
		}
	}
	for _, w := range wordsOf(string(covers.Role) + " " + string(covers.Unit)) {
		d.labels[w.plain] = true
	}
	return d
}

// address finds the person with a mail address.
func (d *directory) address(address string) (conference.PersonID, Why) {
	found := map[int]closeness{}
	for _, i := range d.byAddress[strings.ToLower(address)] {
		found[i] = sameLetters
	}
	return d.one(found)
}

// name finds the person whom the words name: "Kaja Nes", "Nes Kaja", "K. Nes". A surname or a given name alone names nobody.
func (d *directory) name(words []word) (conference.PersonID, Why) {
	found := map[int]closeness{}
	look := func(words []word) {
		for _, i := range d.byLast[words[len(words)-1].plain] {
			if c := closenessOf(words, d.names[i]); c != fitsNot {
				if before, ok := found[i]; !ok || c < before {
					found[i] = c
				}
			}
		}
	}
	n := len(words)
	if n < 2 {
		return "", WhyUnknown
	}
	look(words)
	look(append(append([]word{}, words[1:]...), words[0])) // Nes Kaja Marie
	if n > 2 {
		look(append([]word{words[n-1]}, words[:n-1]...)) // Nes Hansen Kaja
	}
	return d.one(found)
}

// one returns the person who fits best, of those who hold the role if there are any.
func (d *directory) one(found map[int]closeness) (conference.PersonID, Why) {
	for _, holders := range []bool{true, false} {
		best, at, count := fitsNot, 0, 0
		for i, c := range found {
			switch {
			case d.holds[i] != holders || c > best:
			case c < best:
				best, at, count = c, i, 1
			default:
				count++
			}
		}
		switch {
		case count == 1:
			return d.people[at].ID, ""
		case count > 1:
			return "", WhyAmbiguous
		}
	}
	return "", WhyUnknown
}
