package signaling

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// tickEvery paces what nobody sends: who speaks (PROTOCOL.md), how the lines are, and whose time is over.
const tickEvery = 200 * time.Millisecond

// topic is something whose whole state is sent anew when it has changed.
type topic uint8

const (
	topicRoster topic = 1 << iota
	topicSlots
	topicLobby // who waits
	topicHosts // who can open
)

// room is one call. Its loop owns everything below the line; others post functions to it. The loop never blocks: sockets
// have queues, media is asked for answers in goroutines of their own.
type room struct {
	rooms      *Rooms
	conference string
	log        *slog.Logger
	visitors   int // sockets being served; guarded by rooms.mu

	events  chan func()   // unbuffered: what has been taken will run
	wake    chan struct{} // a link has a new state
	done    chan struct{} // closed when the loop has ended
	present atomic.Pointer[[]Presence]
	waiting atomic.Pointer[[]Presence] // in the lobby

	// Owned by the loop.
	ctx      context.Context // ends with the room
	answers  sync.WaitGroup  // offers being answered
	sessions []*session      // in order of arrival, lobby and room together
	conns    map[*Conn]*session
	admitted map[string]bool // keys of guests who may come in, for the room's life
	removed  map[string]bool // keys of those who must wait although they are no guests
	raises   uint64          // hands raised so far
	expected int             // people for whom there should be lines before they come
	floor    floor
	speakers []string
	surveyed time.Time // when the lines were told last
	changed  topic
	over     bool
}

func newRoom(rs *Rooms, conference string) *room {
	r := &room{
		rooms: rs, conference: conference, log: rs.log.With(slog.String("conference", conference)),
		events: make(chan func()), wake: make(chan struct{}, 1), done: make(chan struct{}),
		conns: map[*Conn]*session{}, admitted: map[string]bool{}, removed: map[string]bool{},
	}
	r.notePresent()
	return r
}

// post runs f in the loop. It reports false when the loop has ended.
func (r *room) post(f func()) bool {
	select {
	case r.events <- f:
		return true
	case <-r.done:
		return false
	}
}

func (r *room) run() {
	ctx, cancel := context.WithCancel(context.Background())
	r.ctx = ctx
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case f := <-r.events:
			f()
			r.drain()
		case <-r.wake:
			r.readStates()
		case now := <-tick.C:
			r.expire(now)
			r.watch(now)
			r.renew(now)
			r.listen(now)
			r.survey(now)
		}
		r.flush()
		if (r.over || len(r.sessions) == 0) && r.rooms.retire(r, r.over) {
			break
		}
	}
	close(r.done)
	cancel()
	r.answers.Wait()
}

// drain takes what else is ready before anybody is told: when many come at once each hears of it a few times, not of each.
func (r *room) drain() {
	for range 64 {
		select {
		case f := <-r.events:
			f()
		default:
			return
		}
	}
}

// attend passes a socket's messages on to the loop until the socket or the room is gone.
func (r *room) attend(ctx context.Context, conn *Conn) {
	for {
		select {
		case text := <-conn.inbox:
			r.pass(conn, text)
		case <-ctx.Done():
			conn.end(CloseRestart, "restart")
			ctx = context.WithoutCancel(ctx)
		case <-r.done:
			conn.end(CloseRestart, "restart") // the loop has closed it with a better reason
			return
		case <-conn.done:
			for len(conn.inbox) > 0 { // a "bye" may be among the last words
				r.pass(conn, <-conn.inbox)
			}
			r.post(func() { r.lose(conn) })
			return
		}
	}
}

func (r *room) pass(conn *Conn, text []byte) {
	m, err := Parse(text)
	r.post(func() { r.receive(conn, m, err) })
}

func (r *room) record(kind string, s *session, by, reason string) {
	r.rooms.record(Event{Conference: r.conference, Kind: kind, Key: s.member.Key, Session: s.id, By: by, Reason: reason})
}

// flush tells everybody what has changed since the last time, and new ones everything.
func (r *room) flush() {
	if r.changed&topicSlots != 0 {
		r.allot()
	}
	waiting := sync.OnceValue(func() json.RawMessage { return payload(Waiting{Hosts: r.openers()}) })
	roster := sync.OnceValue(func() json.RawMessage { return payload(r.roster()) })
	lobby := sync.OnceValue(func() json.RawMessage { return payload(r.lobby()) })
	need := r.need()
	for _, s := range r.sessions {
		what := r.changed | s.due
		s.tellNeed(need)
		if !s.in && what&topicHosts != 0 {
			s.tell(KindWaiting, waiting())
		}
		if s.in && what&topicRoster != 0 {
			s.tell(KindRoster, roster())
		}
		if s.in && what&topicSlots != 0 {
			s.tellSlots(s.due&topicSlots != 0)
		}
		if s.in && s.member.Host && what&topicLobby != 0 {
			s.tell(KindLobby, lobby())
		}
		s.due = 0
	}
	if r.changed&(topicRoster|topicLobby) != 0 {
		r.notePresent()
	}
	r.changed = 0
}

// close ends the room for everybody.
func (r *room) close(code int, word, reason, by string) {
	for _, s := range r.sessions {
		r.record(EventLeft, s, by, reason)
		s.end(code, word)
	}
	r.sessions, r.over = nil, true
	clear(r.conns)
	r.changed |= topicRoster | topicLobby
}

func (r *room) restart() { r.close(CloseRestart, "restart", ReasonRestart, "") }
