package server

import (
	"context"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

// slotsPeople gives the finder what is known of these people's time: feeds, hours and what is booked here.
func (s *Server) slotsPeople(ctx context.Context, ids []conference.PersonID, window calendar.Interval) ([]slots.Person, error) {
	booked, err := s.store.Reservations(ctx, ids, window.Start, window.End)
	if err != nil {
		return nil, err
	}
	held, err := s.store.HoldsOf(ctx, ids, window.Start, window.End)
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
			ID: string(id), Zone: region.zoneOf(p), Busy: pc.busy, Booked: booked[id], Held: inTheWay(ctx, held[id]),
			Tentative: pc.tentative, Duty: pc.duty, Open: pc.hours, Unknown: pc.unknown,
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
		state := snapshot.stateOf(p)
		person.Fresh, person.Why = freshness(state), state.Why
		if state.State == "stale" || state.State == "unknown" { // what is busy stays busy; what looked free is not known
			person.Unknown = []calendar.Interval{window}
		}
		people = append(people, person)
	}
	return people, nil
}

// inTheWay are the holds of others: whoever holds a time must still find it.
func inTheWay(ctx context.Context, held []store.Held) []calendar.Interval {
	var list []calendar.Interval
	p, _ := ctx.Value(principalKey{}).(*principal)
	for _, h := range held {
		if p == nil || p.person == nil || p.person.ID != h.By {
			list = append(list, calendar.Interval{Start: h.Start, End: h.End})
		}
	}
	return list
}
