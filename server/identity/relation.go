package identity

import (
	"slices"

	"github.com/samtale/samtale/server/conference"
)

// RelationTo tells how person stands to c: RelationOwnUnit when one of their roles is in its origin, its receiver or its
// municipality, or in a unit above one of these (a hospital's coordinator has all its wards); RelationInvited when they
// take part in one of confs that belongs to c and is not cancelled. A role elsewhere in the municipality, a GP's office
// for example, gives nothing: it is invited or it is not concerned.
func RelationTo(person conference.Person, units []conference.Unit, c conference.Case, confs []conference.Conference) Relation {
	rel := RelationNone
	concerned := concernedUnits(units, c)
	if slices.ContainsFunc(person.Roles, func(r conference.RoleAt) bool { return slices.Contains(concerned, r.Unit) }) {
		rel |= RelationOwnUnit
	}
	if slices.ContainsFunc(confs, func(conf conference.Conference) bool { return conf.Case == c.ID && invited(person, conf) }) {
		rel |= RelationInvited
	}
	return rel
}

func invited(person conference.Person, conf conference.Conference) bool {
	return person.ID != "" && conf.State != conference.Cancelled &&
		slices.ContainsFunc(conf.Participants, func(p conference.Participant) bool { return p.Person == person.ID })
}

// concernedUnits lists the case's units and all above them. A circle of parents in a faulty region ends the climb.
func concernedUnits(units []conference.Unit, c conference.Case) []conference.UnitID {
	parents := make(map[conference.UnitID]conference.UnitID, len(units))
	for _, u := range units {
		parents[u.ID] = u.Parent
	}
	var concerned []conference.UnitID
	for _, unit := range []conference.UnitID{c.Origin, c.Receiver, c.Municipality} {
		for unit != "" && !slices.Contains(concerned, unit) {
			concerned = append(concerned, unit)
			unit = parents[unit]
		}
	}
	return concerned
}
