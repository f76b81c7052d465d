package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// offerFor is how long a freed start is held for a case that waits: long enough for somebody on the ward to see it.
const offerFor = 15 * time.Minute

var errNoDeadline = problem(http.StatusUnprocessableEntity, "deadline-needed", "Say until when it is worth waiting")

// createWaiting puts a case on the waiting list: a start that becomes free before the deadline is held for it and shown.
func (s *Server) createWaiting(ctx context.Context, in *createWaitingInput) (*waitingOneOutput, error) {
	of, p, _, err := s.caseFor(ctx, in.Body.Case, identity.BookConference)
	if err != nil {
		return nil, err
	}
	deadline := in.Body.Find.Deadline
	if deadline == nil || !deadline.After(s.now()) {
		return nil, errNoDeadline
	}
	people, err := askedFor(s.region.Load(), in.Body.Find)
	if err != nil {
		return nil, err
	}
	request, err := json.Marshal(in.Body.Find)
	if err != nil {
		return nil, s.fail("write a search", err)
	}
	w := store.Waiting{Case: of.ID, Unit: of.Origin, By: p.person.ID, Request: request, Asked: s.now(), Deadline: deadline.UTC(), People: people}
	if len(w.People) == 0 {
		return nil, invalid("the search names nobody")
	}
	if err := s.store.Wait(ctx, w); err != nil {
		return nil, s.fail("put a case on the waiting list", err)
	}
	return &waitingOneOutput{Body: s.waitingView(p, w, nil)}, nil
}

func (s *Server) waitingView(p *principal, w store.Waiting, offer *HoldView) WaitingView {
	return WaitingView{ID: string(w.Case), Case: w.Case, Deadline: w.Deadline, Since: w.Asked, By: s.region.Load().personRef(w.By), Offer: offer}
}

func (s *Server) getWaiting(ctx context.Context, in *waitingInput) (*waitingOutput, error) {
	of, p, _, err := s.caseFor(ctx, in.Case, identity.FindTime)
	if err != nil {
		return nil, err
	}
	out := &waitingOutput{}
	out.Body.Waiting = []WaitingView{}
	w, err := s.store.Waiting(ctx, of.ID)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return nil, s.fail("read the waiting list", err)
	}
	var offer *HoldView
	if w.Offer != "" {
		switch h, err := s.store.Hold(ctx, w.Offer); {
		case err == nil:
			v := s.holdView(p, of, h)
			offer = &v
		case !errors.Is(err, store.ErrNotFound):
			return nil, s.fail("read an offer", err)
		}
	}
	out.Body.Waiting = append(out.Body.Waiting, s.waitingView(p, w, offer))
	return out, nil
}

// deleteWaiting takes a case off the list and lets go what was offered.
func (s *Server) deleteWaiting(ctx context.Context, in *deleteWaitingInput) (*struct{}, error) {
	of, _, _, err := s.caseFor(ctx, conference.CaseID(in.ID), identity.BookConference)
	if err != nil {
		return nil, err
	}
	w, err := s.store.StopWaiting(ctx, of.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err == nil && w.Offer != "" {
		err = s.store.ReleaseHold(ctx, w.Offer)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("take a case off the waiting list", err)
	}
	return nil, nil
}

// releaseOffers lets go what is held for a case that no longer waits.
func (s *Server) releaseOffers(ctx context.Context, of conference.Case) {
	holds, err := s.holdsOfCase(ctx, of)
	for _, h := range holds {
		if h.Offer {
			err = errors.Join(err, s.store.ReleaseHold(ctx, h.ID))
		}
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.log.Warn("an offer that nobody needs is held until it ends", slog.Any("err", err))
	}
}

// followFreed turns time that has become free into offers, until ctx ends. Every node does: of two that offer to one case at once
// the store lets one.
func (s *Server) followFreed(ctx context.Context) error {
	changes := s.hub.subscribe()
	defer func() { s.hub.unsubscribe(changes) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case change, ok := <-changes:
			if !ok {
				changes = s.hub.subscribe()
				change = store.Change{Kind: "waiting"} // what was missed may have freed anybody
			}
			if len(change.Freed) == 0 && ok && !(change.Kind == "waiting" && change.What == "asked") {
				continue
			}
			if err := s.offerFreed(ctx, change.Freed); err != nil && ctx.Err() == nil {
				s.log.Warn("freed time not offered", slog.Any("err", err))
			}
		}
	}
}

// offerFreed searches for everybody who waits for one of these people, the nearest deadline first.
func (s *Server) offerFreed(ctx context.Context, freed []conference.PersonID) error {
	wishes, err := s.store.WaitingFor(ctx, s.now(), freed...)
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if w.Offer == "" {
			if err := s.offer(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// offer holds the best start for a case that waits, if there is one that was not let pass before.
func (s *Server) offer(ctx context.Context, w store.Waiting) error {
	var request slots.Request
	if err := json.Unmarshal(w.Request, &request); err != nil {
		return err
	}
	answer, err := s.search(ctx, request)
	if err != nil {
		s.log.Warn("a search that waits cannot be carried out", slog.Any("err", err))
		return nil
	}
	for _, x := range answer.Suggestions {
		if slices.ContainsFunc(w.Passed, x.Start.Equal) {
			continue
		}
		var cast []conference.PersonID
		for _, ids := range x.Cast {
			for _, id := range ids {
				cast = append(cast, conference.PersonID(id))
			}
		}
		slices.Sort(cast)
		_, err := s.store.PlaceHold(ctx, store.HoldRequest{
			Hold: store.Hold{
				ID: store.HoldID("h_" + newID(s.random)), By: w.By, Unit: w.Unit, Case: w.Case, Conference: w.Conference, Offer: true, Start: x.Start, End: x.End,
			},
			Casts: [][]conference.PersonID{cast}, TTL: offerFor,
		})
		var conflict *store.ConflictError
		switch {
		case errors.As(err, &conflict):
			continue
		case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrNotFound): // another node was faster, or it waits no longer
			return nil
		}
		return err
	}
	return nil
}
