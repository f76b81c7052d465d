package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
)

const (
	usualMinutes   = 20 // the discharge meeting of domain.md
	usualGrid      = 10
	usualNotice    = 10
	usualLimit     = 5
	longestSearch  = 28 * 24 * time.Hour
	optionalWeight = 20
)

// find searches the snapshot: no network, and of foreign calendars the answer shows busy or free, never what by.
func (s *Server) find(ctx context.Context, in *findInput) (*findOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.FindTime) {
		return nil, errForbidden
	}
	answer, err := s.search(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &findOutput{Body: answer}, nil
}

func (s *Server) search(ctx context.Context, request slots.Request) (slots.Answer, error) {
	now := s.now()
	request.Now = &now
	people, err := s.peopleOf(ctx, request)
	if err != nil {
		return slots.Answer{}, err
	}
	answer, err := slots.Find(request, people)
	if err != nil {
		return slots.Answer{}, invalidFind(err)
	}
	return answer, nil
}

func invalidFind(err error) *Problem {
	p := problem(http.StatusUnprocessableEntity, "find-invalid", "The search cannot be carried out")
	p.Detail = strings.TrimPrefix(err.Error(), "slots: ") // the finder's messages name the field and the value, nobody else
	return p
}

// peopleOf gathers everybody whom a request names or who holds one of its roles.
func (s *Server) peopleOf(ctx context.Context, request slots.Request) ([]slots.Person, error) {
	region := s.region.Load()
	if request.Window.To.Sub(request.Window.From) > longestSearch {
		return nil, invalid("the window is longer than 28 days")
	}
	var ids []conference.PersonID
	add := func(names []string, role string) {
		for _, n := range names {
			ids = append(ids, conference.PersonID(n))
		}
		if name, unit, ok := strings.Cut(role, "@"); ok {
			ids = append(ids, region.byRole[conference.RoleAt{Role: conference.Role(name), Unit: conference.UnitID(unit)}]...)
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
	people, err := s.slotsPeople(ctx, slices.Compact(ids), calendar.Interval{Start: request.Window.From, End: request.Window.To})
	if err != nil {
		return nil, s.fail("read who is booked", err)
	}
	return people, nil
}

// findRequest is the search that a case page starts with: its required seats needed, whoever usually sits there preferred to
// a deputy, its optional ones wanted, everything before the discharge.
func (s *Server) findRequest(c conference.Case) slots.Request {
	region, now, limit := s.region.Load(), s.now(), usualLimit
	until := c.Discharge
	if until.Before(now) { // already home: the meeting is late but still worth having
		until = now.Add(3 * 24 * time.Hour)
	}
	if furthest := now.Add(longestSearch); until.After(furthest) {
		until = furthest
	}
	request := slots.Request{
		Purpose: conference.PurposeDischarge, DurationMin: usualMinutes, GridMin: usualGrid, TZ: region.Zone,
		Window: slots.Window{From: now, To: until}, MinNoticeMin: usualNotice,
		Policy: slots.Policy{OutsideHours: slots.LastResort, Unknown: slots.OfferMarked, Tentative: slots.TakeAsBusy, UseDuty: true},
		Limit:  &limit, Holidays: region.Holidays, Need: []slots.Need{}, Want: []slots.Want{},
	}
	if c.Discharge.After(now) {
		deadline := c.Discharge
		request.Deadline = &deadline
	}
	for _, seat := range c.Seats {
		if seat.Objected || seat.Guest != "" {
			continue
		}
		var names []string
		for _, id := range region.fillers(seat) {
			names = append(names, string(id))
		}
		switch {
		case len(names) == 0:
		case seat.Need == conference.Required:
			request.Need = append(request.Need, slots.Need{ID: string(seat.ID), AnyOf: names, Prefer: names[:1]})
		case seat.Need == conference.Optional:
			request.Want = append(request.Want, slots.Want{ID: string(seat.ID), AnyOf: names, Weight: optionalWeight})
		}
	}
	return request
}
