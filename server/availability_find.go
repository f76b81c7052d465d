package server

import (
	"context"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
)

// slotsPeople gives the finder what is known of these people's time: feeds, hours and what is booked here.
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
