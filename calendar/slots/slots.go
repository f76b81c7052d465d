// Package slots finds the times at which the right people can meet. It takes a request and what is known of everybody's
// time, and answers every start that keeps the rules, the best few with their cast and an account of their points, and for
// the others what stood in the way and what one change would gain. It refuses to know a clock, a network, a store, or what
// a role means.
//
//	[]Person -> Snapshot        rows of five-minute cells per person: hours, busy, booked, held, tentative, unknown
//	Request, Snapshot -> grid   which cells are starts
//	                  -> able   per person: the cells from which they are free for the whole length
//	                  -> quorum "at least k of these" per need; matching where somebody could fill two needs
//	                  -> near misses and counts per rule; ranked suggestions; the same search with one rule changed (relax)
//
// A person's own starts for the whole length come first, unions over people second: two half-free nurses are no nurse. Where
// cells are not exact (see cellSeconds) one bit is one start of the request's own grid, drawn from the intervals, so that a
// meeting of 22 minutes is judged to the second; At asks the same engine with a grid of one start.
package slots

import (
	"math"
	"time"

	"github.com/samtale/samtale/calendar"
)

// Person is what is known of one person's time. Intervals need not be sorted or merged.
type Person struct {
	ID        string
	Roles     []string            // as in Need.Role, for example "gp@langneset"
	Zone      *time.Location      // of Hours and of the person's holidays, from the IANA database; nil: the request's, or that of the Snapshot's options
	Hours     []Hours             // weekly working hours
	Open      []calendar.Interval // working hours on certain dates, from a feed of working hours
	HasHours  bool                // Hours and Open are all the working time there is; false: any time will do
	Busy      []calendar.Interval
	Booked    []calendar.Interval // busy with meetings of ours
	Away      []calendar.Interval // the part of Busy that is spent at another place, see Policy.TravelMin
	Tentative []calendar.Interval
	Duty      []calendar.Interval // on duty, see Policy.UseDuty
	Held      []calendar.Interval // held for another request
	Unknown   []calendar.Interval // nobody knows: neither free nor busy. What is busy there stays busy
	Why       string              // why it is unknown
	Fresh     string              // age of the knowledge ("40s"), or "unknown: …"; repeated in Answer.Freshness
	Burden    int                 // minutes worked outside hours lately, as whoever keeps the ledger lets them fade
	Worked    []Spell             // the same in single spells, for the finder to let them fade
}

// Spell is some time worked outside hours, or the minutes that being woken counts for.
type Spell struct {
	At      time.Time
	Minutes int
}

// fadesBy half in this time: four weeks later a night counts half.
const fadesBy = 28 * daySeconds

// burden is the minutes of a person's work outside hours as they weigh at an instant.
func (p *Person) burden(now int64) int {
	minutes := float64(max(0, p.Burden))
	for _, w := range p.Worked {
		if age := now - w.At.Unix(); w.Minutes > 0 {
			minutes += float64(w.Minutes) * math.Exp2(-max(0, float64(age))/fadesBy)
		}
	}
	return int(math.Round(min(minutes, fadedMost)))
}

// fadedMost keeps the squares of burdens exact.
const fadedMost = 1_000_000

// Find answers the request: a Snapshot for one search. People that no need or want of the request could use are ignored. The
// error names the field of the request that is missing or wrong, and its value.
func Find(r Request, people []Person) (Answer, error) {
	set, err := settle(r)
	if err != nil {
		return Answer{}, err
	}
	s, err := snapshotFor(&set, people, set.window, false, Options{Zone: set.zone, Holidays: set.Holidays, Closed: set.Closed})
	if err != nil {
		return Answer{}, err
	}
	f, err := s.finder(&set, s.gridOf(&set))
	if err != nil {
		return Answer{}, err
	}
	return f.answer(), nil
}

// At gives the verdict on one start, whether it lies on the grid or not, by the engine of Find: a start that Find counts
// is feasible here, and the cast is the same. A fraction of a second in start is dropped. The error is that of Find.
func At(r Request, people []Person, start time.Time) (Verdict, error) {
	set, err := settle(r)
	if err != nil {
		return Verdict{}, err
	}
	s, err := snapshotFor(&set, people, span{start.Unix(), start.Unix() + set.length}, true, Options{Zone: set.zone, Holidays: set.Holidays, Closed: set.Closed})
	if err != nil {
		return Verdict{}, err
	}
	f, err := s.finder(&set, singleStart(start))
	if err != nil {
		return Verdict{}, err
	}
	return f.verdict(), nil
}
