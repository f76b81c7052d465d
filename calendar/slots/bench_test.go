package slots_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

// BenchmarkOracle asks the sweep and the core of the finder the same, turn about: what is feasible and what each need takes
// away. The sweep begins with the intervals, and in "walk" with everybody's pieces already cut.
func BenchmarkOracle(b *testing.B) {
	five := []string{"doctor", "nurse", "gp", "dn", "pt"}
	for _, people := range []int{20, 60} {
		all, r := region(people, 4, five...), meeting(4, five...)
		snapshot, err := slots.NewSnapshot(all, r.Window, slots.Options{Zone: location(r.TZ), Holidays: r.Holidays})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d_people_28_days", people), func(b *testing.B) {
			var whole, walks, core []time.Duration
			for b.Loop() {
				began := time.Now()
				s := newSweep(r, all)
				cut := s.cut()
				walk := time.Now()
				swept := s.count(cut)
				swung := time.Now()
				feasible, alone, _, err := snapshot.Core(r)
				done := time.Now()
				if err != nil || feasible != len(swept.feasible) || fmt.Sprint(alone) != fmt.Sprint(swept.alone) {
					b.Fatalf("%d feasible, alone %v; sweep: %d, %v %v", feasible, alone, len(swept.feasible), swept.alone, err)
				}
				whole, walks, core = append(whole, swung.Sub(began)), append(walks, swung.Sub(walk)), append(core, done.Sub(swung))
			}
			b.ReportMetric(float64(middle(whole)), "sweep-ns")
			b.ReportMetric(float64(middle(walks)), "walk-ns")
			b.ReportMetric(float64(middle(core)), "core-ns")
			b.ReportMetric(float64(middle(whole))/float64(middle(core)), "sweep/core")
			b.ReportMetric(float64(middle(walks))/float64(middle(core)), "walk/core")
		})
	}
}

func middle(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
