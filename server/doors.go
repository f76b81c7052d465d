package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// A team's standing room is one improvised meeting each day: its attendance belongs to a day, and a link to it dies with it.

// teamOf lists who belongs to a team's room: a municipality's people of all its offices, or those of a ward or hospital team.
func (v *regionView) teamOf(unit conference.UnitID) []*conference.Person {
	var team []*conference.Person
	for i := range v.People {
		p := &v.People[i]
		if identity.Can(p.Access, identity.RelationOwnUnit, identity.WalkIn) && v.worksWithin(p, unit) {
			team = append(team, p)
		}
	}
	return team
}

func (v *regionView) worksWithin(p *conference.Person, unit conference.UnitID) bool {
	return slices.ContainsFunc(p.Roles, func(r conference.RoleAt) bool { return v.within(r.Unit, unit) })
}

// doorsOf lists the teams whose door p walks in by: the municipality, and in a hospital the ward or team.
func (v *regionView) doorsOf(p *conference.Person) []conference.UnitID {
	var doors []conference.UnitID
	for _, r := range p.Roles {
		door := v.house(r.Unit)
		if v.units[door].Kind == conference.KindHospital {
			door = r.Unit
		}
		if _, known := v.units[door]; known && !slices.Contains(doors, door) {
			doors = append(doors, door)
		}
	}
	return doors
}

func (s *Server) getDoors(ctx context.Context, _ *struct{}) (*doorsOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.WalkIn) {
		return nil, errForbidden
	}
	out := &doorsOutput{}
	out.Body.Doors = []DoorView{}
	for _, unit := range s.region.Load().doorsOf(p.person) {
		v, err := s.doorView(ctx, unit)
		if err != nil {
			return nil, s.fail("see who is in a room", err)
		}
		out.Body.Doors = append(out.Body.Doors, v)
	}
	return out, nil
}

func (s *Server) doorView(ctx context.Context, unit conference.UnitID) (DoorView, error) {
	region := s.region.Load()
	v := DoorView{Unit: region.unitRef(unit), Inside: []PersonRef{}, Team: []DoorPerson{}, Mine: true}
	inside := map[conference.PersonID]bool{}
	c, err := s.doorOf(ctx, unit, false)
	if err != nil {
		return v, err
	}
	if c.ID != "" {
		v.Path = "/call/" + string(c.ID)
		for _, who := range s.rooms.Present()[string(c.ID)] {
			if part := participant(c, who.Key); part != nil && part.Person != "" && !inside[part.Person] {
				inside[part.Person] = true
				v.Inside = append(v.Inside, region.personRef(part.Person))
			}
		}
	}
	team := region.teamOf(unit)
	ids := make([]conference.PersonID, len(team))
	for i, person := range team {
		ids[i] = person.ID
	}
	reach, err := s.reachOf(ctx, ids)
	for _, person := range team {
		v.Team = append(v.Team, DoorPerson{Person: region.refOf(person), Reach: reach[person.ID], Inside: inside[person.ID]})
	}
	return v, err
}

// doorOf finds today's room of a team; without make it is the zero meeting when nobody has opened it yet.
func (s *Server) doorOf(ctx context.Context, unit conference.UnitID, open bool) (conference.Conference, error) {
	local := s.now().In(s.region.Load().zone)
	begin := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location()).UTC()
	end := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location()).UTC()
	key := store.Idempotency{Key: "door:" + string(unit) + ":" + local.Format(time.DateOnly), BodyHash: hashOf(unit)}
	first, err := s.store.Replayed(ctx, key)
	if err == nil {
		return s.store.Conference(ctx, first.ID)
	}
	if !open {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return conference.Conference{}, err
	}
	id := newID(s.random)
	first, err = s.store.Book(ctx, store.Booking{Idempotency: key, Conference: conference.Conference{
		ID: conference.ConferenceID("m_" + id), MeetingCode: conference.NewMeetingCode(s.random), UID: id + "@" + s.mailDomain(), Purpose: conference.PurposeDoor,
		Unit: unit, Start: begin, End: end, State: conference.Booked, BookedAt: s.now(), SchemaVersion: 1, Improvised: true, Locked: true,
		Participants: []conference.Participant{},
	}})
	if err != nil {
		return first, err
	}
	return s.store.Conference(ctx, first.ID)
}

// enterDoor gives a member of the team a seat in today's room.
func (s *Server) enterDoor(ctx context.Context, in *doorInput) (*enterDoorOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	region, rel := s.region.Load(), identity.RelationNone
	if slices.Contains(region.doorsOf(p.person), in.Unit) {
		rel = identity.RelationOwnUnit
	}
	if !identity.Can(p.person.Access, rel, identity.WalkIn) {
		return nil, errForbidden
	}
	c, err := s.doorOf(ctx, in.Unit, true)
	if err != nil {
		return nil, s.fail("open a team's room", err)
	}
	as := p.person.Roles[0]
	for _, r := range p.person.Roles {
		if region.within(r.Unit, in.Unit) {
			as = r
		}
	}
	c, err = s.store.ChangeConference(ctx, c.ID, "walked_in", func(m *conference.Conference) (bool, error) {
		return s.seat(m, p.person, as), nil
	}, store.Extras{})
	if err != nil {
		return nil, s.fail("walk into a team's room", err)
	}
	out := &enterDoorOutput{}
	out.Body.Conference, out.Body.Path = c.ID, "/call/"+string(c.ID)
	return out, nil
}
