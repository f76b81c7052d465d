package server

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// enterCall uses a personal link and dials the call as its person.
func (r *running) enterCall(ctx context.Context, link string) (*client.Client, ConferenceView) {
	r.t.Helper()
	b := r.browser()
	token := tokenLink.FindStringSubmatch(link)[1]
	session := must[SessionView](b, 200, "POST", "/v1/invitations/"+token+"/session", nil)
	view := must[ConferenceView](b, 200, "GET", "/v1/conferences/"+session.Conference, nil)
	address, err := url.Parse(r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	header := http.Header{}
	for _, c := range b.client.Jar.Cookies(address) {
		header.Add("Cookie", c.String())
	}
	c, err := client.Dial(ctx, client.Config{URL: r.url + view.Socket, Origin: r.url, Header: header, Conference: session.Conference})
	if err != nil {
		r.t.Fatalf("dial: %v", err)
	}
	r.t.Cleanup(c.Close)
	return c, view
}

func TestCallBecomesAttendance(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := start(t, true)
	nurse := r.as("ward-nurse")
	made := must[struct {
		Conference string
		Links      []string
	}](nurse, 201, "POST", "/demo/rooms", map[string]int{"people": 2})
	a, view := r.enterCall(ctx, made.Links[0])
	b, other := r.enterCall(ctx, made.Links[1])
	for _, side := range []struct {
		me   *client.Client
		from string
	}{{a, other.You}, {b, view.You}} {
		if _, err := side.me.Wait(ctx, func(s client.State) bool {
			return s.From(side.from, "microphone").Packets > 20 && s.From(side.from, "camera").Packets > 0
		}); err != nil {
			t.Fatalf("no sound and picture from the other: %v", err)
		}
	}
	watcher := r.browser()
	must[SessionView](watcher, 200, "POST", "/v1/invitations/"+tokenLink.FindStringSubmatch(made.Links[0])[1]+"/session", nil)
	path := "/v1/conferences/" + made.Conference + "/attendance"
	during := must[AttendanceView](watcher, 200, "GET", path, nil)
	if len(during.Attended) != 2 || !during.Attended[0].Present || !during.Attended[1].Present || !during.Running {
		t.Errorf("during the call: %+v", during)
	}
	for _, c := range []*client.Client{a, b} {
		if err := c.Leave(ctx); err != nil {
			t.Error(err)
		}
	}
	eventually(t, "both have left", func() bool {
		after := must[AttendanceView](watcher, 200, "GET", path, nil)
		return !after.Attended[0].Present && !after.Attended[1].Present
	})
	for _, p := range must[AttendanceView](watcher, 200, "GET", path, nil).Attended {
		if len(p.Intervals) != 1 || p.Intervals[0].StartSource != "event" || p.Intervals[0].EndSource != "event" || !p.Intervals[0].Media ||
			!p.Intervals[0].Start.Before(p.Intervals[0].End) {
			t.Errorf("%s: %+v", p.Name, p.Intervals)
		}
	}
	csv := watcher.do("GET", path, nil, "Accept", "text/csv")
	if !strings.HasPrefix(csv.header.Get("Content-Type"), "text/csv") || bytes.Count(csv.body, []byte("\r\n")) != 3 || !bytes.Contains(csv.body, []byte("Test 2")) {
		t.Errorf("CSV: %v %q", csv.header, csv.body)
	}
}

func TestSomebodyElsesMeetingIsNoSeat(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r := start(t, true)
	b := r.browser()
	made := func() (conference, link string) {
		room := must[struct {
			Conference string
			Links      []string
		}](b, 201, "POST", "/demo/rooms", map[string]int{"people": 1})
		return room.Conference, room.Links[0]
	}
	theirs, _ := made()
	_, link := made()
	must[SessionView](b, 200, "POST", "/v1/invitations/"+tokenLink.FindStringSubmatch(link)[1]+"/session", nil)
	address, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Cookie": {b.client.Jar.Cookies(address)[0].String()}}
	if c, err := client.Dial(ctx, client.Config{URL: r.url + "/ws", Origin: r.url, Header: header, Conference: theirs, NoMedia: true}); err == nil {
		c.Close()
		t.Error("a link of one meeting opens another")
	} else if !strings.Contains(err.Error(), "4001") {
		t.Errorf("refused with %v, want close code 4001", err)
	}
	if got := b.do("GET", "/v1/conferences/"+theirs, nil); got.status != 404 {
		t.Errorf("another meeting's page: %d", got.status)
	}
}
