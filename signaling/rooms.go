package signaling

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// ErrShutdown: the rooms have been shut down; clients come again when the server has restarted.
var ErrShutdown = errors.New("signaling: shut down")

// resumeFor is how long a seat is kept for a lost socket: a car through a tunnel, a telephone that changes its network.
const resumeFor = 120 * time.Second

// Options of Rooms.
type Options struct {
	Media     *sfu.Server
	Record    func(Event)   // told what happened, in order within a room, from the room's loop: must not block; nil: nobody is
	Logger    *slog.Logger  // nil: nothing is logged
	ResumeFor time.Duration // how long a seat is kept for a lost socket; 0: 120 s

	// Relay makes a way around firewalls for a session, from the room's loop: must not block. Nil, or when it returns nil: none.
	Relay func(session string) *Relay
}

// Member is who comes, as the caller knows them. Guests, and whoever Waits, stay in the lobby until a host admits them,
// unless they are hosts.
type Member struct {
	Key          string
	Name         string
	Role         string // a role's id, or the kind of guest
	Organization string
	Guest        bool
	Host         bool
	Waits        bool // is no guest, and yet must be admitted: a colleague before a locked door
	Expected     int  // how many people were asked to the meeting; 0: unknown. Receiving lines for them are there from the start
}

func (m Member) party() Party {
	return Party{Key: m.Key, Name: m.Name, Role: m.Role, Organization: m.Organization, Guest: m.Guest, Host: m.Host}
}

// Kinds of Event.
const (
	EventLobbyIn     = "lobby_in"
	EventAdmitted    = "admitted"
	EventRefused     = "refused"
	EventJoined      = "joined"
	EventMediaUp     = "media_up"
	EventMediaDown   = "media_down"
	EventReconnected = "reconnected"
	EventLeft        = "left"
	EventEnded       = "ended"
)

// Reasons of EventLeft.
const (
	ReasonBye      = "bye"
	ReasonTimeout  = "timeout" // the socket was lost and did not come back
	ReasonReplaced = "replaced"
	ReasonRemoved  = "removed"
	ReasonRefused  = "refused" // another device of who was refused
	ReasonEnded    = "ended"   // the meeting was
	ReasonRestart  = "restart" // of the server
)

// Event is something that happened to a session, or, with EventEnded, to the whole room.
type Event struct {
	Conference string
	Kind       string
	Key        string // the person
	Session    string // the person's device
	By         string // key of the host who admitted, refused, removed or ended; "": the server did
	Reason     string // of EventLeft
}

// Presence is a session that is in the room, or in its lobby.
type Presence struct {
	Key     string
	Session string
}

// Rooms holds the running calls, one loop each. A room exists from the first socket to the last session's end. Its methods
// may be called from any goroutine; the caller must Shutdown it before closing Options.Media.
type Rooms struct {
	media     *sfu.Server
	record    func(Event)
	log       *slog.Logger
	resumeFor time.Duration
	relay     func(session string) *Relay
	loops     sync.WaitGroup

	mu     sync.Mutex
	rooms  map[string]*room
	closed bool
}

// NewRooms returns Rooms without any room.
func NewRooms(o Options) *Rooms {
	rs := &Rooms{media: o.Media, record: o.Record, log: o.Logger, resumeFor: o.ResumeFor, relay: o.Relay, rooms: map[string]*room{}}
	if rs.record == nil {
		rs.record = func(Event) {}
	}
	if rs.log == nil {
		rs.log = slog.New(slog.DiscardHandler)
	}
	if rs.relay == nil {
		rs.relay = func(string) *Relay { return nil }
	}
	if rs.resumeFor == 0 {
		rs.resumeFor = resumeFor
	}
	return rs
}

// Serve lets m into the room of the conference, or into its lobby, and blocks until the socket is gone. The seat outlives
// the socket by ResumeFor. When ctx ends the socket is closed with CloseRestart. The caller still closes conn. Returns nil
// when the socket has simply ended, ErrShutdown when no room takes anybody in any more.
func (rs *Rooms) Serve(ctx context.Context, conn *Conn, conference string, m Member, hello Hello) error {
	for {
		r, err := rs.enter(conference)
		if err != nil {
			conn.end(CloseRestart, "restart")
			return err
		}
		entered := r.post(func() { r.arrive(conn, m, hello) })
		if entered {
			r.attend(ctx, conn)
		}
		rs.leave(r)
		if entered {
			return ctx.Err()
		}
		// The room ended between the two steps: the next one is new.
	}
}

// enter finds or makes the room and keeps it from ending for emptiness until leave.
func (rs *Rooms) enter(conference string) (*room, error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.closed {
		return nil, ErrShutdown
	}
	r := rs.rooms[conference]
	if r == nil {
		r = newRoom(rs, conference)
		rs.rooms[conference] = r
		rs.loops.Go(r.run)
	}
	r.visitors++
	return r, nil
}

func (rs *Rooms) leave(r *room) {
	rs.mu.Lock()
	r.visitors--
	rs.mu.Unlock()
	r.post(func() {}) // the loop looks whether it is alone after every event
}

// retire takes r from the map if it is over, or if nobody holds it any more. Called by r's loop.
func (rs *Rooms) retire(r *room, over bool) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !over && r.visitors > 0 {
		return false
	}
	if rs.rooms[r.conference] == r {
		delete(rs.rooms, r.conference)
	}
	return true
}

func (rs *Rooms) find(conference string) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.rooms[conference]
}

func (rs *Rooms) list() []*room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	all := make([]*room, 0, len(rs.rooms))
	for _, r := range rs.rooms {
		all = append(all, r)
	}
	return all
}

// Shutdown closes all sockets with CloseRestart, ends the rooms and returns when all their goroutines have ended, or with
// an error when ctx ends before. Afterwards nobody is taken in.
func (rs *Rooms) Shutdown(ctx context.Context) error {
	rs.mu.Lock()
	rs.closed = true
	rs.mu.Unlock()
	for _, r := range rs.list() {
		r.post(r.restart)
	}
	ended := make(chan struct{})
	go func() { // ends with the last loop
		rs.loops.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("signaling: rooms have not ended: %w", ctx.Err())
	}
}
