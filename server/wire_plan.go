package server

import (
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
)

// The JSON shapes of planning beyond the first booking: why a start works, the grid, holds, moving, swapping, waiting.

type whyInput struct {
	Body struct {
		Find  slots.Request `json:"find"`
		Start time.Time     `json:"start"`
	}
}

type whyOutput struct{ Body slots.Verdict }

type gridInput struct{ Body slots.Request }

type gridOutput struct{ Body GridView }

// GridView is people by time: for everybody whom a search could use, what their time is, never what by.
type GridView struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	People []GridPerson `json:"people" doc:"In the order of the search's seats"`
	Starts []time.Time  `json:"starts" doc:"Every feasible start"`
}

// GridPerson is one row. What lies in no span is free and within hours.
type GridPerson struct {
	Person   PersonRef     `json:"person"`
	Seats    []string      `json:"seats" doc:"Needs and wants that the person could fill"`
	Calendar CalendarState `json:"calendar"`
	Spans    []GridSpan    `json:"spans" doc:"By start; of two that overlap the later in the list of states wins"`
}

// GridSpan is a stretch of somebody's time.
type GridSpan struct {
	calendar.Interval
	State  string     `json:"state" enum:"duty,outside_hours,unknown,tentative,busy,booked,held"`
	HeldBy *PersonRef `json:"held_by,omitempty"`
}

// NewHold is the body of POST /v1/holds.
type NewHold struct {
	Case        conference.CaseID `json:"case" minLength:"1" maxLength:"64"`
	Start       time.Time         `json:"start"`
	DurationMin int               `json:"duration_min" minimum:"5" maximum:"240"`
	Cast        []CastSeat        `json:"cast" minItems:"1" maxItems:"40"`
}

// HoldView is a start that nobody else can book for a while.
type HoldView struct {
	ID         string            `json:"id"`
	Case       conference.CaseID `json:"case"`
	Start      time.Time         `json:"start"`
	End        time.Time         `json:"end"`
	Until      time.Time         `json:"until"`
	By         PersonRef         `json:"by"`
	Unit       UnitRef           `json:"unit"`
	Mine       bool              `json:"mine"`
	Extensions int               `json:"extensions" doc:"How often it may still be extended, at most 2"`
	Cast       []CastSeat        `json:"cast"`
	Offer      bool              `json:"offer" doc:"Made by the server for a case that waits"`
}

type createHoldInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewHold
}

type holdInput struct {
	ID string `path:"id" maxLength:"64"`
}

type holdOutput struct{ Body HoldView }

type holdsInput struct {
	Case conference.CaseID `query:"case" maxLength:"64" required:"true"`
}

type holdsOutput struct {
	Body struct {
		Holds []HoldView `json:"holds"`
	}
}

type moveInput struct {
	ID      conference.ConferenceID `path:"id" maxLength:"64"`
	IfMatch string                  `header:"If-Match" doc:"The ETag seen; 428 without"`
	Body    struct {
		Start       time.Time      `json:"start"`
		DurationMin int            `json:"duration_min" minimum:"5" maximum:"240"`
		Find        *slots.Request `json:"find,omitempty" doc:"As in NewConference"`
	}
}

type swapInput struct {
	ID      conference.ConferenceID `path:"id" maxLength:"64"`
	IfMatch string                  `header:"If-Match" doc:"The ETag seen; 428 without"`
	Body    struct {
		Out string              `json:"out" minLength:"1" maxLength:"64" doc:"The participant's key"`
		In  conference.PersonID `json:"in" minLength:"1" maxLength:"64"`
	}
}

// RepairView is what can be done about a meeting that has lost somebody: a deputy at the same time, or another time.
type RepairView struct {
	Find   slots.Request `json:"find" doc:"The search for another time, with continuity: whoever is in the cast now is preferred"`
	Answer slots.Answer  `json:"answer" doc:"Another time: the best starts"`
	Seats  []RepairSeat  `json:"seats" doc:"Seats whose person has declined or has a clash"`
}

// RepairSeat is one seat with who else could sit there at the same time.
type RepairSeat struct {
	Participant string            `json:"participant"`
	Seat        conference.SeatID `json:"seat"`
	Person      PersonRef         `json:"person"`
	Why         string            `json:"why" enum:"declined,clash"`
	Deputies    []RepairDeputy    `json:"deputies"`
}

// RepairDeputy is somebody who may fill the seat.
type RepairDeputy struct {
	Person PersonRef  `json:"person"`
	Can    bool       `json:"can"`
	Why    string     `json:"why" doc:"As PersonVerdict.why"`
	Until  *time.Time `json:"until,omitempty"`
}

type repairOutput struct{ Body RepairView }

// NewWaiting is the body of POST /v1/waiting.
type NewWaiting struct {
	Case conference.CaseID `json:"case" minLength:"1" maxLength:"64"`
	Find slots.Request     `json:"find" doc:"With a deadline: the wait ends then"`
}

// WaitingView is a case that waits for a start to become free.
type WaitingView struct {
	ID       string            `json:"id"`
	Case     conference.CaseID `json:"case"`
	Deadline time.Time         `json:"deadline"`
	Since    time.Time         `json:"since"`
	By       PersonRef         `json:"by"`
	Offer    *HoldView         `json:"offer,omitempty" doc:"A start that has become free and is held for it"`
}

type createWaitingInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewWaiting
}

type waitingOneOutput struct{ Body WaitingView }

type waitingInput struct {
	Case conference.CaseID `query:"case" maxLength:"64" required:"true"`
}

type waitingOutput struct {
	Body struct {
		Waiting []WaitingView `json:"waiting"`
	}
}

type deleteWaitingInput struct {
	ID string `path:"id" maxLength:"64"`
}
