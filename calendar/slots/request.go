package slots

import (
	"time"

	"github.com/samtale/samtale/calendar"
)

// Request is a search for a time. Lengths are whole minutes, instants RFC 3339, clock times "08:00" to "24:00".
type Request struct {
	Purpose      string       `json:"purpose,omitempty" maxLength:"200" doc:"What the meeting is for; not used by the search"`
	DurationMin  int          `json:"duration_min" minimum:"1" maximum:"1440" doc:"Length of the meeting in minutes"`
	GridMin      int          `json:"grid_min,omitempty" maximum:"1440" doc:"Starts are this many elapsed minutes apart, counted from each local midnight; absent: 15"`
	TZ           string       `json:"tz" maxLength:"64" doc:"IANA time zone of the grid, of prefer and avoid, and of people without their own"`
	Now          *time.Time   `json:"now,omitempty" doc:"The present; the server fills it in"`
	Window       Window       `json:"window" doc:"The meeting lies wholly inside; at most 13 weeks"`
	Deadline     *time.Time   `json:"deadline,omitempty" doc:"The meeting has ended by then; null or absent: no deadline"`
	MinNoticeMin int          `json:"min_notice_min,omitempty" minimum:"0" maximum:"131040" doc:"Minutes between now and the earliest start"`
	Need         []Need       `json:"need" minItems:"1" maxItems:"30" doc:"Seats that must be filled"`
	Want         []Want       `json:"want,omitempty" maxItems:"20" doc:"Seats that are filled when it can be done"`
	Prefer       []Preference `json:"prefer,omitempty" maxItems:"20" doc:"Times that gain their weight when the meeting lies wholly inside"`
	Avoid        []Preference `json:"avoid,omitempty" maxItems:"20" doc:"Times that cost their weight when the meeting touches them"`
	Guests       []Guest      `json:"guests,omitempty" maxItems:"20" doc:"Answers of patients and next of kin; they rank, they never hide"`
	Policy       Policy       `json:"policy,omitempty" doc:"How strictly hours, unknown and tentative time are taken"`
	Limit        *int         `json:"limit,omitempty" minimum:"1" maximum:"100" doc:"Most suggestions wanted; absent: 5"`
	Holidays     string       `json:"holidays,omitempty" maxLength:"2" doc:"Country whose public holidays count as outside hours (NO); absent: none"`
	Closed       []string     `json:"closed,omitempty" maxItems:"100" doc:"Local days off that count as holidays, dates like 2026-12-24"`
	List         string       `json:"list,omitempty" enum:"starts" doc:"\"starts\": answer every feasible start too"`
}

// Window is a span of time, [From, To).
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Need is a seat, or k equal seats, without which there is no meeting. The people come from AnyOf or from Role, not both.
type Need struct {
	ID         string      `json:"id" maxLength:"64"`
	AnyOf      []string    `json:"any_of,omitempty" maxItems:"500" doc:"Ids of the people who may fill it"`
	Role       string      `json:"role,omitempty" maxLength:"130" doc:"Role whose holders may fill it, for example gp@langneset"`
	K          *int        `json:"k,omitempty" minimum:"1" maximum:"50" doc:"How many different people; absent: 1"`
	Prefer     []string    `json:"prefer,omitempty" maxItems:"50" doc:"Ids of those who should fill it if they can, best first"`
	UntilMin   int         `json:"until_min,omitempty" minimum:"0" doc:"Must attend only the first minutes; absent: all of it"`
	Substitute *Substitute `json:"substitute,omitempty" doc:"Who could stand in"`
}

// Substitute names stand-ins. They are offered as a relaxation, and join the search when Use is set.
type Substitute struct {
	AnyOf []string `json:"any_of,omitempty" maxItems:"500"`
	Role  string   `json:"role,omitempty" maxLength:"130"`
	Cost  int      `json:"cost,omitempty" minimum:"0" maximum:"100" doc:"Points that each stand-in costs"`
	Use   bool     `json:"use,omitempty" doc:"Let them fill the seat, at their cost"`
}

// Want is a seat that never blocks. An id left out is the role.
type Want struct {
	ID     string   `json:"id,omitempty" maxLength:"130"`
	AnyOf  []string `json:"any_of,omitempty" maxItems:"500"`
	Role   string   `json:"role,omitempty" maxLength:"130"`
	Weight int      `json:"weight" minimum:"0" maximum:"100" doc:"Points for filling it"`
}

// Hours are weekly clock times in somebody's zone: Days is "Mon-Fri" or "Sat", From before To, To up to "24:00".
type Hours struct {
	Days string `json:"days"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Preference is a weekly time, in the request's zone, with the points it gains or costs.
type Preference struct {
	Days   string `json:"days" doc:"Mon-Fri or Sat"`
	From   string `json:"from" doc:"Clock time, 08:00"`
	To     string `json:"to" doc:"Clock time after from, up to 24:00"`
	Weight int    `json:"weight" minimum:"0" maximum:"100"`
}

// Guest is what a patient or a relative answered to a poll of times.
type Guest struct {
	ID       string              `json:"id" maxLength:"64"`
	Yes      []calendar.Interval `json:"yes,omitempty" maxItems:"500"`
	IfNeeded []calendar.Interval `json:"if_needed,omitempty" maxItems:"500"`
}

// Policy says how strictly time is taken. The zero value is the strict one, except that unknown time is offered, marked.
type Policy struct {
	OutsideHours string `json:"outside_hours,omitempty" enum:"never,last_resort,allow" doc:"Absent: never"`
	Unknown      string `json:"unknown,omitempty" enum:"offer_marked,exclude" doc:"Absent: offer_marked"`
	Tentative    string `json:"tentative,omitempty" enum:"busy,free" doc:"Absent: busy"`
	UseDuty      bool   `json:"use_duty,omitempty" doc:"Time on duty counts as working hours"`
	BufferMin    int    `json:"buffer_min,omitempty" minimum:"0" maximum:"240" doc:"Minutes kept free on both sides of busy time"`
	TravelMin    int    `json:"travel_min,omitempty" minimum:"0" maximum:"600" doc:"The same around busy time spent at another place, where it is longer"`
}

// The words of Policy and of Request.List.
const (
	Never       = "never"
	LastResort  = "last_resort"
	Allow       = "allow"
	OfferMarked = "offer_marked"
	Exclude     = "exclude"
	TakeAsBusy  = "busy"
	TakeAsFree  = "free"
	ListStarts  = "starts"
)
