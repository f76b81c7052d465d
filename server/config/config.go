// Package config turns the environment into one checked struct, once. Every mistake is reported, all together, each with
// the variable's name. A secret NAME may also be given as NAME_FILE. It is the only reader of the environment and refuses
// to know what the values are for.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Config is what `samtale serve` and `samtale demo` run with. See docs/configuration.md for each value.
type Config struct {
	Listen         string         // SAMTALE_LISTEN, host:port of HTTP
	PublicURL      *url.URL       // SAMTALE_PUBLIC_URL, as browsers and mails see us; no path
	DataDir        string         // SAMTALE_DATA_DIR
	RedisURL       string         // REDIS_URL; empty: a private redis-server child
	TLSCert        string         // SAMTALE_TLS_CERT, PEM file of the chain; empty: we speak plain HTTP
	TLSKey         string         // SAMTALE_TLS_KEY, PEM file
	MediaUDP       string         // SAMTALE_MEDIA_UDP, host:port of all media
	MediaTCP       string         // SAMTALE_MEDIA_TCP, the same for whom no UDP gets through; empty: none
	TURN           string         // SAMTALE_TURN, host:port of TURN by UDP and TCP; empty: no TURN at all
	TURNGiven      bool           // SAMTALE_TURN was set: the port must be had
	TURNTLS        string         // SAMTALE_TURN_TLS, host:port of TURN over TLS alone; then Listen stays plain, for a proxy
	TURNURLs       []string       // SAMTALE_TURN_URLS, told to clients in place of what follows from the rest
	MediaAddresses []netip.Addr   // SAMTALE_MEDIA_ADDRESSES, announced instead of the interfaces' own
	SMTPURL        string         // SAMTALE_SMTP_URL
	MailFrom       string         // SAMTALE_MAIL_FROM, the organizer's address
	Secret         string         // SAMTALE_SECRET; empty: made once and kept in the data directory
	Node           string         // SAMTALE_NODE
	NodePath       string         // SAMTALE_NODE_PATH, prefix of this node's WebSocket path
	FeedAllow      []netip.Prefix // SAMTALE_FEED_ALLOW, private networks that feeds may be fetched from
	FeedHTTP       bool           // SAMTALE_FEED_HTTP, allow http:// feeds
	PushAllow      []netip.Prefix // SAMTALE_PUSH_ALLOW, private networks that a push service may stand in
	TrustedProxies []string       // SAMTALE_TRUSTED_PROXIES, whose X-Forwarded-For is believed
	Production     bool           // SAMTALE_ENV=production: refuses a store that keeps nothing
	Debug          bool           // SAMTALE_LOG=debug
	Idle           time.Duration  // SAMTALE_IDLE_MINUTES, after which a session locks itself
	Demo           bool           // set by `samtale demo`
	DemoNow        time.Time      // SAMTALE_DEMO_NOW; zero: the coming Friday 12:45
	DemoReset      bool           // set by `samtale demo --reset`: forget the kept demo and begin anew
}

// Load reads the environment through lookup (os.LookupEnv in main) for `serve`, or for `demo` when demo is set. The
// error joins every mistake.
func Load(lookup func(string) (string, bool), demo bool) (Config, error) {
	r := reader{lookup: lookup}
	c := Config{Demo: demo}
	c.Listen = r.address("SAMTALE_LISTEN", ":8080")
	c.TLSCert, c.TLSKey = r.keyPair("SAMTALE_TLS_CERT", "SAMTALE_TLS_KEY")
	c.TURNTLS = r.optional("SAMTALE_TURN_TLS", "")
	c.PublicURL = r.publicURL("SAMTALE_PUBLIC_URL", c.Listen, c.EndsTLS())
	c.DataDir = r.text("SAMTALE_DATA_DIR", "samtale-data")
	c.RedisURL = r.secretURL("REDIS_URL", "redis", "rediss", "unix")
	c.MediaUDP = r.address("SAMTALE_MEDIA_UDP", ":7882")
	c.MediaTCP = r.optional("SAMTALE_MEDIA_TCP", c.MediaUDP)
	c.TURN, c.TURNGiven = r.optional("SAMTALE_TURN", ":3478"), r.text("SAMTALE_TURN", "") != ""
	c.TURNURLs = list(&r, "SAMTALE_TURN_URLS", turnURL)
	r.checkTLS(c)
	c.MediaAddresses = list(&r, "SAMTALE_MEDIA_ADDRESSES", netip.ParseAddr)
	c.SMTPURL = r.secretURL("SAMTALE_SMTP_URL", "smtp", "smtps")
	c.MailFrom = r.text("SAMTALE_MAIL_FROM", "")
	if c.MailFrom == "" {
		c.MailFrom = "moter@" + mailDomain(c.PublicURL)
	} else if !strings.Contains(c.MailFrom, "@") {
		r.wrong("SAMTALE_MAIL_FROM", c.MailFrom, "an e-mail address")
	}
	c.Secret = r.secret("SAMTALE_SECRET")
	if c.Secret != "" && len(c.Secret) < 32 {
		r.mistakes = append(r.mistakes, errors.New("SAMTALE_SECRET: at least 32 characters are needed"))
	}
	c.Node = r.text("SAMTALE_NODE", "n1")
	c.NodePath = r.path("SAMTALE_NODE_PATH")
	c.FeedAllow = list(&r, "SAMTALE_FEED_ALLOW", netip.ParsePrefix)
	c.FeedHTTP = r.flag("SAMTALE_FEED_HTTP")
	c.PushAllow = list(&r, "SAMTALE_PUSH_ALLOW", netip.ParsePrefix)
	for _, p := range list(&r, "SAMTALE_TRUSTED_PROXIES", netip.ParsePrefix) {
		c.TrustedProxies = append(c.TrustedProxies, p.String())
	}
	c.Production = r.choice("SAMTALE_ENV", "", "production") == "production"
	c.Debug = r.choice("SAMTALE_LOG", "info", "debug") == "debug"
	c.Idle = r.minutes("SAMTALE_IDLE_MINUTES", 30, 1, 12*60)
	if demo {
		c.DemoNow = r.instant("SAMTALE_DEMO_NOW")
	}
	return c, errors.Join(r.mistakes...)
}

// Secure says whether browsers reach us by https.
func (c Config) Secure() bool { return c.PublicURL.Scheme == "https" }

// EndsTLS says whether HTTPS ends here and not at a proxy in front.
func (c Config) EndsTLS() bool { return c.TLSCert != "" && c.TURNTLS == "" }

func mailDomain(u *url.URL) string {
	if u == nil || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil {
		return "samtale.example"
	}
	return u.Hostname()
}

// reader collects mistakes while it reads.
type reader struct {
	lookup   func(string) (string, bool)
	mistakes []error
}

func (r *reader) wrong(name, value, want string) {
	r.mistakes = append(r.mistakes, fmt.Errorf("%s: %q is not %s", name, value, want))
}

func (r *reader) text(name, otherwise string) string {
	if v, ok := r.lookup(name); ok && v != "" {
		return v
	}
	return otherwise
}

// secret reads NAME or the file NAME_FILE names.
func (r *reader) secret(name string) string {
	direct := r.text(name, "")
	path := r.text(name+"_FILE", "")
	switch {
	case path == "":
		return direct
	case direct != "":
		r.mistakes = append(r.mistakes, fmt.Errorf("%s and %s_FILE are both set", name, name))
		return direct
	}
	data, err := os.ReadFile(path)
	if err != nil {
		r.mistakes = append(r.mistakes, fmt.Errorf("%s_FILE: %w", name, err))
		return ""
	}
	return strings.TrimSpace(string(data))
}

// secretURL never repeats the value in a mistake: it may hold a password.
func (r *reader) secretURL(name string, schemes ...string) string {
	value := r.secret(name)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil {
		r.mistakes = append(r.mistakes, fmt.Errorf("%s: not a URL", name))
		return ""
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return value
		}
	}
	r.mistakes = append(r.mistakes, fmt.Errorf("%s: scheme %q is not one of %s", name, u.Scheme, strings.Join(schemes, ", ")))
	return ""
}

func (r *reader) address(name, otherwise string) string {
	value := r.text(name, otherwise)
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.wrong(name, value, "host:port, for example :8080")
	}
	return value
}

func (r *reader) publicURL(name, listen string, tls bool) *url.URL {
	_, port, _ := net.SplitHostPort(listen)
	scheme := "http"
	if tls {
		scheme = "https"
	}
	value := r.text(name, scheme+"://localhost:"+port)
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		r.wrong(name, value, "an address like https://samtale.example")
		return &url.URL{Scheme: "http", Host: "localhost"}
	}
	u.Path = ""
	return u
}

func (r *reader) path(name string) string {
	value := strings.TrimSuffix(r.text(name, ""), "/")
	if value != "" && (!strings.HasPrefix(value, "/") || strings.ContainsAny(value, "?# ")) {
		r.wrong(name, value, "a path that begins with /")
	}
	return value
}

func (r *reader) flag(name string) bool {
	value := r.text(name, "false")
	on, err := strconv.ParseBool(value)
	if err != nil {
		r.wrong(name, value, "true or false")
	}
	return on
}

func (r *reader) choice(name string, allowed ...string) string {
	value := r.text(name, allowed[0])
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	r.wrong(name, value, "one of "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
	return allowed[0]
}

func (r *reader) minutes(name string, otherwise, least, most int) time.Duration {
	value := r.text(name, strconv.Itoa(otherwise))
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		r.wrong(name, value, fmt.Sprintf("a whole number of minutes from %d to %d", least, most))
		n = otherwise
	}
	return time.Duration(n) * time.Minute
}

func (r *reader) instant(name string) time.Time {
	value := r.text(name, "")
	if value == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		r.wrong(name, value, "an instant like 2026-11-27T12:45:00+01:00")
	}
	return at
}

// list reads comma-separated values.
func list[T any](r *reader, name string, parse func(string) (T, error)) []T {
	var values []T
	for part := range strings.SplitSeq(r.text(name, ""), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		v, err := parse(part)
		if err != nil {
			r.mistakes = append(r.mistakes, fmt.Errorf("%s: %w", name, err))
			continue
		}
		values = append(values, v)
	}
	return values
}
