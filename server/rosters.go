package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// planStaleAfter: a roster changes by the hour when somebody falls ill.
	planStaleAfter = 30 * time.Minute
	planAhead      = 7 * 24 * time.Hour
	planBack       = 24 * time.Hour
)

// rosterReading is what one calendar of a duty plan says.
type rosterReading struct {
	roster   conference.RosterID
	layer    conference.Layer
	feed     string // FeedView.ID
	entries  []duty.Entry
	readAt   time.Time
	failure  string
	warnings int
}

// addPlan reads the last good copy of a duty plan's calendar.
func (pc *personCalendar) addPlan(ref feedRef, r store.FeedRecord, zone *time.Location, window calendar.Interval) {
	state := feedState{ref: ref, record: r, failure: r.Failure}
	state.record.Body = nil
	plan := rosterReading{roster: ref.roster.ID, layer: ref.layer, feed: ref.id, readAt: r.ReadAt}
	reading, err := calendar.Shifts(r.Body, window, calendar.ShiftOptions{Zone: zone, AllDayFrom: ref.roster.AllDayFrom})
	switch {
	case len(r.Body) == 0 && state.failure == "":
		state.failure = failureNeverRead
	case len(r.Body) > 0 && err != nil:
		state.failure = failureUnreadable
	}
	plan.entries = duty.Entries(reading.Shifts, ref.layer)
	state.events, state.warnings = reading.Events, len(reading.Warnings)
	plan.failure, plan.warnings = state.failure, len(reading.Warnings)
	pc.feeds, pc.plans = append(pc.feeds, state), append(pc.plans, plan)
}

// stale: a plan is believed for half an hour after it was last known to be current.
func (r rosterReading) stale(now time.Time) bool {
	return r.failure != "" || now.Sub(r.readAt) > planStaleAfter
}

// plansOf lists the readings of a roster.
func (cs *calendars) plansOf(r *conference.Roster) []rosterReading {
	var readings []rosterReading
	for _, reading := range cs.people[r.Owner].plans {
		if reading.roster == r.ID {
			readings = append(readings, reading)
		}
	}
	return readings
}

// rosterShifts matches the names in a duty plan with the region's people.
func (s *Server) rosterShifts(r *conference.Roster) (shifts []duty.Shift, unknown []duty.UnknownName) {
	region, now := s.region.Load(), s.now()
	for _, reading := range s.calendars.Load().plansOf(r) {
		source := duty.Source{Origin: duty.FromRoster, ReadAt: reading.readAt, Stale: reading.stale(now)}
		found, strangers := duty.Match(reading.entries, region.People, r.Covers, source)
		shifts, unknown = append(shifts, found...), append(unknown, strangers...)
	}
	return shifts, unknown
}

// planOf gathers all that is known of who covers a role: its duty plan, its people's own duty calendars and working hours, and
// what they have said.
func (s *Server) planOf(ctx context.Context, covers conference.RoleAt) (duty.Plan, error) {
	declared, err := s.store.Declarations(ctx, covers)
	return s.planWith(covers, declared), err
}

func (s *Server) planWith(covers conference.RoleAt, declared []duty.Declaration) duty.Plan {
	region, snapshot, now := s.region.Load(), s.calendars.Load(), s.now()
	plan := duty.Plan{Covers: covers, Declarations: declared}
	if roster := region.rosters[covers]; roster != nil {
		plan.Shifts, _ = s.rosterShifts(roster)
	}
	window := calendar.Interval{Start: now.Add(-planBack), End: now.Add(planAhead)}
	for _, id := range region.byRole[covers] {
		plan.Shifts = append(plan.Shifts, s.ownShifts(region.people[id], covers, snapshot, window)...)
	}
	return plan
}

// ownShifts are a person's duty calendar, or for roles that are held by day their working hours where they have any: being at the
// office makes nobody the doctor on call.
func (s *Server) ownShifts(p *conference.Person, covers conference.RoleAt, snapshot *calendars, window calendar.Interval) []duty.Shift {
	if !identity.Can(p.Access, identity.RelationSelf, identity.AnswerNow) {
		return nil
	}
	pc := snapshot.people[p.ID]
	state := snapshot.stateOf(p)
	source := duty.Source{Origin: duty.FromPersonal, Stale: state.State == "stale" || state.State == "unknown"}
	if state.ReadAt != nil {
		source.ReadAt = *state.ReadAt
	}
	times := pc.duty
	if hours, ok := s.hoursOf(p, pc, window); ok && !covers.Role.OnCall() {
		times, source.Origin = hours, duty.FromHours
		if !pc.hasHours {
			source = duty.Source{Origin: duty.FromHours}
		}
	}
	var shifts []duty.Shift
	for _, i := range calendar.Intersect(calendar.Merge(slices.Clone(times)), []calendar.Interval{window}) {
		shifts = append(shifts, duty.Shift{Interval: i, Person: p.ID, Level: 1, Layer: conference.LayerBase, Source: source})
	}
	return shifts
}

// hoursOf are a person's working hours within the window; ok is false for whoever has none.
func (s *Server) hoursOf(p *conference.Person, pc personCalendar, window calendar.Interval) (hours []calendar.Interval, ok bool) {
	region := s.region.Load()
	zone := region.zoneOf(p)
	switch {
	case pc.painted != nil:
		hours = hoursIn(pc.painted, zone, window)
	case len(p.Hours) > 0:
		hours = duty.Needed(p.Hours, window, zone, region.holidays)
	}
	return calendar.Merge(append(slices.Clone(pc.hours), hours...)), pc.painted != nil || len(p.Hours) > 0 || pc.hasHours
}

// onDuty says who covers a role now.
func (s *Server) onDuty(ctx context.Context, covers conference.RoleAt) ([]duty.OnDuty, error) {
	plan, err := s.planOf(ctx, covers)
	return plan.At(s.now()), err
}

// getRosters shows duty plans to whoever must mend them.
func (s *Server) getRosters(ctx context.Context, _ *struct{}) (*rostersOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ViewRosters) {
		return nil, errForbidden
	}
	region := s.region.Load()
	out := &rostersOutput{}
	out.Body.Rosters = []RosterHealth{}
	for i := range region.Rosters {
		roster := &region.Rosters[i]
		rel := identity.RelationNone
		if roster.Owner == p.person.ID {
			rel |= identity.RelationSelf
		}
		if region.worksAt(p.person, roster.Covers.Unit) {
			rel |= identity.RelationOwnUnit
		}
		if !identity.Can(p.person.Access, rel, identity.ViewRosters) {
			continue
		}
		health, err := s.rosterHealth(ctx, p, roster)
		if err != nil {
			return nil, s.fail("read a duty plan", err)
		}
		out.Body.Rosters = append(out.Body.Rosters, health)
	}
	slices.SortStableFunc(out.Body.Rosters, func(a, b RosterHealth) int { return cmp.Compare(mineFirst(a.Mine), mineFirst(b.Mine)) })
	return out, nil
}

func mineFirst(mine bool) int {
	if mine {
		return 0
	}
	return 1
}

func (s *Server) rosterHealth(ctx context.Context, p *principal, r *conference.Roster) (RosterHealth, error) {
	region, now := s.region.Load(), s.now()
	window := calendar.Interval{Start: now, End: now.Add(planAhead)}
	v := RosterHealth{
		ID: r.ID, Covers: r.Covers.String(), Role: r.Covers.Role, Unit: region.unitRef(r.Covers.Unit), Owner: region.personRef(r.Owner), Mine: r.Owner == p.person.ID,
		Feeds: []RosterFeedView{}, Window: window, Gaps: []calendar.Interval{}, Unknown: []UnknownName{}, Reports: []RosterReport{}, Shifts: []RosterShift{},
	}
	for _, reading := range s.calendars.Load().plansOf(r) {
		v.Feeds = append(v.Feeds, RosterFeedView{
			ID: reading.feed, Layer: reading.layer, ReadAt: instant(reading.readAt), Stale: reading.stale(now), Why: reading.failure,
			Shifts: len(reading.entries), Warnings: reading.warnings,
		})
	}
	plan := s.planWith(r.Covers, nil)
	v.Gaps = append(v.Gaps, duty.Gaps(plan, duty.Needed(r.Hours, window, region.zone, region.holidays))...)
	for _, shift := range plan.Shifts {
		if shift.Source.Origin == duty.FromRoster && shift.End.After(window.Start) && shift.Start.Before(window.End) {
			v.Shifts = append(v.Shifts, RosterShift{Person: region.personRef(shift.Person), Level: shift.Level, Layer: shift.Layer, Start: shift.Start, End: shift.End})
		}
	}
	slices.SortStableFunc(v.Shifts, func(a, b RosterShift) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Level, b.Level)) })
	if v.Mine || p.person.Access == conference.AccessAdministrator {
		_, unknown := s.rosterShifts(r)
		for _, u := range unknown {
			if u.Start.After(window.Start.Add(-planBack)) && u.Start.Before(window.End) {
				v.Unknown = append(v.Unknown, UnknownName{Title: u.Title, Start: u.Start, Why: string(u.Why)})
			}
		}
	}
	var err error
	v.Reports, err = s.rosterReports(ctx, r)
	return v, err
}

// rosterReports are people who were rung by the plan and said that they are not on duty.
func (s *Server) rosterReports(ctx context.Context, r *conference.Roster) ([]RosterReport, error) {
	region, reports := s.region.Load(), []RosterReport{}
	consults, err := s.store.ConsultsOfRole(ctx, r.Covers, listedConsults)
	for _, c := range consults {
		for _, ring := range c.Rings {
			if ring.Outcome == duty.NotOnDuty && ring.Covers == r.Covers && s.now().Sub(ring.EndedAt) < planAhead {
				reports = append(reports, RosterReport{Person: region.personRef(ring.Person), At: ring.EndedAt})
			}
		}
	}
	return reports, err
}
