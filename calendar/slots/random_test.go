package slots_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

func dump(r slots.Request, people []slots.Person) string {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err.Error()
	}
	text := string(data)
	for _, p := range people {
		zone := "the request's"
		if p.Zone != nil {
			zone = p.Zone.String()
		}
		text += fmt.Sprintf("\n%s %v zone %s hours %v %v open %v busy %v away %v tentative %v duty %v held %v booked %v unknown %v", p.ID, p.Roles, zone, p.HasHours,
			p.Hours, p.Open, p.Busy, p.Away, p.Tentative, p.Duty, p.Held, p.Booked, p.Unknown)
	}
	return text
}

// random draws searches that are small enough for the reference and odd enough to find fault.
type random struct {
	*rand.Rand
	from, to time.Time
}

// zones are on either side of UTC, whole hours and odd minutes from it, with clock changes of an hour, of half an hour, at
// midnight, and without.
var zones = []string{
	"Europe/Oslo", "Europe/Helsinki", "Europe/London", "Atlantic/Azores", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Tokyo",
	"Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana",
}

func randomSearch(seed uint64) (slots.Request, []slots.Person) {
	rnd := random{Rand: rand.New(rand.NewPCG(seed, 2026))}
	tz := pick(rnd, zones...)
	// Ordinary days, the clock changes of Europe, America and the south, and Christmas.
	day := pick(rnd, "2026-11-26", "2026-10-24", "2026-10-24", "2027-03-27", "2027-03-27", "2026-10-31", "2027-03-13", "2026-10-03", "2027-04-03", "2026-12-24")
	begin, _ := time.ParseInLocation("2006-01-02", day, location(tz))
	rnd.from = begin.Add(time.Duration(rnd.IntN(20*60)) * time.Minute)
	rnd.to = rnd.from.Add(time.Duration(60+rnd.IntN(26*60)) * time.Minute)
	now, limit := rnd.from.Add(time.Duration(rnd.IntN(120)-100)*time.Minute), 1+rnd.IntN(6)
	r := slots.Request{
		DurationMin: pick(rnd, 5, 20, 25, 45, 60, 90, 22), GridMin: pick(rnd, 5, 7, 10, 15, 30, 60), TZ: tz, Now: &now,
		Window: slots.Window{From: rnd.from.UTC(), To: rnd.to.UTC()}, Limit: &limit, List: slots.ListStarts,
		Holidays: pick(rnd, "", "", "NO"), MinNoticeMin: pick(rnd, 0, 0, 30, 180),
		Policy: slots.Policy{
			OutsideHours: pick(rnd, "", "", slots.Never, slots.LastResort, slots.Allow), Unknown: pick(rnd, "", slots.Exclude),
			Tentative: pick(rnd, "", slots.TakeAsFree), UseDuty: rnd.IntN(2) == 0, BufferMin: pick(rnd, 0, 0, 5, 15), TravelMin: pick(rnd, 0, 0, 30),
		},
	}
	if rnd.IntN(2) == 0 {
		deadline := rnd.instant()
		r.Deadline = &deadline
	}
	roles := []string{"gp", "nurse", "doctor", "pt"}
	var people []slots.Person
	for i := range 3 + rnd.IntN(6) {
		people = append(people, rnd.person(fmt.Sprintf("p%d", i), roles))
	}
	for i := range 1 + rnd.IntN(4) {
		r.Need = append(r.Need, rnd.need(fmt.Sprintf("n%d", i), r.DurationMin, roles, people))
	}
	for i := range rnd.IntN(3) {
		r.Want = append(r.Want, slots.Want{ID: fmt.Sprintf("w%d", i), Role: pick(rnd, roles...), Weight: rnd.IntN(100)})
	}
	for i := range rnd.IntN(3) {
		r.Guests = append(r.Guests, slots.Guest{ID: fmt.Sprintf("g%d", i), Yes: rnd.intervals(2, 240), IfNeeded: rnd.intervals(2, 240)})
	}
	for range rnd.IntN(3) {
		from := rnd.IntN(47)
		wish := slots.Preference{Days: pick(rnd, "Mon-Sun", "Sat"), From: halfHour(from), To: halfHour(from + 1 + rnd.IntN(48-from)), Weight: rnd.IntN(100)}
		if rnd.IntN(2) == 0 {
			r.Prefer = append(r.Prefer, wish)
		} else {
			r.Avoid = append(r.Avoid, wish)
		}
	}
	return r, people
}

func pick[T any](rnd random, from ...T) T { return from[rnd.IntN(len(from))] }

func (rnd random) instant() time.Time {
	return rnd.from.Add(time.Duration(rnd.Int64N(int64(rnd.to.Sub(rnd.from)/time.Minute))) * time.Minute).UTC()
}

func (rnd random) intervals(most, longest int) []calendar.Interval {
	var out []calendar.Interval
	for range rnd.IntN(most + 1) {
		start := rnd.instant()
		out = append(out, calendar.Interval{Start: start, End: start.Add(time.Duration(1+rnd.IntN(longest)) * time.Minute)})
	}
	return out
}

func (rnd random) person(id string, roles []string) slots.Person {
	p := slots.Person{
		ID: id, Roles: []string{pick(rnd, roles...)}, HasHours: rnd.IntN(4) > 0, Busy: rnd.intervals(6, 200), Away: rnd.intervals(1, 90),
		Tentative: rnd.intervals(2, 120), Held: rnd.intervals(1, 60), Booked: rnd.intervals(1, 90), Burden: rnd.IntN(600),
	}
	if rnd.IntN(3) == 0 {
		p.Roles = append(p.Roles, pick(rnd, roles...))
	}
	if rnd.IntN(2) == 0 {
		p.Zone = location(pick(rnd, zones...))
	}
	if rnd.IntN(3) == 0 {
		p.Unknown = rnd.intervals(2, 600)
	}
	if rnd.IntN(3) == 0 {
		p.Duty, p.Open = rnd.intervals(2, 600), rnd.intervals(2, 300)
	}
	for i := range p.Busy { // calendars keep seconds
		p.Busy[i].End = p.Busy[i].End.Add(time.Duration(rnd.IntN(60)) * time.Second)
	}
	for range 1 + rnd.IntN(3) {
		from, to := rnd.IntN(24*2), rnd.IntN(24*2+1)
		if from >= to {
			from, to = 2, 48
		}
		days := pick(rnd, "Mon-Sun", "Mon-Fri", "Sat", "Sun", "Sat-Mon", "Fri-Sun")
		p.Hours = append(p.Hours, slots.Hours{Days: days, From: halfHour(from), To: halfHour(to)})
	}
	return p
}

func halfHour(n int) string { return fmt.Sprintf("%02d:%02d", n/2, n%2*30) }

func (rnd random) need(id string, duration int, roles []string, people []slots.Person) slots.Need {
	n := slots.Need{ID: id}
	k := 1
	if rnd.IntN(2) == 0 {
		n.Role = pick(rnd, roles...)
		k = pick(rnd, 1, 1, 2)
	} else {
		for _, p := range people {
			if rnd.IntN(2) == 0 || len(n.AnyOf) == 0 {
				n.AnyOf = append(n.AnyOf, p.ID)
			}
		}
		k = 1 + rnd.IntN(min(2, len(n.AnyOf)))
		if rnd.IntN(2) == 0 {
			n.Prefer = []string{pick(rnd, n.AnyOf...)}
		}
	}
	n.K = &k
	if rnd.IntN(4) == 0 {
		n.UntilMin = pick(rnd, 1+rnd.IntN(duration), max(5, duration/2/5*5))
	}
	if rnd.IntN(3) == 0 {
		n.Substitute = &slots.Substitute{Role: pick(rnd, roles...), Cost: rnd.IntN(100), Use: rnd.IntN(2) == 0}
	}
	return n
}

// locations are those read from disk so far.
var locations sync.Map

func location(name string) *time.Location {
	if zone, ok := locations.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the tests need a time zone database
	}
	locations.Store(name, zone)
	return zone
}
