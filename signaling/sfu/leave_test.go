package sfu

import (
	"runtime"
	"testing"
	"time"
	"weak"
)

// TestGoneAreForgotten: whom a listener has heard and seen is let go of while the listener stays. A peer is more than 100 kB.
func TestGoneAreForgotten(t *testing.T) {
	s := newServer(t, nil)
	stays := newClient(t, s, []Content{Microphone}, 1).join()
	sound, sight := stays.mid(Audio, 0), stays.mid(Video, 0)
	var passed []weak.Pointer[Peer]
	for range 5 {
		passed = append(passed, func() weak.Pointer[Peer] {
			c := newClient(t, s, []Content{Microphone, Camera}, 1).join()
			c.put(c.mid(Audio, 0), stays.peer.Source(Microphone))
			stays.put(sound, c.peer.Source(Microphone))
			stays.put(sight, c.peer.Source(Camera))
			c.sends[Microphone].write(t, 1, 960, []byte{0x78, 1}, nil)
			c.sends[Camera].write(t, 1, 3000, frame(true, 1, 1, 1), nil)
			stays.next(sound)
			stays.next(sight)
			gone := weak.Make(c.peer)
			c.peer.Close()
			c.forget(t, s)
			return gone
		}())
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range arrivals(t, tick.C, "end of those who are gone") {
		runtime.GC()
		left := 0
		for _, p := range passed {
			if p.Value() != nil {
				left++
			}
		}
		if left == 0 {
			return
		}
	}
}

// forget lets the client's end, which the test keeps for cleaning up, hold another peer than its own, that has closed.
func (c *client) forget(t *testing.T, s *Server) {
	t.Helper()
	var err error
	if c.peer, err = s.NewPeer(PeerConfig{}); err != nil {
		t.Fatal(err)
	}
	if err := c.pc.GracefulClose(); err != nil {
		t.Error(err)
	}
}
