package server

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
)

// maxDirectory bounds an answer; a search narrows it.
const maxDirectory = 200

// getDirectory is who-is-who: roles before persons.
func (s *Server) getDirectory(ctx context.Context, in *directoryInput) (*directoryOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ViewDirectory) {
		return nil, errForbidden
	}
	region := s.region.Load()
	query := strings.ToLower(strings.TrimSpace(in.Query))
	duties, err := s.dutiesNow(ctx)
	if err != nil {
		return nil, s.fail("read who is on duty", err)
	}
	out := &directoryOutput{}
	out.Body.People = []Person{}
	for i := range region.People {
		person := &region.People[i]
		if in.Unit != "" && !slices.ContainsFunc(person.Roles, func(r conference.RoleAt) bool { return region.within(r.Unit, in.Unit) }) {
			continue
		}
		view := s.personView(person)
		view.Duty = append(view.Duty, duties[person.ID]...)
		if query != "" && !matches(view, query) {
			continue
		}
		out.Body.People = append(out.Body.People, view)
	}
	slices.SortStableFunc(out.Body.People, func(a, b Person) int { return cmp.Compare(a.Name, b.Name) })
	if len(out.Body.People) > maxDirectory {
		out.Body.People = out.Body.People[:maxDirectory]
	}
	return out, s.addReach(ctx, out.Body.People)
}

// addReach says of everybody in an answer whether they can be rung.
func (s *Server) addReach(ctx context.Context, people []Person) error {
	ids := make([]conference.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	states, err := s.reachOf(ctx, ids)
	if err != nil {
		return s.fail("see who can be reached", err)
	}
	for i := range people {
		state := states[people[i].ID]
		people[i].Reach = &state
	}
	return nil
}

func matches(p Person, query string) bool {
	text := p.Name + " " + p.Title + " " + p.Org
	for i, r := range p.Roles {
		text += " " + string(r.Role) + " " + p.Units[i].Name + " " + p.Units[i].Organization
	}
	text += " " + strings.Join(p.Ask, " ")
	return strings.Contains(strings.ToLower(strings.ReplaceAll(text, "_", " ")), query)
}

func (s *Server) personView(p *conference.Person) Person {
	region := s.region.Load()
	v := Person{PersonRef: region.refOf(p), Phone: p.Phone, Email: p.Email, Roles: p.Roles, Units: []UnitRef{}, Calendar: s.calendars.Load().stateOf(p)}
	v.Ask, v.Speaks, v.Duty = append([]string{}, p.Ask...), append([]string{}, p.Languages...), []PersonDuty{}
	v.PhoneAt, v.Deputy, v.Hours = append([]conference.Hours{}, p.PhoneHours...), region.personRefOrNil(p.Deputy), append([]conference.Hours{}, p.Hours...)
	if painted := s.calendars.Load().people[p.ID].painted; painted != nil {
		v.Hours = append([]conference.Hours{}, painted.Hours...)
	}
	for _, r := range p.Roles {
		v.Units = append(v.Units, region.unitRef(r.Unit))
	}
	if v.Roles == nil {
		v.Roles = []conference.RoleAt{}
	}
	return v
}

func (s *Server) getUnits(ctx context.Context, _ *struct{}) (*unitsOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ViewDirectory) {
		return nil, errForbidden
	}
	region := s.region.Load()
	out := &unitsOutput{}
	out.Body.Units = []UnitDetail{}
	for _, u := range region.Units {
		out.Body.Units = append(out.Body.Units, UnitDetail{UnitRef: region.unitRef(u.ID), Parent: u.Parent})
	}
	return out, nil
}
