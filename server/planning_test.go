package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
)

// planned is K-FRI on its case page with its best start and cast.
type planned struct {
	*browser
	detail CaseDetail
	best   slots.Suggestion
	cast   []CastSeat
}

func (r *running) planned() planned {
	r.t.Helper()
	p := planned{browser: r.as("ward-nurse")}
	p.detail = p.caseIn("elvemo")
	eventually(r.t, "calendars are read", func() bool {
		grid := must[GridView](p.browser, 200, "POST", "/v1/find/grid", p.detail.Find)
		return len(grid.People) > 0 && !slices.ContainsFunc(grid.People, func(x GridPerson) bool { return x.Calendar.Why == "never_read" })
	})
	eventually(r.t, "a start is found", func() bool {
		answer := must[slots.Answer](p.browser, 200, "POST", "/v1/find", p.detail.Find)
		if len(answer.Suggestions) == 0 {
			return false
		}
		p.best = answer.Suggestions[0]
		return true
	})
	for seat, people := range p.best.Cast {
		for _, id := range people {
			p.cast = append(p.cast, CastSeat{Seat: conference.SeatID(seat), Person: conference.PersonID(id)})
		}
	}
	slices.SortFunc(p.cast, func(a, b CastSeat) int { return strings.Compare(string(a.Seat), string(b.Seat)) })
	return p
}

// exactly is the search for this cast and no deputies.
func (p planned) exactly() slots.Request {
	request := p.detail.Find
	request.Need, request.Want = nil, nil
	for _, seat := range p.cast {
		request.Need = append(request.Need, slots.Need{ID: string(seat.Seat), AnyOf: []string{string(seat.Person)}})
	}
	return request
}

func (p planned) minutes() int { return int(p.best.End.Sub(p.best.Start).Minutes()) }

func (p planned) hold(want int) HoldView {
	p.t.Helper()
	return must[HoldView](p.browser, want, "POST", "/v1/holds",
		NewHold{Case: p.detail.ID, Start: p.best.Start, DurationMin: p.minutes(), Cast: p.cast}, "Idempotency-Key", newTestKey())
}

func (p planned) book(hold string) ConferenceView {
	p.t.Helper()
	return must[ConferenceView](p.browser, 201, "POST", "/v1/conferences",
		NewConference{Case: p.detail.ID, Start: p.best.Start, DurationMin: p.minutes(), Cast: p.cast, Hold: hold}, "Idempotency-Key", newTestKey())
}

func (p planned) etag(id conference.ConferenceID) string {
	return p.do("GET", "/v1/conferences/"+string(id), nil).header.Get("ETag")
}

func offers(b *browser, request slots.Request, start time.Time) bool {
	request.List = slots.ListStarts
	return slices.ContainsFunc(must[slots.Answer](b, 200, "POST", "/v1/find", request).Starts, start.Equal)
}

func TestHoldKeepsOthersOut(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	hold := p.hold(201)
	if !hold.Mine || hold.By.Name == "" || hold.Extensions != 2 || len(hold.Cast) != len(p.cast) || hold.Until.Sub(friday) > 6*time.Minute {
		t.Errorf("held: %+v", hold)
	}
	coordinator := r.as("coordinator")
	exactly := p.exactly()
	if !offers(p.browser, exactly, p.best.Start) || offers(coordinator, exactly, p.best.Start) {
		t.Error("a held start is offered to its owner and nobody else")
	}
	taken := coordinator.do("POST", "/v1/conferences", NewConference{Case: p.detail.ID, Start: p.best.Start, DurationMin: p.minutes(), Cast: p.cast}, "Idempotency-Key", newTestKey())
	if taken.status != 409 || !strings.Contains(string(taken.body), `"held"`) {
		t.Errorf("booked over a hold: %d %s", taken.status, taken.body)
	}
	seen := must[struct{ Holds []HoldView }](coordinator, 200, "GET", "/v1/holds?case="+string(p.detail.ID), nil).Holds
	if len(seen) != 1 || seen[0].Mine || seen[0].By.ID != hold.By.ID || seen[0].Unit.ID != "med-a" {
		t.Errorf("others see %+v", seen)
	}
	if theirs := coordinator.do("DELETE", "/v1/holds/"+hold.ID, nil); theirs.status != 403 {
		t.Errorf("somebody else's hold is let go: %d", theirs.status)
	}
	for i := range 2 {
		if longer := must[HoldView](p.browser, 200, "PUT", "/v1/holds/"+hold.ID, nil); longer.Extensions != 1-i {
			t.Errorf("extended: %+v", longer)
		}
	}
	if third := p.do("PUT", "/v1/holds/"+hold.ID, nil); third.status != 409 {
		t.Errorf("extended three times: %d", third.status)
	}
	p.book(hold.ID)
	if left := must[struct{ Holds []HoldView }](p.browser, 200, "GET", "/v1/holds?case="+string(p.detail.ID), nil).Holds; len(left) != 0 {
		t.Errorf("after the booking: %+v", left)
	}
}

func TestMoveAsksEverybodyAnew(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	c := p.book("")
	later := c.Start.Add(5 * time.Minute) // it overlaps itself
	path := "/v1/conferences/" + string(c.ID) + "/time"
	body := map[string]any{"start": later, "duration_min": p.minutes()}
	if blind := p.do("PUT", path, body); blind.status != 428 {
		t.Errorf("without If-Match: %d", blind.status)
	}
	before := p.etag(c.ID)
	got := p.do("PUT", path, body, "If-Match", before)
	if got.status == 409 { // somebody is taken five minutes later: any other start of the search will do
		for _, x := range must[slots.Answer](p.browser, 200, "POST", "/v1/find", p.detail.Find).Suggestions {
			body["start"] = x.Start
			if got = p.do("PUT", path, body, "If-Match", before); got.status == 200 {
				break
			}
		}
	}
	if got.status != 200 {
		t.Fatalf("moved: %d %s", got.status, got.body)
	}
	moved := must[ConferenceView](p.browser, 200, "GET", "/v1/conferences/"+string(c.ID), nil)
	if moved.Start.Equal(c.Start) || moved.End.Sub(moved.Start) != c.End.Sub(c.Start) {
		t.Errorf("moved to %s - %s", moved.Start, moved.End)
	}
	if again := p.do("PUT", path, body, "If-Match", before); again.status != 200 { // the first answer was lost
		t.Errorf("the same again: %d", again.status)
	}
	body["start"] = moved.Start.Add(10 * time.Minute)
	if late := p.do("PUT", path, body, "If-Match", before); late.status != 412 && late.status != 409 { // 409: somebody is taken then
		t.Errorf("with the old ETag: %d", late.status)
	}
	eventually(t, "the new time is mailed", func() bool {
		for _, m := range must[struct{ Messages []DemoMail }](p.browser, 200, "GET", "/demo/api/mail", nil).Messages {
			if m.Method == "REQUEST" && strings.Contains(m.Calendar, "SEQUENCE:1") && strings.Contains(m.Calendar, moved.Start.In(oslo(t)).Format("20060102T150405")) {
				return true
			}
		}
		return false
	})
}

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestDeclinedSeatIsRepaired(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	c := p.book("")
	// Somebody for whom there is a deputy at that time says no.
	var gone string
	var deputy RepairDeputy
	for _, seat := range p.cast {
		i := slices.IndexFunc(c.Participants, func(x ParticipantView) bool { return x.Seat == seat.Seat && !x.You })
		if i < 0 {
			continue
		}
		who := r.as(string(seat.Person))
		must[ConferenceView](who, 200, "PUT", "/v1/conferences/"+string(c.ID)+"/reply", map[string]string{"reply": "declined"})
		repair := must[RepairView](p.browser, 200, "GET", "/v1/conferences/"+string(c.ID)+"/repair", nil)
		j := slices.IndexFunc(repair.Seats, func(s RepairSeat) bool { return s.Seat == seat.Seat })
		if j < 0 || repair.Seats[j].Why != "declined" || repair.Seats[j].Person.ID != seat.Person {
			t.Fatalf("the repair: %+v", repair.Seats)
		}
		if k := slices.IndexFunc(repair.Seats[j].Deputies, func(d RepairDeputy) bool { return d.Can }); k >= 0 {
			gone, deputy = c.Participants[i].Key, repair.Seats[j].Deputies[k]
			break
		}
		must[ConferenceView](who, 200, "PUT", "/v1/conferences/"+string(c.ID)+"/reply", map[string]string{"reply": "accepted"})
	}
	if gone == "" {
		t.Fatal("nobody in the demo has a deputy")
	}
	board := p.board("med-a")
	i := slices.IndexFunc(board.Cases, func(x CaseCard) bool { return x.ID == p.detail.ID })
	if i < 0 || !slices.ContainsFunc(board.Cases[i].Flags, func(f FlagView) bool { return f.Code == "SEAT_DECLINED" && f.Action == "repair_meeting" }) {
		t.Fatalf("the board: %+v", board.Cases[i].Flags)
	}
	path := "/v1/conferences/" + string(c.ID) + "/cast"
	swap := map[string]any{"out": gone, "in": deputy.Person.ID}
	after := must[ConferenceView](p.browser, 200, "PUT", path, swap, "If-Match", p.etag(c.ID))
	if slices.ContainsFunc(after.Participants, func(x ParticipantView) bool { return x.Key == gone }) || len(after.Participants) != len(c.Participants) {
		t.Errorf("swapped: %+v", after.Participants)
	}
	eventually(t, "who leaves and who comes are told", func() bool {
		told := map[string]bool{}
		for _, m := range must[struct{ Messages []DemoMail }](p.browser, 200, "GET", "/demo/api/mail", nil).Messages {
			if strings.Contains(m.Calendar, "SEQUENCE:1") {
				told[m.Method] = true
			}
		}
		return told["CANCEL"] && told["REQUEST"]
	})
	if again := p.do("PUT", path, swap, "If-Match", `"`+fmt.Sprint(after.Revision-1)+`"`); again.status != 200 {
		t.Errorf("the same swap again, as when the first answer was lost: %d %s", again.status, again.body)
	}
	if stranger := p.do("PUT", path, map[string]any{"out": after.Participants[0].Key, "in": "tor-lindgren"}, "If-Match", p.etag(c.ID)); stranger.status != 422 {
		t.Errorf("somebody without the role is put into a seat: %d %s", stranger.status, stranger.body)
	}
}

func TestFreedStartIsOffered(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	c := p.book("")
	body := NewWaiting{Case: p.detail.ID, Find: p.exactly()}
	body.Find.Window.From, body.Find.Window.To = c.Start, c.End // only this start will do, and it is taken by the meeting itself
	deadline := c.End
	body.Find.Deadline = &deadline
	none := body
	none.Find.Deadline = nil
	if without := p.do("POST", "/v1/waiting", none, "Idempotency-Key", newTestKey()); without.status != 422 {
		t.Errorf("without a deadline: %d", without.status)
	}
	must[WaitingView](p.browser, 201, "POST", "/v1/waiting", body, "Idempotency-Key", newTestKey())
	waiting := func() []WaitingView {
		return must[struct{ Waiting []WaitingView }](p.browser, 200, "GET", "/v1/waiting?case="+string(p.detail.ID), nil).Waiting
	}
	if w := waiting(); len(w) != 1 || w[0].Offer != nil {
		t.Fatalf("waiting: %+v", w)
	}
	must[ConferenceView](p.browser, 200, "DELETE", "/v1/conferences/"+string(c.ID), nil, "If-Match", p.etag(c.ID))
	eventually(t, "the freed start is held for the case", func() bool {
		w := waiting()
		return len(w) == 1 && w[0].Offer != nil && w[0].Offer.Start.Equal(c.Start) && w[0].Offer.Offer && len(w[0].Offer.Cast) > 0
	})
	offer := waiting()[0].Offer
	booked := must[ConferenceView](p.browser, 201, "POST", "/v1/conferences",
		NewConference{Case: p.detail.ID, Start: offer.Start, DurationMin: int(offer.End.Sub(offer.Start).Minutes()), Cast: offer.Cast, Hold: offer.ID},
		"Idempotency-Key", newTestKey())
	if !booked.Start.Equal(c.Start) || len(waiting()) != 0 {
		t.Errorf("booked %s, still waiting: %+v", booked.Start, waiting())
	}
}

func TestGridAndWhyTellNoTitles(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	p.hold(201)
	grid := must[GridView](r.as("coordinator"), 200, "POST", "/v1/find/grid", p.detail.Find)
	states := map[string]bool{}
	for _, person := range grid.People {
		for i, s := range person.Spans {
			states[s.State] = true
			if !s.Start.Before(s.End) || (i > 0 && s.Start.Before(person.Spans[i-1].Start)) || (s.State == "held") != (s.HeldBy != nil) {
				t.Errorf("%s: %+v", person.Person.Name, s)
			}
		}
	}
	for _, want := range []string{"busy", "outside_hours", "held"} {
		if !states[want] {
			t.Errorf("no %s in the grid: %v", want, states)
		}
	}
	if len(grid.Starts) == 0 || len(grid.People) < 4 {
		t.Errorf("%d starts, %d people", len(grid.Starts), len(grid.People))
	}
	raw := p.do("POST", "/v1/find/why", map[string]any{"find": p.detail.Find, "start": p.best.Start.Add(-time.Hour)})
	if raw.status != 200 || strings.Contains(string(raw.body), "Visitt") || strings.Contains(string(raw.body), "Hjemmebesøk") {
		t.Errorf("why: %d %s", raw.status, raw.body)
	}
	verdict := must[slots.Verdict](p.browser, 200, "POST", "/v1/find/why", map[string]any{"find": p.detail.Find, "start": p.best.Start})
	if !verdict.Feasible || len(verdict.Needs) == 0 {
		t.Errorf("the best start: %s", fmt.Sprint(verdict))
	}
}

func TestFullWeekIsNeitherOfferedNorBooked(t *testing.T) {
	r := startTeam(t)
	capped := strings.Replace(team, "roles: [gp@office]", "meetings_per_week: 1, roles: [gp@office]", 1)
	must[map[string]any](r.as("unni-west"), 200, "PUT", "/v1/region", []byte(capped), "Content-Type", "application/yaml")
	wanda := r.as("wanda")
	now := must[SessionView](wanda, 200, "GET", "/v1/session", nil).Now
	request := slots.Request{
		DurationMin: 20, GridMin: 10, TZ: "Europe/Oslo", Window: slots.Window{From: now, To: now.Add(10 * 24 * time.Hour)}, List: slots.ListStarts,
		Need: []slots.Need{{ID: "gp", AnyOf: []string{"grete"}}},
	}
	thisWeek := func() (n int) {
		sunday := weekOf(now, oslo(t)).End
		for _, s := range must[slots.Answer](wanda, 200, "POST", "/v1/find", request).Starts {
			if s.Before(sunday) {
				n++
			}
		}
		return n
	}
	eventually(t, "the region is in force", func() bool { return thisWeek() > 0 })
	c := r.online(t.Context(), "grete")["grete"].ask(201, specialist) // nobody can be reached
	must[ConferenceView](r.as("grete"), 201, "POST", "/v1/consults/"+string(c.ID)+"/booking",
		map[string]any{"start": c.Fallback.Slots[0].Start, "person": c.Fallback.Slots[0].Person.ID}, "Idempotency-Key", newTestKey())
	if n := thisWeek(); n != 0 {
		t.Errorf("%d starts are offered in a full week", n)
	}
	if len(must[slots.Answer](wanda, 200, "POST", "/v1/find", request).Starts) == 0 {
		t.Error("nothing is offered in the next week either")
	}
}

func TestNextCastIsBookedWhenTheFirstIsTaken(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	region := must[CaseDetail](p.browser, 200, "GET", "/v1/cases/"+string(p.detail.ID), nil)
	// Another doctor of the ward takes the place of the first one, who is held by somebody else.
	var other []CastSeat
	var held CastSeat
	for _, seat := range p.cast {
		i := slices.IndexFunc(region.Seats, func(x SeatView) bool { return x.ID == seat.Seat })
		for _, candidate := range region.Seats[i].Candidates {
			used := slices.ContainsFunc(p.cast, func(x CastSeat) bool { return x.Person == candidate.ID })
			verdict := must[slots.Verdict](p.browser, 200, "POST", "/v1/find/why", map[string]any{
				"start": p.best.Start, "find": slots.Request{
					DurationMin: p.minutes(), TZ: "Europe/Oslo", Window: slots.Window{From: p.best.Start, To: p.best.End},
					Need: []slots.Need{{ID: "one", AnyOf: []string{string(candidate.ID)}}}, Policy: slots.Policy{OutsideHours: slots.Allow, Unknown: slots.OfferMarked, UseDuty: true},
				},
			})
			if other == nil && !used && verdict.Feasible {
				held = seat
				other = slices.Clone(p.cast)
				other[slices.Index(other, seat)].Person = candidate.ID
			}
		}
	}
	if other == nil {
		t.Fatal("nobody in the demo has a stand-in at that time")
	}
	must[HoldView](r.as("coordinator"), 201, "POST", "/v1/holds",
		NewHold{Case: p.detail.ID, Start: p.best.Start, DurationMin: p.minutes(), Cast: []CastSeat{held}}, "Idempotency-Key", newTestKey())
	booked := must[ConferenceView](p.browser, 201, "POST", "/v1/conferences",
		NewConference{Case: p.detail.ID, Start: p.best.Start, DurationMin: p.minutes(), Cast: p.cast, Others: [][]CastSeat{other}}, "Idempotency-Key", newTestKey())
	if len(booked.Participants) != len(p.cast) {
		t.Errorf("booked %+v", booked.Participants)
	}
	for _, seat := range other {
		name := must[struct{ People []Person }](p.browser, 200, "GET", "/v1/directory", nil).People
		i := slices.IndexFunc(name, func(x Person) bool { return x.ID == seat.Person })
		if !slices.ContainsFunc(booked.Participants, func(x ParticipantView) bool { return x.Name == name[i].Name }) {
			t.Errorf("%s does not sit in the meeting", seat.Person)
		}
	}
}

func TestNewClashBecomesATask(t *testing.T) {
	r := start(t, true)
	p := r.planned()
	c := p.book("")
	i := slices.IndexFunc(c.Participants, func(x ParticipantView) bool { return !x.You && x.Role != "" })
	seat := p.cast[slices.IndexFunc(p.cast, func(x CastSeat) bool { return x.Seat == c.Participants[i].Seat })]
	who := r.as(string(seat.Person))
	event := func(uid string) []byte {
		return []byte(strings.Join([]string{
			"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", "BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20261127T110000Z",
			"DTSTART:" + c.Start.UTC().Format("20060102T150405Z"), "DTEND:" + c.End.UTC().Format("20060102T150405Z"), "SUMMARY:Noe annet", "END:VEVENT", "END:VCALENDAR", "",
		}, "\r\n"))
	}
	flags := func() []FlagView {
		return must[CaseDetail](p.browser, 200, "GET", "/v1/cases/"+string(p.detail.ID), nil).Flags
	}
	clash := func() bool {
		return slices.ContainsFunc(flags(), func(f FlagView) bool { return f.Code == "CLASH" && f.Params["person"] == string(seat.Person) })
	}
	upload := func(uid string) FeedDetail {
		return must[FeedDetail](who, 201, "POST", "/v1/feeds/file?kind=busy", event(uid), "Content-Type", "text/calendar", "Idempotency-Key", newTestKey())
	}
	ours := upload("k17@samtale.example") // what an accepted invitation leaves in a calendar
	if clash() {
		t.Error("our own invitation is taken for a clash")
	}
	must[any](who, 204, "DELETE", "/v1/feeds/"+ours.ID, nil)
	upload("private-1")
	eventually(t, "the clash is on the board", clash)
	repair := must[RepairView](p.browser, 200, "GET", "/v1/conferences/"+string(c.ID)+"/repair", nil)
	if len(repair.Seats) != 1 || repair.Seats[0].Why != "clash" || repair.Seats[0].Person.ID != seat.Person {
		t.Errorf("the repair: %+v", repair.Seats)
	}
	if strings.Contains(fmt.Sprint(repair), "Noe annet") {
		t.Error("the repair tells a title")
	}
}
