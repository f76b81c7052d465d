package link

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/transport/v5/deadline"
)

const (
	handshakeWithin = 30 * time.Second
	// dtlsRetransmit: the default of 1 s costs seconds on lossy links; 100 ms floods links of 300 ms round trip.
	dtlsRetransmit = 400 * time.Millisecond
	wireQueue      = 16 // a flight with a long certificate
)

// fingerprint is the hash of a certificate that signaling told (RFC 8122 section 5).
type fingerprint struct {
	hash func([]byte) []byte
	sum  []byte
}

func parseFingerprint(text string) (fingerprint, error) {
	name, value, _ := strings.Cut(text, " ")
	sum, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(value), ":", ""))
	if err != nil {
		return fingerprint{}, ErrFingerprint
	}
	f := fingerprint{sum: sum}
	switch strings.ToLower(name) {
	case "sha-256":
		f.hash = func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	case "sha-384":
		f.hash = func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }
	case "sha-512":
		f.hash = func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
	default:
		return fingerprint{}, ErrFingerprint
	}
	if len(sum) != len(f.hash(nil)) {
		return fingerprint{}, ErrFingerprint
	}
	return f, nil
}

// verify compares the certificate the client came with.
func (f fingerprint) verify(raw [][]byte, _ [][]*x509.Certificate) error {
	if len(raw) == 0 || subtle.ConstantTimeCompare(f.hash(raw[0]), f.sum) != 1 {
		return errors.New("link: the client's certificate is another than it told")
	}
	return nil
}

// shake begins the handshake once a path is known. It needs mu.
func (c *Conn) shake() {
	if c.shaking || !c.started {
		return
	}
	c.shaking = true
	c.wg.Go(func() {
		if err := c.secure(); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.broken = true
			c.observe()
		}
	})
}

// secure makes the handshake and the keys. A client that says goodbye on DTLS later may still have its socket: only ICE
// ends a line.
func (c *Conn) secure() error {
	ctx, cancel := context.WithTimeout(c.ctx, c.port.config.handshakeWait)
	defer cancel()
	conn, err := c.handshake()
	if err != nil {
		return err
	}
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return err
	}
	s, err := c.keys(conn)
	if err != nil {
		_ = conn.Close()
		return err
	}
	if !c.secured(conn, s) {
		_ = conn.Close()
	}
	return nil
}

// secured puts the keys to use unless the line was closed meanwhile.
func (c *Conn) secured(conn *dtls.Conn, s *session) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == StateClosed {
		return false
	}
	c.dtls = conn
	c.session.Store(s)
	c.observe()
	return true
}

func (c *Conn) handshake() (*dtls.Conn, error) {
	c.mu.Lock()
	verify, passive := c.fingerprint.verify, c.passive
	c.mu.Unlock()
	options := []dtls.Option{
		dtls.WithCertificates(c.port.certificate),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		dtls.WithInsecureSkipVerify(true), // certificates are self-signed; the fingerprint is what counts
		dtls.WithVerifyPeerCertificate(verify),
		dtls.WithLoggerFactory(silent),
		dtls.WithFlightInterval(dtlsRetransmit),
	}
	if passive {
		as := make([]dtls.ClientOption, 0, len(options))
		for _, o := range options {
			as = append(as, o)
		}
		return dtls.ClientWithOptions(c.wire, c.wire.LocalAddr(), as...)
	}
	as := make([]dtls.ServerOption, 0, len(options)+2)
	for _, o := range options {
		as = append(as, o)
	}
	// One round trip less: ICE has verified the address already.
	as = append(as, dtls.WithClientAuth(dtls.RequireAnyClientCert), dtls.WithInsecureSkipVerifyHello(true))
	return dtls.ServerWithOptions(c.wire, c.wire.LocalAddr(), as...)
}

func (c *Conn) keys(conn *dtls.Conn) (*session, error) {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	if !ok {
		return nil, errors.New("link: the client speaks no SRTP")
	}
	state, ok := conn.ConnectionState()
	if !ok {
		return nil, errors.New("link: no keys")
	}
	return newSession(&state, profile, c.passive)
}

// wire is what DTLS takes for its socket.
type wire struct {
	conn  *Conn
	queue chan datagram
	done  chan struct{}
	once  sync.Once
	until *deadline.Deadline
	begun atomic.Bool
	hello atomic.Pointer[[]byte] // our first datagram, when we begin, until the client has said anything
}

func newWire(c *Conn) *wire {
	return &wire{conn: c, queue: make(chan datagram, wireQueue), done: make(chan struct{}), until: deadline.New()}
}

// push never waits.
func (w *wire) push(packet []byte) {
	w.begun.Store(true)
	w.hello.Store(nil)
	if len(w.queue) == cap(w.queue) {
		return
	}
	d := copied(packet, origin{})
	select {
	case w.queue <- d:
	default:
		buffers.Put(d.bytes)
	}
}

// ReadFrom is DTLS's reading.
func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case <-w.done:
		return 0, nil, io.EOF
	case <-w.until.Done():
		return 0, nil, os.ErrDeadlineExceeded
	case d := <-w.queue:
		return d.into(b), w.LocalAddr(), nil
	}
}

// WriteTo sends where media goes.
func (w *wire) WriteTo(b []byte, _ net.Addr) (int, error) {
	if !w.begun.Swap(true) {
		hello := bytes.Clone(b)
		w.hello.Store(&hello)
	}
	if t := w.conn.target.Load(); t != nil {
		t.send(b)
	}
	return len(b), nil
}

// repeat sends our first datagram again if nothing has come back. It goes out with the first check, half a round trip before
// the client knows that its way to us is open, and Chromium drops a fifth of those: waiting for DTLS to repeat it costs more
// than all the rest of the handshake.
func (w *wire) repeat() {
	if hello := w.hello.Load(); hello != nil {
		_, _ = w.WriteTo(*hello, nil)
	}
}

// LocalAddr stands for both ends: the path may change at any time.
func (w *wire) LocalAddr() net.Addr { return &net.UDPAddr{} }

// Close ends reading.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.done) })
	return nil
}

// SetDeadline is for reading; writing never waits.
func (w *wire) SetDeadline(t time.Time) error { return w.SetReadDeadline(t) }

// SetReadDeadline ends a reading.
func (w *wire) SetReadDeadline(t time.Time) error {
	w.until.Set(t)
	return nil
}

// SetWriteDeadline does nothing.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
