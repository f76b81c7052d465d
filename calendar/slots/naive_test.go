package slots_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

// reference answers a request the slow way.
type reference struct {
	r      slots.Request
	people []slots.Person
	zone   *time.Location
	clocks map[clockTime]time.Time // worked out so far
	free   calendar.Holidays
	pools  [][]*slots.Person // by need
}

type clockTime struct {
	zone *time.Location
	y    int
	m    time.Month
	d    int
	text string
}

type counted struct {
	feasible       []time.Time
	blocked, alone []int
}

func newReference(t *testing.T, r slots.Request, people []slots.Person) *reference {
	t.Helper()
	free, err := calendar.HolidaysOf(r.Holidays)
	if err != nil {
		t.Fatal(err)
	}
	ref := &reference{r: r, people: people, zone: location(r.TZ), clocks: map[clockTime]time.Time{}, free: free}
	for _, n := range r.Need {
		ref.pools = append(ref.pools, ref.pool(n))
	}
	return ref
}

func (ref *reference) grid() []time.Time {
	var starts []time.Time
	r := ref.r
	y, m, d := r.Window.From.In(ref.zone).Date()
	for day := 0; ; day++ {
		midnight, next := midnight(ref.zone, y, m, d+day), midnight(ref.zone, y, m, d+day+1)
		if !midnight.Before(r.Window.To) {
			return starts
		}
		for at := midnight; at.Before(next); at = at.Add(time.Duration(r.GridMin) * time.Minute) {
			if !at.Before(r.Window.From) && at.Before(r.Window.To) {
				starts = append(starts, at.UTC())
			}
		}
	}
}

// count walks through the grid as Answer.Rejected counts it.
func (ref *reference) count(grid []time.Time) counted {
	c := counted{blocked: make([]int, len(ref.r.Need)), alone: make([]int, len(ref.r.Need))}
	circles := make([]map[int]bool, len(ref.r.Need))
	for i := range circles {
		circles[i] = ref.circle(i)
	}
	for _, start := range grid {
		if !ref.reachable(start) {
			continue
		}
		can := make([][]string, len(ref.r.Need)) // by need: who can fill it
		for i := range ref.r.Need {
			for _, p := range ref.pools[i] {
				if ref.can(p, start, ref.stay(i)) {
					can[i] = append(can[i], p.ID)
				}
			}
		}
		everyone := func(int) bool { return true }
		whole := ref.castable(can, everyone)
		if whole {
			c.feasible = append(c.feasible, start)
		}
		for i := range can {
			others := func(n int) bool { return n != i }
			if !whole && ref.castable(can, others) {
				c.alone[i]++
			}
			circle := circles[i]
			short := !ref.castable(can, func(n int) bool { return circle[n] })
			cause := func(n int) bool {
				return len(can[n]) < seats(ref.r.Need[n]) || short && ref.castable(can, func(m int) bool { return circle[m] && m != n })
			}
			together := short && !slices.ContainsFunc(slices.Collect(maps.Keys(circle)), cause)
			if cause(i) || together {
				c.blocked[i]++
			}
		}
	}
	return c
}

// circle is the needs that share people with a need, directly or through others.
func (ref *reference) circle(need int) map[int]bool {
	in := map[int]bool{need: true}
	for range ref.r.Need {
		for a := range ref.r.Need {
			for b := range ref.r.Need {
				share := slices.ContainsFunc(ref.pools[a], func(p *slots.Person) bool { return slices.Contains(ref.pools[b], p) })
				if in[a] && share {
					in[b] = true
				}
			}
		}
	}
	return in
}

func (ref *reference) reachable(start time.Time) bool {
	r := ref.r
	end := start.Add(time.Duration(r.DurationMin) * time.Minute)
	late := r.Deadline != nil && end.After(*r.Deadline)
	return !end.After(r.Window.To) && !late && !start.Before(r.Now.Add(time.Duration(r.MinNoticeMin)*time.Minute))
}

func (ref *reference) stay(need int) time.Duration {
	n := ref.r.Need[need]
	if n.UntilMin > 0 {
		return time.Duration(n.UntilMin) * time.Minute
	}
	return time.Duration(ref.r.DurationMin) * time.Minute
}

func seats(n slots.Need) int {
	if n.K == nil {
		return 1
	}
	return *n.K
}

func (ref *reference) person(id string) *slots.Person {
	return &ref.people[slices.IndexFunc(ref.people, func(p slots.Person) bool { return p.ID == id })]
}

func (ref *reference) pool(n slots.Need) []*slots.Person {
	var pool []*slots.Person
	for i := range ref.people {
		p := &ref.people[i]
		in := slices.Contains(n.AnyOf, p.ID) || (n.Role != "" && slices.Contains(p.Roles, n.Role))
		if s := n.Substitute; s != nil && s.Use {
			in = in || slices.Contains(s.AnyOf, p.ID) || (s.Role != "" && slices.Contains(p.Roles, s.Role))
		}
		if in {
			pool = append(pool, p)
		}
	}
	return pool
}

// castable tries every choice of different people for the needs that are in.
func (ref *reference) castable(can [][]string, in func(need int) bool) bool {
	taken := map[string]bool{}
	var cast func(i int) bool
	var choose func(i, k, from int) bool
	cast = func(i int) bool {
		for i < len(can) && !in(i) {
			i++
		}
		return i >= len(can) || choose(i, seats(ref.r.Need[i]), 0)
	}
	choose = func(i, k, from int) bool {
		if k == 0 {
			return cast(i + 1)
		}
		for n := from; n < len(can[i]); n++ {
			id := can[i][n]
			if taken[id] {
				continue
			}
			taken[id] = true
			if choose(i, k-1, n+1) {
				return true
			}
			delete(taken, id)
		}
		return false
	}
	return cast(0)
}

// can asks one person about [start, start+stay).
func (ref *reference) can(p *slots.Person, start time.Time, stay time.Duration) bool {
	policy := ref.r.Policy
	buffer := time.Duration(policy.BufferMin) * time.Minute
	travel := time.Duration(max(policy.TravelMin, policy.BufferMin)) * time.Minute
	end := start.Add(stay)
	free := func(taken []calendar.Interval, margin time.Duration) bool {
		return !slices.ContainsFunc(taken, func(i calendar.Interval) bool {
			return i.Start.Before(end.Add(margin)) && i.End.After(start.Add(-margin))
		})
	}
	switch {
	case !free(p.Busy, buffer), !free(p.Booked, buffer), !free(p.Away, travel), !free(p.Held, 0),
		policy.Tentative != slots.TakeAsFree && !free(p.Tentative, buffer),
		policy.Unknown == slots.Exclude && !free(p.Unknown, 0):
		return false
	case policy.OutsideHours == slots.LastResort, policy.OutsideHours == slots.Allow:
		return true
	}
	for at := start; at.Before(end); at = at.Add(time.Minute) {
		if !ref.works(p, at) {
			return false
		}
	}
	return true
}

// works says whether a person works at one instant.
func (ref *reference) works(p *slots.Person, at time.Time) bool {
	in := func(i calendar.Interval) bool { return !at.Before(i.Start) && at.Before(i.End) }
	if ref.r.Policy.UseDuty && slices.ContainsFunc(p.Duty, in) {
		return true
	}
	zone := p.Zone
	if zone == nil {
		zone = ref.zone
	}
	y, m, d := at.In(zone).Date()
	if _, free := ref.free(y, m, d); free {
		return false
	}
	if !p.HasHours || slices.ContainsFunc(p.Open, in) {
		return true
	}
	for _, h := range p.Hours {
		for day := d - 1; day <= d+1; day++ {
			weekday := time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Weekday()
			if onDays(h.Days, weekday) && in(calendar.Interval{Start: ref.clock(zone, y, m, day, h.From), End: ref.clock(zone, y, m, day, h.To)}) {
				return true
			}
		}
	}
	return false
}

func onDays(days string, weekday time.Weekday) bool {
	names := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	first, last := slices.Index(names, days[:3]), slices.Index(names, days[len(days)-3:])
	n := (int(weekday) + 6) % 7
	if first <= last {
		return first <= n && n <= last
	}
	return n >= first || n <= last
}

// clock finds a clock time by walking through the day; one that the day skips is as many minutes after midnight.
func (ref *reference) clock(zone *time.Location, y int, m time.Month, d int, text string) time.Time {
	key := clockTime{zone, y, m, d, text}
	if at, ok := ref.clocks[key]; ok {
		return at
	}
	at := clock(zone, y, m, d, text)
	ref.clocks[key] = at
	return at
}

// midnight is the first minute that a zone's clocks show on a date: some dates lack 0:00, and some have it twice.
func midnight(zone *time.Location, y int, m time.Month, d int) time.Time {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	at := noon
	for at.Add(-time.Minute).Day() == noon.Day() {
		at = at.Add(-time.Minute)
	}
	return at
}

func clock(zone *time.Location, y int, m time.Month, d int, text string) time.Time {
	midnight, next := midnight(zone, y, m, d), midnight(zone, y, m, d+1)
	if text == "24:00" {
		return next
	}
	for at := midnight; at.Before(next); at = at.Add(time.Minute) {
		if at.Format("15:04") == text {
			return at
		}
	}
	var hour, minute int
	fmt.Sscanf(text, "%d:%d", &hour, &minute)
	return midnight.Add(time.Duration(hour*60+minute) * time.Minute)
}
