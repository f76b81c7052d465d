package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/samtale/samtale/server/conference"
)

// outcome is what stands in the store when all writers are done.
type outcome struct {
	meetings map[string]conference.Conference
	busy     map[conference.PersonID][]reservation
	mails    map[string]int      // rows by meeting and sequence, "m_1 0"
	cases    map[string][]string // meetings by case
}

// verdict is what a check found; it keeps the first of many faults.
type verdict struct {
	faults []string
	counts map[string]int // attempts by kind and answer
}

func (v *verdict) fault(format string, values ...any) {
	if len(v.faults) < 20 {
		v.faults = append(v.faults, fmt.Sprintf(format, values...))
	}
}

// checkHistory holds the log of all writers against the store.
func checkHistory(history []attempt, o outcome) verdict {
	v := verdict{counts: map[string]int{}}
	for _, a := range history {
		v.counts[a.Kind+" "+a.Said]++
	}
	checkChains(&v, history, o)
	checkWhole(&v, o)
	checkTogether(&v, history)
	checkNamed(&v, history)
	return v
}

// story is what the log tells of one meeting.
type story struct {
	told map[int64]attempt   // acknowledged, by revision
	lost map[int64][]attempt // may have happened, by the revision that they would have made
}

func storiesOf(v *verdict, history []attempt) map[string]*story {
	stories := map[string]*story{}
	of := func(id string) *story {
		if stories[id] == nil {
			stories[id] = &story{told: map[int64]attempt{}, lost: map[int64][]attempt{}}
		}
		return stories[id]
	}
	for _, a := range history {
		switch {
		case a.Kind != "book" && a.Kind != "move" && a.Kind != "swap" && a.Kind != "cancel":
		case a.Said == "ok":
			s := of(a.GotID)
			before, twice := s.told[a.Got.Rev]
			if twice && (before.Got != a.Got || (before.Key != a.Key && a.Kind != "cancel")) {
				v.fault("revision %d of %s was acknowledged twice: %+v and %+v", a.Got.Rev, a.GotID, before, a)
			}
			s.told[a.Got.Rev] = a
		case a.Said == "lost":
			s := of(a.ID)
			s.lost[a.Want.Rev+1] = append(s.lost[a.Want.Rev+1], a)
		}
	}
	return stories
}

// checkChains: every revision of every meeting is one that somebody was told of or may have made, nothing that was acknowledged is
// missing, no request has happened twice.
func checkChains(v *verdict, history []attempt, o outcome) {
	stories := storiesOf(v, history)
	for id, s := range stories {
		c, exists := o.meetings[id]
		for rev := range s.told {
			if !exists || c.Revision < rev {
				v.fault("lost: revision %d of %s was acknowledged, the store has %d", rev, id, c.Revision)
			}
		}
	}
	for id, c := range o.meetings {
		s := stories[id]
		if s == nil {
			v.fault("%s was booked by nobody", id)
			continue
		}
		var now []standing
		for rev := int64(1); rev <= c.Revision; rev++ {
			now = s.after(now, rev)
			if len(now) == 0 {
				v.fault("revision %d of %s comes from nowhere", rev, id)
				break
			}
		}
		if len(now) > 0 && !slices.Contains(now, standingOf(c)) {
			v.fault("%s is %+v, the log allows %+v", id, standingOf(c), now)
		}
	}
	made := map[string]string{}
	for _, a := range history {
		if _, exists := o.meetings[a.ID]; a.Kind != "book" || !exists {
			continue
		}
		if other, twice := made[a.Key]; twice && other != a.ID {
			v.fault("one request made %s and %s", other, a.ID)
		}
		made[a.Key] = a.ID
	}
}

// after lists what the meeting may be at a revision, when it may have been any of before.
func (s *story) after(before []standing, rev int64) []standing {
	if a, told := s.told[rev]; told {
		return []standing{a.Got}
	}
	var now []standing
	for _, a := range s.lost[rev] {
		if rev == 1 {
			for _, c := range a.Casts {
				now = append(now, standing{Rev: 1, Start: a.Want.Start, End: a.Want.End, People: c})
			}
		}
		for _, b := range before {
			b.Rev = rev
			switch a.Kind {
			case "move":
				b.Start, b.End = a.Want.Start, a.Want.End
			case "swap":
				b.People = b.People&^a.Out | a.Want.People
			case "cancel":
				b.Cancelled = true
			}
			now = append(now, b)
		}
	}
	return now
}

// checkWhole: nobody is booked twice or beyond the cap, and each meeting is there with all that belongs to it or not at all.
func checkWhole(v *verdict, o outcome) {
	has := map[string]bool{}
	for p, list := range o.busy {
		if len(list) > weekCap {
			v.fault("%s has %d meetings, the cap is %d", p, len(list), weekCap)
		}
		for i, r := range list {
			if i > 0 && r.start.Before(list[i-1].end) {
				v.fault("overlap: %s has %s and %s", p, list[i-1].conference, r.conference)
			}
			c, exists := o.meetings[string(r.conference)]
			if !exists || c.State != conference.Booked || !c.Start.Equal(r.start) || !c.End.Equal(r.end) || !slices.Contains(staffOf(c), p) {
				v.fault("partial: %s is reserved for %s, which is %+v", p, r.conference, standingOf(c))
			}
			has[string(p)+" "+string(r.conference)] = true
		}
	}
	rows := 0
	for id, c := range o.meetings {
		for _, p := range staffOf(c) {
			if c.State == conference.Booked && !has[string(p)+" "+id] {
				v.fault("partial: %s of %s is not reserved", p, id)
			}
		}
		for sequence := range c.Sequence + 1 {
			if n := o.mails[fmt.Sprint(id, " ", sequence)]; n != 1 {
				v.fault("partial: %d mails about %s, sequence %d", n, id, sequence)
			}
			rows++
		}
		if int64(c.Sequence) != c.Revision-1 || (c.Case != "" && !slices.Contains(o.cases[string(c.Case)], id)) {
			v.fault("partial: %s has sequence %d at revision %d, its case %s has %v", id, c.Sequence, c.Revision, c.Case, o.cases[string(c.Case)])
		}
	}
	for _, n := range o.mails {
		rows -= n
	}
	if rows != 0 {
		v.fault("%d mails about nothing", -rows)
	}
}

// checkNamed: whoever was refused for another meeting was told of one that may have been there at that time.
func checkNamed(v *verdict, history []attempt) {
	first := map[named]int64{} // when it can have been there at the earliest
	note := func(n named, began int64) {
		if at, known := first[n]; !known || began < at {
			first[n] = began
		}
	}
	times := map[string][]standing{}
	for _, a := range history {
		switch a.Kind {
		case "book", "move":
			note(named{string(KindBooked), a.ID, a.Want.Start, a.Want.End}, a.Began)
			times[a.ID] = append(times[a.ID], a.Want)
		case "hold":
			note(named{string(KindHeld), a.ID, a.Want.Start, a.Want.End}, a.Began)
		}
	}
	for _, a := range history {
		if a.Said != "taken" || a.Named.Kind == string(KindCap) {
			continue
		}
		if at, known := first[a.Named]; !known || at > a.Ended {
			v.fault("%s of %s was refused for %+v, which nobody has made", a.Kind, a.ID, a.Named)
		}
	}
}

// tenure is the time during which somebody was certainly engaged: from the acknowledgement until the first request that may have
// ended it.
type tenure struct {
	from, until int64
	start, end  int
	people      crowd
	id, of      string // of: the meeting that a hold is for
}

func tenuresOf(history []attempt) []tenure {
	ends := map[string]int64{} // the first request that may end a revision of a meeting, or a hold
	end := func(key string, at int64) {
		if t, known := ends[key]; !known || at < t {
			ends[key] = at
		}
	}
	for _, a := range history {
		if a.Hold != "" {
			end(a.Hold, a.Began)
		}
		if (a.Kind == "move" || a.Kind == "swap" || a.Kind == "cancel") && (a.Said == "ok" || a.Said == "lost") {
			end(fmt.Sprint(a.ID, " ", a.Want.Rev), a.Began)
		}
	}
	var list []tenure
	for _, a := range history {
		t := tenure{from: a.Ended, until: math.MaxInt64, start: a.Got.Start, end: a.Got.End, people: a.Got.People, id: a.GotID, of: a.For}
		key := a.GotID
		switch {
		case a.Said != "ok" || a.Kind == "release" || a.Got.Cancelled:
			continue
		case a.Kind == "hold" || a.Kind == "extend":
			t.until = a.Until
		default:
			key = fmt.Sprint(a.GotID, " ", a.Got.Rev)
		}
		if at, known := ends[key]; known {
			t.until = min(t.until, at)
		}
		if t.from < t.until {
			list = append(list, t)
		}
	}
	return list
}

// checkTogether: at no instant were two that overlap certainly there for one person, in the whole of the history and not only at
// its end.
func checkTogether(v *verdict, history []attempt) {
	list := tenuresOf(history)
	type turn struct {
		at  int64
		in  bool
		who int
	}
	turns := make([]turn, 0, 2*len(list))
	for i, t := range list {
		turns = append(turns, turn{t.from, true, i}, turn{t.until, false, i})
	}
	slices.SortFunc(turns, func(a, b turn) int {
		if a.at != b.at || a.in == b.in {
			return cmp.Compare(a.at, b.at)
		}
		if b.in { // who leaves at that instant goes first
			return -1
		}
		return 1
	})
	there := map[int]tenure{}
	for _, now := range turns {
		t := list[now.who]
		if !now.in {
			delete(there, now.who)
			continue
		}
		for _, x := range there {
			if x.start < t.end && t.start < x.end && x.people&t.people != 0 && x.id != t.id && x.of != t.id && t.of != x.id {
				v.fault("overlap: %s and %s, certainly at the same instant: %+v %+v", x.id, t.id, x, t)
			}
		}
		there[now.who] = t
	}
	v.counts["certain stays"] = len(list)
}
