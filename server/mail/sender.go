package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// sendTimeout bounds one try from dialling to the last reply, also when the context has no deadline. The end of DATA may
// take long on servers that scan (RFC 5321 section 4.5.3.2.6 wants patience); a mail that is late is tried again.
const sendTimeout = time.Minute

// Sender hands messages to one SMTP server, each over a connection of its own. Any goroutine may use it.
type Sender struct {
	target target
	none   bool // no server is set
	from   string
	domain string // said in EHLO: the mailbox's, since the machine's own name is nobody's business
	roots  *x509.CertPool
}

// SenderConfig holds what a Sender needs besides the server.
type SenderConfig struct {
	From string // the organizer's mailbox; messages from any other are refused
}

// NewSender reads the server from rawURL: smtp://user:password@host:port?tls=required|opportunistic|none, or smtps://….
// STARTTLS is required unless tls says otherwise. With an empty rawURL every Send ends in ErrNoServer. The error tells all
// mistakes at once and no password.
func NewSender(rawURL string, c SenderConfig) (*Sender, error) {
	_, domain, err := splitAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	s := &Sender{from: c.From, domain: domain, none: rawURL == ""}
	if s.none {
		return s, nil
	}
	s.target, err = parseTarget(rawURL)
	return s, err
}

// Send hands m over and returns nil when the server has taken it. Errors are *PermanentError, when another try is no use,
// or *TemporaryError. Cancelling ctx closes the connection at once; whether the server took the mail is then unknown.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if s.none {
		return &TemporaryError{Step: "connecting", Err: ErrNoServer}
	}
	if m.From.Email != s.from {
		return &PermanentError{Step: "the sender is not the organizer's mailbox"}
	}
	msg, err := m.build(time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = s.deliver(ctx, msg)
	switch {
	case msg.IsDelivered(): // what fails after the server has taken the mail must not send it twice
		return nil
	case ctx.Err() != nil:
		return &TemporaryError{Step: "sending", Err: ctx.Err()}
	}
	return err
}

// deliver owns the connection: go-mail leaves it open when the greeting, TLS or signing in fails.
func (s *Sender) deliver(ctx context.Context, msg *gomail.Msg) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return &TemporaryError{Step: "connecting", Err: err}
	}
	defer func() { _ = conn.Close() }() // closed by QUIT when all went well
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := gomail.NewClient(s.target.host, s.options(conn)...)
	if err != nil {
		return &TemporaryError{Step: "preparing", Err: err}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connectError(err)
	}
	if err := client.SendWithSMTPClient(session, msg); err != nil {
		return deliveryError(err)
	}
	_ = client.CloseWithSMTPClient(session)
	return nil
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.target.host, fmt.Sprint(s.target.port))
	if s.target.implicitTLS {
		return (&tls.Dialer{Config: s.tlsConfig()}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func (s *Sender) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.target.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

func (s *Sender) options(conn net.Conn) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.target.port), gomail.WithHELO(s.domain), gomail.WithTimeout(sendTimeout),
		gomail.WithTLSPolicy(s.target.policy), gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithoutSMTPUTF8(),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if s.target.implicitTLS {
		options = append(options, gomail.WithSSL())
	}
	if s.target.user != "" {
		options = append(options, gomail.WithUsername(s.target.user), gomail.WithPassword(s.target.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}
