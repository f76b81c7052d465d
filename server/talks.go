package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/store"
	"github.com/samtale/samtale/signaling"
)

const (
	// moves is how many comings and goings may wait to be looked at. One that is lost leaves a talk that is forsaken later.
	moves = 1024
	// settled is how long after one the room has told who is there.
	settled = 200 * time.Millisecond
	// stretch is by how much a talk that runs on is made longer: whoever must come back in time after a reload or a restart, and
	// guests' links, go by its end.
	stretch = 2 * time.Minute
	// forsaken is after what time a talk that nobody is in counts as over, though nobody was seen leaving.
	forsaken = 10 * time.Minute
	// aliveFor: a node that has a talk writes every heartbeatEvery who is in it.
	aliveFor = 3 * heartbeatEvery
)

// noteMoved has watchRooms look at a room that somebody has come into, or has left for good. Who only has lost the socket may come
// back, and a server that restarts ends no talk. It never blocks the room.
func (s *Server) noteMoved(e signaling.Event) {
	switch {
	case e.Kind == signaling.EventJoined:
	case e.Kind == signaling.EventLeft && e.Reason != signaling.ReasonReplaced && e.Reason != signaling.ReasonRestart:
	default:
		return
	}
	select {
	case s.moved <- conference.ConferenceID(e.Conference):
	default:
	}
}

// watchRooms says who is in a team's room and ends consults whose room is empty, until ctx ends.
func (s *Server) watchRooms(ctx context.Context) error {
	for {
		rooms := map[conference.ConferenceID]bool{}
		select {
		case <-ctx.Done():
			return nil
		case id := <-s.moved:
			rooms[id] = true
		}
		wait(ctx, settled)
		for range len(s.moved) {
			rooms[<-s.moved] = true
		}
		for id := range rooms {
			if ctx.Err() == nil {
				s.lookAt(ctx, id)
			}
		}
	}
}

func (s *Server) lookAt(ctx context.Context, id conference.ConferenceID) {
	c, err := s.store.Conference(ctx, id)
	switch {
	case err != nil:
		s.log.Warn("meeting whose people changed not read", slog.Any("err", err))
	case c.Purpose == conference.PurposeDoor:
		s.tellStore("say who is in a team's room", func(ctx context.Context) error { return s.store.Announce(ctx, store.Change{Kind: "door"}) })
	case c.Consult != "" && !s.occupied(id):
		s.endConsult(duty.ConsultID(c.Consult))
	}
}

// endConsult notes that the talk of a consult is over, when its room is empty.
func (s *Server) endConsult(id duty.ConsultID) {
	s.tellStore("end a consult", func(ctx context.Context) error {
		_, err := s.change(ctx, id, "ended", func(c duty.Consult, now time.Time, _ duty.Resolve) (duty.Consult, error) {
			if c.State != duty.Connected {
				return c, nil
			}
			return duty.End(c, now)
		})
		return err
	})
}

// closeForsaken ends a talk that everybody has left without a server seeing it: it was killed.
func (s *Server) closeForsaken(ctx context.Context, c duty.Consult) {
	if c.State != duty.Connected || s.now().Sub(c.TakenAt) <= forsaken || s.occupied(c.Conference) {
		return
	}
	last, err := s.store.LastAttendance(ctx, c.Conference)
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		s.log.Warn("attendance of a talk not read", slog.Any("err", err))
	case err != nil, s.now().Sub(last.At) > aliveFor: // else another node has it
		s.endConsult(c.ID)
	}
}

// tend does at every beat what a running call needs: whoever slipped in while their seat was being closed is shown out, and a
// consult that runs on is made longer.
func (s *Server) tend(ctx context.Context, id conference.ConferenceID) {
	c, err := s.store.Conference(ctx, id)
	if err != nil {
		return // at the next beat
	}
	for _, part := range c.Participants {
		if part.RevokedAt != nil {
			s.rooms.Remove(string(id), part.Key)
		}
	}
	now := s.now()
	if c.Consult == "" || c.State != conference.Booked || now.Before(c.End) {
		return
	}
	_, err = s.store.ChangeConference(ctx, id, "runs_on", func(m *conference.Conference) (bool, error) {
		if now.Before(m.End) {
			return false, nil
		}
		m.End = now.Add(stretch)
		return true, nil
	}, store.Extras{})
	if err != nil {
		s.log.Warn("talk not made longer", slog.Any("err", err))
	}
}
