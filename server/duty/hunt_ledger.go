package duty

import (
	"cmp"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// Step is what a line of the ledger tells.
type Step string

// The steps. The ends of a ring have the names of their outcomes.
const (
	StepRequested  Step = "requested"
	StepStage      Step = "stage"       // a role is looked for; Person is empty
	StepDeputy     Step = "deputy"      // as StepStage: the role that stands in
	StepNobody     Step = "nobody"      // the role has nobody on duty
	StepPassedOver Step = "passed_over" // Why: in_talk, engaged, quiet or no_device
	StepRang       Step = "rang"        // Why: what kept them and was overridden by urgency, or empty
	StepCard       Step = "card"        // a silent card; Why as for StepPassedOver
	StepCallBack   Step = "call_back"   // a promise came due
	StepSeen       Step = "seen"
	StepResumed    Step = "resumed" // the ring was given time again after an outage
	StepAccepted   Step = "accepted"
	StepPromised   Step = "promised"
	StepDeclined   Step = "declined"
	StepNotMe      Step = "not_me"
	StepUnanswered Step = "unanswered"
	StepStopped    Step = "stopped"
	StepOverride   Step = "override" // Why: the caller's reason
	StepMissed     Step = "missed"
	StepCancelled  Step = "cancelled"
	StepConnected  Step = "connected"
	StepEnded      Step = "ended"
	StepNoteRead   Step = "note_read"
	StepNoteTaken  Step = "note_taken"
)

// Line is one thing that happened in a consult.
type Line struct {
	At     time.Time           `json:"at"`
	Step   Step                `json:"step"`
	Person conference.PersonID `json:"person,omitempty"`
	Role   conference.RoleAt   `json:"role,omitzero"`
	Why    string              `json:"why,omitempty"`
}

// Ledger tells what happened so far, in order of time: who was asked, when and as what, who was passed over and why, and how
// it ended.
func Ledger(c Consult) []Line {
	lines := []Line{{At: c.At, Step: StepRequested, Person: c.Caller, Role: c.CallerRole, Why: c.Reason}}
	if len(c.Stages) == 0 {
		lines = append(lines, ringLines(c.Rings)...)
	}
	for i, at := range c.Begun {
		covers := c.Stages[i]
		step := StepDeputy
		if i == 0 {
			step = StepStage
		}
		lines = append(lines, Line{At: at, Step: step, Role: covers})
		rings := slices.DeleteFunc(slices.Clone(c.Rings), func(r Ring) bool { return r.Covers != covers })
		if len(rings) == 0 {
			lines = append(lines, Line{At: at, Step: StepNobody, Role: covers})
		}
		lines = append(lines, ringLines(rings)...)
	}
	lines = append(lines, endLines(c)...)
	// What follows from another step at the same instant comes after it; else the order above holds.
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Step.place(), b.Step.place()))
	})
	return lines
}

// place orders what happens at one instant: an acceptance stops the others, then people are connected.
func (s Step) place() int {
	return slices.Index([]Step{StepStopped, StepMissed, StepCancelled, StepConnected, StepEnded, StepNoteRead, StepNoteTaken}, s)
}

func ringLines(rings []Ring) []Line {
	var lines []Line
	for _, r := range rings {
		add := func(at time.Time, step Step, why Outcome) {
			if !at.IsZero() {
				lines = append(lines, Line{At: at, Step: step, Person: r.Person, Role: r.Covers, Why: string(why)})
			}
		}
		switch {
		case !r.Offered():
			add(r.At, StepPassedOver, r.Outcome)
			continue
		case r.CallBack:
			add(r.At, StepCallBack, "")
		case r.Reach != "" && r.Covers == conference.RoleAt{}:
			add(r.At, StepCard, r.Reach)
		default:
			add(r.At, StepRang, r.Reach)
		}
		add(r.SeenAt, StepSeen, "")
		add(r.ResumedAt, StepResumed, "")
		for _, said := range r.Before {
			add(said.At, stepOf(said.Outcome), "")
		}
		add(r.EndedAt, stepOf(r.Outcome), "")
	}
	return lines
}

// stepOf names the end of a ring. The outcomes of who was passed over are no ends.
func stepOf(o Outcome) Step {
	switch o {
	case Accepted:
		return StepAccepted
	case PromisedBack:
		return StepPromised
	case Declined:
		return StepDeclined
	case NotOnDuty:
		return StepNotMe
	case Stopped:
		return StepStopped
	case Unanswered:
		return StepUnanswered
	case RingOn, InTalk, Engaged, Quiet, NoDevice:
	}
	return StepPassedOver
}

// endLines are what happened to the consult as a whole.
func endLines(c Consult) []Line {
	var lines []Line
	if c.Override != nil {
		lines = append(lines, Line{At: c.Override.At, Step: StepOverride, Person: c.Caller, Why: c.Override.Reason})
	}
	if !c.TakenAt.IsZero() && c.Kind != Practice {
		taken, _ := c.RingOf(c.TakenBy)
		lines = append(lines, Line{At: c.TakenAt, Step: StepConnected, Person: c.TakenBy, Role: taken.Covers})
	}
	switch c.State {
	case Missed:
		lines = append(lines, Line{At: c.EndedAt, Step: StepMissed})
	case Cancelled:
		lines = append(lines, Line{At: c.EndedAt, Step: StepCancelled, Person: c.Caller})
	case Ended:
		lines = append(lines, Line{At: c.EndedAt, Step: StepEnded})
	case Ringing, Promised, Connected:
	}
	if c.Note != nil && c.Note.ReadBy != "" {
		lines = append(lines, Line{At: c.Note.ReadAt, Step: StepNoteRead, Person: c.Note.ReadBy})
	}
	if c.Note != nil && c.Note.TakenBy != "" {
		lines = append(lines, Line{At: c.Note.TakenAt, Step: StepNoteTaken, Person: c.Note.TakenBy})
	}
	return lines
}
