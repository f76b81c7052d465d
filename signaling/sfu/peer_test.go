package sfu

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestConnectWithin(t *testing.T) {
	s := newServer(t, func(c *Config) { c.ConnectWithin = 200 * time.Millisecond })
	a := newClient(t, s, []Content{Microphone}, 0)
	if _, err := a.peer.Answer(t.Context(), a.offer(nil)); err != nil { // which the client never takes
		t.Fatal(err)
	}
	if got := wait(t, a.states, "state"); got != StateFailed {
		t.Errorf("state %v", got)
	}
}

func TestDisconnected(t *testing.T) {
	s := newServer(t, func(c *Config) { c.DisconnectedWait = 300 * time.Millisecond })
	a := newClient(t, s, []Content{Microphone}, 1).join()
	if err := a.pc.Close(); err != nil {
		t.Fatal(err)
	}
	a.reach(StateDisconnected)
}

func TestClosed(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 1)
	o := a.offer(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.peer.turn <- struct{}{}
	if _, err := a.peer.Answer(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("while another is answered: error %v", err)
	}
	<-a.peer.turn
	a.negotiate(o)
	a.reach(StateConnected)
	a.peer.Close()
	a.peer.Close()
	if _, err := a.peer.Answer(t.Context(), o); !errors.Is(err, ErrClosed) {
		t.Errorf("Answer: error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NewPeer(PeerConfig{}); !errors.Is(err, ErrClosed) {
		t.Errorf("NewPeer: error %v", err)
	}
	for len(a.states) > 0 {
		if got := <-a.states; got != StateConnected {
			t.Errorf("state %v after Close", got)
		}
	}
}

func TestAnnounce(t *testing.T) {
	s := newServer(t, func(c *Config) { c.Announce = []netip.Addr{netip.MustParseAddr("203.0.113.7")} })
	a := newClient(t, s, []Content{Microphone}, 0)
	answer := a.negotiate(a.offer(nil))
	if !strings.Contains(answer.SDP, " 203.0.113.7 ") || strings.Contains(answer.SDP, " 127.0.0.1 ") {
		t.Errorf("the answer's addresses are not the announced one: %s", answer.SDP)
	}
}

func TestEveryInterface(t *testing.T) {
	free, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.LocalAddr().String())
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, func(c *Config) { c.UDPAddr = ":" + port })
	newClient(t, s, []Content{Microphone}, 1).join()
}

func TestNewErrors(t *testing.T) {
	for name, addr := range map[string]string{"no port": "127.0.0.1", "no address": "here:0", "no number": ":x", "too great": ":70000"} {
		if s, err := New(Config{UDPAddr: addr}); err == nil {
			t.Errorf("%s: no error", name)
			_ = s.Close()
		}
	}
}

// Peers come, swap and go while packets flow.
func TestCloseWhilePacketsFlow(t *testing.T) {
	s := newServer(t, nil)
	clients := make([]*client, 4)
	for i := range clients {
		clients[i] = newClient(t, s, []Content{Microphone, Camera}, 3).join()
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() {
			f := &film{from: c}
			ticker := time.NewTicker(2 * time.Millisecond)
			defer ticker.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				select {
				case <-ticker.C:
				case <-ctx.Done():
				}
				if n%20 == 7 { // some are lost
					f.seq++
					continue
				}
				f.frame(t, n%50 == 0)
				c.sends[Microphone].write(t, uint16(n), uint32(n*960), []byte{0x78}, nil)
			}
		})
		wg.Go(func() {
			ticker := time.NewTicker(20 * time.Millisecond)
			defer ticker.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				for _, l := range c.slots {
					var src *Source
					if other := (i + n) % len(clients); other != i {
						src = clients[other].peer.Source(map[Kind]Content{Audio: Microphone, Video: Camera}[l.Kind])
					}
					if err := c.peer.Put(l.Mid, src); err != nil && !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
				}
				_ = clients[(i+1)%len(clients)].peer.Loudness()
				select {
				case <-ticker.C:
				case <-ctx.Done():
				}
			}
		})
	}
	for _, c := range clients {
		for range 50 {
			wait(t, c.came, "packet")
		}
	}
	clients[0].peer.Close()
	clients[1].peer.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	wg.Wait()
}

func TestEcho(t *testing.T) {
	s := newServer(t, nil)
	a := newClientOf(t, s, PeerConfig{Echo: true}, []Content{Microphone}, 1).join()
	sounds(t, a, a, 7)
	if err := a.peer.Put(a.mid(Audio, 0), a.peer.Source(Microphone)); err == nil {
		t.Error("who is not tested may hear itself")
	}
}

func TestQuality(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 1)
	if got := a.peer.Quality(); got != (Quality{}) {
		t.Errorf("before the connection %+v", got)
	}
	a.join()
	a.sends[Microphone].write(t, 1, 0, []byte{0x78}, nil)
	for r := range arrivals(t, a.sends[Microphone].asked, "report") {
		if _, ok := r.(*rtcp.ReceiverReport); ok {
			break
		}
	}
	a.sends[Microphone].write(t, 2, 960, []byte{0x78}, nil)
	for r := range arrivals(t, a.sends[Microphone].asked, "report") {
		if _, ok := r.(*rtcp.ReceiverReport); ok { // the second before it has been judged
			break
		}
	}
	if got := a.peer.Quality(); got.Score < 4 || got.Path != "udp" {
		t.Errorf("on loopback %+v", got)
	}
	a.peer.Reported(Report{Relay: true})
	if err := a.pc.Close(); err != nil {
		t.Fatal(err)
	}
	a.reach(StateDisconnected)
	if got := a.peer.Quality(); got.Score != 1 {
		t.Errorf("of a line that is down %+v", got)
	}
}
