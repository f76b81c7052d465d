package slots

import "time"

// Answer is what Find found. Instants are UTC. No list in it is nil but Starts, which is only there when asked for.
type Answer struct {
	Feasible    int               `json:"feasible" doc:"Grid starts that keep every rule"`
	Starts      []time.Time       `json:"starts,omitzero" doc:"All of them, when list is starts"`
	Suggestions []Suggestion      `json:"suggestions" doc:"The best and most different of them, best first"`
	Freshness   map[string]string `json:"freshness" doc:"By person: the age of what is known, or unknown and why"`
	Rejected    Rejected          `json:"rejected" doc:"Why the other starts are none, and what would help"`
}

// Suggestion is one start with the people who would come.
type Suggestion struct {
	Start      time.Time           `json:"start"`
	End        time.Time           `json:"end"`
	Score      int                 `json:"score" doc:"Sum of the points in because; compares starts of one answer, and says nothing between answers"`
	Cast       map[string][]string `json:"cast" doc:"By need: ids of the people who fill it"`
	WantMet    []string            `json:"want_met"`
	WantMissed []WantMissed        `json:"want_missed"`
	Missing    []Missing           `json:"missing" doc:"Who does not come: each preferred person not chosen, and for each unfilled want the three who came closest"`
	Unknown    []string            `json:"unknown" doc:"People in the cast whose time is not known"`
	Because    []Reason            `json:"because"`
	HoldToken  string              `json:"hold_token,omitempty" doc:"Given by whoever holds the start for the one who asked"`
}

// WantMissed says why a wanted seat stays empty. Why is a code of Missing, that of the person who came closest.
type WantMissed struct {
	ID    string     `json:"id"`
	Why   string     `json:"why"`
	Until *time.Time `json:"until,omitempty"`
}

// Missing says why one person does not come to a seat: what their time holds, or seated: they fill another seat, passed_over:
// they could, and somebody else was the better choice, nobody: no person has the role.
type Missing struct {
	ID     string     `json:"id" doc:"The need or want"`
	Person string     `json:"person" doc:"Empty: nobody has the role"`
	Why    string     `json:"why" enum:"busy_until,tentative,held,buffer,holiday,outside_hours,unknown,seated,passed_over,nobody"`
	Until  *time.Time `json:"until,omitempty" doc:"When that ends, where it has an end"`
}

// Reason is a line of the account of a score: Code and Value say what, for the client to put into words.
type Reason struct {
	Code   string `json:"code"`
	Value  string `json:"value" doc:"An id, or a number and its unit; empty where the code says all"`
	Points int    `json:"points"`
}

// Rejected accounts for the starts that are not feasible.
type Rejected struct {
	StartsTotal int            `json:"starts_total" doc:"Grid starts in the window"`
	Feasible    int            `json:"feasible"`
	ByNeed      []NeedRejected `json:"by_need"`
	ByRule      RuleRejected   `json:"by_rule"`
	Relax       []Relaxation   `json:"relax" doc:"Changes that gain starts, most first"`
}

// NeedRejected counts what one need takes away among the starts that keep the notice, the deadline and the window.
type NeedRejected struct {
	Need    string `json:"need"`
	Blocked int    `json:"blocked" doc:"Starts at which the need cannot be filled by itself, or not without taking somebody whom another need cannot spare, or where several needs want more people than they share"`
	Alone   int    `json:"alone" doc:"Those of them that would be feasible without this need"`
}

// RuleRejected counts starts per rule. The first three count the starts that the rule itself refuses. The others count
// starts at which a need can be filled by the rules named before, in the order of the fields, and with this one cannot.
type RuleRejected struct {
	OutsideWindow int `json:"outside_window" doc:"The meeting would end after the window"`
	MinNotice     int `json:"min_notice"`
	AfterDeadline int `json:"after_deadline"`
	OutsideHours  int `json:"outside_hours"`
	Holiday       int `json:"holiday"`
	Busy          int `json:"busy"`
	Tentative     int `json:"tentative"`
	Buffer        int `json:"buffer"`
	Held          int `json:"held"`
	Unknown       int `json:"unknown"`
}

// Relaxation is one change to the request (or, when no single one helps, two, or as few as do) and exactly what it gains.
// Where nothing is feasible and any of the changes would help, alone or together, there is a relaxation.
type Relaxation struct {
	Change string    `json:"change" doc:"In plain English"`
	Code   string    `json:"code" enum:"shorter,stand_in,tentative_free,use_duty,outside_hours,without_need,fewer,unknown_offered,no_buffer,finer_grid,min_notice,deadline,two_changes,several_changes"`
	Need   string    `json:"need,omitempty" doc:"Of stand_in, without_need and fewer"`
	Value  int       `json:"value,omitempty" doc:"The new number: minutes of shorter, people of fewer; or the points a stand-in costs"`
	Gains  int       `json:"gains" doc:"Starts that become feasible"`
	First  time.Time `json:"first" doc:"The earliest of them"`
	Parts  []Part    `json:"parts,omitempty" doc:"The changes that two_changes and several_changes are made of"`
}

// Part is one of several changes that only help together. Its fields are those of Relaxation.
type Part struct {
	Code  string `json:"code"`
	Need  string `json:"need,omitempty"`
	Value int    `json:"value,omitempty"`
}

// Verdict is what At says about one start.
type Verdict struct {
	Start    time.Time           `json:"start"`
	End      time.Time           `json:"end"`
	Feasible bool                `json:"feasible"`
	OnGrid   bool                `json:"on_grid"`
	Rules    []string            `json:"rules" doc:"Rules of the meeting as a whole that refuse it: outside_window, min_notice, after_deadline"`
	Cast     map[string][]string `json:"cast" doc:"As in a suggestion; empty when not feasible"`
	Unknown  []string            `json:"unknown"`
	Needs    []NeedVerdict       `json:"needs"`
	Wants    []NeedVerdict       `json:"wants"`
}

// NeedVerdict says whether a seat can be filled, and for each person who might why or why not. Met looks at this seat
// alone; a verdict may be infeasible although every need is met, when the same person would have to fill two of them.
type NeedVerdict struct {
	ID     string          `json:"id"`
	K      int             `json:"k"`
	Met    bool            `json:"met"`
	People []PersonVerdict `json:"people"`
}

// PersonVerdict is one person's state at the start. Why is "free" or a code of Missing; nothing else of a calendar is told.
type PersonVerdict struct {
	Person  string     `json:"person"`
	Can     bool       `json:"can"`
	Chosen  bool       `json:"chosen"`
	StandIn bool       `json:"stand_in,omitempty"`
	Why     string     `json:"why"`
	Until   *time.Time `json:"until,omitempty"`
}
