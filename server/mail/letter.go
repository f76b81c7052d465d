package mail

import (
	"fmt"
	"net/url"

	"github.com/samtale/samtale/calendar"
)

// Letter is a mail without a calendar: where it goes and the one link it carries.
type Letter struct {
	From     calendar.Address // the organizer's service mailbox
	To       calendar.Address // staff, never a guest: the name is shown
	Language string           // "nb" or "en"; anything else reads bokmål
	Link     string           // absolute, http or https
	ID       string           // names the mail: another try of the same mail has the same
}

// SignIn is the mail with a sign-in link. The link is single use and confirmed by a button, because scanners open links.
func SignIn(l Letter) (Message, error) {
	w := wordingIn(l.Language)
	return l.write("sign-in", page{
		Language: w.tag, Title: w.signInTitle, Intro: w.signInIntro, LinkText: w.signInLink, Notes: []string{w.signInOnce, w.signInIgnore},
	})
}

// Notice tells that a discharge to the recipient's unit awaits acknowledgement. It says nothing of the discharge; its
// link leads to the board.
func Notice(l Letter) (Message, error) {
	w := wordingIn(l.Language)
	return l.write("notice", page{
		Language: w.tag, Title: w.noticeTitle, Intro: w.noticeIntro, LinkText: w.noticeLink, Notes: []string{w.noticeSignIn, w.noPatients},
	})
}

func (l Letter) write(kind string, p page) (Message, error) {
	if l.ID == "" {
		return Message{}, fmt.Errorf("%w: %s: id", ErrIncomplete, kind)
	}
	if err := checkLink(l.Link); err != nil {
		return Message{}, fmt.Errorf("%s: %w", kind, err)
	}
	m, err := addressed(l.From, l.To, true, kind, l.ID)
	if err != nil {
		return Message{}, fmt.Errorf("%s: %w", kind, err)
	}
	p.Link, m.Subject = l.Link, p.Title
	return m, m.fill(p)
}

// checkLink accepts an absolute web address of visible ASCII that carries no user. The error does not repeat it: it holds
// a token.
func checkLink(link string) error {
	for _, r := range link {
		if r <= ' ' || r > '~' || r == '"' || r == '<' || r == '>' {
			return fmt.Errorf("%w: link", ErrIncomplete)
		}
	}
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return fmt.Errorf("%w: link", ErrIncomplete)
	}
	return nil
}
