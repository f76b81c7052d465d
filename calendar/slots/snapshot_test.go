package slots_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
)

func november(t *testing.T, people ...slots.Person) *slots.Snapshot {
	t.Helper()
	s, err := slots.NewSnapshot(people, slots.Window{From: at("2026-11-23 00:00"), To: at("2027-02-22 00:00")}, slots.Options{Zone: location("Europe/Oslo")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, s *slots.Snapshot, r slots.Request) slots.Answer {
	t.Helper()
	a, err := s.Find(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSnapshotChanges(t *testing.T) {
	r := friday(need("gp", "a"))
	first := november(t, slots.Person{ID: "a"}, slots.Person{ID: "b"})
	check := func(name string, s *slots.Snapshot, err error, want string) *slots.Snapshot {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := startsOf(ask(t, s, r)); got != want {
			t.Errorf("%s: starts %q, want %q", name, got, want)
		}
		return s
	}
	all := "09:00 09:30 10:00 10:30 11:00 11:30"
	check("everybody free", first, nil, all)
	second, err := first.With(busy("a", "2026-11-27 09:00-10:30"))
	check("a feed changed", second, err, "10:30 11:00 11:30")
	third, err := second.WithBooked("a", between("2026-11-27 11:00-11:30"), between("2026-11-27 11:30-12:00"))
	check("booked and held", third, err, "10:30")
	fourth, err := third.WithBooked("a", nil, nil)
	check("cancelled", fourth, err, "10:30 11:00 11:30")
	check("the old ones are as they were", third, nil, "10:30")
	check("and the first", first, nil, all)

	fifth, err := first.With(slots.Person{ID: "c", Roles: []string{"nurse"}, Busy: between("2026-11-27 09:00-11:00")})
	if err != nil {
		t.Fatal(err)
	}
	byRole := friday(slots.Need{ID: "nurse", Role: "nurse"})
	if got := startsOf(ask(t, fifth, byRole)); got != "11:00 11:30" {
		t.Errorf("somebody new: %q", got)
	}
	if got := ask(t, first, byRole); got.Feasible != 0 {
		t.Errorf("the old snapshot knows the new nurse: %+v", got)
	}
	sixth, err := fifth.With(slots.Person{ID: "c", Roles: []string{"doctor"}, Zone: location("Asia/Tokyo")})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, sixth, byRole); got.Feasible != 0 {
		t.Errorf("who is no nurse any more: %+v", got)
	}
	seventh, err := sixth.Without("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seventh.Find(r); fmt.Sprint(err) != `slots: need[0].any_of "a": no such person` {
		t.Errorf("who has left: %v", err)
	}
}

func TestSnapshotRefuses(t *testing.T) {
	check := func(want string, err error) {
		t.Helper()
		if fmt.Sprint(err) != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	window := slots.Window{From: at("2026-11-23 00:00"), To: at("2027-02-22 00:00")}
	build := func(w slots.Window, o slots.Options, people ...slots.Person) error {
		_, err := slots.NewSnapshot(people, w, o)
		return err
	}
	reversed := slots.Window{From: window.To, To: window.From}
	check("slots: window.to 2026-11-22T23:00:00Z: not after window.from 2027-02-21T23:00:00Z", build(reversed, slots.Options{}))
	long := slots.Window{From: window.From, To: window.To.Add(3 * time.Hour)}
	check("slots: window.to 2027-02-22T02:00:00Z: more than 13 weeks after window.from 2026-11-22T23:00:00Z", build(long, slots.Options{}))
	check(`slots: holidays "XX": calendar: no public holidays known for "XX"`, build(window, slots.Options{Holidays: "XX"}))
	check(`slots: people[1].id "a": given twice`, build(window, slots.Options{}, slots.Person{ID: "a"}, slots.Person{ID: "a"}))
	unreadable := slots.Person{ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Mon", From: "8", To: "9"}}}
	check(`slots: people["a"].hours[0].from "8": want a clock time as "08:00"`, build(window, slots.Options{}, unreadable))
	s := november(t, slots.Person{ID: "a"})
	_, err := s.With(unreadable)
	check(`slots: people["a"].hours[0].from "8": want a clock time as "08:00"`, err)
	_, err = s.WithBooked("b", nil, nil)
	check(`slots: people: nobody has the id "b"`, err)
	_, err = s.Without("b")
	check(`slots: people: nobody has the id "b"`, err)
	_, err = s.With(slots.Person{})
	check("slots: people[1].id: missing", err)
	_, err = s.Find(slots.Request{})
	check("slots: duration_min 0: want 1 to 1440", err)
}

// TestSnapshotElsewhere: a window or holidays that the snapshot does not hold are searched all the same, and At agrees.
func TestSnapshotElsewhere(t *testing.T) {
	office := office("a")
	s := november(t, office)
	r := friday(need("gp", "a"))
	now := at("2027-05-16 12:00")
	r.Now, r.Window = &now, slots.Window{From: at("2027-05-17 09:00"), To: at("2027-05-18 10:00")}
	if a := ask(t, s, r); a.Feasible == 0 {
		t.Error("no start in a later year")
	}
	r.Holidays = "NO"
	if got := startsOf(ask(t, s, r)); got != "08:00 08:30 09:00 09:30" {
		t.Errorf("the seventeenth of May: %q", got)
	}
	for _, start := range []string{"2027-05-17 10:00", "2027-05-18 09:00", "2026-11-27 10:00"} {
		v, err := s.At(r, at(start))
		same, err2 := slots.At(r, []slots.Person{office}, at(start))
		if err != nil || err2 != nil || v.Feasible != same.Feasible || v.Needs[0].People[0].Why != same.Needs[0].People[0].Why {
			t.Errorf("%s: %+v %v, At says %+v %v", start, v, err, same, err2)
		}
	}
}

// TestSnapshotIsShared: many search one snapshot while others come after it.
func TestSnapshotIsShared(t *testing.T) {
	r := friday(need("gp", "a", "b"), need("nurse", "c"))
	r.Policy.OutsideHours = slots.LastResort
	s := november(t, office("a"), busy("b", "2026-11-27 09:00-10:00"), office("c"))
	want := marshal(t, ask(t, s, r))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			next := s
			for n := range 50 {
				if got := marshal(t, ask(t, s, r)); got != want {
					t.Errorf("another answer:\n%s\n%s", got, want)
					return
				}
				var err error
				if next, err = next.With(busy("b", fmt.Sprintf("2026-11-27 09:00-10:%02d", 10+n))); err != nil {
					t.Error(err)
					return
				}
				if a := ask(t, next, r); a.Feasible == 0 {
					t.Error("nothing in the next snapshot")
				}
			}
		})
	}
	wg.Wait()
}
