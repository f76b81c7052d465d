package server

import (
	"context"
	"net/http"
	"strings"
	"time"

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
	holds, err := s.store.HoldsBy(ctx, p.person.ID)
	if err != nil {
		return nil, s.fail("read one's own holds", err)
	}
	for i := range answer.Suggestions {
		for _, h := range holds {
			if h.Start.Equal(answer.Suggestions[i].Start) && h.End.Equal(answer.Suggestions[i].End) {
				answer.Suggestions[i].HoldToken = string(h.ID)
			}
		}
	}
	return &findOutput{Body: answer}, nil
}

func invalidFind(err error) *Problem {
	p := problem(http.StatusUnprocessableEntity, "find-invalid", "The search cannot be carried out")
	p.Detail = strings.TrimPrefix(err.Error(), "slots: ") // the finder's messages name the field and the value, nobody else
	return p
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
		Limit:  &limit, Holidays: region.Holidays, Closed: region.Closed, Need: []slots.Need{}, Want: []slots.Want{},
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
