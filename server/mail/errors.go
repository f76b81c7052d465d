package mail

import (
	"errors"
	"fmt"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// ErrNoServer is what Send wraps when no SMTP server is set.
var ErrNoServer = errors.New("no SMTP server is set")

// PermanentError means that the server refused this mail for good (RFC 5321 section 4.2.1, codes 5xx): another try of the
// same mail ends the same. It holds neither address nor the server's words, which often repeat one.
type PermanentError struct {
	Step     string // what we were doing, for example "RCPT TO"
	Code     int    // SMTP reply code; 0 when the mail was refused before it was sent
	Enhanced string // RFC 3463 status, empty when the server gave none
}

func (e *PermanentError) Error() string {
	return "mail: refused for good: " + reply(e.Step, e.Code, e.Enhanced)
}

// TemporaryError means that the mail was not taken now and may be later: a 4xx reply, a server that cannot be reached, or
// one that does not let us in, since that is a setting of ours and no fault of the mail. Err is the cause where it names no
// address; it wraps the context's error when that ended the try.
type TemporaryError struct {
	Step     string
	Code     int // 0 without a reply
	Enhanced string
	Err      error
}

func (e *TemporaryError) Error() string {
	text := "mail: not sent: " + reply(e.Step, e.Code, e.Enhanced)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause, nil when there is none to show.
func (e *TemporaryError) Unwrap() error { return e.Err }

func reply(step string, code int, enhanced string) string {
	if code == 0 {
		return step
	}
	if enhanced == "" {
		return fmt.Sprintf("%s: SMTP %d", step, code)
	}
	return fmt.Sprintf("%s: SMTP %d %s", step, code, enhanced)
}

// ourFault are the 5xx codes that speak of us, not of the mail: authentication is wanted, too weak, refused or must be
// encrypted (RFC 4954 section 6), or the command is not known on this port. Mails wait until the setting is mended.
var ourFault = map[int]bool{500: true, 502: true, 503: true, 530: true, 534: true, 535: true, 538: true}

// connectError tells what went wrong before the mail was offered. Replies of the server are cut to their code.
func connectError(err error) error {
	var said *textproto.Error
	if errors.As(err, &said) {
		return &TemporaryError{Step: "signing in to the server", Code: said.Code}
	}
	return &TemporaryError{Step: "connecting", Err: err}
}

// deliveryError sorts what go-mail says of one mail.
func deliveryError(err error) error {
	var sent *gomail.SendError
	if !errors.As(err, &sent) {
		return &TemporaryError{Step: "sending"}
	}
	step, ok := steps[sent.Reason]
	if !ok {
		step = "sending"
	}
	code := sent.ErrorCode()
	if code >= 500 && code < 600 && !ourFault[code] {
		return &PermanentError{Step: step, Code: code, Enhanced: sent.EnhancedStatusCode()}
	}
	return &TemporaryError{Step: step, Code: code, Enhanced: sent.EnhancedStatusCode()}
}

var steps = map[gomail.SendErrReason]string{
	gomail.ErrSMTPMailFrom: "MAIL FROM", gomail.ErrSMTPRcptTo: "RCPT TO", gomail.ErrSMTPData: "DATA",
	gomail.ErrSMTPDataClose: "the end of DATA", gomail.ErrWriteContent: "the content", gomail.ErrConnCheck: "the connection",
}
