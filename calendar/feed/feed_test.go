package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const calendarText = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"

// secret stands in the path, the query and the password of the addresses of these tests. No error may show it.
const secret = "s3cr3t"

// loopback is what tests must allow to reach their own servers.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func server(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s
}

func tlsServer(t *testing.T, handle http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what some tests want
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

// keyed is an address of the server as calendars give them out: whoever has it reads the calendar.
func keyed(s *httptest.Server) string { return s.URL + "/" + secret + "/basic.ics?key=" + secret }

func plain() Options { return Options{Allow: loopback, AllowHTTP: true} }

// fails fetches and checks that the error is the wanted one, shows no secret and comes with no result.
func fails(t *testing.T, o Options, s Source, want error) error {
	t.Helper()
	result, err := New(o).Fetch(t.Context(), s)
	if !errors.Is(err, want) {
		t.Fatalf("got %q, %v; want %v", result.Body, err, want)
	}
	if strings.Contains(err.Error(), secret) || result.Body != nil || result.NotModified {
		t.Errorf("the error shows the address, or there is a result: %v, %+v", err, result)
	}
	return err
}

func gzipped(t *testing.T, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	write(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFetch_calendars(t *testing.T) {
	check := func(name, contentType, body string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", contentType)
				w.Header().Set("ETag", `"7"`)
				w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 08:00:00 GMT")
				fmt.Fprint(w, body)
			})
			result, err := New(plain()).Fetch(t.Context(), Source{URL: keyed(s)})
			if err != nil {
				t.Fatal(err)
			}
			if string(result.Body) != body || result.ETag != `"7"` || result.LastModified != "Mon, 23 Nov 2026 08:00:00 GMT" || result.NotModified {
				t.Errorf("%+v", result)
			}
		})
	}
	wide := func(mark string, low int) string {
		b := []byte(mark)
		for _, u := range utf16.Encode([]rune(calendarText)) {
			pair := []byte{byte(u >> 8), byte(u >> 8)}
			pair[low] = byte(u)
			b = append(b, pair...)
		}
		return string(b)
	}
	check("usual", "text/calendar; charset=utf-8", calendarText)
	check("declared_a_page", "text/html", calendarText)
	check("declared_binary", "application/octet-stream", calendarText)
	check("byte_order_mark", "text/calendar", "\ufeff"+calendarText)
	check("utf16_little_end", "text/calendar", wide("\xff\xfe", 0))
	check("utf16_big_end", "text/calendar", wide("\xfe\xff", 1))
	check("utf16_without_mark", "text/calendar", wide("", 0))
	check("blank_lines_before", "text/calendar", "\r\n\r\n"+calendarText)
	check("complaint_before", "text/calendar", "Warning: deprecated in line 12\n"+calendarText)
	check("small_letters", "text/calendar", strings.ToLower(calendarText))
	check("no_events_at_all", "text/calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR")
}

func TestFetch_request(t *testing.T) {
	var got *http.Request
	s, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(gzipped(t, func(w io.Writer) { io.WriteString(w, calendarText) }))
		}
	})
	check := func(name, scheme, credentials, wantUser, wantPassword string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			address := scheme + credentials + strings.TrimPrefix(keyed(s), "https://") + "#part"
			result, err := New(Options{Allow: loopback, Roots: roots}).Fetch(t.Context(), Source{URL: address})
			if err != nil || string(result.Body) != calendarText {
				t.Fatalf("%q, %v", result.Body, err)
			}
			if user, password, _ := got.BasicAuth(); user != wantUser || password != wantPassword {
				t.Errorf("credentials %q %q", user, password)
			}
			if got.URL.Path != "/"+secret+"/basic.ics" || got.URL.RawQuery != "key="+secret || got.Method != http.MethodGet {
				t.Errorf("%s %s", got.Method, got.URL)
			}
			for _, never := range []string{"Referer", "Cookie", "If-None-Match", "If-Modified-Since"} {
				if got.Header.Get(never) != "" {
					t.Errorf("%s: %s", never, got.Header.Get(never))
				}
			}
		})
	}
	check("https", "https://", "", "", "")
	check("https_in_capitals", "HTTPS://", "", "", "")
	check("webcal", "webcal://", "", "", "")
	check("webcals", "webcals://", "", "", "")
	check("with_credentials", "https://", "kari:pa%3Ass%40@", "kari", "pa:ss@")
	check("with_user_only", "webcal://", "kari@", "kari", "")
	check("with_space_around", " https://", "", "", "")
}

func TestFetch_conditional(t *testing.T) {
	const tag, date = `W/"åø-7"`, "Mon, 23 Nov 2026 08:00:00 GMT"
	var asked http.Header
	answers := func(status int, header ...string) *httptest.Server {
		return server(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r.Header
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		})
	}
	check := func(name string, s *httptest.Server, source Source, want Result) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			source.URL = keyed(s)
			result, err := New(plain()).Fetch(t.Context(), source)
			if err != nil || result.ETag != want.ETag || result.LastModified != want.LastModified || !result.NotModified || result.Body != nil {
				t.Errorf("%+v, %v; want %+v", result, err, want)
			}
			if asked.Get("If-None-Match") != source.ETag || asked.Get("If-Modified-Since") != source.LastModified {
				t.Errorf("asked with %v", asked)
			}
		})
	}
	same := answers(http.StatusNotModified)
	check("etag", same, Source{ETag: tag}, Result{ETag: tag})
	check("date", same, Source{LastModified: date}, Result{LastModified: date})
	check("both", same, Source{ETag: tag, LastModified: date}, Result{ETag: tag, LastModified: date})
	check("new_etag", answers(http.StatusNotModified, "ETag", `"8"`), Source{ETag: tag, LastModified: date}, Result{ETag: `"8"`})

	for _, s := range []Source{{URL: keyed(same)}, {URL: keyed(same), ETag: "a\nb"}, {URL: keyed(same), ETag: strings.Repeat("a", 2000)}} {
		_, err := New(plain()).Fetch(t.Context(), s)
		var status *StatusError
		if !errors.As(err, &status) || status.Code != http.StatusNotModified {
			t.Errorf("304 to a question without a condition: %v", err)
		}
	}
	long := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", strings.Repeat("a", 2000))
		fmt.Fprint(w, calendarText)
	})
	if result, err := New(plain()).Fetch(t.Context(), Source{URL: keyed(long), ETag: tag}); err != nil || result.ETag != "" || string(result.Body) != calendarText {
		t.Errorf("an endless ETag is kept: %+v, %v", result, err)
	}
}

func TestFetch_status(t *testing.T) {
	check := func(name string, code int, retryAfter string, wantAtLeast, wantAtMost time.Duration) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			s := server(t, func(w http.ResponseWriter, _ *http.Request) {
				if retryAfter != "" {
					w.Header().Set("Retry-After", retryAfter)
				}
				w.WriteHeader(code)
				if code != http.StatusNoContent {
					fmt.Fprint(w, calendarText)
				}
			})
			_, err := New(plain()).Fetch(t.Context(), Source{URL: keyed(s)})
			var status *StatusError
			if !errors.As(err, &status) || status.Code != code || status.RetryAfter < wantAtLeast || status.RetryAfter > wantAtMost {
				t.Fatalf("%v %+v", err, status)
			}
			if strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("the error shows the address, or not the host: %v", err)
			}
		})
	}
	check("not_found", 404, "", 0, 0)
	check("gone", 410, "", 0, 0)
	check("unauthorized", 401, "", 0, 0)
	check("no_content", 204, "", 0, 0)
	check("part_of_it", 206, "", 0, 0)
	check("redirect_to_nowhere", 302, "", 0, 0)
	check("several_choices", 300, "", 0, 0)
	check("seconds", 503, "120", 2*time.Minute, 2*time.Minute)
	check("date", 429, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 59*time.Minute, time.Hour)
	check("date_gone_by", 503, "Mon, 23 Nov 1998 08:00:00 GMT", 0, 0)
	check("not_a_number", 503, "soon", 0, 0)
	check("negative", 503, "-5", 0, 0)
	check("for_ever", 503, "2000000000", maxRetryAfter, maxRetryAfter)
	check("beyond_any_number", 503, "99999999999999999999", 0, 0)
}

func TestFetch_not_a_calendar(t *testing.T) {
	check := func(name, body string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			s := server(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
			fails(t, plain(), Source{URL: keyed(s)}, ErrNotCalendar)
		})
	}
	check("empty", "")
	check("spaces", " \r\n\x00")
	check("page", "<!DOCTYPE html><title>Sign in</title>")
	check("page_about_calendars", "\ufeff\n <html>a file begins with BEGIN:VCALENDAR</html>")
	check("json", `{"error":"`+secret+`"}`)
	check("contacts", "BEGIN:VCARD\r\nEND:VCARD\r\n")
	check("calendar_far_below", strings.Repeat("x", 70<<10)+calendarText)
}

func TestFetch_address_refused(t *testing.T) {
	check := func(name, address string, o Options) {
		t.Helper()
		t.Run(name, func(t *testing.T) { fails(t, o, Source{URL: address}, ErrAddressRefused) })
	}
	check("empty", "", Options{})
	check("http", "http://cal.example/"+secret, Options{})
	check("file", "file:///etc/"+secret, plain())
	check("scheme_unknown", "gopher://cal.example/"+secret, plain())
	check("no_scheme", "cal.example/"+secret, plain())
	check("path_only", "/"+secret, plain())
	check("no_host", "https:///"+secret, plain())
	check("port_only", "https://:443/"+secret, plain())
	check("opaque", "https:"+secret, plain())
	check("not_a_url", "https://cal.example/%zz"+secret, plain())
	check("line_end", "https://cal.example/\r\nHost: "+secret, plain())
	check("host_with_a_space", "https://cal.example "+secret+"/", plain())
	check("interface_of_this_machine", "https://[fe80::1%25eth0]/"+secret, plain())
	check("endless", "https://cal.example/"+secret+strings.Repeat("a", maxAddress), plain())
}

// TestFetch_private_networks: the server that listens on loopback is never asked.
func TestFetch_private_networks(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") })
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	check := func(host string, allow ...string) {
		t.Helper()
		t.Run(host, func(t *testing.T) {
			o := Options{AllowHTTP: true, Timeout: 5 * time.Second}
			for _, a := range allow {
				o.Allow = append(o.Allow, netip.MustParsePrefix(a))
			}
			fails(t, o, Source{URL: "http://" + host + ":" + u.Port() + "/" + secret}, ErrAddressRefused)
		})
	}
	check("127.0.0.1")
	check("localhost") // judged by what the name resolves to
	check("0.0.0.0")
	check("[::1]")
	check("[::]")
	check("[::ffff:127.0.0.1]")
	check("[::ffff:7f00:1]", "::/0") // IPv4 in IPv6 is judged as IPv4
	check("[64:ff9b::7f00:1]")       // NAT64
	check("[2002:7f00:1::]")         // 6to4
	check("[fe80::1]")
	check("[fd00::1]")
	check("10.1.2.3")
	check("172.16.0.1")
	check("192.168.1.1")
	check("100.64.0.1")
	check("169.254.169.254")
	check("224.0.0.1")
	check("127.0.0.1", "10.0.0.0/8", "::1/128")
}

func TestFetch_uses_no_proxy(t *testing.T) {
	if New(Options{}).transport.Proxy != nil {
		t.Error("a proxy of the environment would be the peer that the guard judges")
	}
}

func TestFetch_ended_context(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := New(plain()).Fetch(ctx, Source{URL: keyed(s)})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), secret) {
		t.Errorf("%v", err)
	}
}
