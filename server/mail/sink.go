package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	maxMessage    = 1 << 20 // bytes; our own mails have some 10 KiB
	maxRecipients = 10
	sinkTimeout   = 30 * time.Second // for a command or a piece of data
)

// Sink is an SMTP server on loopback that keeps what it gets in a folder and sends nothing on: the demo's post office,
// and the other end in tests. Any goroutine may call its methods.
type Sink struct {
	folder   *folder
	listener *trackingListener
	server   *smtp.Server
}

// SinkConfig holds what a Sink needs.
type SinkConfig struct {
	Dir    string       // the folder of .eml files, made when missing; its mails are kept over restarts
	Logger *slog.Logger // nil: slog.Default
}

// NewSink opens the folder and listens on a free port of 127.0.0.1. Connections wait until Run; end a Sink with Close or by
// the context of Run.
func NewSink(c SinkConfig) (*Sink, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	f, err := openFolder(c.Dir, c.Logger)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("mail: listen for the sink: %w", err)
	}
	s := &Sink{folder: f, listener: &trackingListener{Listener: l, conns: map[net.Conn]bool{}}}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{folder: f, log: c.Logger}, nil }))
	s.server.Domain = "localhost"
	s.server.MaxMessageBytes, s.server.MaxRecipients = maxMessage, maxRecipients
	s.server.ReadTimeout, s.server.WriteTimeout = sinkTimeout, sinkTimeout
	s.server.ErrorLog = quietLog{c.Logger}
	return s, nil
}

// URL is the sink's address for NewSender.
func (s *Sink) URL() string { return "smtp://" + s.listener.Addr().String() + "?tls=none" }

// Messages returns the mails of the folder, newest first.
func (s *Sink) Messages() ([]Received, error) { return s.folder.messages() }

// Run serves until ctx ends or Close, and returns when every connection's goroutine has. Call it once.
func (s *Sink) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	err := s.server.Serve(s.listener)
	s.listener.closeAll()
	_ = s.server.Shutdown(context.WithoutCancel(ctx)) // the connections are closed: this waits for their goroutines
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("mail: sink: %w", err)
	}
	return nil
}

// Close stops listening and makes Run return.
func (s *Sink) Close() error {
	if err := s.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("mail: close the sink: %w", err)
	}
	return nil
}

// delivery is one client's session.
type delivery struct {
	folder *folder
	log    *slog.Logger
	from   string
	to     []string
}

func (d *delivery) Reset()        { d.from, d.to = "", nil }
func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

// Data keeps the message when it can be read back.
func (d *delivery) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err // too large, or the client is gone: go-smtp knows the reply
	}
	if _, err := parseReceived(data); err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The message cannot be read"}
	}
	if err := d.folder.keep(d.from, d.to, data, time.Now()); err != nil {
		d.log.Warn("mail not kept", slog.Any("err", err))
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The message could not be kept"}
	}
	return nil
}

// trackingListener knows its open connections: go-smtp closes them without waiting for their goroutines, or waits for
// them without closing.
type trackingListener struct {
	net.Listener
	mu    sync.Mutex // guards conns
	conns map[net.Conn]bool
}

func (l *trackingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[c] = true
	return &trackedConn{Conn: c, listener: l}, nil
}

func (l *trackingListener) closeAll() {
	l.mu.Lock()
	open := slices.Collect(maps.Keys(l.conns))
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

type trackedConn struct {
	net.Conn
	listener *trackingListener
}

func (c *trackedConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, c.Conn)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// quietLog is go-smtp's log: connections that break off are no news.
type quietLog struct{ log *slog.Logger }

func (q quietLog) Printf(format string, v ...any) {
	q.log.Debug("mail sink: " + fmt.Sprintf(format, v...))
}
func (q quietLog) Println(v ...any) { q.log.Debug("mail sink: " + fmt.Sprint(v...)) }
