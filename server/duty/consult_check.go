package duty

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/samtale/samtale/server/conference"
)

// wordsMost keeps free text to what is read at a glance on a ringing telephone.
const wordsMost = 120

// Reasons are the headings of a request, one tap each. They say what kind of talk it is and nothing about the patient.
var Reasons = []string{"symptom_now", "medicines", "discharge_today", "treatment_plan", "second_look", "family", "logistics", "other"}

// Check refuses a new request that nobody could answer: ErrRequest says which field, ErrWords and conference.ErrNoteNumber
// that the free text is too long or holds an identity number. No error repeats what was written: errors are logged. A
// practice ring needs no reason, urgency or minutes.
func (c Consult) Check() error {
	if c.Caller == "" {
		return fmt.Errorf("%w: nobody asks", ErrRequest)
	}
	switch c.Kind {
	case Practice:
		return nil
	case Knock:
		if c.Person == "" || c.Person == c.Caller {
			return fmt.Errorf("%w: a knock is for one other person", ErrRequest)
		}
	case Specialist:
		if c.Covers.Role == "" || c.Covers.Unit == "" {
			return fmt.Errorf("%w: no role to ring", ErrRequest)
		}
	default:
		return fmt.Errorf("%w: unknown kind", ErrRequest)
	}
	switch {
	case c.Urgency != Today && c.Urgency != Hour && c.Urgency != Now:
		return fmt.Errorf("%w: unknown urgency", ErrRequest)
	case !slices.Contains(Reasons, c.Reason):
		return fmt.Errorf("%w: unknown reason", ErrRequest)
	case c.Minutes != 2 && c.Minutes != 5 && c.Minutes != 10:
		return fmt.Errorf("%w: %d minutes", ErrRequest, c.Minutes)
	}
	return checkWords(c.Words)
}

func checkWords(words string) error {
	if utf8.RuneCountInString(words) > wordsMost {
		return fmt.Errorf("%w: more than %d characters", ErrWords, wordsMost)
	}
	if err := conference.CheckNote(words); err != nil {
		return fmt.Errorf("duty: words: %w", err)
	}
	return nil
}

// checkOverride wants a reason that somebody can read afterwards.
func checkOverride(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("%w: an override needs a reason", ErrWords)
	}
	return checkWords(reason)
}

// Hunting reports whether the search goes on by itself: Deadline is set exactly then.
func (c Consult) Hunting() bool { return c.State == Ringing || c.State == Promised }

// Active reports whether the consult is not over: it rings, is promised, or is being held.
func (c Consult) Active() bool { return c.Hunting() || c.State == Connected }

// RingingNow returns who is to be rung aloud at present. Silent cards are not among them; see RingOf.
func (c Consult) RingingNow() []conference.PersonID {
	var people []conference.PersonID
	for _, r := range c.Rings {
		if r.Outcome == RingOn && !r.Soft {
			people = append(people, r.Person)
		}
	}
	return people
}

// RingOf returns the person's last ring that was offered to them, soft or loud, running or ended.
func (c Consult) RingOf(person conference.PersonID) (Ring, bool) {
	if i := c.offered(person); i >= 0 {
		return c.Rings[i], true
	}
	return Ring{}, false
}

// Concerns returns everybody whose page shows the consult, each once: the caller, who was asked or passed over, who took it
// or its note.
func (c Consult) Concerns() []conference.PersonID {
	people := []conference.PersonID{c.Caller, c.Person, c.TakenBy}
	for _, r := range c.Rings {
		people = append(people, r.Person)
	}
	if c.Note != nil {
		people = append(people, c.Note.TakenBy)
	}
	var once []conference.PersonID
	for _, p := range people {
		if p != "" && !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return once
}

// offered is the index of the person's last ring, or -1 when they were never asked.
func (c Consult) offered(person conference.PersonID) int {
	for i, r := range slices.Backward(c.Rings) {
		if r.Person == person && r.Offered() {
			return i
		}
	}
	return -1
}
