package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed wait.lua
var waitLua string

var waitScript = commitScript(waitLua)

// wishesRead is how many that wait are looked through when somebody is freed, the nearest deadlines first.
const wishesRead = 1000

// Waiting is the wish of a case for a start that was not to be had. Asked and Deadline are on the clock of meetings. A case has
// one wish at a time; it ends at the deadline, when a meeting is booked or moved for the case, or by StopWaiting.
type Waiting struct {
	Case       conference.CaseID       `json:"case"`
	Unit       conference.UnitID       `json:"unit"`
	Conference conference.ConferenceID `json:"conference,omitempty"` // that has a time, but a worse one
	By         conference.PersonID     `json:"by"`
	People     []conference.PersonID   `json:"people"`  // whoever could sit in it: it is looked at when one of them is freed
	Request    json.RawMessage         `json:"request"` // for the finder
	Asked      time.Time               `json:"asked"`
	Deadline   time.Time               `json:"deadline"`

	Offer  HoldID      `json:"-"` // the offer that stands, if any
	Passed []time.Time `json:"-"` // starts that were offered and let pass, in milliseconds, the latest 50
}

func (s *Store) wishKey(id conference.CaseID) string { return s.core("wish:" + string(id)) }
func (s *Store) wishesKey() string                   { return s.core("wishes") }

// Wait puts the wish of a case on the waiting list, in place of an earlier one. Putting it again changes nothing. ErrNotFound
// when there is no such case.
func (s *Store) Wait(ctx context.Context, w Waiting) error {
	life := w.Deadline.Sub(w.Asked) // counted from now, whatever the server's clock says
	if life < time.Millisecond || w.Case == "" || len(w.People) == 0 {
		return fmt.Errorf("store: wait for %s: until %s for %d people", w.Case, w.Deadline, len(w.People))
	}
	text, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("store: wait for %s: %w", w.Case, err)
	}
	return s.putWish(ctx, w, text, life)
}

func (s *Store) putWish(ctx context.Context, w Waiting, text []byte, life time.Duration) error {
	c := s.newCommit(Idempotency{})
	c.key(s.wishKey(w.Case), s.wishesKey(), s.caseKey(w.Case))
	c.arg(string(w.Case), text, w.Deadline.UnixMilli(), life.Milliseconds(), w.Asked.UnixMilli(), string(w.Unit), schemaVersion)
	said, err := s.run(ctx, waitScript, c.keys, c.args...)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: waiting list, case %s: %w", w.Case, err)
	}
	return nil
}

// StopWaiting takes a case off the waiting list and returns what it had wished for; ErrNotFound when it was not on it. An offer
// that stands is released by whoever asks for this.
func (s *Store) StopWaiting(ctx context.Context, id conference.CaseID) (Waiting, error) {
	w, err := s.Waiting(ctx, id)
	if err != nil {
		return w, err
	}
	return w, s.putWish(ctx, w, nil, 0)
}

// Waiting returns what a case waits for, ErrNotFound when it does not.
func (s *Store) Waiting(ctx context.Context, id conference.CaseID) (Waiting, error) {
	e, err := s.entity(ctx, s.wishKey(id))
	if err != nil {
		return Waiting{}, fmt.Errorf("store: waiting list, case %s: %w", id, err)
	}
	return s.waitingOf(e)
}

// WaitingFor returns who waits for one of these people, or for anybody when none is named, and whose deadline is after at; the
// nearest first.
func (s *Store) WaitingFor(ctx context.Context, at time.Time, people ...conference.PersonID) ([]Waiting, error) {
	ids, err := s.read.ZRangeArgs(ctx, redis.ZRangeArgs{Key: s.wishesKey(), ByScore: true, Start: "(" + milliseconds(at), Stop: "+inf", Count: wishesRead}).Result()
	if err != nil {
		return nil, fmt.Errorf("store: waiting list: %w", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.wishKey(conference.CaseID(id))
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: waiting list: %w", err)
	}
	found := make([]Waiting, 0, len(entities))
	for _, e := range entities {
		w, err := s.waitingOf(e)
		if err != nil {
			return nil, err
		}
		if len(people) == 0 || slices.ContainsFunc(w.People, func(p conference.PersonID) bool { return slices.Contains(people, p) }) {
			found = append(found, w)
		}
	}
	return found, nil
}

func (s *Store) waitingOf(e entity) (Waiting, error) {
	var w Waiting
	if err := json.Unmarshal([]byte(e.text), &w); err != nil {
		return w, fmt.Errorf("store: waiting list: %w", err)
	}
	if until, err := strconv.ParseInt(e.extra["until"], 10, 64); err == nil && time.UnixMilli(until).After(s.now()) {
		w.Offer = HoldID(e.extra["offer"])
	}
	for _, text := range strings.Fields(e.extra["passed"]) {
		start, err := fromMilliseconds(text)
		if err != nil {
			return w, err
		}
		w.Passed = append(w.Passed, start)
	}
	return w, nil
}
