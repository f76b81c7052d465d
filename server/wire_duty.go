package server

import (
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

// The JSON shapes of who is on duty and can be reached.

// DutySource says where it is known from that somebody is on duty.
type DutySource struct {
	Origin duty.Origin `json:"origin" enum:"declared,roster,personal,hours" doc:"Their own word, the role's duty plan, their own duty calendar, their working hours"`
	ReadAt *time.Time  `json:"read_at,omitempty" doc:"When the calendar was last known to be current; absent: no calendar"`
	Stale  bool        `json:"stale" doc:"Older than it may be, or it cannot be read now"`
}

// Reachable says whether somebody can be rung.
type Reachable struct {
	State string     `json:"state" enum:"free,in_talk,engaged,quiet,no_device" doc:"in_talk: in a call or meeting of ours; engaged: the calendar says so; quiet: does not want to be disturbed; no_device: no page open and no phone that push reaches"`
	Until *time.Time `json:"until,omitempty" doc:"About when this ends, where known"`
}

// OnDutyView is somebody who covers a role now.
type OnDutyView struct {
	Person PersonRef  `json:"person"`
	Level  int        `json:"level" doc:"1 is rung first"`
	Since  time.Time  `json:"since"`
	Until  time.Time  `json:"until"`
	Source DutySource `json:"source"`
	Reach  Reachable  `json:"reach"`
	Phone  string     `json:"phone,omitempty"`
	You    bool       `json:"you"`
}

// DutyRole is a role that may be rung, with whoever is on duty.
type DutyRole struct {
	Covers   string          `json:"covers" doc:"role@unit, as the API names it"`
	Role     conference.Role `json:"role"`
	Unit     UnitRef         `json:"unit"`
	On       []OnDutyView    `json:"on" doc:"Empty: nobody is on duty"`
	Next     *DutyNext       `json:"next,omitempty" doc:"When somebody is on duty next, if nobody is now"`
	Deputy   *DutyDeputy     `json:"deputy,omitempty" doc:"The role that is rung when nobody answers"`
	Phone    string          `json:"phone,omitempty" doc:"To tap when nobody answers"`
	Mine     bool            `json:"mine" doc:"The caller holds this role"`
	Declared *DeclaredView   `json:"declared,omitempty" doc:"What the caller has said: in or out"`
	ShiftEnd *time.Time      `json:"shift_end,omitempty" doc:"When the caller's present shift ends"`
}

// DutyNext is when somebody is on duty next.
type DutyNext struct {
	Start  time.Time   `json:"start"`
	People []PersonRef `json:"people"`
}

// DutyDeputy is the role that stands in.
type DutyDeputy struct {
	Covers string          `json:"covers"`
	Role   conference.Role `json:"role"`
	Unit   UnitRef         `json:"unit"`
	OnDuty int             `json:"on_duty" doc:"How many are on duty in it now"`
}

// DeclaredView is somebody's own word.
type DeclaredView struct {
	In    bool      `json:"in"`
	Until time.Time `json:"until"`
}

type dutyInput struct {
	Query string            `query:"q" maxLength:"80" doc:"Part of a role's, unit's or person's name"`
	Unit  conference.UnitID `query:"unit" maxLength:"64" doc:"Only roles in this unit or below it"`
}

type dutyOutput struct {
	Body struct {
		Now   time.Time  `json:"now"`
		Roles []DutyRole `json:"roles" doc:"Roles with a duty plan first, then the caller's own, then those whose people are at work"`
	}
}

type declareInput struct {
	Covers string `path:"covers" maxLength:"130" doc:"role@unit"`
	Body   struct {
		State string     `json:"state" enum:"in,out,plan" doc:"plan: take the word back"`
		Until *time.Time `json:"until,omitempty" doc:"Absent: the end of the shift; without a shift 8 hours"`
	}
}

type dutyRoleOutput struct{ Body DutyRole }

// RosterHealth is what the owner of a duty plan must mend.
type RosterHealth struct {
	ID      conference.RosterID `json:"id"`
	Covers  string              `json:"covers"`
	Role    conference.Role     `json:"role"`
	Unit    UnitRef             `json:"unit"`
	Owner   PersonRef           `json:"owner"`
	Mine    bool                `json:"mine" doc:"The caller owns it"`
	Feeds   []RosterFeedView    `json:"feeds"`
	Window  calendar.Interval   `json:"window" doc:"The next 7 days"`
	Gaps    []calendar.Interval `json:"gaps" doc:"Nobody is on duty though somebody must be"`
	Unknown []UnknownName       `json:"unknown" doc:"Shifts whose title names nobody of the region; only for the owner"`
	Reports []RosterReport      `json:"reports" doc:"People who were rung and said that they are not on duty, the last 7 days"`
	Shifts  []RosterShift       `json:"shifts" doc:"Who is on duty when, in the window"`
}

// RosterFeedView is one calendar of a duty plan.
type RosterFeedView struct {
	ID       string           `json:"id" doc:"Of the feed, as /v1/feeds names it"`
	Layer    conference.Layer `json:"layer" enum:"base,swap,override"`
	ReadAt   *time.Time       `json:"read_at,omitempty"`
	Stale    bool             `json:"stale" doc:"Older than 30 minutes, or it cannot be read"`
	Why      string           `json:"why,omitempty" doc:"As FeedView.why"`
	Shifts   int              `json:"shifts"`
	Warnings int              `json:"warnings"`
}

// UnknownName is a shift that nobody can be rung for.
type UnknownName struct {
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	Why   string    `json:"why" enum:"unknown,ambiguous,empty,unsure"`
}

// RosterReport is somebody who was rung by the plan and was not on duty.
type RosterReport struct {
	Person PersonRef `json:"person"`
	At     time.Time `json:"at"`
}

// RosterShift is one person's stretch in the plan.
type RosterShift struct {
	Person PersonRef        `json:"person"`
	Level  int              `json:"level"`
	Layer  conference.Layer `json:"layer" enum:"base,swap,override"`
	Start  time.Time        `json:"start"`
	End    time.Time        `json:"end"`
}

type rostersOutput struct {
	Body struct {
		Rosters []RosterHealth `json:"rosters"`
	}
}
