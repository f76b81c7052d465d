package region

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/samtale/samtale/server/conference"
)

const whole = `name: Nord
zone: Europe/Oslo
holidays: NO
units:
  - {id: sykehus, name: Sykehuset, kind: hospital}
  - {id: med-a, name: Med A, kind: ward, parent: sykehus}
  - {id: elvemo, name: Elvemo, kind: municipality, travel_minutes: 100, link_grade: B}
people:
  - id: kari
    name: Kari Å. Nordmann
    email: kari@sykehus.example
    roles: [ward_nurse@med-a]
    hours: [{days: Mon-Fri, from: "07:30", to: "15:00"}]
    feeds: [{kind: busy, url: "https://mail.example/secret-4711.ics"}]
    phone: "+47 01 23 45 67"
    ask: [Syringe drivers, Who does what at night]
    languages: [nb, se]
    deputy: per
    phone_hours: [{days: Mon-Fri, from: "09:00", to: "10:00"}]
  - {id: per, name: Per, email: per@sykehus.example}
templates:
  - destination: home
    seats:
      - {id: nurse, need: required, any_of: [ward_nurse@origin]}
      - {id: patient, need: offered, guest: patient}
rosters:
  - id: night
    covers: duty_doctor@sykehus
    owner: kari
    hours: [{days: Mon-Sun, from: "00:00", to: "24:00"}]
    all_day_from: "08:00"
    feeds:
      - {url: "https://plan.example/secret-4711.ics"}
      - {url: /demo/ics/swaps.ics, layer: swap}
    deputy: ward_nurse@med-a
    phone: "116117"
  - {id: nurses, covers: ward_nurse@med-a, owner: kari}
`

func TestParse(t *testing.T) {
	r, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Units) != 3 || r.Units[1].Parent != "sykehus" || r.Units[2].TravelMinutes != 100 {
		t.Errorf("units %+v", r.Units)
	}
	p := r.People[0]
	if p.Access != "clinician" || p.Roles[0].String() != "ward_nurse@med-a" || p.Hours[0].To != "15:00" || p.Feeds[0].Kind != "busy" {
		t.Errorf("person %+v", p)
	}
	if !slices.Equal(p.Ask, []string{"Syringe drivers", "Who does what at night"}) || !slices.Equal(p.Languages, []string{"nb", "se"}) || p.Deputy != "per" ||
		p.PhoneHours[0].To != "10:00" || p.Phone != "+47 01 23 45 67" {
		t.Errorf("in the directory %+v", p)
	}
	if len(r.Templates[0].Seats) != 2 || r.Templates[0].Seats[0].AnyOf[0].Unit != "origin" {
		t.Errorf("templates %+v", r.Templates)
	}
}

func TestParseReadsRosters(t *testing.T) {
	r, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := []conference.Roster{
		{
			ID: "night", Covers: conference.RoleAt{Role: "duty_doctor", Unit: "sykehus"}, Owner: "kari", Hours: []conference.Hours{{Days: "Mon-Sun", From: "00:00", To: "24:00"}},
			AllDayFrom: "08:00", Deputy: conference.RoleAt{Role: "ward_nurse", Unit: "med-a"}, Phone: "116117",
			Feeds: []conference.RosterFeed{
				{URL: "https://plan.example/secret-4711.ics", Layer: conference.LayerBase}, {URL: "/demo/ics/swaps.ics", Layer: conference.LayerSwap},
			},
		},
		{ID: "nurses", Covers: conference.RoleAt{Role: "ward_nurse", Unit: "med-a"}, Owner: "kari"},
	}
	if !reflect.DeepEqual(r.Rosters, want) {
		t.Errorf("rosters %+v", r.Rosters)
	}
}

func TestDocumentedRegionHasNoMistakes(t *testing.T) {
	page, err := os.ReadFile("../../docs/region.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(page), "```yaml\n")
	example, _, ended := strings.Cut(example, "```")
	r, err := Parse([]byte(example))
	if !found || !ended || err != nil || len(r.Rosters) == 0 {
		t.Errorf("%d rosters, %v", len(r.Rosters), err)
	}
}

func TestParseTakesWhatFeedsAreFetchedBy(t *testing.T) {
	for _, scheme := range []string{"https", "webcal", "caldav", "caldav+http", "http"} {
		text := strings.Replace(whole, "https://mail.example", scheme+"://mail.example", 1)
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", scheme, err)
		}
	}
	r, err := Parse([]byte(strings.Replace(whole, "holidays: NO", "elsewhere: busy", 1)))
	if err != nil || r.Elsewhere != "busy" {
		t.Errorf("elsewhere %q, %v", r.Elsewhere, err)
	}
}

func TestParseReportsEveryMistakeWithItsLine(t *testing.T) {
	check := func(name, old, replacement string, want ...string) {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(whole, old, replacement, 1)
			if text == whole {
				t.Fatalf("%q does not stand in the file", old)
			}
			_, err := Parse([]byte(text))
			var faults *Errors
			if !errors.As(err, &faults) {
				t.Fatalf("error %v", err)
			}
			all := strings.Join(faults.Mistakes(), "\n")
			if len(faults.List) != len(want) {
				t.Errorf("%d mistakes, want %d:\n%s", len(faults.List), len(want), all)
			}
			for _, w := range want {
				if !strings.Contains(all, w) {
					t.Errorf("%q is missing in:\n%s", w, all)
				}
			}
			if strings.Contains(all, "4711") {
				t.Error("a feed's address is repeated")
			}
		})
	}
	check("unknown key", "link_grade: B", "link_grad: B", `7:73: a unit has no key "link_grad"`)
	check("missing key", "    email: kari@sykehus.example\n", "", `9:5: a person needs "email"`)
	check("unit without id", "{id: elvemo, name: Elvemo,", "{name: Elvemo,", `7:5: a unit needs "id"`)
	check("zone", "Europe/Oslo", "Mars/Olympus", `2:7: "Mars/Olympus" is no IANA time zone`)
	check("local day off", "zone: Europe/Oslo", "zone: Europe/Oslo\nclosed: [2026-12-24, 24.12.2026]", `"24.12.2026" is no date like 2026-12-24`)
	check("unknown role", "roles: [ward_nurse@med-a]", "roles: [ward_nurs@med-a, gp@nowhere, gp]", `the role "ward_nurs" is not known`, `12:30: there is no unit "nowhere"`, `"gp" is no role at a unit`)
	check("duplicate unit", "id: elvemo", "id: med-a", `the unit "med-a" stands on line 6 already`)
	check("circle", "{id: sykehus, name: Sykehuset, kind: hospital}", "{id: sykehus, name: Sykehuset, kind: hospital, parent: med-a}", `"sykehus" is above itself`, `"med-a" is above itself`)
	check("days and hours", `{days: Mon-Fri, from: "07:30", to: "15:00"}`, `{days: Fri-Mon, from: "25:00", to: "7"}`, "are no days", `"25:00" is no clock time`, `"7" is no clock time`)
	check("night", `from: "07:30", to: "15:00"`, `from: "22:00", to: "08:00"`, "before they begin")
	check("e-mail", "kari@sykehus.example", "kari at sykehus", "is no e-mail address")
	check("scheme", "https://mail.example/secret-4711.ics", "ftp://mail.example/secret-4711.ics", `begins with "ftp"`)
	check("origin for a person", "roles: [ward_nurse@med-a]", "roles: [ward_nurse@origin]", "allowed in templates only")
	check("seat without filler", "{id: patient, need: offered, guest: patient}", "{id: patient, need: offered}", "exactly one of them")
	check("phones", `phone: "+47 01 23 45 67"`, "phone: ask the switchboard", `"ask the switchboard" is no phone number`)
	check("a phone of two digits", `phone: "116117"`, `phone: "11"`, `36:12: "11" is no phone number`)
	check("a phone that dials more", `phone: "116117"`, `phone: "116117;ext=1"`, "is no phone number")
	check("ask: too long", "Syringe drivers", strings.Repeat("å", 61), "the text has 61 characters, 60 are allowed")
	check("ask: too many", "[Syringe drivers,", "["+strings.Repeat("a,", 8), "ask has 9 entries, 8 are allowed")
	check("languages", "[nb, se]", "[nb, Norsk, nb]", `"Norsk" is no language tag`, `the language "nb" stands twice`)
	check("phone hours", `from: "09:00", to: "10:00"`, `from: "09:00", to: "ten"`, `"ten" is no clock time`)
	check("nobody as deputy", "deputy: per", "deputy: pal", `18:13: there is no person "pal"`)
	check("own deputy", "deputy: per", "deputy: kari", `18:13: "kari" is their own deputy`)
	check("no deputy", "deputy: per", `deputy: ""`, "the id of a person is needed here")
	check("roster twice", "{id: nurses,", "{id: night,", `37:10: the roster "night" stands on line 27 already`)
	check("role covered twice", "covers: ward_nurse@med-a", "covers: duty_doctor@sykehus", "37:26: the roster on line 28 covers duty_doctor@sykehus already")
	check("nothing covered", "covers: duty_doctor@sykehus", "covers: duty_doctor@nowhere", `28:13: there is no unit "nowhere"`)
	check("unknown role covered", "covers: duty_doctor@sykehus", "covers: duty_docter@sykehus", `the role "duty_docter" is not known`)
	check("owner", "owner: kari\n    hours", "owner: karl\n    hours", `29:12: there is no person "karl"`)
	check("roster without owner", ", owner: kari}", "}", `a roster needs "owner"`)
	check("deputy is the role", "deputy: ward_nurse@med-a", "deputy: duty_doctor@sykehus", "35:13: duty_doctor@sykehus is its own deputy")
	check("deputy of a ward", "deputy: ward_nurse@med-a", "deputy: ward_nurse@origin", "allowed in templates only")
	check("whole days", `all_day_from: "08:00"`, `all_day_from: "8"`, `31:19: "8" is no clock time`)
	check("whole days from midnight", `all_day_from: "08:00"`, `all_day_from: "24:00"`, "begins at 00:00 to 23:59")
	check("layer", "layer: swap", "layer: swop", `"swop" is not one of [base swap override]`)
	check("roster's feed", `"https://plan.example/secret-4711.ics"`, "plan.example/secret-4711.ics", "33:15: the feed's url is no address")
	check("bad indentation", "  - id: kari\n", "  - id: kari\n   x\n", "mapping values are not allowed")
	check("a list instead of keys", "name: Nord\n", "- Nord\n", "1:1: did not find expected")
}

func TestParseEmptyAndHuge(t *testing.T) {
	for name, data := range map[string][]byte{"empty": nil, "comment": []byte("# nothing\n"), "list": []byte("[]"), "huge": make([]byte, maxBytes+1)} {
		var faults *Errors
		if _, err := Parse(data); !errors.As(err, &faults) || len(faults.List) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("name: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var faults *Errors
		if _, err := Parse(data); err != nil && !errors.As(err, &faults) {
			t.Errorf("an error without lines: %v", err)
		}
	})
}
