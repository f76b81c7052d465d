package server

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"

	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/signaling/sfu"
	"github.com/samtale/samtale/signaling/turn"
)

// openings is all that the server listens on.
type openings struct {
	web   net.Listener // what is HTTP at SAMTALE_LISTEN
	own   net.Listener // plain HTTP on loopback, where web is HTTPS and calendars of the demo are fetched from ourselves; else nil
	media *sfu.Server
	relay *turn.Server // nil: there is none
}

// open listens. The caller must close what it returns.
func (s *Server) open() (_ *openings, err error) {
	o := &openings{}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.web, err = net.Listen("tcp", s.config.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s (SAMTALE_LISTEN): %w", s.config.Listen, explained(err))
	}
	var secured *tls.Config
	if s.config.TLSCert != "" {
		c, err := openCertificate(s.config.TLSCert, s.config.TLSKey, s.log)
		if err != nil {
			return nil, err
		}
		secured = c.config()
	}
	if o.media, err = openMedia(s.config, s.log); err != nil {
		return nil, fmt.Errorf("media on %s (SAMTALE_MEDIA_UDP): %w", s.config.MediaUDP, err)
	}
	if o.relay, err = s.openRelay(o.media, secured); err != nil {
		return nil, err
	}
	web := secured
	if !s.config.EndsTLS() {
		web = nil
	}
	switch {
	case o.relay != nil:
		o.web = o.relay.Share(o.web, web)
	case web != nil:
		o.web = tls.NewListener(o.web, web)
	}
	if web != nil && s.config.Demo {
		if o.own, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("listen on loopback for our own calendars: %w", err)
		}
	}
	return o, nil
}

// close ends what others have not ended: calls first, for media goes through the relay.
func (o *openings) close() {
	if o.web != nil {
		_ = o.web.Close()
	}
	if o.own != nil {
		_ = o.own.Close()
	}
	if o.relay != nil {
		_ = o.relay.Close()
	}
	if o.media != nil {
		o.media.Close()
	}
}

// http returns what HTTP is served on.
func (o *openings) http() []net.Listener {
	if o.own != nil {
		return []net.Listener{o.web, o.own}
	}
	return []net.Listener{o.web}
}

// ownAddress is where the server reaches its own HTTP.
func (o *openings) ownAddress() string {
	if o.own != nil {
		return loopback(o.own.Addr())
	}
	return loopback(o.web.Addr())
}

// explained adds what to do about ports that are not everybody's.
func explained(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: ports below 1024 need CAP_NET_BIND_SERVICE, see docs/firewalls.md", err)
	}
	return err
}

// openRelay starts TURN; nil: it is switched off. A port that was not asked for may be another's: then TURN goes by the web's alone.
func (s *Server) openRelay(media *sfu.Server, secured *tls.Config) (*turn.Server, error) {
	if s.config.TURN == "" {
		return nil, nil
	}
	secret, err := hkdf.Key(sha256.New, s.secret, nil, "samtale relay", 32)
	if err != nil {
		return nil, fmt.Errorf("secret of TURN: %w", err)
	}
	c := turn.Config{
		UDPAddr: s.config.TURN, TCPAddr: s.config.TURN, TLSAddr: s.config.TURNTLS, TLS: secured, URLs: relayURLs(s.config, true), Secret: secret,
		Media: mediaAddresses(media, s.config), Announce: s.config.MediaAddresses, Logger: s.log,
	}
	relay, err := turn.New(c)
	if err == nil || s.config.TURNGiven || s.config.TURNTLS != "" {
		if err != nil {
			err = fmt.Errorf("TURN on %s (SAMTALE_TURN, SAMTALE_TURN_TLS): %w", s.config.TURN, explained(err))
		}
		return relay, err
	}
	s.log.Warn("no TURN on a port of its own; it goes by the web's port alone", slog.String("address", s.config.TURN), slog.Any("err", err))
	c.UDPAddr, c.TCPAddr, c.URLs = "", "", relayURLs(s.config, false)
	return turn.New(c)
}

// relayURLs is where clients find TURN, the best first: UDP waits for nothing, TLS on the web's port goes through every proxy. own
// says that TURN has ports of its own.
func relayURLs(c config.Config, own bool) []string {
	if len(c.TURNURLs) > 0 {
		return c.TURNURLs
	}
	host := c.PublicURL.Hostname()
	at := func(scheme, port, transport string) string {
		return scheme + ":" + net.JoinHostPort(host, port) + "?transport=" + transport
	}
	var urls []string
	if own {
		_, port, _ := net.SplitHostPort(c.TURN)
		urls = append(urls, at("turn", port, "udp"), at("turn", port, "tcp"))
	}
	switch {
	case c.TURNTLS != "":
		_, port, _ := net.SplitHostPort(c.TURNTLS)
		urls = append(urls, at("turns", port, "tcp"))
	case c.EndsTLS():
		urls = append(urls, at("turns", portOf(c.PublicURL), "tcp"))
	case !c.Secure():
		urls = append(urls, at("turn", portOf(c.PublicURL), "tcp"))
	}
	return urls
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
