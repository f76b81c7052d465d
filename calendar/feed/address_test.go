package feed

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	check := func(name, address, want string) {
		t.Run(name, func(t *testing.T) {
			if got := Redact(address); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
	check("path_and_query", "https://cal.example/private-1f2e/basic.ics?key=x", "cal.example")
	check("credentials", "https://kari:hemmelig@cal.example/", "cal.example")
	check("port", "webcal://cal.example:8443/a", "cal.example:8443")
	check("address_of_a_machine", "http://[2001:db8::1]:80/a", "[2001:db8::1]:80")
	check("letters_beyond_ascii", "https://kalender.møre.example/a", "kalender.møre.example")
	check("no_scheme", "private-1f2e", noAddress)
	check("path", "/demo/feeds/x.ics", noAddress)
	check("mail", "mailto:kari@cal.example", noAddress)
	check("not_a_url", "https://cal.example/%zz", noAddress)
	check("at_in_the_path", "https://cal.example/a@b", "cal.example")
	check("host_of_control_characters", "https://a\x00b/", noAddress)
	check("host_of_spaces", "https://a b/", noAddress)
	check("endless", "https://"+strings.Repeat("a", 500)+"/", noAddress)
	check("empty", "", noAddress)
}

// FuzzRedact: of no string, address or not, does more come out than a host; and what is fetched is what was shown.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		"https://kari:hemmelig@cal.example/p?q#f", "webcal://a@b@c/", "http://[::1%25eth0]/", "https://cal.example:99999/x", "https:opaque", "//cal.example/x",
		"https://a%2fb/", "https://cal.example\\@evil.example/", " https://cal.example\t", "https://[::1", "https://%e2%80%ae.example/", "HTTPS://CAL.example/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		shown := Redact(address)
		if shown != noAddress && (strings.ContainsAny(shown, "/?#@\\%&=;, \t\r\n\x00") || len(shown) > maxHost || shown == "") {
			t.Errorf("%q shows %q", address, shown)
		}
		u, _, err := parseAddress(address, true)
		if err != nil {
			if text := err.Error(); len(text) > 120 {
				t.Errorf("%q is refused with %q", address, text)
			}
			return
		}
		if u.Host != shown || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http") {
			t.Errorf("%q fetches %s and shows %q", address, u, shown)
		}
		again, _, err := parseAddress(u.String(), true)
		if err != nil || again.String() != u.String() {
			t.Errorf("%q is %s, which reads %v, %v", address, u, again, err)
		}
	})
}
