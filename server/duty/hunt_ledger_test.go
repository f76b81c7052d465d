package duty

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func ExampleLedger() {
	people := func(covers conference.RoleAt) []Candidate {
		if covers == palliates {
			return []Candidate{{Person: "ragnhild", Level: 1}}
		}
		return []Candidate{{Person: "stein", Level: 1, Reach: InTalk}, {Person: "kaja", Level: 1}}
	}
	c := Start(request(Specialist, Hour), began, people)
	c = Seen(c, "kaja", began.Add(2*time.Second))
	c = Tick(c, c.Deadline, people)
	c, _ = Respond(c, "kaja", NotMe, began.Add(22*time.Second), people)
	c, _ = Respond(c, "ragnhild", Accept, began.Add(27*time.Second), people)
	c, _ = End(c, began.Add(5*time.Minute))
	for _, l := range Ledger(c) {
		fmt.Println(strings.TrimSpace(fmt.Sprint(l.At.Format("15:04:05"), " ", l.Step, " ", l.Person, " ", l.Role.Role, " ", l.Why)))
	}
	// Output:
	// 12:45:00 requested gp gp symptom_now
	// 12:45:00 stage  duty_doctor
	// 12:45:00 passed_over stein duty_doctor in_talk
	// 12:45:00 rang kaja duty_doctor
	// 12:45:02 seen kaja duty_doctor
	// 12:45:20 unanswered kaja duty_doctor
	// 12:45:20 deputy  palliative_consultant
	// 12:45:20 rang ragnhild palliative_consultant
	// 12:45:22 not_me kaja duty_doctor
	// 12:45:27 accepted ragnhild palliative_consultant
	// 12:45:27 connected ragnhild palliative_consultant
	// 12:50:00 ended
}

func TestLedger(t *testing.T) {
	check := func(name string, kind Kind, people, steps, want string) {
		t.Run(name, func(t *testing.T) {
			p := &play{t: t, now: began, people: cast(people)}
			p.people[conference.RoleAt{}] = p.people[oncology]
			p.c = Start(request(kind, Now), began, p.resolve)
			p.run(steps)
			var lines []string
			for _, l := range Ledger(p.c) {
				lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(l.At.Sub(began).Seconds(), " ", l.Step, " ", l.Person, " ", l.Why)), " "))
			}
			if got := strings.TrimPrefix(strings.Join(lines, ", "), "0 requested gp symptom_now, "); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
	check("an acceptance stops the others", Specialist, "a1 b1", "+2s, b accept",
		"0 stage, 0 rang a, 0 rang b, 2 accepted b, 2 stopped a, 2 connected b")
	check("rung in a talk", Specialist, "a1:in_talk", "+2s, cancel", "0 stage, 0 rang a in_talk, 2 stopped a, 2 cancelled gp")
	check("unanswered and accepted after all", Specialist, "a1 b2", "+20s, a accept",
		"0 stage, 0 rang a, 15 unanswered a, 15 rang b, 20 accepted a, 20 stopped b, 20 connected a")
	check("a promise", Specialist, "a1", "a later, +310s, a accept", "0 stage, 0 rang a, 0 promised a, 300 call_back a, 310 accepted a, 310 connected a")
	check("an outage", Specialist, "a1", "gone 60s", "0 stage, 0 rang a, 60 resumed a")
	check("an override", Knock, "a1:quiet", "+9s, a seen, +1s, override the pump has stopped, +3s, a accept, +7s, end",
		"0 card a quiet, 9 seen a, 10 override gp the pump has stopped, 13 accepted a, 13 connected a, 20 ended")
	check("a knock aloud", Knock, "a1", "a decline", "0 rang a, 0 declined a, 0 missed")
	check("practice", Practice, "", "gp accept", "0 rang gp, 0 accepted gp, 0 ended")
}
