package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// script is an SMTP server that answers as told. Its words hold an address, as those of real servers do.
type script struct {
	mail, rcpt, data *smtp.SMTPError
	auth             *smtp.SMTPError // with it, or a password, AUTH PLAIN is offered
	user, password   string
	hang             chan struct{} // closed by the test: until then DATA does not answer

	mu       sync.Mutex // guards what was seen
	hello    string
	from, to string
	signedIn bool
	taken    int
}

func (s *script) NewSession(c *smtp.Conn) (smtp.Session, error) { return &scriptSession{s, c}, nil }

type scriptSession struct {
	*script
	conn *smtp.Conn
}

func reason(e *smtp.SMTPError) error {
	if e == nil {
		return nil
	}
	return e
}

func (s *scriptSession) Reset()        {}
func (s *scriptSession) Logout() error { return nil }

func (s *scriptSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.hello = from, s.conn.Hostname()
	return reason(s.mail)
}

func (s *scriptSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = to
	return reason(s.rcpt)
}

func (s *scriptSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if s.hang != nil {
		<-s.hang
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		s.taken++
	}
	return reason(s.data)
}

func (s *scriptSession) AuthMechanisms() []string {
	if s.user == "" && s.auth == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *scriptSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.auth != nil {
			return s.auth
		}
		if user != s.user || password != s.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no such user " + user}
		}
		s.signedIn = true
		return nil
	}), nil
}

// serve runs the script, with STARTTLS when a TLS configuration is given, and returns its address.
func (s *script) serve(t *testing.T, starttls, implicit *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit != nil {
		l = tls.NewListener(l, implicit)
	}
	server := smtp.NewServer(s)
	server.TLSConfig, server.Domain, server.AllowInsecureAuth = starttls, "mx.example", true
	server.ErrorLog = quietLog{slog.New(slog.DiscardHandler)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = l.Close() // Close alone does not know a listener that Serve has not taken yet
		_ = server.Close()
		<-done
	})
	return address
}

// certificate is a server's certificate for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	pool := x509.NewCertPool()
	pool.AddCert(web.Certificate())
	return &tls.Config{Certificates: web.TLS.Certificates}, pool
}

func TestSend_replies(t *testing.T) {
	reply := func(code int, enhanced smtp.EnhancedCode) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "sorry, ase@langneset.example, not here"}
	}
	check := func(name string, s *script, permanent bool, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			out := sender(t, "smtp://"+s.serve(t, nil, nil)+"?tls=none")
			err := out.Send(t.Context(), mustNotice(t))
			if err == nil || err.Error() != want {
				t.Fatalf("got %v, want %s", err, want)
			}
			var gone *PermanentError
			var later *TemporaryError
			if errors.As(err, &gone) != permanent || errors.As(err, &later) == permanent {
				t.Errorf("%T", err)
			}
		})
	}
	check("unknown_recipient", &script{rcpt: reply(550, smtp.EnhancedCode{5, 1, 1})}, true, "mail: refused for good: RCPT TO: SMTP 550 5.1.1")
	check("mailbox_full", &script{rcpt: reply(452, smtp.EnhancedCode{4, 2, 2})}, false, "mail: not sent: RCPT TO: SMTP 452 4.2.2")
	check("sender_refused", &script{mail: reply(553, smtp.EnhancedCode{5, 1, 8})}, true, "mail: refused for good: MAIL FROM: SMTP 553 5.1.8")
	check("busy", &script{mail: reply(421, smtp.EnhancedCode{4, 3, 2})}, false, "mail: not sent: MAIL FROM: SMTP 421 4.3.2")
	check("must_sign_in", &script{mail: reply(530, smtp.EnhancedCode{5, 7, 0})}, false, "mail: not sent: MAIL FROM: SMTP 530 5.7.0")
	check("content_refused", &script{data: reply(554, smtp.EnhancedCode{5, 7, 1})}, true, "mail: refused for good: the end of DATA: SMTP 554 5.7.1")
	check("greylisted", &script{data: reply(451, smtp.EnhancedCode{4, 7, 1})}, false, "mail: not sent: the end of DATA: SMTP 451 4.7.1")
	check("no_enhanced_code", &script{rcpt: reply(550, smtp.NoEnhancedCode)}, true, "mail: refused for good: RCPT TO: SMTP 550")
}

func TestSend_envelope(t *testing.T) {
	s := &script{}
	m := mustNotice(t)
	if err := sender(t, "smtp://"+s.serve(t, nil, nil)+"?tls=none").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from != m.EnvelopeFrom || s.to != "ase@langneset.example" || s.hello != "samtale.example" || s.taken != 1 {
		t.Errorf("from %q to %q, hello %q, %d taken", s.from, s.to, s.hello, s.taken)
	}
}

func TestSend_tls_and_password(t *testing.T) {
	config, pool := certificate(t)
	check := func(name string, s *script, url func(address string) string, trust *x509.CertPool, starttls, implicit *tls.Config, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			out := sender(t, url(s.serve(t, starttls, implicit)))
			out.roots = trust
			err := out.Send(t.Context(), mustNotice(t))
			s.mu.Lock()
			defer s.mu.Unlock()
			if want == "" {
				if err != nil || s.taken != 1 || (s.user != "") != s.signedIn {
					t.Errorf("%v, %d taken, signed in %t", err, s.taken, s.signedIn)
				}
				return
			}
			var later *TemporaryError
			if !errors.As(err, &later) || !strings.Contains(err.Error(), want) || s.taken != 0 {
				t.Fatalf("got %v, want %q; %d taken", err, want, s.taken)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "langneset") || strings.Contains(err.Error(), "moter") {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
	as := func(prefix, tail string) func(string) string {
		return func(address string) string { return prefix + address + tail }
	}
	known := func() *script { return &script{user: "moter", password: "s3cret/#"} }
	check("starttls", known(), as("smtp://moter:s3cret%2F%23@", ""), pool, config, nil, "")
	check("implicit_tls", known(), as("smtps://moter:s3cret%2F%23@", ""), pool, nil, config, "")
	check("loopback_without_tls", known(), as("smtp://moter:s3cret%2F%23@", "?tls=none"), nil, nil, nil, "")
	check("opportunistic_with", &script{}, as("smtp://", "?tls=opportunistic"), pool, config, nil, "")
	check("opportunistic_without", &script{}, as("smtp://", "?tls=opportunistic"), pool, nil, nil, "")
	check("starttls_not_offered", known(), as("smtp://moter:s3cret%2F%23@", ""), pool, nil, nil, "STARTTLS")
	check("certificate_unknown", known(), as("smtp://moter:s3cret%2F%23@", ""), x509.NewCertPool(), config, nil, "certificate")
	check("certificate_unknown_implicit", known(), as("smtps://moter:s3cret%2F%23@", ""), x509.NewCertPool(), nil, config, "certificate")
	check("wrong_password", known(), as("smtp://moter:guess@", ""), pool, config, nil, "signing in to the server: SMTP 535")
	check("password_not_wanted", &script{}, as("smtp://moter:s3cret@", ""), pool, config, nil, "AUTH")
}

func TestSend_cancelled(t *testing.T) {
	s := &script{hang: make(chan struct{})}
	out := sender(t, "smtp://"+s.serve(t, nil, nil)+"?tls=none")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := out.Send(ctx, mustNotice(t))
	close(s.hang)
	var later *TemporaryError
	if !errors.As(err, &later) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestSend_nobody_there(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	var later *TemporaryError
	if err := sender(t, "smtp://"+l.Addr().String()).Send(t.Context(), mustNotice(t)); !errors.As(err, &later) {
		t.Errorf("got %v", err)
	}
	if err := sender(t, "").Send(t.Context(), mustNotice(t)); !errors.As(err, &later) || !errors.Is(err, ErrNoServer) {
		t.Errorf("without a server: %v", err)
	}
}

func TestSend_of_another_mailbox(t *testing.T) {
	s := &script{}
	m := mustNotice(t)
	m.From.Email = "other@samtale.example"
	var gone *PermanentError
	if err := sender(t, "smtp://"+s.serve(t, nil, nil)+"?tls=none").Send(t.Context(), m); !errors.As(err, &gone) {
		t.Errorf("got %v", err)
	}
}

func TestNewSender_mistakes(t *testing.T) {
	check := func(name, url string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			_, err := NewSender(url, SenderConfig{From: "moter@samtale.example"})
			if len(want) == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no mistake was found")
			}
			for _, w := range want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is missing in: %v", w, err)
				}
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("shows the password or has lines: %v", err)
			}
		})
	}
	check("submission", "smtp://u:s3cret@mail.example:587")
	check("usual_port", "smtp://mail.example")
	check("smtps", "smtps://u:s3cret@mail.example/")
	check("ipv6", "smtp://[::1]:2525?tls=none")
	check("none", "")
	check("scheme", "https://mail.example", "https", "not smtp or smtps")
	check("no_host", "smtp://:587", "host is missing")
	check("port", "smtp://mail.example:70000", "port")
	check("not_a_url", "smtp://u:s3cret%zz@mail.example", "not a URL")
	check("raw_slash_in_password", "smtp://u:1s3cret/x@mail.example", "not a URL")
	check("user_alone", "smtp://u@mail.example", "belong together")
	check("password_in_the_clear", "smtp://u:s3cret@mail.example?tls=none", "only sent with TLS")
	check("password_perhaps_in_the_clear", "smtp://u:s3cret@mail.example?tls=opportunistic", "only sent with TLS")
	check("option", "smtp://mail.example?starttls=1", `"starttls" is not known`)
	check("tls_value", "smtp://mail.example?tls=yes", "required, opportunistic or none")
	check("tls_twice", "smtp://mail.example?tls=none&tls=required", "required, opportunistic or none")
	check("tls_with_smtps", "smtps://mail.example?tls=none", "always encrypted")
	check("all_together", "ftp://u@:99999/x?a=b", "ftp", "host is missing", "port", "after the host", "belong together", `"a"`)
	if _, err := NewSender("", SenderConfig{From: "no address"}); !errors.Is(err, ErrAddress) {
		t.Errorf("a From that is no address: %v", err)
	}
}
