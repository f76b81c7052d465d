package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

var (
	//go:embed hold.lua
	holdLua    string
	holdScript = commitScript(holdLua)

	//go:embed hold_extend.lua
	holdExtendLua    string
	holdExtendScript = commitScript(holdExtendLua)

	//go:embed hold_end.lua
	holdEndLua    string
	holdEndScript = commitScript(holdEndLua)
)

const (
	// HoldLifetime is how long time is held for somebody who looks at it, each time that they ask.
	HoldLifetime = 5 * time.Minute
	// HoldExtensions is how often a hold may be extended.
	HoldExtensions = 2
	// holdsPerOwner leaves room for three alternatives in two windows; more would be blocking, not choosing.
	holdsPerOwner = 8
	// holdKept is how long after its end a hold is still known, so that whoever ends it can tell whom it kept.
	holdKept = time.Hour
)

// HoldID names a hold; random.
type HoldID string

// Hold is time that is kept for whoever is about to book it. Start and End are on the clock of meetings, Until is on the wall
// clock: from then on nobody sees it any more.
type Hold struct {
	ID         HoldID                  `json:"id"`
	By         conference.PersonID     `json:"by"`
	Unit       conference.UnitID       `json:"unit"`
	Case       conference.CaseID       `json:"case,omitempty"`
	Conference conference.ConferenceID `json:"conference,omitempty"` // that is to be moved to here or gets another cast
	Offer      bool                    `json:"offer,omitempty"`      // made from a freed start to the case that waits for one
	Start      time.Time               `json:"start"`
	End        time.Time               `json:"end"`
	People     []conference.PersonID   `json:"people"`
	Cast       int                     `json:"cast,omitempty"` // which of the casts was free; 0: the first
	Until      time.Time               `json:"until"`
	Extended   int                     `json:"-"` // how often so far
}

// HoldRequest asks for a hold. Its People, Cast and Until follow from the rest.
type HoldRequest struct {
	Hold
	Casts       [][]conference.PersonID // in the order in which they are wanted; the first that is free is held
	TTL         time.Duration
	Caps        []Cap
	Instead     HoldID // given back in the same commit, when this one is granted; one that has ended is no error
	Idempotency Idempotency
}

func (s *Store) holdKey(id HoldID) string                { return s.core("hold:" + string(id)) }
func (s *Store) holdsKey() string                        { return s.core("holds:due") }
func (s *Store) holdsByKey(p conference.PersonID) string { return s.core("holds:by:" + string(p)) }
func (s *Store) heldKey(p conference.PersonID) string    { return s.core("held:" + string(p)) }

// PlaceHold holds the time of the first cast of which nobody is engaged. In this order it may refuse: ErrIdempotencyMismatch
// (a repeated request gets its first answer instead), ErrExists for the id or when the case has an offer already, ErrNotFound
// for an offer to a case that does not wait any more, ErrTooMany when the owner has eight, *ConflictError as Book. Where the
// hold is for a meeting that exists, that meeting is not in the way. Ids hold no space.
func (s *Store) PlaceHold(ctx context.Context, r HoldRequest) (Hold, error) {
	list, holds, err := s.holdCandidates(r)
	if err != nil {
		return r.Hold, err
	}
	h := holds[0]
	before, err := s.holdUsed(ctx, r.Instead)
	if err != nil {
		return h, fmt.Errorf("store: hold: %w", err)
	}
	want := claim{start: h.Start, end: h.End, people: everybody(list), hold: before.ID, caps: r.Caps}
	if h.Conference != "" {
		c, err := s.Conference(ctx, h.Conference)
		if err != nil {
			return h, err
		}
		want.mine = reservationMember(c.ID, c.End)
	}
	commit := s.newCommit(r.Idempotency)
	commit.key(s.holdKey(h.ID), s.holdsKey(), s.holdsByKey(h.By), s.wishKey(h.Case))
	commit.arg(
		string(h.ID), string(h.By), string(h.Unit), string(h.Case), h.Until.UnixMilli(), r.TTL.Milliseconds(), holdKept.Milliseconds(), holdsPerOwner,
		flag(h.Offer), schemaVersion,
	)
	s.addHold(commit, before)
	s.addClaim(commit, want)
	if err := s.addCandidates(commit, want, list); err != nil {
		return h, err
	}
	said, err := s.run(ctx, holdScript, commit.keys, commit.args...)
	if err == nil {
		h, err = holdSaid(said, want, holds)
	}
	if err != nil {
		return h, fmt.Errorf("store: hold: %w", err)
	}
	return h, nil
}

func holdSaid(said answer, want claim, holds []Hold) (Hold, error) {
	var h Hold
	chosen, earlier, err := said.committed(want)
	switch {
	case err != nil:
		return holds[0], err
	case earlier != "":
		return h, json.Unmarshal([]byte(earlier), &h)
	case chosen < 0 || chosen >= len(holds):
		return h, fmt.Errorf("script chose cast %d", chosen)
	}
	return holds[chosen], nil
}

// holdCandidates checks a request and makes the hold with each of its casts.
func (s *Store) holdCandidates(r HoldRequest) ([]candidate, []Hold, error) {
	h := r.Hold
	h.Start, h.End = h.Start.UTC().Truncate(time.Millisecond), h.End.UTC().Truncate(time.Millisecond)
	h.Until, h.Extended = s.now().UTC().Add(r.TTL).Truncate(time.Millisecond), 0
	switch {
	case h.ID == "" || h.By == "" || strings.Contains(string(h.ID)+string(h.By)+string(h.Unit), " "):
		return nil, nil, fmt.Errorf("store: hold %q of %q at %q", h.ID, h.By, h.Unit)
	case !h.Start.Before(h.End) || r.TTL < time.Millisecond:
		return nil, nil, fmt.Errorf("store: hold %s: it ends before it starts", h.ID)
	case len(r.Casts) == 0:
		return nil, nil, fmt.Errorf("store: hold %s: nobody is wanted", h.ID)
	case h.Offer && h.Case == "":
		return nil, nil, fmt.Errorf("store: hold %s: an offer to nobody", h.ID)
	}
	list, holds := make([]candidate, len(r.Casts)), make([]Hold, len(r.Casts))
	for i, people := range r.Casts {
		if len(people) == 0 || twice(people) || slices.Contains(people, "") {
			return nil, nil, fmt.Errorf("store: hold %s: cast %d is empty or has somebody twice", h.ID, i)
		}
		h.People, h.Cast = people, i
		holds[i] = h
		text, err := json.Marshal(h)
		if err != nil {
			return nil, nil, fmt.Errorf("store: hold %s: %w", h.ID, err)
		}
		list[i] = candidate{text: text, people: people}
	}
	return list, holds, nil
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// Hold returns a hold that lives; ErrNotFound when it has ended.
func (s *Store) Hold(ctx context.Context, id HoldID) (Hold, error) {
	h, err := s.holdAt(ctx, id)
	if err == nil && !h.Until.After(s.now()) {
		err = ErrNotFound
	}
	if err != nil {
		return h, fmt.Errorf("store: hold %s: %w", id, err)
	}
	return h, nil
}

// holdAt returns a hold also when its time is over.
func (s *Store) holdAt(ctx context.Context, id HoldID) (Hold, error) {
	e, err := s.entity(ctx, s.holdKey(id))
	if err != nil {
		return Hold{}, err
	}
	return holdOf(e)
}

func holdOf(e entity) (Hold, error) {
	var h Hold
	if err := json.Unmarshal([]byte(e.text), &h); err != nil {
		return h, fmt.Errorf("store: hold: %w", err)
	}
	h.Extended = int(e.revision) - 1
	var err error
	h.Until, err = fromMilliseconds(e.extra["until"])
	return h, err
}

// holdUsed reads the hold that a commit uses up or replaces, so that its people can be named. One that is gone is empty.
func (s *Store) holdUsed(ctx context.Context, id HoldID) (Hold, error) {
	if id == "" {
		return Hold{}, nil
	}
	h, err := s.holdAt(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Hold{}, nil
	}
	return h, err
}

// addHold writes what commit.lua reads as a hold.
func (s *Store) addHold(c *commit, h Hold) {
	first, last := "", ""
	if h.ID != "" {
		first, last = milliseconds(h.Start), milliseconds(h.End)
	}
	c.arg(string(h.ID), string(h.Case), string(h.Unit), first, last, len(h.People))
	c.key(s.holdKey(h.ID), s.holdsKey(), s.holdsByKey(h.By))
	for _, p := range h.People {
		c.key(s.heldKey(p))
		c.arg(string(p))
	}
}

// ExtendHold lets a hold live for ttl from now. extended is how often the caller knows it to have been extended: asking again,
// when the first answer was lost, extends it once. ErrNotFound when it has ended, ErrTooMany after HoldExtensions, ErrRevision
// when somebody else has extended it. Whose it is, the caller checks.
func (s *Store) ExtendHold(ctx context.Context, id HoldID, extended int, ttl time.Duration) (Hold, error) {
	h, err := s.holdAt(ctx, id)
	if err != nil {
		return h, fmt.Errorf("store: extend the hold %s: %w", id, err)
	}
	now := s.now()
	commit := s.newCommit(Idempotency{})
	commit.key(s.holdsByKey(h.By), s.wishKey(h.Case))
	commit.arg(
		extended+1, HoldExtensions, now.UnixMilli(), now.Add(ttl).UnixMilli(), ttl.Milliseconds(), holdKept.Milliseconds(), flag(h.Offer),
		string(h.By)+" "+string(h.Unit),
	)
	s.addHold(commit, h)
	said, err := s.run(ctx, holdExtendScript, commit.keys, commit.args...)
	if err == nil {
		err = said.outcome()
	}
	if err == nil {
		h.Until, err = fromMilliseconds(said.at(1))
	}
	if err != nil {
		return h, fmt.Errorf("store: extend the hold %s: %w", id, err)
	}
	h.Extended = extended + 1
	return h, nil
}

// ReleaseHold gives a hold back. ErrNotFound when it is gone already. Whose it is, the caller checks.
func (s *Store) ReleaseHold(ctx context.Context, id HoldID) error {
	h, err := s.holdAt(ctx, id)
	if err == nil {
		err = s.endHold(ctx, h, "released")
	}
	if err != nil {
		return fmt.Errorf("store: release the hold %s: %w", id, err)
	}
	return nil
}

func (s *Store) endHold(ctx context.Context, h Hold, what string) error {
	commit := s.newCommit(Idempotency{})
	commit.key(s.wishKey(h.Case))
	commit.arg(what, s.now().UnixMilli(), flag(h.Offer))
	s.addHold(commit, h)
	said, err := s.run(ctx, holdEndScript, commit.keys, commit.args...)
	if err != nil {
		return err
	}
	return said.outcome()
}

// ExpireHolds ends up to limit holds whose time is over and says so in the event stream. Readers have not seen them since. It is
// called every second or so, by all nodes; each hold ends once.
func (s *Store) ExpireHolds(ctx context.Context, limit int64) (int, error) {
	ids, err := s.read.ZRangeArgs(ctx, redis.ZRangeArgs{Key: s.holdsKey(), ByScore: true, Start: "-inf", Stop: milliseconds(s.now()), Count: limit}).Result()
	if err != nil {
		return 0, fmt.Errorf("store: holds that are over: %w", err)
	}
	ended := 0
	for _, id := range ids {
		h, err := s.holdAt(ctx, HoldID(id))
		if errors.Is(err, ErrNotFound) { // over for longer than it is known
			h, err = Hold{ID: HoldID(id)}, nil
		}
		if err == nil {
			err = s.endHold(ctx, h, "expired")
		}
		switch {
		case err == nil:
			ended++
		case !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrRevision): // another node was faster, or it was extended
			return ended, fmt.Errorf("store: end the hold %s: %w", id, err)
		}
	}
	return ended, nil
}
