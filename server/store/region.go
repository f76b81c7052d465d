package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed region.lua
var regionLua string

var regionScript = redis.NewScript(regionLua)

// PutRegion replaces the region and returns its new revision.
func (s *Store) PutRegion(ctx context.Context, r conference.Region) (int64, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("store: region: %w", err)
	}
	said, err := s.run(ctx, regionScript, []string{s.core("region"), s.eventsKey()}, schemaVersion, text, eventsKept)
	if err != nil {
		return 0, fmt.Errorf("store: write the region: %w", err)
	}
	return strconv.ParseInt(said.at(0), 10, 64)
}

// Region returns the region and its revision, ErrNotFound before the first import.
func (s *Store) Region(ctx context.Context) (conference.Region, int64, error) {
	var r conference.Region
	e, err := s.entity(ctx, s.core("region"))
	if err == nil {
		err = json.Unmarshal([]byte(e.text), &r)
	}
	if err != nil {
		return r, 0, fmt.Errorf("store: region: %w", err)
	}
	return r, e.revision, nil
}

// entity is a stored thing with its revision; extra are the fields of the hash beyond those.
type entity struct {
	revision int64
	text     string
	extra    map[string]string
}

func (s *Store) entity(ctx context.Context, key string) (entity, error) {
	fields, err := s.read.HGetAll(ctx, key).Result()
	if err != nil {
		return entity{}, err
	}
	return entityOf(fields)
}

func entityOf(fields map[string]string) (entity, error) {
	if len(fields) == 0 {
		return entity{}, ErrNotFound
	}
	if v, err := strconv.Atoi(fields["v"]); err != nil || v > schemaVersion {
		return entity{}, fmt.Errorf("%w: entity of schema %q", ErrNewerSchema, fields["v"])
	}
	revision, err := strconv.ParseInt(fields["rev"], 10, 64)
	if err != nil {
		return entity{}, fmt.Errorf("revision %q: %w", fields["rev"], err)
	}
	return entity{revision: revision, text: fields["json"], extra: fields}, nil
}

// entities reads many in one go; what is missing is left out.
func (s *Store) entities(ctx context.Context, keys []string) ([]entity, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	pipe := s.read.Pipeline()
	replies := make([]*redis.MapStringStringCmd, len(keys))
	for i, key := range keys {
		replies[i] = pipe.HGetAll(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	found := make([]entity, 0, len(keys))
	for i, reply := range replies {
		if len(reply.Val()) == 0 {
			continue
		}
		e, err := entityOf(reply.Val())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", keys[i], err)
		}
		found = append(found, e)
	}
	return found, nil
}
