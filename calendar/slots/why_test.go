package slots_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/samtale/samtale/calendar/slots"
)

// TestWhy asks about one person at Friday 10:00 to 10:30.
func TestWhy(t *testing.T) {
	check := func(name, want string, policy slots.Policy, p slots.Person) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			p.ID = "a"
			r := friday(need("gp", "a"))
			r.Policy, r.Holidays = policy, "NO"
			v, err := slots.At(r, []slots.Person{p}, at("2026-11-27 10:00"))
			if err != nil {
				t.Fatal(err)
			}
			one := v.Needs[0].People[0]
			until := ""
			if one.Until != nil {
				until = " " + one.Until.In(location("Europe/Oslo")).Format("Mon 15:04")
			}
			if got := fmt.Sprintf("%v %s%s", one.Can, one.Why, until); got != want || one.Chosen != one.Can || v.Feasible != one.Can || v.Needs[0].Met != one.Can {
				t.Errorf("%s, want %s; verdict %+v", got, want, v)
			}
		})
	}
	strict, marked := slots.Policy{}, slots.Policy{OutsideHours: slots.LastResort, Tentative: slots.TakeAsFree}
	later := slots.Person{HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "12:00", To: "15:00"}}}
	check("free", "true free", strict, slots.Person{})
	check("busy", "false busy_until Fri 11:00", strict, busy("", "2026-11-27 09:00-10:15", "2026-11-27 10:10-11:00"))
	check("busy later in the meeting", "false busy_until Fri 12:00", strict, busy("", "2026-11-27 10:29-12:00"))
	check("free as soon as the other ends", "true free", strict, busy("", "2026-11-27 09:00-10:00", "2026-11-27 10:30-12:00"))
	check("away", "false busy_until Fri 10:30", strict, slots.Person{Away: between("2026-11-27 10:00-10:30")})
	check("held", "false held Fri 10:05", strict, slots.Person{Held: between("2026-11-27 10:00-10:05")})
	check("tentative", "false tentative Fri 10:20", strict, slots.Person{Tentative: between("2026-11-27 10:10-10:20")})
	check("tentative as free", "true tentative Fri 10:20", marked, slots.Person{Tentative: between("2026-11-27 10:10-10:20")})
	check("buffer", "false buffer Fri 10:10", slots.Policy{BufferMin: 10}, busy("", "2026-11-27 09:00-10:00"))
	check("travel", "false buffer Fri 10:30", slots.Policy{TravelMin: 60}, slots.Person{Away: between("2026-11-27 09:00-09:30")})
	check("outside hours", "false outside_hours Fri 12:00", strict, later)
	check("outside hours as the last resort", "true outside_hours Fri 12:00", marked, later)
	check("unknown", "true unknown", strict, slots.Person{Unknown: between("2026-11-27 00:00-23:00")})
	check("unknown, excluded", "false unknown", slots.Policy{Unknown: slots.Exclude}, slots.Person{Unknown: between("2026-11-27 00:00-23:00")})
	check("unknown and busy", "false busy_until Fri 10:15", strict, slots.Person{Unknown: between("2026-11-27 00:00-23:00"), Busy: between("2026-11-27 10:00-10:15")})
	both := later
	both.Unknown = between("2026-11-27 00:00-23:00")
	check("unknown and outside hours", "false outside_hours Fri 12:00", strict, both)
	check("unknown is told before another mark", "true unknown", marked, both)
	t.Run("holiday", func(t *testing.T) {
		r := friday(need("gp", "a"))
		r.Holidays = "NO"
		r.Window = slots.Window{From: at("2026-12-25 09:00"), To: at("2026-12-25 12:00")}
		v, err := slots.At(r, []slots.Person{office("a")}, at("2026-12-25 10:00"))
		if err != nil || v.Needs[0].People[0].Why != "holiday" || v.Feasible {
			t.Errorf("%+v %v", v.Needs, err)
		}
		a := find(t, r, office("a"))
		if a.Rejected.ByRule.Holiday != 6 || a.Rejected.ByRule.OutsideHours != 0 || a.Rejected.Relax[0].Code != "outside_hours" {
			t.Errorf("%+v", a.Rejected)
		}
	})
}

func TestAt(t *testing.T) {
	r := friday(need("gp", "a"), need("doctor", "a", "b"))
	r.Want = []slots.Want{{ID: "pt", AnyOf: []string{"c", "d"}}}
	r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"s"}}
	people := append(free("a", "b", "c", "s"), busy("d", "2026-11-27 09:00-12:00"))
	verdict := func(when string, change func(*slots.Request)) slots.Verdict {
		t.Helper()
		r := r
		change(&r)
		v, err := slots.At(r, people, at(when))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	asIs := func(*slots.Request) {}
	named := func(n slots.NeedVerdict) string {
		var out []string
		for _, p := range n.People {
			text := p.Person
			if p.Chosen {
				text += " chosen"
			}
			if p.StandIn {
				text += " stand-in"
			}
			if !p.Can {
				text += " cannot"
			}
			out = append(out, text)
		}
		return n.ID + ": " + strings.Join(out, ", ")
	}
	v := verdict("2026-11-27 10:00", asIs)
	if !v.Feasible || !v.OnGrid || fmt.Sprint(v.Cast) != "map[doctor:[b] gp:[a]]" || len(v.Rules) != 0 {
		t.Errorf("%+v", v)
	}
	if got := []string{named(v.Needs[0]), named(v.Needs[1]), named(v.Wants[0])}; !slices.Equal(got, []string{
		"gp: a chosen, s stand-in",
		"doctor: a, b chosen", "pt: c chosen, d cannot",
	}) {
		t.Errorf("people %q", got)
	}
	if v := verdict("2026-11-27 10:07", asIs); !v.Feasible || v.OnGrid {
		t.Errorf("off the grid: %+v", v)
	}
	rules := func(want, when string, change func(*slots.Request)) {
		t.Helper()
		if v := verdict(when, change); fmt.Sprint(v.Rules) != want || v.Feasible != (want == "[]") {
			t.Errorf("%s: rules %v feasible %v, want %s", when, v.Rules, v.Feasible, want)
		}
	}
	rules("[]", "2026-11-27 09:00", asIs)
	rules("[]", "2026-11-27 11:30", asIs)
	rules("[outside_window]", "2026-11-27 08:59", asIs)
	rules("[outside_window]", "2026-11-27 11:31", asIs)
	rules("[outside_window min_notice]", "2026-11-26 11:59", asIs)
	rules("[min_notice]", "2026-11-27 10:00", func(r *slots.Request) { r.MinNoticeMin = 24 * 60 })
	rules("[after_deadline]", "2026-11-27 10:00", func(r *slots.Request) { d := at("2026-11-27 10:29"); r.Deadline = &d })
	rules("[outside_window]", "9999-12-31 23:00", asIs)
	t.Run("every need met and still nobody", func(t *testing.T) {
		r := friday(need("gp", "a"), need("doctor", "a"))
		v, err := slots.At(r, free("a"), at("2026-11-27 10:00"))
		if err != nil || v.Feasible || !v.Needs[0].Met || !v.Needs[1].Met || len(v.Cast) != 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// TestRejected: what stood in the way is counted, and by name.
func TestRejected(t *testing.T) {
	r := friday(need("gp", "a"), need("doctor", "b"), need("nurse", "c"))
	people := []slots.Person{busy("a", "2026-11-27 09:00-10:30"), busy("b", "2026-11-27 09:00-09:30", "2026-11-27 11:00-12:00"), {ID: "c"}}
	a := find(t, r, people...)
	if got := fmt.Sprint(a.Rejected.ByNeed); got != "[{gp 3 2} {doctor 3 2} {nurse 0 0}]" || a.Rejected.StartsTotal != 6 || a.Rejected.Feasible != 1 {
		t.Errorf("by need %s, %d of %d", got, a.Rejected.Feasible, a.Rejected.StartsTotal)
	}
	if got := a.Rejected.ByRule; got != (slots.RuleRejected{Busy: 5}) {
		t.Errorf("by rule %+v", got)
	}

	strict := friday(need("gp", "a"))
	strict.Policy = slots.Policy{BufferMin: 5, Unknown: slots.Exclude}
	strict.GridMin, strict.MinNoticeMin = 15, 21*60+15
	deadline := at("2026-11-27 11:30")
	strict.Deadline = &deadline
	one := slots.Person{
		ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Fri", From: "09:00", To: "11:00"}}, Tentative: between("2026-11-27 09:15-09:20"),
		Busy: between("2026-11-27 09:45-09:56"), Held: between("2026-11-27 10:25-10:30"), Unknown: between("2026-11-27 10:55-11:00"),
	}
	want := slots.RuleRejected{OutsideWindow: 1, MinNotice: 1, AfterDeadline: 3, OutsideHours: 2, Busy: 2, Tentative: 1, Buffer: 1, Held: 1, Unknown: 1}
	if got := find(t, strict, one).Rejected.ByRule; got != want {
		t.Errorf("by rule %+v\nwant    %+v", got, want)
	}
}

// TestRelax: each change that helps is named and counted; TestReference follows them all and counts again.
func TestRelax(t *testing.T) {
	blocked := busy("a", "2026-11-27 09:00-12:00")
	check := func(name, want string, change func(*slots.Request), people ...slots.Person) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			r := friday(need("gp", "a"))
			change(&r)
			var got []string
			for _, advice := range find(t, r, people...).Rejected.Relax {
				got = append(got, fmt.Sprintf("%s: %d from %s", advice.Change, advice.Gains, advice.First.In(location("Europe/Oslo")).Format("15:04")))
			}
			if text := strings.Join(got, "; "); text != want {
				t.Errorf("%s\nwant %s", text, want)
			}
		})
	}
	asIs := func(*slots.Request) {}
	check("nothing to gain", "", asIs, free("a")...)
	check("nothing helps", "", asIs, blocked)
	check("shorter, the longest that helps", "20 instead of 30 minutes: 2 from 09:30", asIs, busy("a", "2026-11-27 09:00-09:30",
		"2026-11-27 09:50-11:30", "2026-11-27 11:50-12:00"))
	check("shorter by half", "15 instead of 30 minutes: 1 from 11:30", asIs, busy("a", "2026-11-27 09:00-11:30", "2026-11-27 11:45-12:00"))
	check("a stand-in", "let gp_oncall@nord stand in for gp: 6 from 09:00", func(r *slots.Request) {
		r.Need[0].Substitute = &slots.Substitute{Role: "gp_oncall@nord", Cost: 40}
	}, blocked, slots.Person{ID: "b", Roles: []string{"gp_oncall@nord"}})
	check("one stand-in by name", "let b stand in for gp: 6 from 09:00",
		func(r *slots.Request) { r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"b"}} }, blocked, slots.Person{ID: "b"})
	check("some stand-ins", "let one of 2 others stand in for gp: 6 from 09:00", func(r *slots.Request) {
		r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"b", "c"}}
	}, blocked, slots.Person{ID: "b"}, blockedAs("c"))
	check("tentative", "take tentative time as free: 6 from 09:00", asIs, slots.Person{ID: "a", Tentative: between("2026-11-27 09:00-12:00")})
	check("duty and hours", "meet outside working hours: 6 from 09:00; count time on duty as working time: 2 from 11:00", asIs, slots.Person{
		ID:       "a",
		HasHours: true, Duty: between("2026-11-27 11:00-12:00"),
	})
	check("buffer", "keep no time free around engagements: 6 from 09:00", func(r *slots.Request) { r.Policy.BufferMin = 240 },
		busy("a", "2026-11-27 07:00-08:00", "2026-11-27 12:10-13:00"))
	check("notice", "give less than 2880 minutes' notice: 6 from 09:00", func(r *slots.Request) { r.MinNoticeMin = 48 * 60 }, free("a")...)
	check("deadline", "meet after the deadline: 2 from 11:00", func(r *slots.Request) { d := at("2026-11-27 11:00"); r.Deadline = &d },
		busy("a", "2026-11-27 09:00-11:00"))
	check("fewer", "1 instead of 2 for gp: 6 from 09:00", func(r *slots.Request) { r.Need[0].AnyOf, r.Need[0].K = []string{"a", "b"}, new(2) }, blocked,
		slots.Person{ID: "b"})
	check("without", "meet without gp: 6 from 09:00", func(r *slots.Request) { r.Need = append(r.Need, need("nurse", "b")) }, blocked, slots.Person{ID: "b"})
	check("two at once", "meet outside working hours, and meet after the deadline: 4 from 10:00", func(r *slots.Request) {
		d := at("2026-11-27 10:00")
		r.Deadline = &d
	}, slots.Person{ID: "a", HasHours: true, Busy: between("2026-11-27 09:00-10:00")})
	check("two people too many", "meet without gp, and meet without nurse: 6 from 09:00", func(r *slots.Request) {
		r.Need = append(r.Need, need("nurse", "b"), need("doctor", "c"))
	}, blocked, blockedAs("b"), slots.Person{ID: "c"})
	check("the meeting is not left without anybody", "", func(r *slots.Request) { r.Need = append(r.Need, need("nurse", "b")) }, blocked, blockedAs("b"))
}

func blockedAs(id string) slots.Person { return busy(id, "2026-11-27 09:00-12:00") }

// TestRelaxationsAreAllTried makes sure that the random searches of TestReference meet every code.
func TestRelaxationsAreAllTried(t *testing.T) {
	seen := map[string]int{}
	for seed := uint64(1); seed <= 150; seed++ {
		r, people := randomSearch(seed)
		for _, advice := range find(t, r, people...).Rejected.Relax {
			seen[advice.Code]++
		}
	}
	for _, code := range []string{
		"shorter", "stand_in", "tentative_free", "use_duty", "outside_hours", "without_need", "fewer", "unknown_offered", "no_buffer", "min_notice",
		"deadline", "two_changes",
	} {
		if seen[code] == 0 {
			t.Errorf("no search was helped by %s; seen %v", code, slices.Sorted(maps.Keys(seen)))
		}
	}
}
