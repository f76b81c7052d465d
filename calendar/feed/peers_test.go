package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// peer is a CalDAV server of others, behind a proxy that counts.
type peer struct {
	t              *testing.T
	proxy          *httptest.Server
	user, password string
	calendars      string // path in which calendars are made
	color          string // that it has for a calendar made with #1166aaff
	queries        int    // it takes to list a calendar

	mu    sync.Mutex
	asked []string // what the Fetcher asked: the method, and the root element of its body; for multiget how many objects
	own   bool     // the test itself asks now
}

// log returns what was asked since the last call.
func (p *peer) log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *peer) note(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	line := r.Method
	for _, root := range []string{"sync-collection", "calendar-query", "calendar-multiget"} {
		if bytes.Contains(body, []byte(":"+root+" ")) {
			line += " " + root
		}
	}
	if strings.HasSuffix(line, "multiget") {
		line += fmt.Sprintf(" %d", bytes.Count(body, []byte("<D:href>")))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.own {
		p.asked = append(p.asked, line)
	}
}

// do is the test's own request, which is not counted.
func (p *peer) do(method, path, contentType, body string) {
	p.t.Helper()
	p.mu.Lock()
	p.own = true
	p.mu.Unlock()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.proxy.URL+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.SetBasicAuth(p.user, p.password)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode >= 300 {
		p.t.Fatalf("%s %s: %s %s", method, path, response.Status, answer)
	}
	p.mu.Lock()
	p.own = false
	p.mu.Unlock()
}

func (p *peer) makeCalendar(path, name, color string) {
	p.t.Helper()
	p.do("MKCALENDAR", path, "application/xml", `<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop>`+
		`<D:displayname>`+name+`</D:displayname><A:calendar-color>`+color+`</A:calendar-color></D:prop></D:set></C:mkcalendar>`)
}

func (p *peer) put(path, text string) {
	p.t.Helper()
	p.do(http.MethodPut, path, "text/calendar", text)
}

func (p *peer) source(path string) Source {
	return Source{
		URL: strings.Replace(p.proxy.URL, "http://", "caldav+http://", 1) + path, User: p.user, Password: p.password,
		From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}
}

// start runs a server that listens at the port, and ends it with the test.
func start(t *testing.T, program string, args func(dir, port string) []string) *peer {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed, and must be in CI", program)
		}
		t.Skipf("%s is not installed: apt-get install -y %s", program, program)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	dir := t.TempDir()
	_, port, _ := net.SplitHostPort(address)
	output := &bytes.Buffer{}
	command := exec.Command(path, args(dir, port)...)
	command.Dir, command.Stdout, command.Stderr = dir, output, output
	command.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		command.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%.4000s", program, output)
		}
	})
	waitForPort(t, address, ended)
	p := &peer{t: t}
	target := &url.URL{Scheme: "http", Host: address}
	transport := &http.Transport{}
	forward := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	p.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.note(r)
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		p.proxy.Close()
		transport.CloseIdleConnections()
		http.DefaultClient.CloseIdleConnections()
	})
	return p
}

// waitForPort tries until the server takes connections, at most half a minute: Python starts slowly on a loaded machine.
func waitForPort(t *testing.T, address string, ended chan error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the server ended: %v", err)
		case <-ctx.Done():
			t.Fatalf("the server does not listen: %v", ctx.Err())
		case <-tick.C:
		}
	}
}

func radicale(t *testing.T) *peer {
	p := start(t, "radicale", func(dir, port string) []string {
		users := filepath.Join(dir, "users")
		if err := os.WriteFile(users, []byte("kari:"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{
			"--config", "", "--server-hosts", "127.0.0.1:" + port, "--storage-filesystem-folder", filepath.Join(dir, "data"),
			"--auth-type", "htpasswd", "--auth-htpasswd-filename", users, "--auth-htpasswd-encryption", "plain", "--auth-delay", "0",
		}
	})
	p.user, p.password, p.calendars, p.color, p.queries = "kari", secret, "/kari/", "#1166aa", 3
	return p
}

func xandikos(t *testing.T) *peer {
	p := start(t, "xandikos", func(dir, port string) []string {
		return []string{"-d", filepath.Join(dir, "data"), "--autocreate", "--current-user-principal", "/kari/", "-l", "127.0.0.1", "-p", port}
	})
	p.calendars, p.queries = "/kari/calendars/", 4 // it takes VFREEBUSY too, and forgets colours at MKCALENDAR
	return p
}

func eventText(uid, start, summary string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:" +
		start + "\r\nDURATION:PT1H\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// next fetches with what the last Result said, and keeps that up.
func next(t *testing.T, s *Source) Result {
	t.Helper()
	o := plain()
	o.Timeout = time.Minute // Python on a loaded machine
	result, err := New(o).Fetch(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	s.State = result.State
	if !result.NotModified {
		s.Body = result.Body
	}
	return result
}

func TestPeers(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *peer{"radicale": radicale, "xandikos": xandikos} {
		t.Run(name, func(t *testing.T) { testPeer(t, open(t)) })
	}
}

// testPeer follows a calendar through what happens to one.
func testPeer(t *testing.T, p *peer) {
	work := p.calendars + "work/"
	p.makeCalendar(work, "Vakter og møter", "#1166aaff")
	p.makeCalendar(p.calendars+"home/", "Hjemme", "#00ff00")
	for day := 1; day <= 9; day++ {
		p.put(fmt.Sprintf("%sn%d.ics", work, day), eventText(fmt.Sprintf("n%d", day), fmt.Sprintf("202611%02dT080000Z", day), fmt.Sprintf("møte-%d <&>", day)))
	}
	p.put(work+"long%20ago.ics", eventText("ago", "20200101T080000Z", "long-ago"))
	p.put(work+"weekly.ics", strings.Replace(eventText("weekly", "20200106T080000Z", "weekly"), "DURATION", "RRULE:FREQ=WEEKLY\r\nDURATION", 1))
	p.put(p.calendars+"home/h1.ics", eventText("h1", "20261105T080000Z", "private"))

	t.Run("calendars", func(t *testing.T) {
		for _, from := range []string{"/", p.calendars, work} {
			list, err := New(plain()).Calendars(t.Context(), p.source(from))
			if err != nil {
				t.Fatalf("from %s: %v", from, err)
			}
			i := slices.IndexFunc(list, func(c Calendar) bool { return c.Name == "Vakter og møter" })
			if i < 0 || list[i].URL != p.source(work).URL || list[i].Color != p.color || !slices.Contains(list[i].Components, "VEVENT") {
				t.Errorf("from %s: %+v", from, list)
			}
			if wantOne := from == work; wantOne != (len(list) == 1) {
				t.Errorf("from %s: %d calendars", from, len(list))
			}
		}
	})
	t.Run("account", func(t *testing.T) {
		s := p.source("/")
		if first := next(t, &s); !strings.Contains(string(first.Body), "møte-9") || !strings.Contains(string(first.Body), "private") {
			t.Errorf("%s", first.Body)
		}
		if second := next(t, &s); !second.NotModified {
			t.Errorf("%+v", second)
		}
	})
	t.Run("calendar", func(t *testing.T) { testPeerCalendar(t, p, work) })
}

func testPeerCalendar(t *testing.T, p *peer, work string) {
	p.log()
	s := p.source(work)
	step := func(name, wantAsked string, notModified bool, holds, lacks string) {
		t.Helper()
		result := next(t, &s)
		asked := strings.Join(p.log(), ", ")
		if asked != wantAsked || result.NotModified != notModified || result.Missing != 0 {
			t.Errorf("%s: asked %s; not modified %t, missing %d; want %s", name, asked, result.NotModified, result.Missing, wantAsked)
		}
		if !strings.Contains(string(s.Body), holds) || (lacks != "" && strings.Contains(string(s.Body), lacks)) {
			t.Errorf("%s: %s", name, s.Body)
		}
		if events, ends := bytes.Count(s.Body, []byte("BEGIN:VCALENDAR")), bytes.Count(s.Body, []byte("END:VCALENDAR")); events != ends {
			t.Errorf("%s: %d begin, %d end", name, events, ends)
		}
	}
	const sync = "REPORT sync-collection"
	list := "PROPFIND" + strings.Repeat(", REPORT calendar-query", p.queries) + ", REPORT calendar-multiget "
	step("first", list+"10", false, "SUMMARY:møte-9 <&>", "long-ago")
	if n := bytes.Count(s.Body, []byte("BEGIN:VEVENT")); n != 10 || !bytes.Contains(s.Body, []byte("weekly")) {
		t.Errorf("%d events", n)
	}
	step("again", sync, true, "møte-9", "")
	p.put(work+"n3.ics", eventText("n3", "20261103T100000Z", "moved"))
	step("one changed", sync+", REPORT calendar-multiget 1", false, "moved", "møte-3")
	p.put(work+"new%20one.ics", eventText("new", "20261120T100000Z", "brand-new"))
	step("one new", sync+", REPORT calendar-multiget 1", false, "brand-new", "")
	p.do(http.MethodDelete, work+"n4.ics", "", "")
	step("one deleted", sync, false, "møte-5", "møte-4")
	step("nothing", sync, true, "moved", "møte-4")

	s.State = bytes.Replace(s.State, []byte(`"token":"`), []byte(`"token":"http://radicale.org/ns/sync/broken`), 1)
	p.put(work+"n5.ics", eventText("n5", "20261105T100000Z", "after the token"))
	step("token refused", sync+", "+list+"1", false, "after the token", "møte-5")
	step("token renewed", sync, true, "after the token", "")

	s.To = s.To.Add(windowAfter / 2)
	step("window moves within the margin", sync, true, "brand-new", "")
	s.From = s.From.AddDate(-8, 0, 0)
	step("window grows", list+"1", false, "long-ago", "")
	s.From = s.From.AddDate(8, 0, 0)

	s.Body = nil
	step("copy lost", list+"10", false, "brand-new", "")
}
