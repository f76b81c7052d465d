package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/samtale/samtale/calendar/slots"
)

// request is a search on Friday 27 November 2026, 8 to 12 in Oslo, for one doctor and one nurse. The people are the case's.
func request(people string) string {
	return `{"duration_min":30,"grid_min":30,"tz":"Europe/Oslo","now":"2026-11-26T12:00:00Z","list":"starts",
		"window":{"from":"2026-11-27T08:00:00+01:00","to":"2026-11-27T12:00:00+01:00"},
		"need":[{"id":"doctor","role":"gp@nord"},{"id":"nurse","role":"nurse"}],"people":[` + people + `]}`
}

func TestSuggest_answers(t *testing.T) {
	folder := t.TempDir()
	file(t, folder, "doctor.ics", calendarOf(morning)) // 9.00 to 10.30 in Oslo
	file(t, folder, "sub/nurse.ics", calendarOf(noon)) // 10.30 to 12.00
	file(t, folder, "shift.ics", calendarOf(event("5", "20261127T070000Z", "20261127T080000Z")))
	file(t, folder, "page.ics", "<html>Sign in</html>")
	file(t, folder, "cut.ics", "BEGIN:VCALENDAR\r\n")
	file(t, folder, "nothing.ics", "")
	check := func(name, people, starts, freshness string, unknown int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			code, out, errs := command("", "suggest", file(t, folder, "request.json", request(people)))
			var answer slots.Answer
			if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 {
				t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
			}
			var got []string
			for _, s := range answer.Starts {
				got = append(got, s.Format("15.04"))
			}
			if strings.Join(got, " ") != starts {
				t.Errorf("starts %q, want %q", strings.Join(got, " "), starts)
			}
			if answer.Freshness["d"] != freshness {
				t.Errorf("freshness %v, want %q", answer.Freshness, freshness)
			}
			for _, s := range answer.Suggestions {
				if len(s.Unknown) != unknown {
					t.Errorf("%v is offered with %q unknown, want %d", s.Start, s.Unknown, unknown)
				}
			}
			if failed := strings.HasPrefix(freshness, "unknown") && freshness != "unknown: given"; failed != strings.Contains(errs, "people[0].feeds[0]") || strings.Contains(errs+out, "s3cr3t") {
				t.Errorf("told %q", errs)
			}
			for _, list := range []string{`"suggestions":null`, `"because":null`, `"relax":null`} {
				if strings.Contains(out, list) {
					t.Errorf("%s", list)
				}
			}
		})
	}
	doctor := func(rest string) string { return `{"id":"d","role":"gp","place":"nord"` + rest + `},` }
	const nurse = `{"id":"n","role":"nurse","feeds":[{"path":"sub/nurse.ics","kind":"busy"}]}`
	const anyNurse = `{"id":"n","role":"nurse"}`
	const all = "07.00 07.30 08.00 08.30 09.00 09.30 10.00 10.30"
	check("two_calendars", doctor(`,"feeds":[{"path":"doctor.ics"}]`)+nurse, "07.00 07.30", "0m", 0)
	check("no_calendars", doctor("")+anyNurse, all, "no calendar", 0)
	check("roles", `{"id":"d","roles":["doctor","gp"],"place":"nord"},{"id":"n","roles":["nurse"]}`, all, "no calendar", 0)
	check("busy", doctor(`,"busy":[{"start":"2026-11-27T09:00:00+01:00","end":"2026-11-27T10:31:00+01:00"}]`)+anyNurse, "07.00 07.30 10.00 10.30", "given", 0)
	check("unknown", doctor(`,"unknown":true,"busy":[{"start":"2026-11-27T08:00:00Z","end":"2026-11-27T09:00:00Z"}]`)+anyNurse,
		"07.00 07.30 09.00 09.30 10.00 10.30", "unknown: given", 1)
	check("zone_by_its_old_name", doctor(`,"zone":"Europe/Helsinki","hours":[{"days":"Fri","from":"09:00","to":"10:00"}]`)+anyNurse, "07.00 07.30", "no calendar", 0)
	check("role_and_place_in_one", `{"id":"d","role":"gp@nord"},`+anyNurse, all, "no calendar", 0)
	check("of_a_url", doctor(`,"feeds":[{"url":"`+site(t, 200, calendarOf(morning))+`"}]`)+anyNurse, "07.00 07.30 09.30 10.00 10.30", "0m", 0)
	check("hours", doctor(`,"hours":[{"days":"Mon-Fri","from":"08:00","to":"09:30"}]`)+anyNurse, "07.00 07.30 08.00", "no calendar", 0)
	check("hours_of_another_zone", doctor(`,"tz":"Europe/Helsinki","hours":[{"days":"Mon-Fri","from":"08:00","to":"09:30"}]`)+anyNurse, "07.00", "no calendar", 0)
	check("calendar_of_hours", doctor(`,"feeds":[{"path":"shift.ics","kind":"hours"}]`)+anyNurse, "07.00 07.30", "0m", 0)
	check("duty_is_no_working_time", doctor(`,"feeds":[{"path":"shift.ics","kind":"duty"}]`)+anyNurse, "", "0m", 0)
	check("no_such_file", doctor(`,"feeds":[{"path":"no-such.ics"}]`)+anyNurse, all, "unknown: not_found", 1)
	check("file_named_like_standard_input", doctor(`,"feeds":[{"path":"-"}]`)+anyNurse, all, "unknown: not_found", 1)
	check("page", doctor(`,"feeds":[{"path":"page.ics"}]`)+anyNurse, all, "unknown: not_calendar", 1)
	check("cut_off", doctor(`,"feeds":[{"path":"cut.ics"}]`)+anyNurse, all, "unknown: unreadable", 1)
	check("empty_file", doctor(`,"feeds":[{"path":"nothing.ics"}]`)+anyNurse, all, "unknown: unreadable", 1)
	check("refused_by_the_server", doctor(`,"feeds":[{"url":"`+site(t, 403, "")+`"}]`)+anyNurse, all, "unknown: refused", 1)
	check("gone_from_the_server", doctor(`,"feeds":[{"url":"`+site(t, 410, "")+`"}]`)+anyNurse, all, "unknown: not_found", 1)
	check("server_in_trouble", doctor(`,"feeds":[{"url":"`+site(t, 500, "")+`"}]`)+anyNurse, all, "unknown: unreachable", 1)
	check("what_is_busy_stays_busy", doctor(`,"feeds":[{"path":"no-such.ics"},{"path":"doctor.ics"}]`)+anyNurse, "07.00 07.30 09.30 10.00 10.30", "unknown: not_found", 1)
}

func TestSuggest_shares_the_burden(t *testing.T) {
	late := `,"hours":[{"days":"Mon-Fri","from":"13:00","to":"15:00"}]`
	text := strings.Replace(request(`{"id":"tired","role":"gp@nord","burden":600`+late+`},{"id":"rested","role":"gp@nord"`+late+`},{"id":"n","role":"nurse"}`),
		`"need"`, `"policy":{"outside_hours":"last_resort"},"need"`, 1)
	code, out, errs := command(text, "suggest", "-")
	if code != 0 || !strings.Contains(out, `"doctor":["rested"]`) || strings.Contains(out, `"doctor":["tired"]`) || !strings.Contains(out, `"after_hours_burden"`) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestSuggest_excludes_unknown(t *testing.T) {
	text := strings.Replace(request(`{"id":"d","role":"gp@nord","feeds":[{"path":"/no/such.ics"}]},{"id":"n","role":"nurse"}`), `"need"`, `"policy":{"unknown":"exclude"},"need"`, 1)
	code, out, errs := command(text, "suggest", "-")
	if code != 0 || !strings.HasPrefix(out, `{"feasible":0,"starts":[],"suggestions":[],`) || !strings.Contains(errs, "not_found") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestSuggest_knows_the_present(t *testing.T) {
	code, out, errs := command(strings.Replace(request(`{"id":"d","role":"gp@nord"},{"id":"n","role":"nurse"}`), `"now":"2026-11-26T12:00:00Z",`, "", 1), "suggest", "-")
	if code != 0 || !strings.Contains(out, `"starts_total":8`) || errs != "" {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestSuggest_fails(t *testing.T) {
	check := func(name, stdin string, want int, says string, args ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(stdin, append([]string{"suggest"}, args...)...)
			if code != want || out != "" || !strings.Contains(errs, says) {
				t.Errorf("exit %d, printed %q and told %q; want %d and %q", code, out, errs, want, says)
			}
		})
	}
	person := func(rest string) string { return request(`{"id":"d","role":"gp@nord"` + rest + `}`) }
	check("no_such_file", "", 1, "no-such.json", "no-such.json")
	check("not_json", "{", 1, "not JSON", "-")
	check("empty", "", 1, "not JSON", "-")
	check("nothing_named", "", 2, "REQUEST.json or - is missing")
	check("two_named", "", 2, `"b.json"`, "a.json", "b.json")
	check("unknown_flag", "", 2, "-limit", "--limit", "3", "-")
	check("not_an_object", "[]", 2, "JSON object", "-")
	check("null", "null", 2, "JSON object", "-")
	check("unknown_field", `{"lenght_min":30}`, 2, `"lenght_min"`, "-")
	check("wrong_type", `{"duration_min":"30"}`, 2, "duration_min: string", "-")
	check("window_reversed", strings.Replace(person(""), "T12:00:00+01:00", "T08:00:00+01:00", 1), 2, "window.to 2026-11-27T07:00:00Z", "-")
	check("not_an_instant", strings.Replace(person(""), "2026-11-27T08:00:00+01:00", "tomorrow", 1), 2, "window.from", "-")
	check("unknown_field_of_a_person", person(`,"rank":1`), 2, `"rank"`, "-")
	check("wrong_type_in_a_person", person(`,"hours":"8-16"`), 2, "people[0].hours: string", "-")
	check("person_without_id", strings.Replace(person(""), `"id":"d"`, `"id":""`, 1), 2, "people[0].id", "-")
	check("zone_unknown", person(`,"tz":"Mars/Base"`), 2, `people[0].tz: "Mars/Base"`, "-")
	check("hours_reversed", person(`,"hours":[{"days":"Mon","from":"16:00","to":"08:00"}]`), 2, "people[0].hours[0]", "-")
	check("unknown_field_of_a_feed", person(`,"feeds":[{"file":"a.ics"}]`), 2, `people[0].feeds[0]: unknown field "file"`, "-")
	check("role_empty", person(`,"roles":["gp",""]`), 2, "people[0].roles[1]: empty", "-")
	check("burden_negative", person(`,"burden":-1`), 2, "people[0].burden -1", "-")
	check("busy_reversed", person(`,"busy":[{"start":"2026-11-27T09:00:00Z","end":"2026-11-27T08:00:00Z"}]`), 2, "people[0].busy[0].end 2026-11-27T08:00:00Z", "-")
	check("busy_without_offset", person(`,"busy":[{"start":"2026-11-27T09:00","end":"2026-11-27T10:00:00Z"}]`), 2, `people[0].busy[0].start "2026-11-27T09:00"`, "-")
	check("kind_unknown", person(`,"feeds":[{"path":"a.ics","kind":"holiday"}]`), 2, `people[0].feeds[0]: kind "holiday"`, "-")
	check("feed_of_nothing", person(`,"feeds":[{"kind":"busy"}]`), 2, "path or url is missing", "-")
	check("feed_of_both", person(`,"feeds":[{"path":"a.ics","url":"https://cal.example/"}]`), 2, `path "a.ics" and url`, "-")
	check("feed_of_no_url", person(`,"feeds":[{"url":"cal.example/s3cr3t"}]`), 2, "feeds[0]: url: want https", "-")
}

func TestSuggest_travel(t *testing.T) {
	folder := t.TempDir()
	visit := strings.Replace(calendarOf(event("7", "20261127T090000Z", "20261127T093000Z")), "END:VEVENT", "LOCATION:Tindvik helsehus\r\nEND:VEVENT", 1) // 10.00 to 10.30 in Oslo
	file(t, folder, "away.ics", visit)
	check := func(name, place, policy, want string) {
		t.Helper()
		people := `{"id":"d","role":"gp@nord","place":"` + place + `","feeds":[{"path":"away.ics","kind":"busy"}]},{"id":"n","role":"nurse"}`
		body := strings.Replace(request(people), `"list":"starts",`, `"list":"starts","policy":{`+policy+`},`, 1)
		code, out, errs := command("", "suggest", file(t, folder, "request.json", body))
		var answer slots.Answer
		if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 {
			t.Fatalf("%s: exit %d, %v\n%s%s", name, code, err, out, errs)
		}
		var got []string
		for _, s := range answer.Starts {
			got = append(got, s.Format("15.04"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: starts %q, want %q", name, strings.Join(got, " "), want)
		}
	}
	check("no travelling asked for", "nord", "", "07.00 07.30 08.00 08.30 09.30 10.00 10.30")
	check("an hour there and an hour back", "nord", `"travel_min":60`, "07.00 07.30 10.30")
	check("at home there is nothing to travel", "Tindvik", `"travel_min":60`, "07.00 07.30 08.00 08.30 09.30 10.00 10.30")
}
