package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/samtale/samtale/server/config"
)

// friday is where every test's clock begins.
var friday = time.Date(2026, 11, 27, 11, 45, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// lockedBuffer is what a server under test prints and logs.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running is a whole server on a real redis-server child, reached by HTTP as browsers do.
type running struct {
	t    testing.TB
	url  string
	out  *lockedBuffer // what is said to people
	log  *lockedBuffer
	cfg  config.Config
	stop func()
}

func start(t testing.TB, demo bool, extra ...string) *running {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed")
	}
	port := freePort(t)
	environment := map[string]string{
		"SAMTALE_LISTEN": "127.0.0.1:" + port, "SAMTALE_MEDIA_UDP": "127.0.0.1:0", "SAMTALE_DATA_DIR": t.TempDir(),
		"SAMTALE_PUBLIC_URL": "http://127.0.0.1:" + port, "SAMTALE_LOG": "debug", "SAMTALE_TURN": "off",
	}
	if demo {
		environment["SAMTALE_DEMO_NOW"] = friday.Format(time.RFC3339)
	}
	for i := 0; i < len(extra); i += 2 {
		environment[extra[i]] = extra[i+1]
	}
	cfg, err := config.Load(func(name string) (string, bool) { v, ok := environment[name]; return v, ok }, demo)
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, cfg)
}

func startWith(t testing.TB, cfg config.Config) *running {
	t.Helper()
	r := &running{t: t, url: cfg.PublicURL.String(), out: &lockedBuffer{}, log: &lockedBuffer{}, cfg: cfg}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- run(ctx, cfg, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), r.out, func() { close(ready) })
	}()
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("server ended with: %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Error("the server did not end within 10 s")
			}
		})
	}
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("server did not start: %v", err)
	case <-time.After(20 * time.Second):
		t.Fatal("server did not start within 20 s")
	}
	t.Cleanup(r.stop)
	return r
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// browser keeps cookies like one.
type browser struct {
	*running
	client *http.Client
}

func (r *running) browser() *browser {
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &browser{running: r, client: &http.Client{Jar: jar, Transport: transport, Timeout: 10 * time.Second}}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem() string {
	var p struct{ Type string }
	_ = json.Unmarshal(a.body, &p)
	return strings.TrimPrefix(p.Type, problemBase)
}

// do sends a request; headers come in pairs.
func (b *browser) do(method, path string, body any, headers ...string) answer {
	b.t.Helper()
	var reader io.Reader
	switch v := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(v)
	default:
		data, err := json.Marshal(v)
		if err != nil {
			b.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, b.url+path, reader)
	if err != nil {
		b.t.Fatal(err)
	}
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header, body: data}
}

// must sends a request, wants the status and decodes the answer.
func must[T any](b *browser, want int, method, path string, body any, headers ...string) T {
	b.t.Helper()
	a := b.do(method, path, body, headers...)
	var v T
	if a.status != want {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, want, a.body)
	}
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &v); err != nil {
			b.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return v
}

// as signs in as a persona of the demo.
func (r *running) as(persona string) *browser {
	r.t.Helper()
	b := r.browser()
	must[struct{ Open string }](b, 200, "POST", "/demo/api/session", map[string]string{"persona": persona})
	return b
}

// eventually asks until the answer is yes: for what a worker does in its own time.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 15 s", what)
		}
		<-tick.C
	}
}

func (b *browser) board(unit string) Board {
	b.t.Helper()
	return must[Board](b, 200, "GET", "/v1/board?unit="+url.QueryEscape(unit), nil)
}

var tokenLink = regexp.MustCompile(`#([A-Za-z0-9_-]{20,})`)

func TestFirstAdministratorAndRegion(t *testing.T) {
	r := start(t, false)
	link := tokenLink.FindStringSubmatch(r.out.String())
	if link == nil {
		t.Fatalf("no set-up link in: %s", r.out)
	}
	b := r.browser()
	body := map[string]string{"token": link[1], "name": "Anne Admin", "email": "anne@region.example"}
	session := must[SessionView](b, 201, "POST", "/v1/setup", body)
	if session.Access != "administrator" || session.RegionLoaded {
		t.Errorf("session %+v", session)
	}
	if again := r.browser().do("POST", "/v1/setup", body); again.status != http.StatusGone {
		t.Errorf("the set-up link works twice: %d", again.status)
	}
	if faulty := b.do("PUT", "/v1/region", []byte("name: X\nzone: Mars/Olympus\nunits:\n  - id: a\n    nam: A\n"), "Content-Type", "application/yaml"); faulty.problem() != "region-invalid" || !bytes.Contains(faulty.body, []byte(`"line":5`)) {
		t.Errorf("faulty region: %d %s", faulty.status, faulty.body)
	}
	data, err := os.ReadFile(filepath.Join("demo", "region.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	must[struct{ Name string }](b, 200, "PUT", "/v1/region", data, "Content-Type", "application/yaml")
	if session := must[SessionView](b, 200, "GET", "/v1/session", nil); !session.RegionLoaded {
		t.Error("the region is not loaded")
	}
	if cases := b.do("GET", "/v1/board?unit=med-a", nil); cases.status != http.StatusForbidden {
		t.Errorf("an administrator sees a board: %d", cases.status)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	r := start(t, true)
	nurse := r.as("ward-nurse")
	board := nurse.board("")
	if len(board.Cases) == 0 {
		t.Fatal("the ward nurse's board is empty")
	}
	id := string(board.Cases[0].ID)
	for _, persona := range []string{"privacy-officer", "interpreter"} {
		if got := r.as(persona).do("GET", "/v1/cases/"+id, nil); got.status != 404 {
			t.Errorf("%s sees a case: %d", persona, got.status)
		}
	}
	if got := r.browser().do("GET", "/v1/cases/"+id, nil); got.status != 401 || got.problem() != "not-signed-in" {
		t.Errorf("a stranger: %d %s", got.status, got.problem())
	}
	if got := nurse.do("GET", "/v1/board?unit=onk-b", nil); got.status != 403 {
		t.Errorf("another ward's board: %d", got.status)
	}
}

func TestChangesNeedWhatWasSeen(t *testing.T) {
	nurse := start(t, true).as("ward-nurse")
	path := "/v1/cases/" + string(nurse.board("").Cases[0].ID)
	seen := nurse.do("GET", path, nil).header.Get("ETag")
	patch := map[string]any{"certainty": "low"}
	if got := nurse.do("PATCH", path, patch); got.status != 428 {
		t.Errorf("without If-Match: %d", got.status)
	}
	if got := nurse.do("PATCH", path, patch, "If-Match", seen); got.status != 200 {
		t.Errorf("with the ETag seen: %d %s", got.status, got.body)
	}
	if got := nurse.do("PATCH", path, patch, "If-Match", seen); got.status != 412 || got.problem() != "changed" {
		t.Errorf("with an old ETag: %d %s", got.status, got.problem())
	}
	if got := nurse.do("PATCH", path, map[string]any{"note": "fnr 01017012345"}, "If-Match", nurse.do("GET", path, nil).header.Get("ETag")); got.problem() != "note-refused" {
		t.Errorf("an 11-digit number in a note: %d %s", got.status, got.body)
	}
}

func TestCreatingACaseTwiceMakesOne(t *testing.T) {
	nurse := start(t, true).as("ward-nurse")
	b := map[string]any{
		"origin": "med-a", "municipality": "tindvik", "receiver": "tindvik", "destination": "home",
		"discharge": friday.Add(72 * time.Hour), "certainty": "medium", "complex": true,
	}
	first := must[CaseDetail](nurse, 201, "POST", "/v1/cases", b, "Idempotency-Key", "one-and-the-same")
	second := must[CaseDetail](nurse, 201, "POST", "/v1/cases", b, "Idempotency-Key", "one-and-the-same")
	if first.ID != second.ID || len(first.Seats) == 0 {
		t.Errorf("ids %s and %s, %d seats", first.ID, second.ID, len(first.Seats))
	}
	b["complex"] = false
	if got := nurse.do("POST", "/v1/cases", b, "Idempotency-Key", "one-and-the-same"); got.problem() != "idempotency-mismatch" {
		t.Errorf("the same key with another body: %d %s", got.status, got.body)
	}
	if got := nurse.do("POST", "/v1/cases", b); got.status != 422 {
		t.Errorf("without a key: %d", got.status)
	}
}

func TestGuards(t *testing.T) {
	r := start(t, true)
	b := r.browser()
	page := b.do("GET", "/", nil)
	policy := page.header.Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`'nonce-([^']+)'`).FindStringSubmatch(policy)
	if nonce == nil || strings.Contains(policy, "unsafe") || page.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers of the page: %v", page.header)
	}
	if other := b.do("GET", "/", nil); nonce != nil && strings.Contains(other.header.Get("Content-Security-Policy"), nonce[1]) {
		t.Error("two pages share a nonce")
	}
	if got := b.do("POST", "/demo/api/session", map[string]string{"persona": "ward-nurse"}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); got.status != 403 {
		t.Errorf("cross-site POST: %d", got.status)
	}
	nurse := r.as("ward-nurse")
	for _, path := range []string{"/ws", "/v1/live"} {
		got := nurse.do("GET", path, nil, "Origin", "https://evil.example", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
		if got.status != 403 {
			t.Errorf("WebSocket %s from a foreign page: %d", path, got.status)
		}
	}
	if got := b.do("GET", "/v1/nothing", nil); got.status != 404 || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("unknown route: %d %s", got.status, got.header.Get("Content-Type"))
	}
}

func TestSignInByMail(t *testing.T) {
	r := start(t, true)
	b := r.browser()
	nurse := r.as("ward-nurse")
	me := must[SessionView](nurse, 200, "GET", "/v1/session", nil)
	person := must[struct{ People []Person }](nurse, 200, "GET", "/v1/directory?q="+url.QueryEscape(me.Name), nil).People[0]
	for _, email := range []string{person.Email, "nobody@nowhere.example"} {
		if got := b.do("POST", "/v1/session/link", map[string]string{"email": email}); got.status != 202 {
			t.Errorf("%s: %d", email, got.status)
		}
	}
	var token string
	eventually(t, "the sign-in mail", func() bool {
		for _, m := range must[struct{ Messages []DemoMail }](b, 200, "GET", "/demo/api/mail", nil).Messages {
			for _, link := range m.Links {
				if found := tokenLink.FindStringSubmatch(link); found != nil && strings.Contains(link, "/signin#") {
					token = found[1]
				}
			}
			if strings.Contains(m.To, "nowhere.example") {
				t.Error("a stranger got a mail")
			}
		}
		return token != ""
	})
	session := must[SessionView](b, 200, "POST", "/v1/session", map[string]string{"token": token})
	if session.Person == nil || session.Person.ID != person.ID {
		t.Errorf("signed in as %+v", session.Person)
	}
	if got := r.browser().do("POST", "/v1/session", map[string]string{"token": token}); got.status != 410 {
		t.Errorf("the link works twice: %d", got.status)
	}
	b.do("DELETE", "/v1/session", nil)
	if got := b.do("GET", "/v1/session", nil); got.status != 401 {
		t.Errorf("after signing out: %d", got.status)
	}
	if strings.Contains(r.log.String(), token) {
		t.Error("the token is in the log")
	}
}

func TestDataOutlivesARestart(t *testing.T) {
	r := start(t, true)
	before := r.as("ward-nurse").board("")
	r.stop()
	again := startWith(t, r.cfg)
	after := again.as("ward-nurse").board("")
	if len(before.Cases) == 0 || len(after.Cases) != len(before.Cases) {
		t.Errorf("%d cases before, %d after", len(before.Cases), len(after.Cases))
	}
	if after.Now.Sub(before.Now) > time.Minute {
		t.Errorf("the demo's clock jumped from %s to %s", before.Now, after.Now)
	}
}

func TestSecondStartOnTheSameDataIsRefused(t *testing.T) {
	r := start(t, true)
	cfg := r.cfg
	cfg.Listen = "127.0.0.1:" + freePort(t)
	err := run(context.Background(), cfg, slog.New(slog.DiscardHandler), io.Discard, func() {})
	if err == nil || !strings.Contains(err.Error(), cfg.DataDir) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second start: %v", err)
	}
}

// requestBody of a booking from a case's first suggestion.
func firstChoice(b *browser, detail CaseDetail) map[string]any {
	b.t.Helper()
	found := must[struct {
		Suggestions []struct {
			Start time.Time
			Cast  map[string][]string
		}
	}](b, 200, "POST", "/v1/find", detail.Find)
	if len(found.Suggestions) == 0 {
		b.t.Fatalf("no slot for %s", detail.Code)
	}
	var cast []map[string]string
	for seat, people := range found.Suggestions[0].Cast {
		for _, person := range people {
			cast = append(cast, map[string]string{"seat": seat, "person": person})
		}
	}
	return map[string]any{"case": detail.ID, "start": found.Suggestions[0].Start, "duration_min": 20, "cast": cast, "find": detail.Find}
}

func (b *browser) caseIn(municipality string) CaseDetail {
	b.t.Helper()
	for _, c := range b.board("").Cases {
		if string(c.Municipality.ID) == municipality && c.Conference == nil {
			return must[CaseDetail](b, 200, "GET", "/v1/cases/"+string(c.ID), nil)
		}
	}
	b.t.Fatalf("no case in %s", municipality)
	return CaseDetail{}
}

func TestTwoBookTheSameStart(t *testing.T) {
	r := start(t, true)
	nurse := r.as("ward-nurse")
	eventually(t, "calendars are read", func() bool {
		return bytes.Contains(nurse.do("GET", "/v1/feeds", nil).body, []byte(`"fresh"`))
	})
	choice := firstChoice(nurse, nurse.caseIn("elvemo"))
	var wg sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		wg.Go(func() {
			answers[i] = nurse.do("POST", "/v1/conferences", choice, "Idempotency-Key", fmt.Sprintf("browser-%d", i))
		})
	}
	wg.Wait()
	won, lost := 0, 0
	for _, a := range answers {
		switch {
		case a.status == 201:
			won++
		case a.status == 409 && a.problem() == "slot-taken":
			lost++
			if !bytes.Contains(a.body, []byte(`"alternatives"`)) || !bytes.Contains(a.body, []byte(`"conflicts"`)) {
				t.Errorf("a loser is not told who and what next: %s", a.body)
			}
		default:
			t.Errorf("answer %d %s", a.status, a.body)
		}
	}
	if won != 1 || lost != len(answers)-1 {
		t.Errorf("%d won, %d lost", won, lost)
	}
}

func TestOpeningAnInvitationChangesNothing(t *testing.T) {
	r := start(t, true)
	nurse := r.as("ward-nurse")
	made := must[struct {
		Conference string
		Links      []string
	}](nurse, 201, "POST", "/demo/rooms", map[string]int{"people": 2})
	token := tokenLink.FindStringSubmatch(made.Links[0])[1]
	b := r.browser()
	first := must[InvitationView](b, 200, "GET", "/v1/invitations/"+token, nil)
	second := must[InvitationView](b, 200, "GET", "/v1/invitations/"+token, nil)
	if first.Reply != "needs_action" || second.Reply != "needs_action" || first.Name == "" {
		t.Errorf("replies %q, %q", first.Reply, second.Reply)
	}
	if got := b.do("GET", "/v1/session", nil); got.status != 401 {
		t.Errorf("opening signed somebody in: %d", got.status)
	}
	must[InvitationView](b, 200, "PUT", "/v1/invitations/"+token+"/reply", map[string]string{"reply": "accepted"})
	session := must[SessionView](b, 200, "POST", "/v1/invitations/"+token+"/session", nil)
	if session.Kind != "guest" || session.Conference != made.Conference {
		t.Errorf("session %+v", session)
	}
	if got := b.do("GET", "/v1/board", nil); got.status != 403 {
		t.Errorf("the link opens a board: %d", got.status)
	}
	if got := b.do("GET", "/v1/conferences/"+made.Conference, nil); got.status != 200 {
		t.Errorf("the link does not open its meeting: %d %s", got.status, got.body)
	}
	if strings.Contains(r.log.String(), token) {
		t.Error("the token is in the log")
	}
}
