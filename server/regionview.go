package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
)

// regionView is an immutable index over the region, swapped whole when a new one is imported.
type regionView struct {
	conference.Region
	revision int64
	zone     *time.Location
	holidays calendar.Holidays
	units    map[conference.UnitID]conference.Unit
	people   map[conference.PersonID]*conference.Person
	byRole   map[conference.RoleAt][]conference.PersonID
	byEmail  map[string]conference.PersonID
	zones    map[string]*time.Location // of people with one of their own, by name
	rosters  map[conference.RoleAt]*conference.Roster
}

func newRegionView(r conference.Region, revision int64) (*regionView, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, fmt.Errorf("region: zone %q: %w", r.Zone, err)
	}
	holidays, err := calendar.HolidaysOf(r.Holidays, r.Closed...)
	if err != nil {
		return nil, fmt.Errorf("region: holidays %q: %w", r.Holidays, err)
	}
	v := &regionView{
		Region: r, revision: revision, zone: zone, holidays: holidays,
		units:   make(map[conference.UnitID]conference.Unit, len(r.Units)),
		people:  make(map[conference.PersonID]*conference.Person, len(r.People)),
		byRole:  map[conference.RoleAt][]conference.PersonID{},
		byEmail: make(map[string]conference.PersonID, len(r.People)),
		zones:   map[string]*time.Location{},
		rosters: make(map[conference.RoleAt]*conference.Roster, len(r.Rosters)),
	}
	for i := range r.Rosters {
		v.rosters[r.Rosters[i].Covers] = &r.Rosters[i]
	}
	for _, u := range r.Units {
		v.units[u.ID] = u
	}
	for i := range r.People {
		p := &r.People[i]
		v.people[p.ID] = p
		v.byEmail[strings.ToLower(p.Email)] = p.ID
		if p.Zone != "" && v.zones[p.Zone] == nil {
			if v.zones[p.Zone], err = time.LoadLocation(p.Zone); err != nil {
				return nil, fmt.Errorf("region: zone %q of %s: %w", p.Zone, p.ID, err)
			}
		}
		for _, role := range p.Roles {
			v.byRole[role] = append(v.byRole[role], p.ID)
		}
	}
	return v, nil
}

// unitRef names a unit; an unknown one keeps its id as name, so that an old case stays readable after an import.
func (v *regionView) unitRef(id conference.UnitID) UnitRef {
	u, ok := v.units[id]
	if !ok {
		return UnitRef{ID: id, Name: string(id)}
	}
	ref := UnitRef{ID: u.ID, Name: u.Name, Kind: u.Kind, TravelMinutes: u.TravelMinutes, LinkGrade: u.LinkGrade}
	if parent, ok := v.units[u.Parent]; ok {
		ref.Organization = parent.Name
		if ref.TravelMinutes == 0 {
			ref.TravelMinutes = parent.TravelMinutes
		}
		if ref.LinkGrade == "" {
			ref.LinkGrade = parent.LinkGrade
		}
	}
	return ref
}

// unitRefOrNil is nil for no unit, so that it is left out of an answer.
func (v *regionView) unitRefOrNil(id conference.UnitID) *UnitRef {
	if id == "" {
		return nil
	}
	ref := v.unitRef(id)
	return &ref
}

// personRefOrNil is nil for nobody.
func (v *regionView) personRefOrNil(id conference.PersonID) *PersonRef {
	if id == "" {
		return nil
	}
	ref := v.personRef(id)
	return &ref
}

// orgOf is a unit with its hospital or municipality, as shown beside a name.
func (v *regionView) orgOf(id conference.UnitID) string {
	if id == "" {
		return ""
	}
	unit := v.unitRef(id)
	if unit.Organization != "" {
		return unit.Name + ", " + unit.Organization
	}
	return unit.Name
}

// placesOf names where somebody works: what their calendar says is there needs no travelling.
func (v *regionView) placesOf(p *conference.Person) []string {
	var places []string
	for _, r := range p.Roles {
		unit := v.unitRef(r.Unit)
		places = append(places, unit.Name, unit.Organization)
	}
	return places
}

// parseCovers reads role@unit.
func parseCovers(text string) conference.RoleAt {
	role, unit, _ := strings.Cut(text, "@")
	return conference.RoleAt{Role: conference.Role(role), Unit: conference.UnitID(unit)}
}

// ringable finds a role that may be rung: somebody who can answer holds it, or it has a duty plan.
func (v *regionView) ringable(text string) (conference.RoleAt, bool) {
	covers := parseCovers(text)
	return covers, v.rosters[covers] != nil || slices.ContainsFunc(v.byRole[covers], func(id conference.PersonID) bool {
		return identity.Can(v.people[id].Access, identity.RelationSelf, identity.AnswerNow)
	})
}

func (v *regionView) personRef(id conference.PersonID) PersonRef {
	p, ok := v.people[id]
	if !ok {
		return PersonRef{ID: id, Name: string(id)}
	}
	return v.refOf(p)
}

func (v *regionView) refOf(p *conference.Person) PersonRef {
	ref := PersonRef{ID: p.ID, Name: p.Name, Title: p.Title}
	if len(p.Roles) > 0 {
		ref.Org = v.orgOf(p.Roles[0].Unit)
	}
	return ref
}

// within reports whether unit is top or lies below it.
func (v *regionView) within(unit, top conference.UnitID) bool {
	for range 8 { // deeper trees do not exist; guards against a circle
		if unit == top {
			return true
		}
		u, ok := v.units[unit]
		if !ok || u.Parent == "" {
			return false
		}
		unit = u.Parent
	}
	return false
}

// boardUnits lists the units whose board p may open: those of the roles, then what lies below them.
func (v *regionView) boardUnits(p *conference.Person) []UnitRef {
	refs := []UnitRef{}
	seen := map[conference.UnitID]bool{}
	add := func(id conference.UnitID) {
		if !seen[id] {
			seen[id] = true
			refs = append(refs, v.unitRef(id))
		}
	}
	for _, r := range p.Roles {
		add(r.Unit)
	}
	for _, u := range v.Units {
		for _, r := range p.Roles {
			if v.within(u.ID, r.Unit) {
				add(u.ID)
			}
		}
	}
	return refs
}

// fillers lists everyone who may fill a seat: named people first, then the holders of its roles, in region order.
func (v *regionView) fillers(seat conference.Seat) []conference.PersonID {
	ids := slices.Clone(seat.People)
	for _, role := range seat.AnyOf {
		for _, id := range v.byRole[role] {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
