package calendar

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"
)

func inviteLocation(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// soundInvitation is one that cases change.
func soundInvitation(change func(*Invitation)) Invitation {
	in := Invitation{
		Method: "REQUEST", UID: "m_7d1c@samtale.example", Stamp: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC),
		Start: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 27, 12, 20, 0, 0, time.UTC),
		Summary: "Videomøte K7Q2F", Description: "Bli med:\nhttps://samtale.example/join#kq3b, og svar; takk", Location: "https://samtale.example/join#kq3b",
		Organizer: Address{Name: "Samtale", Email: "moter@samtale.example"},
		Attendee:  Address{Name: "Åse Sørbø-Ødegård", Email: "ase@langneset.example"},
	}
	if change != nil {
		change(&in)
	}
	return in
}

// writtenInvitation is the object with its lines unfolded; the form of the lines is checked on the way.
func writtenInvitation(t testing.TB, in Invitation) string {
	t.Helper()
	data, err := Invite(in)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(data, []byte("\r\n")) || !utf8.Valid(data) {
		t.Errorf("no line end at the end, or not UTF-8: %q", data)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || line == "" || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
	return strings.ReplaceAll(string(data), "\r\n ", "")
}

func TestInvite_lines(t *testing.T) {
	check := func(name string, change func(*Invitation), lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			text := writtenInvitation(t, soundInvitation(change))
			for _, line := range lines {
				without := strings.HasPrefix(line, "-")
				if strings.Contains(text, "\r\n"+strings.TrimPrefix(line, "-")) == without {
					t.Errorf("want %q in\n%s", line, text)
				}
			}
			if strings.Count(text, "\r\nATTENDEE") != 1 || strings.Count(text, "BEGIN:VEVENT") != 1 || strings.Index(text, "\r\nMETHOD:") > strings.Index(text, "BEGIN:VEVENT") {
				t.Errorf("want one attendee, one event, and METHOD in the calendar:\n%s", text)
			}
		})
	}
	oslo := inviteLocation(t, "Europe/Oslo")
	check("request", nil,
		"METHOD:REQUEST\r\n", "PRODID:-//Samtale//Samtale//EN\r\n", "VERSION:2.0\r\n", "CALSCALE:GREGORIAN\r\n",
		"UID:m_7d1c@samtale.example\r\n", "SEQUENCE:0\r\n", "DTSTAMP:20261124T093000Z\r\n", "DTSTART:20261127T120000Z\r\n", "DTEND:20261127T122000Z\r\n",
		"STATUS:CONFIRMED\r\n", "CLASS:PRIVATE\r\n", "TRANSP:OPAQUE\r\n", "SUMMARY:Videomøte K7Q2F\r\n", "LOCATION:https://samtale.example/join#kq3b\r\n",
		`DESCRIPTION:Bli med:\nhttps://samtale.example/join#kq3b\, og svar\; takk`+"\r\n",
		"ORGANIZER;CN=Samtale:mailto:moter@samtale.example\r\n",
		"ATTENDEE;CN=Åse Sørbø-Ødegård;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:ase@langneset.example\r\n",
		"X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY\r\n", "-BEGIN:VTIMEZONE")
	check("change", func(in *Invitation) { in.Sequence = 3 }, "SEQUENCE:3\r\n", "METHOD:REQUEST\r\n")
	check("cancel", func(in *Invitation) { in.Method, in.Sequence = "CANCEL", 4 },
		"METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n", "SEQUENCE:4\r\n", "ATTENDEE;CN=Åse Sørbø-Ødegård;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:ase@", "-X-MICROSOFT")
	check("optional", func(in *Invitation) { in.Optional = true }, "ATTENDEE;CN=Åse Sørbø-Ødegård;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT;")
	check("no_names", func(in *Invitation) { in.Organizer.Name, in.Attendee.Name = "", "" }, "ORGANIZER:mailto:moter@", "ATTENDEE;CUTYPE=INDIVIDUAL;")
	check("no_texts", func(in *Invitation) { in.Summary, in.Description, in.Location = "", "", "" }, "-SUMMARY", "-DESCRIPTION", "-LOCATION")
	check("address_in_a_uri", func(in *Invitation) { in.Attendee.Email = "a%b?c&d@langneset.example" }, "ATTENDEE;CN=Åse Sørbø-Ødegård;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:a%25b%3Fc%26d@langneset.example\r\n")
	check("zone", func(in *Invitation) { in.Zone = oslo },
		"DTSTART;TZID=Europe/Oslo:20261127T130000\r\n", "DTEND;TZID=Europe/Oslo:20261127T132000\r\n", "BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZNAME:CET\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n",
		"BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZNAME:CEST\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n")
	check("second_of_two_hours", func(in *Invitation) {
		in.Zone, in.Start, in.End = oslo, time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 10, 0, 0, time.UTC)
	}, "DTSTART:20261025T005000Z\r\n", "DTEND:20261025T011000Z\r\n", "-BEGIN:VTIMEZONE")
	check("first_of_two_hours", func(in *Invitation) {
		in.Zone, in.Start, in.End = oslo, time.Date(2026, 10, 25, 0, 20, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 40, 0, 0, time.UTC)
	}, "DTSTART;TZID=Europe/Oslo:20261025T022000\r\n", "DTEND;TZID=Europe/Oslo:20261025T024000\r\n")
	check("zone_of_the_machine", func(in *Invitation) { in.Zone = time.Local }, "DTSTART:20261127T120000Z\r\n")
	check("zone_without_a_name", func(in *Invitation) { in.Zone = time.FixedZone("", 3600) }, "DTSTART:20261127T120000Z\r\n")
	check("zone_with_a_hostile_name", func(in *Invitation) { in.Zone = time.FixedZone("A\r\nX", 3600) }, "DTSTART:20261127T120000Z\r\n")
	check("fixed_zone", func(in *Invitation) { in.Zone = time.FixedZone("LMT", 2572) }, "DTSTART;TZID=LMT:20261127T124252\r\n", "BEGIN:STANDARD\r\nDTSTART:19700101T004252\r\nTZNAME:LMT\r\nTZOFFSETFROM:+004252\r\nTZOFFSETTO:+004252\r\n")
	check("fractions_of_seconds", func(in *Invitation) { in.Start = in.Start.Add(999 * time.Millisecond) }, "DTSTART:20261127T120000Z\r\n")
}

// TestInvite_zones reads invitations back by their own VTIMEZONE alone: its name is changed to one that no table holds.
func TestInvite_zones(t *testing.T) {
	instants := []time.Time{
		time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 7, 30, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 45, 0, 0, time.UTC),
		time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 23, 45, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	check := func(name string, yearly bool) {
		t.Run(name, func(t *testing.T) {
			for _, start := range instants {
				window := Interval{Start: start.Add(-24 * time.Hour), End: start.Add(24 * time.Hour)}
				in := soundInvitation(func(in *Invitation) {
					in.Zone, in.Start, in.End = inviteLocation(t, name), start, start.Add(20*time.Minute)
				})
				text := writtenInvitation(t, in)
				if strings.Contains(text, "BEGIN:VTIMEZONE") && strings.Contains(text, "RRULE:FREQ=YEARLY") != yearly {
					t.Errorf("yearly rules: want %v in\n%s", yearly, text)
				}
				r, err := Read([]byte(strings.ReplaceAll(text, name, "Nowhere/Known")), window, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Warnings) > 0 || len(r.Busy) != 1 || !r.Busy[0].Start.Equal(in.Start) || !r.Busy[0].End.Equal(in.End) {
					t.Errorf("%v reads back as %v %v\n%s", start, r.Busy, r.Warnings, text)
				}
			}
		})
	}
	check("Europe/Oslo", true)
	check("America/New_York", true)
	check("Europe/Dublin", true)       // its summer time is the standard time
	check("Australia/Lord_Howe", true) // half an hour
	check("Asia/Kolkata", false)
	check("Africa/Casablanca", false) // follows the moon
	check("Asia/Gaza", false)
	check("Antarctica/Troll", true) // two hours
	check("Etc/GMT+5", false)
}

func TestInvite_refused(t *testing.T) {
	check := func(name string, change func(*Invitation)) {
		t.Run(name, func(t *testing.T) {
			data, err := Invite(soundInvitation(change))
			if !errors.Is(err, ErrInvitation) || data != nil {
				t.Fatalf("%q, %v", data, err)
			}
			if strings.Contains(err.Error(), "langneset") {
				t.Errorf("the error shows an address: %v", err)
			}
		})
	}
	check("publish", func(in *Invitation) { in.Method = "PUBLISH" })
	check("no_uid", func(in *Invitation) { in.UID = "" })
	check("line_end_in_uid", func(in *Invitation) { in.UID = "m\r\nATTENDEE:mailto:x@y.example" })
	check("endless_uid", func(in *Invitation) { in.UID = strings.Repeat("a", 256) })
	check("negative_sequence", func(in *Invitation) { in.Sequence = -1 })
	check("no_stamp", func(in *Invitation) { in.Stamp = time.Time{} })
	check("no_start", func(in *Invitation) { in.Start = time.Time{} })
	check("no_length", func(in *Invitation) { in.End = in.Start.Add(time.Millisecond) })
	check("year_of_five_digits", func(in *Invitation) { in.End = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC) })
	check("no_attendee", func(in *Invitation) { in.Attendee = Address{} })
	check("two_attendees", func(in *Invitation) { in.Attendee.Email = "ase@langneset.example,per@langneset.example" })
	check("line_end_in_attendee", func(in *Invitation) { in.Attendee.Email = "ase@langneset.example\r\nX-A:b" })
	check("letters_beyond_ascii", func(in *Invitation) { in.Attendee.Email = "åse@langneset.example" })
	check("no_domain", func(in *Invitation) { in.Attendee.Email = "langneset@" })
	check("organizer_without_at", func(in *Invitation) { in.Organizer.Email = "langneset" })
	check("organizer_invites_itself", func(in *Invitation) { in.Attendee.Email = "Moter@samtale.example" })
}

// FuzzInvite: whatever a name or a text holds, another reader of iCalendar finds the same properties and what was meant.
func FuzzInvite(f *testing.F) {
	f.Add("Åse \"K\" N\r\nATTENDEE:mailto:x@y.example", "a;b,c\\n\\\\\r\nBEGIN:VEVENT", "https://samtale.example/join#x")
	f.Add("^n^'^^", strings.Repeat(`\`, 200), strings.Repeat("ø", 100))
	f.Add("\u202eRTL\u2028;ROLE=CHAIR:x", "a\rb\u2029c\x00\x7f\xff", strings.Repeat("🩺", 60))
	f.Fuzz(func(t *testing.T, name, description, location string) {
		data := writtenInvitation(t, soundInvitation(func(in *Invitation) {
			in.Attendee.Name, in.Organizer.Name, in.Description, in.Location = name, name, description, location
		}))
		object, err := ical.NewDecoder(strings.NewReader(data)).Decode()
		if err != nil {
			t.Fatalf("%v in\n%q", err, data)
		}
		if len(object.Children) != 1 || len(object.Events()) != 1 {
			t.Fatalf("%d components in\n%q", len(object.Children), data)
		}
		event := object.Events()[0]
		if n := len(event.Props[ical.PropAttendee]); n != 1 || event.Props.Get(ical.PropAttendee).Params.Get(ical.ParamRole) != "REQ-PARTICIPANT" {
			t.Errorf("%d attendees, or another role, in\n%q", n, data)
		}
		known := "ATTENDEE CLASS DESCRIPTION DTEND DTSTAMP DTSTART LOCATION ORGANIZER SEQUENCE STATUS SUMMARY TRANSP UID X-MICROSOFT-CDO-INTENDEDSTATUS"
		for property, values := range event.Props {
			if !strings.Contains(known, property) || len(values) != 1 {
				t.Errorf("%d times %q in\n%q", len(values), property, data)
			}
		}
		if got, err := event.Props.Text(ical.PropDescription); err != nil || got != plainText(description) {
			t.Errorf("description %q, %v; want %q", got, err, plainText(description))
		}
	})
}
