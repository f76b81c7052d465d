package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// answers are what a CalDAV server that is written for a test says to a question, which is named by its method or by the root
// element of its body. A text that begins with a number has that status, else 207.
type answers map[string]string

// scripted serves /cal/ by answers, which a test may change between two fetches. asked gets the questions.
func scripted(t *testing.T, a answers, asked *[]string) *httptest.Server {
	t.Helper()
	return server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		question := questionOf(r.Method, body)
		if asked != nil {
			*asked = append(*asked, question)
		}
		answer, ok := a[question+" "+r.URL.Path]
		if !ok {
			answer = a[question]
		}
		status := http.StatusMultiStatus
		if n, err := fmt.Sscanf(answer, "%d", &status); n == 1 && err == nil {
			answer = answer[3:]
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	})
}

func questionOf(method string, body []byte) string {
	for _, root := range []string{"sync-collection", "calendar-query", "calendar-multiget"} {
		if bytes.Contains(body, []byte(":"+root+" ")) {
			return strings.TrimPrefix(root, "calendar-")
		}
	}
	return method
}

func multi(responses ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><multistatus xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/">` +
		strings.Join(responses, "\n") + `</multistatus>`
}

func found(href, properties string) string {
	return `<response><href>` + href + `</href><propstat><prop>` + properties + `</prop><status>HTTP/1.1 200 OK</status></propstat></response>`
}

func gone(href string) string {
	return `<response><href>` + href + `</href><status>HTTP/1.1 404 Not Found</status></response>`
}

func listed(name, tag string) string { return found("/cal/"+name, "<getetag>"+tag+"</getetag>") }

func data(name, tag, text string) string {
	return found("/cal/"+name, "<getetag>"+tag+"</getetag><c:calendar-data>"+text+"</c:calendar-data>")
}

const calendarType = "<resourcetype><collection/><c:calendar/></resourcetype>"

// calendarWith is a calendar with two objects, and the given properties and changes.
func calendarWith(properties string, changed answers) answers {
	a := answers{
		"PROPFIND": multi(found("/cal/", calendarType+properties)),
		"query":    multi(listed("a.ics", "1"), listed("b.ics", "2")),
		"multiget": multi(data("a.ics", "1", eventText("a", "20261101T080000Z", "first")), data("b.ics", "2", eventText("b", "20261102T080000Z", "second"))),
	}
	maps.Copy(a, changed)
	return a
}

func davSource(s *httptest.Server) Source {
	return Source{URL: strings.Replace(s.URL, "http://", "caldav+http://", 1) + "/cal/?key=" + secret, User: "kari", Password: secret}
}

// again is the source for the fetch after one.
func again(s Source, r Result) Source {
	s.State = r.State
	if !r.NotModified {
		s.Body = r.Body
	}
	return s
}

func TestFetch_caldav_objects(t *testing.T) {
	whole := eventText("a", "20261101T080000Z", "first")
	check := func(name string, changed answers, missing int, holds ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			result, err := New(plain()).Fetch(t.Context(), davSource(scripted(t, calendarWith("", changed), nil)))
			if err != nil || result.Missing != missing || len(result.State) == 0 {
				t.Fatalf("%v, missing %d\n%s", err, result.Missing, result.Body)
			}
			for _, h := range holds {
				if !strings.Contains(strings.ReplaceAll(string(result.Body), "\r\n", "\n"), strings.ReplaceAll(h, "\r\n", "\n")) {
					t.Errorf("lacks %q:\n%s", h, result.Body)
				}
			}
			if _, _, open := calendarsIn(result.Body); open != 0 {
				t.Errorf("%d calendars are left open:\n%s", open, result.Body)
			}
		})
	}
	b := data("b.ics", "2", whole)
	check("both", nil, 0, whole, "second")
	check("one_is_gone", answers{"multiget": multi(gone("/cal/a.ics"), b)}, 0, "first")
	check("one_fails", answers{"multiget": multi(`<response><href>/cal/a.ics</href><status>HTTP/1.1 500 No</status></response>`, b)}, 1, "first")
	check("one_has_no_data", answers{"multiget": multi(listed("a.ics", "1"), b)}, 1, "first")
	check("data_in_a_failed_propstat", answers{"multiget": multi(strings.Replace(data("a.ics", "1", whole), "200 OK", "403 No", 1), b)}, 1, "first")
	check("one_is_left_out", answers{"multiget": multi(b)}, 1, "first")
	check("none_comes", answers{"multiget": multi()}, 2, noObjects)
	check("one_nobody_asked_for", answers{"multiget": multi(data("c.ics", "1", "x"), data("a.ics", "1", whole), b)}, 0, "first")
	check("a_page", answers{"multiget": multi(data("a.ics", "1", "&lt;html>"), b)}, 1, "first")
	check("empty", answers{"multiget": multi(data("a.ics", "1", ""), b)}, 1, "first")
	check("cut", answers{"multiget": multi(data("a.ics", "1", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:cut"), b)}, 0, "UID:cut\nEND:VCALENDAR\n", "first")
	check("cut_in_a_folded_line", answers{"multiget": multi(data("a.ics", "1", "BEGIN:VCAL\n ENDAR\nUID:cut\n"), b)}, 1, "first") // not taken for one
	check("junk_around", answers{"multiget": multi(data("a.ics", "1", "\ufeff junk\n"+whole+"tail"), b)}, 0, "first", "END:VCALENDAR\nBEGIN:VCALENDAR")
	check("end_in_a_folded_line", answers{"multiget": multi(data("a.ics", "1", strings.TrimSuffix(whole, "\r\n")+"\n x"), b)}, 0, " x\r\nEND:VCALENDAR")
	check("in_cdata", answers{"multiget": multi(data("a.ics", "1", "<![CDATA["+whole+"]]>"), b)}, 0, "first")
	check("names_escaped_otherwise", answers{
		"query":    multi(found("/c%61l/%C3%A5%20b.ics", "<getetag>1</getetag>"), listed("b.ics", "2")),
		"multiget": multi(found("/cal/å%20b.ics", "<c:calendar-data>"+eventText("å", "20261101T080000Z", "other")+"</c:calendar-data>"), b),
	}, 0, "other", "first")
	check("absolute_hrefs_by_another_scheme", answers{"query": multi(found("https://127.0.0.1:99/cal/a.ics", "<getetag>1</getetag>"), listed("b.ics", "2"))}, 0, "first", "second")
	check("empty_calendar", answers{"query": multi()}, 0, noObjects)
	check("no_queries", answers{"query": "501", "PROPFIND": multi(found("/cal/", calendarType), listed("a.ics", "1"), listed("b.ics", "2"))}, 0, "first", "second")
	check("objects_elsewhere", answers{"query": multi(listed("b.ics", "2"), found("/other/x.ics", ""), found("http://evil.example/cal/x.ics", ""))}, 2, "second")
}

// TestFetch_caldav_broken_object: of many objects two make the XML unreadable, and only they are missing.
func TestFetch_caldav_broken_object(t *testing.T) {
	const objects = 150
	var list []string
	for i := range objects {
		list = append(list, listed(fmt.Sprintf("%d.ics", i), "1"))
	}
	a := calendarWith("", answers{"query": multi(list...)})
	requests := 0
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		body, _ := io.ReadAll(r.Body)
		question := questionOf(r.Method, body)
		w.WriteHeader(http.StatusMultiStatus)
		if question != "multiget" {
			io.WriteString(w, a[question])
			return
		}
		var parts []string
		for _, p := range strings.Split(string(body), "/cal/")[1:] {
			name, _, _ := strings.Cut(p, "<")
			text := eventText(name, "20261101T080000Z", "x")
			if name == "17.ics" || name == "99.ics" {
				text = strings.Replace(text, "x", "\x0b\xff", 1)
			}
			parts = append(parts, data(name, "1", text))
		}
		io.WriteString(w, multi(parts...))
	})
	source := davSource(s)
	result, err := New(plain()).Fetch(t.Context(), source)
	if err != nil || result.Missing != 2 || bytes.Count(result.Body, []byte("BEGIN:VEVENT")) != objects-2 {
		t.Fatalf("%v, missing %d, %d events", err, result.Missing, bytes.Count(result.Body, []byte("BEGIN:VEVENT")))
	}
	if requests > 40 {
		t.Errorf("%d requests", requests)
	}
	requests = 0
	result, err = New(plain()).Fetch(t.Context(), again(source, result))
	if err != nil || !result.NotModified || result.Missing != 2 || requests > 8 {
		t.Errorf("%v, not modified %t, missing %d, %d requests", err, result.NotModified, result.Missing, requests)
	}
}

func TestFetch_caldav_incremental(t *testing.T) {
	moved := eventText("a", "20261103T080000Z", "moved")
	var asked []string
	check := func(name, properties string, first, then answers, want string, notModified bool, holds, lacks string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			a := calendarWith(properties, first)
			source := davSource(scripted(t, a, &asked))
			result, err := New(plain()).Fetch(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			source = again(source, result)
			asked = nil
			maps.Copy(a, then)
			result, err = New(plain()).Fetch(t.Context(), source)
			body := string(again(source, result).Body)
			if err != nil || strings.Join(asked, " ") != want || result.NotModified != notModified {
				t.Errorf("asked %q, want %q; %v, not modified %t", asked, want, err, result.NotModified)
			}
			if !strings.Contains(body, holds) || (lacks != "" && strings.Contains(body, lacks)) {
				t.Errorf("%s", body)
			}
		})
	}
	const token = "<sync-token>t1</sync-token>"
	page := func(token string, responses ...string) string {
		return multi(append(responses, "<sync-token>"+token+"</sync-token>")...)
	}
	changed := answers{"query": multi(listed("a.ics", "3"), listed("b.ics", "2")), "multiget": multi(data("a.ics", "3", moved))}
	with := func(key, answer string) answers {
		a := maps.Clone(changed)
		a[key] = answer
		return a
	}
	more := `<response><href>/cal/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>`

	check("token_nothing", token, nil, answers{"sync-collection": page("t2")}, "sync-collection", true, "first", "")
	check("token_itself_listed", token, nil, answers{"sync-collection": page("t2", found("/cal/", "<getetag>x</getetag>"), found("/cal", ""))}, "sync-collection", true, "first", "")
	check("token_known_version", token, nil, answers{"sync-collection": page("t2", listed("a.ics", "1"))}, "sync-collection", true, "first", "")
	check("token_changed", token, nil, with("sync-collection", page("t2", listed("a.ics", "3"))), "sync-collection multiget", false, "moved", "first")
	check("token_gone", token, nil, answers{"sync-collection": page("t2", gone("/cal/a.ics"))}, "sync-collection", false, "second", "first")
	check("token_gone_that_never_was", token, nil, answers{"sync-collection": page("t2", gone("/cal/z.ics"))}, "sync-collection", true, "second", "")
	check("all_gone", token, nil, answers{"sync-collection": page("t2", gone("/cal/a.ics"), gone("/cal/b.ics"))}, "sync-collection", false, noObjects, "first")
	relisted := "PROPFIND query multiget"
	check("token_refused_403", token, nil, with("sync-collection", "403<error xmlns='DAV:'><valid-sync-token/></error>"), "sync-collection "+relisted, false, "moved", "first")
	check("token_refused_409", token, nil, with("sync-collection", "409"), "sync-collection "+relisted, false, "moved", "first")
	check("token_not_understood", token, nil, with("sync-collection", "400"), "sync-collection "+relisted, false, "moved", "first")
	check("no_next_token", token, nil, with("sync-collection", multi(listed("a.ics", "3"))), "sync-collection "+relisted, false, "moved", "first")
	check("truncated_without_end", token, nil, with("sync-collection", page("t1", listed("a.ics", "3"), more)), "sync-collection "+relisted, false, "moved", "first")
	check("changes_elsewhere", token, nil, with("sync-collection", page("t2", found("/x/a.ics", ""))), "sync-collection "+relisted, false, "moved", "first")

	check("ctag_same", "<s:getctag>1</s:getctag>", nil, nil, "PROPFIND", true, "first", "")
	check("ctag_other", "<s:getctag>1</s:getctag>", nil, with("PROPFIND", multi(found("/cal/", calendarType+"<s:getctag>2</s:getctag>"))), relisted, false, "moved", "first")
	check("nothing_but_etags_same", "", nil, nil, "PROPFIND query", true, "first", "")
	check("nothing_but_etags_other", "", nil, changed, relisted, false, "moved", "first")
	latin1 := answers{"query": multi(listed("%E5%3F.ics", "1")), "multiget": multi(data("%e5%3f.ics", "1", moved))}
	check("name_in_latin_1", "", latin1, nil, "PROPFIND query", true, "moved", "")
	check("not_even_etags", "", answers{"query": multi(found("/cal/a.ics", ""), listed("b.ics", "2"))}, nil, relisted, true, "first", "")
	failed := multi(`<response><href>/cal/a.ics</href><status>HTTP/1.1 500 No</status></response>`)
	check("old_copy_kept", token, nil, answers{"sync-collection": page("t2", listed("a.ics", "3")), "multiget": failed}, "sync-collection multiget", true, "first", "")
	check("missing_one_asked_for_again", token, answers{"multiget": failed}, answers{"sync-collection": page("t2"), "multiget": changed["multiget"]}, "sync-collection multiget", false, "moved", "")
}

// TestFetch_caldav_pages: a server truncates what changed, and what it lists.
func TestFetch_caldav_pages(t *testing.T) {
	more := `<response><href>/cal/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>`
	a := calendarWith("<sync-token>t0</sync-token>", nil)
	var bodies []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		w.WriteHeader(http.StatusMultiStatus)
		text := string(body)
		switch question := questionOf(r.Method, body); {
		case question == "sync-collection" && strings.Contains(text, ">t0<"):
			io.WriteString(w, multi(gone("/cal/a.ics"), listed("b.ics", "5"), more, "<sync-token>t1&amp;</sync-token>"))
		case question == "sync-collection" && strings.Contains(text, ">t1&amp;<"):
			io.WriteString(w, multi(listed("a.ics", "1"), gone("/cal/b.ics"), "<sync-token>t2</sync-token>"))
		case question == "query" && strings.Contains(text, `start="20261031T000000Z" end="20261208T000000Z"`):
			io.WriteString(w, multi(listed("a.ics", "1"), more))
		default:
			io.WriteString(w, a[question])
		}
	})
	source := davSource(s)
	source.From, source.To = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	result, err := New(plain()).Fetch(t.Context(), source)
	if err != nil || !strings.Contains(string(result.Body), "second") {
		t.Fatalf("%v %s", err, result.Body)
	}
	halves := 0
	for _, b := range bodies {
		if strings.Contains(b, `start="20261031T000000Z" end="20261119T000000Z"`) || strings.Contains(b, `start="20261119T000000Z" end="20261208T000000Z"`) {
			halves++
		}
	}
	if halves != 2 {
		t.Errorf("%d halves of the window in %q", halves, bodies)
	}
	result, err = New(plain()).Fetch(t.Context(), again(source, result))
	if err != nil || strings.Contains(string(result.Body), "second") || !strings.Contains(string(result.Body), "first") {
		t.Errorf("%v %s", err, result.Body)
	}
}

func TestFetch_caldav_found_by_itself(t *testing.T) {
	check := func(name, get string, propfind string, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			a := calendarWith("", answers{"GET": get})
			if propfind != "" {
				a["PROPFIND"] = propfind
			}
			var asked []string
			s := scripted(t, a, &asked)
			source := Source{URL: s.URL + "/cal/?key=" + secret, User: "kari", Password: secret}
			if want != nil {
				fails(t, plain(), source, want)
				return
			}
			result, err := New(plain()).Fetch(t.Context(), source)
			if err != nil || !strings.Contains(string(result.Body), "second") {
				t.Fatalf("%v %s", err, result.Body)
			}
			asked = nil
			if result, err = New(plain()).Fetch(t.Context(), again(source, result)); err != nil || !result.NotModified || slices.Contains(asked, "GET") {
				t.Errorf("%v, asked %q", err, asked)
			}
		})
	}
	check("page", "200<html>sign in</html>", "", nil)
	check("not_allowed", "405", "", nil)
	check("not_implemented", "501", "", nil)
	check("forbidden", "403", "", nil)
	check("page_and_no_caldav", "200<html>sign in</html>", "405", ErrNotCalendar)
	check("page_always", "200<html>sign in</html>", "200<html>sign in</html>", ErrNotCalendar)
	check("page_and_no_calendar", "200<html>sign in</html>", multi(found("/cal/", "<resourcetype><collection/></resourcetype>")), ErrNotCalendar)
	t.Run("not_found", func(t *testing.T) {
		var asked []string
		s := scripted(t, answers{"GET": "404"}, &asked)
		_, err := New(plain()).Fetch(t.Context(), Source{URL: s.URL})
		var status *StatusError
		if !errors.As(err, &status) || status.Code != 404 || len(asked) != 1 {
			t.Errorf("%v, asked %q", err, asked)
		}
	})
}
