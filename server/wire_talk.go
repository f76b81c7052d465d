package server

import (
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

// The JSON shapes of talking now: consults, how one is rung, open doors, guests in a running meeting.

// NewConsult is the body of POST /v1/consults.
type NewConsult struct {
	Kind           duty.Kind           `json:"kind" enum:"specialist,knock,practice"`
	Covers         string              `json:"covers,omitempty" maxLength:"130" doc:"specialist: role@unit"`
	Person         conference.PersonID `json:"person,omitempty" maxLength:"64" doc:"knock: whom"`
	Reason         string              `json:"reason,omitempty" maxLength:"40" doc:"A code: see reasons in GET /v1/consults"`
	Words          string              `json:"words,omitempty" maxLength:"120" doc:"No patient's name or number; never mailed, never pushed"`
	Urgency        duty.Urgency        `json:"urgency,omitempty" enum:",today,hour,now"`
	Minutes        int                 `json:"minutes,omitempty" enum:"0,2,5,10"`
	PatientPresent bool                `json:"patient_present,omitempty"`
	Consent        bool                `json:"consent,omitempty" doc:"The patient has been told and is willing; needed with patient_present"`
}

// ConsultView is a consult as somebody who takes part in it sees it.
type ConsultView struct {
	ID             duty.ConsultID          `json:"id"`
	Kind           duty.Kind               `json:"kind" enum:"specialist,knock,practice"`
	State          duty.State              `json:"state" enum:"ringing,promised,connected,missed,cancelled,ended"`
	Caller         PersonRef               `json:"caller"`
	CallerRole     conference.Role         `json:"caller_role,omitempty"`
	CallerUnit     *UnitRef                `json:"caller_unit,omitempty"`
	CallerPhone    string                  `json:"caller_phone,omitempty"`
	Role           conference.Role         `json:"role,omitempty" doc:"specialist: the role that is rung"`
	Unit           *UnitRef                `json:"unit,omitempty"`
	Person         *PersonRef              `json:"person,omitempty" doc:"knock: who is asked"`
	Reason         string                  `json:"reason"`
	Words          string                  `json:"words,omitempty"`
	Urgency        duty.Urgency            `json:"urgency" enum:"today,hour,now"`
	Minutes        int                     `json:"minutes"`
	PatientPresent bool                    `json:"patient_present"`
	Rings          []RingView              `json:"rings" doc:"Who was rung and who was passed over, in order"`
	Stage          int                     `json:"stage" doc:"0: the role, 1: the deputy role"`
	TakenBy        *PersonRef              `json:"taken_by,omitempty"`
	TakenAt        *time.Time              `json:"taken_at,omitempty"`
	Promise        *PromiseView            `json:"promise,omitempty"`
	Override       bool                    `json:"overridden"`
	FreeAt         *time.Time              `json:"free_at,omitempty" doc:"knock: about when the person is free"`
	Queue          int                     `json:"queue,omitempty" doc:"knock: how many wait at that door before this one"`
	Fallback       *FallbackView           `json:"fallback,omitempty" doc:"missed: the caller's next step"`
	Note           *NoteView               `json:"note,omitempty"`
	Conference     conference.ConferenceID `json:"conference" doc:"The room; the caller and whoever took it may join"`
	Path           string                  `json:"path" doc:"Of the call's page"`
	At             time.Time               `json:"at"`
	EndedAt        *time.Time              `json:"ended_at,omitempty"`
	You            string                  `json:"you" enum:"caller,rung,taker,other" doc:"rung: is or was rung; other: inherits the role's note"`
	YourRing       *RingView               `json:"your_ring,omitempty" doc:"The caller's own ring, running or the last"`
	May            []string                `json:"may" doc:"answer, cancel, override, join, take, call_back, book"`
	Revision       int64                   `json:"revision"`
	Ledger         []LedgerLine            `json:"ledger" doc:"What happened, oldest first"`
}

// LedgerLine is one thing that happened in a consult.
type LedgerLine struct {
	At     time.Time       `json:"at"`
	What   string          `json:"what" doc:"A code: requested, passed_over, rang, seen, accepted, promised, declined, not_me, unanswered, stopped, override, deputy, missed, cancelled, connected, ended"`
	Person *PersonRef      `json:"person,omitempty"`
	Role   conference.Role `json:"role,omitempty"`
	Why    string          `json:"why,omitempty"`
}

// RingView is one person's part.
type RingView struct {
	Person  PersonRef       `json:"person"`
	Role    conference.Role `json:"role,omitempty"`
	Level   int             `json:"level"`
	Soft    bool            `json:"soft" doc:"A silent card"`
	At      time.Time       `json:"at"`
	Until   *time.Time      `json:"until,omitempty" doc:"When it stops by itself"`
	Outcome duty.Outcome    `json:"outcome" enum:"ringing,accepted,promised,declined,not_me,unanswered,stopped,in_talk,engaged,quiet,no_device"`
	Seen    bool            `json:"seen"`
}

// PromiseView is a call-back.
type PromiseView struct {
	By PersonRef `json:"by"`
	At time.Time `json:"at"`
}

// FallbackView is what the caller can do when nobody took it: never a dead end.
type FallbackView struct {
	Phone      string      `json:"phone,omitempty" doc:"To tap"`
	PhoneOf    string      `json:"phone_of,omitempty" doc:"Whose number: a unit's name"`
	Slots      []TalkSlot  `json:"slots" doc:"Ten minutes today with one of them, from the finder; at most 3"`
	NextOnDuty *DutyNext   `json:"next_on_duty,omitempty"`
	Deputy     *DutyDeputy `json:"deputy,omitempty"`
	NoteLeft   bool        `json:"note_left" doc:"The person and the role have a note"`
}

// TalkSlot is a start that can be booked with one tap.
type TalkSlot struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Person PersonRef `json:"person"`
}

// NoteView is what became of a missed call.
type NoteView struct {
	ReadBy  *PersonRef `json:"read_by,omitempty"`
	ReadAt  *time.Time `json:"read_at,omitempty"`
	TakenBy *PersonRef `json:"taken_by,omitempty"`
	TakenAt *time.Time `json:"taken_at,omitempty"`
}

type createConsultInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewConsult
}

type consultInput struct {
	ID duty.ConsultID `path:"id" maxLength:"64"`
}

type consultOutput struct{ Body ConsultView }

type consultsOutput struct{ Body consultsBody }

type consultsBody struct {
	Now     time.Time     `json:"now"`
	Reasons []string      `json:"reasons" doc:"Codes for one tap"`
	Calling []ConsultView `json:"calling" doc:"The caller's own that are not over: ringing, promised, connected"`
	Ringing []ConsultView `json:"ringing" doc:"What rings or waits at the door for the caller, oldest first"`
	Promise []ConsultView `json:"promised" doc:"What the caller has promised to call back"`
	Missed  []ConsultView `json:"missed" doc:"Notes for the caller and for the roles they are on duty for, newest first; until taken"`
	Recent  []ConsultView `json:"recent" doc:"The caller's last ones that are over, newest first"`
}

type answerInput struct {
	ID   duty.ConsultID `path:"id" maxLength:"64"`
	Body struct {
		Answer duty.Answer `json:"answer" enum:"accept,later,not_me,decline"`
	}
}

type overrideInput struct {
	ID   duty.ConsultID `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"120"`
	}
}

type noteInput struct {
	ID   duty.ConsultID `path:"id" maxLength:"64"`
	Body struct {
		State string `json:"state" enum:"read,taken"`
	}
}

type callBackInput struct {
	IdempotencyKey string         `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	ID             duty.ConsultID `path:"id" maxLength:"64"`
}

type bookTalkInput struct {
	IdempotencyKey string         `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	ID             duty.ConsultID `path:"id" maxLength:"64"`
	Body           struct {
		Start  time.Time           `json:"start"`
		Person conference.PersonID `json:"person" minLength:"1" maxLength:"64"`
	}
}

// ReachView is how the caller can be reached.
type ReachView struct {
	QuietUntil *time.Time   `json:"quiet_until,omitempty" doc:"Does not want to be disturbed until then"`
	LastRang   *time.Time   `json:"last_rang,omitempty" doc:"When a ring last reached one of their devices"`
	Devices    []DeviceView `json:"devices" doc:"Phones and PCs that push reaches when no page is open"`
	PushKey    string       `json:"push_key" doc:"applicationServerKey (RFC 8292), base64url"`
	Pages      bool         `json:"pages" doc:"A page is open somewhere"`
}

// DeviceView is a phone or PC that push reaches.
type DeviceView struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	AddedAt time.Time  `json:"added_at"`
	LastOK  *time.Time `json:"last_ok,omitempty"`
	Failing bool       `json:"failing"`
}

type reachOutput struct{ Body ReachView }

type putReachInput struct {
	Body struct {
		QuietUntil *time.Time `json:"quiet_until,omitempty" doc:"Absent: may be disturbed again; at most 24 hours ahead"`
	}
}

type addDeviceInput struct {
	Body struct {
		Endpoint string `json:"endpoint" minLength:"10" maxLength:"1000" doc:"PushSubscription.endpoint; kept encrypted"`
		P256dh   string `json:"p256dh" minLength:"80" maxLength:"100" doc:"base64url"`
		Auth     string `json:"auth" minLength:"20" maxLength:"40" doc:"base64url"`
		Name     string `json:"name" minLength:"1" maxLength:"60"`
	}
}

type deviceInput struct {
	ID string `path:"id" maxLength:"80"`
}

// DoorView is a team's standing room.
type DoorView struct {
	Unit   UnitRef      `json:"unit"`
	Inside []PersonRef  `json:"inside"`
	Team   []DoorPerson `json:"team" doc:"Who belongs to it"`
	Mine   bool         `json:"mine" doc:"The caller walks in; others knock"`
	Path   string       `json:"path,omitempty" doc:"Of the call's page, when somebody is inside or the caller has opened it today"`
}

// DoorPerson is a member of a team with a presence dot.
type DoorPerson struct {
	Person PersonRef `json:"person"`
	Reach  Reachable `json:"reach"`
	Inside bool      `json:"inside"`
}

type doorsOutput struct {
	Body struct {
		Doors []DoorView `json:"doors"`
	}
}

type doorInput struct {
	Unit conference.UnitID `path:"unit" maxLength:"64"`
}

type enterDoorOutput struct {
	Body struct {
		Conference conference.ConferenceID `json:"conference"`
		Path       string                  `json:"path"`
	}
}

// NewGuest is the body of POST /v1/conferences/{id}/guests.
type NewGuest struct {
	Kind     string `json:"kind" enum:"patient,next_of_kin,interpreter"`
	Name     string `json:"name" minLength:"1" maxLength:"80" doc:"As shown in the call, for example \"Daughter\""`
	Email    string `json:"email,omitempty" maxLength:"254" doc:"The link is mailed there"`
	Language string `json:"language,omitempty" enum:",nb,en"`
}

type addGuestInput struct {
	IdempotencyKey string                  `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	ID             conference.ConferenceID `path:"id" maxLength:"64"`
	Body           NewGuest
}

type guestLinkOutput struct{ Body GuestLink }

type guestInput struct {
	ID  conference.ConferenceID `path:"id" maxLength:"64"`
	Key string                  `path:"key" maxLength:"64"`
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"20" doc:"As read out; spaces, dashes and case do not matter"`
	}
}

type codeOutput struct {
	Body struct {
		Token string `json:"token" doc:"Of the personal link the code stands for"`
	}
}

type consentInput struct {
	ID   conference.ConferenceID `path:"id" maxLength:"64"`
	Body struct {
		PatientPresent bool `json:"patient_present" doc:"The banner that everybody sees"`
		Consent        bool `json:"consent" doc:"false after true withdraws it: the guests' seats close"`
	}
}

type byHandInput struct {
	IdempotencyKey string                  `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	ID             conference.ConferenceID `path:"id" maxLength:"64"`
	Body           struct {
		Name string          `json:"name" minLength:"1" maxLength:"80"`
		Role conference.Role `json:"role,omitempty" maxLength:"40" doc:"Empty for a guest"`
		Org  string          `json:"org,omitempty" maxLength:"80"`
		Seat string          `json:"seat,omitempty" maxLength:"64" doc:"The seat they fill, for the quorum"`
		How  string          `json:"how" enum:"phone,room"`
	}
}

type byHandEndInput struct {
	ID  conference.ConferenceID `path:"id" maxLength:"64"`
	Key string                  `path:"key" maxLength:"64"`
}

// ConsentView is the patient's consent as everybody in the call sees it.
type ConsentView struct {
	GivenAt     time.Time  `json:"given_at"`
	GivenBy     string     `json:"given_by" doc:"Name of who ticked it"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}
