package signaling

import (
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// link is one media connection of a session. All but state belongs to the room's loop.
type link struct {
	number int // PROTOCOL.md: peer
	peer   *sfu.Peer
	state  atomic.Int32 // sfu.State, set by the media server; several changes may be seen as one
	seen   sfu.State    // the state that has been acted on
	up     bool         // sound and picture get through
	stood  bool         // was up at some time
	slots  []slot       // receiving lines in the order of the offer

	shown     []sfu.View // what the media server has been told of them
	soundOnly bool

	offer int      // number of the last offer
	busy  bool     // an offer is being answered
	next  *request // the offer that came meanwhile
}

// request is an offer that waits for its answer.
type request struct {
	conn  *Conn
	id    uint64
	offer Offer
	lines []sfu.Published
}

// slot is a receiving line and what is on it.
type slot struct {
	line   sfu.Line
	on     feed
	source *sfu.Source // of on, as the media server has been told
	fresh  time.Time   // until when it is shown although the client has not said so, for on is new
	held   bool        // its picture is held back for the line's sake
	weak   bool        // the sender's line carries no picture
}

// feed is what one session sends of one content; zero: nobody.
type feed struct {
	from    *session
	content sfu.Content
}

// flows reports whether the session's media connection stands.
func (s *session) flows() bool { return s.link != nil && s.link.up }

// offer takes an offer and lets it be answered.
func (r *room) offer(s *session, m Message) string {
	var o Offer
	if m.read(&o) != nil || o.Peer < 1 || o.Number < 1 {
		return CodeMalformed
	}
	lines, err := o.lines()
	switch {
	case !s.in:
		return CodeNotIn
	case err != nil, o.Peer < s.peer, o.Peer == s.peer && (s.link == nil || o.Number <= s.link.offer):
		return CodeBadOffer
	}
	if o.Peer > s.peer {
		if err := r.relink(s, o.Peer); err != nil {
			r.log.Warn("no media connection", slog.Any("err", err))
			return CodeBadOffer
		}
	}
	s.link.offer = o.Number
	r.answer(s, s.link, request{conn: s.conn, id: m.ID, offer: o, lines: lines})
	return replied
}

// relink replaces the session's media connection by a new one.
func (r *room) relink(s *session, number int) error {
	l := &link{number: number}
	peer, err := r.rooms.media.NewPeer(sfu.PeerConfig{OnState: func(state sfu.State) {
		l.state.Store(int32(state))
		select {
		case r.wake <- struct{}{}:
		default: // the loop will look anyway
		}
	}})
	if err != nil {
		return err
	}
	l.peer = peer
	r.unlink(s)
	s.link, s.peer = l, number
	return nil
}

// unlink ends the media connection.
func (r *room) unlink(s *session) {
	if s.link == nil {
		return
	}
	if s.link.up {
		r.record(EventMediaDown, s, "", "")
	}
	s.link.peer.Close()
	s.link = nil
	r.changed |= topicRoster | topicSlots
}

// answer has q answered off the loop, one after the other for each connection.
func (r *room) answer(s *session, l *link, q request) {
	if l.busy {
		if l.next != nil {
			reply(l.next.conn, l.next.id, KindError, Refusal{Code: CodeBadOffer})
		}
		l.next = &q
		return
	}
	l.busy = true
	r.answers.Go(func() {
		got, err := l.peer.Answer(r.ctx, sfu.Offer{SDP: q.offer.SDP, Published: q.lines})
		r.post(func() { r.answered(s, l, q, got, err) })
	})
}

func (r *room) answered(s *session, l *link, q request, got sfu.Answer, err error) {
	l.busy = false
	if err == nil && s.link != l {
		err = sfu.ErrClosed // another connection has taken its place
	}
	if err != nil {
		if !errors.Is(err, sfu.ErrClosed) {
			r.log.Info("offer not answered", slog.String("session", s.id), slog.Any("err", err))
		}
		reply(q.conn, q.id, KindError, Refusal{Code: CodeBadOffer})
	} else {
		reply(q.conn, q.id, KindAnswer, Answer{Peer: l.number, Number: q.offer.Number, SDP: got.SDP})
		for _, line := range got.Slots {
			if !slices.ContainsFunc(l.slots, func(known slot) bool { return known.line.Mid == line.Mid }) {
				l.slots = append(l.slots, slot{line: line})
			}
		}
		s.due |= topicSlots
		r.changed |= topicSlots // others can receive what it publishes
	}
	if next := l.next; next != nil {
		l.next = nil
		r.answer(s, l, *next)
	}
}

// readStates acts on what the media server has told of the connections.
func (r *room) readStates() {
	for _, s := range r.sessions {
		if s.link == nil {
			continue
		}
		if state := sfu.State(s.link.state.Load()); state != s.link.seen {
			s.link.seen = state
			r.mediaChanged(s, state)
		}
	}
}

func (r *room) mediaChanged(s *session, state sfu.State) {
	switch state {
	case sfu.StateConnected:
		r.setUp(s, true)
	case sfu.StateDisconnected:
		r.setUp(s, false)
		s.tell(KindRestart, payload(Reason{Reason: "disconnected"}))
	case sfu.StateFailed, sfu.StateClosed:
		reason := "failed"
		if !s.link.stood {
			reason = "timeout"
		}
		r.unlink(s)
		s.tell(KindRebuild, payload(Reason{Reason: reason}))
	case sfu.StateNew:
	}
}

func (r *room) setUp(s *session, up bool) {
	if s.link.up == up {
		return
	}
	s.link.up, s.link.stood = up, s.link.stood || up
	kind := EventMediaDown
	if up {
		kind = EventMediaUp
	}
	r.record(kind, s, "", "")
	r.changed |= topicRoster | topicSlots
}
