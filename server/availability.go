package server

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
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
	// snapshotLife is after what time all copies are read anew, because the window has moved on.
	snapshotLife = time.Hour
)

// How old a copy may be before the free time in it is no longer believed (CAL_STALE).
const (
	staleAfter       = 24 * time.Hour
	uploadStaleAfter = 7 * 24 * time.Hour     // an uploaded calendar of engagements: it was made to say how the week looks
	rosterStaleAfter = 5 * 7 * 24 * time.Hour // an uploaded roster: they are made for a month, and change little
)

// feedState is one feed in the snapshot.
type feedState struct {
	ref              feedRef
	record           store.FeedRecord // without its copy
	events, warnings int
	failure          string
}

// personCalendar is what the feeds of one person say, read once when a feed changes, never in a request.
type personCalendar struct {
	busy, tentative, duty, hours []calendar.Interval
	away                         []calendar.Interval // the part of busy at another place
	unknown                      []calendar.Interval
	hasDuty, hasHours            bool
	painted                      *store.PaintedHours // in place of the region's hours
	readAt                       time.Time           // of the copy that goes stale first
	staleAt                      time.Time           // when it does
	missing                      bool                // a feed that was never read, or cannot be
	failure                      string              // code of a feed that fails now
	feeds                        []feedState
	plans                        []rosterReading // of the duty plans that the person owns
	mark                         string          // changes with whatever it was read from
}

// calendars is an immutable snapshot of everybody's calendar. Requests read it without a lock.
type calendars struct {
	people map[conference.PersonID]personCalendar
	region *regionView
	readAt time.Time // when all of it was last read

	free      *slots.Snapshot // the same as the finder wants it; never nil
	freeUntil time.Time       // a copy goes stale then, or the window has moved on

	now func() time.Time
}

// setUp is what the store holds of everybody's calendars beside the copies.
type setUp struct {
	own     map[conference.PersonID][]store.OwnFeed
	painted map[conference.PersonID]*store.PaintedHours
	records map[string]store.FeedRecord
}

// readSetUp reads the records first: a feed of one's own is written before its record, so a record without its feed is one that
// was removed.
func (s *Server) readSetUp(ctx context.Context) (setUp, error) {
	found := setUp{
		own: map[conference.PersonID][]store.OwnFeed{}, painted: map[conference.PersonID]*store.PaintedHours{}, records: map[string]store.FeedRecord{},
	}
	records, err := s.store.FeedStates(ctx)
	if err != nil {
		return found, err
	}
	own, err := s.store.OwnFeeds(ctx)
	if err != nil {
		return found, err
	}
	painted, err := s.store.AllHours(ctx)
	if err != nil {
		return found, err
	}
	for _, r := range records {
		found.records[r.Key()] = r
	}
	for _, f := range own {
		found.own[f.Person] = append(found.own[f.Person], f)
	}
	for i := range painted {
		found.painted[painted[i].Person] = &painted[i]
	}
	return found, nil
}

// markOf sums up what a person's calendar is read from.
func (f setUp) markOf(refs []feedRef, painted *store.PaintedHours) string {
	var b strings.Builder
	for _, ref := range refs {
		r := f.records[ref.key]
		fmt.Fprintf(&b, "%s %d %d %d %s %d %d\n", ref.key, r.CheckedAt.UnixNano(), r.ReadAt.UnixNano(), r.NextAt.UnixNano(), r.Failure, r.Failures, r.Shrunk)
	}
	if painted != nil {
		fmt.Fprintf(&b, "painted %d %v %v", painted.PaintedAt.UnixNano(), painted.Hours, painted.Except)
	}
	return b.String()
}

// rereadCalendars reads everybody's calendar anew.
func (s *Server) rereadCalendars(ctx context.Context) error {
	_, err := s.readCalendars(ctx, true)
	return err
}

// readChanged brings the snapshot up to date: whoever's feeds are as they were keeps what was read of them.
func (s *Server) readChanged(ctx context.Context) (changed bool, err error) {
	snapshot := s.calendars.Load()
	now := s.now()
	return s.readCalendars(ctx, snapshot.region != s.region.Load() || now.Sub(snapshot.readAt) > snapshotLife || !now.Before(snapshot.freeUntil))
}

// readCalendars builds a snapshot from the last good copies in the store, swaps it in and tells whether it says anything new. When
// another was swapped in meanwhile it begins anew, so that a newer reading is never replaced by an older one.
func (s *Server) readCalendars(ctx context.Context, all bool) (changed bool, err error) {
	for {
		old, region, now := s.calendars.Load(), s.region.Load(), s.now()
		found, err := s.readSetUp(ctx)
		if err != nil {
			return false, fmt.Errorf("read the feeds: %w", err)
		}
		next := &calendars{people: make(map[conference.PersonID]personCalendar, len(region.People)), region: region, readAt: old.readAt, now: s.now}
		changed = all
		if all {
			next.readAt = now
		}
		for i := range region.People {
			p := &region.People[i]
			refs, painted := region.refsOf(p, found.own[p.ID]), found.painted[p.ID]
			if len(refs) == 0 && painted == nil {
				continue
			}
			mark := found.markOf(refs, painted)
			if kept, ok := old.people[p.ID]; ok && !all && kept.mark == mark {
				next.people[p.ID] = kept
				continue
			}
			pc, err := s.readPerson(ctx, p, refs, painted)
			if err != nil {
				return false, fmt.Errorf("read the feeds of %s: %w", p.ID, err)
			}
			pc.mark, changed = mark, true
			next.people[p.ID] = pc
		}
		if !changed && len(next.people) == len(old.people) {
			return false, nil
		}
		if err := s.workOutTime(ctx, next); err != nil {
			return false, err
		}
		switch {
		case !s.calendars.CompareAndSwap(old, next):
			continue
		case all:
			return true, s.dropOrphans(ctx, region, found)
		}
		return true, nil
	}
}

// dropOrphans deletes what was read of feeds that nobody names any more: nothing of a calendar is kept longer than it is asked
// for. Feeds of somebody's own stay while a region's file leaves that person out.
func (s *Server) dropOrphans(ctx context.Context, region *regionView, found setUp) error {
	named := map[string]bool{}
	for i := range region.People {
		for _, ref := range region.refsOf(&region.People[i], nil) {
			named[ref.key] = true
		}
	}
	for _, own := range found.own {
		for _, f := range own {
			named[f.ID] = true
		}
	}
	var orphans []string
	for key := range found.records {
		if !named[key] {
			orphans = append(orphans, key)
		}
	}
	if len(orphans) > 0 {
		s.log.Info("copies of feeds that are no longer named are deleted", slog.Int("feeds", len(orphans)))
	}
	return s.store.DropFeeds(ctx, orphans...)
}

// readPerson reads the copies of one person's feeds.
func (s *Server) readPerson(ctx context.Context, p *conference.Person, refs []feedRef, painted *store.PaintedHours) (personCalendar, error) {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.key
	}
	records, err := s.store.FeedsByKey(ctx, keys...)
	if err != nil {
		return personCalendar{}, err
	}
	byKey := make(map[string]store.FeedRecord, len(records))
	for _, r := range records {
		byKey[r.Key()] = r
	}
	pc := personCalendar{painted: painted}
	for _, ref := range refs {
		record, ok := byKey[ref.key]
		if !ok {
			record = ref.emptyRecord()
		}
		if ref.roster != nil {
			pc.addPlan(ref, record, s.region.Load().zone, s.window())
			continue
		}
		pc.add(ref, record, s.readingOptions(ref), s.window(), "@"+s.mailDomain())
	}
	if painted != nil {
		pc.feeds = append(pc.feeds, paintedState(p, painted))
	}
	return pc, nil
}

// window is the time for which calendars are read.
func (s *Server) window() calendar.Interval {
	now := s.now()
	return calendar.Interval{Start: now.Add(-lookBack), End: now.Add(horizon)}
}

func (s *Server) readingOptions(ref feedRef) calendar.Options {
	region := s.region.Load()
	if ref.roster != nil { // the plan of many, read for what it says of time only; see readShifts
		return calendar.Options{Zone: region.zone, Kind: calendar.KindDuty}
	}
	return calendar.Options{
		Zone: region.zoneOf(ref.person), Addresses: []string{ref.person.Email}, Kind: calendar.Kind(ref.kind),
		ElsewhereBusy: region.Elsewhere == conference.ElsewhereBusy, Away: true, Places: region.placesOf(ref.person),
	}
}

// add reads one feed's last good copy into the person's calendar. The region's hours count only while none are painted. ours is how
// the UIDs of our own invitations end.
func (pc *personCalendar) add(ref feedRef, r store.FeedRecord, o calendar.Options, window calendar.Interval, ours string) {
	state := feedState{ref: ref, record: r, failure: r.Failure}
	state.record.Body = nil
	counts := pc.painted == nil || ref.origin != originRegion || ref.kind != conference.FeedHours
	reading, err := calendar.Reading{}, error(nil)
	switch {
	case len(r.Body) > 0:
		o.Explain = ref.kind == conference.FeedBusy
		if reading, err = calendar.Read(r.Body, window, o); err != nil {
			state.failure = failureUnreadable
		}
	case state.failure == "":
		state.failure = failureNeverRead
	}
	unread := err != nil || len(r.Body) == 0
	state.events, state.warnings = reading.Events, len(reading.Warnings)
	if r.Missing > 0 {
		state.warnings++
	}
	pc.feeds = append(pc.feeds, state)
	if !counts {
		return
	}
	if state.failure != "" {
		pc.failure = state.failure
	}
	if unread {
		pc.unknown, pc.missing = []calendar.Interval{window}, true
		return
	}
	pc.merge(ref.kind, withoutOurs(reading, ours))
	if at := r.ReadAt.Add(believedFor(ref)); pc.staleAt.IsZero() || at.Before(pc.staleAt) {
		pc.readAt, pc.staleAt = r.ReadAt, at
	}
}

// withoutOurs leaves out what our own invitations have put into a calendar: what is booked here is known better, and at once. ours
// is how our UIDs end.
func withoutOurs(reading calendar.Reading, ours string) calendar.Reading {
	if len(reading.Spans) == 0 {
		return reading
	}
	var busy, tentative []calendar.Interval
	found := false
	for _, span := range reading.Spans {
		switch {
		case strings.HasSuffix(span.UID, ours):
			found = true
		case span.State == calendar.StateBusy:
			busy = append(busy, span.Interval)
		case span.State == calendar.StateTentative:
			tentative = append(tentative, span.Interval)
		}
	}
	if found {
		reading.Busy = calendar.Merge(busy)
		reading.Tentative = calendar.Subtract(calendar.Merge(tentative), reading.Busy)
	}
	return reading
}

func (pc *personCalendar) merge(kind conference.FeedKind, reading calendar.Reading) {
	switch kind {
	case conference.FeedDuty:
		pc.duty, pc.hasDuty = calendar.Merge(append(pc.duty, reading.Duty...)), true
	case conference.FeedHours:
		pc.hours, pc.hasHours = calendar.Merge(append(pc.hours, reading.Duty...)), true
	case conference.FeedBusy:
		pc.busy = calendar.Merge(append(pc.busy, reading.Busy...))
		pc.tentative = calendar.Merge(append(pc.tentative, reading.Tentative...))
		pc.away = calendar.Merge(append(pc.away, reading.Away...))
	}
	pc.unknown = calendar.Merge(append(pc.unknown, reading.Unknown...))
}

// believedFor is how old a feed's copy may be.
func believedFor(ref feedRef) time.Duration {
	switch {
	case ref.origin != originUploaded:
		return staleAfter
	case ref.kind == conference.FeedBusy:
		return uploadStaleAfter
	}
	return rosterStaleAfter
}

// stateOf says how far a person's calendar can be believed now.
func (cs *calendars) stateOf(p *conference.Person) CalendarState {
	pc, ok := cs.people[p.ID]
	switch {
	case !ok && len(p.Feeds) > 0:
		return CalendarState{State: "unknown", Why: failureNeverRead}
	case pc.missing:
		return CalendarState{State: "unknown", Why: pc.failure}
	case pc.readAt.IsZero(): // no feed at all, or painted hours alone
		return CalendarState{State: "none"}
	}
	now := cs.now()
	state := CalendarState{State: "fresh", AgeMinutes: int(now.Sub(pc.readAt).Minutes()), ReadAt: &pc.readAt, Why: pc.failure}
	if now.After(pc.staleAt) {
		state.State = "stale"
	}
	return state
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
