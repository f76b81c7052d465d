package server

import (
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

// The JSON shapes of /v1. Instants are RFC 3339 in UTC, durations name their unit, codes are translated in the browser.

// UnitRef is a unit as shown beside something else.
type UnitRef struct {
	ID            conference.UnitID   `json:"id"`
	Name          string              `json:"name"`
	Kind          conference.UnitKind `json:"kind"`
	Organization  string              `json:"organization,omitempty" doc:"Name of the hospital or municipality the unit belongs to"`
	TravelMinutes int                 `json:"travel_minutes,omitempty"`
	LinkGrade     string              `json:"link_grade,omitempty" doc:"A (fibre) to D (radio link)"`
}

// PersonRef is a person as shown beside something else.
type PersonRef struct {
	ID    conference.PersonID `json:"id"`
	Name  string              `json:"name"`
	Title string              `json:"title,omitempty"`
	Org   string              `json:"org,omitempty"`
}

// SessionView is who is signed in.
type SessionView struct {
	Kind         string            `json:"kind" enum:"person,guest" doc:"guest: came by an invitation link and sees that meeting only"`
	Person       *PersonRef        `json:"person,omitempty"`
	Access       conference.Access `json:"access,omitempty"`
	Units        []UnitRef         `json:"units" doc:"Units whose board the person may open, own units first"`
	Conference   string            `json:"conference,omitempty" doc:"For guests: the meeting"`
	Participant  string            `json:"participant,omitempty"`
	Name         string            `json:"name"`
	Language     string            `json:"language"`
	Zone         string            `json:"zone"`
	Now          time.Time         `json:"now" doc:"The server's clock, which the demo sets to a Friday"`
	Demo         bool              `json:"demo"`
	Ephemeral    bool              `json:"ephemeral" doc:"Nothing is kept: the store is in memory"`
	Can          []string          `json:"can" doc:"Actions allowed somewhere: view_board, create_case, manage_region, view_audit, view_directory, view_feeds, edit_own_feeds, ask_now, answer_now, view_duty, view_rosters"`
	IdleMinutes  int               `json:"idle_minutes"`
	RegionLoaded bool              `json:"region_loaded"`
	Calendar     *CalendarState    `json:"calendar,omitempty" doc:"The state of the person's own calendar, so that a broken one is told to its owner"`
}

// FlagView is one reason to worry, with the one action that mends it.
type FlagView struct {
	Code   string            `json:"code"`
	Level  string            `json:"level" enum:"red,amber,grey"`
	Since  time.Time         `json:"since"`
	Params map[string]string `json:"params,omitempty"`
	Clears []string          `json:"clears" doc:"Roles that can clear it"`
	Action string            `json:"action,omitempty" enum:"acknowledge,tell,find_time,open_meeting,edit_discharge,check_calendar,repair_meeting"`
	Target string            `json:"target,omitempty"`
}

// SeatView is one seat of a case with its state.
type SeatView struct {
	ID         conference.SeatID   `json:"id"`
	Need       conference.Need     `json:"need"`
	Roles      []conference.RoleAt `json:"roles"`
	RoleUnits  []UnitRef           `json:"role_units" doc:"The unit of each role, same order"`
	Guest      string              `json:"guest,omitempty" enum:",patient,next_of_kin,interpreter"`
	Objected   bool                `json:"objected"`
	State      string              `json:"state" enum:"open,invited,accepted,tentative,declined"`
	Person     *PersonRef          `json:"person,omitempty"`
	Candidates []PersonRef         `json:"candidates" doc:"Who may fill it now; only on the case page"`
}

// CaseCard is a case on the board.
type CaseCard struct {
	ID           conference.CaseID      `json:"id"`
	Code         string                 `json:"code"`
	Origin       UnitRef                `json:"origin"`
	Municipality UnitRef                `json:"municipality"`
	Receiver     UnitRef                `json:"receiver"`
	Destination  conference.Destination `json:"destination"`
	Discharge    time.Time              `json:"discharge"`
	Certainty    conference.Certainty   `json:"certainty"`
	Complex      bool                   `json:"complex"`
	Flags        []FlagView             `json:"flags"`
	Seats        []SeatView             `json:"seats"`
	Conference   *ConferenceCard        `json:"conference,omitempty" doc:"The next or running meeting, else the last"`
	CalendarAge  *int                   `json:"calendar_age_minutes,omitempty" doc:"Oldest calendar among the required seats; absent: not known"`
	Told         *Told                  `json:"told,omitempty"`
	Acknowledged *Told                  `json:"acknowledged,omitempty"`
	Revision     int64                  `json:"revision"`
	May          []string               `json:"may" doc:"What the caller may do: edit, tell, acknowledge, find_time, book, view"`
}

// Told is who did something and when.
type Told struct {
	By PersonRef `json:"by"`
	At time.Time `json:"at"`
}

// ConferenceCard is a meeting in short.
type ConferenceCard struct {
	ID     conference.ConferenceID `json:"id"`
	Start  time.Time               `json:"start"`
	End    time.Time               `json:"end"`
	State  string                  `json:"state" enum:"booked,running,ended,cancelled"`
	Yes    int                     `json:"yes"`
	No     int                     `json:"no"`
	Silent int                     `json:"silent"`
}

// Board is one unit's coming discharges, worst first within a day.
type Board struct {
	Unit    UnitRef    `json:"unit"`
	Now     time.Time  `json:"now"`
	Cases   []CaseCard `json:"cases"`
	InOrder int        `json:"in_order" doc:"Cases without a red or amber flag"`
}

// CaseDetail is the case page.
type CaseDetail struct {
	CaseCard
	Note        string            `json:"note,omitempty"`
	Language    string            `json:"language,omitempty"`
	Conferences []ConferenceCard  `json:"conferences"`
	Find        slots.Request     `json:"find" doc:"The body of POST /v1/find for this case, pre-filled from its seats"`
	People      map[string]Person `json:"people" doc:"Everyone named in seats and find, by id"`
}

// Person is a directory entry.
type Person struct {
	PersonRef
	Phone    string              `json:"phone,omitempty"`
	Email    string              `json:"email,omitempty"`
	Ask      []string            `json:"ask" doc:"What to ask about"`
	Speaks   []string            `json:"languages" doc:"BCP 47"`
	Hours    []conference.Hours  `json:"hours" doc:"Weekly working hours, in their own zone; empty: by duty plan or not known"`
	PhoneAt  []conference.Hours  `json:"phone_hours" doc:"When the phone is answered; empty: not said"`
	Deputy   *PersonRef          `json:"deputy,omitempty"`
	Duty     []PersonDuty        `json:"duty" doc:"Roles they are on duty for now"`
	Reach    *Reachable          `json:"reach,omitempty" doc:"Only in the directory"`
	Roles    []conference.RoleAt `json:"roles"`
	Units    []UnitRef           `json:"units" doc:"The unit of each role, same order"`
	Calendar CalendarState       `json:"calendar"`
}

// PersonDuty is one role a person is on duty for now.
type PersonDuty struct {
	Covers string          `json:"covers" doc:"role@unit"`
	Role   conference.Role `json:"role"`
	Until  time.Time       `json:"until"`
	Source DutySource      `json:"source"`
}

// CalendarState says how fresh a person's calendar is. Unknown is never free.
type CalendarState struct {
	State      string     `json:"state" enum:"fresh,stale,unknown,none" doc:"none: no feed, known by hours and bookings alone"`
	AgeMinutes int        `json:"age_minutes,omitempty"`
	ReadAt     *time.Time `json:"read_at,omitempty"`
	Why        string     `json:"why,omitempty" doc:"Code: not_found, unreachable, too_large, not_calendar, refused, unreadable, never_read, address_lost"`
}

// NewCase is the body of POST /v1/cases.
type NewCase struct {
	Origin       conference.UnitID      `json:"origin" minLength:"1" maxLength:"64"`
	Municipality conference.UnitID      `json:"municipality" minLength:"1" maxLength:"64"`
	Receiver     conference.UnitID      `json:"receiver" minLength:"1" maxLength:"64"`
	Destination  conference.Destination `json:"destination" enum:"home,nursing_home,medical_centre,hospital"`
	Discharge    time.Time              `json:"discharge"`
	Certainty    conference.Certainty   `json:"certainty" enum:"low,medium,high"`
	Complex      bool                   `json:"complex"`
	Language     string                 `json:"language,omitempty" maxLength:"35" doc:"BCP 47, when an interpreter is needed"`
	Note         string                 `json:"note,omitempty" maxLength:"280"`
}

// CasePatch is the body of PATCH /v1/cases/{id}: what is present is changed.
type CasePatch struct {
	Discharge *time.Time              `json:"discharge,omitempty"`
	Certainty *conference.Certainty   `json:"certainty,omitempty" enum:"low,medium,high"`
	Complex   *bool                   `json:"complex,omitempty"`
	Note      *string                 `json:"note,omitempty" maxLength:"280"`
	Language  *string                 `json:"language,omitempty" maxLength:"35"`
	Objected  []conference.SeatID     `json:"objected,omitempty" doc:"Seats the patient refuses; the whole list"`
	Close     *string                 `json:"close,omitempty" enum:"went_home,cancelled,died,other" doc:"Closes the case"`
	Receiver  *conference.UnitID      `json:"receiver,omitempty"`
	Dest      *conference.Destination `json:"destination,omitempty" enum:"home,nursing_home,medical_centre,hospital"`
}

// NewConference is the body of POST /v1/conferences.
type NewConference struct {
	Case        conference.CaseID `json:"case" minLength:"1" maxLength:"64"`
	Revision    int64             `json:"revision,omitempty" doc:"The case's revision seen by the caller; 0: do not check"`
	Start       time.Time         `json:"start"`
	DurationMin int               `json:"duration_min" minimum:"5" maximum:"240"`
	Cast        []CastSeat        `json:"cast" minItems:"1" maxItems:"40"`
	Others      [][]CastSeat      `json:"others,omitempty" maxItems:"5" doc:"Other casts for the same start, in this order: the first of which nobody is taken is booked"`
	Guests      []GuestInvite     `json:"guests,omitempty" maxItems:"10"`
	Hold        string            `json:"hold,omitempty" maxLength:"64" doc:"A hold of the caller's that this booking confirms"`
	Find        *slots.Request    `json:"find,omitempty" doc:"The find request the choice came from; its rules are checked again for this start and give the next best slots when it is taken"`
}

// CastSeat puts a person into a seat.
type CastSeat struct {
	Seat   conference.SeatID   `json:"seat" minLength:"1" maxLength:"64"`
	Person conference.PersonID `json:"person" minLength:"1" maxLength:"64"`
}

// GuestInvite is a guest seat filled by a link.
type GuestInvite struct {
	Seat     conference.SeatID `json:"seat" minLength:"1" maxLength:"64"`
	Name     string            `json:"name" minLength:"1" maxLength:"80" doc:"As shown in the call, for example \"Daughter\""`
	Email    string            `json:"email,omitempty" maxLength:"254" doc:"Without one the link is shown to the booker"`
	Language string            `json:"language,omitempty" enum:",nb,en"`
}

// ParticipantView is one invited person on the meeting's page.
type ParticipantView struct {
	Key       string            `json:"key"`
	Seat      conference.SeatID `json:"seat"`
	Need      conference.Need   `json:"need"`
	Name      string            `json:"name"`
	Role      conference.Role   `json:"role,omitempty"`
	Org       string            `json:"org,omitempty"`
	Guest     string            `json:"guest,omitempty" enum:",patient,next_of_kin,interpreter"`
	Reply     conference.Reply  `json:"reply"`
	RepliedAt *time.Time        `json:"replied_at,omitempty"`
	Mail      string            `json:"mail,omitempty" enum:",queued,sent,failed,none"`
	Host      bool              `json:"host"`
	You       bool              `json:"you"`
	Visitor   bool              `json:"visitor" doc:"Came by themselves and waits until admitted"`
	LinkUsed  bool              `json:"link_used" doc:"Guests: the link has opened a browser"`
	Revoked   bool              `json:"revoked" doc:"The link is dead and the seat closed"`
	ByHand    string            `json:"by_hand,omitempty" enum:",phone,room" doc:"Without a device of their own, added by a host"`
	ByHandEnd *time.Time        `json:"by_hand_until,omitempty" doc:"Absent: still there"`
}

// ConferenceView is the meeting's page.
type ConferenceView struct {
	ID           conference.ConferenceID `json:"id"`
	MeetingCode  string                  `json:"meeting_code"`
	Case         *CaseRef                `json:"case,omitempty" doc:"Only for those who may see the case"`
	Purpose      string                  `json:"purpose"`
	Start        time.Time               `json:"start"`
	End          time.Time               `json:"end"`
	State        string                  `json:"state" enum:"booked,running,ended,cancelled"`
	OpensAt      time.Time               `json:"opens_at" doc:"From then the call can be joined"`
	Participants []ParticipantView       `json:"participants"`
	BookedBy     *PersonRef              `json:"booked_by,omitempty"`
	BookedAt     time.Time               `json:"booked_at"`
	Revision     int64                   `json:"revision"`
	May          []string                `json:"may" doc:"join, reply, cancel, admit, view_attendance, invite_guests, keep_consent, add_by_hand"`
	You          string                  `json:"you,omitempty" doc:"Your participant key"`
	Socket       string                  `json:"socket" doc:"Path of the call's WebSocket"`

	Improvised     bool           `json:"improvised" doc:"Thrown together: a consult, a knock, an open door"`
	Locked         bool           `json:"locked" doc:"Whoever is not in the cast waits outside"`
	PatientPresent bool           `json:"patient_present"`
	Consent        *ConsentView   `json:"consent,omitempty"`
	Consult        duty.ConsultID `json:"consult,omitempty" doc:"The request this talk came from, for those who took part in it"`
	AgendaMinutes  int            `json:"agenda_minutes" doc:"20, or what the talk was asked for"`
}

// CaseRef names a case for those who may see it.
type CaseRef struct {
	ID   conference.CaseID `json:"id"`
	Code string            `json:"code"`
}

// InvitationView is what a personal join link opens. Reading it changes nothing.
type InvitationView struct {
	Conference  conference.ConferenceID `json:"conference"`
	MeetingCode string                  `json:"meeting_code"`
	Purpose     string                  `json:"purpose"`
	Start       time.Time               `json:"start"`
	End         time.Time               `json:"end"`
	State       string                  `json:"state" enum:"booked,running,ended,cancelled"`
	OpensAt     time.Time               `json:"opens_at"`
	Name        string                  `json:"name"`
	Role        conference.Role         `json:"role,omitempty"`
	Org         string                  `json:"org,omitempty"`
	Guest       string                  `json:"guest,omitempty" enum:",patient,next_of_kin,interpreter"`
	Reply       conference.Reply        `json:"reply"`
	Language    string                  `json:"language"`
	Zone        string                  `json:"zone"`
	Now         time.Time               `json:"now"`
}

// AttendanceView is who was there. Minutes are whole, seconds exact.
type AttendanceView struct {
	Conference      conference.ConferenceID `json:"conference"`
	MeetingCode     string                  `json:"meeting_code"`
	PlannedStart    time.Time               `json:"planned_start"`
	PlannedEnd      time.Time               `json:"planned_end"`
	Running         bool                    `json:"running"`
	Attended        []Attended              `json:"attended"`
	TogetherSeconds int                     `json:"together_seconds" doc:"Time during which every required seat was filled at once"`
	Together        []AttendanceInterval    `json:"together"`
	Quorate         bool                    `json:"quorate"`
	MissingSeats    []conference.SeatID     `json:"missing_seats" doc:"Required seats that nobody filled at any time"`
	Refused         []Refused               `json:"refused"`
}

// Attended is one invited person's presence.
type Attended struct {
	Key          string               `json:"key"`
	Name         string               `json:"name"`
	Role         conference.Role      `json:"role,omitempty"`
	Org          string               `json:"org,omitempty"`
	Guest        string               `json:"guest,omitempty"`
	Seat         conference.SeatID    `json:"seat"`
	Need         conference.Need      `json:"need"`
	Present      bool                 `json:"present"`
	Seconds      int                  `json:"seconds"`
	Minutes      int                  `json:"minutes"`
	LobbySeconds int                  `json:"lobby_seconds"`
	Intervals    []AttendanceInterval `json:"intervals"`
}

// AttendanceInterval is half-open, UTC.
type AttendanceInterval struct {
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	StartSource string    `json:"start_source,omitempty"`
	EndSource   string    `json:"end_source,omitempty" doc:"event, heartbeat, inferred_crash, meeting_end, running, by_hand"`
	GapSeconds  int       `json:"gap_seconds,omitempty"`
	Media       bool      `json:"media" doc:"Sound or picture flowed at some time"`
}

// Refused is somebody a host did not admit.
type Refused struct {
	Key  string    `json:"key"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}
