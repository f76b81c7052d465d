package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
	"github.com/samtale/samtale/signaling"
)

const (
	heartbeatEvery = 5 * time.Second // what kill -9 may cost of the attendance
	ledgerQueue    = 4096
)

// call is the call's WebSocket: who are you, is this your seat; then the room has the connection until the person is gone.
func (s *Server) call(c *gin.Context) {
	ctx := c.Request.Context()
	p, err := s.principal(ctx)
	if err != nil {
		writeProblem(c, errNotSignedIn)
		return
	}
	conn, err := signaling.Accept(c.Writer, c.Request, s.socketPolicy())
	if err != nil {
		s.log.Debug("call socket refused", slog.Any("err", err))
		return
	}
	defer conn.Close(signaling.CloseDone, "")
	hello, err := conn.Hello(s.ctx)
	if err != nil {
		return // Hello has closed with its reason
	}
	conf, err := s.store.Conference(s.ctx, conference.ConferenceID(hello.Conference))
	if err == nil {
		conf, err = s.seatLate(s.ctx, p, conf)
	}
	if err == nil && p.in(conf) == nil && s.mayVisit(p, conf) {
		conf, err = s.addVisitor(s.ctx, p, conf)
	}
	if errors.Is(err, store.ErrNotFound) {
		conn.Close(signaling.CloseEnded, "")
		return
	}
	if err != nil {
		conn.Close(signaling.CloseTryLater, "")
		return
	}
	member, code := s.memberFor(p, conf)
	if code != 0 {
		conn.Close(code, "")
		return
	}
	stay, leave := context.WithCancel(s.ctx)
	var awake sync.WaitGroup
	awake.Go(func() { s.keepAwake(stay, p.hash) })
	defer awake.Wait()
	defer leave()
	if p.person != nil {
		s.talking.enter(p.person.ID)
		defer s.talking.leave(p.person.ID)
	}
	if err := s.rooms.Serve(s.ctx, conn, string(conf.ID), member, hello); err != nil && s.ctx.Err() == nil {
		s.log.Debug("call socket ended", slog.Any("err", err))
	}
}

// keepAwake keeps the session of somebody in a call from ending for want of requests: a long call is no idle PC, and a lost
// socket must find its way back.
func (s *Server) keepAwake(ctx context.Context, hash string) {
	for wait(ctx, s.config.Idle/4); ctx.Err() == nil; wait(ctx, s.config.Idle/4) {
		if _, err := s.store.Session(ctx, hash); err != nil && ctx.Err() == nil {
			s.log.Warn("session of a call not kept awake", slog.Any("err", err))
		}
	}
}

// memberFor decides whether a seat is p's. A code other than 0 says why not, in the protocol's close codes.
func (s *Server) memberFor(p *principal, c conference.Conference) (signaling.Member, int) {
	me := p.in(c)
	if me != nil && me.RevokedAt == nil && !s.joinable(c) {
		return signaling.Member{}, signaling.CloseEnded
	}
	switch {
	case me == nil || (!me.Visitor && !s.standingIn(s.ctx, p, c).can(identity.JoinConference)):
		return signaling.Member{}, signaling.CloseAuth
	case me.Guest != "" && s.now().Before(c.Start.Add(-guestsEarly)):
		return signaling.Member{}, signaling.CloseTryLater
	}
	role := string(me.Role.Role)
	if me.Guest != "" {
		role = me.Guest
	}
	return signaling.Member{Key: me.Key, Name: me.Name, Role: role, Organization: me.Org, Guest: me.Guest != "", Host: me.Host, Waits: me.Visitor, Expected: len(c.Participants)}, 0
}

// occupied reports whether anybody is in a call on this node.
func (s *Server) occupied(id conference.ConferenceID) bool {
	return s.rooms != nil && len(s.rooms.Present()[string(id)]) > 0
}

// ledgerEntry is one event on its way to the meeting's stream.
type ledgerEntry struct {
	conference conference.ConferenceID
	event      conference.Event
}

// record takes an event from a room. It never blocks the room: the queue is drained by keepLedger.
func (s *Server) record(e signaling.Event) {
	s.noteMoved(e)
	s.relayEnds(e)
	s.enqueue(conference.ConferenceID(e.Conference), conference.Event{
		At: s.now(), Boot: s.boot, Kind: conference.EventKind(e.Kind), Key: e.Key, Session: e.Session, By: e.By, Reason: e.Reason,
	})
}

func (s *Server) enqueue(id conference.ConferenceID, e conference.Event) {
	select {
	case s.ledger <- ledgerEntry{conference: id, event: e}:
	default:
		s.metrics.attendance.Inc()
		s.log.Error("attendance event lost: the store does not keep up")
	}
}

// keepLedger writes attendance events in order, again and again while the store is away, until ctx ends and the queue is
// empty. last bounds how long it goes on after ctx.
func (s *Server) keepLedger(ctx context.Context, last time.Duration) error {
	for {
		var entry ledgerEntry
		select {
		case entry = <-s.ledger:
		case <-ctx.Done():
			select {
			case entry = <-s.ledger:
			default:
				return nil
			}
		}
		s.writeEntry(ctx, entry, last)
	}
}

func (s *Server) writeEntry(ctx context.Context, entry ledgerEntry, last time.Duration) {
	for {
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), last)
		err := s.store.AppendAttendance(writing, entry.conference, entry.event)
		cancel()
		if err == nil {
			return
		}
		s.log.Warn("attendance not written yet", slog.Any("err", err))
		if ctx.Err() != nil {
			s.metrics.attendance.Inc()
			return
		}
		wait(ctx, time.Second)
	}
}

// beat writes every five seconds who is in each call, so that a killed server loses at most that much.
func (s *Server) beat(ctx context.Context) error {
	tick := time.NewTicker(heartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for id, present := range s.rooms.Present() {
			event := conference.Event{At: s.now(), Boot: s.boot, Kind: conference.EventSeen}
			for _, who := range present {
				event.Present = append(event.Present, conference.Presence{Key: who.Key, Session: who.Session})
			}
			s.enqueue(conference.ConferenceID(id), event)
			s.tend(ctx, conference.ConferenceID(id))
		}
	}
}
