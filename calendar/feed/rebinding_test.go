package feed

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers for every name with one address after another, and then always with the last.
type nameServer struct {
	conn net.PacketConn

	mu        sync.Mutex
	addresses []string
	asked     int // for IPv4 addresses
}

func startNameServer(t *testing.T, addresses ...string) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{conn: conn, addresses: addresses}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return s
}

func (s *nameServer) serve() {
	buffer := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Additionals = true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: s.next()},
			}}
		}
		if packed, err := m.Pack(); err == nil {
			s.conn.WriteTo(packed, from)
		}
	}
}

func (s *nameServer) next() [4]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	address := s.addresses[0]
	if len(s.addresses) > 1 {
		s.addresses = s.addresses[1:]
	}
	return netip.MustParseAddr(address).As4()
}

func (s *nameServer) lookUps() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
}

// fetcherBy is New with the dialer of the guard asking another name server.
func fetcherBy(s *nameServer, o Options) *Fetcher {
	f := New(o)
	d := GuardedDialer(o.Allow)
	d.Resolver = s.resolver()
	f.transport.DialContext = d.DialContext
	return f
}

// victim is a private server that nobody may reach by a feed's address, at 127.0.0.2.
func victim(t *testing.T, port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Skipf("127.0.0.2 is no address of this machine: %v", err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") }))
	s.Listener.Close()
	s.Listener = listener
	s.Start()
	t.Cleanup(s.Close)
}

// TestFetch_rebinding: whoever checked the name before found it public. What is dialled is judged, not what was looked up.
func TestFetch_rebinding(t *testing.T) {
	names := startNameServer(t, "93.184.216.34", "127.0.0.1")
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") })
	u, _ := url.Parse(s.URL)
	before, err := names.resolver().LookupHost(t.Context(), "cal.example")
	if err != nil || len(before) != 1 || before[0] != "93.184.216.34" {
		t.Fatalf("%v, %v", before, err)
	}
	_, err = fetcherBy(names, Options{AllowHTTP: true}).Fetch(t.Context(), Source{URL: "http://cal.example:" + u.Port() + "/" + secret})
	if err == nil || !strings.Contains(err.Error(), "private network") || strings.Contains(err.Error(), secret) || names.lookUps() != 2 {
		t.Errorf("%v after %d look-ups", err, names.lookUps())
	}
}

// TestFetch_rebinding_between_requests: the name leads to an allowed address and, for the next connection of the same fetch,
// to a private one. 127.0.0.1 stands for what is public here.
func TestFetch_rebinding_between_requests(t *testing.T) {
	check := func(name, scheme string, handle func(w http.ResponseWriter, r *http.Request)) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			names := startNameServer(t, "127.0.0.1", "127.0.0.2")
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close")
				handle(w, r)
			})
			u, _ := url.Parse(s.URL)
			victim(t, u.Port())
			o := Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, AllowHTTP: true}
			_, err := fetcherBy(names, o).Fetch(t.Context(), Source{URL: scheme + "://cal.example:" + u.Port() + "/cal/", User: "kari", Password: secret})
			if err == nil || !strings.Contains(err.Error(), "private network") || names.lookUps() != 2 {
				t.Errorf("%v after %d look-ups", err, names.lookUps())
			}
		})
	}
	check("redirect", "http", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	check("caldav", "caldav+http", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusMultiStatus)
		fmt.Fprint(w, multi(found("/cal/", calendarType)))
	})
}
