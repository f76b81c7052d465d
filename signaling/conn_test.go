package signaling

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// pipes is a network in memory, so that time can be simulated (testing/synctest).
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// pair returns both ends of a socket, which may compress. The client's pings and pongs are answered while it reads.
func pair(t *testing.T) (*websocket.Conn, *Conn) {
	t.Helper()
	return pairOver(t, func(c net.Conn) net.Conn { return c })
}

// pairOver lets the client use its end of the network through wrap.
func pairOver(t *testing.T, wrap func(net.Conn) net.Conn) (*websocket.Conn, *Conn) {
	t.Helper()
	network, accepted := make(pipes), make(chan *Conn, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := Accept(w, r, Policy{Origins: []string{"http://samtale.test"}})
		if err != nil {
			t.Error(err)
		}
		accepted <- conn
	})}
	ended := make(chan struct{})
	go func() { _ = server.Serve(network); close(ended) }()
	dialer := websocket.Dialer{EnableCompression: true, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		network <- there
		return wrap(here), nil
	}}
	ws, _, err := dialer.Dial("ws://samtale.test/ws", http.Header{"Origin": {"http://samtale.test"}})
	if err != nil {
		t.Fatal(err)
	}
	close(network)
	<-ended
	return ws, <-accepted
}

// codeOf reads until the socket ends and returns the close code.
func codeOf(ws *websocket.Conn) int {
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return closed.Code
			}
			return CloseAbnormal
		}
	}
}

func TestNoHello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		defer ws.Close()
		start := time.Now()
		go func() {
			_, err := conn.Hello(t.Context())
			if err == nil {
				t.Error("a hello from nobody")
			}
			conn.Close(CloseDone, "")
		}()
		if code := codeOf(ws); code != CloseNoHello || time.Since(start) != helloWithin {
			t.Errorf("closed with %d after %v", code, time.Since(start))
		}
	})
}

func TestQuietSocketIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		defer ws.Close()
		ws.SetPingHandler(func(string) error { return nil }) // a dead peer answers nothing
		go codeOf(ws)
		start := time.Now()
		<-conn.Done()
		if since := time.Since(start); since != quietFor {
			t.Errorf("closed after %v", since)
		}
		conn.Close(CloseDone, "")
	})
}

func TestAnsweredPingsKeepItOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		done := make(chan int)
		go func() { done <- codeOf(ws) }()
		select {
		case <-conn.Done():
			t.Error("closed")
		case <-time.After(10 * quietFor):
		}
		conn.Close(CloseTryLater, "later")
		if code := <-done; code != CloseTryLater {
			t.Errorf("closed with %d", code)
		}
		_ = ws.Close()
	})
}

func TestAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		ended := make(chan int)
		go func() { ended <- codeOf(ws) }()
		say := func(n int) {
			for range n {
				_ = ws.WriteMessage(websocket.TextMessage, []byte("{}")) // the last ones come too late
			}
		}
		say(1 + burst) // hello is free
		for range 600 {
			time.Sleep(time.Second) // simulated
			say(perSecond)
		}
		select {
		case <-conn.Done():
			t.Error("closed within the allowance")
		default:
		}
		say(perSecond)
		if code := <-ended; code != ClosePolicy {
			t.Errorf("closed with %d", code)
		}
		conn.Close(CloseDone, "")
		_ = ws.Close()
	})
}

// TestQueueIsBounded: a peer that takes nothing neither blocks the sender nor fills the memory.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		start, sent := time.Now(), 0
		for ; sent < 10*outboxMessages; sent++ {
			if err := conn.Send("changed", struct{}{}); err != nil {
				if !errors.Is(err, ErrSlow) {
					t.Error(err)
				}
				break
			}
		}
		if sent < outboxMessages || sent > outboxMessages+1 || time.Since(start) != 0 {
			t.Errorf("%d messages queued in %v", sent, time.Since(start))
		}
		if err := conn.Send("changed", struct{}{}); !errors.Is(err, ErrGone) {
			t.Errorf("afterwards: %v", err)
		}
		conn.Close(CloseDone, "") // does not wait for a peer that never reads
		if since := time.Since(start); since > closeWithin {
			t.Errorf("closed after %v", since)
		}
		_ = ws.Close()
	})
}

// TestLatestReplaces: what the next one replaces has one place for each kind, never makes the peer too slow, and comes after
// what must arrive.
func TestLatestReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		if err := conn.Send("changed", nil); err != nil { // the writer waits with this one for the peer to read
			t.Fatal(err)
		}
		synctest.Wait()
		for i := range 10 * outboxMessages {
			conn.pushLatest(KindSpeakers, envelope(KindSpeakers, 0, 0, payload(i)))
			conn.pushLatest(KindDownlink, envelope(KindDownlink, 0, 0, payload(i)))
		}
		if err := conn.Send("ok", nil); err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 4 {
			_, text, err := ws.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(text))
		}
		want := []string{`{"t":"changed","d":null}`, `{"t":"ok","d":null}`, `{"t":"speakers","d":2559}`, `{"t":"downlink","d":2559}`}
		if !slices.Equal(got, want) {
			t.Errorf("%s", got)
		}
		go codeOf(ws)
		conn.Close(CloseDone, "")
		_ = ws.Close()
	})
}

// TestSlowPeerLearnsWhy: whoever reads at last gets what was queued, and the close code.
func TestSlowPeerLearnsWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		for conn.Send("changed", struct{}{}) == nil {
		}
		if code := codeOf(ws); code != CloseSlow {
			t.Errorf("closed with %d", code)
		}
		conn.Close(CloseDone, "")
		_ = ws.Close()
	})
}

// TestSendOnly: nobody reads the connection, yet it sees the peer talk and go.
func TestSendOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		go codeOf(ws)
		for range 5 * inboxMessages {
			if err := ws.WriteMessage(websocket.TextMessage, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second) // simulated
		}
		_ = ws.Close()
		<-conn.Done()
		conn.Close(CloseDone, "")
	})
}
