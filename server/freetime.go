package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
)

// timeWindow is for how long everybody's time is worked out: as far as calendars are read, from an hour ago.
const timeWindow = 13 * 7 * 24 * time.Hour

// workOutTime makes the finder's snapshot of what a new reading of the calendars says, before anybody sees that reading: searches go on
// with the old one meanwhile. What is booked and held here is added for each search: it must be what it is now.
func (s *Server) workOutTime(ctx context.Context, cs *calendars) error {
	now := s.now()
	from := now.Add(-time.Hour).Truncate(time.Hour)
	window := calendar.Interval{Start: from, End: from.Add(timeWindow)}
	ids := make([]conference.PersonID, len(cs.region.People))
	for i := range cs.region.People {
		ids[i] = cs.region.People[i].ID
	}
	people := cs.knownTime(ids, window)
	if err := s.addWorked(ctx, cs, people); err != nil {
		return err
	}
	options := slots.Options{Zone: cs.region.zone, Holidays: cs.region.Holidays, Closed: cs.region.Closed}
	var err error
	if cs.free, err = slots.NewSnapshot(people, slots.Window{From: window.Start, To: window.End}, options); err != nil {
		return fmt.Errorf("work out everybody's time: %w", err)
	}
	cs.freeUntil = now.Add(snapshotLife)
	for _, pc := range cs.people {
		if pc.staleAt.After(now) && pc.staleAt.Before(cs.freeUntil) {
			cs.freeUntil = pc.staleAt
		}
	}
	return nil
}

// workedFor is how far back meetings outside hours weigh: after twelve weeks an eighth of one is left.
const workedFor = 12 * 7 * 24 * time.Hour

// addWorked adds the meetings that people have had outside their hours, so that the next one falls to somebody else.
func (s *Server) addWorked(ctx context.Context, cs *calendars, people []slots.Person) error {
	now := s.now()
	past := calendar.Interval{Start: now.Add(-workedFor), End: now}
	ids := make([]conference.PersonID, len(people))
	for i, p := range people {
		ids[i] = conference.PersonID(p.ID)
	}
	booked, err := s.store.Reservations(ctx, ids, past.Start, past.End)
	if err != nil {
		return fmt.Errorf("read past meetings: %w", err)
	}
	for i, id := range ids {
		hours, known := s.hoursOf(cs.region.people[id], cs.people[id], past)
		if !known || len(booked[id]) == 0 {
			continue
		}
		for _, spell := range calendar.Subtract(calendar.Intersect(calendar.Merge(booked[id]), []calendar.Interval{past}), hours) {
			people[i].Worked = append(people[i].Worked, slots.Spell{At: spell.Start, Minutes: int(spell.End.Sub(spell.Start).Minutes())})
		}
	}
	return nil
}

// timeFor is the finder's snapshot for one search, with what is booked and held now. own is a meeting that is not in the way.
func (s *Server) timeFor(ctx context.Context, request slots.Request, own *conference.Conference) (*slots.Snapshot, error) {
	cs := s.calendars.Load()
	ids, err := askedFor(cs.region, request)
	if err != nil {
		return nil, err
	}
	booked, held, err := s.engagements(ctx, ids, calendar.Interval{Start: request.Window.From, End: request.Window.To})
	if err != nil {
		return nil, s.fail("read who is booked", err)
	}
	snapshot := cs.free
	for _, id := range ids {
		taken := booked[id]
		if own != nil && slices.ContainsFunc(own.Participants, func(x conference.Participant) bool { return x.Person == id }) {
			taken = calendar.Subtract(calendar.Merge(taken), []calendar.Interval{{Start: own.Start, End: own.End}})
		}
		if len(taken)+len(held[id]) == 0 {
			continue
		}
		if snapshot, err = snapshot.WithBooked(string(id), taken, held[id]); err != nil {
			return nil, s.fail("add what is booked", err)
		}
	}
	return snapshot, nil
}

// engagements are what is booked here, and what others hold: whoever holds a time must still find it.
func (s *Server) engagements(ctx context.Context, ids []conference.PersonID, window calendar.Interval) (booked, held map[conference.PersonID][]calendar.Interval, err error) {
	zone := s.region.Load().zone
	weeks := calendar.Interval{Start: weekOf(window.Start, zone).Start, End: weekOf(window.End, zone).End} // whole ones, to count in
	if booked, err = s.store.Reservations(ctx, ids, weeks.Start, weeks.End); err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		booked[id] = append(booked[id], s.fullWeeks(id, booked[id], weeks)...)
	}
	holds, err := s.store.HoldsOf(ctx, ids, window.Start, window.End)
	held = make(map[conference.PersonID][]calendar.Interval, len(holds))
	p, _ := ctx.Value(principalKey{}).(*principal)
	for id, list := range holds {
		for _, h := range list {
			if p == nil || p.person == nil || p.person.ID != h.By {
				held[id] = append(held[id], calendar.Interval{Start: h.Start, End: h.End})
			}
		}
	}
	return booked, held, err
}

// fullWeeks are the weeks in which somebody is booked for as many meetings as they may have: the whole week is taken then.
func (s *Server) fullWeeks(id conference.PersonID, booked []calendar.Interval, weeks calendar.Interval) []calendar.Interval {
	region := s.region.Load()
	p, ok := region.people[id]
	if !ok || p.PerWeek == 0 {
		return nil
	}
	var full []calendar.Interval
	for week := weekOf(weeks.Start, region.zone); week.Start.Before(weeks.End); week = weekOf(week.End, region.zone) {
		begun := 0
		for _, b := range booked {
			if !b.Start.Before(week.Start) && b.Start.Before(week.End) {
				begun++
			}
		}
		if begun >= p.PerWeek {
			full = append(full, week)
		}
	}
	return full
}

// askedFor lists the people of the region whom a request names or who hold one of its roles.
func askedFor(region *regionView, request slots.Request) ([]conference.PersonID, error) {
	if request.Window.To.Sub(request.Window.From) > longestSearch {
		return nil, invalid("the window is longer than 28 days")
	}
	var ids []conference.PersonID
	add := func(names []string, role string) {
		for _, n := range names {
			ids = append(ids, conference.PersonID(n))
		}
		if strings.Contains(role, "@") {
			ids = append(ids, region.byRole[parseCovers(role)]...)
		}
	}
	for _, n := range request.Need {
		add(n.AnyOf, n.Role)
		if n.Substitute != nil {
			add(n.Substitute.AnyOf, n.Substitute.Role)
		}
	}
	for _, w := range request.Want {
		add(w.AnyOf, w.Role)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id conference.PersonID) bool { return region.people[id] == nil }), nil
}

// search answers a request now. Of foreign calendars the answer shows busy or free, never what by.
func (s *Server) search(ctx context.Context, request slots.Request) (slots.Answer, error) {
	return s.searchAround(ctx, request, nil)
}

// searchAround searches as if a meeting were not booked.
func (s *Server) searchAround(ctx context.Context, request slots.Request, own *conference.Conference) (slots.Answer, error) {
	now := s.now()
	request.Now = &now
	snapshot, err := s.timeFor(ctx, request, own)
	if err != nil {
		return slots.Answer{}, err
	}
	answer, err := snapshot.Find(request)
	if err != nil {
		return slots.Answer{}, invalidFind(err)
	}
	s.tellFreshness(answer.Freshness)
	return answer, nil
}

// judge is the verdict on one start, by the engine that offers.
func (s *Server) judge(ctx context.Context, request slots.Request, start time.Time, own *conference.Conference) (slots.Verdict, error) {
	now := s.now()
	request.Now = &now
	snapshot, err := s.timeFor(ctx, request, own)
	if err != nil {
		return slots.Verdict{}, err
	}
	verdict, err := snapshot.At(request, start)
	if err != nil {
		return verdict, invalidFind(err)
	}
	return verdict, nil
}

// tellFreshness puts in how old each calendar is now: the snapshot knows how old it was.
func (s *Server) tellFreshness(freshOf map[string]string) {
	region, cs := s.region.Load(), s.calendars.Load()
	for id := range freshOf {
		if p, ok := region.people[conference.PersonID(id)]; ok {
			freshOf[id] = freshness(cs.stateOf(p))
		}
	}
}

// knownTime is what is known of people's time beside what is booked and held here.
func (cs *calendars) knownTime(ids []conference.PersonID, window calendar.Interval) []slots.Person {
	region := cs.region
	people := make([]slots.Person, 0, len(ids))
	for _, id := range ids {
		p, ok := region.people[id]
		if !ok {
			continue
		}
		pc := cs.people[id]
		person := slots.Person{
			ID: string(id), Zone: region.zoneOf(p), Busy: pc.busy, Away: pc.away, Tentative: pc.tentative, Duty: pc.duty, Open: pc.hours, Unknown: pc.unknown,
		}
		for _, r := range p.Roles {
			person.Roles = append(person.Roles, r.String())
		}
		if pc.painted != nil { // in place of the region's
			person.Open = append(hoursIn(pc.painted, person.Zone, window), pc.hours...)
			person.HasHours = true
		} else {
			for _, h := range p.Hours {
				person.Hours = append(person.Hours, slots.Hours{Days: h.Days, From: h.From, To: h.To})
			}
			person.HasHours = len(p.Hours) > 0 || pc.hasDuty || pc.hasHours
		}
		state := cs.stateOf(p)
		person.Fresh, person.Why = freshness(state), state.Why
		if state.State == "stale" || state.State == "unknown" { // what is busy stays busy; what looked free is not known
			person.Unknown = []calendar.Interval{window}
		}
		people = append(people, person)
	}
	return people
}
