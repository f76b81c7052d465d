package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/redisd"
)

// cutter stands between a store and its server. Armed, it lets one request through and cuts the line instead of answering:
// the server has done it, the client does not know.
type cutter struct {
	listener net.Listener
	network  string
	server   string
	group    sync.WaitGroup

	mu    sync.Mutex // guards armed and cuts
	armed string     // cut the answer to the first request that holds this
	cuts  int
}

func newCutter(t *testing.T, network, server string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: listener, network: network, server: server}
	c.group.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			c.group.Go(func() { c.serve(client) })
		}
	})
	return c
}

func (c *cutter) close() {
	_ = c.listener.Close()
	c.group.Wait()
}

func (c *cutter) arm(word string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = word
}

func (c *cutter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts
}

func (c *cutter) cutHere(request []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.armed == "" || !strings.Contains(string(request), c.armed) {
		return false
	}
	c.armed = ""
	c.cuts++
	return true
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(c.network, c.server)
	if err != nil {
		return
	}
	defer server.Close()
	request, reply := make([]byte, 1<<16), make([]byte, 1<<16)
	for { // requests of these tests fit one packet, and each is answered before the next
		n, err := client.Read(request)
		if err != nil {
			return
		}
		if _, err := server.Write(request[:n]); err != nil {
			return
		}
		m, err := server.Read(reply)
		if err != nil || c.cutHere(request[:n]) {
			return
		}
		if _, err := client.Write(reply[:m]); err != nil {
			return
		}
	}
}

// TestLostReply: the server books, the answer is lost. The store must not book again by itself, and the caller who repeats
// the request gets the meeting.
func TestLostReply(t *testing.T) {
	realServer(t)
	line := newCutter(t, "unix", strings.TrimPrefix(shared.daemon.URL(), "unix://"))
	b := openBench(t, "redis://"+line.listener.Addr().String(), nil)
	t.Cleanup(func() { _ = b.Close(); line.close() })
	ctx := t.Context()
	must[conference.Conference](t)(b.Book(ctx, newBooking("m_0", noon.Add(-5*time.Hour), "p_kari"))) // the script is known from here on
	cursor := must[string](t)(b.LastEventID(ctx))

	booking := newBooking("m_1", noon, "p_kari", "p_ola")
	booking.Idempotency = Idempotency{Key: "k1", BodyHash: "b1"}
	line.arm("m_1")
	if _, err := b.Book(ctx, booking); err == nil || errors.Is(err, ErrNotFound) {
		t.Fatalf("with the answer lost: %v, want a network error", err)
	}
	if n := line.count(); n != 1 {
		t.Fatalf("%d answers were cut", n)
	}
	if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 1 {
		t.Errorf("%d events, want one: it was written once", len(changes))
	}
	repeated := newBooking("m_2", noon, "p_kari", "p_ola")
	repeated.Idempotency = booking.Idempotency
	if got := must[conference.Conference](t)(b.Book(ctx, repeated)); got.ID != "m_1" {
		t.Errorf("the repeated request got %s", got.ID)
	}
	if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 3 {
		t.Errorf("outbox %+v, want three mails", size)
	}

	line.arm("attended")
	event := conference.Event{At: noon, Boot: "b1", Kind: "joined", Key: "attended", Session: "s1"}
	if err := b.AppendAttendance(ctx, "m_1", event); err == nil {
		t.Fatal("the lost answer was no error")
	}
	if err := b.AppendAttendance(ctx, "m_1", event); err != nil {
		t.Fatal(err)
	}
	if events := must[[]conference.Event](t)(b.Attendance(ctx, "m_1")); len(events) != 1 {
		t.Errorf("%d events in the ledger, want one", len(events))
	}
}

// mortalBench is a bench on a server of its own, which the test may kill.
func mortalBench(t *testing.T) bench {
	t.Helper()
	daemon, err := redisd.Start(t.Context(), redisd.Config{Dir: t.TempDir()})
	needServer(t, err)
	t.Cleanup(func() {
		if err := daemon.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return openBench(t, daemon.URL(), nil)
}

// kill ends the server without a warning and returns when its supervisor has started another.
func (b bench) kill(t *testing.T) {
	t.Helper()
	info := must[string](t)(b.read.Info(t.Context(), "server").Result())
	_, after, _ := strings.Cut(info, "process_id:")
	line, _, _ := strings.Cut(after, "\r\n")
	pid := must[int](t)(strconv.Atoi(line))
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	client := rawClient(t, b.url) // tries until it is there
	err := client.Ping(t.Context()).Err()
	for err != nil && strings.HasPrefix(err.Error(), "LOADING") {
		err = client.Ping(t.Context()).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCrashBetweenBookingAndMail kills the server after the booking was answered. Started again it has the meeting, the
// reservations and the mail that nobody had read yet.
func TestCrashBetweenBookingAndMail(t *testing.T) {
	b := mortalBench(t)
	ctx := t.Context()
	must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
	b.kill(t)
	back := b.again(t)
	must[conference.Conference](t)(back.Conference(ctx, "m_1"))
	var conflict *ConflictError
	if _, err := back.Book(ctx, newBooking("m_2", noon, "p_kari")); !errors.As(err, &conflict) {
		t.Errorf("the reservation is gone: %v", err)
	}
	m := must[OutboxMail](t)(back.NextMail(ctx, "n1", 0))
	if m.Conference != "m_1" {
		t.Errorf("mail %+v", m)
	}
}

// TestCrashInTheMiddleOfHunts kills the server while twenty hunts are being stepped. Every step that was answered is there
// afterwards, at most one more that was not; every hunt is due, so that it goes on where it stood.
func TestCrashInTheMiddleOfHunts(t *testing.T) {
	const hunts, enough = 20, 100
	b := mortalBench(t)
	ctx := t.Context()
	var mu sync.Mutex
	answered, total := map[duty.ConsultID]int64{}, 0
	busy, killed := make(chan struct{}), make(chan struct{})
	step := func(id duty.ConsultID) bool {
		c, err := b.ChangeConsult(ctx, id, "rang", ringNext(doctors[1]))
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			return false
		}
		answered[id] = c.Revision
		if total++; total == enough {
			close(busy)
		}
		select {
		case <-killed:
			return false
		default:
			return true
		}
	}
	var wg sync.WaitGroup
	for i := range hunts {
		c, room := newConsult(duty.ConsultID(fmt.Sprint("q_", i)))
		must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
		wg.Go(func() {
			for step(c.ID) {
			}
		})
	}
	<-busy
	b.kill(t)
	close(killed)
	wg.Wait()
	back := b.again(t)
	due := must[[]duty.ConsultID](t)(back.DueConsults(ctx, noon.Add(24*365*time.Hour), 2*hunts))
	if len(due) != hunts {
		t.Errorf("%d hunts are due, want all %d: %v", len(due), hunts, due)
	}
	for _, id := range due {
		c := must[duty.Consult](t)(back.Consult(ctx, id))
		if lost := answered[id] - c.Revision; lost > 0 || (lost < -1 && answered[id] > 0) {
			t.Errorf("%s has revision %d, answered was %d", id, c.Revision, answered[id])
		}
		if int64(len(c.Rings)) != c.Revision || !c.Deadline.Equal(c.Rings[len(c.Rings)-1].Until) {
			t.Errorf("%s: revision %d with %d rings and deadline %s", id, c.Revision, len(c.Rings), c.Deadline)
		}
		must[duty.Consult](t)(back.ChangeConsult(ctx, id, "accepted", take(doctors[1])))
	}
	if due := must[[]duty.ConsultID](t)(back.DueConsults(ctx, noon.Add(24*365*time.Hour), hunts)); len(due) != 0 {
		t.Errorf("due after all were taken: %v", due)
	}
}
