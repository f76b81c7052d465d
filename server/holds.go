package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	expireEvery  = time.Second
	expiredTaken = 64
)

var (
	errHoldEnded  = problem(http.StatusGone, "hold-ended", "The time is held no longer")
	errHoldsMany  = problem(http.StatusConflict, "too-many-holds", "Too many times are held already; let one go")
	errHoldLonger = problem(http.StatusConflict, "hold-extended", "A hold can be extended twice")
)

// createHold keeps a start for whoever looks at it. Others see by whom and until when.
func (s *Server) createHold(ctx context.Context, in *createHoldInput) (*holdOutput, error) {
	b := in.Body
	of, p, _, err := s.caseFor(ctx, b.Case, identity.BookConference)
	if err != nil {
		return nil, err
	}
	people := make([]conference.PersonID, 0, len(b.Cast))
	var asked conference.Conference
	for _, seat := range b.Cast {
		part, err := s.castParticipant(of, seat)
		if err != nil {
			return nil, err
		}
		people, asked.Participants = append(people, part.Person), append(asked.Participants, part)
	}
	start := b.Start.UTC()
	if start.Before(s.now()) {
		return nil, invalid("the start has passed")
	}
	asked.Start = start
	hold, err := s.store.PlaceHold(ctx, store.HoldRequest{
		Hold: store.Hold{
			ID: store.HoldID("h_" + newID(s.random)), By: p.person.ID, Unit: of.Origin, Case: of.ID, Start: start,
			End: start.Add(time.Duration(b.DurationMin) * time.Minute),
		},
		Casts: [][]conference.PersonID{people}, TTL: store.HoldLifetime, Caps: s.capsOf(asked),
		Idempotency: store.Idempotency{Key: scopedKey(p, "hold", in.IdempotencyKey), BodyHash: hashOf(b)},
	})
	if err != nil {
		return nil, s.holdRefused("hold a time", err)
	}
	return &holdOutput{Body: s.holdView(p, of, hold)}, nil
}

func (s *Server) holdRefused(doing string, err error) error {
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &conflict):
		return s.taken(conflict)
	case errors.Is(err, store.ErrTooMany):
		return errHoldsMany
	}
	return s.fail(doing, err)
}

// taken says who is in the way, without the next best slots.
func (s *Server) taken(conflict *store.ConflictError) *Problem {
	p := problem(http.StatusConflict, "slot-taken", "Somebody in this meeting was just taken")
	p.Conflicts = s.conflictViews(conflict)
	return p
}

// shown is an instant of the wall clock on the clock that pages know.
func (s *Server) shown(t time.Time) time.Time {
	return t.Add(time.Duration(s.clock.shift.Load())).UTC()
}

func (s *Server) holdView(p *principal, of conference.Case, h store.Hold) HoldView {
	region := s.region.Load()
	v := HoldView{
		ID: string(h.ID), Case: h.Case, Start: h.Start, End: h.End, Until: s.shown(h.Until), By: region.personRef(h.By), Unit: region.unitRef(h.Unit),
		Mine: p.person.ID == h.By, Extensions: max(store.HoldExtensions-h.Extended, 0), Cast: []CastSeat{}, Offer: h.Offer,
	}
	free := slices.Clone(h.People)
	for _, seat := range of.Seats { // the first who may sit there, as they were chosen
		fillers := region.fillers(seat)
		if i := slices.IndexFunc(free, func(id conference.PersonID) bool { return slices.Contains(fillers, id) }); i >= 0 {
			v.Cast = append(v.Cast, CastSeat{Seat: seat.ID, Person: free[i]})
			free = slices.Delete(free, i, i+1)
		}
	}
	return v
}

// getHolds lists what is held for a case, by anybody.
func (s *Server) getHolds(ctx context.Context, in *holdsInput) (*holdsOutput, error) {
	of, p, _, err := s.caseFor(ctx, in.Case, identity.FindTime)
	if err != nil {
		return nil, err
	}
	holds, err := s.holdsOfCase(ctx, of)
	if err != nil {
		return nil, s.fail("read what is held", err)
	}
	out := &holdsOutput{}
	out.Body.Holds = []HoldView{}
	for _, h := range holds {
		out.Body.Holds = append(out.Body.Holds, s.holdView(p, of, h))
	}
	return out, nil
}

func (s *Server) holdsOfCase(ctx context.Context, of conference.Case) ([]store.Hold, error) {
	var people []conference.PersonID
	region := s.region.Load()
	for _, seat := range of.Seats {
		people = append(people, region.fillers(seat)...)
	}
	slices.Sort(people)
	now := s.now()
	held, err := s.store.HoldsOf(ctx, slices.Compact(people), now, now.Add(horizon))
	if err != nil {
		return nil, err
	}
	seen := map[store.HoldID]bool{}
	var holds []store.Hold
	for _, list := range held {
		for _, stretch := range list {
			if seen[stretch.Hold] {
				continue
			}
			seen[stretch.Hold] = true
			h, err := s.store.Hold(ctx, stretch.Hold)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if h.Case == of.ID {
				holds = append(holds, h)
			}
		}
	}
	slices.SortFunc(holds, func(a, b store.Hold) int { return a.Start.Compare(b.Start) })
	return holds, nil
}

// heldBy reads a hold that p may change: one's own, or an offer to a case that p may book for.
func (s *Server) heldBy(ctx context.Context, id string) (*principal, conference.Case, store.Hold, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, conference.Case{}, store.Hold{}, err
	}
	h, err := s.store.Hold(ctx, store.HoldID(id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, conference.Case{}, h, errHoldEnded
	}
	if err != nil {
		return nil, conference.Case{}, h, s.fail("read a hold", err)
	}
	of, _, _, err := s.caseFor(ctx, h.Case, identity.BookConference)
	if err == nil && h.By != p.person.ID && !h.Offer {
		err = errForbidden
	}
	return p, of, h, err
}

func (s *Server) extendHold(ctx context.Context, in *holdInput) (*holdOutput, error) {
	p, of, h, err := s.heldBy(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	h, err = s.store.ExtendHold(ctx, h.ID, h.Extended, store.HoldLifetime)
	switch {
	case errors.Is(err, store.ErrTooMany):
		return nil, errHoldLonger
	case errors.Is(err, store.ErrNotFound):
		return nil, errHoldEnded
	case err != nil:
		return nil, s.fail("extend a hold", err)
	}
	return &holdOutput{Body: s.holdView(p, of, h)}, nil
}

func (s *Server) deleteHold(ctx context.Context, in *holdInput) (*struct{}, error) {
	_, _, h, err := s.heldBy(ctx, in.ID)
	if errors.Is(err, errHoldEnded) {
		return nil, nil // what is wanted is so
	}
	if err != nil {
		return nil, err
	}
	if err := s.store.ReleaseHold(ctx, h.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("let a hold go", err)
	}
	return nil, nil
}

// expireHolds tells the pages of holds whose time is over, until ctx ends. Readers have not seen these since.
func (s *Server) expireHolds(ctx context.Context) error {
	for wait(ctx, expireEvery); ctx.Err() == nil; wait(ctx, expireEvery) {
		if _, err := s.store.ExpireHolds(ctx, expiredTaken); err != nil && ctx.Err() == nil {
			s.log.Warn("holds not ended", slog.Any("err", err))
		}
	}
	return nil
}
