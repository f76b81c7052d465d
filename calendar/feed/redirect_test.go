package feed

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

func TestFetch_redirects(t *testing.T) {
	calls := 0
	// The path says how often to send on, or where to.
	site, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if left, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/")); err == nil && left > 0 {
			http.Redirect(w, r, fmt.Sprintf("/%d?key=%s", left-1, secret), http.StatusFound)
			return
		}
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		}
		if r.Header.Get("Referer") != "" {
			t.Errorf("the first address is told to the next server: %s", r.Header.Get("Referer"))
		}
		fmt.Fprint(w, calendarText)
	})
	insecure := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the address went out unencrypted") })
	o := Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, AllowHTTP: true, Roots: roots}
	check := func(name, path string, want error, wantCalls int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			calls = 0
			if want != nil {
				fails(t, o, Source{URL: site.URL + path}, want)
			} else if result, err := New(o).Fetch(t.Context(), Source{URL: site.URL + path}); err != nil || string(result.Body) != calendarText {
				t.Errorf("%q, %v", result.Body, err)
			}
			if calls != wantCalls {
				t.Errorf("%d requests, want %d", calls, wantCalls)
			}
		})
	}
	check("five", "/5", nil, 6)
	check("six", "/6", ErrUnreachable, 6)
	check("round_and_round", "/?to=/?to=/", nil, 3)
	check("relative", "/?to=cal.ics", nil, 2)
	check("webcal", "/?to=webcal://"+site.Listener.Addr().String()+"/", nil, 2)
	check("to_http", "/?to="+insecure.URL+"/"+secret, ErrAddressRefused, 1)
	check("to_another_network", "/?to=https://127.0.0.2/"+secret, ErrAddressRefused, 1)
	check("to_metadata", "/?to=https://169.254.169.254/latest/"+secret, ErrAddressRefused, 1)
	check("to_file", "/?to=file:///etc/"+secret, ErrAddressRefused, 1)
	check("to_script", "/?to=javascript:"+secret, ErrAddressRefused, 1)
	check("to_nonsense", "/?to=https://%2525zz"+secret+"/", ErrAddressRefused, 1)
}

func TestFetch_redirect_loop(t *testing.T) {
	calls := 0
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
	})
	fails(t, plain(), Source{URL: keyed(s)}, ErrUnreachable)
	if calls != maxRedirects+1 {
		t.Errorf("%d requests", calls)
	}
}

// TestFetch_redirected_credentials: a password goes to the server it was written for, and to no other port or host.
func TestFetch_redirected_credentials(t *testing.T) {
	var got []string
	note := func(name string, r *http.Request) {
		user, password, _ := r.BasicAuth()
		got = append(got, strings.TrimSuffix(name+" "+user+":"+password, " :"))
	}
	other := server(t, func(w http.ResponseWriter, r *http.Request) {
		note("other", r)
		fmt.Fprint(w, calendarText)
	})
	site := server(t, nil)
	site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("site", r)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		fmt.Fprint(w, calendarText)
	})
	check := func(name, to string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			got = nil
			address := strings.Replace(site.URL, "http://", "http://kari:"+secret+"@", 1) + "/?to=" + to
			if _, err := New(plain()).Fetch(t.Context(), Source{URL: address}); err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("asked %q, want %q", got, want)
			}
		})
	}
	port := site.Listener.Addr().String()[strings.LastIndexByte(site.Listener.Addr().String(), ':'):]
	mine := "site kari:" + secret
	check("same_server", site.URL+"/cal.ics", mine, mine)
	check("relative", "cal.ics", mine, mine)
	check("other_port", other.URL, mine, "other")
	check("other_name_of_the_same_server", "http://localhost"+port+"/", mine, "site")
	check("there_and_back", "http://localhost"+port+"/?to="+site.URL+"/", mine, "site", mine)
	check("credentials_of_the_server", strings.Replace(other.URL, "http://", "http://eve:x@", 1), mine, "other")
}

func TestFetch_keeps_its_question_when_redirected(t *testing.T) {
	s := server(t, nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			http.Redirect(w, r, "/cal.ics", http.StatusMovedPermanently)
		case r.Header.Get("If-None-Match") == `"7"`:
			w.WriteHeader(http.StatusNotModified)
		}
	})
	result, err := New(plain()).Fetch(t.Context(), Source{URL: s.URL + "/", ETag: `"7"`})
	if err != nil || !result.NotModified {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestFetch_certificates(t *testing.T) {
	site, roots := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, calendarText) })
	plainSite := server(t, func(http.ResponseWriter, *http.Request) {})
	check := func(name, address string, o Options, says string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			o.Allow = loopback
			if err := fails(t, o, Source{URL: address}, ErrUnreachable); !strings.Contains(err.Error(), says) {
				t.Errorf("%v, want %q", err, says)
			}
		})
	}
	check("unknown_authority", keyed(site), Options{}, "certificate")
	check("for_another_name", strings.Replace(keyed(site), "127.0.0.1", "localhost", 1), Options{Roots: roots}, "certificate")
	check("no_tls", strings.Replace(keyed(plainSite), "http", "https", 1), Options{}, "TLS")
	closed := httptest.NewServer(nil)
	closed.Close()
	check("nobody_listens", strings.Replace(keyed(closed), "http", "https", 1), Options{}, "refused")
	var status *StatusError
	if err := fails(t, Options{Allow: loopback}, Source{URL: keyed(site)}, ErrUnreachable); errors.As(err, &status) {
		t.Error("no answer, and yet a status")
	}
}
