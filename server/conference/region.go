package conference

// Region is everything that is set up rather than created in daily work: units, people, feeds and seat templates. It is
// read from REGION.yaml (see docs/region.md); ids are stable over imports.
type Region struct {
	Name      string     `json:"name"`
	Zone      string     `json:"zone"`               // IANA, for example Europe/Oslo
	Holidays  string     `json:"holidays,omitempty"` // "NO" or empty
	Closed    []string   `json:"closed,omitempty"`   // local days off, "2026-12-24"
	Elsewhere Elsewhere  `json:"elsewhere,omitempty"`
	Units     []Unit     `json:"units"`
	People    []Person   `json:"people"`
	Templates []Template `json:"templates"`
	Rosters   []Roster   `json:"rosters,omitempty"`
}

// RosterID is stable over imports.
type RosterID string

// Layer says which shifts of a roster win: overrides before swaps before the base plan.
type Layer string

// The layers.
const (
	LayerBase     Layer = "base"
	LayerSwap     Layer = "swap"
	LayerOverride Layer = "override"
)

// RosterFeed is one iCalendar source of a roster: its events are shifts whose titles or attendees name people.
type RosterFeed struct {
	URL   string `json:"url"` // as Feed.URL
	Layer Layer  `json:"layer"`
}

// Roster is how a role in a unit is covered: by whom, when somebody must be there, and what to do when nobody answers.
type Roster struct {
	ID         RosterID     `json:"id"`
	Covers     RoleAt       `json:"covers"`
	Owner      PersonID     `json:"owner"`                  // is shown gaps, unknown names and old feeds
	Hours      []Hours      `json:"hours,omitempty"`        // when somebody must be on duty; empty: always
	AllDayFrom string       `json:"all_day_from,omitempty"` // "08:00": a shift of whole days begins then; empty: at midnight
	Feeds      []RosterFeed `json:"feeds,omitempty"`        // empty: the duty calendars and working hours of its people alone
	Deputy     RoleAt       `json:"deputy,omitzero"`        // is rung when nobody of the role answers
	Phone      string       `json:"phone,omitempty"`        // to tap when nobody does
}

// UnitKind says what a unit is; it decides its icon and which destinations it can receive.
type UnitKind string

// The kinds of unit.
const (
	KindHospital         UnitKind = "hospital"
	KindWard             UnitKind = "ward"
	KindTeam             UnitKind = "team" // palliative team, duty doctors, coordinators
	KindMunicipality     UnitKind = "municipality"
	KindGPOffice         UnitKind = "gp_office"
	KindHomeNursing      UnitKind = "home_nursing"
	KindNursingHome      UnitKind = "nursing_home"
	KindMedicalCentre    UnitKind = "medical_centre"
	KindOutOfHours       UnitKind = "out_of_hours"
	KindTherapy          UnitKind = "therapy"
	KindAllocationOffice UnitKind = "allocation_office"
)

// Unit is a ward, team, municipality or an office in one.
type Unit struct {
	ID            UnitID   `json:"id"`
	Name          string   `json:"name"`
	Kind          UnitKind `json:"kind"`
	Parent        UnitID   `json:"parent,omitempty"` // hospital or municipality it belongs to
	TravelMinutes int      `json:"travel_minutes,omitempty"`
	LinkGrade     string   `json:"link_grade,omitempty"` // A (fibre) to D (radio link)
	Phone         string   `json:"phone,omitempty"`
}

// Access is the kind of account, the first key of the permission table in server/identity.
type Access string

// The kinds of account.
const (
	AccessClinician     Access = "clinician"
	AccessCoordinator   Access = "coordinator"
	AccessInterpreter   Access = "interpreter"
	AccessAuditor       Access = "auditor"
	AccessAdministrator Access = "administrator"
)

// Person is somebody who signs in or is invited by role.
type Person struct {
	ID       PersonID `json:"id"`
	Name     string   `json:"name"`
	Title    string   `json:"title,omitempty"`
	Email    string   `json:"email"`
	Phone    string   `json:"phone,omitempty"`
	Language string   `json:"language,omitempty"` // "nb" or "en"
	Access   Access   `json:"access"`
	Roles    []RoleAt `json:"roles"`
	Zone     string   `json:"zone,omitempty"` // empty: the region's
	Hours    []Hours  `json:"hours,omitempty"`
	Feeds    []Feed   `json:"feeds,omitempty"`

	Ask        []string `json:"ask,omitempty"`               // what to ask about, in the region's language
	Languages  []string `json:"languages,omitempty"`         // spoken, BCP 47
	Deputy     PersonID `json:"deputy,omitempty"`            // on days off
	PerWeek    int      `json:"meetings_per_week,omitempty"` // most meetings that may be booked in an ISO week; 0: any number
	PhoneHours []Hours  `json:"phone_hours,omitempty"`       // when the phone is answered; empty: not said
}

// Hours are weekly working hours in the person's zone.
type Hours struct {
	Days string `json:"days"` // "Mon-Fri" or "Sat"
	From string `json:"from"` // "08:00"
	To   string `json:"to"`   // "15:30", up to "24:00"
}

// FeedKind says what the events of a feed mean.
type FeedKind string

// The kinds of feed.
const (
	FeedBusy  FeedKind = "busy"  // events are engagements
	FeedHours FeedKind = "hours" // events are working hours
	FeedDuty  FeedKind = "duty"  // events are shifts: the person is on duty

	FeedRoster FeedKind = "roster" // of a Roster: events are shifts of the people that their titles name
)

// Elsewhere says what an engagement that Outlook shows as working elsewhere means for a video meeting.
type Elsewhere string

// Who works elsewhere can take a call, unless the region says otherwise.
const (
	ElsewhereFree Elsewhere = "free"
	ElsewhereBusy Elsewhere = "busy"
)

// Feed is one iCalendar source of a person. The URL may hold a secret: never log or show it whole.
type Feed struct {
	URL  string   `json:"url"` // https, webcal, http; a path starting with "/" is on this server
	Kind FeedKind `json:"kind"`
}

// Template is the set of seats that a discharge to a destination starts with.
type Template struct {
	Municipality UnitID      `json:"municipality,omitempty"` // empty: any
	Destination  Destination `json:"destination,omitempty"`  // empty: any
	Seats        []Seat      `json:"seats"`
}

// Origin stands, in a template's roles, for the case's own ward.
const Origin UnitID = "origin"
