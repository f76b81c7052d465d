package signaling_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/samtale/samtale/signaling"
)

// wire is a bare socket: what a client that does not follow the protocol can do.
type wire struct {
	h  *house
	ws *websocket.Conn
}

func (h *house) dial(m signaling.Member) *wire {
	h.t.Helper()
	header := http.Header{"Origin": {h.server.URL}, "Member": h.config(m).Header["Member"]}
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(h.server.URL, "http"), header)
	h.must(err)
	h.t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	return &wire{h: h, ws: ws}
}

func (w *wire) say(text string) {
	w.h.t.Helper()
	w.h.must(w.ws.WriteMessage(websocket.TextMessage, []byte(text)))
}

// read reads until a message comes of which ok is true.
func (w *wire) read(ok func(signaling.Message) bool) signaling.Message {
	w.h.t.Helper()
	for {
		_, text, err := w.ws.ReadMessage()
		w.h.must(err)
		if m, err := signaling.Parse(text); err == nil && ok(m) {
			return m
		}
	}
}

func (w *wire) await(kind string) signaling.Message {
	w.h.t.Helper()
	return w.read(func(m signaling.Message) bool { return m.T == kind })
}

func (w *wire) reply() signaling.Message {
	w.h.t.Helper()
	return w.read(func(m signaling.Message) bool { return m.Re > 0 })
}

// closed reads until the server closes, and returns its code.
func (w *wire) closed() int {
	w.h.t.Helper()
	for {
		if _, _, err := w.ws.ReadMessage(); err != nil {
			closed, ok := err.(*websocket.CloseError)
			if !ok {
				w.h.t.Fatalf("no close frame: %v", err)
			}
			return closed.Code
		}
	}
}

// greet says hello as m and returns the welcome.
func (h *house) greet(m signaling.Member, resume signaling.Resume) signaling.Welcome {
	h.t.Helper()
	w := h.dial(m)
	hello, err := json.Marshal(signaling.Hello{V: 1, Conference: "conf-7", Device: "another-device", Resume: &resume})
	h.must(err)
	w.say(`{"t":"hello","id":1,"d":` + string(hello) + `}`)
	var welcome signaling.Welcome
	h.must(json.Unmarshal(w.await(signaling.KindWelcome).D, &welcome))
	return welcome
}

const hello = `{"t":"hello","id":1,"d":{"v":1,"conference":"conf-7","device":"d41d8cd98f00b204","muted":true,"camera":false}}`

// asks returns a function that asks on a new socket, and holds the reply against what it should be.
func (h *house) asks(m signaling.Member) (w *wire, check func(name, request, kind, code string)) {
	w = h.dial(m)
	w.say(hello)
	w.await(signaling.KindWelcome)
	return w, func(name, request, kind, code string) {
		h.t.Helper()
		w.say(request)
		m := w.reply()
		var refusal signaling.Refusal
		if len(m.D) > 0 && code != "" {
			h.must(json.Unmarshal(m.D, &refusal))
		}
		if m.T != kind || m.Re != 7 || refusal.Code != code {
			h.t.Errorf("%s: %s to %d, code %q", name, m.T, m.Re, refusal.Code)
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	w, check := h.asks(nurse)
	check("ping", `{"t":"ping","id":7,"d":{"sent":1764000000123.5,"seq":0}}`, "pong", "")
	check("state", `{"t":"state","id":7,"d":{"muted":false,"camera":true,"new":[1]}}`, "ok", "")
	check("state with a hand", `{"t":"state","id":7,"d":{"muted":false,"camera":true,"hand":true,"screen":false}}`, "ok", "")
	check("state with half a hand", `{"t":"state","id":7,"d":{"muted":false,"camera":true,"hand":1}}`, "error", signaling.CodeMalformed)
	check("lower without a key", `{"t":"lower","id":7}`, "error", signaling.CodeMalformed)
	check("no screen to end", `{"t":"unshare","id":7,"d":{"key":"p-hauk"}}`, "error", signaling.CodeNoPerson)
	check("unknown kind", `{"t":"tomorrow","id":7,"d":{}}`, "error", signaling.CodeUnknownKind)
	check("second hello", strings.Replace(hello, `"id":1`, `"id":7`, 1), "error", signaling.CodeMalformed)
	check("no fields", `{"t":"state","id":7}`, "error", signaling.CodeMalformed)
	check("wrong field", `{"t":"admit","id":7,"d":{"key":4}}`, "error", signaling.CodeMalformed)
	check("offer without SDP", `{"t":"offer","id":7,"d":{"peer":1,"number":1,"sdp":"","published":[],"ice_restart":false}}`, "error", signaling.CodeBadOffer)
	check("offer again with that number", `{"t":"offer","id":7,"d":{"peer":1,"number":1,"sdp":"","published":[]}}`, "error", signaling.CodeBadOffer)
	check("two microphones", `{"t":"offer","id":7,"d":{"peer":1,"number":2,"sdp":"v=0","published":[{"mid":"0","source":"microphone"},{"mid":"1","source":"microphone"}]}}`, "error", signaling.CodeBadOffer)
	check("unknown source", `{"t":"offer","id":7,"d":{"peer":1,"number":2,"sdp":"v=0","published":[{"mid":"0","source":"window"}]}}`, "error", signaling.CodeBadOffer)
	check("offer number 0", `{"t":"offer","id":7,"d":{"peer":0,"number":1}}`, "error", signaling.CodeMalformed)
	w.say(`{"t":"state"}`) // without an id nobody is answered
	w.say(`{"t":"ping","id":8,"d":{"sent":1,"seq":0}}`)
	if m := w.reply(); m.Re != 8 {
		t.Errorf("a reply to nothing: %+v", m)
	}
}

func TestRepliesAboutLines(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	h.enter(nurse, wordsOnly)
	_, check := h.asks(doctor)
	check("view", `{"t":"view","id":7,"d":{"lines":[{"mid":"8","height":720},{"mid":"9","height":0}],"sound_only":true}}`, "ok", "")
	check("view of nothing", `{"t":"view","id":7,"d":{"lines":[],"sound_only":false}}`, "ok", "")
	check("view of a line twice", `{"t":"view","id":7,"d":{"lines":[{"mid":"8","height":720},{"mid":"8","height":0}]}}`, "error", signaling.CodeMalformed)
	check("a picture below the floor", `{"t":"view","id":7,"d":{"lines":[{"mid":"8","height":-1}]}}`, "error", signaling.CodeMalformed)
	check("a picture as tall as a house", `{"t":"view","id":7,"d":{"lines":[{"mid":"8","height":100000}]}}`, "error", signaling.CodeMalformed)
	check("view of too many lines", `{"t":"view","id":7,"d":{"lines":[`+lines(25)+`]}}`, "error", signaling.CodeMalformed)
	check("line", `{"t":"line","id":7,"d":{"path":"relay-tls","up_kbps":620,"down_kbps":1400,"rtt_ms":180,"jitter_ms":24,"gap_permille":7}}`, "ok", "")
	check("line of somebody who knows nothing", `{"t":"line","id":7,"d":{"path":""}}`, "ok", "")
	check("line by pigeon", `{"t":"line","id":7,"d":{"path":"pigeon"}}`, "error", signaling.CodeMalformed)
	check("more gaps than sound", `{"t":"line","id":7,"d":{"gap_permille":1001}}`, "error", signaling.CodeMalformed)
	check("a line that goes back in time", `{"t":"line","id":7,"d":{"rtt_ms":-1}}`, "error", signaling.CodeMalformed)
	_, check = h.asks(daughter)
	check("view in the lobby", `{"t":"view","id":7,"d":{"lines":[]}}`, "error", signaling.CodeNotIn)
	check("line in the lobby", `{"t":"line","id":7,"d":{}}`, "error", signaling.CodeNotIn)
}

// lines is a list of so many lines of a view.
func lines(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"mid":"%d","height":180}`, i))
	}
	return strings.Join(all, ",")
}

func TestClosed(t *testing.T) {
	t.Parallel()
	check := func(name string, code int, first, then string) {
		t.Run(name, func(t *testing.T) {
			h := open(t, 0)
			w := h.dial(nurse)
			w.say(first)
			if then != "" {
				w.await(signaling.KindWelcome)
				w.say(then)
			}
			if got := w.closed(); got != code {
				t.Errorf("closed with %d, not %d", got, code)
			}
		})
	}
	check("bye", signaling.CloseDone, hello, `{"t":"bye","id":9}`)
	check("not JSON", signaling.ClosePolicy, "hello", "")
	check("not a hello", signaling.ClosePolicy, `{"t":"ping","id":1,"d":{"sent":1,"seq":0}}`, "")
	check("another version", signaling.CloseVersion, `{"t":"hello","id":1,"d":{"v":2}}`, "")
	check("short device", signaling.ClosePolicy, strings.Replace(hello, "d41d8cd98f00b204", "short", 1), "")
	check("odd device", signaling.ClosePolicy, strings.Replace(hello, "d41d8cd98f00b204", "d41d8cd98f00b2/4", 1), "")
	check("no conference", signaling.ClosePolicy, strings.Replace(hello, "conf-7", "", 1), "")
	check("too big", signaling.CloseTooBig, hello, `{"t":"state","id":2,"d":"`+strings.Repeat("x", 64<<10)+`"}`)
}

func TestTooManyMessages(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	w := h.dial(nurse)
	w.say(hello)
	for i := 0; i < 100; i++ { // more than is ever earned while they are sent
		if w.ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"tomorrow"}`)) != nil {
			break
		}
	}
	if got := w.closed(); got != signaling.ClosePolicy {
		t.Errorf("closed with %d", got)
	}
}

func TestMalformedAgainAndAgain(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	w := h.dial(nurse)
	w.say(hello)
	for range 5 {
		w.say("[]")
	}
	if got := w.closed(); got != signaling.ClosePolicy {
		t.Errorf("closed with %d", got)
	}
}

func TestBinary(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	w := h.dial(nurse)
	h.must(w.ws.WriteMessage(websocket.BinaryMessage, []byte(hello)))
	if got := w.closed(); got != signaling.ClosePolicy {
		t.Errorf("closed with %d", got)
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	check := func(name, origin string, status int) {
		t.Helper()
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		dialer := websocket.Dialer{Subprotocols: []string{signaling.Subprotocol}}
		ws, answer, err := dialer.Dial("ws"+strings.TrimPrefix(h.server.URL, "http"), header)
		if answer == nil {
			t.Fatal(name, err)
		}
		if answer.StatusCode != status {
			t.Errorf("%s: HTTP %d, not %d", name, answer.StatusCode, status)
		}
		if ws != nil {
			if ws.Subprotocol() != signaling.Subprotocol {
				t.Errorf("%s: sub-protocol %q", name, ws.Subprotocol())
			}
			_ = ws.Close()
		}
	}
	check("own", h.server.URL, 101)
	check("own in capitals", strings.Replace(h.server.URL, "http", "HTTP", 1), 101)
	check("foreign", "https://evil.example", 403)
	check("own host, other port", "http://127.0.0.1:1", 403)
	check("own host, other scheme", strings.Replace(h.server.URL, "http", "https", 1), 403)
	check("opaque", "null", 403)
	check("none", "", 403)
}

func TestSlowReaderIsCutOff(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	slow := h.dial(doctor)
	h.must(slow.ws.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10))
	slow.say(hello)
	slow.await(signaling.KindWelcome)
	host := h.enter(nurse, wordsOnly)
	h.eventually("both in the room", func() bool { return len(h.rooms.Present()["conf-7"]) == 2 })
	// The slow one takes nothing; its TCP window and its queue fill up while others come and go.
	name := strings.Repeat("Ingrid Hauk ", 10_000) // 120 kB
	m := doctor
	m.Key, m.Name = "p-long", name
	for range 2000 {
		h.must(h.enter(m, wordsOnly).Leave(h.ctx))
		if s := host.State(); away(doctor.Key)(s) {
			return
		}
	}
	t.Error("the slow reader is still taken for connected")
}
