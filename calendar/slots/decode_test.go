package slots_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

const wholeRequest = `{
  "purpose": "discharge", "duration_min": 20, "grid_min": 10, "tz": "Europe/Oslo", "now": "2026-11-27T12:45:00+01:00",
  "window": {"from": "2026-11-27T12:45:00+01:00", "to": "2026-11-27T14:30:00+01:00"}, "deadline": "2026-11-27T14:30:00+01:00", "min_notice_min": 10,
  "need": [
    {"id": "doctor", "any_of": ["p1", "p2"], "prefer": ["p1"]},
    {"id": "gp", "role": "gp@elvemo", "k": 1, "until_min": 10, "substitute": {"role": "gp_oncall@elvemo", "cost": 40}}
  ],
  "want": [{"role": "pt@elvemo", "weight": 20}],
  "prefer": [{"days": "Mon-Fri", "from": "09:00", "to": "11:30", "weight": 10}], "avoid": [{"days": "Fri", "from": "14:00", "to": "24:00", "weight": 15}],
  "guests": [{"id": "daughter", "yes": [{"start": "2026-11-27T12:00:00Z", "end": "2026-11-27T13:00:00Z"}]}],
  "policy": {"outside_hours": "last_resort", "unknown": "offer_marked", "tentative": "busy", "use_duty": true, "buffer_min": 5, "travel_min": 30},
  "limit": 5, "holidays": "NO", "list": "starts"
}`

func TestParseRequest(t *testing.T) {
	r, err := slots.ParseRequest([]byte(wholeRequest))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	same, err := slots.ParseRequest(again)
	if err != nil || fmt.Sprintf("%+v", same.Need[1].Substitute) != fmt.Sprintf("%+v", r.Need[1].Substitute) || !same.Deadline.Equal(*r.Deadline) {
		t.Errorf("read back: %v\n%s", err, again)
	}
	t.Run("without now", func(t *testing.T) { // whoever runs the search fills it in
		if _, err := slots.ParseRequest([]byte(strings.Replace(wholeRequest, `"now": "2026-11-27T12:45:00+01:00",`, "", 1))); err != nil {
			t.Error(err)
		}
	})
	t.Run("deadline null", func(t *testing.T) {
		r, err := slots.ParseRequest([]byte(strings.Replace(wholeRequest, `"deadline": "2026-11-27T14:30:00+01:00"`, `"deadline": null`, 1)))
		if err != nil || r.Deadline != nil {
			t.Errorf("%v %v", r.Deadline, err)
		}
	})
}

// refusal checks that the whole request with one part replaced is refused, and in which words.
func refusal(t *testing.T) func(name, old, replacement, want string) {
	return func(name, old, replacement, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			if !strings.Contains(wholeRequest, old) {
				t.Fatalf("the request has no %s", old)
			}
			_, err := slots.ParseRequest([]byte(strings.Replace(wholeRequest, old, replacement, 1)))
			if err == nil || err.Error() != "slots: "+want {
				t.Errorf("error %v\nwant  slots: %s", err, want)
			}
		})
	}
}

func TestParseRequestRefuses(t *testing.T) {
	check := refusal(t)
	check("unknown field", `"purpose"`, `"porpoise"`, `unknown field "porpoise"`)
	check("unknown field below", `"until_min"`, `"until"`, `need[1]: unknown field "until"`)
	check("more than one value", `"list": "starts"`+"\n}", `"list": "starts"} {}`, `more follows after the end of the JSON value`)
	check("wrong type", `"duration_min": 20`, `"duration_min": "20"`, `duration_min: string instead of int`)
	check("fraction", `"duration_min": 20`, `"duration_min": 20.5`, `duration_min: number 20.5 instead of int`)
	check("wrong type below", `"k": 1`, `"k": true`, `need[1].k: bool instead of int`)
	check("instant without offset", `"now": "2026-11-27T12:45:00+01:00"`, `"now": "2026-11-27T12:45"`, `now "2026-11-27T12:45": not an instant of RFC 3339`)
	check("instant as a number", `"to": "2026-11-27T14:30:00+01:00"`, `"to": 7`, `window.to 7: not an instant of RFC 3339`)
	check("instant in a list", `"end": "2026-11-27T13:00:00Z"`, `"end": "soon"`, `guests[0].yes[0].end "soon": not an instant of RFC 3339`)
	check("text that looks like the faulty instant", `"purpose": "discharge", "duration_min": 20, "grid_min": 10, "tz": "Europe/Oslo", "now": "2026-11-27T12:45:00+01:00"`,
		`"list": "later", "now": "later"`, `now "later": not an instant of RFC 3339`)

	check("object for a list", wholeRequest, `{"now": "later", "need": {"id": 1}, "window": [2]}`, `need: object instead of array`)
	check("list for an object", wholeRequest, `{"window": [2]}`, `window: array instead of object`)
	check("unknown field of an interval", `"end": "2026-11-27T13:00:00Z"`, `"stop": "2026-11-27T13:00:00Z"`, `guests[0].yes[0]: unknown field "stop"`)
	check("number too large", `"duration_min": 20`, `"duration_min": 99999999999999999999`, `duration_min: number 99999999999999999999 instead of int`)
	check("cut off", wholeRequest, `{"now": "later`, `unexpected EOF`)
	check("no object", wholeRequest, `[]`, `the request: array instead of object`)

	check("no length", `"duration_min": 20, `, ``, `duration_min 0: want 1 to 1440`)
	check("length", `"duration_min": 20`, `"duration_min": 1441`, `duration_min 1441: want 1 to 1440`)
	check("grid", `"grid_min": 10`, `"grid_min": -5`, `grid_min -5: want 1 to 1440`)
	check("notice", `"min_notice_min": 10`, `"min_notice_min": -1`, `min_notice_min -1: want 0 to 131040`)
	check("no zone", `"tz": "Europe/Oslo", `, ``, `tz: missing`)
	check("zone", `"Europe/Oslo"`, `"Europe/Tindvik"`, `tz "Europe/Tindvik": not a time zone of the IANA database`)
	check("this machine's zone", `"Europe/Oslo"`, `"Local"`, `tz "Local": not a time zone of the IANA database`)
	check("no window", `"from": "2026-11-27T12:45:00+01:00", "to"`, `"to"`, `window.from: missing`)
	check("no end of the window", `, "to": "2026-11-27T14:30:00+01:00"`, ``, `window.to: missing`)
	check("reversed window", `"to": "2026-11-27T14:30:00+01:00"`, `"to": "2026-11-27T12:45:00+01:00"`,
		`window.to 2026-11-27T11:45:00Z: not after window.from 2026-11-27T11:45:00Z`)
	check("long window", `"to": "2026-11-27T14:30:00+01:00"`, `"to": "2027-03-27T14:30:00+01:00"`,
		`window.to 2027-03-27T13:30:00Z: more than 13 weeks after window.from 2026-11-27T11:45:00Z`)

	check("outside hours", `"last_resort"`, `"sometimes"`, `policy.outside_hours "sometimes": want one of ["never" "last_resort" "allow"]`)
	check("unknown", `"offer_marked"`, `"free"`, `policy.unknown "free": want one of ["offer_marked" "exclude"]`)
	check("tentative", `"tentative": "busy"`, `"tentative": "maybe"`, `policy.tentative "maybe": want one of ["busy" "free"]`)
	check("buffer", `"buffer_min": 5`, `"buffer_min": 241`, `policy.buffer_min 241: want 0 to 240`)
	check("travel", `"travel_min": 30`, `"travel_min": 601`, `policy.travel_min 601: want 0 to 600`)
	check("list", `"list": "starts"`, `"list": "all"`, `list "all": want one of ["" "starts"]`)
	check("holidays", `"NO"`, `"XX"`, `holidays "XX": calendar: no public holidays known for "XX"`)
	check("limit", `"limit": 5`, `"limit": 0`, `limit 0: want 1 to 100`)
}

func TestParseRequestRefusesSeats(t *testing.T) {
	check := refusal(t)
	needs := wholeRequest[strings.Index(wholeRequest, `"need": [`):strings.Index(wholeRequest, `"want"`)]
	check("no need", needs, ``, `need: missing`)
	check("need without id", `"id": "gp"`, `"id": ""`, `need[1].id: missing`)
	check("need twice", `"id": "gp"`, `"id": "doctor"`, `need[1].id "doctor": given twice`)
	check("need of nobody", `"any_of": ["p1", "p2"], "prefer": ["p1"]`, `"k": 1`, `need[0]: any_of or role is missing`)
	check("need of both", `"role": "gp@elvemo"`, `"role": "gp@elvemo", "any_of": ["p1"]`, `need[1]: any_of and role "gp@elvemo": only one of the two`)
	check("the same person twice", `["p1", "p2"]`, `["p1", "p1"]`, `need[0].any_of "p1": given twice`)
	check("an empty name", `["p1", "p2"]`, `["p1", ""]`, `need[0].any_of[1]: empty`)
	check("preferred stranger", `"prefer": ["p1"]`, `"prefer": ["p3"]`, `need[0].prefer "p3": not in any_of`)
	check("preferred twice", `"prefer": ["p1"]`, `"prefer": ["p1", "p1"]`, `need[0].prefer "p1": given twice`)
	check("k", `"k": 1`, `"k": 0`, `need[1].k 0: want 1 to 50`)
	check("k of fewer", `"any_of": ["p1", "p2"]`, `"k": 3, "any_of": ["p1", "p2"]`, `need[0].k 3: any_of names only 2`)
	check("until", `"until_min": 10`, `"until_min": 21`, `need[1].until_min 21: want 1 to duration_min 20, or nothing`)
	check("cost", `"cost": 40`, `"cost": 101`, `need[1].substitute.cost 101: want 0 to 100`)
	check("substitute of nobody", `"role": "gp_oncall@elvemo", `, ``, `need[1].substitute: any_of or role is missing`)
	check("weight of a want", `"weight": 20`, `"weight": -1`, `want[0].weight -1: want 0 to 100`)
	check("want of nobody", `"role": "pt@elvemo"`, `"id": "pt"`, `want[0]: any_of or role is missing`)
	check("want without a name", `"role": "pt@elvemo"`, `"any_of": ["p1"]`, `want[0].id: missing`)
	check("want named as a need", `"role": "pt@elvemo"`, `"id": "gp", "role": "pt@elvemo"`, `want[0].id "gp": given twice`)

	check("days", `"Mon-Fri"`, `"Man-Fre"`, `prefer[0].days "Man-Fre": want "Mon-Fri" or "Sat"`)
	check("clock", `"09:00"`, `"9:00"`, `prefer[0].from "9:00": want a clock time as "08:00"`)
	check("clock after midnight", `"24:00"`, `"24:30"`, `avoid[0].to "24:30": want a clock time as "15:30", at most "24:00"`)
	check("a night", `"from": "14:00", "to": "24:00"`, `"from": "22:00", "to": "06:00"`, `avoid[0]: from 22:00 is not before to 06:00; a night is two entries`)
	check("weight", `"weight": 15`, `"weight": 101`, `avoid[0].weight 101: want 0 to 100`)
	check("guest without id", `"id": "daughter"`, `"id": ""`, `guests[0].id: missing`)
	check("guest twice", `"guests": [`, `"guests": [{"id": "daughter"}, `, `guests[1].id "daughter": given twice`)
	check("reversed answer", `"end": "2026-11-27T13:00:00Z"`, `"end": "2026-11-27T12:00:00Z"`,
		`guests[0].yes[0].end 2026-11-27T12:00:00Z: not after start 2026-11-27T12:00:00Z`)
	check("answer without an end", `, "end": "2026-11-27T13:00:00Z"`, ``, `guests[0].yes[0].end: missing`)
	check("answer without a start", `"start": "2026-11-27T12:00:00Z", `, ``, `guests[0].yes[0].start: missing`)
}

func TestParseRequestBounds(t *testing.T) {
	check := func(field string, n, most int, grow func(*slots.Request)) {
		t.Helper()
		r, err := slots.ParseRequest([]byte(wholeRequest))
		if err != nil {
			t.Fatal(err)
		}
		grow(&r)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("slots: %s: %d entries, at most %d", field, n, most)
		if _, err := slots.ParseRequest(data); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	ids := make([]string, 501)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%d", i+1)
	}
	day := calendar.Interval{Start: at("2026-11-27 00:00"), End: at("2026-11-28 00:00")}
	check("need", 31, 30, func(r *slots.Request) { r.Need = make([]slots.Need, 31) })
	check("want", 21, 20, func(r *slots.Request) { r.Want = make([]slots.Want, 21) })
	check("prefer", 21, 20, func(r *slots.Request) { r.Prefer = make([]slots.Preference, 21) })
	check("avoid", 21, 20, func(r *slots.Request) { r.Avoid = make([]slots.Preference, 21) })
	check("guests", 21, 20, func(r *slots.Request) { r.Guests = make([]slots.Guest, 21) })
	check("need[0].any_of", 501, 500, func(r *slots.Request) { r.Need[0].AnyOf = ids })
	check("need[0].prefer", 51, 50, func(r *slots.Request) { r.Need[0].AnyOf, r.Need[0].Prefer = ids[:60], ids[:51] })
	check("guests[0].if_needed", 5001, 5000, func(r *slots.Request) {
		for range 5001 {
			r.Guests[0].IfNeeded = append(r.Guests[0].IfNeeded, day)
		}
	})
}

// FuzzDecodeRequest feeds strangers' bytes to the door of the finder and searches with whatever comes through.
func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(wholeRequest))
	f.Add([]byte(`{"duration_min":1,"tz":"UTC","window":{"from":"0001-01-01T00:00:01Z","to":"0001-03-01T00:00:00Z"},"need":[{"id":"a","role":"r","k":2}]}`))
	f.Add([]byte(`{"duration_min":1440,"grid_min":1440,"tz":"Pacific/Apia","window":{"from":"9999-10-01T00:00:00Z","to":"9999-12-31T00:00:00Z"},"deadline":"0001-01-01T00:00:00Z","need":[{"id":"a","any_of":["p1"]}]}`))
	f.Add([]byte(`{"now":{},"window":[],"need":[[{"id":1}]]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := slots.ParseRequest(data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "slots: ") {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		if r.Window.To.Sub(r.Window.From) > 14*24*time.Hour { // the grid of 13 weeks by the minute is slow to fuzz
			return
		}
		if r.Now == nil {
			r.Now = &r.Window.From
		}
		people := []slots.Person{
			{ID: "p1", Roles: []string{"r", "gp@elvemo"}, Busy: []calendar.Interval{{Start: r.Window.From, End: r.Window.From.Add(time.Hour)}}},
			{ID: "p2", Roles: []string{"r", "pt@elvemo"}, HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:30"}}},
		}
		answer, err := slots.Find(r, people)
		if err != nil {
			return
		}
		for _, s := range answer.Suggestions {
			if v, err := slots.At(r, people, s.Start); err != nil || !v.Feasible {
				t.Errorf("suggested %v, At says %+v %v", s.Start, v, err)
			}
		}
	})
}
