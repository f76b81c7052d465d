package feed

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestCalendars_discovery(t *testing.T) {
	const list = `<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>`
	home := multi(
		found("/home/", "<resourcetype><collection/></resourcetype>"),
		found("/home/ward/", calendarType+list+"<displayname>Work &amp; more</displayname><a:calendar-color xmlns:a='http://apple.com/ns/ical/'>#AABBCCFF</a:calendar-color>"),
		found("/home/tasks/", calendarType+strings.Replace(list, "VEVENT", "VTODO", 1)),
		found("/home/birthdays", calendarType+list+"<c:schedule-calendar-transp><c:transparent/></c:schedule-calendar-transp><a:calendar-color xmlns:a='http://apple.com/ns/ical/'>red</a:calendar-color>"),
		found("/home/inbox/", "<resourcetype><collection/><c:schedule-inbox/></resourcetype>"),
	)
	principal := multi(found("/me/", "<c:calendar-home-set><href>/home/</href></c:calendar-home-set>"))
	root := multi(found("/", "<resourcetype><collection/></resourcetype><current-user-principal><href>/me/</href></current-user-principal>"))
	check := func(name, path string, a answers, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			source := davSource(scripted(t, a, nil))
			u, _ := url.Parse(source.URL)
			u.Path = path
			source.URL = u.String()
			calendars, err := New(plain()).Calendars(t.Context(), source)
			var names []string
			for _, c := range calendars {
				at, _ := url.Parse(c.URL)
				names = append(names, fmt.Sprint(at.Path, "|", c.Name, "|", c.Color, "|", strings.Join(c.Components, ","), "|", c.Transparent))
			}
			if strings.Join(names, "\n") != strings.Join(want, "\n") || (len(want) == 0) != errors.Is(err, ErrNotCalendar) {
				t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(names, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	all := []string{"/home/birthdays/|||VEVENT|true", "/home/tasks/|||VTODO|false", "/home/ward/|Work & more|#aabbcc|VEVENT|false"}
	check("root", "/", answers{"PROPFIND /": root, "PROPFIND /me/": principal, "PROPFIND /home/": home}, all...)
	check("no_path", "", answers{"PROPFIND /": root, "PROPFIND /me/": principal, "PROPFIND /home/": home}, all...)
	check("well_known", "/", answers{"PROPFIND /": "405", "PROPFIND /.well-known/caldav": root, "PROPFIND /me/": principal, "PROPFIND /home/": home}, all...)
	check("well_known_from_a_page", "/cloud", answers{"PROPFIND": "404", "PROPFIND /.well-known/caldav": root, "PROPFIND /me/": principal, "PROPFIND /home/": home}, all...)
	check("well_known_beside_a_plain_root", "/", answers{
		"PROPFIND /": multi(found("/", "")), "PROPFIND /.well-known/caldav": root, "PROPFIND /me/": principal, "PROPFIND /home/": home,
	}, all...)
	check("principal", "/me/", answers{"PROPFIND /me/": principal, "PROPFIND /home/": home}, all...)
	check("home", "/home/", answers{"PROPFIND /home/": home}, all...)
	check("principal_without_home", "/", answers{"PROPFIND /": root, "PROPFIND /me/": multi(found("/me/", ""))})
	check("home_without_calendars", "/me/", answers{"PROPFIND /me/": principal, "PROPFIND /home/": multi(found("/home/", ""))})
	check("principal_of_itself", "/", answers{"PROPFIND /": strings.ReplaceAll(root, "/me/", "/")})
	check("many", "/home/", answers{"PROPFIND /home/": multi(found("/home/", "<resourcetype><collection/></resourcetype>"), found("/home/a/", calendarType), found("/home/a/", calendarType))},
		"/home/a/||||false")
}

// TestFetch_account: what counts as busy is joined from all of them, and what does not is left out.
func TestFetch_account(t *testing.T) {
	const events = `<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>`
	text := func(uid string) string { return eventText(uid, "20261101T080000Z", uid) }
	at := func(calendar, name string) string { return found("/"+calendar+"/"+name, "<getetag>1</getetag>") }
	with := func(calendar, name string) string {
		return found("/"+calendar+"/"+name, "<getetag>1</getetag><c:calendar-data>"+text(calendar)+"</c:calendar-data>")
	}
	a := answers{
		"PROPFIND /cal/":  multi(found("/cal/", "<c:calendar-home-set><href>/h1/</href><href>/h2/</href></c:calendar-home-set>")),
		"PROPFIND /h1/":   multi(found("/own/", calendarType+events), found("/tasks/", calendarType+strings.Replace(events, "VEVENT", "VTODO", 1))),
		"PROPFIND /h2/":   multi(found("/ward/", calendarType), found("/free/", calendarType+"<c:schedule-calendar-transp><c:transparent/></c:schedule-calendar-transp>")),
		"PROPFIND /own/":  multi(found("/own/", calendarType)),
		"PROPFIND /ward/": multi(found("/ward/", calendarType)),
		"query /own/":     multi(at("own", "1.ics")), "query /ward/": multi(at("ward", "1.ics")),
		"multiget /own/": multi(with("own", "1.ics")), "multiget /ward/": multi(with("ward", "1.ics")),
	}
	source := davSource(scripted(t, a, nil))
	result, err := New(plain()).Fetch(t.Context(), source)
	if err != nil || !strings.Contains(string(result.Body), "UID:own") || !strings.Contains(string(result.Body), "UID:ward") {
		t.Fatalf("%v %s", err, result.Body)
	}
	source = again(source, result)
	a["query /ward/"] = "503"
	var status *StatusError
	if _, err := New(plain()).Fetch(t.Context(), source); !errors.As(err, &status) || status.Code != 503 {
		t.Errorf("half of an account: %v", err)
	}
	a["query /ward/"] = multi()
	if result, err = New(plain()).Fetch(t.Context(), source); err != nil || strings.Contains(string(result.Body), "ward") || !strings.Contains(string(result.Body), "own") {
		t.Errorf("%v %s", err, result.Body)
	}
}
