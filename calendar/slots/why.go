package slots

import (
	"slices"
	"time"
)

// The codes of Missing and PersonVerdict.
const (
	whyFree         = "free"
	whyBusy         = "busy_until"
	whyHeld         = "held"
	whyTentative    = "tentative"
	whyBuffer       = "buffer"
	whyHoliday      = "holiday"
	whyOutsideHours = "outside_hours"
	whyUnknown      = "unknown"
	whySeated       = "seated"
	whyPassedOver   = "passed_over"
	whyNobody       = "nobody"
)

// closest orders the codes by how little it would take: whoever is first is the one to ask.
var closest = []string{
	whyPassedOver, whySeated, whyUnknown, whyTentative, whyBuffer, whyHeld, whyHoliday, whyOutsideHours, whyBusy, whyNobody,
}

// finding is one thing that stands against a person's coming; refuses: by the rules of the search it is enough.
type finding struct {
	why     string
	until   int64 // 0: no end is known
	holds   bool
	refuses bool
}

// state says why a member can or cannot come at an instant and stay. What refuses is named before what only marks, and
// unknown time before other marks. An optional person is asked to come neither outside hours nor at a time nobody knows.
func (s *search) state(m int, at, stay int64, optional bool) (why string, until *time.Time, can bool) {
	found := s.findings(m, at, stay, optional)
	for _, f := range found {
		if f.holds && f.refuses {
			return f.why, ending(f.until), false
		}
	}
	for _, f := range slices.Backward(found[:]) {
		if f.holds {
			return f.why, ending(f.until), true
		}
	}
	return whyFree, nil, true
}

func ending(at int64) *time.Time {
	if at == 0 {
		return nil
	}
	t := instant(at)
	return &t
}

// findings lists, for the layers that ableStarts takes, whether they hold for a member at one instant.
func (s *search) findings(n int, at, stay int64, optional bool) [6]finding {
	m := s.members[n]
	overlap := func(why string, refuses bool, margins [2]int64, spans ...[]span) finding {
		f := finding{why: why, refuses: refuses}
		for n, list := range spans {
			margin := margins[min(n, 1)]
			if covered, until := within(list, at-margin, at+stay+margin); covered > 0 {
				f.holds, f.until = true, max(f.until, until+margin)
			}
		}
		return f
	}
	none := [2]int64{}
	buffer := overlap(whyBuffer, s.margins, [2]int64{s.buffer, s.travel}, m.busy, m.away)
	if s.tentative {
		if t := overlap(whyBuffer, s.margins, [2]int64{s.buffer}, m.tentative); t.holds {
			buffer.holds, buffer.until = true, max(buffer.until, t.until)
		}
	}
	unknown := overlap(whyUnknown, s.known || optional, none, m.unknown)
	unknown.until = 0
	return [6]finding{
		overlap(whyBusy, true, none, m.busy, m.away), overlap(whyHeld, true, none, m.held), overlap(whyTentative, s.tentative, none, m.tentative),
		buffer, s.outsideAt(n, at, stay, s.hours || (optional && s.Policy.OutsideHours != Allow)), unknown,
	}
}

// outsideAt tells a holiday from a time that is never worked. It ends when the next time of work that is long enough begins.
func (s *search) outsideAt(m int, at, stay int64, refuses bool) finding {
	f := finding{why: whyOutsideHours, refuses: refuses}
	if inside, _ := within(s.work(m, true, s.duty), at, at+stay); inside == stay {
		return f
	}
	f.holds = true
	if usual, _ := within(s.work(m, false, s.duty), at, at+stay); usual == stay {
		f.why = whyHoliday
	}
	for _, work := range s.work(m, true, s.duty) {
		if work.from > at && work.to-work.from >= stay {
			f.until = work.from
			break
		}
	}
	return f
}

// verdict judges the one start of the grid.
func (f *finder) verdict() Verdict {
	s := f.search(f.rules())
	defer s.close()
	at := f.grid.at(0)
	sc := s.scorer()
	v := Verdict{
		Start: instant(at), End: instant(at + s.length()), Feasible: s.feasible().has(0), OnGrid: onGrid(f.days, at, f.settings.grid),
		Rules: f.refusing(at), Cast: map[string][]string{}, Unknown: []string{}, Needs: []NeedVerdict{}, Wants: []NeedVerdict{},
	}
	if v.Feasible {
		sc.weigh(0)
		v.Cast, v.Unknown = sc.castByNeed(), sc.unknownCast()
	}
	for n := range sc.chairs {
		if sc.chairs[n].want < 0 {
			v.Needs = append(v.Needs, sc.needVerdict(n, v.Feasible))
		} else {
			v.Wants = append(v.Wants, sc.needVerdict(n, v.Feasible))
		}
	}
	return v
}

// refusing names the rules of the meeting as a whole that a start breaks.
func (f *finder) refusing(at int64) []string {
	broken := []string{}
	if at < f.window.from || at+f.length > f.window.to {
		broken = append(broken, "outside_window")
	}
	if at < f.notBefore {
		broken = append(broken, "min_notice")
	}
	if f.Deadline != nil && at+f.length > f.endBy {
		broken = append(broken, "after_deadline")
	}
	return broken
}

// needVerdict judges everybody who might fill a chair, stand-ins too. Chosen means something only when a cast was weighed.
func (sc *scorer) needVerdict(n int, weighed bool) NeedVerdict {
	c := &sc.chairs[n]
	v := NeedVerdict{ID: c.seat.id, K: c.k, People: []PersonVerdict{}}
	able := 0
	for _, m := range sc.asked(c) {
		p := PersonVerdict{Person: sc.members[m].ID, StandIn: slices.Contains(c.seat.standIns, m), Chosen: weighed && sc.sits(n, m)}
		p.Why, p.Until, p.Can = sc.state(m, sc.grid.at(0), c.stay, c.want >= 0)
		if p.Can && slices.Contains(c.pool, m) {
			able++
		}
		v.People = append(v.People, p)
	}
	v.Met = able >= c.k
	return v
}

// asked lists the pool of a chair, then the stand-ins who are not in it.
func (sc *scorer) asked(c *chair) []int {
	if c.want >= 0 {
		return c.pool[:len(c.pool)-1]
	}
	members := slices.Clone(c.pool)
	for _, m := range c.seat.standIns {
		if !slices.Contains(members, m) {
			members = append(members, m)
		}
	}
	return members
}
