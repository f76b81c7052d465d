package turn_test

import (
	"bytes"
	"net/netip"
	"strings"
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
	check("", 0, true)
	check("\x00\x03\x00", 0, true)
	check("\x00\x03\x00\x08", 28, true)
	check("\x00\x03\x00\x09", 0, false)
	check("\x00\x03\x07\xf0", 0, false)
	check("\x40\x00\x00\x00", 4, true)
	check("\x40\x00\x00\x05", 12, true)
	check("\x40\x00\xff\xff", 0, false)
	check("\x80\x00\x00\x05", 0, false)
	check("GET ", 0, false)
}

// FuzzFrames: no bytes of a stranger's make the reading fail, run over, or change its mind when more arrive.
func FuzzFrames(f *testing.F) {
	var buffer [turn.Headroom + turn.MaxPayload + 4]byte
	copy(buffer[turn.Headroom:], "payload")
	for _, from := range []string{"127.0.0.1:7882", "[::1]:7882"} {
		f.Add(turn.WrapData(buffer[:], 7, netip.MustParseAddrPort(from), [12]byte{1, 2, 3}))
	}
	f.Add(turn.WrapChannel(buffer[:], 7, 0x4000, true))
	for _, s := range []string{bindingRequest, "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "\x00\x03\xff\xff\x21\x12\xa4\x42", "\x40\x01\x00\x02ab", "\x00\x16\x00\x08\x21\x12\xa4\x42abcdefghijkl\x00\x12\x00\x04\x00\x01\x00\x01"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := turn.Judge(b)
		for i := range min(len(b), 12) {
			if part := turn.Judge(b[:i]); part != turn.Undecided && part != whole {
				t.Fatalf("%v after %d bytes, %v after all", part, i, whole)
			}
		}
		if n, ok := turn.FrameLength(b); ok && (n > turn.MaxFrame || n < 0 || n > 0 && n%4 != 0) {
			t.Fatalf("a frame of %d bytes", n)
		}
		if turn.IsMessage(b) {
			if to, payload, ok := turn.Sent(b); ok && (!to.IsValid() || len(payload) > len(b)) {
				t.Fatal("a payload longer than its message")
			}
		}
		if number, payload, ok := turn.ChannelData(b); ok && (number>>14 != 1 || len(payload)+4 > len(b)) {
			t.Fatal("a channel's payload longer than its frame")
		}
	})
}

// TestWrapped: what is wrapped is read again, by our reader as by others'.
func TestWrapped(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 1200, turn.MaxPayload} {
		payload := strings.Repeat("x", n)
		for _, from := range []string{"192.0.2.1:7882", "[2001:db8::1]:65535"} {
			b := bytes.Repeat([]byte{0xff}, turn.Headroom+turn.MaxPayload+4)
			copy(b[turn.Headroom:], payload)
			frame := turn.WrapData(b, n, netip.MustParseAddrPort(from), [12]byte{9, 8, 7})
			to, got, ok := turn.Sent(frame)
			if !turn.IsMessage(frame) || !ok || to.String() != from || string(got) != payload {
				t.Errorf("%d bytes from %s: %v %s %d bytes", n, from, ok, to, len(got))
			}
			if length, ok := turn.FrameLength(frame); !ok || length != len(frame) {
				t.Errorf("a stream's reader sees %d bytes of %d", length, len(frame))
			}
		}
		for _, pad := range []bool{true, false} {
			b := bytes.Repeat([]byte{0xff}, turn.Headroom+turn.MaxPayload+4)
			copy(b[turn.Headroom:], payload)
			frame := turn.WrapChannel(b, n, 0x4fff, pad)
			number, got, ok := turn.ChannelData(frame)
			if !ok || number != 0x4fff || string(got) != payload || pad != (len(frame)%4 == 0) && n%4 != 0 {
				t.Errorf("%d bytes in a channel: %v %x %d bytes in %d", n, ok, number, len(got), len(frame))
			}
		}
	}
}
