package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
	"github.com/samtale/samtale/signaling"
)

// liveQueue is how many changes a slow page may lag behind before it is told to fetch everything.
const liveQueue = 64

// hub passes the store's event stream on to the open pages of this node. The stream is the truth; a page that missed
// something fetches again when it reconnects.
type hub struct {
	mu    sync.Mutex
	pages map[chan store.Change]struct{}
}

func newHub() *hub { return &hub{pages: map[chan store.Change]struct{}{}} }

// subscribe returns a bounded channel of changes; it is closed by the hub when the page is too slow.
func (h *hub) subscribe() chan store.Change {
	changes := make(chan store.Change, liveQueue)
	h.mu.Lock()
	h.pages[changes] = struct{}{}
	h.mu.Unlock()
	return changes
}

func (h *hub) unsubscribe(changes chan store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.pages[changes]; ok {
		delete(h.pages, changes)
		close(changes)
	}
}

func (h *hub) publish(c store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for changes := range h.pages {
		select {
		case changes <- c:
		default: // too slow: its socket ends, the page reconnects and fetches everything
			delete(h.pages, changes)
			close(changes)
		}
	}
}

// followEvents reads the event stream from now on until ctx ends and wakes whoever depends on it.
func (s *Server) followEvents(ctx context.Context) error {
	cursor, err := s.store.LastEventID(ctx)
	for ctx.Err() == nil {
		if err != nil {
			s.log.Warn("event stream interrupted", slog.Any("err", err))
			wait(ctx, time.Second)
		}
		var changes []store.Change
		if changes, err = s.store.Events(ctx, cursor, 2*time.Second); err != nil {
			continue
		}
		for _, c := range changes {
			cursor = c.ID
			if c.Kind == "region" {
				if err := s.loadRegion(ctx); err != nil {
					s.log.Error("region not loaded", slog.Any("err", err))
				}
			}
			if c.Kind == "conference" {
				s.enforceChange(ctx, c)
			}
			s.hub.publish(c)
		}
	}
	return nil
}

// enforceChange has the room of a changed meeting, if it is on this node, do what the change demands.
func (s *Server) enforceChange(ctx context.Context, change store.Change) {
	id := string(change.Conference)
	if len(s.rooms.Present()[id])+len(s.rooms.Lobby()[id]) == 0 {
		return
	}
	c, err := s.store.Conference(ctx, change.Conference)
	if err != nil {
		s.log.Warn("changed meeting not read", slog.Any("err", err))
		return
	}
	s.enforce(c)
	for _, part := range c.Participants {
		if change.What == "renewed" && part.Guest != "" && part.LinkUsed == nil { // whoever came by the old link
			s.rooms.Remove(id, part.Key)
		}
	}
}

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// liveChange is what a page learns: that something it shows has changed. It then fetches it by the ordinary routes,
// which decide what it may see.
type liveChange struct {
	Kind       string `json:"kind"`
	Case       string `json:"case,omitempty"`
	Conference string `json:"conference,omitempty"`
	Consult    string `json:"consult,omitempty"`
}

// live is GET /v1/live: a WebSocket that says what changed, to those whom it concerns.
func (s *Server) live(c *gin.Context) {
	p, err := s.principal(c.Request.Context())
	if err != nil {
		writeProblem(c, errNotSignedIn)
		return
	}
	conn, err := signaling.Accept(c.Writer, c.Request, s.socketPolicy())
	if err != nil {
		s.log.Debug("live socket refused", slog.Any("err", err))
		return
	}
	changes := s.hub.subscribe()
	defer s.hub.unsubscribe(changes)
	if p.person != nil {
		defer s.arrivePage(p.person.ID)()
	}
	defer conn.Close(1000, "done")
	if conn.Send("hello", struct{}{}) != nil {
		return
	}
	for {
		select {
		case <-s.ctx.Done():
			conn.Close(1012, "restart")
			return
		case <-conn.Done():
			return
		case change, ok := <-changes:
			if !ok {
				conn.Close(4012, "slow")
				return
			}
			if !s.concerns(p, change) {
				continue
			}
			if conn.Send("changed", liveOf(change)) != nil {
				return
			}
		}
	}
}

func liveOf(c store.Change) liveChange {
	return liveChange{Kind: c.Kind, Case: string(c.Case), Conference: string(c.Conference), Consult: string(c.Consult)}
}

// concerns keeps the timing of other units' work from those who may not see it.
func (s *Server) concerns(p *principal, change store.Change) bool {
	switch {
	case change.Conference != "" && p.session.Conference == change.Conference:
		return true
	case p.person == nil:
		return false
	case len(change.People) > 0 || change.Consult != "":
		return slices.Contains(change.People, p.person.ID)
	case change.Case != "":
		ctx, cancel := context.WithTimeout(s.ctx, 2*time.Second)
		defer cancel()
		c, err := s.store.Case(ctx, change.Case)
		if errors.Is(err, store.ErrNotFound) {
			return false
		}
		return err != nil || identity.Can(p.person.Access, s.relation(ctx, p, c), identity.ViewCase)
	case change.Conference != "":
		return true // a meeting without a case: the page asks for it by its id
	}
	return true
}
