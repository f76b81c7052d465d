package signaling_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
	"github.com/samtale/samtale/signaling/sfu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests; nothing takes this long unless it never comes.
const patience = 30 * time.Second

var (
	nurse    = signaling.Member{Key: "p-ness", Name: "Mona Ness", Role: "ward_nurse", Organization: "Havnes sykehus, Med A", Host: true}
	doctor   = signaling.Member{Key: "p-hauk", Name: "Ingrid Hauk", Role: "gp", Organization: "Langneset legekontor"}
	daughter = signaling.Member{Key: "g-1", Name: "Kari Elvemo", Role: "relative", Guest: true}
)

// house serves rooms over a real HTTP server with a real media port. Whoever dials names a member in a header, as the
// real server finds one by the cookie.
type house struct {
	t       testing.TB
	ctx     context.Context
	rooms   *signaling.Rooms
	server  *httptest.Server
	members map[string]signaling.Member

	mu     sync.Mutex
	events []signaling.Event
	served chan error // what Serve returned, for each socket
}

func open(t testing.TB, resumeFor time.Duration) *house {
	t.Helper()
	return openWith(t, resumeFor, sfu.Config{})
}

func openWith(t testing.TB, resumeFor time.Duration, c sfu.Config) *house {
	t.Helper()
	return openAs(t, c, func(o *signaling.Options) { o.ResumeFor = resumeFor })
}

// openAs lets change alter the options of the rooms.
func openAs(t testing.TB, c sfu.Config, change func(*signaling.Options)) *house {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.UDPAddr, c.IncludeLoopback = "127.0.0.1:0", true
	media, err := sfu.New(c)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, ctx: ctx, members: map[string]signaling.Member{}, served: make(chan error, 1000)}
	options := signaling.Options{Media: media, Record: h.record}
	change(&options)
	h.rooms = signaling.NewRooms(options)
	h.server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(func() {
		stopping, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		if err := h.rooms.Shutdown(stopping); err != nil {
			t.Error(err)
		}
		h.server.Close()
		if err := media.Close(); err != nil {
			t.Error(err)
		}
		cancel()
	})
	return h
}

func (h *house) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := signaling.Accept(w, r, signaling.Policy{Origins: []string{h.server.URL}})
	if err != nil {
		return
	}
	defer conn.Close(signaling.CloseDone, "")
	hello, err := conn.Hello(h.ctx)
	if err != nil {
		return
	}
	h.mu.Lock()
	member := h.members[r.Header.Get("Member")]
	h.mu.Unlock()
	h.served <- h.rooms.Serve(h.ctx, conn, hello.Conference, member, hello)
}

func (h *house) record(e signaling.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// told waits until an event of that kind about key has been recorded, and returns it.
func (h *house) told(kind, key string) signaling.Event {
	h.t.Helper()
	var found signaling.Event
	h.eventually(kind+" of "+key, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		i := slices.IndexFunc(h.events, func(e signaling.Event) bool { return e.Kind == kind && e.Key == key })
		if i >= 0 {
			found = h.events[i]
		}
		return i >= 0
	})
	return found
}

// story lists the kinds of event about key in order, media left out: when it stands depends on the machine.
func (h *house) story(key string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var kinds []string
	for _, e := range h.events {
		switch {
		case e.Key != key || e.Kind == signaling.EventMediaUp || e.Kind == signaling.EventMediaDown:
		case e.Reason != "":
			kinds = append(kinds, e.Kind+" "+e.Reason)
		default:
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func (h *house) eventually(what string, ok func() bool) {
	h.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-h.ctx.Done():
			h.t.Fatalf("never came: %s", what)
		}
	}
}

func (h *house) config(m signaling.Member) client.Config {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members[m.Key] = m
	return client.Config{URL: h.server.URL, Origin: h.server.URL, Header: http.Header{"Member": {m.Key}}, Conference: "conf-7"}
}

// enter dials as m and closes at the end of the test; change may alter the configuration.
func (h *house) enter(m signaling.Member, change ...func(*client.Config)) *client.Client {
	h.t.Helper()
	config := h.config(m)
	for _, f := range change {
		f(&config)
	}
	c, err := client.Dial(h.ctx, config)
	if err != nil {
		h.t.Fatalf("%s: %v", m.Name, err)
	}
	h.t.Cleanup(c.Close)
	return c
}

// wordsOnly makes a client without media.
func wordsOnly(c *client.Config) { c.NoMedia = true }

// sees waits until ok is true of what c has heard.
func (h *house) sees(c *client.Client, what string, ok func(client.State) bool) client.State {
	h.t.Helper()
	s, err := c.Wait(h.ctx, ok)
	if err != nil {
		h.t.Fatalf("%s: %v; state %+v", what, err, s)
	}
	return s
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused fails unless err is the server's refusal with that code.
func (h *house) refused(name, code string, err error) {
	h.t.Helper()
	var refusal *client.RefusedError
	if !errors.As(err, &refusal) || refusal.Code != code {
		h.t.Errorf("%s: %v, not %s", name, err, code)
	}
}

func in(s client.State) bool { return s.In }

// people says that exactly these are in the room, in this order, all connected.
func people(keys ...string) func(client.State) bool {
	return func(s client.State) bool {
		return slices.EqualFunc(s.Roster, keys, func(p signaling.RosterPerson, key string) bool {
			return p.Key == key && !slices.ContainsFunc(p.Devices, func(d signaling.Device) bool { return !d.Connected })
		})
	}
}

// hearsAndSees says that sound and picture of key arrive.
func hearsAndSees(key string) func(client.State) bool {
	return func(s client.State) bool {
		return s.From(key, signaling.SourceMicrophone).Packets > 20 && s.From(key, signaling.SourceCamera).Packets > 3
	}
}

// closed says that the stay has ended for good with code.
func closed(code int) func(client.State) bool {
	return func(s client.State) bool { return s.Over && s.Code == code }
}
