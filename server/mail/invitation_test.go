package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"testing"
	"time"

	message "github.com/emersion/go-message"

	"github.com/samtale/samtale/calendar"
)

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

const joinURL = "https://samtale.example/join#kq3b-XO_92vJ"

// invite is a sound invitation that cases change.
func invite(t *testing.T, change func(*Invite)) Invite {
	t.Helper()
	in := Invite{
		Method: "REQUEST", UID: "m_7d1c@samtale.example", Stamp: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC),
		Start: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 27, 12, 20, 0, 0, time.UTC), Zone: oslo(t),
		Language: "nb", MeetingCode: "K7Q2F", JoinURL: joinURL, ID: "1764000000000-0",
		Organizer: calendar.Address{Name: "Samtale", Email: "moter@samtale.example"},
		Recipient: calendar.Address{Name: "Åse Sørbø-Ødegård", Email: "ase@langneset.example"}, ShowName: true,
	}
	if change != nil {
		change(&in)
	}
	return in
}

func written(t *testing.T, m Message) []byte {
	t.Helper()
	msg, err := m.build(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// part is one leaf or branch of a mail's tree.
type part struct {
	path    string // "0.2": the third child of the first child
	kind    string
	params  map[string]string
	header  message.Header
	content []byte
}

func partsOf(t *testing.T, raw []byte) []part {
	t.Helper()
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	err = entity.Walk(func(path []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		p := part{path: strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]"), header: e.Header}
		if p.kind, p.params, err = e.Header.ContentType(); err != nil {
			return err
		}
		if !strings.HasPrefix(p.kind, "multipart/") {
			p.content, err = io.ReadAll(e.Body)
		}
		parts = append(parts, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestInvitation_structure(t *testing.T) {
	check := func(name, method string, sequence int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			m, err := Invitation(invite(t, func(in *Invite) { in.Method, in.Sequence = method, sequence }))
			if err != nil {
				t.Fatal(err)
			}
			parts := partsOf(t, written(t, m))
			var tree []string
			for _, p := range parts {
				tree = append(tree, strings.TrimSpace(p.path+" "+p.kind))
			}
			want := "multipart/mixed|0 multipart/alternative|0.0 text/plain|0.1 text/html|0.2 text/calendar|1 application/ics"
			if got := strings.Join(tree, "|"); got != want {
				t.Fatalf("tree\n%s, want\n%s", got, want)
			}
			cal, attachment := parts[4], parts[5]
			if cal.params["method"] != method || !strings.EqualFold(cal.params["charset"], "UTF-8") {
				t.Errorf("calendar part %v", cal.params)
			}
			if cal.header.Get("Content-Disposition") != "" || cal.header.Get("Content-Id") != "" {
				t.Error("the calendar part has a disposition or an id: Thunderbird shows no invitation")
			}
			if !strings.EqualFold(cal.header.Get("Content-Transfer-Encoding"), "base64") {
				t.Errorf("calendar part encoded %q", cal.header.Get("Content-Transfer-Encoding"))
			}
			if disposition, params, _ := attachment.header.ContentDisposition(); disposition != "attachment" || params["filename"] != "invite.ics" {
				t.Errorf("attachment %q %v", disposition, params)
			}
			if !bytes.Equal(cal.content, attachment.content) || !bytes.Equal(cal.content, m.Calendar) {
				t.Error("part, attachment and Message.Calendar differ")
			}
			checkCalendar(t, cal.content, method, sequence)
		})
	}
	check("request", "REQUEST", 0)
	check("change", "REQUEST", 3)
	check("cancel", "CANCEL", 4)
}

// checkCalendar looks at the bytes that Outlook will.
func checkCalendar(t *testing.T, data []byte, method string, sequence int) {
	t.Helper()
	text := string(data)
	if n := strings.Count(text, "BEGIN:VCALENDAR"); n != 1 || strings.Count(text, "BEGIN:VEVENT") != 1 {
		t.Errorf("%d calendars, %d events", n, strings.Count(text, "BEGIN:VEVENT"))
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	has := func(line string) {
		t.Helper()
		if !strings.Contains(unfolded, "\r\n"+line+"\r\n") {
			t.Errorf("no line %q in\n%s", line, unfolded)
		}
	}
	has("METHOD:" + method)
	has("UID:m_7d1c@samtale.example")
	has(fmt.Sprintf("SEQUENCE:%d", sequence))
	has("CLASS:PRIVATE")
	if strings.Count(unfolded, "\r\nATTENDEE") != 1 || !strings.Contains(strings.ToLower(unfolded), "mailto:ase@langneset.example") {
		t.Errorf("the recipient is not the only attendee:\n%s", unfolded)
	}
	if strings.Index(unfolded, "METHOD:") > strings.Index(unfolded, "BEGIN:VEVENT") {
		t.Error("METHOD stands in the event, not in the calendar")
	}
	if method == "CANCEL" {
		has("STATUS:CANCELLED")
	}
}

func TestInvitation_headers(t *testing.T) {
	first, err := Invitation(invite(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Invitation(invite(t, func(in *Invite) { in.Stamp = in.Stamp.Add(time.Hour) }))
	moved, _ := Invitation(invite(t, func(in *Invite) { in.Sequence = 1 }))
	cancelled, _ := Invitation(invite(t, func(in *Invite) { in.Method, in.Sequence, in.ID = "CANCEL", 1, "1764000000001-0" }))
	other, _ := Invitation(invite(t, func(in *Invite) { in.Recipient.Email = "per@langneset.example" }))
	if again.ID != first.ID {
		t.Error("another try of the first invitation has another Message-ID")
	}
	seen := map[string]bool{}
	for _, m := range []Message{first, moved, cancelled, other} {
		if seen[m.ID] || seen[m.EnvelopeFrom] {
			t.Errorf("%s is used twice", m.ID)
		}
		seen[m.ID], seen[m.EnvelopeFrom] = true, true
	}
	header := func(m Message, field string) string {
		t.Helper()
		e, err := message.Read(bytes.NewReader(written(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		return e.Header.Get(field)
	}
	equal := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	token, domain, _ := strings.Cut(first.ID, "@")
	equal("domain of the Message-ID", domain, "samtale.example")
	equal("envelope sender", first.EnvelopeFrom, "moter+"+token+"@samtale.example")
	equal("Message-ID", header(first, "Message-ID"), "<"+first.ID+">")
	equal("In-Reply-To of the first", header(first, "In-Reply-To"), "")
	for _, m := range []Message{moved, cancelled} {
		equal("In-Reply-To", header(m, "In-Reply-To"), "<"+first.ID+">")
		equal("References", header(m, "References"), "<"+first.ID+">")
	}
	equal("Auto-Submitted", header(first, "Auto-Submitted"), "auto-generated")
	equal("From", header(first, "From"), `"Samtale" <moter@samtale.example>`)
	equal("Date", header(first, "Date"), "Tue, 24 Nov 2026 09:30:00 +0000")
	equal("no program is named", header(first, "User-Agent")+header(first, "X-Mailer"), "")
	subject, err := new(mime.WordDecoder).DecodeHeader(header(moved, "Subject"))
	if err != nil {
		t.Fatal(err)
	}
	equal("subject", subject, "Endret: videomøte K7Q2F")
}

func TestInvitation_wording(t *testing.T) {
	check := func(name string, change func(*Invite), subject string, holds ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			m, err := Invitation(invite(t, change))
			if err != nil {
				t.Fatal(err)
			}
			if m.Subject != subject {
				t.Errorf("subject %q, want %q", m.Subject, subject)
			}
			for _, want := range holds {
				if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, strings.ReplaceAll(want, "+", "&#43;")) {
					t.Errorf("%q is missing in\n%s\n%s", want, m.Text, m.HTML)
				}
			}
		})
	}
	check("bokmal", nil, "Videomøte K7Q2F", "fredag 27. november 2026 kl. 13.00–13.20 (Europe/Oslo, UTC+01:00)", joinURL, "Du trengs for at møtet kan holdes")
	check("english_optional", func(in *Invite) { in.Language, in.Optional = "en", true }, "Video meeting K7Q2F",
		"Friday 27 November 2026, 13:00–13:20 (Europe/Oslo, UTC+01:00)", "Join if you can")
	check("no_language_is_bokmal", func(in *Invite) { in.Language = "" }, "Videomøte K7Q2F")
	check("changed", func(in *Invite) { in.Sequence, in.Language = 2, "en" }, "Changed: video meeting K7Q2F", "This now holds")
	check("cancelled", func(in *Invite) { in.Method, in.Sequence = "CANCEL", 1 }, "Avlyst: videomøte K7Q2F", "Møtet er avlyst")
	check("over_midnight", func(in *Invite) {
		in.Start, in.End = time.Date(2026, 11, 27, 22, 50, 0, 0, time.UTC), time.Date(2026, 11, 27, 23, 10, 0, 0, time.UTC)
	}, "Videomøte K7Q2F", "fredag 27. november 2026 kl. 23.50 – lørdag 28. november 2026 kl. 00.10")
	check("clocks_go_back", func(in *Invite) {
		in.Start, in.End = time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 10, 0, 0, time.UTC)
	}, "Videomøte K7Q2F", "kl. 02.50–02.10 (Europe/Oslo, UTC+02:00/UTC+01:00)")
}

func TestInvitation_cancel_has_no_link(t *testing.T) {
	m, err := Invitation(invite(t, func(in *Invite) { in.Method, in.Sequence = "CANCEL", 1 }))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.Text+m.HTML, joinURL) {
		t.Error("a cancelled meeting offers its link")
	}
}

func TestInvitation_refused(t *testing.T) {
	check := func(name string, change func(*Invite), want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			in := invite(t, change)
			m, err := Invitation(in)
			if !errors.Is(err, want) {
				t.Fatalf("got %q, %v, want %v", m.Subject, err, want)
			}
			if strings.Contains(err.Error(), "langneset") || strings.Contains(err.Error(), "kq3b") {
				t.Errorf("the error shows an address or a link: %v", err)
			}
		})
	}
	check("organizer_is_recipient", func(in *Invite) { in.Recipient.Email = "Moter@samtale.example" }, ErrSelfInvite)
	check("line_end_in_recipient", func(in *Invite) { in.Recipient.Email = "ase@langneset.example\r\nBcc: x@y.example" }, ErrAddress)
	check("two_recipients", func(in *Invite) { in.Recipient.Email = "ase@langneset.example, per@y.example" }, ErrAddress)
	check("angle_brackets", func(in *Invite) { in.Recipient.Email = "Åse <ase@langneset.example>" }, ErrAddress)
	check("no_recipient", func(in *Invite) { in.Recipient.Email = "" }, ErrAddress)
	check("organizer_too_long", func(in *Invite) { in.Organizer.Email = strings.Repeat("a", 40) + "@samtale.example" }, ErrAddress)
	check("line_end_in_code", func(in *Invite) { in.MeetingCode = "K7\r\nBcc: x" }, ErrIncomplete)
	check("sentence_for_code", func(in *Invite) { in.MeetingCode = "Ola Nordmann" }, ErrIncomplete)
	check("script_for_link", func(in *Invite) { in.JoinURL = "javascript:alert(1)//langneset" }, ErrIncomplete)
	check("line_end_in_link", func(in *Invite) { in.JoinURL = joinURL + "\r\nX: y" }, ErrIncomplete)
	check("user_in_link", func(in *Invite) { in.JoinURL = "https://a:kq3b@samtale.example/" }, ErrIncomplete)
	check("publish", func(in *Invite) { in.Method = "PUBLISH" }, ErrIncomplete)
	check("no_uid", func(in *Invite) { in.UID = "" }, ErrIncomplete)
	check("no_zone", func(in *Invite) { in.Zone = nil }, ErrIncomplete)
	check("no_length", func(in *Invite) { in.End = in.Start }, ErrIncomplete)
	check("no_stamp", func(in *Invite) { in.Stamp = time.Time{} }, ErrIncomplete)
	check("negative_sequence", func(in *Invite) { in.Sequence = -1 }, ErrIncomplete)
	check("no_id", func(in *Invite) { in.ID = "" }, ErrIncomplete)
	if _, err := Invitation(invite(t, func(in *Invite) { in.UID = "m\r\nATTENDEE:mailto:x@y.example" })); err == nil {
		t.Error("a line end in the UID is taken")
	}
}

func TestInvitation_names_are_neutralised(t *testing.T) {
	evil := "Åse\r\nBcc: spy@evil.example\r\n\r\n\u2028\u202eBody \"quoted\"; ROLE=CHAIR:x, <y@evil.example>\x00\xff"
	m, err := Invitation(invite(t, func(in *Invite) { in.Recipient.Name, in.Organizer.Name = evil, evil }))
	if err != nil {
		t.Fatal(err)
	}
	raw := written(t, m)
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if e.Header.Has("Bcc") {
		t.Error("a name made a header")
	}
	r, err := parseReceived(raw)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Åse Bcc: spy@evil.example Body 'quoted'; ROLE=CHAIR:x, <y@evil.example>"; !strings.HasPrefix(r.To, want) {
		t.Errorf("To is %q", r.To)
	}
	checkCalendar(t, r.Calendar, "REQUEST", 0)
	if strings.Contains(string(r.Calendar), "\nBcc") || strings.Contains(string(r.Calendar), "\nROLE") {
		t.Errorf("a name made a line:\n%s", r.Calendar)
	}
	if got := plainName(strings.Repeat("å", 500)); len([]rune(got)) != maxName {
		t.Errorf("a name of %d runes", len([]rune(got)))
	}
}

// TestMails_hold_nothing_but_their_fields: a guest's name can be the patient's, so without ShowName no byte of it goes out.
// What comes from outside is the code, the time, the link, the organizer and the address; everything else is fixed.
func TestMails_hold_nothing_but_their_fields(t *testing.T) {
	seeded := []string{"Nordmann", "Nordm", "01017012345"}
	guest := func(in *Invite) { in.Recipient.Name, in.ShowName = "Ola Nordmann 01017012345", false }
	for _, method := range []string{"REQUEST", "CANCEL"} {
		for _, language := range []string{"nb", "en"} {
			m, err := Invitation(invite(t, func(in *Invite) { guest(in); in.Method, in.Language = method, language }))
			if err != nil {
				t.Fatal(err)
			}
			raw := written(t, m)
			outbound := [][]byte{raw, m.Calendar, []byte(strings.ReplaceAll(string(m.Calendar), "\r\n ", ""))}
			for _, p := range partsOf(t, raw) {
				outbound = append(outbound, p.content)
			}
			for _, data := range outbound {
				for _, word := range seeded {
					if bytes.Contains(data, []byte(word)) {
						t.Errorf("%s %s: %q goes out in\n%s", method, language, word, data)
					}
				}
			}
		}
	}
}

func TestPage_loads_nothing_remote(t *testing.T) {
	m, err := Invitation(invite(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"<img", "<script", "<link", "<style", "url(", "@import", " src="} {
		if strings.Contains(strings.ToLower(m.HTML), tag) {
			t.Errorf("the page has %q", tag)
		}
	}
	if n := strings.Count(m.HTML, "http"); n != 1 {
		t.Errorf("%d addresses in the page, want the link alone", n)
	}
	if !strings.Contains(m.HTML, `href="`+joinURL+`"`) || !strings.Contains(m.HTML, `<html lang="nb">`) {
		t.Errorf("link or language is missing in\n%s", m.HTML)
	}
}
