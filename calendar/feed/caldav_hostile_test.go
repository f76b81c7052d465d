package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// little is a limit that is soon reached.
const little = 64 << 10

// TestFetch_caldav_hostile_answers: each of them to every question that a fetch asks.
func TestFetch_caldav_hostile_answers(t *testing.T) {
	check := func(name, answer string, want error) {
		t.Helper()
		for _, question := range []string{"PROPFIND", "query", "multiget"} {
			t.Run(name+"/"+question, func(t *testing.T) {
				o := plain()
				o.MaxBytes = 1 << 20
				if errors.Is(want, ErrTooLarge) {
					o.MaxBytes = little
				}
				a := calendarWith("", answers{question: answer})
				if question == "query" { // then it lists
					a["PROPFIND"] = multi(found("/cal/", calendarType), listed("a.ics", "1"))
				}
				source := davSource(scripted(t, a, nil))
				result, err := New(o).Fetch(t.Context(), source)
				switch {
				case question == "PROPFIND" || errors.Is(want, ErrTooLarge):
					fails(t, o, source, want)
				case err != nil || (question == "multiget" && result.Missing != 2) || (question == "query" && !strings.Contains(string(result.Body), "first")):
					t.Errorf("%v, missing %d\n%.1000s", err, result.Missing, result.Body)
				}
			})
		}
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "` + secret + `"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	outside := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`
	body := strings.TrimPrefix(multi(found("/cal/", calendarType+"<displayname>&c;</displayname><getetag>&c;</getetag>")), `<?xml version="1.0" encoding="utf-8"?>`)
	check("billion_laughs", laughs+body, ErrNotCalendar)
	check("entity_from_a_file", outside+strings.ReplaceAll(body, "&c;", "&a;"), ErrNotCalendar)
	check("empty", "207", ErrNotCalendar)
	check("text", secret, ErrNotCalendar)
	check("page", "200<html>"+secret+"</html>", ErrNotCalendar)
	check("other_xml", `<error xmlns="DAV:">`+secret+`</error>`, ErrNotCalendar)
	check("other_namespace", strings.Replace(multi(), "DAV:", "DAV", 1), ErrNotCalendar)
	check("cut", strings.TrimSuffix(multi(found("/cal/", calendarType)), "</multistatus>"), ErrNotCalendar)
	check("two_roots", multi()+"<multistatus/>", ErrNotCalendar)
	check("other_encoding", strings.Replace(multi(), "utf-8", "utf-7", 1), ErrNotCalendar)
	check("deep", multi(strings.Repeat("<a>", 1000)), ErrNotCalendar)
	check("deep_in_a_property", multi(found("/cal/", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100))), ErrNotCalendar)
	check("long_name", multi("<"+strings.Repeat("a", maxXMLToken)+"/>"), ErrNotCalendar)
	check("long_tag", multi("<a "+strings.Repeat("a='' ", maxXMLToken/5)+"/>"), ErrNotCalendar)
	check("long_text", multi(found("/cal/", calendarType+"<getetag>"+strings.Repeat("a", maxXMLToken+1)+"</getetag>")), ErrNotCalendar)
	check("long_text_in_parts", multi(found("/cal/", calendarType+"<getetag>"+strings.Repeat(strings.Repeat("a", 1000)+"<!-- -->", maxXMLToken/1000+1)+"</getetag>")), ErrNotCalendar)
	check("long_comment", multi("<!--"+strings.Repeat("a", maxXMLToken)+"-->"), ErrNotCalendar)
	check("larger_than_allowed", multi(strings.Repeat(gone("/x"), davOverhead*little/len(gone("/x"))+1)), ErrTooLarge)
	check("more_white_space_than_allowed", strings.Repeat(" <!-- -->", davOverhead*little/9+1)+multi(), ErrTooLarge)
}

func TestFetch_caldav_endless(t *testing.T) {
	check := func(name, start, forever string, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusMultiStatus)
				io.WriteString(w, start)
				for r.Context().Err() == nil {
					if _, err := io.WriteString(w, forever); err != nil {
						return
					}
				}
			})
			o := plain()
			o.MaxBytes = 1 << 20
			if errors.Is(want, ErrTooLarge) {
				o.MaxBytes = little
			}
			fails(t, o, davSource(s), want)
		})
	}
	head := strings.TrimSuffix(multi(), "</multistatus>")
	check("responses", head, found("/cal/x", "<getetag>1</getetag>"), ErrTooLarge)
	check("depth", head, "<a>", ErrNotCalendar)
	check("properties", head+"<response><propstat><prop>", "<getetag>1</getetag>", ErrTooLarge)
	check("hrefs", head+"<response>", "<href>/cal/x</href>", ErrTooLarge)
	check("text", head+"<response><href>", strings.Repeat("a", 1000), ErrNotCalendar)
	check("space", head, strings.Repeat(" ", 1000), ErrNotCalendar)
	check("nothing_after_the_end", multi(found("/cal/", calendarType)), "\n\n\n\n<!-- -->", ErrTooLarge)
}

// TestFetch_caldav_slow: the time is that of all requests together.
func TestFetch_caldav_slow(t *testing.T) {
	a := calendarWith("", nil)
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		question := questionOf(r.Method, body)
		if question == "multiget" {
			<-r.Context().Done()
			return
		}
		w.WriteHeader(http.StatusMultiStatus)
		io.WriteString(w, a[question])
	})
	o := plain()
	o.Timeout = 300 * time.Millisecond
	if err := fails(t, o, davSource(s), ErrUnreachable); !strings.Contains(err.Error(), "in time") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := New(plain()).Fetch(ctx, davSource(s)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestFetch_caldav_many_objects(t *testing.T) {
	check := func(name string, objects int, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			var list strings.Builder
			for i := range objects {
				list.WriteString(`<response><href>/cal/` + fmt.Sprint(i) + `</href></response>`)
			}
			var asked []string
			s := scripted(t, calendarWith("", answers{"query": multi(list.String()), "multiget": multi()}), &asked)
			result, err := New(plain()).Fetch(t.Context(), davSource(s))
			if !errors.Is(err, want) || (err == nil && result.Missing != objects) || len(result.State) > maxState {
				t.Errorf("%v, missing %d", err, result.Missing)
			}
			if most := objects/chunk + 3; len(asked) > most {
				t.Errorf("%d requests, want at most %d", len(asked), most)
			}
		})
	}
	check("ten_thousand", 10_000, nil)
	check("all_there_may_be", maxObjects, nil)
	check("one_more", maxObjects+1, ErrTooLarge)
}

// TestFetch_caldav_total_size: each object is small, and all together are too much.
func TestFetch_caldav_total_size(t *testing.T) {
	text := strings.Replace(eventText("a", "20261101T080000Z", "first"), "SUMMARY:", "SUMMARY:"+strings.Repeat("a", 60<<10), 1)
	s := scripted(t, calendarWith("", answers{"multiget": multi(data("a.ics", "1", text), data("b.ics", "2", text))}), nil)
	o := plain()
	o.MaxBytes = 100 << 10
	fails(t, o, davSource(s), ErrTooLarge)
	o.MaxBytes = 200 << 10
	if _, err := New(o).Fetch(t.Context(), davSource(s)); err != nil {
		t.Error(err)
	}
}

// TestFetch_caldav_always_broken: a server that fails over each object is not asked for each of thousands.
func TestFetch_caldav_always_broken(t *testing.T) {
	var list []string
	for i := range 2000 {
		list = append(list, listed(fmt.Sprint(i), "1"))
	}
	check := func(name, answer string, most int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			var asked []string
			source := davSource(scripted(t, calendarWith("", answers{"query": multi(list...), "multiget": answer}), &asked))
			if _, err := New(plain()).Fetch(t.Context(), source); err == nil || len(asked) > most {
				t.Errorf("%v after %d requests", err, len(asked))
			}
		})
	}
	check("xml", "207<", maxBroken+3)
	check("status_500", "500", maxBroken+3)
	check("status_403", "403", 3)
	check("status_503", "503", 3)
}

// TestFetch_caldav_other_hosts: whatever a server names, the other one gets no credentials, and mostly no question.
func TestFetch_caldav_other_hosts(t *testing.T) {
	var mu sync.Mutex
	var told []string
	other := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, r.Method+" "+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusUnauthorized)
	})
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	check := func(name string, changed answers, want error, wantTold string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			told = nil
			fails(t, plain(), davSource(scripted(t, calendarWith("", changed), nil)), want)
			if strings.Join(told, ",") != wantTold {
				t.Errorf("the other server was asked %q", told)
			}
		})
	}
	href := func(path string) string { return "<href>" + elsewhere + path + "</href>" }
	plainType := "<resourcetype><collection/></resourcetype>"
	check("principal", answers{"PROPFIND": multi(found("/cal/", "<current-user-principal>"+href("/")+"</current-user-principal>"))}, ErrAddressRefused, "")
	check("home", answers{"PROPFIND": multi(found("/cal/", "<c:calendar-home-set>"+href("/")+"</c:calendar-home-set>"))}, ErrAddressRefused, "")
	check("child", answers{"PROPFIND": multi(found("/cal/", plainType), found(elsewhere+"/", calendarType))}, ErrAddressRefused, "")
	check("objects", answers{"query": multi(found(elsewhere+"/cal/a.ics", ""))}, ErrNotCalendar, "")
	t.Run("redirect", func(t *testing.T) {
		told = nil
		s := server(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		})
		var status *StatusError
		if _, err := New(plain()).Fetch(t.Context(), davSource(s)); !errors.As(err, &status) || strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
		if strings.Join(told, ",") != "PROPFIND " {
			t.Errorf("the other server was asked %q", told)
		}
	})
}

// TestFetch_caldav_private_networks: the guard is that of files.
func TestFetch_caldav_private_networks(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") })
	fails(t, Options{AllowHTTP: true}, davSource(s), ErrAddressRefused)
	fails(t, Options{Allow: loopback}, davSource(s), ErrAddressRefused)
	if _, err := New(Options{}).Calendars(t.Context(), davSource(s)); !errors.Is(err, ErrAddressRefused) || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

// TestFetch_state: a state that is damaged, or of something else, costs a whole fetch and nothing more.
func TestFetch_state(t *testing.T) {
	var asked []string
	s := scripted(t, calendarWith("<sync-token>t</sync-token>", answers{"sync-collection": multi("<sync-token>t</sync-token>")}), &asked)
	source := davSource(s)
	first, err := New(plain()).Fetch(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, wantIncremental bool, change func(*Source)) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			changed := again(source, first)
			change(&changed)
			asked = nil
			result, err := New(plain()).Fetch(t.Context(), changed)
			if err != nil || (len(asked) == 1) != wantIncremental {
				t.Errorf("%v, not modified %t, asked %q", err, result.NotModified, asked)
			}
		})
	}
	edit := func(old, new string) func(*Source) {
		return func(s *Source) {
			text := strings.Replace(string(s.State), old, new, 1)
			if text == string(s.State) {
				t.Errorf("%s is not in %s", old, text)
			}
			s.State = []byte(text)
		}
	}
	check("whole", true, func(*Source) {})
	check("other_password", true, func(s *Source) { s.Password += "2" })
	check("other_user", false, func(s *Source) { s.User = "ola" })
	check("other_address", false, func(s *Source) { s.URL += "2" })
	check("other_body", false, func(s *Source) { s.Body = append([]byte("X"), s.Body...) })
	check("no_body", false, func(s *Source) { s.Body = nil })
	check("cut", false, func(s *Source) { s.State = s.State[:len(s.State)/2] })
	check("null", false, func(s *Source) { s.State = []byte("null") })
	check("another_version", false, edit(`"v":1`, `"v":2`))
	check("negative_size", false, edit(`"s":`, `"s":-`))
	check("size_beyond", false, edit(`"s":`, `"s":9`))
	check("null_collection", false, edit(`"collections":[`, `"collections":[null,`))
	check("address_refused", false, edit(`"url":"http`, `"url":"file`))
	check("huge", false, func(s *Source) { s.State = append(make([]byte, maxState), s.State...) })
}

// TestFetch_state_elsewhere: a state that names another server does not take the credentials there.
func TestFetch_state_elsewhere(t *testing.T) {
	other := server(t, func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); ok {
			t.Error("the credentials went to another server")
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	s := scripted(t, calendarWith("", nil), nil)
	source := davSource(s)
	first, err := New(plain()).Fetch(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	first.State = []byte(strings.Replace(string(first.State), s.URL, other.URL, 1))
	var status *StatusError
	if _, err := New(plain()).Fetch(t.Context(), again(source, first)); !errors.As(err, &status) || status.Code != http.StatusUnauthorized {
		t.Error(err)
	}
}

func TestFetch_caldav_at_once(t *testing.T) {
	s := scripted(t, calendarWith("", nil), nil)
	f := New(plain())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := f.Fetch(t.Context(), davSource(s)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
