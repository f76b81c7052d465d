package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// reservation is one stretch of a person's time: a member "end|conference" with the start as its score, in milliseconds.
// One person's never overlap; that is what Book guards.
type reservation struct {
	conference conference.ConferenceID
	start, end time.Time
}

func (s *Store) busyKey(p conference.PersonID) string { return s.core("busy:" + string(p)) }

func reservationMember(id conference.ConferenceID, end time.Time) string {
	return milliseconds(end) + "|" + string(id)
}

func parseReservation(member, score string) (reservation, error) {
	last, id, ok := strings.Cut(member, "|")
	first, err := strconv.ParseFloat(score, 64)
	if !ok || err != nil {
		return reservation{}, fmt.Errorf("store: reservation %q at %q", member, score)
	}
	end, err := fromMilliseconds(last)
	return reservation{conference: conference.ConferenceID(id), start: time.UnixMilli(int64(first)).UTC(), end: end}, err
}

// Reservations returns, for each person that has any, when they are booked within [from, to), earliest first. Stretches are
// whole, not clipped.
func (s *Store) Reservations(ctx context.Context, people []conference.PersonID, from, to time.Time) (map[conference.PersonID][]calendar.Interval, error) {
	booked, err := s.reservations(ctx, people, from, to)
	if err != nil {
		return nil, err
	}
	spans := make(map[conference.PersonID][]calendar.Interval, len(people))
	for i, p := range people {
		for _, r := range booked[i] {
			spans[p] = append(spans[p], calendar.Interval{Start: r.start, End: r.end})
		}
	}
	return spans, nil
}

// reservations asks, for each person, for the last stretch that begins before from and all that begin within [from, to):
// no earlier one can reach in, for none overlap.
func (s *Store) reservations(ctx context.Context, people []conference.PersonID, from, to time.Time) ([][]reservation, error) {
	if len(people) == 0 {
		return nil, nil
	}
	pipe := s.read.Pipeline()
	before, within := make([]*redis.ZSliceCmd, len(people)), make([]*redis.ZSliceCmd, len(people))
	for i, p := range people {
		key := s.busyKey(p)
		before[i] = pipe.ZRevRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: "-inf", Max: "(" + milliseconds(from), Count: 1})
		within[i] = pipe.ZRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: milliseconds(from), Max: "(" + milliseconds(to)})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("store: reservations: %w", err)
	}
	booked := make([][]reservation, len(people))
	for i := range people {
		for _, z := range append(before[i].Val(), within[i].Val()...) {
			member, _ := z.Member.(string)
			r, err := parseReservation(member, strconv.FormatFloat(z.Score, 'f', -1, 64))
			if err != nil {
				return nil, err
			}
			if r.end.After(from) {
				booked[i] = append(booked[i], r)
			}
		}
	}
	return booked, nil
}
