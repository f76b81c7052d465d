package turn_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"github.com/samtale/samtale/signaling/turn"
)

// page is a web server behind a shared listener: it says by which protocol it was asked, and echoes on a WebSocket.
type page struct {
	*house
	addr net.Addr
}

func newPage(t testing.TB, secure bool) *page {
	t.Helper()
	h := newHouse(t, func(c *turn.Config) { c.TCPAddr, c.TLSAddr = "", "" })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var c *tls.Config
	if secure {
		c = h.certificate
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		var upgrader websocket.Upgrader
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil || ws.WriteMessage(kind, data) != nil {
				return
			}
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 2 * time.Second}
	p := &page{house: h, addr: listener.Addr()}
	h.tcp, h.tls = listener.Addr(), listener.Addr()
	shared := h.Share(listener, c)
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := server.Serve(shared); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served until %v", err)
		}
	})
	t.Cleanup(func() { _ = server.Close(); ended.Wait() })
	return p
}

// get asks for the page with a browser of its own.
func (p *page) get(t testing.TB, url string, transport *http.Transport) string {
	t.Helper()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestOnePort: the page by HTTP/2, a WebSocket by HTTP/1.1 and a relay, all at the same time on one port.
func TestOnePort(t *testing.T) {
	p := newPage(t, true)
	url := p.addr.String()
	relay := p.allocate(t, "tls", p.Credentials("s1", time.Now()))
	ws, _, err := (&websocket.Dialer{TLSClientConfig: p.trusting}).DialContext(t.Context(), "wss://"+url+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	h2 := &http.Transport{TLSClientConfig: p.trusting.Clone(), ForceAttemptHTTP2: true}
	for i := range 20 {
		if got := p.get(t, "https://"+url+"/", h2); got != "HTTP/2.0" {
			t.Fatalf("page by %q", got)
		}
		text := fmt.Sprint("message ", i)
		if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := ws.ReadMessage(); err != nil || string(got) != text {
			t.Fatalf("%q, %v", got, err)
		}
		exchange(t, relay, p.media.addr, bytes.Repeat([]byte{byte(i)}, 1000))
	}
	if got := p.get(t, "https://"+url+"/", &http.Transport{TLSClientConfig: p.trusting.Clone()}); got != "HTTP/1.1" {
		t.Errorf("page by %q with http/1.1", got)
	}
}

// TestWithoutALPN: whoever says nothing is known by the first bytes.
func TestWithoutALPN(t *testing.T) {
	p := newPage(t, true)
	for _, protocols := range [][]string{nil, {"http/1.1"}} {
		c := p.trusting.Clone()
		c.NextProtos = protocols
		conn, err := tls.Dial("tcp", p.addr.String(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(got), "HTTP/1.1") {
			t.Errorf("ALPN %v: %q, %v", protocols, got, err)
		}
	}
	p.trusting.NextProtos = []string{"stun.turn"} // RFC 7443
	if got := p.member(t, "tls", p.Credentials("s1", time.Now())).allocate(); got != 0 {
		t.Errorf("a client that says so is refused with %d", got)
	}
}

// TestPlainPort: without TLS in the process the first bytes decide, split as the network may split them.
func TestPlainPort(t *testing.T) {
	p := newPage(t, false)
	exchange(t, p.allocate(t, "tcp", p.Credentials("s1", time.Now())), p.media.addr, bytes.Repeat([]byte{1}, 1000))
	if got := p.get(t, "http://"+p.addr.String()+"/", &http.Transport{}); got != "HTTP/1.1" {
		t.Errorf("page by %q", got)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+p.addr.String()+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	big := bytes.Repeat([]byte("x"), 1<<20)
	if err := ws.WriteMessage(websocket.BinaryMessage, big); err != nil {
		t.Fatal(err)
	}
	if _, got, err := ws.ReadMessage(); err != nil || !bytes.Equal(got, big) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	conn, err := net.Dial("tcp", p.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, b := range []byte(bindingRequest) {
		if _, err := conn.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if b := make([]byte, 20); func() error { _, err := io.ReadFull(conn, b); return err }() != nil || b[0] != 1 {
		t.Error("a request byte by byte is not answered")
	}
}

// TestSilentClients block nobody, however many they are, and are let go.
func TestSilentClients(t *testing.T) {
	for _, secure := range []bool{true, false} {
		t.Run(fmt.Sprint("tls_", secure), func(t *testing.T) {
			p := newPage(t, secure)
			var open []net.Conn
			defer func() {
				for _, c := range open {
					_ = c.Close()
				}
			}()
			dial := func() net.Conn {
				c, err := net.Dial("tcp", p.addr.String())
				if err != nil {
					t.Fatal(err)
				}
				open = append(open, c)
				return c
			}
			for i := range 300 {
				c := dial()
				if i%3 == 0 {
					_, _ = c.Write([]byte{0x16, 3, 1}) // the beginning of a handshake
				}
				if i%3 == 1 {
					_, _ = c.Write([]byte{0, 3}) // of a request
				}
			}
			scheme := "http"
			if secure {
				scheme = "https"
			}
			begin := time.Now()
			p.get(t, scheme+"://"+p.addr.String()+"/", &http.Transport{TLSClientConfig: p.trusting.Clone()})
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("the page took %v", took)
			}
			if secure { // plain ones that begin as HTTP are HTTP's at once
				for p.Waiting() < turn.MaxWaitingNetwork {
					dial()
					until(t, "all wait", func() bool { return p.Waiting() == len(open) }) // and the page's connection no more
				}
				c := dial()
				_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
				if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, errTimeout(err)) {
					t.Errorf("one too many of a network: %v", err)
				}
			}
		})
	}
}

// errTimeout is the error itself when it is a timeout.
func errTimeout(err error) error {
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		return err
	}
	return errors.New("none")
}

// TestUnallocatedStream: a TURN client that never shows a credential counts as waiting, one with a relay does not.
func TestUnallocatedStream(t *testing.T) {
	p := newPage(t, true)
	idle := p.member(t, "tls", p.Credentials("s1", time.Now()))
	if got := idle.request(stun.MethodBinding); got != 0 {
		t.Fatalf("binding: %d", got)
	}
	if n := p.Waiting(); n != 1 {
		t.Errorf("%d wait", n)
	}
	if got := idle.allocate(); got != 0 {
		t.Fatalf("allocation: %d", got)
	}
	until(t, "nobody waits", func() bool { return p.Waiting() == 0 })
}

// TestListenerEnds: closing the shared listener ends HTTP's Accept; relays live until the server is closed.
func TestListenerEnds(t *testing.T) {
	h := newHouse(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shared := h.Share(listener, h.certificate)
	h.tls = listener.Addr()
	relay := h.allocate(t, "tls", h.Credentials("s1", time.Now()))
	ended := make(chan error, 1)
	go func() { _, err := shared.Accept(); ended <- err }()
	if err := shared.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
	exchange(t, relay, h.media.addr, []byte("still here"))
	if conn, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("it still listens")
	}
}

// TestWrongCertificate: a client that does not trust us ends there; nothing is left of it.
func TestWrongCertificate(t *testing.T) {
	p := newPage(t, true)
	if _, err := tls.Dial("tcp", p.addr.String(), &tls.Config{ServerName: "127.0.0.1"}); err == nil {
		t.Error("a client without our authority is content")
	}
	if _, err := tls.Dial("tcp", p.addr.String(), &tls.Config{RootCAs: p.trusting.RootCAs, ServerName: "127.0.0.1", MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	until(t, "nobody waits", func() bool { return p.Waiting() == 0 })
}

// proxy is a hospital's: nothing but HTTP CONNECT to one port. It counts the tunnels.
type proxy struct {
	addr    string
	tunnels chan string
}

func newProxy(t testing.TB) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: listener.Addr().String(), tunnels: make(chan string, 16)}
	var ended sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusForbidden)
			return
		}
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		p.tunnels <- r.Host
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		ended.Go(func() { _, _ = io.Copy(there, here); _ = there.Close() })
		_, _ = io.Copy(here, there)
		_ = here.Close()
	})}
	ended.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { _ = server.Close(); ended.Wait() })
	return p
}

// dial opens a tunnel.
func (p *proxy) dial(t testing.TB, to string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", to, to); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", response, err)
	}
	return conn
}

// TestThroughProxy: page and relay by the tunnels of an HTTP proxy.
func TestThroughProxy(t *testing.T) {
	p := newPage(t, true)
	middle := newProxy(t)
	secured := tls.Client(middle.dial(t, p.addr.String()), p.trusting)
	client, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: p.addr.String(), STUNServerAddr: p.addr.String(), Conn: pion.NewSTUNConn(secured), RTO: time.Second,
		Username: p.Credentials("s1", time.Now()).Username, Password: p.Credentials("s1", time.Now()).Password,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	defer secured.Close()
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	relay, err := client.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	exchange(t, relay, p.media.addr, bytes.Repeat([]byte{1}, 1200))
	if got := <-middle.tunnels; got != p.addr.String() {
		t.Errorf("a tunnel to %s", got)
	}
}
