package slots

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// ward draws people of five roles with office hours, engagements on whole minutes, some tentative time, some duty, and a
// calendar in ten that nobody could read for a day, over 13 weeks.
func ward(people int) (*Snapshot, []Person) {
	rnd := rand.New(rand.NewPCG(1, 5))
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	monday := time.Date(2026, time.November, 30, 0, 0, 0, 0, oslo)
	some := func(day time.Time, most int) []calendar.Interval {
		var out []calendar.Interval
		for range rnd.IntN(most + 1) {
			start := day.Add(8*time.Hour + time.Duration(rnd.IntN(7*60))*time.Minute)
			out = append(out, calendar.Interval{Start: start, End: start.Add(time.Duration(10+rnd.IntN(80)) * time.Minute)})
		}
		return out
	}
	all := make([]Person, people)
	for i := range all {
		p := Person{
			ID: fmt.Sprintf("p%d", i), Roles: []string{fmt.Sprintf("role%d", i%5)}, Zone: oslo, HasHours: true,
			Hours: []Hours{{Days: "Mon-Fri", From: "08:00", To: "15:30"}},
		}
		for day := range 13 * 7 {
			midnight := monday.AddDate(0, 0, day)
			p.Busy = append(p.Busy, some(midnight, 6)...)
			p.Booked = append(p.Booked, some(midnight, 1)...)
			p.Tentative = append(p.Tentative, some(midnight, 1)...)
		}
		if i%10 == 0 {
			p.Unknown = []calendar.Interval{{Start: monday.AddDate(0, 0, 2), End: monday.AddDate(0, 0, 3)}}
		}
		if i%7 == 0 {
			p.Duty = some(monday.AddDate(0, 0, 5), 3)
		}
		all[i] = p
	}
	s, err := NewSnapshot(all, Window{From: monday, To: monday.AddDate(0, 0, 13*7)}, Options{Zone: oslo, Holidays: "NO"})
	if err != nil {
		panic(err)
	}
	return s, all
}

// meeting asks for one of each of the roles within the days, half an hour, every quarter of an hour.
func meeting(days, roles int) Request {
	now := time.Date(2026, time.November, 30, 6, 0, 0, 0, time.UTC)
	deadline := now.AddDate(0, 0, days)
	r := Request{
		DurationMin: 30, GridMin: 15, TZ: "Europe/Oslo", Now: &now, Window: Window{From: now, To: deadline}, Deadline: &deadline, Holidays: "NO",
		Policy: Policy{OutsideHours: LastResort, UseDuty: true},
	}
	for i := range roles {
		r.Need = append(r.Need, Need{ID: fmt.Sprintf("n%d", i), Role: fmt.Sprintf("role%d", i)})
	}
	return r
}

// Core is the heart of a search: from the request to what is feasible, what each need by itself takes away, and the best
// starts in order. An answer adds the people of those, the counts by rule, and the relaxations.
func (s *Snapshot) Core(r Request) (feasible int, alone, best []int, err error) {
	set, err := s.settle(r)
	if err != nil {
		return 0, nil, nil, err
	}
	f, err := s.finder(&set, s.gridOf(&set))
	if err != nil {
		return 0, nil, nil, err
	}
	defer f.free()
	base := f.search(f.rules())
	found := base.feasible()
	_, alone = base.nearMiss()
	keep := f.kept.raw(f.words())
	copy(keep, found)
	base.close()
	for _, c := range f.rank(keep) {
		best = append(best, c.start)
	}
	return keep.count(), alone, best, nil
}

// BenchmarkSnapshot is the making of a snapshot of 1,000 people and 13 weeks, and of the next when one calendar or one booking
// has changed.
func BenchmarkSnapshot(b *testing.B) {
	s, people := ward(1000)
	window := Window{From: time.Unix(s.window.from, 0), To: time.Unix(s.window.to, 0)}
	measure := func(name string, make func(n int) (*Snapshot, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := make(n % len(people)); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
	measure("whole", func(int) (*Snapshot, error) { return NewSnapshot(people, window, s.options) })
	measure("one_person", func(n int) (*Snapshot, error) { return s.With(people[n]) })
	measure("one_booking", func(n int) (*Snapshot, error) { return s.WithBooked(people[n].ID, people[n].Booked, people[n].Held) })
}

// BenchmarkOffCells is the core for a meeting of 28 minutes, which no whole number of cells is.
func BenchmarkOffCells(b *testing.B) {
	s, _ := ward(20)
	r := meeting(28, 5)
	r.DurationMin = 28
	var t timed
	for b.Loop() {
		t.begin()
		if _, _, _, err := s.Core(r); err != nil {
			b.Fatal(err)
		}
		t.end()
	}
	t.report(b)
}

// BenchmarkCore is the core of a search of 28 days; BenchmarkSnapshotFind is the whole answer, eleven or so relaxations with
// their gains included.
func BenchmarkCore(b *testing.B) {
	for _, people := range []int{6, 20, 100, 1000} {
		s, _ := ward(people)
		r := meeting(28, min(5, people))
		b.Run(fmt.Sprintf("%d_people_28_days", people), func(b *testing.B) {
			b.ReportAllocs()
			feasible := 0
			var t timed
			for b.Loop() {
				t.begin()
				var err error
				if feasible, _, _, err = s.Core(r); err != nil {
					b.Fatal(err)
				}
				t.end()
			}
			b.ReportMetric(float64(feasible), "feasible")
			t.report(b)
		})
	}
}

func BenchmarkSnapshotFind(b *testing.B) {
	for _, people := range []int{6, 20, 100, 1000} {
		s, _ := ward(people)
		r := meeting(28, min(5, people))
		b.Run(fmt.Sprintf("%d_people_28_days", people), func(b *testing.B) {
			b.ReportAllocs()
			var t timed
			for b.Loop() {
				t.begin()
				if _, err := s.Find(r); err != nil {
					b.Fatal(err)
				}
				t.end()
			}
			t.report(b)
		})
	}
}

// TestNoAllocationPerStart: four times as many starts take no more allocations.
func TestNoAllocationPerStart(t *testing.T) {
	s, _ := ward(20)
	allocations := func(days int) float64 {
		r := meeting(days, 5)
		return testing.AllocsPerRun(50, func() {
			if _, _, _, err := s.Core(r); err != nil {
				t.Fatal(err)
			}
		})
	}
	week, month := allocations(7), allocations(28)
	if starts := 21.0 * 24 * 4; month-week > starts/100 {
		t.Errorf("%v allocations for a week, %v for four: %v per start", week, month, (month-week)/starts)
	}
}

// timed keeps the time of every round: on a machine that others use too, the median says more than the mean.
type timed struct {
	began  time.Time
	rounds []time.Duration
}

func (t *timed) begin() { t.began = time.Now() }

func (t *timed) end() { t.rounds = append(t.rounds, time.Since(t.began)) }

func (t *timed) report(b *testing.B) {
	slices.Sort(t.rounds)
	b.ReportMetric(float64(t.rounds[0]), "best-ns")
	b.ReportMetric(float64(t.rounds[len(t.rounds)/2]), "median-ns")
}
