package mail

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/samtale/samtale/calendar"
)

// Invite is what one recipient is told of a meeting. There is no field for a purpose, a patient, a case or a unit.
type Invite struct {
	Method      string // REQUEST or CANCEL
	UID         string // of the iCalendar event, the same for the life of the meeting
	Sequence    int    // raised when the time changes, and by CANCEL
	Stamp       time.Time
	Start, End  time.Time      // half-open
	Zone        *time.Location // in which the recipient reads the time
	Language    string         // "nb" or "en"; anything else reads bokmål
	MeetingCode string         // random; letters, digits and hyphens
	JoinURL     string         // the recipient's personal link
	Organizer   calendar.Address
	Recipient   calendar.Address
	ShowName    bool   // write the recipient's name into the mail: for staff, never for guests, who may be the patient
	Optional    bool   // the meeting can be held without the recipient
	ID          string // names the mail: another try of the same mail has the same
}

// meetingCode is what may stand in a subject.
var meetingCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{1,15}$`)

// Invitation writes the mail that invites to a meeting, changes it (a REQUEST with a Sequence above 0) or calls it off.
//
// The first invitation to a meeting, REQUEST with Sequence 0, has a Message-ID that follows from UID and recipient, so
// that all later ones can answer to it and a mail reader shows them as one thread; they have one of their own by ID.
func Invitation(in Invite) (Message, error) {
	if err := in.check(); err != nil {
		return Message{}, fmt.Errorf("invitation: %w", err)
	}
	first, err := addressed(in.Organizer, in.Recipient, in.ShowName, "invitation", in.UID)
	if err != nil {
		return Message{}, fmt.Errorf("invitation: %w", err)
	}
	m := first
	if in.Method != "REQUEST" || in.Sequence > 0 {
		m, err = addressed(in.Organizer, in.Recipient, in.ShowName, "invitation", in.UID, in.Method, strconv.Itoa(in.Sequence), in.ID)
		if err != nil {
			return Message{}, fmt.Errorf("invitation: %w", err)
		}
		m.InReplyTo = first.ID
	}
	w := wordingIn(in.Language)
	p := in.page(w)
	m.Date, m.Method, m.Subject = in.Stamp, in.Method, p.Title
	m.Calendar, err = calendar.Invite(calendar.Invitation{
		Method: in.Method, UID: in.UID, Sequence: in.Sequence, Stamp: in.Stamp, Start: in.Start, End: in.End, Zone: in.Zone,
		Summary: w.meeting + " " + in.MeetingCode, Description: in.description(w), Location: in.JoinURL,
		Organizer: m.From, Attendee: m.To, Optional: in.Optional,
	})
	if err != nil {
		return Message{}, fmt.Errorf("invitation: %w", err)
	}
	return m, m.fill(p)
}

func (in Invite) check() error {
	missing := func(field string) error { return fmt.Errorf("%w: %s", ErrIncomplete, field) }
	switch {
	case in.Method != "REQUEST" && in.Method != "CANCEL":
		return missing("method")
	case in.UID == "":
		return missing("uid")
	case in.Sequence < 0:
		return missing("sequence")
	case in.Stamp.IsZero():
		return missing("stamp")
	case !in.Start.Before(in.End):
		return missing("start and end")
	case in.Zone == nil:
		return missing("zone")
	case !meetingCode.MatchString(in.MeetingCode):
		return missing("meeting code")
	case in.ID == "":
		return missing("id")
	}
	return checkLink(in.JoinURL)
}

func (in Invite) page(w wording) page {
	p := page{Language: w.tag, Title: w.meeting + " " + in.MeetingCode, Intro: w.invited}
	p.Facts = []fact{{w.code, in.MeetingCode}, {w.when, w.period(in.Start, in.End, in.Zone)}}
	if in.Method == "CANCEL" {
		p.Title, p.Intro, p.Notes = w.cancelled+" "+in.MeetingCode, w.cancelledIntro, []string{w.calendarRemoves}
		return p
	}
	if in.Sequence > 0 {
		p.Title, p.Intro = w.changed+" "+in.MeetingCode, w.changedIntro
	}
	seat := w.needed
	if in.Optional {
		seat = w.optional
	}
	p.Facts = append(p.Facts, fact{w.role, seat})
	p.Link, p.LinkText = in.JoinURL, w.join
	p.Notes = []string{w.answer, w.personal, w.noPatients}
	return p
}

// description is the fixed text of the calendar entry, with the link for calendars that do not open a location.
func (in Invite) description(w wording) string {
	if in.Method == "CANCEL" {
		return w.cancelledIntro
	}
	return w.join + ": " + in.JoinURL + "\n\n" + w.answer + "\n" + w.personal + "\n" + w.noPatients
}
