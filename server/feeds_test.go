package server

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// site is the server of somebody's calendar, which tests change while it runs.
type site struct {
	*httptest.Server
	mu         sync.Mutex
	body       string
	status     int
	retryAfter string
	user       string // with password; empty: everybody may read
	hits       int
}

const (
	sitePath     = "/private-4f1b9c/basic.ics"
	sitePassword = "opensesame-77"
)

func newSite(t *testing.T, body string) *site {
	t.Helper()
	s := &site{body: body, status: http.StatusOK}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hits++
		if user, password, _ := r.BasicAuth(); s.user != "" && (user != s.user || password != sitePassword) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.retryAfter != "" {
			w.Header().Set("Retry-After", s.retryAfter)
		}
		w.WriteHeader(s.status)
		_, _ = w.Write([]byte(s.body))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) set(change func(*site)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *site) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits
}

// calendarAt writes a calendar with an event of one hour at each start.
func calendarAt(starts ...time.Time) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n")
	for i, at := range starts {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:event-%d\r\nDTSTART:%s\r\nDURATION:PT1H\r\nSUMMARY:secret matter\r\nEND:VEVENT\r\n", i, at.Format("20060102T150405Z"))
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

// nextTuesday is in the middle of everybody's working hours, three days after the demo's Friday.
var nextTuesday = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// allowed lets a server under test fetch from this machine.
var allowed = []string{"SAMTALE_FEED_ALLOW", "127.0.0.0/8", "SAMTALE_FEED_HTTP", "true"}

// starts asks the finder when a person could meet for half an hour between two instants.
func (b *browser) starts(person string, from, to time.Time) []time.Time {
	b.t.Helper()
	return must[struct{ Starts []time.Time }](b, 200, "POST", "/v1/find", map[string]any{
		"duration_min": 30, "grid_min": 30, "tz": "Europe/Oslo", "window": map[string]any{"from": from, "to": to}, "list": "starts",
		"need": []map[string]any{{"id": "one", "any_of": []string{person}}}, "policy": map[string]any{"unknown": "exclude"},
	}).Starts
}

func (b *browser) fresh(person string) {
	b.t.Helper()
	eventually(b.t, "the calendar of "+person+" is read", func() bool {
		return slices.ContainsFunc(b.feeds(), func(f FeedView) bool { return string(f.Person.ID) == person && f.Calendar.State == "fresh" })
	})
}

func (b *browser) feeds() []FeedView {
	b.t.Helper()
	return must[struct{ Feeds []FeedView }](b, 200, "GET", "/v1/feeds", nil).Feeds
}

func (b *browser) add(url string, extra map[string]any) answer {
	b.t.Helper()
	body := map[string]any{"kind": "busy", "url": url}
	for k, v := range extra {
		body[k] = v
	}
	return b.do("POST", "/v1/feeds", body, "Idempotency-Key", "add-"+newID(rand.Reader))
}

func TestFeedOfOnesOwn(t *testing.T) {
	home := newSite(t, calendarAt(nextTuesday))
	home.set(func(s *site) { s.user = "marte" })
	r := start(t, true, allowed...)
	nurse := r.as("ward-nurse")
	nurse.fresh("marte-solli")
	free := nurse.starts("marte-solli", nextTuesday, nextTuesday.Add(time.Hour))

	body := map[string]any{"kind": "busy", "url": home.URL + sitePath, "user": "marte", "password": sitePassword}
	added := must[FeedDetail](nurse, 201, "POST", "/v1/feeds", body, "Idempotency-Key", "add-my-calendar")
	if !added.Mine || added.Origin != "added" || added.Address != strings.TrimPrefix(home.URL, "http://") || added.Why != "" || added.ReadAt == nil || added.NextAt == nil {
		t.Errorf("added %+v", added.FeedView)
	}
	if want := []calendar.Interval{{Start: nextTuesday, End: nextTuesday.Add(time.Hour)}}; !slices.Equal(added.Busy, want) {
		t.Errorf("busy %v, want %v", added.Busy, want)
	}
	if now := nurse.starts("marte-solli", nextTuesday, nextTuesday.Add(time.Hour)); len(free) == 0 || len(now) != 0 {
		t.Errorf("starts before %v, with the feed %v", free, now)
	}
	hits := home.asked()
	if again := must[FeedDetail](nurse, 201, "POST", "/v1/feeds", body, "Idempotency-Key", "add-my-calendar"); again.ID != added.ID || home.asked() != hits {
		t.Errorf("repeated: id %s and %s, %d fetches more", added.ID, again.ID, home.asked()-hits)
	}
	body["password"] = "another"
	if got := nurse.do("POST", "/v1/feeds", body, "Idempotency-Key", "add-my-calendar"); got.problem() != "idempotency-mismatch" {
		t.Errorf("the same key with another body: %d %s", got.status, got.body)
	}

	home.set(func(s *site) { s.body = calendarAt(nextTuesday.Add(2 * time.Hour)) })
	if got := must[FeedDetail](nurse, 200, "POST", "/v1/feeds/"+added.ID+"/refresh", nil); len(got.Busy) != 1 || !got.Busy[0].Start.Equal(nextTuesday.Add(2*time.Hour)) {
		t.Errorf("refreshed %v", got.Busy)
	}
	registrar := r.as("registrar")
	seen := must[FeedDetail](registrar, 200, "GET", "/v1/feeds/"+added.ID, nil)
	if seen.Mine || len(seen.Busy)+len(seen.Unknown)+len(seen.WarningLines) != 0 || seen.Events != 1 {
		t.Errorf("a colleague sees %+v", seen)
	}
	for _, method := range []string{"DELETE", "POST"} {
		path := map[string]string{"DELETE": "/v1/feeds/" + added.ID, "POST": "/v1/feeds/" + added.ID + "/refresh"}[method]
		if got := registrar.do(method, path, nil); got.status != 403 {
			t.Errorf("a colleague's %s: %d", method, got.status)
		}
	}
	if got := r.as("allocation-officer").do("GET", "/v1/feeds/"+added.ID, nil); got.status != 404 {
		t.Errorf("somebody of another unit: %d", got.status)
	}
	if got := r.as("privacy-officer").do("POST", "/v1/feeds", body, "Idempotency-Key", "not-an-editor"); got.status != 403 {
		t.Errorf("an auditor adds a feed: %d", got.status)
	}
	answers := string(nurse.do("GET", "/v1/feeds", nil).body) + string(nurse.do("GET", "/v1/feeds/"+added.ID, nil).body)
	nurse.searchSecrets(t, answers)
	if got := nurse.do("DELETE", "/v1/feeds/"+added.ID, nil); got.status != 204 {
		t.Fatalf("removed: %d %s", got.status, got.body)
	}
	if now := nurse.starts("marte-solli", nextTuesday.Add(2*time.Hour), nextTuesday.Add(3*time.Hour)); len(now) == 0 {
		t.Error("a removed feed still takes time")
	}
	for _, f := range nurse.feeds() {
		if f.ID == added.ID {
			t.Error("a removed feed is still listed")
		}
		if f.Origin == "region" && f.Mine {
			if got := nurse.do("DELETE", "/v1/feeds/"+f.ID, nil); got.status != 403 {
				t.Errorf("a feed of the region's file is removed: %d", got.status)
			}
		}
	}
}

// searchSecrets looks for what was sealed in every place where bytes stay.
func (b *browser) searchSecrets(t *testing.T, answers string) {
	t.Helper()
	places := map[string]string{"answers": answers, "log": b.log.String(), "terminal": b.out.String(), "metrics": string(b.do("GET", "/metrics", nil).body)}
	kept := 0
	err := filepath.WalkDir(filepath.Join(b.cfg.DataDir, "redis"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		kept += strings.Count(string(data), "VCALENDAR")
		places[path] = string(data) // as it is on the disk: the append-only file is not compressed
		return err
	})
	if err != nil || kept == 0 {
		t.Fatalf("the store's files: %v, %d calendars in them", err, kept)
	}
	for place, text := range places {
		for _, secret := range []string{"private-4f1b9c", sitePassword, "cHJpdmF0ZS00ZjFiOW", "b3BlbnNlc2FtZS03N"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is in it", place, secret)
			}
		}
	}
}

func TestFeedThatCannotBeAdded(t *testing.T) {
	home := newSite(t, calendarAt(nextTuesday))
	other := func(status int, body string) string {
		s := newSite(t, body)
		s.set(func(s *site) { s.status = status })
		return s.URL + sitePath
	}
	open, guarded := start(t, true, allowed...).as("ward-nurse"), start(t, true, "SAMTALE_FEED_HTTP", "true").as("ward-nurse")
	refuse := func(name string, b *browser, url, why string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			got := b.add(url, nil)
			if got.status != 422 || got.problem() != "feed-unreadable" || !strings.Contains(string(got.body), `"why":"`+why+`"`) || strings.Contains(string(got.body), "private-4f1b9c") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	whole := calendarAt(nextTuesday)
	refuse("gone", open, other(404, ""), "not_found")
	refuse("needs_a_password", open, other(401, ""), "refused")
	refuse("server_in_trouble", open, other(503, ""), "unreachable")
	refuse("a_page", open, other(200, "<html>sign in</html>"), "not_calendar")
	refuse("cut_off", open, other(200, whole[:len(whole)-20]), "unreadable")
	refuse("too_large", open, other(200, whole+strings.Repeat("X-PADDING:xxxxxxxxxxxxxxxxxxxxxx\r\n", 200_000)), "too_large")
	refuse("private_network", guarded, home.URL+sitePath, "refused")
	refuse("this_server", guarded, guarded.url+"/metrics", "refused")
	refuse("no_web_address", open, "file:///etc/passwd", "refused")
	if home.asked() != 0 {
		t.Error("an address in a private network was asked")
	}
	if got := guarded.add(home.URL+sitePath, map[string]any{"keep": true}); got.status != 422 {
		t.Errorf("a refused address is kept: %d", got.status)
	}
	down := newSite(t, whole)
	down.set(func(s *site) { s.status = 503 })
	kept := open.add(down.URL+sitePath, map[string]any{"keep": true})
	if kept.status != 201 || !strings.Contains(string(kept.body), `"why":"unreachable"`) || !strings.Contains(string(kept.body), `"failing_since":`) {
		t.Errorf("kept: %d %s", kept.status, kept.body)
	}
	if got := open.do("POST", "/v1/feeds", map[string]any{"kind": "busy", "url": home.URL + sitePath}); got.status != 422 {
		t.Errorf("without Idempotency-Key: %d", got.status)
	}
}

func TestDemoCalendarCanBeAdded(t *testing.T) {
	nurse := start(t, true).as("ward-nurse")
	got := nurse.add(nurse.url+"/demo/ics/henrik-dahl.ics", nil)
	if got.status != 201 || !strings.Contains(string(got.body), `"busy":[{`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestUploadedFeed(t *testing.T) {
	nurse := start(t, true).as("ward-nurse")
	text := strings.Replace(calendarAt(nextTuesday), "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:odd-one\r\nDTSTART:whenever,\r\n  Mørk "+strings.Repeat("æ", 300)+"\r\nEND:VEVENT\r\nEND:VCALENDAR", 1)
	upload := func(body string) answer {
		return nurse.do("POST", "/v1/feeds/file?kind=busy", []byte(body), "Content-Type", "text/calendar", "Idempotency-Key", "upload-"+newID(rand.Reader))
	}
	got := upload(text)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	id := ""
	for _, f := range nurse.feeds() {
		if f.Origin == "uploaded" {
			id = f.ID
			if f.NextAt != nil || f.ReadAt == nil || f.Address != "" || f.Warnings != 1 {
				t.Errorf("listed as %+v", f)
			}
		}
	}
	detail := must[FeedDetail](nurse, 200, "GET", "/v1/feeds/"+id, nil)
	if len(detail.Busy) != 1 || len(detail.WarningLines) != 1 {
		t.Fatalf("busy %v, warnings %v", detail.Busy, detail.WarningLines)
	}
	w := detail.WarningLines[0]
	if w.UID != "odd-one" || w.Code != "start" || !strings.HasPrefix(w.Source, "DTSTART:whenever, Mørk æææ") || len([]rune(w.Source)) != sourceLetters {
		t.Errorf("warning %+v", w)
	}
	if got := nurse.do("POST", "/v1/feeds/"+id+"/refresh", nil); got.problem() != "feed-not-fetched" {
		t.Errorf("an uploaded file is fetched: %d %s", got.status, got.body)
	}
	if got := upload("dear colleague"); got.problem() != "feed-unreadable" || !strings.Contains(string(got.body), `"not_calendar"`) {
		t.Errorf("a letter: %d %s", got.status, got.body)
	}
	if got := upload(strings.Repeat("X", maxUpload+1)); got.status != 413 {
		t.Errorf("over 5 MiB: %d", got.status)
	}
	if got := nurse.do("DELETE", "/v1/feeds/"+id, nil); got.status != 204 {
		t.Errorf("removed: %d", got.status)
	}
	if got := nurse.do("GET", "/v1/feeds/"+id, nil); got.status != 404 {
		t.Errorf("after it was removed: %d", got.status)
	}
}

func TestPaintedHours(t *testing.T) {
	r := start(t, true)
	nurse := r.as("ward-nurse")
	nurse.fresh("marte-solli")
	saturday := time.Date(2026, 12, 5, 8, 0, 0, 0, time.UTC) // 09:00 in Oslo
	before := nurse.starts("marte-solli", nextTuesday.Truncate(24*time.Hour), nextTuesday.Add(12*time.Hour))
	shown := nurse.do("GET", "/v1/feeds/hours", nil)
	regions := must[WorkingHours](nurse, 200, "GET", "/v1/feeds/hours", nil)
	if regions.Painted || len(regions.Hours) == 0 || regions.Zone != "Europe/Oslo" {
		t.Errorf("the region's %+v", regions)
	}
	body := map[string]any{
		"hours":  []map[string]string{{"days": "Tue", "from": "08:00", "to": "09:00"}, {"days": "Sat", "from": "09:00", "to": "11:00"}},
		"except": []map[string]string{{"first": "2026-12-01", "last": "2026-12-01"}},
	}
	if got := nurse.do("PUT", "/v1/feeds/hours", body); got.status != 428 {
		t.Errorf("without If-Match: %d", got.status)
	}
	put := nurse.do("PUT", "/v1/feeds/hours", body, "If-Match", shown.header.Get("ETag"))
	if put.status != 200 {
		t.Fatalf("%d %s", put.status, put.body)
	}
	if got := nurse.do("PUT", "/v1/feeds/hours", body, "If-Match", shown.header.Get("ETag")); got.status != 412 {
		t.Errorf("with an old ETag: %d", got.status)
	}
	if got := nurse.starts("marte-solli", nextTuesday.Truncate(24*time.Hour), nextTuesday.Add(12*time.Hour)); len(got) != 0 {
		t.Errorf("starts on a day off: %v", got)
	}
	if got := nurse.starts("marte-solli", saturday.Add(-8*time.Hour), saturday.Add(8*time.Hour)); len(got) != 4 || !got[0].Equal(saturday) {
		t.Errorf("starts on Saturday: %v", got)
	}
	i := slices.IndexFunc(nurse.feeds(), func(f FeedView) bool { return f.Origin == "painted" && f.Mine })
	if i < 0 {
		t.Fatal("painted hours are not listed")
	}
	detail := must[FeedDetail](nurse, 200, "GET", "/v1/feeds/"+nurse.feeds()[i].ID, nil)
	if len(detail.Duty) != 7 || !detail.Duty[0].Start.Equal(saturday.AddDate(0, 0, -7)) { // Saturdays of four weeks, Tuesdays but one
		t.Errorf("painted intervals %v", detail.Duty)
	}
	for _, wrong := range []map[string]string{{"days": "Tue", "from": "9:00", "to": "10:00"}, {"days": "Thu-Mon", "from": "08:00", "to": "10:00"}, {"days": "Tue", "from": "22:00", "to": "06:00"}} {
		if got := nurse.do("PUT", "/v1/feeds/hours", map[string]any{"hours": []any{wrong}}, "If-Match", put.header.Get("ETag")); got.status != 422 {
			t.Errorf("hours %v: %d", wrong, got.status)
		}
	}
	gone := nurse.do("DELETE", "/v1/feeds/hours", nil, "If-Match", put.header.Get("ETag"))
	if gone.status != 200 || !strings.Contains(string(gone.body), `"painted":false`) || gone.header.Get("ETag") == shown.header.Get("ETag") {
		t.Errorf("back to the region's: %d %s", gone.status, gone.body)
	}
	if after := nurse.starts("marte-solli", nextTuesday.Truncate(24*time.Hour), nextTuesday.Add(12*time.Hour)); len(before) == 0 || !slices.EqualFunc(before, after, time.Time.Equal) {
		t.Errorf("starts before %v, after %v", before, after)
	}
	if got := r.as("privacy-officer").do("GET", "/v1/feeds/hours", nil); got.status != 403 {
		t.Errorf("an auditor: %d", got.status)
	}
}
