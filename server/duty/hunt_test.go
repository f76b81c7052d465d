package duty

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

var (
	began     = time.Date(2026, 11, 27, 12, 45, 0, 0, time.UTC)
	oncology  = conference.RoleAt{Role: "duty_doctor", Unit: "duty"}
	palliates = conference.RoleAt{Role: "palliative_consultant", Unit: "palliative"}
)

// sentinels are written behind a step that must be refused: "b accept!taken".
var sentinels = map[string]error{
	"taken": ErrTaken, "not_rung": ErrNotRung, "over": ErrOver, "answer": ErrAnswer, "promised": ErrPromised, "words": ErrWords,
	"overridden": ErrOverridden, "not_soft": ErrNotSoft, "not_connected": ErrNotConnected, "no_note": ErrNoNote, "number": conference.ErrNoteNumber,
}

// play is a consult with its clock and its people, steered by a line of words.
type play struct {
	t      *testing.T
	c      Consult
	now    time.Time
	people map[conference.RoleAt][]Candidate
}

// cast reads "a1 b2:in_talk / c1": the people of the role, then of the deputy role, with level and what keeps them.
func cast(text string) map[conference.RoleAt][]Candidate {
	people := map[conference.RoleAt][]Candidate{}
	for i, stage := range strings.Split(text, "/") {
		covers := []conference.RoleAt{oncology, palliates}[i]
		for _, word := range strings.Fields(stage) {
			name, reach, _ := strings.Cut(word, ":")
			level, _ := strconv.Atoi(name[len(name)-1:])
			people[covers] = append(people[covers], Candidate{Person: conference.PersonID(name[:len(name)-1]), Level: level, Reach: Outcome(reach)})
		}
	}
	return people
}

func (p *play) resolve(covers conference.RoleAt) []Candidate { return p.people[covers] }

// run takes the steps: "+20s" lets a server live for so long, "gone 90s" lets it be dead and then step once, "away 90s"
// leaves that step out, "a accept" is an answer, "on a1 / b1" is who may be rung from now on.
func (p *play) run(steps string) {
	p.t.Helper()
	for step := range strings.SplitSeq(steps, ",") {
		step, refused, _ := strings.Cut(strings.TrimSpace(step), "!")
		before := p.c
		err := p.step(step)
		if want := sentinels[refused]; !errors.Is(err, want) || (want == nil && err != nil) {
			p.t.Fatalf("%q: %v, want %v", step, err, want)
		}
		if err != nil && Changed(before, p.c) {
			p.t.Fatalf("%q was refused and changed the consult", step)
		}
	}
}

func (p *play) step(step string) (err error) {
	words := strings.Fields(step)
	switch {
	case len(words) == 0:
	case strings.HasPrefix(step, "+"):
		p.live(p.now.Add(lasting(p.t, words[0][1:])))
	case words[0] == "gone":
		p.now = p.now.Add(lasting(p.t, words[1]))
		p.c = Tick(p.c, p.now, p.resolve)
	case words[0] == "away":
		p.now = p.now.Add(lasting(p.t, words[1]))
	case words[0] == "on":
		p.people = cast(strings.TrimPrefix(step, "on"))
	case step == "cancel":
		p.c, err = Cancel(p.c, p.now)
	case step == "end":
		p.c, err = End(p.c, p.now)
	case words[0] == "override":
		p.c, err = OverrideKnock(p.c, strings.TrimPrefix(step, "override"), p.now)
	case words[1] == "seen":
		p.c = Seen(p.c, conference.PersonID(words[0]), p.now)
	case words[1] == "reads":
		p.c, err = ReadNote(p.c, conference.PersonID(words[0]), p.now)
	case words[1] == "takes":
		p.c, err = TakeNote(p.c, conference.PersonID(words[0]), p.now)
	default:
		p.c, err = Respond(p.c, conference.PersonID(words[0]), Answer(words[1]), p.now, p.resolve)
	}
	return err
}

// live steps the hunt at its deadlines until the instant.
func (p *play) live(until time.Time) {
	for p.c.Due(until) {
		p.now = p.c.Deadline
		p.c = Tick(p.c, p.now, p.resolve)
	}
	p.now = until
}

func lasting(t *testing.T, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told is the consult in words, with seconds since it began: "connected by b: a 0-20 unanswered, b 20-25 accepted".
func told(c Consult) string {
	second := func(t time.Time) string { return strconv.Itoa(int(t.Sub(began).Seconds())) }
	text := string(c.State)
	if c.TakenBy != "" {
		text += " by " + string(c.TakenBy)
	}
	if !c.Deadline.IsZero() {
		text += " until " + second(c.Deadline)
	}
	var rings []string
	for _, r := range c.Rings {
		ring := string(r.Person) + " "
		if r.Offered() {
			ring += second(r.At) + "-"
			if !r.EndedAt.IsZero() {
				ring += second(r.EndedAt)
			}
			ring += " "
		}
		if r.Soft {
			ring += "soft "
		}
		if r.CallBack {
			ring += "call-back "
		}
		rings = append(rings, ring+string(r.Outcome))
	}
	return text + ": " + strings.Join(rings, ", ")
}

func request(kind Kind, urgency Urgency) Consult {
	c := Consult{ID: "c", Kind: kind, Caller: "gp", CallerRole: conference.RoleAt{Role: "gp", Unit: "langneset-gp"}, Reason: "symptom_now", Urgency: urgency, Minutes: 5, Conference: "m"}
	switch kind {
	case Specialist:
		c.Covers, c.Stages = oncology, []conference.RoleAt{oncology, palliates}
	case Knock:
		c.Person = "a"
	case Practice:
	}
	return c
}

func TestSpecialist(t *testing.T) {
	check := func(name string, urgency Urgency, people, steps, want string) {
		t.Run(name, func(t *testing.T) {
			p := &play{t: t, now: began, people: cast(people)}
			p.c = Start(request(Specialist, urgency), began, p.resolve)
			p.run(steps)
			if got := told(p.c); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
	check("one at a time", Today, "a1 b1 c2", "", "ringing until 20: a 0- ringing")
	check("in order of level", Today, "b2 a1", "", "ringing until 20: a 0- ringing")
	check("the second takes it", Hour, "a1 b1 c2", "+25s, b accept", "connected by b: a 0-20 unanswered, b 20-25 accepted")
	check("three people, then the deputy", Today, "a1 b1 c2 d3 / e1", "+65s", "ringing until 80: a 0-20 unanswered, b 20-40 unanswered, c 40-60 unanswered, e 60- ringing")
	check("then missed", Today, "a1 / b1", "+60s", "missed: a 0-20 unanswered, b 20-40 unanswered")
	check("nobody on duty, the deputy at once", Today, " / e1", "", "ringing until 20: e 0- ringing")
	check("nobody at all", Today, "", "", "missed: ")
	check("everybody is busy", Today, "a1:in_talk b1:engaged c1:quiet d1:no_device", "", "missed: a in_talk, b engaged, c quiet, d no_device")
	check("the busy are passed over", Hour, "a1:in_talk b1 c1:quiet d2", "+20s", "ringing until 40: a in_talk, b 0-20 unanswered, c quiet, d 20- ringing")
	check("not when it cannot wait", Now, "a1:in_talk b1:quiet c1:engaged", "", "ringing until 15: a 0- ringing, b 0- ringing, c 0- ringing")
	check("without a device nobody is rung", Now, "a1:no_device b1", "", "ringing until 15: a no_device, b 0- ringing")
	check("now: a level together, then the next", Now, "a1 b1 c2 d2", "+15s", "ringing until 30: a 0-15 unanswered, b 0-15 unanswered, c 15- ringing")
	check("now: a level that cannot be reached", Now, "a1:no_device b2 c2", "", "ringing until 15: a no_device, b 0- ringing, c 0- ringing")
	check("now: at most three", Now, "a1 b1 c1 d1 / e1", "+16s", "ringing until 30: a 0-15 unanswered, b 0-15 unanswered, c 0-15 unanswered, e 15- ringing")
	check("the first stops the others", Now, "a1 b1", "+3s, b accept", "connected by b: a 0-3 stopped, b 0-3 accepted")
	check("the next is told who was first", Now, "a1 b1", "+3s, b accept, a accept!taken, a decline!taken", "connected by b: a 0-3 stopped, b 0-3 accepted")
	check("a lost reply", Now, "a1 b1", "b accept, +1s, b accept", "connected by b: a 0-0 stopped, b 0-0 accepted")
	check("who is not rung cannot accept", Today, "a1 b1", "b accept!not_rung, x accept!not_rung, gp accept!not_rung", "ringing until 20: a 0- ringing")
	check("who was passed over cannot accept", Today, "a1:quiet b1", "a accept!not_rung", "ringing until 20: a quiet, b 0- ringing")
	check("late is better than never", Today, "a1 b1", "+30s, a accept", "connected by a: a 0-30 accepted, b 20-30 stopped")
	check("too late", Today, "a1", "+30s, a accept!over", "missed: a 0-20 unanswered")
	check("a decline goes on at once", Today, "a1 b1", "+4s, a decline", "ringing until 24: a 0-4 declined, b 4- ringing")
	check("said twice", Today, "a1 b1 c1", "+4s, a decline, a decline", "ringing until 24: a 0-4 declined, b 4- ringing")
	check("not me goes on at once", Today, "a1 / b1", "+4s, a not_me", "ringing until 24: a 0-4 not_me, b 4- ringing")
	check("not me, said late, stands in the record", Today, "a1 b1", "+30s, a not_me", "ringing until 40: a 0-30 not_me, b 20- ringing")
	check("now: the others ring on", Now, "a1 b1 c2", "+4s, a decline", "ringing until 15: a 0-4 declined, b 0- ringing")
	check("now: until the last", Now, "a1 b1 c2", "+4s, a decline, b not_me", "ringing until 19: a 0-4 declined, b 0-4 not_me, c 4- ringing")
	check("not me says more than a decline", Today, "a1 b1", "a decline, +1s, a not_me, +1s, a decline", "ringing until 20: a 0-1 not_me, b 0- ringing")
	check("a changed mind", Today, "a1 b1", "+4s, a decline, +5s, a accept", "connected by a: a 0-9 accepted, b 4-9 stopped")
	check("the caller is no candidate", Now, "gp1 a1", "", "ringing until 15: a 0- ringing")
	check("nobody is rung twice", Today, "a1 a2 / a1 b1", "+60s", "missed: a 0-20 unanswered, b 20-40 unanswered")
	check("passed over here, rung there", Today, "a1:in_talk b1 / a1", "on a1 b1 / a1, +20s", "ringing until 40: a in_talk, b 0-20 unanswered, a 20- ringing")
	check("people are looked up for every ring", Today, "a1 b1", "on a1 b1:in_talk c1, +20s", "ringing until 40: a 0-20 unanswered, b in_talk, c 20- ringing")
	check("who went home is not rung", Today, "a1 b1 / c1", "on a1 / c1, +20s", "ringing until 40: a 0-20 unanswered, c 20- ringing")
	check("the caller hangs up", Now, "a1 b1", "+2s, cancel, cancel, a accept!over", "cancelled: a 0-2 stopped, b 0-2 stopped")
	check("too late to hang up", Now, "a1", "a accept, cancel!taken", "connected by a: a 0-0 accepted")
	check("the end", Now, "a1", "a accept, +90s, end, end, cancel!over", "ended by a: a 0-0 accepted")
	check("no end without a talk", Now, "a1", "end!not_connected", "ringing until 15: a 0- ringing")
	check("no such answer", Now, "a1", "a write!answer", "ringing until 15: a 0- ringing")
}

func TestPromise(t *testing.T) {
	check := func(name string, urgency Urgency, people, steps, want string) {
		t.Run(name, func(t *testing.T) {
			p := &play{t: t, now: began, people: cast(people)}
			p.c = Start(request(Specialist, urgency), began, p.resolve)
			p.run(steps)
			if got := told(p.c); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
	check("others stop", Now, "a1 b1", "+5s, a later", "promised until 305: a 0-5 promised, b 0-5 stopped")
	check("said twice", Today, "a1", "+5s, a later, +1s, a later", "promised until 305: a 0-5 promised")
	check("kept", Today, "a1", "+5s, a later, +303s, a accept", "connected by a: a 0-5 promised, a 305-308 call-back accepted")
	check("a word of who was stopped does not undo it", Now, "a1 b1 c2", "a later, +1s, b decline", "promised until 300: a 0-0 promised, b 0-1 declined")
	check("kept early", Today, "a1", "+5s, a later, +60s, a accept", "connected by a: a 0-65 accepted")
	check("another has time before", Now, "a1 b1", "+5s, a later, +5s, b accept", "connected by b: a 0-5 promised, b 0-10 accepted")
	check("kept although in a talk", Today, "a1", "a later, on a1:in_talk, +300s", "ringing until 320: a 0-0 promised, a 300- call-back ringing")
	check("broken: on with the others", Today, "a1 b1 / c1", "+5s, a later, +330s", "ringing until 345: a 0-5 promised, a 305-325 call-back unanswered, b 325- ringing")
	check("broken: nobody left", Today, "a1", "+5s, a later, +330s", "missed: a 0-5 promised, a 305-325 call-back unanswered")
	check("broken and accepted after all", Today, "a1 b1", "+5s, a later, +330s, a accept", "connected by a: a 0-5 promised, a 305-335 call-back accepted, b 325-335 stopped")
	check("broken: a call-back is not another person", Today, "a1 b1 c1 d1 / e1", "+5s, a later, +370s", "ringing until 385: a 0-5 promised, a 305-325 call-back unanswered, b 325-345 unanswered, c 345-365 unanswered, e 365- ringing")
	check("withdrawn", Today, "a1 b1", "+5s, a later, +60s, a decline", "ringing until 85: a 0-65 declined, b 65- ringing")
	check("the second time it is yes or no", Today, "a1 b1", "a later, +301s, a later!promised, a decline", "ringing until 321: a 0-0 promised, a 300-301 call-back declined, b 301- ringing")
	check("no promise when it rings no more", Today, "a1 b1", "+21s, a later!not_rung", "ringing until 40: a 0-20 unanswered, b 20- ringing")
	check("of the third, then the deputy", Today, "a1 b1 c1 d1 / e1", "+45s, c later, +320s", "ringing until 385: a 0-20 unanswered, b 20-40 unanswered, c 40-45 promised, c 345-365 call-back unanswered, e 365- ringing")
	check("the caller hangs up", Today, "a1", "a later, +1s, cancel", "cancelled: a 0-0 promised")
}

func TestOutage(t *testing.T) {
	check := func(name string, kind Kind, people, steps, want string) {
		t.Run(name, func(t *testing.T) {
			p := &play{t: t, now: began, people: cast(people)}
			if kind == Knock {
				p.people[conference.RoleAt{}] = p.people[oncology]
			}
			p.c = Start(request(kind, Today), began, p.resolve)
			p.run(steps)
			if got := told(p.c); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
	check("too early is nothing", Specialist, "a1 b1", "gone 19s", "ringing until 20: a 0- ringing")
	check("a slow step is no outage", Specialist, "a1 b1", "gone 22s", "ringing until 42: a 0-20 unanswered, b 22- ringing")
	check("never shown: the whole ring again", Specialist, "a1 b1", "gone 60s", "ringing until 80: a 0- ringing")
	check("shown: a moment to find the button", Specialist, "a1 b1", "a seen, gone 60s", "ringing until 65: a 0- ringing")
	check("and the next has a whole ring", Specialist, "a1 b1", "a seen, gone 60s, +6s", "ringing until 85: a 0-65 unanswered, b 65- ringing")
	check("the second outage does not ring again", Specialist, "a1 b1 c1", "gone 60s, gone 60s", "ringing until 140: a 0-80 unanswered, b 120- ringing")
	check("the stage's time stands still", Specialist, "a1 b1 c1 / d1", "gone 300s, +41s", "ringing until 360: a 0-320 unanswered, b 320-340 unanswered, c 340- ringing")
	check("after the second outage too", Specialist, "a1 b1 c1 / d1", "gone 60s, gone 300s", "ringing until 380: a 0-80 unanswered, b 360- ringing")
	check("an accept before the first step", Specialist, "a1 b1", "away 300s, a accept", "connected by a: a 0-300 accepted")
	check("a decline before it", Specialist, "a1 b1 / c1", "away 300s, a decline", "ringing until 320: a 0-300 declined, b 300- ringing")
	check("a decline of yesterday rings nobody", Specialist, "a1 b1 / c1", "away 20h, a decline", "missed: a 0-72000 declined")
	check("too long: a note instead", Specialist, "a1 b1 / c1", "gone 2h", "missed: a 0-20 unanswered")
	check("a promise is kept late", Specialist, "a1", "a later, gone 400s", "ringing until 420: a 0-0 promised, a 400- call-back ringing")
	check("a promise of yesterday is not", Specialist, "a1 b1", "a later, gone 20h", "missed: a 0-0 promised")
	check("a knock is a card meanwhile", Knock, "a1", "gone 200s", "ringing until 600: a 0- soft ringing")
	check("and ends as one", Knock, "a1", "gone 20m", "missed: a 0-600 unanswered")
	check("a call-back is given time again", Knock, "a1", "a later, +301s, gone 60s", "ringing until 381: a 0-0 promised, a 300- call-back ringing")
	check("a practice ring of yesterday", Practice, "", "gone 20h", "ended: gp 0-20 unanswered")
}

func TestNinetySeconds(t *testing.T) {
	p := &play{t: t, now: began, people: cast("a1 b1 x1 / c1")}
	p.c = Start(request(Specialist, Today), began, p.resolve)
	p.run("+1s, a later, +300s, +20s") // the promise broken at 321: the stage's time begins anew
	if got, want := p.c.StageSince.Sub(began), 321*time.Second; got != want {
		t.Errorf("the stage counts from %v, want %v", got, want)
	}
	p.c.StageSince = p.c.StageSince.Add(-stageFor) // as after a very slow ring
	p.run("b decline")
	if got, want := told(p.c), "ringing until 341: a 0-1 promised, a 301-321 call-back unanswered, b 321-321 declined, c 321- ringing"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestStages(t *testing.T) {
	check := func(name string, stages []conference.RoleAt, want int) {
		t.Run(name, func(t *testing.T) {
			c := request(Specialist, Today)
			c.Stages = stages
			c = Start(c, began, func(conference.RoleAt) []Candidate { return nil })
			if len(c.Stages) != want || c.Stages[0] != oncology || c.Stage != want-1 || len(c.Begun) != want {
				t.Errorf("stage %d of %v, begun %v", c.Stage, c.Stages, c.Begun)
			}
		})
	}
	check("none named", nil, 1)
	check("a roster without a deputy", []conference.RoleAt{oncology, {}}, 1)
	check("its own deputy", []conference.RoleAt{oncology, oncology}, 1)
	check("a deputy", []conference.RoleAt{oncology, palliates}, 2)
}

func TestNothingEndsBeforeItBegan(t *testing.T) {
	p := &play{t: t, now: began, people: cast("a1")}
	p.c = Start(request(Specialist, Today), began, p.resolve)
	c, err := Respond(p.c, "a", Accept, began.Add(-time.Second), p.resolve) // another server's clock
	if err != nil || !c.Rings[0].EndedAt.Equal(began) {
		t.Errorf("%v, %s", err, told(c))
	}
}
