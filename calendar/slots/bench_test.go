package slots_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

// region draws people with office hours and some four engagements a working day, spread over the roles.
func region(people, weeks int, roles ...string) []slots.Person {
	rnd := rand.New(rand.NewPCG(1, 1))
	var out []slots.Person
	for i := range people {
		p := office(fmt.Sprintf("p%d", i))
		p.Roles = []string{roles[i%len(roles)]}
		for day := range weeks * 7 {
			for range rnd.IntN(9) {
				start := at("2026-11-30 08:00").AddDate(0, 0, day).Add(time.Duration(rnd.IntN(7*12)) * 5 * time.Minute)
				p.Busy = append(p.Busy, calendar.Interval{Start: start, End: start.Add(time.Duration(2+rnd.IntN(16)) * 5 * time.Minute)})
			}
		}
		out = append(out, p)
	}
	return out
}

// meeting needs one of each role within the weeks.
func meeting(weeks int, roles ...string) slots.Request {
	now := at("2026-11-30 07:00")
	r := slots.Request{
		DurationMin: 20, GridMin: 10, TZ: "Europe/Oslo", Now: &now, Window: slots.Window{From: now, To: now.AddDate(0, 0, 7*weeks)}, Holidays: "NO",
		Policy: slots.Policy{OutsideHours: slots.LastResort, UseDuty: true},
	}
	for i, role := range roles {
		r.Need = append(r.Need, slots.Need{ID: fmt.Sprintf("n%d", i), Role: role})
	}
	return r
}

func BenchmarkFind(b *testing.B) {
	check := func(name string, r slots.Request, people []slots.Person) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var a slots.Answer
			var err error
			for b.Loop() {
				if a, err = slots.Find(r, people); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(a.Feasible), "feasible")
		})
	}
	five := []string{"doctor", "nurse", "gp", "dn", "pt"}
	check("12 people 2 weeks", meeting(2, five...), region(12, 2, five...))
	check("60 people 8 weeks", meeting(8, five...), region(60, 8, five...))
	strict := meeting(8, five...)
	strict.Policy.OutsideHours = slots.Never
	check("60 people 8 weeks, never outside hours", strict, region(60, 8, five...))
	check("400 people in one role", meeting(2, "nurse"), region(400, 2, "nurse"))
	overlapping := meeting(2, "nurse", "nurse", "nurse")
	check("3 needs share 60 people", overlapping, region(60, 2, "nurse"))
}

func BenchmarkAt(b *testing.B) {
	five := []string{"doctor", "nurse", "gp", "dn", "pt"}
	r, people := meeting(8, five...), region(60, 8, five...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := slots.At(r, people, at("2026-12-07 10:00")); err != nil {
			b.Fatal(err)
		}
	}
}
