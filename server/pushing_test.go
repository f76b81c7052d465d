package server

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// pushService is what a browser's maker runs: it takes pushes for one browser and answers what it is told to. What they hold and
// how they are signed is tested in server/push.
type pushService struct {
	*httptest.Server
	mu     sync.Mutex
	topics []string
	status int
}

func newPushService(t testing.TB) *pushService {
	s := &pushService{status: http.StatusCreated}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Header.Get("TTL") == "" || !strings.HasPrefix(r.Header.Get("Authorization"), "vapid ") || r.Header.Get("Content-Encoding") != "aes128gcm" {
			t.Errorf("not a push: %v", r.Header)
		}
		s.topics = append(s.topics, r.Header.Get("Topic"))
		w.WriteHeader(s.status)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *pushService) answer(status int) {
	s.mu.Lock()
	s.status = status
	s.mu.Unlock()
}

func (s *pushService) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.topics)
}

func subscription(t testing.TB, endpoint string) map[string]string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]string{"endpoint": endpoint, "p256dh": encode(key.PublicKey().Bytes()), "auth": encode([]byte("sixteen bytes ok")), "name": "Phone"}
}

func TestPhoneRingsWithoutAPage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	service := newPushService(t)
	r := startTeam(t, "SAMTALE_PUSH_ALLOW", "127.0.0.0/8")
	on := r.online(ctx, "grete")
	anne := r.as("anne") // signed in, no page open
	if before := must[ReachView](anne, 200, "GET", "/v1/reach", nil); before.PushKey == "" || len(before.Devices) != 0 {
		t.Fatalf("before: %+v", before)
	}
	if wrong := anne.do("POST", "/v1/reach/devices", map[string]string{"endpoint": "http://127.0.0.1/x", "p256dh": strings.Repeat("A", 87), "auth": strings.Repeat("A", 22), "name": "x"}); wrong.status != 422 {
		t.Errorf("no subscription: %d", wrong.status)
	}
	reach := must[ReachView](anne, 201, "POST", "/v1/reach/devices", subscription(t, service.URL+"/anne"))
	if len(reach.Devices) != 1 || reach.Devices[0].Name != "Phone" {
		t.Fatalf("devices: %+v", reach.Devices)
	}
	if strings.Contains(r.log.String(), service.URL) {
		t.Error("the log holds an endpoint")
	}
	c := on["grete"].ask(201, specialist)
	if got := outcomes(c); got != "anne ringing, bent no_device, cato no_device" {
		t.Fatalf("rung: %s", got)
	}
	eventually(t, "the phone rings", func() bool { return len(service.got()) == 1 })
	if took := anne.answer(c, "accept"); took.status != 200 {
		t.Fatalf("accept: %d", took.status)
	}
	eventually(t, "the phone falls silent", func() bool { return len(service.got()) == 2 })
	if topics := service.got(); topics[0] == "" || topics[0] != topics[1] {
		t.Errorf("the stop does not replace the ring: %q", topics)
	}
	if last := must[ReachView](anne, 200, "GET", "/v1/reach", nil); last.LastRang == nil {
		t.Error("nobody knows when it last rang")
	}
	service.answer(http.StatusGone)
	on["grete"].ask(201, map[string]any{"kind": "knock", "person": "anne", "reason": "other", "minutes": 2})
	eventually(t, "a phone that is gone is forgotten", func() bool {
		return len(must[ReachView](anne, 200, "GET", "/v1/reach", nil).Devices) == 0
	})
}

func TestPracticeRing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	anne := r.online(ctx, "anne")["anne"]
	c := anne.ask(201, map[string]any{"kind": "practice"})
	ringing := must[consultsBody](anne, 200, "GET", "/v1/consults", nil).Ringing
	if len(ringing) != 1 || ringing[0].ID != c.ID || ringing[0].Kind != "practice" {
		t.Fatalf("ringing: %+v", ringing)
	}
	if heard := anne.answer(c, "accept"); heard.status != 200 {
		t.Fatalf("heard it: %d %s", heard.status, heard.body)
	}
	after := must[consultsBody](anne, 200, "GET", "/v1/consults", nil)
	if len(after.Ringing)+len(after.Calling)+len(after.Missed)+len(after.Recent) != 0 {
		t.Errorf("a practice ring leaves a trace: %+v", after)
	}
}
