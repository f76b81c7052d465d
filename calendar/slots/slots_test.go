package slots_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

// The week of the tests is that of Friday 27 November 2026, when Oslo is an hour ahead of UTC.

// at reads local time in Oslo, "2026-11-27 10:00", or an instant with its offset.
func at(text string) time.Time {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC()
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text, location("Europe/Oslo"))
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// between reads intervals, "2026-11-27 10:00-11:30", local time in Oslo.
func between(texts ...string) []calendar.Interval {
	var out []calendar.Interval
	for _, text := range texts {
		from, to := text[:16], text[:11]+text[17:]
		out = append(out, calendar.Interval{Start: at(from), End: at(to)})
	}
	return out
}

// friday asks for 30 minutes on the Friday morning, 09:00 to 12:00, on the half hour.
func friday(needs ...slots.Need) slots.Request {
	now := at("2026-11-26 12:00")
	return slots.Request{
		DurationMin: 30, GridMin: 30, TZ: "Europe/Oslo", Now: &now, List: slots.ListStarts,
		Window: slots.Window{From: at("2026-11-27 09:00"), To: at("2026-11-27 12:00")}, Need: needs,
	}
}

// need is one seat for one of the named.
func need(id string, anyOf ...string) slots.Need { return slots.Need{ID: id, AnyOf: anyOf} }

func free(ids ...string) []slots.Person {
	people := make([]slots.Person, 0, len(ids))
	for _, id := range ids {
		people = append(people, slots.Person{ID: id})
	}
	return people
}

func busy(id string, when ...string) slots.Person {
	return slots.Person{ID: id, Busy: between(when...)}
}

func find(t *testing.T, r slots.Request, people ...slots.Person) slots.Answer {
	t.Helper()
	answer, err := slots.Find(r, people)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	return answer
}

// startsOf writes the feasible starts as clock times in Oslo.
func startsOf(a slots.Answer) string {
	var out []string
	for _, s := range a.Starts {
		out = append(out, s.In(location("Europe/Oslo")).Format("15:04"))
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	day := func(change func(*slots.Request)) slots.Request {
		r := friday(need("gp", "a"))
		change(&r)
		return r
	}
	check := func(name, want string, r slots.Request, people ...slots.Person) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			if got := startsOf(find(t, r, people...)); got != want {
				t.Errorf("starts %q, want %q", got, want)
			}
		})
	}
	both := friday(need("gp", "a"), need("nurse", "b"))
	either := friday(slots.Need{ID: "nurse", Role: "dn@elvemo"})
	nurse := func(p slots.Person) slots.Person {
		p.Roles = []string{"dn@elvemo"}
		return p
	}
	check("everybody free", "09:00 09:30 10:00 10:30 11:00 11:30", both, free("a", "b")...)
	check("busy is half-open at both ends", "09:00 11:00 11:30", friday(need("gp", "a")), busy("a", "2026-11-27 09:30-11:00"))
	check("busy to the second", "09:00 11:30", friday(need("gp", "a")), slots.Person{ID: "a", Busy: []calendar.Interval{{
		Start: at("2026-11-27 09:30"),
		End:   at("2026-11-27 11:00").Add(time.Nanosecond),
	}}})
	check("one after the other is not together", "09:30 11:30", both, busy("a", "2026-11-27 10:00-11:30"), busy("b", "2026-11-27 09:00-09:30"))
	check("two half-free nurses are no nurse", "", day(func(r *slots.Request) {
		*r = either
		r.DurationMin, r.Window.To = 60, at("2026-11-27 10:00")
	}), nurse(busy("b", "2026-11-27 09:00-09:30")), nurse(busy("c", "2026-11-27 09:30-10:00")))
	check("either nurse", "09:00 10:00 11:00 11:30", either, nurse(busy("b", "2026-11-27 09:00-11:00")),
		nurse(busy("c", "2026-11-27 09:30-10:00", "2026-11-27 10:30-12:00")))
	check("two of three nurses", "10:00", day(func(r *slots.Request) { r.Need = []slots.Need{{ID: "nurse", Role: "dn@elvemo", K: new(2)}} }),
		nurse(busy("b", "2026-11-27 09:00-10:00", "2026-11-27 11:30-12:00")), nurse(busy("c", "2026-11-27 10:30-12:00")), nurse(busy("d", "2026-11-27 09:00-12:00")))
	check("one person does not fill two needs", "", friday(need("gp", "a"), need("doctor", "a")), free("a")...)
	check("two needs share two people", "11:00 11:30", friday(need("gp", "a", "b"), need("doctor", "a", "b")), busy("a", "2026-11-27 09:00-11:00"),
		slots.Person{ID: "b"})
	check("who could fill two is left for whom only they can help", "09:00 09:30 10:00 10:30 11:00 11:30",
		friday(need("gp", "a", "b"), need("doctor", "a")), free("a", "b")...)
	check("busy at another place counts", "09:00 11:30", friday(need("gp", "a")), slots.Person{ID: "a", Away: between("2026-11-27 09:30-11:30")})
	check("held for somebody else", "09:00 11:30", friday(need("gp", "a")), slots.Person{ID: "a", Held: between("2026-11-27 09:30-11:30")})

	check("the meeting ends by the deadline", "09:00 09:30", day(func(r *slots.Request) { d := at("2026-11-27 10:00"); r.Deadline = &d }), free("a")...)
	check("a deadline inside a meeting", "09:00", day(func(r *slots.Request) { d := at("2026-11-27 09:59"); r.Deadline = &d }), free("a")...)
	check("a deadline after the window changes nothing", "11:30", day(func(r *slots.Request) {
		d := at("2026-12-24 10:00")
		r.Deadline, r.Window.From = &d, at("2026-11-27 11:30")
	}), free("a")...)
	check("a deadline that has passed", "", day(func(r *slots.Request) { d := at("2026-11-25 10:00"); r.Deadline = &d }), free("a")...)
	check("the past is over", "10:30 11:00 11:30", day(func(r *slots.Request) { n := at("2026-11-27 10:01"); r.Now = &n }), free("a")...)
	check("now itself is early enough", "11:00 11:30", day(func(r *slots.Request) { n := at("2026-11-27 11:00"); r.Now = &n }), free("a")...)
	check("notice", "11:00 11:30", day(func(r *slots.Request) { n := at("2026-11-27 08:45"); r.Now, r.MinNoticeMin = &n, 120 }), free("a")...)
	check("the window need not lie on the grid", "10:00 10:30", day(func(r *slots.Request) {
		r.Window = slots.Window{From: at("2026-11-27 09:31"), To: at("2026-11-27 11:01")}
	}), free("a")...)
	check("a grid of 25 minutes counts from midnight", "09:10 09:35 10:00 10:25 10:50 11:15", day(func(r *slots.Request) { r.GridMin = 25 }), free("a")...)
	check("until_min: the first minutes are enough", "09:30 11:30", day(func(r *slots.Request) { r.Need[0].UntilMin = 10 }),
		busy("a", "2026-11-27 09:00-09:30", "2026-11-27 09:40-11:30"))
	check("a stand-in is not asked", "", day(func(r *slots.Request) { r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"b"}} }),
		busy("a", "2026-11-27 09:00-12:00"), slots.Person{ID: "b"})
	check("a stand-in in use", "11:30", day(func(r *slots.Request) { r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"b"}, Use: true} }),
		busy("a", "2026-11-27 09:00-12:00"), busy("b", "2026-11-27 09:00-11:30"))
	check("a buffer on both sides", "11:00 11:30", day(func(r *slots.Request) { r.Policy.BufferMin = 15 }), busy("a", "2026-11-27 09:30-10:30"))
	check("travel around what is elsewhere", "11:30", day(func(r *slots.Request) { r.Policy.BufferMin, r.Policy.TravelMin = 15, 60 }),
		slots.Person{ID: "a", Away: between("2026-11-27 09:30-10:30")})
}

func TestUnknownIsNeitherFreeNorBusy(t *testing.T) {
	unknown := slots.Person{
		ID: "a", Unknown: between("2026-11-27 00:00-23:59"), Busy: between("2026-11-27 09:00-10:00"), Why: "not_found", Fresh: "unknown: not_found",
	}
	r := friday(need("gp", "a"))
	t.Run("offered as marked", func(t *testing.T) {
		a := find(t, r, unknown)
		if startsOf(a) != "10:00 10:30 11:00 11:30" { // what a stale calendar knew as busy stays busy
			t.Errorf("starts %q", startsOf(a))
		}
		for _, s := range a.Suggestions {
			if !slices.Equal(s.Unknown, []string{"a"}) || !hasReason(s, "unknown") {
				t.Errorf("%v: unknown %v, because %v", s.Start, s.Unknown, s.Because)
			}
		}
		if a.Freshness["a"] != "unknown: not_found" {
			t.Errorf("freshness %v", a.Freshness)
		}
	})
	t.Run("its age", func(t *testing.T) {
		a := find(t, friday(need("gp", "a", "b", "c", "d")), slots.Person{ID: "a", Unknown: unknown.Unknown, Why: "refused"}, slots.Person{
			ID:      "b",
			Unknown: unknown.Unknown,
		},
			slots.Person{ID: "c", Unknown: between("2026-11-28 00:00-10:00")}, slots.Person{ID: "d", Fresh: "40s"})
		if got := fmt.Sprint(a.Freshness); got != "map[a:unknown: refused b:unknown c:given d:40s]" {
			t.Errorf("freshness %s", got)
		}
	})
	t.Run("never before what is known", func(t *testing.T) {
		r := friday(need("gp", "a", "b"))
		r.Prefer = []slots.Preference{{Days: "Fri", From: "10:00", To: "12:00", Weight: 100}}
		a := find(t, r, unknown, busy("b", "2026-11-27 09:30-12:00"))
		best := a.Suggestions[0]
		if !best.Start.Equal(at("2026-11-27 09:00")) || best.Cast["gp"][0] != "b" || len(best.Unknown) > 0 {
			t.Errorf("best %v cast %v unknown %v", best.Start, best.Cast, best.Unknown)
		}
	})
	t.Run("excluded", func(t *testing.T) {
		r := r
		r.Policy.Unknown = slots.Exclude
		a := find(t, r, unknown)
		if a.Feasible != 0 || a.Rejected.ByRule.Unknown != 4 || a.Rejected.ByRule.Busy != 2 {
			t.Errorf("feasible %d, by rule %+v", a.Feasible, a.Rejected.ByRule)
		}
		if got := a.Rejected.Relax; len(got) != 1 || got[0].Code != "unknown_offered" || got[0].Gains != 4 {
			t.Errorf("relax %+v", got)
		}
	})
	t.Run("no wanted seat", func(t *testing.T) {
		r := friday(need("gp", "b"))
		r.Want = []slots.Want{{ID: "ot", AnyOf: []string{"a"}, Weight: 20}}
		a := find(t, r, unknown, slots.Person{ID: "b"})
		s := a.Suggestions[0]
		if len(s.WantMet) != 0 || s.WantMissed[0].ID != "ot" {
			t.Errorf("met %v missed %v", s.WantMet, s.WantMissed)
		}
	})
}

func hasReason(s slots.Suggestion, code string) bool {
	return slices.ContainsFunc(s.Because, func(r slots.Reason) bool { return r.Code == code })
}

func TestPolicy(t *testing.T) {
	gp := slots.Person{
		ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "10:00", To: "11:00"}},
		Tentative: between("2026-11-27 10:00-10:30"), Duty: between("2026-11-27 11:00-11:30"),
	}
	check := func(name, want string, p slots.Policy) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			r := friday(need("gp", "a"))
			r.Policy = p
			if got := startsOf(find(t, r, gp)); got != want {
				t.Errorf("starts %q, want %q", got, want)
			}
		})
	}
	check("strict", "10:30", slots.Policy{})
	check("tentative is free", "10:00 10:30", slots.Policy{Tentative: slots.TakeAsFree})
	check("duty is working time", "10:30 11:00", slots.Policy{UseDuty: true})
	check("outside hours as the last resort", "09:00 09:30 10:30 11:00 11:30", slots.Policy{OutsideHours: slots.LastResort})
	check("outside hours allowed", "09:00 09:30 10:30 11:00 11:30", slots.Policy{OutsideHours: slots.Allow})

	t.Run("last resort comes last", func(t *testing.T) {
		r := friday(need("gp", "a"))
		r.Policy.OutsideHours = slots.LastResort
		a := find(t, r, gp)
		for i, s := range a.Suggestions {
			if inside := s.Start.Equal(at("2026-11-27 10:30")); inside != (i == 0) || inside == hasReason(s, "outside_hours") {
				t.Errorf("%d: %v %+v", i, s.Start, s.Because)
			}
		}
	})
	t.Run("fewest people outside hours", func(t *testing.T) {
		r := friday(slots.Need{ID: "gp", AnyOf: []string{"a", "b"}, Prefer: []string{"a"}})
		r.Policy.OutsideHours, r.Window.From = slots.LastResort, at("2026-11-27 11:30")
		s := find(t, r, gp, slots.Person{ID: "b"}).Suggestions[0]
		if s.Cast["gp"][0] != "b" || s.Missing[0].Person != "a" || s.Missing[0].Why != "outside_hours" {
			t.Errorf("cast %v missing %+v", s.Cast, s.Missing)
		}
	})
	t.Run("who has worked the fewest nights", func(t *testing.T) {
		r := friday(need("gp", "a", "b"))
		r.Policy.OutsideHours, r.Window.From = slots.LastResort, at("2026-11-27 11:30")
		tired, rested := gp, gp
		tired.Burden, rested.ID = 600, "b"
		s := find(t, r, tired, rested).Suggestions[0]
		i := slices.IndexFunc(s.Because, func(r slots.Reason) bool { return r.Code == "after_hours_burden" })
		if s.Cast["gp"][0] != "b" || i < 0 || s.Because[i].Value != "30 min" {
			t.Errorf("cast %v because %+v", s.Cast, s.Because)
		}
	})
}

func TestHours(t *testing.T) {
	day := func(date string, p slots.Person, holidays string) string {
		r := friday(need("gp", "a"))
		r.Window = slots.Window{From: at(date + " 00:00"), To: at(date + " 00:00").Add(24 * time.Hour)}
		now := r.Window.From
		r.Now, r.GridMin, r.DurationMin, r.Holidays = &now, 60, 60, holidays
		return startsOf(find(t, r, p))
	}
	office := slots.Person{ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "10:00"}, {
		Days: "Fri", From: "12:00",
		To: "13:00",
	}, {Days: "Fri", From: "13:00", To: "14:00"}}}
	check := func(name, want, got string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: starts %q, want %q", name, got, want)
		}
	}
	check("Thursday", "08:00 09:00", day("2026-11-26", office, ""))
	check("Friday, entries that touch are one", "08:00 09:00 12:00 13:00", day("2026-11-27", office, ""))
	check("Saturday", "", day("2026-11-28", office, ""))
	check("Christmas Day is a Friday", "08:00 09:00 12:00 13:00", day("2026-12-25", office, ""))
	check("Christmas Day is a holiday", "", day("2026-12-25", office, "NO"))
	check("Easter Monday moves", "", day("2027-03-29", office, "NO"))
	rota := office
	rota.Open = between("2026-11-28 10:00-12:00")
	check("hours on a certain date", "10:00 11:00", day("2026-11-28", rota, ""))
	night := slots.Person{ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Fri-Mon", From: "22:00", To: "24:00"}}}
	check("up to midnight", "22:00 23:00", day("2026-11-28", night, ""))
	if n := len(strings.Fields(day("2026-11-28", slots.Person{ID: "a"}, ""))); n != 24 {
		t.Errorf("no hours known: %d starts, want any time", n)
	}
	check("but no hours at all is never", "", day("2026-11-27", slots.Person{ID: "a", HasHours: true}, ""))
	duty := slots.Person{ID: "a", HasHours: true, Duty: between("2026-12-25 08:00-10:00")}
	r := friday(need("gp", "a"))
	r.Window = slots.Window{From: at("2026-12-25 00:00"), To: at("2026-12-26 00:00")}
	r.GridMin, r.DurationMin, r.Holidays, r.Policy.UseDuty = 60, 60, "NO", true
	check("duty on a holiday is work", "08:00 09:00", startsOf(find(t, r, duty)))
}

func TestPeopleAreChecked(t *testing.T) {
	check := func(want string, r slots.Request, people ...slots.Person) {
		t.Helper()
		_, err := slots.Find(r, people)
		_, atErr := slots.At(r, people, at("2026-11-27 10:00"))
		if fmt.Sprint(err) != want || fmt.Sprint(atErr) != want {
			t.Errorf("error %v, At %v, want %s", err, atErr, want)
		}
	}
	r := friday(need("gp", "a"))
	check(`slots: need[0].any_of "a": no such person`, r)
	check(`slots: people[1].id: missing`, r, slots.Person{ID: "a"}, slots.Person{})
	check(`slots: people[1].id "a": given twice`, r, slots.Person{ID: "a"}, slots.Person{ID: "a"})
	check(`slots: people["a"].hours[0].days "Mån-Fre": want "Mon-Fri" or "Sat"`, r, slots.Person{
		ID: "a", HasHours: true,
		Hours: []slots.Hours{{Days: "Mån-Fre", From: "08:00", To: "15:00"}},
	})
	standIn := r
	standIn.Need = []slots.Need{{ID: "gp", AnyOf: []string{"a"}, Substitute: &slots.Substitute{AnyOf: []string{"x"}}}}
	check(`slots: need[0].substitute.any_of "x": no such person`, standIn, slots.Person{ID: "a"})
	wanted := r
	wanted.Want = []slots.Want{{ID: "ot", AnyOf: []string{"x"}}}
	check(`slots: want[0].any_of "x": no such person`, wanted, slots.Person{ID: "a"})
	preferred := r
	preferred.Need = []slots.Need{{ID: "gp", Role: "gp@x", Prefer: []string{"b"}}}
	check(`slots: need[0].prefer "b": nobody by that id may fill the need`, preferred, slots.Person{ID: "a", Roles: []string{"gp@x"}}, slots.Person{ID: "b"})
	nowless := r
	nowless.Now = nil
	check(`slots: now: missing`, nowless, slots.Person{ID: "a"})
	t.Run("a person without a role is in no role", func(t *testing.T) {
		if a := find(t, r, busy("a", "2026-11-27 09:00-12:00"), slots.Person{ID: "b", Roles: []string{""}}); a.Feasible != 0 {
			t.Errorf("%d starts with somebody whom nobody named", a.Feasible)
		}
	})
	t.Run("a role that nobody holds", func(t *testing.T) {
		r := friday(need("gp", "a"), slots.Need{ID: "ot", Role: "ot@nowhere"})
		a := find(t, r, slots.Person{ID: "a"})
		if a.Feasible != 0 || a.Rejected.ByNeed[1].Alone != 6 || a.Rejected.Relax[0].Code != "without_need" || a.Rejected.Relax[0].Need != "ot" {
			t.Errorf("rejected %+v", a.Rejected)
		}
	})
}
