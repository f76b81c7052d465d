package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed hours_put.lua
var hoursPutLua string

var hoursPutScript = redis.NewScript(hoursPutLua)

// PaintedHours are the weekly working hours that a person has set by hand, in their own zone.
type PaintedHours struct {
	Person    conference.PersonID `json:"person"`
	Hours     []conference.Hours  `json:"hours"`
	Except    []DaysOff           `json:"except,omitempty"`
	PaintedAt time.Time           `json:"painted_at"`
}

// DaysOff are dates ("2026-12-24") on which the hours do not hold, the last one included.
type DaysOff struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

func (s *Store) hoursKey(person conference.PersonID) string { return s.core("hours:" + string(person)) }

// PutHours sets a person's hours if their revision is still the expected one, 0 before the first time, and says so in the
// event stream. Nil takes them away. It returns the new revision; ErrRevision.
func (s *Store) PutHours(ctx context.Context, person conference.PersonID, h *PaintedHours, expected int64) (int64, error) {
	var text []byte
	if h != nil {
		var err error
		if text, err = json.Marshal(h); err != nil {
			return 0, fmt.Errorf("store: hours of %s: %w", person, err)
		}
	}
	keys := []string{s.hoursKey(person), s.core("hours"), s.eventsKey()}
	said, err := s.run(ctx, hoursPutScript, keys, string(person), text, schemaVersion, strconv.FormatInt(expected, 10), eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return 0, fmt.Errorf("store: set hours of %s: %w", person, err)
	}
	return strconv.ParseInt(said.at(0), 10, 64)
}

// Hours returns a person's painted hours, nil when there are none, and their revision, 0 when there never were any.
func (s *Store) Hours(ctx context.Context, person conference.PersonID) (*PaintedHours, int64, error) {
	e, err := s.entity(ctx, s.hoursKey(person))
	if errors.Is(err, ErrNotFound) {
		return nil, 0, nil
	}
	if err == nil && e.text == "" {
		return nil, e.revision, nil
	}
	var h PaintedHours
	if err == nil {
		err = json.Unmarshal([]byte(e.text), &h)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("store: hours of %s: %w", person, err)
	}
	return &h, e.revision, nil
}

// AllHours returns everybody's painted hours, in no order.
func (s *Store) AllHours(ctx context.Context) ([]PaintedHours, error) {
	people, err := s.read.SMembers(ctx, s.core("hours")).Result()
	if err != nil {
		return nil, fmt.Errorf("store: painted hours: %w", err)
	}
	keys := make([]string, len(people))
	for i, p := range people {
		keys[i] = s.hoursKey(conference.PersonID(p))
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: painted hours: %w", err)
	}
	all := make([]PaintedHours, 0, len(entities))
	for _, e := range entities {
		if e.text == "" {
			continue // taken away between the two reads
		}
		var h PaintedHours
		if err := json.Unmarshal([]byte(e.text), &h); err != nil {
			return nil, fmt.Errorf("store: painted hours: %w", err)
		}
		all = append(all, h)
	}
	return all, nil
}
