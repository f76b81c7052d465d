package feed

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// script is a server that answers each connection with the same bytes and then closes it, or holds it until the client is gone.
func script(t *testing.T, answer string, hold bool) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			serveScript(c, answer, hold)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return "http://" + listener.Addr().String() + "/" + secret
}

func serveScript(c net.Conn, answer string, hold bool) {
	defer c.Close()
	r := bufio.NewReader(c)
	if _, err := http.ReadRequest(r); err != nil {
		return
	}
	io.WriteString(c, answer)
	if hold {
		io.Copy(io.Discard, r) // ends when the client closes
	}
}

func TestFetch_hostile_servers(t *testing.T) {
	check := func(name, answer string, hold bool, want error, says string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			o := plain()
			o.Timeout, o.MaxBytes = 5*time.Second, 1<<20
			if hold {
				o.Timeout = 100 * time.Millisecond
			}
			if err := fails(t, o, Source{URL: script(t, answer, hold)}, want); !strings.Contains(err.Error(), says) {
				t.Errorf("%v, want %q", err, says)
			}
		})
	}
	const ok = "HTTP/1.1 200 OK\r\nX-Key: " + secret + "\r\n"
	check("no_answer", "", true, ErrUnreachable, "in time")
	check("no_end_of_header", ok, true, ErrUnreachable, "in time")
	check("slow_body", ok+"Content-Length: 1000\r\n\r\n"+calendarText, true, ErrUnreachable, "in time")
	check("slow_chunk", ok+"Transfer-Encoding: chunked\r\n\r\n400\r\n"+calendarText, true, ErrUnreachable, "in time")
	check("body_without_length_held_open", ok+"\r\n"+calendarText, true, ErrUnreachable, "in time")
	check("closes_at_once", "", false, ErrUnreachable, "ends early")
	check("less_than_it_said", ok+"Content-Length: 1000\r\n\r\n"+calendarText, false, ErrUnreachable, "ends early")
	check("chunk_cut", ok+"Transfer-Encoding: chunked\r\n\r\n400\r\n"+calendarText, false, ErrUnreachable, "ends early")
	check("no_last_chunk", ok+"Transfer-Encoding: chunked\r\n\r\n2\r\nBE\r\n", false, ErrUnreachable, "ends early")
	check("more_than_allowed_said", ok+"Content-Length: 99999999999\r\n\r\n"+calendarText, false, ErrTooLarge, "")
	check("length_of_nonsense", ok+"Content-Length: "+secret+"\r\n\r\n"+calendarText, false, ErrUnreachable, "not HTTP")
	check("two_lengths", ok+"Content-Length: 4\r\nContent-Length: 5\r\n\r\n"+calendarText, false, ErrUnreachable, "not HTTP")
	check("other_protocol", "220 mail."+secret+" ESMTP\r\n", false, ErrUnreachable, "not HTTP")
	check("broken_header", "HTTP/1.1 200 OK\r\n"+secret+"\r\n\r\n"+calendarText, false, ErrUnreachable, "not HTTP")
	check("endless_header", ok+"X: "+strings.Repeat("a", 2*maxHeader)+"\r\n\r\n"+calendarText, false, ErrUnreachable, "")
	check("not_gzip", ok+"Content-Encoding: gzip\r\nContent-Length: 49\r\n\r\n"+calendarText, false, ErrUnreachable, "damaged")
	check("encoding_nobody_asked_for", ok+"Content-Encoding: br\r\nContent-Length: 4\r\n\r\n\x0b\x02\x80\x42", false, ErrNotCalendar, "")
	check("redirect_to_a_secret_nonsense", "HTTP/1.1 302 Found\r\nLocation: https://a b/"+secret+"\r\nContent-Length: 0\r\n\r\n", false, ErrAddressRefused, "")
}

// TestFetch_more_than_it_said: what follows the announced length belongs to no answer.
func TestFetch_more_than_it_said(t *testing.T) {
	answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(calendarText), calendarText, "BEGIN:VCALENDAR")
	result, err := New(plain()).Fetch(t.Context(), Source{URL: script(t, answer, false)})
	if err != nil || string(result.Body) != calendarText {
		t.Errorf("%q, %v", result.Body, err)
	}
}

func TestFetch_size(t *testing.T) {
	const limit = 100 << 10
	check := func(name string, handle http.HandlerFunc, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			o := plain()
			o.MaxBytes = limit
			s := server(t, handle)
			if want != nil {
				fails(t, o, Source{URL: keyed(s)}, want)
			} else if result, err := New(o).Fetch(t.Context(), Source{URL: keyed(s)}); err != nil || len(result.Body) != limit {
				t.Errorf("%d bytes, %v", len(result.Body), err)
			}
		})
	}
	filled := func(n int) string { return calendarText + strings.Repeat(" ", n-len(calendarText)) }
	check("just_fits", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, filled(limit)) }, nil)
	check("one_more", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, filled(limit+1)) }, ErrTooLarge)
	check("endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, calendarText); err != nil {
				return
			}
		}
	}, ErrTooLarge)
	check("bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(gzipped(t, func(w io.Writer) {
			io.WriteString(w, calendarText)
			for range 8 {
				w.Write(make([]byte, 1<<20))
			}
		}))
	}, ErrTooLarge)
	check("packed_and_just_fits", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(gzipped(t, func(w io.Writer) { io.WriteString(w, filled(limit)) }))
	}, nil)
}
