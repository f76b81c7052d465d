package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// target is where and how mail is handed over.
type target struct {
	host           string
	port           int
	implicitTLS    bool // smtps: TLS from the first byte (RFC 8314 section 3.3)
	policy         gomail.TLSPolicy
	user, password string
}

// policies are the values of ?tls=. Without it STARTTLS is required.
var policies = map[string]gomail.TLSPolicy{
	"required": gomail.TLSMandatory, "opportunistic": gomail.TLSOpportunistic, "none": gomail.NoTLS,
}

// parseTarget reads smtp://user:password@host:port?tls=required|opportunistic|none (port 587) or
// smtps://user:password@host:port (port 465). The error tells every mistake and never the URL, which may hold a password.
func parseTarget(raw string) (target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, errors.New("mail: the SMTP URL is not a URL (a password with special characters must be percent-encoded)")
	}
	var mistakes []string
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	t := target{host: u.Hostname(), port: 587, policy: gomail.TLSMandatory}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		t.implicitTLS, t.port = true, 465
	default:
		wrong("the scheme is %q, not smtp or smtps", u.Scheme)
	}
	if t.host == "" {
		wrong("the host is missing")
	}
	if text := u.Port(); text != "" {
		if t.port, err = strconv.Atoi(text); err != nil || t.port < 1 || t.port > 65535 {
			wrong("the port is not between 1 and 65535")
		}
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "" {
		wrong("there is something after the host; write a / or # in a password as %%2F or %%23")
	}
	t.user = u.User.Username()
	t.password, _ = u.User.Password()
	if (t.user == "") != (t.password == "") {
		wrong("user and password belong together")
	}
	t.readQuery(u.Query(), wrong)
	if t.user != "" && !t.implicitTLS && t.policy != gomail.TLSMandatory && !isLoopback(t.host) {
		wrong("a password is only sent with TLS; leave out tls=")
	}
	if len(mistakes) > 0 {
		return target{}, fmt.Errorf("mail: the SMTP URL: %s", strings.Join(mistakes, "; "))
	}
	return t, nil
}

func (t *target) readQuery(query url.Values, wrong func(string, ...any)) {
	for name, values := range query {
		policy, known := policies[query.Get("tls")]
		switch {
		case name != "tls":
			wrong("the option %q is not known", name)
		case t.implicitTLS:
			wrong("smtps is always encrypted; leave out tls=")
		case !known || len(values) > 1:
			wrong("tls is not required, opportunistic or none")
		default:
			t.policy = policy
		}
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
