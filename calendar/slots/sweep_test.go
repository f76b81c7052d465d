package slots_test

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

// sweep is the other finder: no bits, no cells, no grid but a list of instants. It takes each person's working time, cuts
// out what is taken, keeps the pieces that are long enough, and walks through the starts and all pieces together in the
// order of time. It is quick enough to be asked thousands of times, and to be compared with in benchmarks.
type sweep struct {
	r      slots.Request
	people []slots.Person
	starts []int64
	pools  []uint64 // by need: the people, at most 64, as bits
	k      []int
	groups [][]int // needs that share people
}

// piece is [from, to] in Unix seconds: the starts at which a person can stay, ends included.
type piece struct{ from, to int64 }

func newSweep(r slots.Request, people []slots.Person) *sweep {
	s := &sweep{r: r, people: people}
	zone := location(r.TZ)
	for _, d := range datesOf(zone, r.Window.From, r.Window.To) {
		for at := d.first; at < d.next; at += int64(r.GridMin) * 60 {
			if at >= r.Window.From.Unix() && at < r.Window.To.Unix() {
				s.starts = append(s.starts, at)
			}
		}
	}
	for i := range r.Need {
		var pool uint64
		for n := range people {
			p := &people[n]
			in := slices.Contains(r.Need[i].AnyOf, p.ID) || r.Need[i].Role != "" && slices.Contains(p.Roles, r.Need[i].Role)
			if sub := r.Need[i].Substitute; sub != nil && sub.Use {
				in = in || slices.Contains(sub.AnyOf, p.ID) || sub.Role != "" && slices.Contains(p.Roles, sub.Role)
			}
			if in {
				pool |= 1 << n
			}
		}
		s.pools, s.k = append(s.pools, pool), append(s.k, seats(r.Need[i]))
	}
	for i, pool := range s.pools {
		joined := []int{i}
		var apart [][]int
		for _, g := range s.groups {
			if slices.ContainsFunc(g, func(n int) bool { return s.pools[n]&pool != 0 }) {
				joined = append(joined, g...)
			} else {
				apart = append(apart, g)
			}
		}
		s.groups = append(apart, joined)
	}
	return s
}

// cut gives, by need, its people's pieces.
func (s *sweep) cut() [][]walk {
	walks := make([][]walk, len(s.k))
	for i := range s.k {
		stay := s.r.Need[i].UntilMin
		if stay == 0 {
			stay = s.r.DurationMin
		}
		for rest := s.pools[i]; rest != 0; rest &= rest - 1 {
			n := bits.TrailingZeros64(rest)
			walks[i] = append(walks[i], walk{1 << n, s.pieces(&s.people[n], int64(stay)*60)})
		}
	}
	return walks
}

// count walks through the starts, as Answer.Rejected counts them.
func (s *sweep) count(walks [][]walk) counted {
	c := counted{blocked: make([]int, len(s.k)), alone: make([]int, len(s.k))}
	can := make([]uint64, len(s.k))
	met := make([]bool, len(s.groups))
	for _, start := range s.starts {
		if !s.reachable(start) {
			continue
		}
		for i := range can {
			can[i] = 0
			for n := range walks[i] {
				if walks[i][n].covers(start) {
					can[i] |= walks[i][n].person
				}
			}
		}
		unmet := 0
		for g, group := range s.groups {
			met[g] = s.castable(can, group, -1)
			unmet += 1 - one(met[g])
		}
		if unmet == 0 {
			c.feasible = append(c.feasible, time.Unix(start, 0).UTC())
		}
		for g, group := range s.groups {
			caused := met[g]
			for _, i := range group {
				spared := !met[g] && s.castable(can, group, i)
				cause := spared || bits.OnesCount64(can[i]) < s.k[i]
				c.alone[i] += one(spared && unmet == 1)
				c.blocked[i] += one(cause)
				caused = caused || cause
			}
			for _, i := range group {
				c.blocked[i] += one(!caused)
			}
		}
	}
	return c
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// walk is one person's pieces that lie ahead.
type walk struct {
	person uint64
	pieces []piece
}

func (w *walk) covers(at int64) bool {
	for len(w.pieces) > 0 && w.pieces[0].to < at {
		w.pieces = w.pieces[1:]
	}
	return len(w.pieces) > 0 && w.pieces[0].from <= at
}

func (s *sweep) reachable(start int64) bool {
	end := start + int64(s.r.DurationMin)*60
	late := s.r.Deadline != nil && end > s.r.Deadline.Unix()
	return end <= s.r.Window.To.Unix() && !late && start >= s.r.Now.Unix()+int64(s.r.MinNoticeMin)*60
}

// castable tries to give the needs of a group, without one of them, different people.
func (s *sweep) castable(can []uint64, group []int, without int) bool {
	if len(group) == 1 {
		return group[0] == without || bits.OnesCount64(can[group[0]]) >= s.k[group[0]]
	}
	var seat func(n, k int, taken, from uint64) bool
	seat = func(n, k int, taken, from uint64) bool {
		if n == len(group) {
			return true
		}
		i := group[n]
		if k == s.k[i] || i == without {
			return seat(n+1, 0, taken, ^uint64(0))
		}
		for rest := can[i] &^ taken & from; rest != 0; rest &= rest - 1 {
			person := rest & -rest
			if seat(n, k+1, taken|person, -person<<1) {
				return true
			}
		}
		return false
	}
	return seat(0, 0, 0, ^uint64(0))
}

// pieces are the starts at which a person can stay.
func (s *sweep) pieces(p *slots.Person, stay int64) []piece {
	policy := s.r.Policy
	buffer, travel := int64(policy.BufferMin)*60, int64(max(policy.TravelMin, policy.BufferMin))*60
	var taken []piece
	take := func(intervals []calendar.Interval, margin int64) {
		for _, i := range intervals {
			taken = append(taken, piece{i.Start.Unix() - margin, i.End.Unix() + margin})
		}
	}
	take(p.Busy, buffer)
	take(p.Booked, buffer)
	take(p.Away, travel)
	take(p.Held, 0)
	if policy.Tentative != slots.TakeAsFree {
		take(p.Tentative, buffer)
	}
	if policy.Unknown == slots.Exclude {
		take(p.Unknown, 0)
	}
	var out []piece
	taken = union(taken)
	next := 0
	for _, open := range s.working(p) {
		from := open.from
		for next < len(taken) && taken[next].to <= from {
			next++
		}
		for n := next; n < len(taken) && taken[n].from < open.to; n++ {
			if taken[n].from-from >= stay {
				out = append(out, piece{from, taken[n].from - stay})
			}
			from = max(from, taken[n].to)
		}
		if open.to-from >= stay {
			out = append(out, piece{from, open.to - stay})
		}
	}
	return out
}

// working is a person's working time, in order and apart.
func (s *sweep) working(p *slots.Person) []piece {
	before, after := s.r.Window.From.Add(-48*time.Hour), s.r.Window.To.Add(48*time.Hour)
	always := piece{before.Unix(), after.Unix()}
	if s.r.Policy.OutsideHours == slots.LastResort || s.r.Policy.OutsideHours == slots.Allow {
		return []piece{always}
	}
	zone := p.Zone
	if zone == nil {
		zone = location(s.r.TZ)
	}
	dates := datesOf(zone, before, after)
	var hours []piece
	for _, d := range dates {
		for _, h := range p.Hours {
			if onDays(h.Days, d.weekday) {
				hours = append(hours, piece{d.at(h.From), d.at(h.To)})
			}
		}
	}
	for _, i := range p.Open {
		hours = append(hours, piece{i.Start.Unix(), i.End.Unix()})
	}
	if !p.HasHours {
		hours = []piece{always}
	}
	hours = union(hours)
	if holidays, err := calendar.HolidaysOf(s.r.Holidays); err == nil && s.r.Holidays != "" {
		for _, d := range dates {
			if _, free := holidays(d.year, d.month, d.day); free {
				hours = without(hours, d.first, d.next)
			}
		}
	}
	if s.r.Policy.UseDuty {
		for _, i := range p.Duty {
			hours = append(hours, piece{i.Start.Unix(), i.End.Unix()})
		}
	}
	return union(hours)
}

func union(pieces []piece) []piece {
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
	var out []piece
	for _, p := range pieces {
		switch n := len(out) - 1; {
		case p.from >= p.to:
		case n >= 0 && p.from <= out[n].to:
			out[n].to = max(out[n].to, p.to)
		default:
			out = append(out, p)
		}
	}
	return out
}

func without(pieces []piece, from, to int64) []piece {
	var out []piece
	for _, p := range pieces {
		out = append(out, piece{p.from, min(p.to, from)}, piece{max(p.from, to), p.to})
	}
	return slices.DeleteFunc(out, func(p piece) bool { return p.from >= p.to })
}

// date is one day in a zone, walked through minute by minute once.
type date struct {
	year        int
	month       time.Month
	day         int
	weekday     time.Weekday
	first, next int64       // its first instant, and that of the day after
	clock       [1441]int64 // the first instant that shows each minute of the day; of one left out, as many minutes after the first
}

type dateIn struct {
	zone       string
	year       int
	month      time.Month
	dayOfMonth int
}

// dates are those that were walked through so far; only one test sweeps.
var dates = map[dateIn]*date{}

func datesOf(zone *time.Location, from, to time.Time) []*date {
	y, m, d := from.In(zone).Date()
	var out []*date
	for n := -1; ; n++ {
		noon := time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC)
		key := dateIn{zone.String(), noon.Year(), noon.Month(), noon.Day()}
		if dates[key] == nil {
			dates[key] = walkThrough(zone, noon)
		}
		if out = append(out, dates[key]); dates[key].first > to.Unix() {
			return out
		}
	}
}

func walkThrough(zone *time.Location, noon time.Time) *date {
	d := &date{year: noon.Year(), month: noon.Month(), day: noon.Day(), weekday: noon.Weekday()}
	for at := noon.Add(-30 * time.Hour); ; at = at.Add(time.Minute) {
		local := at.In(zone)
		switch shown := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC); {
		case shown.After(noon):
			d.next = at.Unix()
			d.clock[1440] = d.next
			for minute, shown := range d.clock {
				if shown == 0 {
					d.clock[minute] = d.first + int64(minute)*60
				}
			}
			return d
		case shown.Equal(noon):
			if d.first == 0 {
				d.first = at.Unix()
			}
			if minute := local.Hour()*60 + local.Minute(); d.clock[minute] == 0 {
				d.clock[minute] = at.Unix()
			}
		}
	}
}

func (d *date) at(text string) int64 {
	hours, minutes := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	return d.clock[hours*60+minutes]
}
