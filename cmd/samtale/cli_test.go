package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// command runs a command line as main does.
func command(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// event is one engagement in UTC: "20261127T100000Z".
func event(uid, start, end string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:" + start + "\r\nDTEND:" + end + "\r\nSUMMARY:hemmelig\r\nEND:VEVENT\r\n"
}

func calendarOf(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func file(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const secretPath = "/s3cr3t/basic.ics"

func site(t *testing.T, status int, content string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(content))
	}))
	t.Cleanup(s.Close)
	return s.URL + secretPath
}

var (
	morning = event("1", "20261127T080000Z", "20261127T093000Z")
	noon    = event("2", "20261127T093000Z", "20261127T110000Z") // joins the morning
	evening = event("3", "20261127T220000Z", "20261128T020000Z") // ends after the window
)

func TestBusy_prints(t *testing.T) {
	const from, to = "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"
	folder := t.TempDir()
	whole := calendarOf(evening, noon, morning)
	path := file(t, folder, "a.ics", whole)
	const both = `{"busy":[{"start":"2026-11-27T08:00:00Z","end":"2026-11-27T11:00:00Z"},{"start":"2026-11-27T22:00:00Z","end":"2026-11-28T00:00:00Z"}],"tentative":[],"warnings":[]}` + "\n"
	const nothing = `{"busy":[],"tentative":[],"warnings":[]}` + "\n"
	check := func(name, want, stdin string, args ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(stdin, append([]string{"busy"}, args...)...)
			if code != 0 || out != want || errs != "" {
				t.Errorf("exit %d\n%s%s, want\n%s", code, out, errs, want)
			}
		})
	}
	check("file", both, "", "--from", from, "--to", to, path)
	check("standard_input", both, whole, "--from", from, "--to", to, "-")
	check("url", both, "", "--from", from, "--to", to, site(t, 200, whole))
	check("equals_signs", both, "", "--from="+from, "--to="+to, path)
	check("file_first", both, "", path, "--from", from, "--to", to)
	check("zone", both, "", "--from", from, "--to", to, "--zone", "Europe/Oslo", path)
	check("offsets_are_printed_as_utc", both, "", "--from", "2026-11-27T01:00:00+01:00", "--to", "2026-11-27T19:00:00-05:00", path)
	check("clipped", `{"busy":[{"start":"2026-11-27T09:00:00Z","end":"2026-11-27T09:10:00Z"}],"tentative":[],"warnings":[]}`+"\n", "", "--from", "2026-11-27T09:00:00Z", "--to", "2026-11-27T09:10:00Z", path)
	check("half_open", nothing, "", "--from", "2026-11-27T11:00:00Z", "--to", "2026-11-27T22:00:00Z", path)
	check("no_events", nothing, "", "--from", from, "--to", to, file(t, folder, "empty.ics", calendarOf()))

	day := strings.Replace(event("4", "X", "Y"), "DTSTART:X\r\nDTEND:Y", "DTSTART;VALUE=DATE:20261127", 1)
	allDay := file(t, folder, "day.ics", calendarOf(day))
	check("all_day_in_utc", `{"busy":[{"start":"2026-11-27T00:00:00Z","end":"2026-11-28T00:00:00Z"}],"tentative":[],"warnings":[]}`+"\n", "", "--from", "2026-11-26T00:00:00Z", "--to", "2026-11-29T00:00:00Z", allDay)
	check("all_day_in_oslo", `{"busy":[{"start":"2026-11-26T23:00:00Z","end":"2026-11-27T23:00:00Z"}],"tentative":[],"warnings":[]}`+"\n", "", "--from", "2026-11-26T00:00:00Z", "--to", "2026-11-29T00:00:00Z", "--zone", "Europe/Oslo", allDay)
	maybe := strings.Replace(noon, "SUMMARY", "STATUS:TENTATIVE\r\nSUMMARY", 1)
	check("tentative", `{"busy":[],"tentative":[{"start":"2026-11-27T09:30:00Z","end":"2026-11-27T11:00:00Z"}],"warnings":[]}`+"\n", calendarOf(maybe), "--from", from, "--to", to, "-")
}

// TestBusy_adds reads several calendars of one person.
func TestBusy_adds(t *testing.T) {
	folder := t.TempDir()
	first, second := file(t, folder, "a.ics", calendarOf(morning)), file(t, folder, "b.ics", calendarOf(noon))
	maybe := strings.Replace(event("4", "20261127T090000Z", "20261127T120000Z"), "SUMMARY", "STATUS:TENTATIVE\r\nSUMMARY", 1)
	window := []string{"--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z"}
	check := func(name, want, stdin string, args ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(stdin, append([]string{"busy"}, append(window, args...)...)...)
			if code != 0 || out != want+"\n" || errs != "" {
				t.Errorf("exit %d\n%s%s, want\n%s", code, out, errs, want)
			}
		})
	}
	const busy = `"busy":[{"start":"2026-11-27T08:00:00Z","end":"2026-11-27T11:00:00Z"}]`
	const left = `"tentative":[{"start":"2026-11-27T11:00:00Z","end":"2026-11-27T12:00:00Z"}]`
	check("two_files", "{"+busy+`,"tentative":[],"warnings":[]}`, "", first, second)
	check("a_file_and_a_url", "{"+busy+`,"tentative":[],"warnings":[]}`, "", first, site(t, 200, calendarOf(noon)))
	check("twice_the_same", `{"busy":[{"start":"2026-11-27T08:00:00Z","end":"2026-11-27T09:30:00Z"}],"tentative":[],"warnings":[]}`, "", first, first)
	check("tentative_is_less_what_another_is_busy", "{"+busy+","+left+`,"warnings":[]}`, calendarOf(maybe), first, "-", second)
	check("explained", "{"+busy+","+left+`,"warnings":[],"explain":[`+
		`{"start":"2026-11-27T08:00:00Z","end":"2026-11-27T11:00:00Z","state":"busy","uids":["1","2"]},`+
		`{"start":"2026-11-27T11:00:00Z","end":"2026-11-27T12:00:00Z","state":"tentative","uids":["4"]}]}`, calendarOf(maybe), first, "-", second, "--explain")
	check("nothing_explained", `{"busy":[],"tentative":[],"warnings":[],"explain":[]}`, calendarOf(), "--explain", "-")
	vague := event("5", "X", "20261127T120000Z")
	check("unknown_explained", `{"busy":[],"tentative":[],"unknown":[{"start":"2026-11-27T00:00:00Z","end":"2026-11-28T00:00:00Z"}],`+
		`"warnings":[{"uid":"5","line":3,"code":"start","text":"an event has a DTSTART that is no date; the day it seems to be on is unknown"}],`+
		`"explain":[{"start":"2026-11-27T00:00:00Z","end":"2026-11-28T00:00:00Z","state":"unknown","uids":["5"]}]}`, calendarOf(vague), "--explain", "-")
}

func TestBusy_counts(t *testing.T) {
	vague := event("5", "X", "20261127T120000Z")
	whole := calendarOf(morning, noon, evening, vague)
	folder := t.TempDir()
	path := file(t, folder, "a.ics", calendarOf(morning))
	code, out, errs := command(whole, "busy", "--stats", "--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z", path, "-")
	var answer busyAnswer
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 || errs != "" || answer.Stats == nil {
		t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	s := answer.Stats
	if s.Events != 5 || s.Instances != 5 || s.Bytes != len(whole)+len(calendarOf(morning)) || len(s.Warnings) != 1 || s.Warnings["start"] != 1 || s.Milliseconds <= 0 || s.MegabytesPerSecond <= 0 {
		t.Errorf("%s", out)
	}
	if answer.Explain != nil {
		t.Errorf("explained without being asked: %s", out)
	}
}

// TestBusy_large reads up to 64 MiB.
func TestBusy_large(t *testing.T) {
	const line = "COMMENT:"
	window := []string{"busy", "--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z", "-"}
	whole := calendarOf(morning, line+strings.Repeat("x", maxInput-len(calendarOf(morning, line, "\r\n")))+"\r\n")
	if code, out, errs := command(whole, window...); code != 0 || !strings.Contains(out, "08:00:00Z") {
		t.Errorf("%d bytes: exit %d, %s%s", len(whole), code, out, errs)
	}
	if code, _, errs := command(whole+"\n", window...); code != 1 || !strings.Contains(errs, "64 MiB") {
		t.Errorf("%d bytes: exit %d, %s", len(whole)+1, code, errs)
	}
}

func TestBusy_warns(t *testing.T) {
	broken := strings.Replace(noon, "DTSTART:20261127", "DTSTART:2026", 1)
	code, out, errs := command(calendarOf(morning, broken), "busy", "--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z", "-")
	var answer busyAnswer
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 || errs != "" {
		t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	if len(answer.Busy) != 1 || len(answer.Warnings) != 1 || answer.Warnings[0].UID != "2" || answer.Warnings[0].Code == "" || answer.Warnings[0].Text == "" {
		t.Errorf("%s", out)
	}
	if strings.Contains(out, "hemmelig") {
		t.Errorf("a title is printed: %s", out)
	}
}

func TestBusy_fails(t *testing.T) {
	window := []string{"--from", "2026-11-27T00:00:00Z", "--to", "2026-11-28T00:00:00Z"}
	folder := t.TempDir()
	check := func(name string, want int, says string, args ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			code, out, errs := command("", append([]string{"busy"}, args...)...)
			if code != want || out != "" || !strings.Contains(errs, says) {
				t.Errorf("exit %d, printed %q and told %q; want %d and %q", code, out, errs, want, says)
			}
			if strings.Contains(errs, "s3cr3t") {
				t.Errorf("the key of a calendar is told: %q", errs)
			}
		})
	}
	with := func(args ...string) []string { return append(append([]string{}, window...), args...) }
	check("no_such_file", 1, "no-such.ics", with(filepath.Join(folder, "no-such.ics"))...)
	check("folder", 1, folder, with(folder)...)
	check("empty_input", 1, "empty", with("-")...)
	check("page", 1, "not an iCalendar", with(file(t, folder, "page.ics", "<html>Sign in</html>"))...)
	check("cut_off", 1, "ends too early", with(file(t, folder, "cut.ics", strings.TrimSuffix(calendarOf(morning), "END:VCALENDAR\r\n")))...)
	check("page_at_a_url", 1, "not a calendar", with(site(t, 200, "<html>Sign in</html>"))...)
	check("not_found_at_a_url", 1, "404", with(site(t, 404, ""))...)

	check("nothing", 2, "--from is missing")
	check("no_from", 2, "--from is missing", "--to", "2026-11-28T00:00:00Z", "a.ics")
	check("no_to", 2, "--to is missing", "--from", "2026-11-28T00:00:00Z", "a.ics")
	check("no_file", 2, "FILE, URL or - is missing", window...)
	check("two_files_one_missing", 1, "no-such.ics", with(file(t, folder, "good.ics", calendarOf(morning)), filepath.Join(folder, "no-such.ics"))...)
	check("two_files_one_cut_off", 1, "cut.ics: ", with(file(t, folder, "good.ics", calendarOf(morning)), file(t, folder, "cut.ics", "BEGIN:VCALENDAR\r\n"))...)
	check("two_urls_one_empty", 1, "127.0.0.1", with(site(t, 200, calendarOf(morning)), site(t, 200, "BEGIN:VCALENDAR\r\n"))...)
	check("standard_input_twice", 2, "twice", with("-", "-")...)
	check("empty_name", 2, "FILE, URL or - is missing", with("a.ics", "")...)
	check("no_value", 2, "-to", "--from", "2026-11-27T00:00:00Z", "--to")
	check("not_an_instant", 2, `"tomorrow"`, "--from", "tomorrow", "--to", "2026-11-28T00:00:00Z", "a.ics")
	check("instant_without_zone", 2, `"2026-11-27T00:00:00"`, "--from", "2026-11-27T00:00:00", "--to", "2026-11-28T00:00:00Z", "a.ics")
	check("window_without_length", 2, "2026-11-27T00:00:00Z", "--from", "2026-11-27T00:00:00Z", "--to", "2026-11-27T01:00:00+01:00", "a.ics")
	check("window_reversed", 2, "2026-11-26T00:00:00Z", "--from", "2026-11-27T00:00:00Z", "--to", "2026-11-26T00:00:00Z", "a.ics")
	check("zone_unknown", 2, `"Mars/Base"`, with("--zone", "Mars/Base", "a.ics")...)
	check("zone_of_this_machine", 2, `"Local"`, with("--zone", "Local", "a.ics")...)
	check("zone_empty", 2, "zone", with("--zone", "", "a.ics")...)
	check("unknown_flag", 2, "-verbose", with("--verbose", "a.ics")...)
}

func TestHelp(t *testing.T) {
	for _, name := range []string{"busy", "suggest"} {
		code, out, errs := command("", name, "--help")
		if code != 0 || errs != "" || !strings.HasPrefix(out, "usage: samtale "+name) {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
	}
}
