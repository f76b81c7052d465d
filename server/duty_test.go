package server

import (
	"slices"
	"testing"
)

// dutyOf finds a role in GET /v1/duty.
func (b *browser) dutyOf(covers string) DutyRole {
	b.t.Helper()
	for _, role := range must[struct{ Roles []DutyRole }](b, 200, "GET", "/v1/duty", nil).Roles {
		if role.Covers == covers {
			return role
		}
	}
	b.t.Fatalf("nobody can ring %s", covers)
	return DutyRole{}
}

func TestDutyByThePlan(t *testing.T) {
	r := start(t, true)
	gp := r.as("gp")
	eventually(t, "the duty plan is read", func() bool { return len(gp.dutyOf("duty_doctor@duty").On) == 3 })
	role := gp.dutyOf("duty_doctor@duty")
	var levels []int
	for _, on := range role.On {
		levels = append(levels, on.Level)
		if on.Source.Origin != "roster" || on.Source.ReadAt == nil || on.Source.Stale || !on.Until.After(friday) {
			t.Errorf("%s: %+v", on.Person.Name, on)
		}
	}
	if !slices.Equal(levels, []int{1, 2, 2}) || role.On[0].Person.ID != "kaja-nes" {
		t.Errorf("on duty: %+v", role.On)
	}
	if role.Deputy == nil || role.Phone == "" {
		t.Errorf("no next step: %+v", role)
	}
	if found := must[struct{ Roles []DutyRole }](gp, 200, "GET", "/v1/duty?q=kaja", nil).Roles; len(found) == 0 || found[0].Covers != "duty_doctor@duty" {
		t.Errorf("looked for by name: %+v", found)
	}
}

func TestPlanIsShownToItsOwner(t *testing.T) {
	r := start(t, true)
	owner := r.as("coordinator")
	plan := func(b *browser) RosterHealth {
		for _, h := range must[struct{ Rosters []RosterHealth }](b, 200, "GET", "/v1/rosters", nil).Rosters {
			if h.Covers == "duty_doctor@duty" {
				return h
			}
		}
		return RosterHealth{}
	}
	eventually(t, "the plan is read", func() bool { return len(plan(owner).Shifts) > 0 })
	h := plan(owner)
	if !h.Mine || len(h.Feeds) != 3 || len(h.Gaps) != 1 || len(h.Unknown) != 1 || h.Unknown[0].Why != "unknown" {
		t.Errorf("mine %t, %d feeds, gaps %v, unknown %v", h.Mine, len(h.Feeds), h.Gaps, h.Unknown)
	}
	if other := plan(r.as("palliative-consultant")); other.Mine || len(other.Unknown) != 0 || len(other.Gaps) != 1 {
		t.Errorf("somebody on the plan sees %+v", other)
	}
	if stranger := plan(r.as("gp")); stranger.ID != "" {
		t.Errorf("a GP sees the hospital's plan: %+v", stranger)
	}
	feeds := must[struct{ Feeds []FeedView }](owner, 200, "GET", "/v1/feeds", nil).Feeds
	if i := slices.IndexFunc(feeds, func(f FeedView) bool { return f.Mine && f.Kind == "roster" }); i < 0 || feeds[i].Events == 0 {
		t.Errorf("the owner's calendars: %+v", feeds)
	}
}

func TestNotMeIsReported(t *testing.T) {
	r := startTeam(t)
	on := r.online(t.Context(), "grete", "anne", "bent")
	c := on["grete"].ask(201, specialist)
	if said := on["bent"].answer(c, "not_me"); said.status != 200 {
		t.Fatalf("not me: %d %s", said.status, said.body)
	}
	if took := on["anne"].answer(c, "accept"); took.status != 200 {
		t.Fatalf("accept: %d", took.status)
	}
	health := must[struct{ Rosters []RosterHealth }](on["anne"], 200, "GET", "/v1/rosters", nil).Rosters
	if len(health) != 1 || len(health[0].Reports) != 1 || health[0].Reports[0].Person.ID != "bent" {
		t.Errorf("the owner sees %+v", health)
	}
	if again := on["grete"].ask(201, specialist); outcomes(again) == "" {
		t.Error("nobody is rung any more")
	}
}
