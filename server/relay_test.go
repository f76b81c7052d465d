package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/turn/v5"

	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

func TestRelayURLs(t *testing.T) {
	check := func(name string, own bool, want string, change func(*config.Config)) {
		t.Run(name, func(t *testing.T) {
			c := config.Config{TURN: ":3478", PublicURL: &url.URL{Scheme: "http", Host: "localhost:8080"}}
			change(&c)
			if got := strings.Join(relayURLs(c, own), " "); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
	https := func(c *config.Config) { c.PublicURL = &url.URL{Scheme: "https", Host: "samtale.example"} }
	ends := func(c *config.Config) { https(c); c.TLSCert = "cert.pem" }
	check("plain", true, "turn:localhost:3478?transport=udp turn:localhost:3478?transport=tcp turn:localhost:8080?transport=tcp", func(*config.Config) {})
	check("port_taken", false, "turn:localhost:8080?transport=tcp", func(*config.Config) {})
	check("tls", true, "turn:samtale.example:3478?transport=udp turn:samtale.example:3478?transport=tcp turns:samtale.example:443?transport=tcp", ends)
	check("tls_port", false, "turns:samtale.example:8443?transport=tcp", func(c *config.Config) { ends(c); c.PublicURL.Host += ":8443" })
	check("proxy_in_front", true, "turn:samtale.example:3478?transport=udp turn:samtale.example:3478?transport=tcp", https)
	check("own_tls_listener", true, "turn:samtale.example:3478?transport=udp turn:samtale.example:3478?transport=tcp turns:samtale.example:5349?transport=tcp",
		func(c *config.Config) { ends(c); c.TURNTLS = "10.0.0.5:5349" })
	check("ipv6", false, "turn:[2001:db8::1]:80?transport=tcp", func(c *config.Config) { c.PublicURL.Host = "[2001:db8::1]" })
	check("by_hand", true, "turns:turn.example:443?transport=tcp", func(c *config.Config) { ends(c); c.TURNURLs = []string{"turns:turn.example:443?transport=tcp"} })
}

// secured starts the demo with HTTPS and TURN on ports of its own, and returns what trusts it.
func secured(t testing.TB, extra ...string) (*running, *tls.Config, files) {
	t.Helper()
	f := newFiles(t)
	pool := f.write(t, "test")
	port := freePort(t)
	r := start(t, true, append([]string{
		"SAMTALE_LISTEN", "127.0.0.1:" + port, "SAMTALE_PUBLIC_URL", "https://127.0.0.1:" + port, "SAMTALE_TLS_CERT", f.cert, "SAMTALE_TLS_KEY", f.key,
		"SAMTALE_TURN", "127.0.0.1:" + freePort(t), "SAMTALE_MEDIA_UDP", "127.0.0.1:" + freePort(t),
	}, extra...)...)
	return r, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}, f
}

// trusting lets a browser trust the server.
func (b *browser) trusting(c *tls.Config) *browser {
	transport := &http.Transport{TLSClientConfig: c.Clone(), ForceAttemptHTTP2: true}
	b.t.Cleanup(transport.CloseIdleConnections)
	b.client.Transport = transport
	return b
}

// TestRelayByHTTPS: the page by HTTP/2, the demo's own calendars, and a relay by TLS on the same port, to our media and nowhere else.
func TestRelayByHTTPS(t *testing.T) {
	r, trust, _ := secured(t)
	b := r.browser().trusting(trust)
	if got := b.do("POST", "/v1/relay-credentials", nil); got.status != 401 {
		t.Errorf("a stranger gets credentials: %d", got.status)
	}
	must[struct{ Open string }](b, 200, "POST", "/demo/api/session", map[string]string{"persona": "ward-nurse"})
	relay := must[RelayCredentials](b, 200, "POST", "/v1/relay-credentials", nil)
	page := strings.TrimPrefix(r.url, "https://")
	if len(relay.URLs) != 3 || !slices.Contains(relay.URLs, "turns:"+page+"?transport=tcp") || relay.Seconds != 1200 || strings.Contains(relay.Username, "grete") {
		t.Errorf("%+v", relay)
	}
	if got := b.do("GET", "/", nil); got.header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
	conn, err := tls.Dial("tcp", page, trust)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	turn, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: page, STUNServerAddr: page, Conn: pion.NewSTUNConn(conn), Username: relay.Username, Password: relay.Credential, RTO: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Close()
	if err := turn.Listen(); err != nil {
		t.Fatal(err)
	}
	relayed, err := turn.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relayed.Close()
	media := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(r.cfg.MediaUDP))
	if err := turn.CreatePermission(media); err != nil {
		t.Errorf("no permission for our media: %v", err)
	}
	for _, other := range []string{"169.254.169.254:80", "10.0.0.1:443", "127.0.0.2:22"} {
		if err := turn.CreatePermission(net.UDPAddrFromAddrPort(netip.MustParseAddrPort(other))); err == nil {
			t.Errorf("a permission for %s", other)
		}
	}
	eventually(t, "the demo's calendars are read from ourselves", func() bool {
		return slices.ContainsFunc(b.feeds(), func(f FeedView) bool { return f.Calendar.State == "fresh" })
	})
	if strings.Contains(r.log.String(), "PRIVATE") || strings.Contains(r.log.String(), relay.Credential) {
		t.Error("a secret is in the log")
	}
}

// TestNoRelay: switched off there are no credentials, and HTTPS goes on.
func TestNoRelay(t *testing.T) {
	r, trust, _ := secured(t, "SAMTALE_TURN", "off")
	b := r.browser().trusting(trust)
	must[struct{ Open string }](b, 200, "POST", "/demo/api/session", map[string]string{"persona": "ward-nurse"})
	if got := b.do("POST", "/v1/relay-credentials", nil); got.status != 204 || len(got.body) != 0 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestRelayPortTaken: by default TURN is left to the web's port, a port that was asked for must be had.
func TestRelayPortTaken(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := &Server{config: config.Config{TURN: taken.LocalAddr().String(), PublicURL: &url.URL{Scheme: "http", Host: "localhost:8080"}}, secret: make([]byte, 32)}
	out := &lockedBuffer{}
	s.log = slog.New(slog.NewTextHandler(out, nil))
	relay, err := s.openRelay(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	s.relay = relay
	if got := s.relayFor("s1").URLs; len(got) != 1 || !strings.HasPrefix(got[0], "turn:localhost:8080") {
		t.Errorf("%v", got)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("%d lines were said: %s", n, out.String())
	}
	s.config.TURNGiven = true
	if _, err := s.openRelay(nil, nil); err == nil || !strings.Contains(err.Error(), "SAMTALE_TURN") {
		t.Errorf("a port that was asked for: %v", err)
	}
}

// relayed uses a personal link and dials the call as its person, whose media may go by the relay only.
func (r *running) relayed(ctx context.Context, link string) (*client.Client, ConferenceView) {
	r.t.Helper()
	b := r.browser()
	session := must[SessionView](b, 200, "POST", "/v1/invitations/"+tokenLink.FindStringSubmatch(link)[1]+"/session", nil)
	view := must[ConferenceView](b, 200, "GET", "/v1/conferences/"+session.Conference, nil)
	if got := must[RelayCredentials](b, 200, "POST", "/v1/relay-credentials", nil); len(got.URLs) == 0 {
		r.t.Errorf("a guest's relay: %+v", got)
	}
	address, err := url.Parse(r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	header := http.Header{}
	for _, c := range b.client.Jar.Cookies(address) {
		header.Add("Cookie", c.String())
	}
	c, err := client.Dial(ctx, client.Config{URL: r.url + view.Socket, Origin: r.url, Header: header, Conference: session.Conference, Way: client.RelayOnly})
	if err != nil {
		r.t.Fatalf("dial: %v", err)
	}
	r.t.Cleanup(c.Close)
	return c, view
}

// TestRelayedCall: two who reach us by the relay alone hear and see each other, and who has left is refused by it.
func TestRelayedCall(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	port := freePort(t)
	r := start(t, true, "SAMTALE_TURN", "127.0.0.1:"+port, "SAMTALE_MEDIA_UDP", "127.0.0.1:"+freePort(t))
	made := must[struct{ Links []string }](r.as("ward-nurse"), 201, "POST", "/demo/rooms", map[string]int{"people": 2})
	a, view := r.relayed(ctx, made.Links[0])
	b, other := r.relayed(ctx, made.Links[1])
	var relay *signaling.Relay
	for _, side := range []struct {
		me   *client.Client
		from string
	}{{a, other.You}, {b, view.You}} {
		state, err := side.me.Wait(ctx, func(s client.State) bool {
			return s.From(side.from, "microphone").Packets > 20 && s.From(side.from, "camera").Packets > 0
		})
		if err != nil {
			t.Fatalf("no sound and picture from the other: %v", err)
		}
		relay = state.Welcome.Relay
	}
	if err := allocate(t, "127.0.0.1:"+port, relay); err != nil {
		t.Errorf("one more relay: %v", err)
	}
	if err := b.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the relay of who has left is refused", func() bool { return allocate(t, "127.0.0.1:"+port, relay) != nil })
	if strings.Contains(r.log.String(), relay.Credential) {
		t.Error("a credential is in the log")
	}
}

// allocate makes a relay by UDP and gives it back.
func allocate(t *testing.T, server string, c *signaling.Relay) error {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	turn, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: server, STUNServerAddr: server, Conn: conn, Username: c.Username, Password: c.Credential, RTO: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Close()
	if err := turn.Listen(); err != nil {
		t.Fatal(err)
	}
	relayed, err := turn.Allocate()
	if err == nil {
		err = relayed.Close()
	}
	return err
}
