package server

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// team is a region where somebody is always at work: a palliative team of three, a GP who asks, a ward that stands in.
const team = `
name: Test
zone: Europe/Oslo
units:
  - {id: hosp, name: Hospital, kind: hospital}
  - {id: pal, name: Palliative team, kind: team, parent: hosp, phone: "+47 99 99 00 01"}
  - {id: ward, name: Ward, kind: ward, parent: hosp}
  - {id: town, name: Town, kind: municipality}
  - {id: office, name: Office, kind: gp_office, parent: town}
people:
  - {id: unni-west, name: Unni West, email: unni@r.example, access: administrator, roles: [administrator@hosp]}
  - {id: grete, name: Grete Gp, email: gp@r.example, roles: [gp@office], hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]}
  - {id: anne, name: Anne First, email: anne@r.example, roles: [palliative_consultant@pal], hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]}
  - {id: bent, name: Bent Second, email: bent@r.example, roles: [palliative_consultant@pal], hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]}
  - {id: cato, name: Cato Third, email: cato@r.example, roles: [palliative_consultant@pal], hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]}
  - {id: wanda, name: Wanda Ward, email: wanda@r.example, roles: [ward_nurse@ward], hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]}
templates: []
rosters:
  - {id: pal-duty, covers: palliative_consultant@pal, owner: anne, deputy: ward_nurse@ward, phone: "+47 99 99 00 02"}
`

// startTeam is a running server with that region.
func startTeam(t *testing.T, extra ...string) *running {
	t.Helper()
	r := start(t, true, extra...)
	must[map[string]any](r.as("unni-west"), 200, "PUT", "/v1/region", []byte(team), "Content-Type", "application/yaml")
	eventually(t, "the region is in force", func() bool {
		return r.browser().do("POST", "/demo/api/session", map[string]string{"persona": "anne"}).status == 200
	})
	return r
}

// page opens the live socket of somebody's page: from then on they can be rung. What is returned closes it.
func (b *browser) page(ctx context.Context) *client.Live {
	b.t.Helper()
	address, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	header := http.Header{}
	for _, c := range b.client.Jar.Cookies(address) {
		header.Add("Cookie", c.String())
	}
	live, err := client.DialLive(ctx, b.url+"/v1/live", b.url, header)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(live.Close)
	return live
}

// online signs people in, each with a page open, and waits until they can be rung.
func (r *running) online(ctx context.Context, people ...string) map[string]*browser {
	r.t.Helper()
	all := map[string]*browser{}
	for _, id := range people {
		all[id] = r.as(id)
		all[id].page(ctx)
	}
	for _, id := range people {
		eventually(r.t, id+" can be rung", func() bool { return r.reach(all[id], id) != "no_device" })
	}
	return all
}

func (r *running) reach(b *browser, id string) string {
	found := must[struct{ People []Person }](b, 200, "GET", "/v1/directory", nil)
	for _, p := range found.People {
		if string(p.ID) == id && p.Reach != nil {
			return p.Reach.State
		}
	}
	return ""
}

func (b *browser) ask(want int, body map[string]any) ConsultView {
	b.t.Helper()
	return must[ConsultView](b, want, "POST", "/v1/consults", body, "Idempotency-Key", newTestKey())
}

func newTestKey() string { return "key-" + time.Now().Format("150405.000000000") }

func (b *browser) consult(c ConsultView) ConsultView {
	b.t.Helper()
	return must[ConsultView](b, 200, "GET", "/v1/consults/"+string(c.ID), nil)
}

func (b *browser) answer(c ConsultView, answer string) answer {
	b.t.Helper()
	return b.do("PUT", "/v1/consults/"+string(c.ID)+"/answer", map[string]string{"answer": answer})
}

func outcomes(c ConsultView) string {
	var list []string
	for _, r := range c.Rings {
		list = append(list, string(r.Person.ID)+" "+string(r.Outcome))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

var specialist = map[string]any{
	"kind": "specialist", "covers": "palliative_consultant@pal", "reason": "symptom_now", "urgency": "now", "minutes": 5, "patient_present": true, "consent": true,
}

func TestFirstAcceptWins(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "grete", "anne", "bent", "cato", "wanda")
	asked := maps.Clone(specialist)
	asked["words"] = "Pump alarm again"
	c := on["grete"].ask(201, asked)
	if got := outcomes(c); got != "anne ringing, bent ringing, cato ringing" || c.State != "ringing" {
		t.Fatalf("%s: %s", c.State, got)
	}
	ringing := must[consultsBody](on["anne"], 200, "GET", "/v1/consults", nil).Ringing
	if len(ringing) != 1 || ringing[0].Caller.Name != "Grete Gp" || !ringing[0].PatientPresent || ringing[0].YourRing == nil {
		t.Fatalf("anne's page shows %+v", ringing)
	}
	if stranger := on["wanda"].do("GET", "/v1/consults/"+string(c.ID), nil); stranger.status != 404 {
		t.Errorf("a stranger sees the consult: %d", stranger.status)
	}
	if seen := must[ConsultView](on["bent"], 200, "PUT", "/v1/consults/"+string(c.ID)+"/seen", nil); !seen.YourRing.Seen {
		t.Error("the ring was not marked as seen")
	}
	if took := on["bent"].answer(c, "accept"); took.status != 200 {
		t.Fatalf("accept: %d %s", took.status, took.body)
	}
	if late := on["anne"].answer(c, "accept"); late.status != 409 || late.problem() != "taken" {
		t.Errorf("a second accept: %d %s", late.status, late.body)
	}
	if again := on["bent"].answer(c, "accept"); again.status != 200 {
		t.Errorf("the same accept again: %d %s", again.status, again.body)
	}
	after := on["grete"].consult(c)
	if got := outcomes(after); got != "anne stopped, bent accepted, cato stopped" || after.State != "connected" || after.TakenBy.ID != "bent" {
		t.Errorf("%s: %s", after.State, got)
	}
	if late := on["anne"].consult(c); late.TakenBy.ID != "bent" || late.Words != "" || len(late.Ledger) != 0 {
		t.Errorf("anne, who was merely rung, reads %+v", late)
	}
	if taker := on["bent"].consult(c); taker.Words != "Pump alarm again" || len(taker.Ledger) == 0 {
		t.Errorf("bent, who took it, reads %+v", taker)
	}
	room := must[ConferenceView](on["bent"], 200, "GET", "/v1/conferences/"+string(c.Conference), nil)
	if len(room.Participants) != 2 || !room.PatientPresent || room.Consent == nil || room.Consent.GivenBy != "Grete Gp" || !slices.Contains(room.May, "join") || room.Consult != c.ID {
		t.Errorf("the room: %+v", room)
	}
	if step := must[ConferenceView](on["anne"], 200, "GET", "/v1/conferences/"+string(c.Conference), nil); len(step.Participants) != 0 || step.Consult != "" {
		t.Errorf("anne, who is outside, sees %+v", step)
	}
}

func TestNobodyCanBeReached(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "grete")
	c := on["grete"].ask(201, specialist)
	if got := outcomes(c); c.State != "missed" || got != "anne no_device, bent no_device, cato no_device, wanda no_device" {
		t.Fatalf("%s: %s", c.State, got)
	}
	f := c.Fallback
	if f == nil || f.Phone != "+47 99 99 00 02" || !f.NoteLeft || len(f.Slots) == 0 || f.Deputy == nil {
		t.Fatalf("the next step: %+v", f)
	}
	booked := must[ConferenceView](on["grete"], 201, "POST", "/v1/consults/"+string(c.ID)+"/booking",
		map[string]any{"start": f.Slots[0].Start, "person": f.Slots[0].Person.ID}, "Idempotency-Key", newTestKey())
	if len(booked.Participants) != 2 || booked.End.Sub(booked.Start) != 10*time.Minute {
		t.Errorf("booked %+v", booked)
	}
	// The note waits for the person and, through the role, for whoever is on duty next.
	bent := r.as("bent")
	missed := must[consultsBody](bent, 200, "GET", "/v1/consults", nil).Missed
	if len(missed) != 1 || !slices.Contains(missed[0].May, "call_back") {
		t.Fatalf("bent's notes: %+v", missed)
	}
	back := must[ConsultView](bent, 201, "POST", "/v1/consults/"+string(c.ID)+"/callback", nil, "Idempotency-Key", newTestKey())
	if back.Kind != "knock" || back.Person.ID != "grete" || back.State != "ringing" {
		t.Errorf("the call back: %+v", back)
	}
	if other := r.as("anne").do("PUT", "/v1/consults/"+string(c.ID)+"/note", map[string]string{"state": "taken"}); other.status != 409 {
		t.Errorf("a note is taken twice: %d", other.status)
	}
}

func TestHuntOutlivesTheServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "grete", "anne")
	c := on["grete"].ask(201, specialist)
	r.stop()
	r = startWith(t, r.cfg)
	anne := &browser{running: r, client: on["anne"].client}
	if got := anne.consult(c); got.State != "ringing" || got.YourRing == nil || got.YourRing.Outcome != "ringing" {
		t.Fatalf("after the restart: %+v", got)
	}
	if took := anne.answer(c, "accept"); took.status != 200 {
		t.Errorf("accept after the restart: %d %s", took.status, took.body)
	}
}

func TestDeclaredOut(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "grete", "anne", "bent")
	path := "/v1/duty/" + url.PathEscape("palliative_consultant@pal") + "/me"
	role := must[DutyRole](on["anne"], 200, "PUT", path, map[string]string{"state": "out"})
	if role.Declared == nil || role.Declared.In || len(role.On) != 2 {
		t.Errorf("out: %+v", role)
	}
	if c := on["grete"].ask(201, specialist); outcomes(c) != "bent ringing, cato no_device" {
		t.Errorf("rung: %s", outcomes(c))
	}
	if back := must[DutyRole](on["anne"], 200, "PUT", path, map[string]string{"state": "plan"}); back.Declared != nil || len(back.On) != 3 {
		t.Errorf("as the plan says: %+v", back)
	}
	if other := on["grete"].do("PUT", path, map[string]string{"state": "in"}); other.status != 404 {
		t.Errorf("a GP is in as palliative consultant: %d", other.status)
	}
	all := must[struct{ Roles []DutyRole }](on["grete"], 200, "GET", "/v1/duty", nil)
	if all.Roles[0].Covers != "palliative_consultant@pal" || all.Roles[0].On[0].Source.Origin != "hours" || all.Roles[0].Deputy.OnDuty != 1 {
		t.Errorf("the first role: %+v", all.Roles[0])
	}
}

func TestSoftKnock(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := startTeam(t)
	on := r.online(ctx, "grete", "anne")
	now := must[SessionView](on["anne"], 200, "GET", "/v1/session", nil).Now
	must[ReachView](on["anne"], 200, "PUT", "/v1/reach", map[string]any{"quiet_until": now.Add(time.Hour)})
	c := on["grete"].ask(201, map[string]any{"kind": "knock", "person": "anne", "reason": "other", "minutes": 2})
	if c.State != "ringing" || !c.Rings[0].Soft || !slices.Contains(c.May, "override") || c.FreeAt == nil {
		t.Fatalf("a knock at a quiet door: %+v", c)
	}
	loud := must[ConsultView](on["grete"], 200, "PUT", "/v1/consults/"+string(c.ID)+"/override", map[string]string{"reason": "Ferry leaves in ten minutes"})
	if loud.Rings[0].Soft || slices.Contains(loud.May, "override") {
		t.Errorf("made loud: %+v", loud)
	}
	if twice := on["grete"].do("PUT", "/v1/consults/"+string(c.ID)+"/override", map[string]string{"reason": "again"}); twice.status != 409 {
		t.Errorf("made loud twice: %d", twice.status)
	}
	if promised := on["anne"].answer(c, "later"); promised.status != 200 {
		t.Fatalf("in 5 minutes: %d %s", promised.status, promised.body)
	}
	waiting := on["grete"].consult(c)
	if waiting.State != "promised" || waiting.Promise == nil || waiting.Promise.By.ID != "anne" {
		t.Errorf("promised: %+v", waiting)
	}
	if hung := must[ConsultView](on["grete"], 200, "DELETE", "/v1/consults/"+string(c.ID), nil); hung.State != "cancelled" {
		t.Errorf("hung up: %s", hung.State)
	}
}

func TestAskingIsChecked(t *testing.T) {
	r := startTeam(t)
	gp := r.as("grete")
	check := func(name string, status int, kind string, body map[string]any) {
		if got := gp.do("POST", "/v1/consults", body, "Idempotency-Key", newTestKey()); got.status != status || got.problem() != kind {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	with := func(key string, value any) map[string]any {
		body := map[string]any{}
		for k, v := range specialist {
			body[k] = v
		}
		body[key] = value
		return body
	}
	check("without consent", 422, "consent-needed", with("consent", false))
	check("an identity number", 422, "note-refused", with("words", "about 01017012345"))
	check("no such role", 422, "no-such-role", with("covers", "gp@pal"))
	check("no such reason", 422, "invalid", with("reason", "gossip"))
	check("oneself", 404, "not-found", map[string]any{"kind": "knock", "person": "grete", "reason": "other"})
	if none := gp.do("POST", "/v1/consults", specialist); none.status != 422 {
		t.Errorf("without Idempotency-Key: %d", none.status)
	}
	first := must[ConsultView](gp, 201, "POST", "/v1/consults", specialist, "Idempotency-Key", "the-same-key")
	for range asksMost {
		if again := must[ConsultView](gp, 201, "POST", "/v1/consults", specialist, "Idempotency-Key", "the-same-key"); first.ID != again.ID {
			t.Fatalf("a repeated request rings twice: %s, %s", first.ID, again.ID)
		}
	}
	second := gp.ask(201, specialist) // repetitions have not used up the limit
	missed := must[consultsBody](gp, 200, "GET", "/v1/consults", nil).Recent
	if len(missed) != 2 || missed[0].ID != second.ID || missed[0].Fallback == nil || missed[1].Fallback != nil {
		t.Errorf("the last missed call alone comes with the next step: %+v", missed)
	}
	drill := gp.ask(201, map[string]any{"kind": "practice"})
	wish := map[string]any{"start": gp.now().Add(time.Hour), "person": "wanda"}
	if got := gp.do("POST", "/v1/consults/"+string(drill.ID)+"/booking", wish, "Idempotency-Key", newTestKey()); got.status != 422 {
		t.Errorf("a time with anybody, by way of a practice ring: %d %s", got.status, got.body)
	}
}
