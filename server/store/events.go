package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

const (
	// eventsKept is about how many changes the stream holds. A reader that lags further behind must read everything anew.
	eventsKept = 10_000
	eventsRead = 256
	// waitSlice is how long one blocking read takes at most: go-redis does not interrupt a read when its context ends.
	waitSlice = 400 * time.Millisecond
)

// Change says that something is different now; what it is, is read where it stands. It names no patient.
type Change struct {
	ID         string // position in the stream
	Kind       string // "case", "conference", "consult", "duty", "feed", "hold", "region" or "waiting"
	What       string // for example "booked", "told"; may be empty
	Case       conference.CaseID
	Conference conference.ConferenceID
	Unit       conference.UnitID // the ward that it belongs to
	Consult    duty.ConsultID
	People     []conference.PersonID // whom alone it concerns; empty: whoever may see it
	Hold       HoldID
	Freed      []conference.PersonID // whose time is free again, with From and To: somebody may wait for it
	From, To   time.Time
}

func (s *Store) eventsKey() string { return s.core("events") }

// Announce adds a change that no other method writes.
func (s *Store) Announce(ctx context.Context, c Change) error {
	err := s.write.XAdd(ctx, &redis.XAddArgs{
		Stream: s.eventsKey(), MaxLen: eventsKept, Approx: true,
		Values: []any{
			"kind", c.Kind, "what", c.What, "case", string(c.Case), "conference", string(c.Conference), "unit", string(c.Unit),
			"consult", string(c.Consult), "people", words(c.People),
		},
	}).Err()
	if err != nil {
		return fmt.Errorf("store: announce %q: %w", c.Kind, err)
	}
	return nil
}

// LastEventID returns the position after which Events gives what comes from now on.
func (s *Store) LastEventID(ctx context.Context) (string, error) {
	last, err := s.read.XRevRangeN(ctx, s.eventsKey(), "+", "-", 1).Result()
	if err != nil {
		return "", fmt.Errorf("store: last event: %w", err)
	}
	if len(last) == 0 {
		return "0-0", nil
	}
	return last[0].ID, nil
}

// Events returns the changes after a position, oldest first. It waits up to block for the first; none in that time is no
// error.
func (s *Store) Events(ctx context.Context, after string, block time.Duration) ([]Change, error) {
	var changes []Change
	err := s.inSlices(ctx, block, func(slice time.Duration) (bool, error) {
		streams, err := s.wait.XRead(ctx, &redis.XReadArgs{Streams: []string{s.eventsKey(), after}, Count: eventsRead, Block: slice}).Result()
		if errors.Is(err, redis.Nil) {
			return false, nil
		}
		for _, stream := range streams {
			for _, m := range stream.Messages {
				changes = append(changes, changeOf(m))
			}
		}
		return len(changes) > 0, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the events: %w", err)
	}
	return changes, nil
}

func changeOf(m redis.XMessage) Change {
	field := func(name string) string { text, _ := m.Values[name].(string); return text }
	c := Change{
		ID: m.ID, Kind: field("kind"), What: field("what"), Case: conference.CaseID(field("case")),
		Conference: conference.ConferenceID(field("conference")), Unit: conference.UnitID(field("unit")),
		Consult: duty.ConsultID(field("consult")),
	}
	c.Hold, c.People, c.Freed = HoldID(field("hold")), idsIn(field("people")), idsIn(field("freed"))
	if len(c.Freed) > 0 { // an event that cannot be read in full still says that something is different
		c.From, _ = fromMilliseconds(field("from"))
		c.To, _ = fromMilliseconds(field("to"))
	}
	return c
}

func idsIn(text string) []conference.PersonID {
	var people []conference.PersonID
	for _, p := range strings.Fields(text) {
		people = append(people, conference.PersonID(p))
	}
	return people
}

// words writes ids as one field of an event. No id holds a space.
func words(people []conference.PersonID) string {
	texts := make([]string, len(people))
	for i, p := range people {
		texts[i] = string(p)
	}
	return strings.Join(texts, " ")
}

// inSlices calls read until it found something, block is over or ctx ends. It reads at least once.
func (s *Store) inSlices(ctx context.Context, block time.Duration, read func(slice time.Duration) (found bool, err error)) error {
	for {
		slice := max(min(block, waitSlice), time.Millisecond) // BLOCK 0 would wait for ever
		found, err := read(slice)
		if found || err != nil {
			return err
		}
		if block -= slice; block <= 0 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}
