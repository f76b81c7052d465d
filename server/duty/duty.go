// Package duty says who is on duty for a role, and whom to ring when somebody wants a couple of words now. It is pure:
// rosters, declarations and answers in, people and states out. It refuses to know a clock, a store, a socket and how a
// telephone sounds.
//
//	roster feeds -> Entries -> Shifts (names matched)    \
//	own duty feeds, working hours -> Shifts               -> Plan.At(now) -> OnDuty -> Candidates
//	"I am in / out" -> Declarations                      /
//	Consult + Candidates -> Start, Respond, Tick ... -> Consult (with the deadline of its next step)
package duty

import (
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// Origin says how it is known that somebody is on duty.
type Origin string

// The origins, the strongest first.
const (
	FromDeclaration Origin = "declared" // "I am in"
	FromRoster      Origin = "roster"   // the role's duty plan
	FromPersonal    Origin = "personal" // a duty calendar of the person's own
	FromHours       Origin = "hours"    // the person's working hours: at work, not on a roster
)

// Source is where a shift was read.
type Source struct {
	Origin Origin
	ReadAt time.Time // when the feed was last known to be current; zero: no feed
	Stale  bool      // it is older than it may be, or cannot be read now
}

// Shift is a stretch in which a person covers the role.
type Shift struct {
	calendar.Interval
	Person  conference.PersonID
	Level   int // 1 is rung first; 2 is the back-up
	Layer   conference.Layer
	Instead conference.PersonID // LayerSwap: whom the person stands in for
	Source  Source
}

// Declaration is somebody saying "I am in" or "I am out". It beats the plan and ends by itself.
type Declaration struct {
	Person conference.PersonID `json:"person"`
	Covers conference.RoleAt   `json:"covers"`
	In     bool                `json:"in"`
	At     time.Time           `json:"at"`
	Until  time.Time           `json:"until"`
}

// Plan is all that is known about who covers one role.
type Plan struct {
	Covers       conference.RoleAt
	Shifts       []Shift
	Declarations []Declaration
}

// OnDuty is somebody who covers the role at an instant.
type OnDuty struct {
	Person       conference.PersonID
	Level        int
	Since, Until time.Time // of the unbroken stretch around the instant
	Source       Source
}
