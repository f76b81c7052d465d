package server

import (
	"context"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
)

// getBoard answers with one unit's coming discharges, worst first.
func (s *Server) getBoard(ctx context.Context, in *boardInput) (*boardOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	region := s.region.Load()
	own := region.boardUnits(p.person)
	unit := in.Unit
	if unit == "" && len(own) > 0 {
		unit = own[0].ID
	}
	allowed := slices.ContainsFunc(own, func(u UnitRef) bool { return u.ID == unit })
	if !allowed || !identity.Can(p.person.Access, identity.RelationOwnUnit, identity.ViewBoard) {
		return nil, errForbidden
	}
	cases, err := s.store.Cases(ctx)
	if err != nil {
		return nil, s.fail("read the cases", err)
	}
	out := &boardOutput{Body: Board{Unit: region.unitRef(unit), Now: s.now(), Cases: []CaseCard{}}}
	var shown []conference.Sortable
	cards := map[conference.CaseID]CaseCard{}
	for _, c := range cases {
		if !region.within(c.Origin, unit) && !region.within(c.Receiver, unit) && !region.within(unit, c.Receiver) && c.Municipality != unit {
			continue
		}
		relation := s.relation(ctx, p, c)
		if !identity.Can(p.person.Access, relation, identity.ViewCase) {
			continue
		}
		card, flags, err := s.caseCard(ctx, p, relation, c)
		if err != nil {
			return nil, s.fail("show a case", err)
		}
		cards[c.ID] = card
		shown = append(shown, conference.Sortable{Case: c, Flags: flags})
		if !slices.ContainsFunc(flags, func(f conference.Flag) bool { return f.Level != conference.Grey }) {
			out.Body.InOrder++
		}
	}
	for _, x := range conference.ByWorry(shown, out.Body.Now, region.zone) {
		out.Body.Cases = append(out.Body.Cases, cards[x.Case.ID])
	}
	return out, nil
}

// caseCard renders a case for p with its flags.
func (s *Server) caseCard(ctx context.Context, p *principal, relation identity.Relation, c conference.Case) (CaseCard, []conference.Flag, error) {
	region := s.region.Load()
	confs, err := s.conferencesOf(ctx, c)
	if err != nil {
		return CaseCard{}, nil, err
	}
	now := s.now()
	next := nextConference(confs, now)
	seats := s.seatViews(c, next)
	facts := s.facts(c, confs, now)
	flags := conference.Flags(c, facts)
	card := CaseCard{
		ID: c.ID, Code: c.Code, Origin: region.unitRef(c.Origin), Municipality: region.unitRef(c.Municipality), Receiver: region.unitRef(c.Receiver),
		Destination: c.Destination, Discharge: c.Discharge, Certainty: c.Certainty, Complex: c.Complex, Flags: flagViews(flags), Seats: seats,
		Revision: c.Revision, May: s.mayOnCase(p, relation, c),
	}
	if next != nil {
		conf := s.conferenceCard(*next)
		card.Conference = &conf
	}
	if c.ToldAt != nil {
		card.Told = &Told{By: region.personRef(c.ToldBy), At: *c.ToldAt}
	}
	if c.Acknowledged != nil {
		card.Acknowledged = &Told{By: region.personRef(c.Acknowledged.By), At: c.Acknowledged.At}
	}
	if len(facts.CalendarUnknown) == 0 && len(facts.CalendarAge) > 0 {
		oldest := time.Duration(0)
		for _, age := range facts.CalendarAge {
			oldest = max(oldest, age)
		}
		minutes := int(oldest.Minutes())
		card.CalendarAge = &minutes
	}
	return card, flags, nil
}

func (s *Server) conferencesOf(ctx context.Context, c conference.Case) ([]conference.Conference, error) {
	if len(c.Conferences) == 0 {
		return nil, nil
	}
	return s.store.ConferencesOf(ctx, c.ID)
}

// facts gathers what the flags need to know about now.
func (s *Server) facts(c conference.Case, confs []conference.Conference, now time.Time) conference.Facts {
	region, snapshot := s.region.Load(), s.calendars.Load()
	f := conference.Facts{
		Now: now, Zone: region.zone, Holidays: region.holidays, Conferences: confs,
		CalendarAge: map[conference.PersonID]time.Duration{}, CalendarUnknown: map[conference.PersonID]string{},
		TravelMinutes: region.unitRef(c.Receiver).TravelMinutes, Clashes: map[conference.ConferenceID][]conference.PersonID{},
	}
	for _, conf := range confs {
		if clashes := s.clashesOf(conf); len(clashes) > 0 {
			f.Clashes[conf.ID] = clashes
		}
	}
	for _, seat := range c.Seats {
		if seat.Need != conference.Required || seat.Objected {
			continue
		}
		for _, id := range s.watched(seat, confs, now) {
			p, ok := region.people[id]
			if !ok {
				continue
			}
			switch state := snapshot.stateOf(p); state.State {
			case "unknown":
				f.CalendarUnknown[id] = state.Why
			case "fresh": // what was uploaded may be older than what is fetched and is believed all the same
				f.CalendarAge[id] = min(now.Sub(*state.ReadAt), staleAfter)
			case "stale":
				f.CalendarAge[id] = now.Sub(*state.ReadAt)
			}
		}
	}
	return f
}

// watched names whose calendar matters for a seat: whoever is in its cast, else the only person who could fill it. A role
// with several holders does not hang on one calendar.
func (s *Server) watched(seat conference.Seat, confs []conference.Conference, now time.Time) []conference.PersonID {
	if next := nextConference(confs, now); next != nil && next.State == conference.Booked {
		for _, part := range next.Participants {
			if part.Seat == seat.ID && part.Person != "" {
				return []conference.PersonID{part.Person}
			}
		}
	}
	fillers := s.region.Load().fillers(seat)
	if len(fillers) == 1 {
		return fillers
	}
	return nil
}

// nextConference is the running or next booked meeting, else the last one.
func nextConference(confs []conference.Conference, now time.Time) *conference.Conference {
	var next, last *conference.Conference
	for i := range confs {
		c := &confs[i]
		if c.State == conference.Booked && c.End.After(now) && (next == nil || c.Start.Before(next.Start)) {
			next = c
		}
		if c.State == conference.Booked && (last == nil || c.End.After(last.End)) {
			last = c
		}
	}
	if next == nil {
		return last
	}
	return next
}

func flagViews(flags []conference.Flag) []FlagView {
	views := make([]FlagView, 0, len(flags))
	for _, f := range flags {
		v := FlagView{
			Code: string(f.Code), Level: string(f.Level), Since: f.Since, Params: f.Params, Clears: []string{},
			Action: string(f.Action.Kind), Target: f.Action.Target,
		}
		for _, r := range f.Clears {
			v.Clears = append(v.Clears, string(r))
		}
		views = append(views, v)
	}
	return views
}

// seatViews shows each seat with whoever sits in it in the given meeting.
func (s *Server) seatViews(c conference.Case, conf *conference.Conference) []SeatView {
	region := s.region.Load()
	views := make([]SeatView, 0, len(c.Seats))
	for _, seat := range c.Seats {
		v := SeatView{
			ID: seat.ID, Need: seat.Need, Roles: seat.AnyOf, RoleUnits: []UnitRef{}, Guest: seat.Guest, Objected: seat.Objected,
			State: "open", Candidates: []PersonRef{},
		}
		if v.Roles == nil {
			v.Roles = []conference.RoleAt{}
		}
		for _, r := range seat.AnyOf {
			v.RoleUnits = append(v.RoleUnits, region.unitRef(r.Unit))
		}
		if conf != nil && conf.State == conference.Booked {
			for _, part := range conf.Participants {
				if part.Seat == seat.ID {
					v.State = seatState(part.Reply)
					ref := PersonRef{Name: part.Name, Org: part.Org}
					if part.Person != "" {
						ref = region.personRef(part.Person)
					}
					v.Person = &ref
				}
			}
		}
		views = append(views, v)
	}
	return views
}

func seatState(r conference.Reply) string {
	switch r {
	case conference.Accepted:
		return "accepted"
	case conference.Declined:
		return "declined"
	case conference.Tentative:
		return "tentative"
	case conference.NoReply:
	}
	return "invited"
}

// mayOnCase lists what p may do with a case now, for the browser to offer.
func (s *Server) mayOnCase(p *principal, relation identity.Relation, c conference.Case) []string {
	may := []string{}
	add := func(name string, act identity.Action, sensible bool) {
		if sensible && identity.Can(p.person.Access, relation, act) {
			may = append(may, name)
		}
	}
	open := c.ClosedAt == nil
	add("view", identity.ViewCase, true)
	add("edit", identity.EditCase, open)
	add("tell", identity.TellReceiver, open && c.Acknowledged == nil && s.region.Load().worksAt(p.person, c.Origin))
	add("acknowledge", identity.Acknowledge, open && c.Acknowledged == nil && s.receives(p.person, c))
	add("find_time", identity.FindTime, open)
	add("book", identity.BookConference, open)
	return may
}

// receives reports whether a person belongs to the receiving side, the only one that can acknowledge.
func (s *Server) receives(p *conference.Person, c conference.Case) bool {
	region := s.region.Load()
	return region.worksAt(p, c.Receiver) || region.worksAt(p, c.Municipality)
}

// worksAt reports whether one of a person's roles is in the unit, below it, or in a unit it belongs to.
func (v *regionView) worksAt(p *conference.Person, unit conference.UnitID) bool {
	return slices.ContainsFunc(p.Roles, func(r conference.RoleAt) bool {
		return v.within(r.Unit, unit) || v.within(unit, r.Unit)
	})
}
