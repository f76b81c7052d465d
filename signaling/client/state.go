package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling"
)

// countEvery is how often Wait looks at the counters, which nobody announces.
const countEvery = 20 * time.Millisecond

// State is what the client has heard. The slices are not changed afterwards.
type State struct {
	Welcome   signaling.Welcome // the last one
	In        bool              // in the room, not in the lobby
	Connected bool              // the socket stands and the server has welcomed it
	Media     bool              // the PeerConnection stands
	Path      string            // by which it does, PROTOCOL.md's word
	Over      bool              // for good
	Code      int               // close code of the last socket; 0: none has ended

	Roster   []signaling.RosterPerson
	Hosts    []signaling.Party // who can open, while in the lobby
	Lobby    []signaling.Party
	Slots    []signaling.Slot
	Speakers []string
	Need     signaling.Need
	Downlink signaling.Downlink
	Uplink   signaling.Uplink
	Lines    []signaling.LineState
	Relay    signaling.Relay // the last that came after the welcome
	Changed  int             // how often the server has said that the meeting's page has changed

	Told     Told
	Resumed  int // sockets that went on with the same session
	Events   int // numbered messages taken in
	Peer     int // number of the PeerConnection
	Answers  int // to offers of that one
	Received []Reception
}

// Told counts messages about lines.
type Told struct{ Downlink, Uplink, Lines, Relay int }

// Reception counts what came from one device, over all slots it has been on.
type Reception struct {
	Key, Session, Source string
	Packets, Bytes, Lost uint64
}

// From sums what came from a person's source.
func (s State) From(key, source string) Reception {
	sum := Reception{Key: key, Source: source}
	for _, r := range s.Received {
		if r.Key == key && r.Source == source {
			sum.Packets += r.Packets
			sum.Bytes += r.Bytes
			sum.Lost += r.Lost
		}
	}
	return sum
}

// sharing reports whether the device's screen is shared, as far as the server has told.
func (s State) sharing() bool {
	for _, p := range s.Roster {
		for _, d := range p.Devices {
			if d.Session == s.Welcome.Session {
				return d.Screen
			}
		}
	}
	return false
}

// FirstMedia is when the first packet of another load came; zero: none has.
func (c *Client) FirstMedia() time.Time {
	at := c.first.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at)
}

// tally counts for one Reception; the goroutines that read tracks add to it.
type tally struct {
	of             Reception
	packets, bytes atomic.Uint64
	lost           atomic.Int64
}

// State returns what the client has heard by now.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshot()
}

func (c *Client) snapshot() State {
	s := c.state
	s.Received = make([]Reception, 0, len(c.tallies))
	for _, t := range c.tallies {
		r := t.of
		r.Packets, r.Bytes, r.Lost = t.packets.Load(), t.bytes.Load(), uint64(max(0, t.lost.Load()))
		s.Received = append(s.Received, r)
	}
	slices.SortFunc(s.Received, func(a, b Reception) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Session, b.Session))
	})
	return s
}

// Wait returns the first State of which ok is true. When the stay ends before, the error is ErrOver.
func (c *Client) Wait(ctx context.Context, ok func(State) bool) (State, error) {
	count := time.NewTicker(countEvery)
	defer count.Stop()
	for {
		c.mu.Lock()
		s, changed := c.snapshot(), c.changed
		c.mu.Unlock()
		switch {
		case ok(s):
			return s, nil
		case s.Over:
			return s, fmt.Errorf("%w: closed with %d", ErrOver, s.Code)
		}
		select {
		case <-changed:
		case <-count.C:
		case <-c.done:
			if s := c.State(); ok(s) {
				return s, nil
			}
			return s, ErrOver
		case <-ctx.Done():
			return s, fmt.Errorf("client: wait: %w", ctx.Err())
		}
	}
}

// change lets the loop change the state and wakes who waits.
func (c *Client) change(f func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.state)
	close(c.changed)
	c.changed = make(chan struct{})
}

// tallyOf finds the counter of what a slot carries; nil for one that is off.
func (c *Client) tallyOf(s signaling.Slot) *tally {
	if s.State == signaling.SlotOff {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.tallies {
		if t.of.Session == s.Session && t.of.Source == s.Source {
			return t
		}
	}
	t := &tally{of: Reception{Key: s.Key, Session: s.Session, Source: s.Source}}
	c.tallies = append(c.tallies, t)
	return t
}
