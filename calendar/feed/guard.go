package feed

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// dialTimeout leaves time for a second address of the host within the whole fetch.
const dialTimeout = 4 * time.Second

// GuardedDialer connects to public addresses and the allowed networks only. It judges the IP address that is about to be
// connected to, after the name was resolved: a name that resolves differently the second time gains nothing. Any port
// will do; intranet calendars live on odd ones. Whoever else connects to where a stranger says uses it too.
func GuardedDialer(allow []netip.Prefix) *net.Dialer {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	return &net.Dialer{Timeout: dialTimeout, Control: guard.Safe}
}

// speakable replaces an error of the network, whose text may repeat an address, a header or a body, by one of this package that
// says as much in fixed words.
func speakable(ctx context.Context, err error) error {
	var status *StatusError
	for _, ours := range []error{ErrAddressRefused, ErrTooLarge, ErrNotCalendar, ErrUnreachable} {
		if errors.Is(err, ours) {
			return err
		}
	}
	if errors.As(err, &status) {
		return status
	}
	for _, prohibited := range []error{ssrf.ErrProhibitedIP, ssrf.ErrProhibitedNetwork, ssrf.ErrInvalidHostPort} {
		if errors.Is(err, prohibited) {
			return fmt.Errorf("%w: the host is in a private network", ErrAddressRefused)
		}
	}
	return fmt.Errorf("%w: %s", ErrUnreachable, cause(ctx, err))
}

func cause(ctx context.Context, err error) string {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		unknown     x509.UnknownAuthorityError
		notTLS      tls.RecordHeaderError
		timeout     net.Error
		corrupt     flate.CorruptInputError
	)
	switch {
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return "no whole answer in time"
	case errors.As(err, &name):
		return "the name of the host is not known"
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return "its certificate is not trusted"
	case errors.As(err, &notTLS):
		return "it does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return "the answer is damaged"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the answer ends early"
	}
	return "the connection fails, or the answer is not HTTP"
}
