// Package mail writes the product's mails, hands them to an SMTP server, and keeps those of the demo in a folder.
//
//	Invitation, SignIn, Notice -> Message -> Sender -> SMTP server (in the demo: Sink -> folder of .eml -> Received)
//
// It refuses to know patients, cases and units: nothing it is given could name one, its sentences are fixed, and subjects
// carry the random meeting code only. Mails go to one recipient each, so that addresses are not spread.
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/samtale/samtale/calendar"
)

// ErrAddress is returned for an address that is not a plain ASCII addr-spec (RFC 5322 section 3.4.1). The error never
// repeats the address.
var ErrAddress = errors.New("mail: not a plain e-mail address")

// ErrSelfInvite is returned when a mail would go to its own organizer: Outlook deletes such an invitation.
var ErrSelfInvite = errors.New("mail: the recipient is the organizer")

// ErrIncomplete is returned when what a mail is about is missing or malformed; the wrapping error names the field.
var ErrIncomplete = errors.New("mail: a field is missing or malformed")

// Message is one finished mail to one recipient. Make it with Invitation, SignIn or Notice.
type Message struct {
	ID           string           // Message-ID without the angle brackets; the same each time the same mail is tried
	InReplyTo    string           // Message-ID of the first invitation to the meeting, empty in that and in letters
	From         calendar.Address // the organizer's service mailbox
	EnvelopeFrom string           // where bounces go: the mailbox with the mail's token, so that a bounce names its mail
	To           calendar.Address
	Date         time.Time // zero: the moment of sending
	Subject      string
	Text, HTML   string
	Method       string // REQUEST or CANCEL, empty in letters
	Calendar     []byte // one VCALENDAR object, nil in letters
}

// addressed fills in who, and what identifies the mail: distinct must differ between two mails and be the same when one
// of them is written again.
func addressed(from, to calendar.Address, showName bool, distinct ...string) (Message, error) {
	local, domain, err := splitAddress(from.Email)
	if err != nil {
		return Message{}, fmt.Errorf("organizer: %w", err)
	}
	if _, _, err := splitAddress(to.Email); err != nil {
		return Message{}, fmt.Errorf("recipient: %w", err)
	}
	if strings.EqualFold(from.Email, to.Email) {
		return Message{}, ErrSelfInvite
	}
	token := tokenOf(append(distinct, strings.ToLower(to.Email))...)
	if len(local)+1+len(token) > maxLocalPart {
		return Message{}, fmt.Errorf("organizer: no room for a bounce token in the local part: %w", ErrAddress)
	}
	m := Message{
		ID: token + "@" + domain, EnvelopeFrom: local + "+" + token + "@" + domain,
		From: calendar.Address{Name: plainName(from.Name), Email: from.Email}, To: calendar.Address{Email: to.Email},
	}
	if showName {
		m.To.Name = plainName(to.Name)
	}
	return m, nil
}

const (
	maxLocalPart = 64  // RFC 5321 section 4.5.3.1.1
	maxAddress   = 254 // a path has 256 octets with its angle brackets, RFC 5321 section 4.5.3.1.3
	maxName      = 80  // runes of a display name; longer ones are nobody's
)

// splitAddress accepts what every mail server takes: ASCII, no comment, no quoting needed.
func splitAddress(email string) (local, domain string, err error) {
	parsed, err := netmail.ParseAddress("<" + email + ">")
	if err != nil || parsed.Address != email || len(email) > maxAddress {
		return "", "", ErrAddress
	}
	for _, r := range email {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"()<>[]:;\,`, r) {
			return "", "", ErrAddress
		}
	}
	at := strings.LastIndexByte(email, '@')
	return email[:at], email[at+1:], nil
}

// plainName makes a display name safe for headers and for iCalendar parameters, which know no quote (RFC 5545 section
// 3.2): line ends, control and invisible characters become spaces. A name never stops a mail.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case r == '"':
			return '\''
		}
		return r
	}, strings.ToValidUTF8(name, " "))
	name = strings.Join(strings.Fields(name), " ")
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	return name
}

// tokenOf is an opaque name of 130 bits in letters and digits, safe in a local part of any case.
func tokenOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:26]
}

// build makes the MIME tree. With a calendar it is what Outlook, Gmail and Apple Mail all find (RFC 6047 section 2.4 and
// MS-STANOICAL: Outlook searches only the first child of a mixed body):
//
//	multipart/mixed
//	  multipart/alternative: text/plain, text/html, text/calendar; method=…
//	  application/ics, the same bytes, for readers that know attachments only
func (m Message) build(now time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(&netmail.Address{Name: m.From.Name, Address: m.From.Email})
	msg.EnvelopeFromMailAddress(&netmail.Address{Address: m.EnvelopeFrom})
	msg.ToMailAddress(&netmail.Address{Name: m.To.Name, Address: m.To.Email})
	msg.SetMessageIDWithValue(m.ID)
	if m.InReplyTo != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.InReplyTo+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+m.InReplyTo+">")
	}
	if !m.Date.IsZero() {
		now = m.Date
	}
	msg.SetDateWithValue(now)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5: no out-of-office answers
	msg.Subject(m.Subject)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if m.Calendar == nil {
		return msg, nil
	}
	msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+m.Method), string(m.Calendar), gomail.WithPartEncoding(gomail.EncodingB64))
	err := msg.AttachReader("invite.ics", bytes.NewReader(m.Calendar), gomail.WithFileContentType("application/ics"))
	if err != nil {
		return nil, fmt.Errorf("mail: attach the calendar: %w", err)
	}
	return msg, nil
}
