package duty

import (
	"time"

	"github.com/samtale/samtale/server/conference"
)

// ConsultID is random and opaque.
type ConsultID string

// Kind says how somebody was asked.
type Kind string

// The kinds of consult.
const (
	Specialist Kind = "specialist" // rings a role: whoever is on duty
	Knock      Kind = "knock"      // one named person, two minutes, soft when they are in consultation
	Practice   Kind = "practice"   // rings oneself, to hear that it works
)

// Urgency is the caller's word for how soon.
type Urgency string

// The urgencies.
const (
	Today Urgency = "today" // can wait today
	Hour  Urgency = "hour"  // within the hour
	Now   Urgency = "now"
)

// State of a consult.
type State string

// The states: ringing -> connected | promised -> ringing ... | missed | cancelled; connected -> ended.
const (
	Ringing   State = "ringing"
	Promised  State = "promised"  // somebody said "in 5 min"; it opens by itself then
	Connected State = "connected" // somebody took it
	Missed    State = "missed"    // nobody did: the caller is given the next step, the role a note
	Cancelled State = "cancelled" // the caller hung up
	Ended     State = "ended"
)

// Answer is what somebody who is rung says.
type Answer string

// The answers.
const (
	Accept  Answer = "accept"
	Later   Answer = "later"  // in 5 minutes
	NotMe   Answer = "not_me" // I am not on duty: goes on, and the roster is reported
	Decline Answer = "decline"
)

// Outcome is how one person's ring ended, or that it goes on.
type Outcome string

// The outcomes. The last four were never rung.
const (
	RingOn       Outcome = "ringing"
	Accepted     Outcome = "accepted"
	PromisedBack Outcome = "promised"
	Declined     Outcome = "declined"
	NotOnDuty    Outcome = "not_me"
	Unanswered   Outcome = "unanswered"
	Stopped      Outcome = "stopped" // somebody else took it, or the caller hung up
	InTalk       Outcome = "in_talk" // in a call or meeting of ours
	Engaged      Outcome = "engaged" // the calendar says so
	Quiet        Outcome = "quiet"   // do not disturb
	NoDevice     Outcome = "no_device"
)

// Candidate is somebody who may be rung, in the order in which they should be. Reach is empty for whoever may be rung now,
// else InTalk, Engaged, Quiet or NoDevice.
type Candidate struct {
	Person conference.PersonID `json:"person"`
	Level  int                 `json:"level"`
	Reach  Outcome             `json:"reach,omitempty"`
}

// Ring is one person's part in a hunt. Those who were passed over have one too, so that the record says why: its Until is
// zero. Whoever calls back as promised has a second one, CallBack.
type Ring struct {
	Person    conference.PersonID `json:"person"`
	Covers    conference.RoleAt   `json:"covers"` // as what they were asked; empty in a knock
	Level     int                 `json:"level"`
	Reach     Outcome             `json:"reach,omitempty"`     // what kept them when they were asked; empty: nothing
	Soft      bool                `json:"soft,omitempty"`      // a silent card: the person is in consultation
	CallBack  bool                `json:"call_back,omitempty"` // the promise has come due: both pages open by themselves
	At        time.Time           `json:"at"`
	Until     time.Time           `json:"until"`               // when it stops by itself
	ResumedAt time.Time           `json:"resumed_at,omitzero"` // it was given time again, once: nobody stepped the hunt when it should have ended
	EndedAt   time.Time           `json:"ended_at,omitzero"`
	Outcome   Outcome             `json:"outcome"`
	Before    []Said              `json:"before,omitempty"` // how it had ended before they said something else
	SeenAt    time.Time           `json:"seen_at,omitzero"` // a page showed it
}

// Offered reports whether the person was really asked, rather than passed over.
func (r Ring) Offered() bool { return !r.Until.IsZero() }

// Said is an earlier end of a ring: unanswered at first, accepted after all.
type Said struct {
	At      time.Time `json:"at"`
	Outcome Outcome   `json:"outcome"`
}

// Promise is a call-back at a time.
type Promise struct {
	By conference.PersonID `json:"by"`
	At time.Time           `json:"at"`
}

// Override is the one urgent override of a soft knock.
type Override struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Note is what a missed call leaves for the person and the role's inbox.
type Note struct {
	ReadBy  conference.PersonID `json:"read_by,omitempty"`
	ReadAt  time.Time           `json:"read_at,omitzero"`
	TakenBy conference.PersonID `json:"taken_by,omitempty"`
	TakenAt time.Time           `json:"taken_at,omitzero"`
}

// Consult is one request for a couple of words, from the button to the end. It names no patient.
type Consult struct {
	ID             ConsultID               `json:"id"`
	Kind           Kind                    `json:"kind"`
	Caller         conference.PersonID     `json:"caller"`
	CallerRole     conference.RoleAt       `json:"caller_role"`
	Covers         conference.RoleAt       `json:"covers"`               // Specialist: the role that is rung
	Person         conference.PersonID     `json:"person,omitempty"`     // Knock: who is asked
	Stages         []conference.RoleAt     `json:"stages,omitempty"`     // Specialist: the role, then the deputy role
	Stage          int                     `json:"stage"`                // index in Stages
	Begun          []time.Time             `json:"begun,omitempty"`      // when each stage began, as far as it came
	StageSince     time.Time               `json:"stage_since,omitzero"` // when its first ring began; moved over a promise and an outage
	Waiting        []Candidate             `json:"waiting,omitempty"`    // of this stage, not yet rung, as last resolved
	Reason         string                  `json:"reason"`               // one of Reasons
	Words          string                  `json:"words,omitempty"`      // optional, checked like a note
	Urgency        Urgency                 `json:"urgency"`
	Minutes        int                     `json:"minutes"` // 2, 5 or 10
	PatientPresent bool                    `json:"patient_present,omitempty"`
	State          State                   `json:"state"`
	Rings          []Ring                  `json:"rings"`
	TakenBy        conference.PersonID     `json:"taken_by,omitempty"`
	TakenAt        time.Time               `json:"taken_at,omitzero"`
	Promise        *Promise                `json:"promise,omitempty"` // in force, until its call-back ring has ended
	Override       *Override               `json:"override,omitempty"`
	Note           *Note                   `json:"note,omitempty"` // Missed
	Conference     conference.ConferenceID `json:"conference"`     // the room, made with the request
	CallBackOf     ConsultID               `json:"call_back_of,omitempty"`
	At             time.Time               `json:"at"`
	EndedAt        time.Time               `json:"ended_at,omitzero"`
	Deadline       time.Time               `json:"deadline,omitzero"` // of the next step by itself; zero: none
	Revision       int64                   `json:"-"`
}
