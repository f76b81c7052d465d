package server

import (
	"context"
	"fmt"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

const (
	// horizon is how far ahead calendars are read: 13 weeks, and a day back for meetings that run now.
	horizon  = 13 * 7 * 24 * time.Hour
	lookBack = 24 * time.Hour
	// staleAfter is the age from which a calendar's free time is no longer believed (CAL_STALE).
	staleAfter = 24 * time.Hour
)

// personCalendar is what the feeds of one person say, read once when a feed changes, never in a request.
type personCalendar struct {
	busy, tentative, duty, hours []calendar.Interval
	unknown                      []calendar.Interval
	hasDuty, hasHours            bool
	readAt                       time.Time // oldest of the feeds' last good copies
	missing                      bool      // a feed that was never read, or cannot be
	failure                      string    // code of a feed that fails now
	feeds                        int
}

// calendars is an immutable snapshot of everybody's calendar. Requests read it without a lock.
type calendars struct {
	people map[conference.PersonID]personCalendar
	feeds  []store.FeedRecord // by person and index, for the feeds page
	counts map[string]feedCount
	now    func() time.Time
}

type feedCount struct{ events, warnings int }

// readCalendars builds the snapshot from the last good copies in the store.
func (s *Server) readCalendars(ctx context.Context) (*calendars, error) {
	records, err := s.store.Feeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the feeds: %w", err)
	}
	byKey := make(map[string]store.FeedRecord, len(records))
	for _, r := range records {
		byKey[r.Key()] = r
	}
	region := s.region.Load()
	now := s.now()
	window := calendar.Interval{Start: now.Add(-lookBack), End: now.Add(horizon)}
	snapshot := &calendars{people: map[conference.PersonID]personCalendar{}, counts: map[string]feedCount{}, now: s.now}
	for i := range region.People {
		p := &region.People[i]
		if len(p.Feeds) == 0 {
			continue
		}
		pc := personCalendar{feeds: len(p.Feeds)}
		for j, f := range p.Feeds {
			key := store.FeedKey(p.ID, j, f.URL)
			record, ok := byKey[key]
			if !ok {
				record = store.FeedRecord{Person: p.ID, Index: j}
			}
			record.Kind = f.Kind
			snapshot.feeds = append(snapshot.feeds, record)
			snapshot.counts[key] = pc.add(record, region.zoneOf(p), p.Email, window)
		}
		snapshot.people[p.ID] = pc
	}
	return snapshot, nil
}

// add reads one feed's last good copy into the person's calendar.
func (pc *personCalendar) add(r store.FeedRecord, zone *time.Location, email string, window calendar.Interval) feedCount {
	if r.Failure != "" {
		pc.failure = r.Failure
	}
	if len(r.Body) == 0 {
		pc.unknown, pc.missing = []calendar.Interval{window}, true
		if pc.failure == "" {
			pc.failure = failureNeverRead
		}
		return feedCount{}
	}
	reading, err := calendar.Read(r.Body, window, calendar.Options{Zone: zone, Addresses: []string{email}, Kind: calendar.Kind(r.Kind)})
	if err != nil {
		pc.unknown, pc.missing, pc.failure = []calendar.Interval{window}, true, failureUnreadable
		return feedCount{}
	}
	switch r.Kind {
	case conference.FeedDuty:
		pc.duty, pc.hasDuty = calendar.Merge(append(pc.duty, reading.Duty...)), true
	case conference.FeedHours:
		pc.hours, pc.hasHours = calendar.Merge(append(pc.hours, reading.Duty...)), true
	case conference.FeedBusy:
		pc.busy = calendar.Merge(append(pc.busy, reading.Busy...))
		pc.tentative = calendar.Merge(append(pc.tentative, reading.Tentative...))
	}
	pc.unknown = calendar.Merge(append(pc.unknown, reading.Unknown...))
	if pc.readAt.IsZero() || r.ReadAt.Before(pc.readAt) {
		pc.readAt = r.ReadAt
	}
	return feedCount{events: reading.Events, warnings: len(reading.Warnings)}
}

// stateOf says how far a person's calendar can be believed now.
func (cs *calendars) stateOf(p *conference.Person) CalendarState {
	pc, ok := cs.people[p.ID]
	if !ok {
		if len(p.Feeds) > 0 {
			return CalendarState{State: "unknown", Why: failureNeverRead}
		}
		return CalendarState{State: "none"}
	}
	if pc.missing {
		return CalendarState{State: "unknown", Why: pc.failure}
	}
	age := cs.now().Sub(pc.readAt)
	state := CalendarState{State: "fresh", AgeMinutes: int(age.Minutes()), ReadAt: &pc.readAt, Why: pc.failure}
	if age > staleAfter {
		state.State = "stale"
	}
	return state
}

// slotsPeople gives the finder everybody who could fill one of the wanted roles or is named, with what is booked here.
func (s *Server) slotsPeople(ctx context.Context, ids []conference.PersonID, window calendar.Interval) ([]slots.Person, error) {
	booked, err := s.store.Reservations(ctx, ids, window.Start, window.End)
	if err != nil {
		return nil, err
	}
	region, snapshot := s.region.Load(), s.calendars.Load()
	people := make([]slots.Person, 0, len(ids))
	for _, id := range ids {
		p, ok := region.people[id]
		if !ok {
			continue
		}
		pc := snapshot.people[id]
		person := slots.Person{
			ID: string(id), Zone: region.zoneOf(p), Busy: calendar.Merge(append(append([]calendar.Interval{}, pc.busy...), booked[id]...)),
			Tentative: pc.tentative, Duty: pc.duty, Open: pc.hours, Unknown: pc.unknown,
		}
		for _, r := range p.Roles {
			person.Roles = append(person.Roles, r.String())
		}
		for _, h := range p.Hours {
			person.Hours = append(person.Hours, slots.Hours{Days: h.Days, From: h.From, To: h.To})
		}
		person.HasHours = len(p.Hours) > 0 || pc.hasDuty || pc.hasHours
		state := snapshot.stateOf(p)
		person.Fresh, person.Why = freshness(state), state.Why
		if state.State == "stale" || state.State == "unknown" { // what is busy stays busy; what looked free is not known
			person.Unknown = []calendar.Interval{window}
		}
		people = append(people, person)
	}
	return people, nil
}

// freshness is the text of the finder's `freshness` field: an age, or unknown and why.
func freshness(state CalendarState) string {
	switch state.State {
	case "none":
		return "no calendar"
	case "unknown":
		return "unknown: " + state.Why
	case "stale":
		return fmt.Sprintf("unknown: stale %dm", state.AgeMinutes)
	}
	return fmt.Sprintf("%dm", state.AgeMinutes)
}

// zoneOf is the zone a person's floating times and working hours are in.
func (v *regionView) zoneOf(p *conference.Person) *time.Location {
	if zone, ok := v.zones[p.Zone]; ok {
		return zone
	}
	return v.zone
}
