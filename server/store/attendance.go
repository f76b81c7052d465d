package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed attendance.lua
var attendanceLua string

var attendanceScript = redis.NewScript(attendanceLua)

// attendanceLook is how many of the last events are compared before one is written again.
const attendanceLook = 64

// attendanceKey has a tag of its own: the ledger of a meeting needs no other key.
func (s *Store) attendanceKey(id conference.ConferenceID) string {
	return s.tag + ":attendance:{" + string(id) + "}"
}

// AppendAttendance adds events to the ledger of a meeting, in this order. It may be repeated after an error: an event that
// is already among the last ones is not written twice.
func (s *Store) AppendAttendance(ctx context.Context, id conference.ConferenceID, events ...conference.Event) error {
	args := []any{attendanceLook}
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("store: attendance of %s: %w", id, err)
		}
		args = append(args, text)
	}
	if len(events) == 0 {
		return nil
	}
	said, err := s.run(ctx, attendanceScript, []string{s.attendanceKey(id)}, args...)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: write the attendance of %s: %w", id, err)
	}
	return nil
}

// LastAttendance returns the event that was written last; ErrNotFound when there is none.
func (s *Store) LastAttendance(ctx context.Context, id conference.ConferenceID) (conference.Event, error) {
	var e conference.Event
	entries, err := s.read.XRevRangeN(ctx, s.attendanceKey(id), "+", "-", 1).Result()
	if err == nil && len(entries) == 0 {
		err = ErrNotFound
	}
	if err == nil {
		text, _ := entries[0].Values["e"].(string)
		err = json.Unmarshal([]byte(text), &e)
	}
	if err != nil {
		return e, fmt.Errorf("store: last attendance of %s: %w", id, err)
	}
	return e, nil
}

// Attendance returns the whole ledger of a meeting, in the order it was written. No events is no error.
func (s *Store) Attendance(ctx context.Context, id conference.ConferenceID) ([]conference.Event, error) {
	entries, err := s.read.XRange(ctx, s.attendanceKey(id), "-", "+").Result()
	if err != nil {
		return nil, fmt.Errorf("store: attendance of %s: %w", id, err)
	}
	events := make([]conference.Event, len(entries))
	for i, entry := range entries {
		text, _ := entry.Values["e"].(string)
		if err := json.Unmarshal([]byte(text), &events[i]); err != nil {
			return nil, fmt.Errorf("store: attendance of %s: entry %s: %w", id, entry.ID, err)
		}
	}
	return events, nil
}
