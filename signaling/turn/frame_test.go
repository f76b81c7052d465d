package turn_test

import (
	"testing"

	"github.com/samtale/samtale/signaling/turn"
)

func TestJudge(t *testing.T) {
	check := func(first string, want any) {
		t.Helper()
		if got := turn.Judge([]byte(first)); got != want {
			t.Errorf("%q: %v, want %v", first, got, want)
		}
	}
	check("", turn.Undecided)
	check("G", turn.IsHTTP)
	check("PRI * HTTP/2.0\r\n", turn.IsHTTP)
	check("\x16\x03\x01", turn.IsHTTP) // TLS on a plain port: HTTP's server knows what to answer
	check("\x00\x03\x00", turn.Undecided)
	check("\x00\x03\x00\x08\x21\x12\xa4\x42", turn.IsTURN)
	check("\x00\x03\x00\x08\x21\x12\xa4\x43", turn.IsHTTP)
}

func TestFrameLength(t *testing.T) {
	check := func(begin string, n int, ok bool) {
		t.Helper()
		if got, gotOK := turn.FrameLength([]byte(begin)); got != n && ok || gotOK != ok {
			t.Errorf("%q: %d, %v, want %d, %v", begin, got, gotOK, n, ok)
		}
	}
	check("\x00\x03\x00\x08", 28, true)
	check("\x00\x03\x00\x09", 0, false)
	check("\x00\x03\x07\xf0", 0, false)
	check("\x40\x00\x00\x00", 4, true)
	check("\x40\x00\x00\x05", 12, true)
	check("\x40\x00\xff\xff", 0, false)
	check("\x80\x00\x00\x05", 0, false)
	check("GET ", 0, false)
}

// FuzzFrames: no bytes of a stranger's make the reading fail, or change its mind when more arrive.
func FuzzFrames(f *testing.F) {
	for _, s := range []string{bindingRequest, "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "\x00\x03\xff\xff\x21\x12\xa4\x42", "\x40\x01\x00\x02ab"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := turn.Judge(b)
		for i := range min(len(b), 12) {
			if part := turn.Judge(b[:i]); part != turn.Undecided && part != whole {
				t.Fatalf("%v after %d bytes, %v after all", part, i, whole)
			}
		}
		if len(b) < 4 {
			return
		}
		if n, ok := turn.FrameLength(b); ok && (n > turn.MaxFrame || n < 4 || n%4 != 0) {
			t.Fatalf("a frame of %d bytes", n)
		}
	})
}
