package region

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/samtale/samtale/server/conference"
)

func (r *reader) region(n *yaml.Node) conference.Region {
	var region conference.Region
	r.fields(n, "the region", []string{"name", "zone", "units", "people", "templates"}, map[string]func(*yaml.Node){
		"name":     r.text(&region.Name),
		"zone":     r.zone(&region.Zone),
		"holidays": oneOf(r, &region.Holidays, "NO", ""),
		"closed": func(n *yaml.Node) {
			r.list(n, "closed", 100, func(item *yaml.Node) {
				if _, err := time.Parse(time.DateOnly, item.Value); err != nil {
					r.wrong(item, "%q is no date like 2026-12-24", item.Value)
				}
				region.Closed = append(region.Closed, item.Value)
			})
		},
		"elsewhere": oneOf(r, &region.Elsewhere, conference.ElsewhereFree, conference.ElsewhereBusy),
		"units": func(n *yaml.Node) {
			r.list(n, "units", maxUnits, func(n *yaml.Node) { region.Units = append(region.Units, r.unitEntry(n)) })
		},
		"people": func(n *yaml.Node) {
			r.list(n, "people", maxPeople, func(n *yaml.Node) { region.People = append(region.People, r.person(n)) })
		},
		"templates": func(n *yaml.Node) {
			r.list(n, "templates", maxTemplates, func(n *yaml.Node) { region.Templates = append(region.Templates, r.template(n)) })
		},
		"rosters": func(n *yaml.Node) {
			r.list(n, "rosters", maxRosters, func(n *yaml.Node) { region.Rosters = append(region.Rosters, r.roster(n)) })
		},
	})
	return region
}

func (r *reader) unitEntry(n *yaml.Node) conference.Unit {
	var u conference.Unit
	r.fields(n, "a unit", []string{"id", "name", "kind"}, map[string]func(*yaml.Node){
		"id": func(n *yaml.Node) {
			var id string
			r.id(&id)(n)
			u.ID = conference.UnitID(id)
			if first, twice := r.units[u.ID]; twice {
				r.wrong(n, "the unit %q stands on line %d already", id, first.Line)
			}
			if u.ID == conference.Origin {
				r.wrong(n, "%q is reserved for templates", id)
			}
			r.units[u.ID] = n
		},
		"name": r.text(&u.Name),
		"kind": oneOf(r, &u.Kind, conference.KindHospital, conference.KindWard, conference.KindTeam, conference.KindMunicipality, conference.KindGPOffice,
			conference.KindHomeNursing, conference.KindNursingHome, conference.KindMedicalCentre, conference.KindOutOfHours, conference.KindTherapy,
			conference.KindAllocationOffice),
		"parent":         r.unit(&u.Parent),
		"travel_minutes": r.number(&u.TravelMinutes, 24*60),
		"link_grade":     oneOf(r, &u.LinkGrade, "A", "B", "C", "D"),
		"phone":          r.phone(&u.Phone),
	})
	return u
}

func (r *reader) person(n *yaml.Node) conference.Person {
	p := conference.Person{Access: conference.AccessClinician}
	var deputy *yaml.Node
	r.fields(n, "a person", []string{"id", "name", "email"}, map[string]func(*yaml.Node){
		"id":       r.personID(&p.ID),
		"name":     r.text(&p.Name),
		"title":    r.text(&p.Title),
		"email":    r.email(&p.Email),
		"phone":    r.phone(&p.Phone),
		"language": oneOf(r, &p.Language, "nb", "en"),
		"access": oneOf(r, &p.Access, conference.AccessClinician, conference.AccessCoordinator, conference.AccessInterpreter, conference.AccessAuditor,
			conference.AccessAdministrator),
		"zone": r.zone(&p.Zone),
		"roles": func(n *yaml.Node) {
			r.list(n, "roles", 50, func(n *yaml.Node) {
				role, ok := r.roleAt(n, false)
				if ok && slices.Contains(p.Roles, role) {
					r.wrong(n, "the role %q stands twice", n.Value)
				}
				p.Roles = append(p.Roles, role)
			})
		},
		"hours": r.weekly("hours", &p.Hours),
		"feeds": func(n *yaml.Node) {
			r.list(n, "feeds", 20, func(n *yaml.Node) { p.Feeds = append(p.Feeds, r.feed(n)) })
		},
		"ask":         r.ask(&p.Ask),
		"languages":   r.languages(&p.Languages),
		"phone_hours": r.weekly("phone_hours", &p.PhoneHours),

		"meetings_per_week": r.number(&p.PerWeek, 100),
		"deputy": func(n *yaml.Node) {
			deputy = n
			r.somebody(&p.Deputy)(n)
		},
	})
	if deputy != nil && p.Deputy == p.ID && p.ID != "" {
		r.wrong(deputy, "%q is their own deputy", p.ID)
	}
	return p
}

func (r *reader) personID(to *conference.PersonID) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var id string
		r.id(&id)(n)
		*to = conference.PersonID(id)
		if first, twice := r.people[*to]; twice {
			r.wrong(n, "the person %q stands on line %d already", id, first.Line)
		}
		r.people[*to] = n
	}
}

func (r *reader) weekly(what string, to *[]conference.Hours) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.list(n, what, 50, func(n *yaml.Node) { *to = append(*to, r.hours(n)) })
	}
}

func (r *reader) feed(n *yaml.Node) conference.Feed {
	var f conference.Feed
	r.fields(n, "a feed", []string{"url", "kind"}, map[string]func(*yaml.Node){
		"url":  r.feedURL(&f.URL),
		"kind": oneOf(r, &f.Kind, conference.FeedBusy, conference.FeedHours, conference.FeedDuty),
	})
	return f
}

func (r *reader) template(n *yaml.Node) conference.Template {
	var t conference.Template
	r.fields(n, "a template", []string{"seats"}, map[string]func(*yaml.Node){
		"municipality": r.unit(&t.Municipality),
		"destination":  oneOf(r, &t.Destination, conference.Home, conference.NursingHome, conference.MedicalCentre, conference.Hospital),
		"seats": func(n *yaml.Node) {
			r.list(n, "seats", 40, func(n *yaml.Node) { t.Seats = append(t.Seats, r.seat(n, t.Seats)) })
		},
	})
	return t
}

func (r *reader) seat(n *yaml.Node, before []conference.Seat) conference.Seat {
	var s conference.Seat
	r.fields(n, "a seat", []string{"id", "need"}, map[string]func(*yaml.Node){
		"id": func(n *yaml.Node) {
			var id string
			r.id(&id)(n)
			s.ID = conference.SeatID(id)
			if slices.ContainsFunc(before, func(x conference.Seat) bool { return x.ID == s.ID }) {
				r.wrong(n, "the seat %q stands twice in this template", id)
			}
		},
		"need":  oneOf(r, &s.Need, conference.Required, conference.Optional, conference.Informed, conference.Offered),
		"guest": oneOf(r, &s.Guest, conference.GuestPatient, conference.GuestKin, conference.GuestInterpreter),
		"any_of": func(n *yaml.Node) {
			r.list(n, "any_of", 50, func(n *yaml.Node) {
				if role, ok := r.roleAt(n, true); ok {
					s.AnyOf = append(s.AnyOf, role)
				}
			})
		},
	})
	if (s.Guest == "") == (len(s.AnyOf) == 0) && n.Kind == yaml.MappingNode {
		r.wrong(n, "a seat is filled by any_of (roles) or by a guest: exactly one of them")
	}
	return s
}

// references checks what can be checked only when everything is read.
func (r *reader) references(region conference.Region) {
	for _, ref := range r.refs {
		switch {
		case ref.person != "" && r.people[ref.person] == nil:
			r.wrong(ref.node, "there is no person %q", ref.person)
		case ref.person == "" && r.units[ref.unit] == nil:
			r.wrong(ref.node, "there is no unit %q", ref.unit)
		}
	}
	parents := map[conference.UnitID]conference.UnitID{}
	for _, u := range region.Units {
		parents[u.ID] = u.Parent
	}
	for _, u := range region.Units {
		if u.ID == "" {
			continue // told already; without a name it cannot be above anything
		}
		above := u.Parent
		for range len(region.Units) {
			if above == u.ID {
				r.wrong(r.units[u.ID], "the unit %q is above itself", u.ID)
			}
			if above == "" || above == u.ID {
				break
			}
			above = parents[above]
		}
	}
}
