package server

import (
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

func TestMeetingsOutsideHoursWeigh(t *testing.T) {
	s := newNode(t, newStore(t), nodesSecret)
	now := s.now()
	region, err := newRegionView(conference.Region{Zone: "Europe/Oslo", People: []conference.Person{
		{ID: "kari", Hours: []conference.Hours{{Days: "Mon-Sun", From: "08:00", To: "15:00"}}}, {ID: "per"},
	}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	cs := &calendars{region: region, now: s.now}
	day := now.Add(-48 * time.Hour).In(region.zone)
	at := func(hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, region.zone)
	}
	book := func(id string, start time.Time) {
		t.Helper()
		_, err := s.store.Book(t.Context(), store.Booking{Conference: conference.Conference{
			ID: conference.ConferenceID(id), UID: id, Start: start, End: start.Add(time.Hour), State: conference.Booked, BookedAt: start.Add(-time.Hour),
			Participants: []conference.Participant{{Key: "k1", Person: "kari", Name: "Kari"}, {Key: "k2", Person: "per", Name: "Per"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	book("m_day", at(9))
	book("m_evening", at(20))
	people := []slots.Person{{ID: "kari"}, {ID: "per"}}
	if err := s.addWorked(t.Context(), cs, people); err != nil {
		t.Fatal(err)
	}
	if w := people[0].Worked; len(w) != 1 || w[0].Minutes != 60 || !w[0].At.Equal(at(20)) {
		t.Errorf("kari worked outside hours: %+v", w)
	}
	if w := people[1].Worked; len(w) != 0 {
		t.Errorf("nobody knows per's hours: %+v", w)
	}
}
