package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

func letter(change func(*Letter)) Letter {
	l := Letter{
		From: calendar.Address{Name: "Samtale", Email: "moter@samtale.example"}, To: calendar.Address{Name: "Åse", Email: "ase@langneset.example"},
		Language: "nb", Link: "https://samtale.example/signin#tOkEn", ID: "17-0",
	}
	if change != nil {
		change(&l)
	}
	return l
}

func TestLetters(t *testing.T) {
	check := func(name string, write func(Letter) (Message, error), language, subject, says string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			l := letter(func(l *Letter) { l.Language = language })
			m, err := write(l)
			if err != nil {
				t.Fatal(err)
			}
			r, err := parseReceived(written(t, m))
			if err != nil {
				t.Fatal(err)
			}
			if r.Subject != subject || !strings.Contains(r.Text, says) || !strings.Contains(r.HTML, says) {
				t.Errorf("subject %q\n%s", r.Subject, r.Text)
			}
			if len(r.Links) != 1 || r.Links[0] != l.Link {
				t.Errorf("links %q", r.Links)
			}
			if r.Calendar != nil || r.Method != "" || r.To != "Åse <ase@langneset.example>" {
				t.Errorf("to %q, method %q", r.To, r.Method)
			}
			var kinds []string
			for _, p := range partsOf(t, written(t, m)) {
				kinds = append(kinds, p.kind)
			}
			if got := strings.Join(kinds, " "); got != "multipart/alternative text/plain text/html" {
				t.Errorf("tree %q", got)
			}
		})
	}
	check("sign_in_bokmal", SignIn, "nb", "Logg inn i Samtale", "virker én gang og i 15 minutter")
	check("sign_in_english", SignIn, "en", "Sign in to Samtale", "works once and for 15 minutes")
	check("notice_bokmal", Notice, "", "En utskrivning venter på kvittering", "erstatter ikke de lovpålagte meldingene")
	check("notice_english", Notice, "en", "A discharge awaits acknowledgement", "does not replace the statutory messages")
}

func TestLetters_identify_themselves(t *testing.T) {
	first, _ := SignIn(letter(nil))
	again, _ := SignIn(letter(func(l *Letter) { l.Link += "x" }))
	next, _ := SignIn(letter(func(l *Letter) { l.ID = "18-0" }))
	notice, _ := Notice(letter(nil))
	if first.ID == "" || again.ID != first.ID || next.ID == first.ID || notice.ID == first.ID {
		t.Errorf("ids %q %q %q %q", first.ID, again.ID, next.ID, notice.ID)
	}
}

func TestLetters_refused(t *testing.T) {
	check := func(name string, change func(*Letter), want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			for _, write := range []func(Letter) (Message, error){SignIn, Notice} {
				_, err := write(letter(change))
				if !errors.Is(err, want) || strings.Contains(err.Error(), "tOkEn") || strings.Contains(err.Error(), "langneset") {
					t.Errorf("got %v, want %v", err, want)
				}
			}
		})
	}
	check("relative_link", func(l *Letter) { l.Link = "/signin#tOkEn" }, ErrIncomplete)
	check("no_link", func(l *Letter) { l.Link = "" }, ErrIncomplete)
	check("no_id", func(l *Letter) { l.ID = "" }, ErrIncomplete)
	check("bad_address", func(l *Letter) { l.To.Email = "langneset" }, ErrAddress)
	check("to_ourselves", func(l *Letter) { l.To.Email = l.From.Email }, ErrSelfInvite)
}

func TestBuild_date_of_sending(t *testing.T) {
	m, err := Notice(letter(nil))
	if err != nil {
		t.Fatal(err)
	}
	if raw := string(written(t, m)); !strings.Contains(raw, "Date: "+time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC).Format(time.RFC1123Z)) {
		t.Errorf("no date of sending in\n%s", raw)
	}
}
