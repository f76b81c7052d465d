package signaling

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// place is a room whose time is simulated: words only, there is no media server.
type place struct {
	t     *testing.T
	rooms *Rooms
}

func openPlace(t *testing.T, o Options) *place {
	p := &place{t: t, rooms: NewRooms(o)}
	t.Cleanup(func() {
		if err := p.rooms.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return p
}

// attend takes a seat, or an old one again, and returns the socket and the welcome.
func (p *place) attend(key string, resume *Resume) (*websocket.Conn, Welcome) {
	p.t.Helper()
	ws, conn := pair(p.t)
	go func() {
		hello := Hello{V: Version, Conference: "conf-7", Device: "device-of-" + key, Resume: resume, id: 1}
		_ = p.rooms.Serve(p.t.Context(), conn, hello.Conference, Member{Key: key, Host: true}, hello)
		conn.Close(CloseDone, "")
	}()
	var w Welcome
	if err := p.await(ws, KindWelcome).read(&w); err != nil {
		p.t.Fatal(err)
	}
	return ws, w
}

// await reads until a message of that kind comes.
func (p *place) await(ws *websocket.Conn, kind string) Message {
	p.t.Helper()
	for {
		_, text, err := ws.ReadMessage()
		if err != nil {
			p.t.Fatalf("%s: %v", kind, err)
		}
		if m, err := Parse(text); err == nil && m.T == kind {
			return m
		}
	}
}

func TestSeatIsKeptForTwoMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := openPlace(t, Options{})
		for _, away := range []time.Duration{resumeFor - time.Second, resumeFor + time.Second} {
			ws, before := p.attend("p-hauk", nil)
			if before.ResumeSeconds != 120 {
				t.Errorf("a seat is said to be kept for %d s", before.ResumeSeconds)
			}
			_ = ws.NetConn().Close()
			time.Sleep(away) // simulated
			ws, after := p.attend("p-hauk", &Resume{Session: before.Session, Secret: before.Secret})
			if kept := away < resumeFor; after.Resumed != kept || (after.Session == before.Session) != kept {
				t.Errorf("after %v: %+v", away, after)
			}
			if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"bye","id":1}`)); err != nil {
				t.Error(err)
			}
			codeOf(ws)
			_ = ws.Close()
		}
	})
}

func TestRelayIsRenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := 0
		p := openPlace(t, Options{Relay: func(session string) *Relay {
			made++ // in the room's loop
			return &Relay{URLs: []string{"turn:samtale.test:3478"}, Username: session, Credential: strconv.Itoa(made), Seconds: 1200}
		}})
		ws, w := p.attend("p-hauk", nil)
		if w.Relay == nil || w.Relay.Username != w.Session || w.Relay.Credential != "1" {
			t.Fatalf("welcome with %+v", w.Relay)
		}
		for _, want := range []string{"2", "3"} {
			start := time.Now()
			m := p.await(ws, KindRelay)
			var next Relay
			if err := json.Unmarshal(m.D, &next); err != nil || m.Seq != 0 {
				t.Fatalf("%+v: %v", m, err)
			}
			if since := time.Since(start); next.Credential != want || since < 15*time.Minute || since > 15*time.Minute+tickEvery {
				t.Errorf("%q after %v", next.Credential, since)
			}
		}
		_ = ws.NetConn().Close()
		time.Sleep(time.Minute) // simulated
		ws, w = p.attend("p-hauk", &Resume{Session: w.Session, Secret: w.Secret})
		if !w.Resumed || w.Relay == nil || w.Relay.Credential != "4" {
			t.Errorf("resumed with %+v", w.Relay)
		}
		go codeOf(ws)
	})
}

func TestNoRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := openPlace(t, Options{Relay: func(string) *Relay { return nil }})
		ws, w := p.attend("p-hauk", nil)
		if w.Relay != nil {
			t.Errorf("%+v", w.Relay)
		}
		go codeOf(ws)
	})
}

// A radio link that is dead ends no socket for minutes: the others hear of it all the same, and when it comes back.
func TestSilentIsAway(t *testing.T) {
	begun := time.Unix(1e9, 0)
	connected := func(peer int, up bool, silent time.Duration) bool {
		r := newRoom(NewRooms(Options{}), "conf-7")
		conn := &Conn{outbox: newOutbox(), done: make(chan struct{})}
		r.arrive(conn, Member{Key: "p-hauk"}, Hello{Device: "device-1"})
		s := r.sessions[0]
		s.peer, s.link = peer, &link{up: up}
		conn.heardAt.Store(begun.UnixNano())
		r.changed = 0
		r.watch(begun.Add(silent))
		now := r.roster().People[0].Devices[0].Connected
		if (r.changed == topicRoster) == now {
			t.Errorf("connected %v, and told of %v", now, r.changed)
		}
		conn.heardAt.Store(begun.Add(silent).UnixNano())
		r.watch(begun.Add(silent))
		if !r.roster().People[0].Devices[0].Connected {
			t.Error("still away after it was heard")
		}
		return now
	}
	check := func(peer int, up bool, silent time.Duration, want bool) {
		t.Helper()
		if got := connected(peer, up, silent); got != want {
			t.Errorf("peer %d, media %v, silent for %v: connected %v", peer, up, silent, got)
		}
	}
	check(1, false, silentFor-time.Second, true)
	check(1, false, silentFor, false)
	check(1, true, time.Minute, true)  // it is heard
	check(0, false, time.Minute, true) // it has only ever used the socket
}

// Whoever comes first has lines for all who were asked: their coming makes nobody offer again.
func TestLinesForWhoIsExpected(t *testing.T) {
	check := func(expected int, want Need) {
		t.Helper()
		r := newRoom(NewRooms(Options{}), "conf-7")
		r.arrive(&Conn{outbox: newOutbox(), done: make(chan struct{})}, Member{Key: "p-hauk", Expected: expected}, Hello{Device: "device-1"})
		if got := r.sessions[0].need; got != want {
			t.Errorf("%d expected: %+v", expected, got)
		}
	}
	check(0, Need{Audio: 5, Video: 5})
	check(12, Need{Audio: 13, Video: 9})
	check(60, Need{Audio: 13, Video: 9})
}
