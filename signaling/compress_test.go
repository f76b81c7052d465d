package signaling

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"
)

// tap keeps what a client receives.
type tap struct {
	net.Conn
	mu   sync.Mutex
	text []byte
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.text = append(c.text, p[:n]...)
	c.mu.Unlock()
	return n, err
}

// frame is what RFC 6455 section 5.2 has of one, as far as it is asked for here.
type frame struct {
	final, compressed bool
	opcode            byte
	length            uint64
}

// frames reads what a server has sent, whose frames have no mask.
func (c *tap) frames(t *testing.T) []frame {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	_, rest, found := bytes.Cut(c.text, []byte("\r\n\r\n"))
	if !found {
		t.Fatal("no upgrade")
	}
	var all []frame
	for len(rest) > 0 {
		f := frame{final: rest[0]&0x80 != 0, compressed: rest[0]&0x40 != 0, opcode: rest[0] & 0xf, length: uint64(rest[1])}
		rest = rest[2:]
		switch f.length {
		case 126:
			f.length, rest = uint64(binary.BigEndian.Uint16(rest)), rest[2:]
		case 127:
			f.length, rest = binary.BigEndian.Uint64(rest), rest[8:]
		}
		all = append(all, f)
		rest = rest[f.length:]
	}
	return all
}

// TestCompression: long messages are compressed, each in one frame; Safari cannot read more.
func TestCompression(t *testing.T) {
	check := func(name string, d any, compressed bool) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var tapped *tap
				ws, conn := pairOver(t, func(c net.Conn) net.Conn {
					tapped = &tap{Conn: c}
					return tapped
				})
				if err := conn.Send("roster", d); err != nil {
					t.Fatal(err)
				}
				_, text, err := ws.ReadMessage()
				if err != nil || string(text) != string(envelope("roster", 0, 0, payload(d))) {
					t.Fatalf("%d bytes: %v", len(text), err)
				}
				all := tapped.frames(t)
				if len(all) != 1 || !all[0].final || all[0].compressed != compressed || all[0].opcode != websocket.TextMessage {
					t.Errorf("frames %+v", all)
				}
				if compressed && all[0].length > writeBuffer {
					t.Errorf("%d bytes", all[0].length)
				}
				go codeOf(ws)
				conn.Close(CloseDone, "")
				_ = ws.Close()
			})
		})
	}
	random := make([]byte, 45<<10)
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	check("short", "Ingrid Hauk", false)
	check("a line of text", strings.Repeat("Ingrid Hauk ", 80), false)
	check("long", strings.Repeat("Ingrid Hauk ", 100), true)
	check("longer than a usual buffer", strings.Repeat("Ingrid Hauk ", 5000), true)
	check("what does not shrink", random, true) // 60 KiB as base64, of which a quarter goes
	check("very long", strings.Repeat("Ingrid Hauk ", 6000), false)
}

// deflated is a compressed text message as a client sends it in frames of so many bytes, with a mask of zeros.
func deflated(t *testing.T, text string, size int) []byte {
	t.Helper()
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	rest := bytes.TrimSuffix(small.Bytes(), []byte{0, 0, 0xff, 0xff}) // RFC 7692 section 7.2.1
	var out []byte
	for first := byte(0x41); ; first = 0 {
		part := rest[:min(size, len(rest))]
		if rest = rest[len(part):]; len(rest) == 0 {
			first |= 0x80
		}
		out = binary.BigEndian.AppendUint16(append(out, first, 0x80|126), uint16(len(part)))
		out = append(append(out, 0, 0, 0, 0), part...)
		if len(rest) == 0 {
			return out
		}
	}
}

// TestBombs: a few compressed bytes that unfold into many are cut off before they do.
func TestBombs(t *testing.T) {
	check := func(name, text string, size, code int) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ws, conn := pair(t)
				raw := deflated(t, text, size)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				go func() { _, _ = ws.NetConn().Write(raw) }() // may be cut off in the middle
				conn.heard.Store(true)
				select {
				case got := <-conn.inbox:
					if code != 0 || string(got) != text {
						t.Errorf("%d bytes came through", len(got))
					}
					go codeOf(ws)
				case <-conn.Done():
					if got := codeOf(ws); got != code {
						t.Errorf("closed with %d, not %d", got, code)
					}
				}
				runtime.ReadMemStats(&after)
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
					t.Errorf("%d bytes were taken up", grown)
				}
				conn.Close(CloseDone, "")
				_ = ws.Close()
			})
		})
	}
	long := func(n int) string { return fmt.Sprintf(`{"t":"state","d":%q}`, strings.Repeat("a", n)) }
	check("an offer as browsers send it", long(20<<10), 4096, 0)
	check("just not too long", long(maxClientMessage-20), 4096, 0)
	check("just too long", long(maxClientMessage), 4096, CloseTooBig)
	check("1000 times its size", long(16<<20), 60<<10, CloseTooBig)
	check("in tiny frames", long(8<<20), 16, CloseTooBig)
}

// TestGarbledCompression: what does not unfold ends the connection, and nothing else.
func TestGarbledCompression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws, conn := pair(t)
		go func() { _, _ = ws.NetConn().Write([]byte{0xc1, 0x80 | 4, 0, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc}) }()
		go codeOf(ws)
		<-conn.Done()
		conn.Close(CloseDone, "")
		_ = ws.Close()
	})
}
