package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/redisd"
)

// TestNoIdentityLeaves seeds invented identities and looks for them in every byte that leaves the product or stays where
// others read: mails as they were sent, log, metrics, names of Redis keys, page titles and addresses.
func TestNoIdentityLeaves(t *testing.T) {
	const note, guest = "Fru Hemmelin Prøvesen", "Dattera Hemmelin"
	r := start(t, true, "SAMTALE_PUSH_ALLOW", "127.0.0.0/8")
	nurse := r.as("ward-nurse")
	created := must[CaseDetail](nurse, 201, "POST", "/v1/cases", map[string]any{
		"origin": "med-a", "municipality": "elvemo", "receiver": "elvemo-home", "destination": "home",
		"discharge": friday.Add(76 * time.Hour), "certainty": "high", "complex": true, "note": note,
	}, "Idempotency-Key", "privacy-case")
	must[CaseDetail](nurse, 200, "POST", "/v1/cases/"+string(created.ID)+"/notice", nil)
	eventually(t, "calendars are read", func() bool {
		return bytes.Contains(nurse.do("GET", "/v1/feeds", nil).body, []byte(`"fresh"`))
	})
	choice := firstChoice(nurse, must[CaseDetail](nurse, 200, "GET", "/v1/cases/"+string(created.ID), nil))
	var seat string
	for _, s := range created.Seats {
		if s.Guest == "next_of_kin" {
			seat = string(s.ID)
		}
	}
	choice["guests"] = []map[string]string{{"seat": seat, "name": guest, "email": "kin@home.example", "language": "nb"}}
	conf := must[ConferenceView](nurse, 201, "POST", "/v1/conferences", choice, "Idempotency-Key", "privacy-book")
	eventually(t, "every invitation is sent", func() bool {
		for _, p := range must[ConferenceView](nurse, 200, "GET", "/v1/conferences/"+string(conf.ID), nil).Participants {
			if p.Mail == "queued" || p.Mail == "" {
				return false
			}
		}
		return true
	})
	must[ConferenceView](nurse, 200, "DELETE", "/v1/conferences/"+string(conf.ID), nil, "If-Match", nurse.do("GET", "/v1/conferences/"+string(conf.ID), nil).header.Get("ETag"))
	eventually(t, "everybody is told of the cancellation", func() bool {
		return strings.Count(string(nurse.do("GET", "/demo/api/mail", nil).body), `"method":"CANCEL"`) == len(conf.Participants)
	})

	secrets := map[string]string{"case code": created.Code, "note": "Hemmelin", "note in base64": "SGVtbWVsaW4", "guest": guest}
	r.talkInSecret(secrets)
	search := func(where string, data []byte) {
		t.Helper()
		for what, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s: the %s is in it", where, what)
			}
		}
	}
	mails, err := filepath.Glob(filepath.Join(r.cfg.DataDir, "demo-mail", "*"))
	if err != nil || len(mails) < 2*len(conf.Participants) {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	for _, path := range mails {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		search("mail", raw)
	}
	search("mails as read", nurse.do("GET", "/demo/api/mail", nil).body)
	search("metrics", r.browser().do("GET", "/metrics", nil).body)
	search("page", nurse.do("GET", "/cases/"+string(created.ID), nil).body)
	search("terminal", []byte(r.out.String()))
	for _, key := range keysOf(t, r) {
		search("Redis key", []byte(key))
	}
	r.stop()
	search("log", []byte(r.log.String()))
	if strings.Contains(string(created.ID), created.Code) || strings.Contains(string(conf.ID), created.Code) || strings.Contains(conf.MeetingCode, created.Code) {
		t.Error("an id that stands in addresses holds the case code")
	}
}

// talkInSecret rings, interrupts, pushes and lets guests in, and adds what must not be found afterwards.
func (r *running) talkInSecret(secrets map[string]string) {
	r.t.Helper()
	add := func(what, secret string) string {
		if secret == "" {
			r.t.Fatalf("no %s", what)
		}
		secrets[what] = secret
		return secret
	}
	service := newPushService(r.t)
	service.answer(http.StatusInternalServerError) // what fails is logged
	endpoint := add("push endpoint", "/endepunkt-hemmelig")
	gp, doctor, owner := r.as("gp"), r.as("kaja-nes"), r.as("coordinator")
	device := subscription(r.t, service.URL+endpoint)
	device["name"] = add("device", "Kajas hemmelige telefon")
	must[ReachView](doctor, 201, "POST", "/v1/reach/devices", device)
	add("device's key", device["p256dh"])
	eventually(r.t, "a duty plan is read", func() bool {
		for _, plan := range must[struct{ Rosters []RosterHealth }](owner, 200, "GET", "/v1/rosters", nil).Rosters {
			for _, unknown := range plan.Unknown {
				secrets["title in a duty plan"] = unknown.Title
			}
		}
		return secrets["title in a duty plan"] != "" && len(gp.dutyOf("duty_doctor@duty").On) > 0
	})
	c := gp.ask(201, map[string]any{
		"kind": "specialist", "covers": "duty_doctor@duty", "reason": "other", "urgency": "now", "minutes": 5, "words": add("words", "Feber og forvirring"),
	})
	eventually(r.t, "a phone was tried", func() bool { return len(service.got()) > 0 })
	if took := doctor.answer(c, "accept"); took.status != 200 {
		r.t.Fatalf("accept: %d %s", took.status, took.body)
	}
	knock := gp.ask(201, map[string]any{"kind": "knock", "person": "kaja-nes", "reason": "other", "minutes": 2, "words": add("words of a knock", "Ventetid etter dose")})
	gp.do("PUT", "/v1/consults/"+string(knock.ID)+"/override", map[string]string{"reason": add("reason", "Bilen går straks")})
	path := "/v1/conferences/" + string(c.Conference)
	link := must[GuestLink](gp, 201, "POST", path+"/guests", map[string]any{
		"kind": "next_of_kin", "name": add("guest of a talk", "Nevøen Ukjentsen"), "email": "nephew@home.example", "language": "nb",
	}, "Idempotency-Key", newTestKey())
	phone := r.browser()
	token := must[struct{ Token string }](phone, 200, "POST", "/v1/invitations/code", map[string]string{"code": add("code", link.Code)}).Token
	must[SessionView](phone, 200, "POST", "/v1/invitations/"+token+"/session", nil)
	must[ConferenceView](gp, 201, "POST", path+"/people", map[string]string{"name": add("somebody by hand", "Vikar Navnløsen"), "how": "phone"}, "Idempotency-Key", newTestKey())
	eventually(r.t, "the guest's mail is sent", func() bool {
		return strings.Contains(string(gp.do("GET", "/demo/api/mail", nil).body), "nephew@home.example")
	})
}

// keysOf lists the names of all keys in the private server.
func keysOf(t *testing.T, r *running) []string {
	t.Helper()
	address, err := redisd.Attach(filepath.Join(r.cfg.DataDir, "redis"))
	if err != nil {
		t.Fatal(err)
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) < 20 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	return keys
}

func TestAnswersAreKeptFromCachesAndForeignPages(t *testing.T) {
	nurse := start(t, true).as("ward-nurse")
	for _, path := range []string{"/v1/board", "/v1/session", "/v1/directory"} {
		got := nurse.do("GET", path, nil)
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" ||
			got.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
}
