package region

import (
	"errors"
	"strings"
	"testing"
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
templates:
  - destination: home
    seats:
      - {id: nurse, need: required, any_of: [ward_nurse@origin]}
      - {id: patient, need: offered, guest: patient}
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
	if len(r.Templates[0].Seats) != 2 || r.Templates[0].Seats[0].AnyOf[0].Unit != "origin" {
		t.Errorf("templates %+v", r.Templates)
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
	check("unknown role", "roles: [ward_nurse@med-a]", "roles: [ward_nurs@med-a, gp@nowhere, gp]", `the role "ward_nurs" is not known`, `12:30: there is no unit "nowhere"`, `"gp" is no role at a unit`)
	check("duplicate unit", "id: elvemo", "id: med-a", `the unit "med-a" stands on line 6 already`)
	check("circle", "{id: sykehus, name: Sykehuset, kind: hospital}", "{id: sykehus, name: Sykehuset, kind: hospital, parent: med-a}", `"sykehus" is above itself`, `"med-a" is above itself`)
	check("days and hours", `{days: Mon-Fri, from: "07:30", to: "15:00"}`, `{days: Fri-Mon, from: "25:00", to: "7"}`, "are no days", `"25:00" is no clock time`, `"7" is no clock time`)
	check("night", `from: "07:30", to: "15:00"`, `from: "22:00", to: "08:00"`, "before they begin")
	check("e-mail", "kari@sykehus.example", "kari at sykehus", "is no e-mail address")
	check("scheme", "https://mail.example/secret-4711.ics", "ftp://mail.example/secret-4711.ics", `begins with "ftp"`)
	check("origin for a person", "roles: [ward_nurse@med-a]", "roles: [ward_nurse@origin]", "allowed in templates only")
	check("seat without filler", "{id: patient, need: offered, guest: patient}", "{id: patient, need: offered}", "exactly one of them")
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
