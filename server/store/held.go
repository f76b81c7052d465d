package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// HoldsBy returns the holds that a person has, offers apart, by when they end.
func (s *Store) HoldsBy(ctx context.Context, owner conference.PersonID) ([]Hold, error) {
	ids, err := s.read.ZRangeArgs(ctx, redis.ZRangeArgs{Key: s.holdsByKey(owner), ByScore: true, Start: "(" + milliseconds(s.now()), Stop: "+inf"}).Result()
	if err != nil {
		return nil, fmt.Errorf("store: holds of %s: %w", owner, err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.holdKey(HoldID(id))
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: holds of %s: %w", owner, err)
	}
	holds := make([]Hold, 0, len(entities))
	for _, e := range entities {
		h, err := holdOf(e)
		if err != nil {
			return nil, err
		}
		holds = append(holds, h)
	}
	return holds, nil
}

// Held is a stretch of a person's time that is kept for somebody.
type Held struct {
	Hold       HoldID
	Start, End time.Time
	By         conference.PersonID
	Unit       conference.UnitID
	Until      time.Time // on the wall clock
}

// HoldsOf returns, for each person of whom any time within [from, to) is held now, which, by whom and until when, earliest
// first. Stretches are whole, not clipped.
func (s *Store) HoldsOf(ctx context.Context, people []conference.PersonID, from, to time.Time) (map[conference.PersonID][]Held, error) {
	found := map[conference.PersonID][]Held{}
	if len(people) == 0 {
		return found, nil
	}
	pipe := s.read.Pipeline()
	replies := make([]*redis.MapStringStringCmd, len(people))
	for i, p := range people {
		replies[i] = pipe.HGetAll(ctx, s.heldKey(p))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("store: holds: %w", err)
	}
	now := s.now()
	for i, p := range people {
		for id, text := range replies[i].Val() {
			h, err := heldOf(HoldID(id), text)
			if err != nil {
				return nil, err
			}
			if h.Until.After(now) && h.Start.Before(to) && h.End.After(from) {
				found[p] = append(found[p], h)
			}
		}
		slices.SortFunc(found[p], func(a, b Held) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Hold, b.Hold)) })
	}
	return found, nil
}

func heldOf(id HoldID, text string) (Held, error) {
	h := Held{Hold: id}
	parts := strings.SplitN(text, " ", 5)
	if len(parts) < 5 {
		return h, fmt.Errorf("store: held %q", text)
	}
	for i, at := range []*time.Time{&h.Start, &h.End, &h.Until} {
		ms, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil {
			return h, fmt.Errorf("store: held %q: %w", text, err)
		}
		*at = time.UnixMilli(ms).UTC()
	}
	h.By, h.Unit = conference.PersonID(parts[3]), conference.UnitID(parts[4])
	return h, nil
}
