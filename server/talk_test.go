package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// dial enters a call as whoever b is.
func (b *browser) dial(ctx context.Context, conf string) (*client.Client, error) {
	b.t.Helper()
	address, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	header := http.Header{}
	for _, c := range b.client.Jar.Cookies(address) {
		header.Add("Cookie", c.String())
	}
	c, err := client.Dial(ctx, client.Config{URL: b.url + "/ws", Origin: b.url, Header: header, Conference: conf, NoMedia: true})
	if err == nil {
		b.t.Cleanup(c.Close)
	}
	return c, err
}

// talk is a consult that Grete asked for and Anne took.
func (r *running) talk(ctx context.Context) (grete, anne *browser, conf string) {
	r.t.Helper()
	on := r.online(ctx, "grete", "anne")
	c := on["grete"].ask(201, specialist)
	if took := on["anne"].answer(c, "accept"); took.status != 200 {
		r.t.Fatalf("accept: %d %s", took.status, took.body)
	}
	return on["grete"], on["anne"], string(c.Conference)
}

func TestDoorIsLocked(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	host, err := grete.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	third := r.as("cato")
	step := must[ConferenceView](third, 200, "GET", "/v1/conferences/"+conf, nil)
	if len(step.Participants) != 0 || step.Consent != nil || !slices.Equal(step.May, []string{"join"}) {
		t.Errorf("on the doorstep: %+v", step)
	}
	if list := third.do("GET", "/v1/conferences/"+conf+"/attendance", nil); list.status != 404 {
		t.Errorf("attendance on the doorstep: %d", list.status)
	}
	outside, err := third.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	state, err := host.Wait(ctx, func(s client.State) bool { return len(s.Lobby) == 1 })
	if err != nil {
		t.Fatalf("nobody waits outside: %v", err)
	}
	if who := state.Lobby[0]; who.Name != "Cato Third" || who.Role != "palliative_consultant" || who.Guest {
		t.Errorf("outside waits %+v", who)
	}
	if got := must[ConferenceView](third, 200, "GET", "/v1/conferences/"+conf, nil); len(got.Participants) != 0 {
		t.Errorf("who waits outside sees %+v", got.Participants)
	}
	if err := host.Admit(ctx, state.Lobby[0].Key); err != nil {
		t.Fatal(err)
	}
	if _, err := outside.Wait(ctx, func(s client.State) bool { return s.In }); err != nil {
		t.Fatalf("not let in: %v", err)
	}
	inside := must[ConferenceView](third, 200, "GET", "/v1/conferences/"+conf, nil)
	if len(inside.Participants) != 3 {
		t.Errorf("inside: %+v", inside.Participants)
	}
	report := must[AttendanceView](grete, 200, "GET", "/v1/conferences/"+conf+"/attendance", nil)
	if i := slices.IndexFunc(report.Attended, func(a Attended) bool { return a.Name == "Cato Third" }); i < 0 || !report.Attended[i].Present {
		t.Errorf("the report: %+v", report.Attended)
	}
}

func TestGuestComesByLinkAndIsShownOut(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, anne, conf := r.talk(ctx)
	guests := "/v1/conferences/" + conf + "/guests"
	body := map[string]any{"kind": "next_of_kin", "name": "Daughter", "language": "en"}
	link := must[GuestLink](grete, 201, "POST", guests, body, "Idempotency-Key", "guest-key-1")
	if again := must[GuestLink](grete, 201, "POST", guests, body, "Idempotency-Key", "guest-key-1"); again != link {
		t.Errorf("a repeated request makes another guest: %+v", again)
	}
	if other := grete.do("POST", guests, map[string]any{"kind": "patient", "name": "Father"}, "Idempotency-Key", "guest-key-1"); other.problem() != "idempotency-mismatch" {
		t.Errorf("another guest under the same key: %d %s", other.status, other.body)
	}
	if number := grete.do("POST", guests, map[string]any{"kind": "patient", "name": "01017012345"}, "Idempotency-Key", newTestKey()); number.status != 422 {
		t.Errorf("an identity number as name: %d", number.status)
	}
	if stranger := r.as("cato").do("POST", guests, body, "Idempotency-Key", newTestKey()); stranger.status != 404 {
		t.Errorf("a stranger invites: %d", stranger.status)
	}
	phone := r.browser()
	typed := strings.ToLower(strings.ReplaceAll(link.Code, "-", " "))
	token := must[struct{ Token string }](phone, 200, "POST", "/v1/invitations/code", map[string]string{"code": typed}).Token
	if token != tokenLink.FindStringSubmatch(link.URL)[1] {
		t.Fatal("the code opens another link")
	}
	if wrong := phone.do("POST", "/v1/invitations/code", map[string]string{"code": "0000-0000"}); wrong.status != 404 {
		t.Errorf("a wrong code: %d", wrong.status)
	}
	use := "/v1/invitations/" + token + "/session"
	must[SessionView](phone, 200, "POST", use, nil)
	must[SessionView](phone, 200, "POST", use, nil) // the same browser again
	if other := r.browser().do("POST", use, nil); other.status != 409 || other.problem() != "guest-link-used" {
		t.Errorf("the link in another browser: %d %s", other.status, other.body)
	}
	host, err := anne.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	daughter, err := phone.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Wait(ctx, func(s client.State) bool { return len(s.Lobby) == 1 && s.Lobby[0].Name == "Daughter" }); err != nil {
		t.Fatalf("the guest does not wait: %v", err)
	}
	if err := host.Admit(ctx, link.Participant); err != nil {
		t.Fatal(err)
	}
	if _, err := daughter.Wait(ctx, func(s client.State) bool { return s.In }); err != nil {
		t.Fatalf("the guest is not let in: %v", err)
	}
	links := must[struct{ Links []GuestLink }](anne, 200, "GET", "/v1/conferences/"+conf+"/links", nil).Links
	if len(links) != 1 || !links[0].Used {
		t.Errorf("links: %+v", links)
	}
	if board := phone.do("GET", "/v1/directory", nil); board.status != 403 {
		t.Errorf("a guest sees the directory: %d", board.status)
	}
	// Ended at once: the seat, the link and the code.
	must[ConferenceView](grete, 200, "DELETE", guests+"/"+link.Participant, nil)
	if _, err := daughter.Wait(ctx, func(client.State) bool { return false }); err == nil || !strings.Contains(err.Error(), "4003") {
		t.Errorf("the guest is still there: %v", err)
	}
	for _, gone := range []answer{
		phone.do("GET", "/v1/invitations/"+token, nil), phone.do("POST", use, nil), phone.do("GET", "/v1/conferences/"+conf, nil),
		r.browser().do("POST", "/v1/invitations/code", map[string]string{"code": link.Code}),
	} {
		if gone.status != 404 {
			t.Errorf("after the end: %d %s", gone.status, gone.body)
		}
	}
	if _, err := phone.dial(ctx, conf); err == nil || !strings.Contains(err.Error(), "4001") {
		t.Errorf("the call after the end: %v", err)
	}
	renewed := must[GuestLink](grete, 200, "POST", guests+"/"+link.Participant+"/link", nil)
	if renewed.URL == link.URL || renewed.Code == link.Code || renewed.Used {
		t.Errorf("the new link: %+v", renewed)
	}
	must[InvitationView](r.browser(), 200, "GET", "/v1/invitations/"+tokenLink.FindStringSubmatch(renewed.URL)[1], nil)
}

func TestConsentWithdrawnClosesGuestSeats(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, anne, conf := r.talk(ctx)
	link := must[GuestLink](grete, 201, "POST", "/v1/conferences/"+conf+"/guests", map[string]any{"kind": "next_of_kin", "name": "Son"}, "Idempotency-Key", newTestKey())
	path := "/v1/conferences/" + conf + "/consent"
	if without := anne.do("PUT", path, map[string]bool{"patient_present": true, "consent": false}); without.status != 422 {
		t.Errorf("present without consent: %d", without.status)
	}
	after := must[ConferenceView](anne, 200, "PUT", path, map[string]bool{"patient_present": false, "consent": false})
	if after.Consent == nil || after.Consent.WithdrawnAt == nil || after.PatientPresent {
		t.Errorf("withdrawn: %+v", after.Consent)
	}
	if i := slices.IndexFunc(after.Participants, func(p ParticipantView) bool { return p.Guest != "" }); i < 0 || !after.Participants[i].Revoked {
		t.Errorf("the guest's seat: %+v", after.Participants)
	}
	if gone := r.browser().do("GET", "/v1/invitations/"+tokenLink.FindStringSubmatch(link.URL)[1], nil); gone.status != 404 {
		t.Errorf("the guest's link: %d", gone.status)
	}
	if renewed := grete.do("POST", "/v1/conferences/"+conf+"/guests/"+link.Participant+"/link", nil); renewed.status != 409 {
		t.Errorf("a new link without consent: %d", renewed.status)
	}
	if another := anne.do("POST", "/v1/conferences/"+conf+"/guests", map[string]any{"kind": "next_of_kin", "name": "Niece"}, "Idempotency-Key", newTestKey()); another.problem() != "consent-withdrawn" {
		t.Errorf("a guest without consent: %d %s", another.status, another.body)
	}
	again := must[ConferenceView](grete, 200, "PUT", path, map[string]bool{"patient_present": true, "consent": true})
	if again.Consent.WithdrawnAt != nil || again.Consent.GivenBy != "Grete Gp" {
		t.Errorf("given again: %+v", again.Consent)
	}
}

func TestByHand(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, _, conf := r.talk(ctx)
	host, err := grete.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	people := "/v1/conferences/" + conf + "/people"
	added := must[ConferenceView](grete, 201, "POST", people, map[string]string{"name": "Nils", "role": "district_nurse", "how": "phone"}, "Idempotency-Key", newTestKey())
	i := slices.IndexFunc(added.Participants, func(p ParticipantView) bool { return p.ByHand == "phone" })
	if i < 0 || added.Participants[i].Name != "Nils" {
		t.Fatalf("added: %+v", added.Participants)
	}
	if unknown := grete.do("POST", people, map[string]string{"name": "X", "role": "king", "how": "room"}, "Idempotency-Key", newTestKey()); unknown.status != 422 {
		t.Errorf("an unknown role: %d", unknown.status)
	}
	ended := must[ConferenceView](grete, 200, "DELETE", people+"/"+added.Participants[i].Key, nil)
	if ended.Participants[i].ByHandEnd == nil {
		t.Errorf("has left: %+v", ended.Participants[i])
	}
	if err := host.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	report := must[AttendanceView](grete, 200, "GET", "/v1/conferences/"+conf+"/attendance", nil)
	if j := slices.IndexFunc(report.Attended, func(a Attended) bool { return a.Name == "Nils" }); j < 0 || report.Attended[j].Intervals[0].EndSource != "by_hand" {
		t.Errorf("the report: %+v", report.Attended)
	}
}

func TestOpenDoor(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "anne", "grete")
	doors := must[struct{ Doors []DoorView }](on["anne"], 200, "GET", "/v1/doors", nil).Doors
	if len(doors) != 1 || doors[0].Unit.ID != "pal" || len(doors[0].Team) != 3 || doors[0].Path != "" {
		t.Fatalf("anne's doors: %+v", doors)
	}
	if theirs := on["grete"].do("POST", "/v1/doors/pal", nil); theirs.status != 403 {
		t.Errorf("a stranger walks in: %d", theirs.status)
	}
	opened := must[struct{ Conference, Path string }](on["anne"], 200, "POST", "/v1/doors/pal", nil)
	if again := must[struct{ Conference, Path string }](on["anne"], 200, "POST", "/v1/doors/pal", nil); again != opened {
		t.Errorf("the room changes: %+v, %+v", opened, again)
	}
	if _, err := on["anne"].dial(ctx, opened.Conference); err != nil {
		t.Fatal(err)
	}
	eventually(t, "anne is seen inside", func() bool {
		doors := must[struct{ Doors []DoorView }](r.as("bent"), 200, "GET", "/v1/doors", nil).Doors
		return len(doors[0].Inside) == 1 && doors[0].Inside[0].ID == "anne"
	})
	c := on["grete"].ask(201, map[string]any{"kind": "knock", "person": "anne", "reason": "other", "minutes": 2})
	if !c.Rings[0].Soft {
		t.Errorf("a knock at somebody in a talk is loud: %+v", c.Rings)
	}
}

func TestConsultEndsWithItsRoom(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	grete, anne, conf := r.talk(ctx)
	a, err := grete.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	b, err := anne.dial(ctx, conf)
	if err != nil {
		t.Fatal(err)
	}
	state := func() string {
		list := must[consultsBody](grete, 200, "GET", "/v1/consults", nil)
		for _, c := range append(list.Calling, list.Recent...) {
			return string(c.State)
		}
		return ""
	}
	if err := a.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != "connected" {
		t.Errorf("one is still inside: %q", got)
	}
	if err := b.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the consult has ended", func() bool { return state() == "ended" })
}
