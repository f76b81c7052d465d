// Package conference holds what Samtale knows of a discharge and of the meeting about it: the case shell, its seats and
// flags, the conference with its cast, quorum and attendance. It is pure: values in, values out. It refuses to know a
// clock, a network, a store or a screen.
//
//	Region  -> units, people, roles, feeds, seat templates
//	Case    -> Flags(case, now, ...)              -> the board
//	Case    -> Seats from a template -> cast      -> Conference
//	[]Event -> Fold                               -> Attendance (intervals, minutes, together)
package conference

import "time"

// Ids have types so that a person can never be passed where a unit is meant. All are opaque and name no patient.
type (
	PersonID     string // p_… or the id of a region file
	UnitID       string // a ward, team, municipality or office
	CaseID       string // random, never the case code
	ConferenceID string // random
	SeatID       string // unique within its case or conference
)

// Role is what a person does in a unit, for example "gp" or "district_nurse". See Roles for the known ones.
type Role string

// RoleAt is a role in one unit, written "gp@langneset". Origin stands for the case's own ward in templates.
type RoleAt struct {
	Role Role   `json:"role"`
	Unit UnitID `json:"unit"`
}

// String returns the written form, role@unit.
func (r RoleAt) String() string { return string(r.Role) + "@" + string(r.Unit) }

// Need says how much a seat matters to the meeting.
type Need string

// The needs of domain.md: a meeting is quorate when its required seats are present at the same time.
const (
	Required Need = "required"
	Optional Need = "optional" // by need: wanted, never blocking
	Informed Need = "informed" // told, need not be present
	Offered  Need = "offered"  // patient and next of kin: always offered, may decline
)

// Destination is where the patient goes.
type Destination string

// The destinations of the case shell.
const (
	Home          Destination = "home"
	NursingHome   Destination = "nursing_home"
	MedicalCentre Destination = "medical_centre"
	Hospital      Destination = "hospital"
)

// Certainty of the expected discharge. Only Medium and High turn a flag red.
type Certainty string

// The three certainties.
const (
	Low    Certainty = "low"
	Medium Certainty = "medium"
	High   Certainty = "high"
)

// Seat is a place at the table that somebody in one of its roles fills.
type Seat struct {
	ID       SeatID     `json:"id"`
	Need     Need       `json:"need"`
	AnyOf    []RoleAt   `json:"any_of,omitempty"` // who may fill it; empty for guests
	People   []PersonID `json:"people,omitempty"` // named people who may fill it, before the roles
	Guest    string     `json:"guest,omitempty"`  // "patient", "next_of_kin" or "interpreter": filled by a link, not by a role
	Objected bool       `json:"objected,omitempty"`
}

// Acknowledgement is a named receiver saying "we know and we are ready to receive".
type Acknowledgement struct {
	By PersonID  `json:"by"`
	At time.Time `json:"at"`
}

// Case is the shell: all that the product may know of a patient's discharge. It holds no clinical content.
type Case struct {
	ID            CaseID           `json:"id"`
	Code          string           `json:"code"` // see NewCode; shown on screen, never mailed
	Origin        UnitID           `json:"origin"`
	Municipality  UnitID           `json:"municipality"`
	Destination   Destination      `json:"destination"`
	Receiver      UnitID           `json:"receiver"` // the receiving unit
	Discharge     time.Time        `json:"discharge"`
	Certainty     Certainty        `json:"certainty"`
	Complex       bool             `json:"complex"` // a meeting is expected before discharge
	Language      string           `json:"language,omitempty"`
	Note          string           `json:"note,omitempty"` // at most 280 characters, see CheckNote
	Seats         []Seat           `json:"seats"`
	Created       time.Time        `json:"created"`
	ToldAt        *time.Time       `json:"told_at,omitempty"` // first notice to the receiver
	ToldBy        PersonID         `json:"told_by,omitempty"`
	Acknowledged  *Acknowledgement `json:"acknowledged,omitempty"`
	Conferences   []ConferenceID   `json:"conferences,omitempty"` // oldest first
	DepartedAt    *time.Time       `json:"departed_at,omitempty"`
	ClosedAt      *time.Time       `json:"closed_at,omitempty"`
	CloseReason   string           `json:"close_reason,omitempty"`
	Revision      int64            `json:"revision"`
	SchemaVersion int              `json:"v"`
}

// Reply is an invitee's answer, the PARTSTAT of RFC 5545 section 3.2.12 in our words.
type Reply string

// The replies.
const (
	NoReply   Reply = "needs_action"
	Accepted  Reply = "accepted"
	Declined  Reply = "declined"
	Tentative Reply = "tentative"
)

// Participant is one invited person in a conference: staff (Person set) or a guest (Guest set).
type Participant struct {
	Key       string     `json:"key"` // unique in the conference, stable over reschedules: identity in attendance
	Seat      SeatID     `json:"seat"`
	Need      Need       `json:"need"`
	Person    PersonID   `json:"person,omitempty"`
	Role      RoleAt     `json:"role"`
	Guest     string     `json:"guest,omitempty"` // kind of guest, as Seat.Guest
	Name      string     `json:"name"`            // as shown in the call
	Org       string     `json:"org,omitempty"`
	Email     string     `json:"email,omitempty"`
	Language  string     `json:"language,omitempty"`
	Reply     Reply      `json:"reply"`
	RepliedAt *time.Time `json:"replied_at,omitempty"`
	Host      bool       `json:"host,omitempty"` // may admit guests

	Visitor   bool       `json:"visitor,omitempty"`    // came by themselves to a talk that runs: waits until admitted
	Link      int        `json:"link,omitempty"`       // how often the personal link was made anew
	LinkUsed  *time.Time `json:"link_used,omitempty"`  // guests: a link opens one browser
	RevokedAt *time.Time `json:"revoked_at,omitempty"` // the link is dead and the seat closed
	ByHand    *ByHand    `json:"by_hand,omitempty"`
}

// ByHand is the presence of somebody without a device of their own, added by a host.
type ByHand struct {
	How   string     `json:"how"` // "phone" or "room"
	By    string     `json:"by"`  // Participant.Key of the host
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty"` // nil: until the meeting's end
}

// Consent is the patient's word that this talk may be held with them in the room, ticked by a host.
type Consent struct {
	GivenAt     time.Time  `json:"given_at"`
	GivenBy     string     `json:"given_by"` // Participant.Key of who ticked it
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
}

// State of a conference.
type State string

// A conference is booked, then held or cancelled.
const (
	Booked    State = "booked"
	Cancelled State = "cancelled"
)

// The purposes of a meeting.
const (
	PurposeDischarge = "discharge"
	PurposeConsult   = "consult" // somebody on duty was rung
	PurposeKnock     = "knock"   // two people, the door is locked
	PurposeDoor      = "door"    // a team's standing room, one each day
	PurposeTest      = "test"
)

// Conference is one meeting: planned from a case, or thrown together.
type Conference struct {
	ID           ConferenceID  `json:"id"`
	MeetingCode  string        `json:"meeting_code"` // random, safe in mail; never the case code
	UID          string        `json:"uid"`          // iCalendar UID, stable for life
	Sequence     int           `json:"sequence"`     // iCalendar SEQUENCE
	Case         CaseID        `json:"case,omitempty"`
	Unit         UnitID        `json:"unit"` // who called it
	Purpose      string        `json:"purpose"`
	Start        time.Time     `json:"start"`
	End          time.Time     `json:"end"`
	State        State         `json:"state"`
	Participants []Participant `json:"participants"`
	Former       []Participant `json:"former,omitempty"` // others took their seats: the cancellation still goes to them
	Cast         int           `json:"cast,omitempty"`   // which of the casts asked for was free when it was booked; 0: the first
	BookedBy     PersonID      `json:"booked_by"`
	BookedAt     time.Time     `json:"booked_at"`

	Improvised     bool     `json:"improvised,omitempty"` // thrown together: nobody's time is reserved by it
	Locked         bool     `json:"locked,omitempty"`     // whoever is not in the cast waits outside
	PatientPresent bool     `json:"patient_present,omitempty"`
	Consent        *Consent `json:"consent,omitempty"`
	Consult        string   `json:"consult,omitempty"`        // the request it came from, in server/duty
	AgendaMinutes  int      `json:"agenda_minutes,omitempty"` // what was asked for; 0: as long as booked

	Revision      int64 `json:"revision"`
	SchemaVersion int   `json:"v"`
}
