package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"
)

// ErrInvitation is returned for an Invitation that cannot be written; the wrapping error names the field, and its value
// where that is no address.
var ErrInvitation = errors.New("calendar: not an invitation")

// Address is a mailbox with the name it is shown by. Name may be empty.
type Address struct {
	Name  string
	Email string // addr-spec, ASCII: "ase@langneset.example"
}

// Invitation is what one attendee is told of one meeting, in the terms of RFC 5546.
type Invitation struct {
	Method   string    // REQUEST invites and changes, CANCEL calls off
	UID      string    // the same for the life of the meeting
	Sequence int       // higher than in the last one when the time has changed or the meeting is called off
	Stamp    time.Time // when this was written; new each time
	// [Start, End) is told in whole seconds.
	Start, End time.Time
	// Zone is the attendee's, for calendars that show the zone of an event; its rules are written along. nil: UTC.
	Zone        *time.Location
	Summary     string
	Description string // lines end in LF or CR LF
	Location    string
	Organizer   Address // who gets the replies; never the attendee, or Outlook deletes the invitation
	Attendee    Address // the one recipient: nobody learns who else is invited
	Optional    bool    // the meeting can be held without the attendee
}

// The methods of RFC 5546 section 1.4 that are sent.
const (
	methodRequest = "REQUEST"
	methodCancel  = "CANCEL"
)

const (
	productID = "-//Samtale//Samtale//EN"
	// maxUID is what every calendar must be able to keep of a UID, in octets (RFC 5545 section 3.8.4.7).
	maxUID = 255
	// maxLine is the length of a line in octets without its end (RFC 5545 section 3.1).
	maxLine = 75
)

// Invite writes the VCALENDAR object of one invitation: lines end in CR LF and are folded, no text can become a property or a
// parameter, and METHOD stands in the calendar, for the mail's Content-Type to repeat. The event is private. The error
// wraps ErrInvitation.
//
// The times are written with TZID and a VTIMEZONE, which Outlook shows best. They are UTC when there is no zone, or when a
// time is the second of two with the same name: RFC 5545 section 3.3.5 has no way to name that one.
func Invite(in Invitation) ([]byte, error) {
	in.Start, in.End = in.Start.UTC().Truncate(time.Second), in.End.UTC().Truncate(time.Second)
	if err := in.check(); err != nil {
		return nil, err
	}
	object := ical.NewCalendar()
	setRaw(object.Component, ical.PropProductID, productID)
	setRaw(object.Component, ical.PropVersion, "2.0")
	setRaw(object.Component, ical.PropCalendarScale, "GREGORIAN")
	setRaw(object.Component, ical.PropMethod, in.Method)
	event := in.event()
	if zone, ok := writableZone(in.Zone, in.Start, in.End); ok {
		object.Children = append(object.Children, zone.component())
		zone.setTime(event, ical.PropDateTimeStart, in.Start)
		zone.setTime(event, ical.PropDateTimeEnd, in.End)
	} else {
		event.Props.SetDateTime(ical.PropDateTimeStart, in.Start)
		event.Props.SetDateTime(ical.PropDateTimeEnd, in.End)
	}
	object.Children = append(object.Children, event)
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(object); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvitation, err)
	}
	return fold(b.Bytes()), nil
}

func (in Invitation) check() error {
	wrong := func(field string, value any) error { return fmt.Errorf("%w: %s %v", ErrInvitation, field, value) }
	switch {
	case in.Method != methodRequest && in.Method != methodCancel:
		return wrong("method", strconv.Quote(in.Method))
	case in.UID == "" || len(in.UID) > maxUID || !utf8.ValidString(in.UID) || strings.ContainsFunc(in.UID, unicode.IsControl):
		return wrong("uid", strconv.Quote(in.UID))
	case in.Sequence < 0:
		return wrong("sequence", in.Sequence)
	case !writableYear(in.Stamp):
		return wrong("stamp", in.Stamp)
	case !writableYear(in.Start) || !writableYear(in.End) || !in.Start.Before(in.End):
		return wrong("start and end", fmt.Sprintf("%v, %v", in.Start, in.End))
	case !isAddress(in.Organizer.Email):
		return wrong("organizer", "is no address")
	case !isAddress(in.Attendee.Email):
		return wrong("attendee", "is no address")
	case strings.EqualFold(in.Organizer.Email, in.Attendee.Email):
		return wrong("attendee", "is the organizer")
	}
	return nil
}

// writableYear refuses the zero time, and years that have no four digits in every zone.
func writableYear(t time.Time) bool { return t.Year() > 1 && t.Year() < maxYear }

// isAddress accepts what needs no quoting in mail nor here: ASCII, one @, no comment and no list.
func isAddress(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	return ok && local != "" && domain != "" && !strings.ContainsFunc(email, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"()<>[]:;\,`, r)
	}) && !strings.Contains(domain, "@")
}

// event is the VEVENT without its times.
func (in Invitation) event() *ical.Component {
	event := ical.NewEvent().Component
	setRaw(event, ical.PropUID, in.UID)
	setRaw(event, ical.PropSequence, strconv.Itoa(in.Sequence))
	event.Props.SetDateTime(ical.PropDateTimeStamp, in.Stamp.UTC())
	setRaw(event, ical.PropClass, "PRIVATE")
	setRaw(event, ical.PropTransparency, "OPAQUE")
	for _, p := range []struct{ name, value string }{
		{ical.PropSummary, in.Summary}, {ical.PropDescription, in.Description}, {ical.PropLocation, in.Location},
	} {
		if p.value != "" {
			event.Props.SetText(p.name, plainText(p.value))
		}
	}
	event.Props.Set(calendarAddress(ical.PropOrganizer, in.Organizer))
	attendee := calendarAddress(ical.PropAttendee, in.Attendee)
	attendee.Params.Set(ical.ParamCalendarUserType, "INDIVIDUAL")
	attendee.Params.Set(ical.ParamRole, "REQ-PARTICIPANT")
	if in.Optional {
		attendee.Params.Set(ical.ParamRole, "OPT-PARTICIPANT")
	}
	if in.Method == methodCancel {
		setRaw(event, ical.PropStatus, string(ical.EventCancelled))
	} else {
		setRaw(event, ical.PropStatus, string(ical.EventConfirmed))
		setRaw(event, "X-MICROSOFT-CDO-INTENDEDSTATUS", "BUSY") // once accepted; until then Outlook shows it as tentative
		attendee.Params.Set(ical.ParamParticipationStatus, "NEEDS-ACTION")
		attendee.Params.Set(ical.ParamRSVP, "TRUE")
	}
	event.Props.Set(attendee)
	return event
}

// setRaw sets a value that needs no escaping.
func setRaw(c *ical.Component, name, value string) {
	p := ical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// reservedInMailto are the characters of isAddress that mean something else in a URI (RFC 6068 section 2).
var reservedInMailto = strings.NewReplacer("%", "%25", "/", "%2F", "?", "%3F", "#", "%23", "&", "%26", "`", "%60", "^", "%5E", "{", "%7B", "|", "%7C", "}", "%7D")

func calendarAddress(property string, a Address) *ical.Prop {
	p := ical.NewProp(property)
	if name := parameterText(a.Name); name != "" {
		p.Params.Set(ical.ParamCommonName, name)
	}
	p.Value = "mailto:" + reservedInMailto.Replace(a.Email)
	return p
}

// parameterText makes a name fit for a parameter: control and invisible characters become spaces, since a line end would be
// written as it is. Double quotes cannot stand there (RFC 5545 section 3.2), and Outlook does not know the code that RFC 6868
// has for them, so they become single; a circumflex gets its code, so that none is read into a name.
func parameterText(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return ' '
		case r == '"':
			return '\''
		}
		return r
	}, strings.ToValidUTF8(name, " "))
	return strings.ReplaceAll(strings.Join(strings.Fields(name), " "), "^", "^^")
}

// plainText leaves LF as the only line end and no other control character but the tab (RFC 5545 section 3.3.11).
func plainText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		}
		return r
	}, text)
}

var lineEnd = []byte("\r\n")

// fold breaks lines that are too long (RFC 5545 section 3.1), which go-ical leaves to its user. It never breaks a character
// of UTF-8, and never a backslash from what it escapes, where old readers stumble.
func fold(text []byte) []byte {
	folded := make([]byte, 0, len(text)+len(text)/32)
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, lineEnd), lineEnd) {
		for used := 0; len(line) > 0; {
			_, size := utf8.DecodeRune(line)
			if line[0] == '\\' {
				_, escaped := utf8.DecodeRune(line[1:])
				size += escaped
			}
			if used+size > maxLine {
				folded, used = append(append(folded, lineEnd...), ' '), 1
			}
			folded, line, used = append(folded, line[:size]...), line[size:], used+size
		}
		folded = append(folded, lineEnd...)
	}
	return folded
}
