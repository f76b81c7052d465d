package duty

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func TestKnock(t *testing.T) {
	check := func(name, person, steps, want string) {
		t.Run(name, func(t *testing.T) {
			known := cast(person)
			p := &play{t: t, now: began, people: map[conference.RoleAt][]Candidate{{}: known[oncology]}}
			p.c = Start(request(Knock, Now), began, p.resolve)
			p.run(steps)
			if got := told(p.c); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
	check("aloud when free", "a1", "", "ringing until 30: a 0- ringing")
	check("then a silent card", "a1", "+31s", "ringing until 600: a 0- soft ringing")
	check("then a note", "a1", "+601s", "missed: a 0-600 soft unanswered")
	check("soft in a talk", "a1:in_talk", "", "ringing until 600: a 0- soft ringing")
	check("soft when the calendar says so", "a1:engaged", "", "ringing until 600: a 0- soft ringing")
	check("soft when quiet is wanted", "a1:quiet", "", "ringing until 600: a 0- soft ringing")
	check("no device: a note at once", "a1:no_device", "", "missed: a no_device")
	check("nobody of that name", "", "", "missed: a no_device")
	check("answered", "a1", "+3s, a accept", "connected by a: a 0-3 accepted")
	check("the card answered", "a1:in_talk", "+300s, a accept", "connected by a: a 0-300 soft accepted")
	check("in five minutes", "a1:in_talk", "+20s, a later, +310s", "ringing until 340: a 0-20 soft promised, a 320- call-back ringing")
	check("and then not", "a1", "a later, +330s", "missed: a 0-0 promised, a 300-320 call-back unanswered")
	check("declined", "a1", "+2s, a decline", "missed: a 0-2 declined")
	check("there is no roster to report", "a1", "a not_me!answer", "ringing until 30: a 0- ringing")
	check("overridden", "a1:in_talk", "+60s, override the pump has stopped", "ringing until 90: a 0- ringing")
	check("and soft again", "a1:in_talk", "+60s, override the pump has stopped, +31s", "ringing until 600: a 0- soft ringing")
	check("once", "a1:in_talk", "override the pump has stopped, override and again!overridden, +31s, override and again!overridden", "ringing until 600: a 0- soft ringing")
	check("at the last moment", "a1:in_talk", "+590s, override the pump has stopped, +31s", "missed: a 0-620 unanswered")
	check("with a reason", "a1:in_talk", "override  !words", "ringing until 600: a 0- soft ringing")
	check("a short one", "a1:in_talk", "override "+strings.Repeat("å", 121)+"!words", "ringing until 600: a 0- soft ringing")
	check("without a number", "a1:in_talk", "override it is 010203 12345!number", "ringing until 600: a 0- soft ringing")
	check("nothing to override while it rings", "a1", "override the pump has stopped!not_soft", "ringing until 30: a 0- ringing")
	check("nor after a promise", "a1:in_talk", "a later, override the pump has stopped!not_soft", "promised until 300: a 0-0 soft promised")
	check("nor when it is taken", "a1:in_talk", "a accept, override the pump has stopped!taken", "connected by a: a 0-0 soft accepted")
	check("nor afterwards", "a1:in_talk", "cancel, override the pump has stopped!over", "cancelled: a 0-0 soft stopped")
}

func TestPractice(t *testing.T) {
	check := func(name, steps, want string) {
		t.Run(name, func(t *testing.T) {
			p := &play{t: t, now: began}
			p.c = Start(request(Practice, ""), began, nil)
			p.run(steps)
			if got := told(p.c); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
			if p.c.Note != nil {
				t.Error("practice left a note")
			}
		})
	}
	check("rings oneself", "", "ringing until 20: gp 0- ringing")
	check("heard", "+4s, gp accept, gp accept", "ended by gp: gp 0-4 accepted")
	check("not heard", "+21s", "ended: gp 0-20 unanswered")
	check("refused", "+4s, gp decline", "ended: gp 0-4 declined")
	check("stopped", "+4s, cancel", "cancelled: gp 0-4 stopped")
	check("nothing to promise", "gp later!answer, gp not_me!answer", "ringing until 20: gp 0- ringing")
}

func TestNote(t *testing.T) {
	p := &play{t: t, now: began, people: cast("a1")}
	p.c = Start(request(Specialist, Today), began, p.resolve)
	p.run("a takes!no_note, +21s, gp reads!no_note, gp takes!no_note, a reads, +5s, b reads, b takes, +1s, b takes, a takes!taken")
	want := Note{ReadBy: "a", ReadAt: began.Add(21 * time.Second), TakenBy: "b", TakenAt: began.Add(26 * time.Second)}
	if *p.c.Note != want {
		t.Errorf("%+v, want %+v", *p.c.Note, want)
	}
	if got := p.c.Concerns(); !slices.Equal(got, []conference.PersonID{"gp", "a", "b"}) {
		t.Errorf("it concerns %v", got)
	}
	steps := []Step{}
	for _, l := range Ledger(p.c) {
		steps = append(steps, l.Step)
	}
	if want := []Step{StepRequested, StepStage, StepRang, StepUnanswered, StepDeputy, StepNobody, StepMissed, StepNoteRead, StepNoteTaken}; !slices.Equal(steps, want) {
		t.Errorf("%v, want %v", steps, want)
	}
}

func TestCheck(t *testing.T) {
	check := func(name string, want error, change func(*Consult)) {
		t.Run(name, func(t *testing.T) {
			c := request(Specialist, Hour)
			change(&c)
			err := c.Check()
			if !errors.Is(err, want) || (want == nil && err != nil) {
				t.Errorf("%v, want %v", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "010203") {
				t.Errorf("the error repeats what was written: %v", err)
			}
		})
	}
	check("whole", nil, func(*Consult) {})
	check("a knock", nil, func(c *Consult) { c.Kind, c.Person = Knock, "a" })
	check("a practice ring needs nothing", nil, func(c *Consult) { *c = Consult{Kind: Practice, Caller: "gp"} })
	check("words", nil, func(c *Consult) { c.Words = strings.Repeat("å", 120) })
	check("too many words", ErrWords, func(c *Consult) { c.Words = strings.Repeat("å", 121) })
	check("an identity number", conference.ErrNoteNumber, func(c *Consult) { c.Words = "about 010203 12345" })
	check("no caller", ErrRequest, func(c *Consult) { c.Caller = "" })
	check("unknown kind", ErrRequest, func(c *Consult) { c.Kind = "fax 010203" })
	check("no role", ErrRequest, func(c *Consult) { c.Covers.Role = "" })
	check("a knock at nobody's", ErrRequest, func(c *Consult) { c.Kind = Knock })
	check("a knock at one's own", ErrRequest, func(c *Consult) { c.Kind, c.Person = Knock, c.Caller })
	check("unknown urgency", ErrRequest, func(c *Consult) { c.Urgency = "010203" })
	check("unknown reason", ErrRequest, func(c *Consult) { c.Reason = "about 010203 12345" })
	check("three minutes", ErrRequest, func(c *Consult) { c.Minutes = 3 })
}

func TestWhoRings(t *testing.T) {
	p := &play{t: t, now: began, people: cast("a1 b1 / a1")}
	p.people[conference.RoleAt{}] = []Candidate{{Person: "a", Reach: InTalk}}
	p.c = Start(request(Specialist, Now), began, p.resolve)
	if got := p.c.RingingNow(); !slices.Equal(got, []conference.PersonID{"a", "b"}) {
		t.Errorf("now: %v ring", got)
	}
	if _, err := Respond(p.c, "", Accept, began, p.resolve); !errors.Is(err, ErrNotRung) {
		t.Errorf("an answer of nobody: %v", err)
	}
	p.run("a seen, +1s, a seen, b accept, +1s, a seen, b seen")
	if got := p.c.RingingNow(); len(got) > 0 || !p.c.Active() || p.c.Hunting() {
		t.Errorf("connected: %v ring, active %v, hunting %v", got, p.c.Active(), p.c.Hunting())
	}
	if a, ok := p.c.RingOf("a"); !ok || !a.SeenAt.Equal(began) {
		t.Errorf("seen: %+v %v", a, ok)
	}
	if b, ok := p.c.RingOf("b"); !ok || !b.SeenAt.IsZero() {
		t.Errorf("answered before it was seen: %+v %v", b, ok)
	}
	if _, ok := p.c.RingOf("x"); ok {
		t.Error("a ring of somebody who was not asked")
	}
	p.c = Start(request(Knock, Now), began, p.resolve)
	if got := p.c.RingingNow(); len(got) > 0 {
		t.Errorf("a silent card rings for %v", got)
	}
	p.run("override the pump has stopped")
	if got := p.c.RingingNow(); !slices.Equal(got, []conference.PersonID{"a"}) {
		t.Errorf("overridden: %v ring", got)
	}
	p.run("a accept, end")
	if p.c.Active() {
		t.Error("active after the end")
	}
}

// A step must not write into the consult that it was given: the caller tries again with it when another server was faster.
func TestStepsLeaveTheirInput(t *testing.T) {
	people := cast("a1 b1 c1")
	resolve := func(covers conference.RoleAt) []Candidate { return people[covers] }
	c := Start(request(Specialist, Now), began, resolve)
	c, err := Respond(c, "a", Decline, began, resolve)
	if err != nil {
		t.Fatal(err)
	}
	kept := c.clone()
	var done []Consult
	for _, answer := range []Answer{Accept, Later, NotMe, Decline} {
		for _, by := range []conference.PersonID{"a", "b"} {
			if d, err := Respond(c, by, answer, began.Add(time.Second), resolve); err == nil {
				done = append(done, d)
			}
		}
	}
	cancelled, err := Cancel(c, began)
	done = append(done, cancelled, Tick(c, c.Deadline, resolve), Tick(c, c.Deadline.Add(time.Minute), resolve), Seen(c, "b", began))
	if err != nil || len(done) < 9 || Changed(kept, c) {
		t.Errorf("%v, %d steps; the input became %s", err, len(done), told(c))
	}
}
