package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestReadAway(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	window := Interval{Start: time.Date(2026, 12, 7, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 12, 0, 0, 0, 0, time.UTC)}
	check := func(name, location string, more string, want int) {
		t.Run(name, func(t *testing.T) {
			text := strings.Join([]string{
				"BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a", "DTSTART;TZID=Europe/Oslo:20261207T100000", "DTEND;TZID=Europe/Oslo:20261207T110000",
				"LOCATION:" + location, more, "END:VEVENT",
				"BEGIN:VEVENT", "UID:b", "DTSTART:20261207T150000Z", "DTEND:20261207T160000Z", "END:VEVENT", "END:VCALENDAR", "",
			}, "\r\n")
			text = strings.ReplaceAll(text, "\r\n\r\n", "\r\n")
			o := Options{Zone: zone, Away: true, Places: []string{"Havnes sykehus"}}
			reading, err := Read([]byte(text), window, o)
			if err != nil {
				t.Fatal(err)
			}
			if len(reading.Away) != want || len(Subtract(reading.Away, reading.Busy)) != 0 || len(reading.Busy) != max(want, 1)+1 && want > 0 {
				t.Errorf("away %v of busy %v, want %d", reading.Away, reading.Busy, want)
			}
			o.Away = false
			plain, err := Read([]byte(text), window, o)
			if err != nil || plain.Away != nil || fmt.Sprint(plain.Busy) != fmt.Sprint(reading.Busy) {
				t.Errorf("without asking: %v, %v", plain, err)
			}
		})
	}
	check("another town", "Tindvik helsehus", "", 1)
	check("every day of a series", "Tindvik helsehus", "RRULE:FREQ=DAILY;COUNT=3", 3)
	check("a room at home", "Møterom 2, Havnes sykehus", "", 0)
	check("a link", "https://video.example/r/17", "", 0)
	check("Teams", "Microsoft Teams-møte", "", 0)
	check("nowhere", "", "", 0)
	check("free time is nobody's travel", "Tindvik", "TRANSP:TRANSPARENT", 0)
	check("declined by status", "Tindvik", "STATUS:CANCELLED", 0)
}
