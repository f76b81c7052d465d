package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

var (
	//go:embed case_create.lua
	caseCreateLua    string
	caseCreateScript = redis.NewScript(caseCreateLua)

	//go:embed case_update.lua
	caseUpdateLua    string
	caseUpdateScript = redis.NewScript(caseUpdateLua)
)

func (s *Store) caseKey(id conference.CaseID) string { return s.core("case:" + string(id)) }

// CreateCase writes a new case with revision 1. A repeated request gets the case as it was first stored. ErrCodeTaken: draw
// another code; ErrExists: the id is taken; ErrIdempotencyMismatch.
func (s *Store) CreateCase(ctx context.Context, c conference.Case, k Idempotency) (conference.Case, error) {
	c.Revision, c.Conferences = 1, nil
	text, err := json.Marshal(c)
	if err != nil {
		return c, fmt.Errorf("store: case %s: %w", c.ID, err)
	}
	keys := []string{s.caseKey(c.ID), s.core("cases"), s.core("codes"), s.eventsKey(), s.idempotencyKey(k)}
	said, err := s.run(ctx, caseCreateScript, keys, string(c.ID), c.Code, text, schemaVersion, c.Created.UnixMilli(), string(c.Origin),
		k.Key, k.BodyHash, answersKept.Milliseconds(), eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err == nil && said[0] == "replay" {
		c = conference.Case{}
		err = json.Unmarshal([]byte(said.at(0)), &c)
	}
	if err != nil {
		return c, fmt.Errorf("store: create a case: %w", err)
	}
	return c, nil
}

// Case returns one case, open or closed.
func (s *Store) Case(ctx context.Context, id conference.CaseID) (conference.Case, error) {
	e, err := s.entity(ctx, s.caseKey(id))
	if err != nil {
		return conference.Case{}, fmt.Errorf("store: case %s: %w", id, err)
	}
	return caseOf(e)
}

// caseOf reads a case. Its revision and its list of meetings stand beside the JSON, for a booking changes them without
// reading the rest.
func caseOf(e entity) (conference.Case, error) {
	var c conference.Case
	if err := json.Unmarshal([]byte(e.text), &c); err != nil {
		return c, fmt.Errorf("store: case: %w", err)
	}
	c.Revision, c.Conferences = e.revision, nil
	for _, id := range strings.Fields(e.extra["conferences"]) {
		c.Conferences = append(c.Conferences, conference.ConferenceID(id))
	}
	return c, nil
}

// Cases returns the open cases, oldest first.
func (s *Store) Cases(ctx context.Context) ([]conference.Case, error) {
	ids, err := s.read.ZRange(ctx, s.core("cases"), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("store: open cases: %w", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.caseKey(conference.CaseID(id))
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: open cases: %w", err)
	}
	cases := make([]conference.Case, 0, len(entities))
	for _, e := range entities {
		c, err := caseOf(e)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// UpdateCase replaces a case that still has the expected revision, and says what happened in the event stream. The list of
// meetings belongs to Book and stays as it is. A case with ClosedAt leaves the open ones and gives its code free; without,
// it is open again, or ErrCodeTaken. Else ErrRevision or ErrNotFound.
func (s *Store) UpdateCase(ctx context.Context, c conference.Case, expected int64, what string) (conference.Case, error) {
	c.Revision = expected + 1
	bare := c
	bare.Conferences = nil
	text, err := json.Marshal(bare)
	if err != nil {
		return c, fmt.Errorf("store: case %s: %w", c.ID, err)
	}
	open := "1"
	if c.ClosedAt != nil {
		open = ""
	}
	keys := []string{s.caseKey(c.ID), s.core("cases"), s.core("codes"), s.eventsKey()}
	said, err := s.run(ctx, caseUpdateScript, keys, string(c.ID), c.Code, text, schemaVersion, c.Created.UnixMilli(), string(c.Origin),
		strconv.FormatInt(expected, 10), open, what, eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return conference.Case{}, fmt.Errorf("store: update case %s: %w", c.ID, err)
	}
	return caseOf(entity{revision: c.Revision, text: string(text), extra: map[string]string{"conferences": said.at(0)}})
}
