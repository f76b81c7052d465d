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
	out := &directoryOutput{}
	out.Body.People = []Person{}
	for i := range region.People {
		person := &region.People[i]
		if in.Unit != "" && !slices.ContainsFunc(person.Roles, func(r conference.RoleAt) bool { return region.within(r.Unit, in.Unit) }) {
			continue
		}
		view := s.personView(person)
		if query != "" && !matches(view, query) {
			continue
		}
		out.Body.People = append(out.Body.People, view)
	}
	slices.SortStableFunc(out.Body.People, func(a, b Person) int { return cmp.Compare(a.Name, b.Name) })
	if len(out.Body.People) > maxDirectory {
		out.Body.People = out.Body.People[:maxDirectory]
	}
	return out, nil
}

func matches(p Person, query string) bool {
	text := p.Name + " " + p.Title + " " + p.Org
	for i, r := range p.Roles {
		text += " " + string(r.Role) + " " + p.Units[i].Name + " " + p.Units[i].Organization
	}
	return strings.Contains(strings.ToLower(strings.ReplaceAll(text, "_", " ")), query)
}

func (s *Server) personView(p *conference.Person) Person {
	region := s.region.Load()
	v := Person{PersonRef: region.refOf(p), Phone: p.Phone, Email: p.Email, Roles: p.Roles, Units: []UnitRef{}, Calendar: s.calendars.Load().stateOf(p)}
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
