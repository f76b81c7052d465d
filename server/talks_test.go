package server

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/redisd"
	"github.com/samtale/samtale/server/store"
)

// keptIn opens the running server's store, to change what only time or another node would.
func (r *running) keptIn() *store.Store {
	r.t.Helper()
	address, err := redisd.Attach(filepath.Join(r.cfg.DataDir, "redis"))
	if err != nil {
		r.t.Fatal(err)
	}
	st, err := store.Open(r.t.Context(), address, store.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = st.Close() })
	return st
}

// changed writes into a meeting behind the server's back.
func (r *running) changed(conf string, extras store.Extras, change func(*conference.Conference)) {
	r.t.Helper()
	_, err := r.keptIn().ChangeConference(r.t.Context(), conference.ConferenceID(conf), "test", func(c *conference.Conference) (bool, error) {
		change(c)
		return true, nil
	}, extras)
	if err != nil {
		r.t.Fatal(err)
	}
}

// changedConsult is the same for a consult.
func (r *running) changedConsult(id duty.ConsultID, change func(*duty.Consult)) {
	r.t.Helper()
	_, err := r.keptIn().ChangeConsult(r.t.Context(), id, "test", func(c *duty.Consult) (bool, error) {
		change(c)
		return true, nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (b *browser) now() time.Time { return must[SessionView](b, 200, "GET", "/v1/session", nil).Now }

func TestRestartEndsNoTalk(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, anne, conf := r.talk(ctx)
	for _, b := range []*browser{grete, anne} {
		if _, err := b.dial(ctx, conf); err != nil {
			t.Fatal(err)
		}
	}
	r.stop()
	r = startWith(t, r.cfg)
	grete = &browser{running: r, client: grete.client}
	calling := must[consultsBody](grete, 200, "GET", "/v1/consults", nil).Calling
	if len(calling) != 1 || calling[0].State != duty.Connected || !slices.Contains(calling[0].May, "join") {
		t.Errorf("after a restart: %+v", calling)
	}
	if _, err := grete.dial(ctx, conf); err != nil {
		t.Errorf("back into the call: %v", err)
	}
}

func TestTalkRunsOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	host, err := grete.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	now := grete.now()
	r.changed(conf, store.Extras{}, func(c *conference.Conference) { c.Start, c.End = now.Add(-time.Hour), now.Add(-20*time.Minute) })
	eventually(t, "the talk is made longer", func() bool {
		return must[ConferenceView](grete, 200, "GET", "/v1/conferences/"+conf, nil).End.After(now)
	})
	if err := host.Leave(ctx); err != nil { // a reload: nobody is inside for a moment
		t.Fatal(err)
	}
	if _, err := grete.dial(ctx, conf); err != nil {
		t.Errorf("back after a reload: %v", err)
	}
}

func TestGuestsSeeNothingAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	link := must[GuestLink](grete, 201, "POST", "/v1/conferences/"+conf+"/guests", map[string]any{"kind": "patient", "name": "Father"}, "Idempotency-Key", newTestKey())
	phone, page := r.browser(), "/v1/conferences/"+conf
	must[SessionView](phone, 200, "POST", "/v1/invitations/"+tokenLink.FindStringSubmatch(link.URL)[1]+"/session", nil)
	must[ConferenceView](phone, 200, "GET", page, nil)
	now := grete.now()
	ended := func(ago time.Duration) {
		r.changed(conf, store.Extras{}, func(c *conference.Conference) { c.Start, c.End = now.Add(-time.Hour), now.Add(-ago) })
	}
	ended(9 * time.Minute)
	must[ConferenceView](phone, 200, "GET", page, nil)
	ended(11 * time.Minute)
	if late := phone.do("GET", page, nil); late.problem() != "meeting-ended" {
		t.Errorf("a guest after the end: %d %s", late.status, late.body)
	}
	if _, err := phone.dial(ctx, conf); err == nil || !strings.Contains(err.Error(), "4004") {
		t.Errorf("the call after the end: %v", err)
	}
	must[ConferenceView](grete, 200, "GET", page, nil)
}

func TestNewLinkEndsWhatTheOldOneOpened(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	link := must[GuestLink](grete, 201, "POST", "/v1/conferences/"+conf+"/guests", map[string]any{"kind": "patient", "name": "Father"}, "Idempotency-Key", newTestKey())
	wrong, old := r.browser(), tokenLink.FindStringSubmatch(link.URL)[1]
	must[SessionView](wrong, 200, "POST", "/v1/invitations/"+old+"/session", nil)
	renewed := must[GuestLink](grete, 200, "POST", "/v1/conferences/"+conf+"/guests/"+link.Participant+"/link", nil)
	if seen := wrong.do("GET", "/v1/conferences/"+conf, nil); seen.status != 404 {
		t.Errorf("the browser of the old link sees the meeting: %d", seen.status)
	}
	if _, err := wrong.dial(ctx, conf); err == nil {
		t.Error("the browser of the old link is let in")
	}
	// A host who changed the consent at the same moment knew of the old link alone; its hash may have stayed.
	codeHash, _ := identity.CodeHash(link.Code)
	var stayed []store.InvitationKey
	for _, hash := range []string{identity.Hash(old), codeHash} {
		stayed = append(stayed, store.InvitationKey{Hash: hash, Participant: link.Participant, Expires: grete.now().Add(time.Hour), TTL: time.Hour})
	}
	r.changed(conf, store.Extras{Invitations: stayed}, func(*conference.Conference) {})
	if dead := r.browser().do("GET", "/v1/invitations/"+old, nil); dead.status != 404 {
		t.Errorf("the old link: %d", dead.status)
	}
	if dead := r.browser().do("POST", "/v1/invitations/code", map[string]string{"code": link.Code}); dead.status != 404 {
		t.Errorf("the old code: %d", dead.status)
	}
	right := r.browser()
	must[SessionView](right, 200, "POST", "/v1/invitations/"+tokenLink.FindStringSubmatch(renewed.URL)[1]+"/session", nil)
	must[ConferenceView](right, 200, "GET", "/v1/conferences/"+conf, nil)
}

func TestAnotherNodesTalkIsNotForsaken(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	c := must[consultsBody](grete, 200, "GET", "/v1/consults", nil).Calling[0]
	now := grete.now()
	r.changedConsult(c.ID, func(c *duty.Consult) { c.TakenAt = now.Add(-11 * time.Minute) })
	seen := func(at time.Time) duty.State {
		if err := r.keptIn().AppendAttendance(ctx, conference.ConferenceID(conf), conference.Event{At: at, Boot: "another", Kind: conference.EventSeen}); err != nil {
			t.Fatal(err)
		}
		must[consultsBody](grete, 200, "GET", "/v1/consults", nil)
		return grete.consult(c).State
	}
	if got := seen(now); got != duty.Connected {
		t.Errorf("seen by another node just now: %s", got)
	}
	if got := seen(now.Add(-time.Minute)); got != duty.Ended {
		t.Errorf("seen by nobody for a minute: %s", got)
	}
}

func TestPhoneRingsAgainAfterAnOutage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	service := newPushService(t)
	r := startTeam(t, "SAMTALE_PUSH_ALLOW", "127.0.0.0/8")
	grete, anne := r.online(ctx, "grete")["grete"], r.as("anne")
	must[ReachView](anne, 201, "POST", "/v1/reach/devices", subscription(t, service.URL+"/anne"))
	c := grete.ask(201, specialist)
	eventually(t, "the phone rings", func() bool { return len(service.got()) == 1 })
	late := grete.now().Add(-10 * time.Second)
	r.changedConsult(c.ID, func(c *duty.Consult) {
		for i := range c.Rings {
			if c.Rings[i].Outcome == duty.RingOn {
				c.Rings[i].At, c.Rings[i].Until, c.Deadline = late.Add(-15*time.Second), late, late
			}
		}
	})
	eventually(t, "the phone rings again", func() bool { return len(service.got()) == 2 })
}

func TestReloadedPageStaysPresent(t *testing.T) {
	address := newStore(t)
	regionWith(t, address)
	s := newNode(t, address, nodesSecret)
	gone := s.arrivePage("kari")
	if err := s.noteGone(t.Context(), "kari"); err != nil { // of the page before, a moment late
		t.Fatal(err)
	}
	present := func() bool {
		found, err := s.store.Present(t.Context(), "kari")
		if err != nil {
			t.Fatal(err)
		}
		return found["kari"]
	}
	if !present() {
		t.Error("whoever reloads a page cannot be rung")
	}
	if gone(); present() {
		t.Error("whoever has closed the last page is present")
	}
}

// TestMailOfADeadLink: mails wait while the mail server is away.
func TestMailOfADeadLink(t *testing.T) {
	address := newStore(t)
	regionWith(t, address)
	s := newNode(t, address, nodesSecret)
	now := s.now()
	s.config.MailFrom = "samtale@region.example"
	guest := func(key string, revoked *time.Time) conference.Participant {
		return conference.Participant{Key: key, Seat: "guest", Need: conference.Offered, Guest: "patient", Name: "Guest", Email: "guest@home.example", RevokedAt: revoked}
	}
	c, err := s.store.Book(t.Context(), store.Booking{Conference: conference.Conference{
		ID: "m_1", MeetingCode: "code", UID: "m_1@test", Purpose: conference.PurposeConsult, SchemaVersion: 1, Improvised: true,
		Start: now, End: now.Add(time.Hour), State: conference.Booked, BookedAt: now,
		Participants: []conference.Participant{guest("wanted", nil), guest("revoked", &now)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	check := func(key string, wanted bool) {
		t.Helper()
		_, err := s.compose(t.Context(), store.OutboxMail{Mail: store.Mail{Kind: mailRequest, Conference: c.ID, Participant: key}, ID: "1", Queued: now})
		if wanted != (err == nil) || !wanted && !errors.Is(err, errMailObsolete) {
			t.Errorf("the mail to %s: %v", key, err)
		}
	}
	check("wanted", true)
	check("revoked", false)
}

// TestColleagueOfAnotherMeetingAddsNobody: whoever takes part in one meeting of a case is no host of the next.
func TestColleagueOfAnotherMeetingAddsNobody(t *testing.T) {
	r := start(t, true)
	nurse := r.as("ward-nurse")
	of := must[CaseDetail](nurse, 201, "POST", "/v1/cases", map[string]any{
		"origin": "med-a", "municipality": "elvemo", "receiver": "elvemo-home", "destination": "home", "discharge": friday.Add(76 * time.Hour), "certainty": "high", "complex": true,
	}, "Idempotency-Key", newTestKey())
	var colleague Person
	me := must[SessionView](nurse, 200, "GET", "/v1/session", nil).Person
	for _, p := range must[struct{ People []Person }](nurse, 200, "GET", "/v1/directory?unit=med-a", nil).People {
		if me == nil || p.ID != me.ID {
			colleague = p
		}
	}
	st, start := r.keptIn(), nurse.now().Add(20*24*time.Hour)
	for i, host := range []conference.PersonID{me.ID, colleague.ID} {
		id := conference.ConferenceID([]string{"m_first", "m_second"}[i])
		_, err := st.Book(t.Context(), store.Booking{Conference: conference.Conference{
			ID: id, MeetingCode: "code", UID: string(id) + "@test", Case: of.ID, Unit: "med-a", Purpose: conference.PurposeDischarge, SchemaVersion: 1,
			Start: start, End: start.Add(time.Hour), State: conference.Booked, BookedBy: host, BookedAt: start.Add(-time.Hour),
			Participants: []conference.Participant{{Key: "k", Seat: "s", Need: conference.Required, Person: host, Name: "Host", Reply: conference.Accepted, Host: true}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	body := map[string]string{"name": "Nils", "how": "phone"}
	if got := r.as(string(colleague.ID)).do("POST", "/v1/conferences/m_first/people", body, "Idempotency-Key", newTestKey()); got.status != 403 {
		t.Errorf("a colleague from another meeting: %d %s", got.status, got.body)
	}
	must[ConferenceView](nurse, 201, "POST", "/v1/conferences/m_first/people", body, "Idempotency-Key", newTestKey())
}
