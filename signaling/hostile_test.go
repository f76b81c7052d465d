package signaling_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

// TestHostileSockets: while others flood the room, send what is too long or nonsense, or take nothing of what they are sent,
// two people talk and see each other, and their socket answers.
func TestHostileSockets(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "the nurse", hearsAndSees(nurse.Key))
	floods := []string{
		`{"t":"view","d":{"lines":[` + lines(24) + `],"sound_only":false}}`,
		`{"t":"line","d":{"path":"udp","up_kbps":1}}`,
		`{"t":"view","d":{"lines":[],"sound_only":true}}`,
		`{"t":"view","d":{"lines":7}}`,
		`{"t":"state","d":{"muted":true,"camera":true,"hand":true}}`,
		`{"t":"offer","id":3,"d":{"peer":9,"number":1,"sdp":"v=0","published":[]}}`,
		`{"t":"view","d":"` + strings.Repeat("x", 60<<10) + `"}`,
		`{"t":"view","d":"` + strings.Repeat("x", 70<<10) + `"}`,
	}
	var attackers sync.WaitGroup
	for i, flood := range floods {
		attackers.Go(func() {
			m := doctor
			m.Key = fmt.Sprintf("p-%d", i)
			w := h.dial(m)
			w.say(hello)
			for range 200 {
				if w.ws.WriteMessage(websocket.TextMessage, []byte(flood)) != nil {
					break
				}
			}
			if code := w.closed(); code != signaling.ClosePolicy && code != signaling.CloseTooBig {
				t.Errorf("flood %d: closed with %d", i, code)
			}
		})
	}
	calm := make(chan struct{})
	go func() {
		attackers.Wait()
		close(calm)
	}()
	tick := time.NewTicker(150 * time.Millisecond) // the nurse keeps to the protocol
	defer tick.Stop()
	for attacked := true; attacked; {
		select {
		case <-calm:
			attacked = false
		case <-tick.C:
		}
		begun := time.Now()
		h.must(a.Ping(h.ctx))
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("a ping took %v", took)
		}
	}
	before := a.State()
	h.sees(a, "the doctor, still", func(s client.State) bool {
		return s.From(doctor.Key, signaling.SourceMicrophone).Packets > before.From(doctor.Key, signaling.SourceMicrophone).Packets+20
	})
	if s := a.State(); !s.Connected || s.Resumed != 0 || s.Peer != 1 {
		t.Errorf("the nurse has noticed: %+v", s)
	}
}

// honest is an offer that publishes a microphone; hostile ones are made of it.
const honest = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\n" +
	"a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\na=fingerprint:sha-256 " +
	"00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"

// TestHostileOffers: whatever somebody offers is answered or refused as PROTOCOL.md says, and the others' sound goes on over the
// connection they have.
func TestHostileOffers(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a := h.enter(nurse, func(c *client.Config) { c.NoCamera = true })
	h.enter(doctor, func(c *client.Config) { c.NoCamera = true })
	sound := func(s client.State) uint64 { return s.From(doctor.Key, signaling.SourceMicrophone).Packets }
	h.sees(a, "the doctor", func(s client.State) bool { return sound(s) > 10 })
	attack := func(name, code string, offers ...signaling.Offer) {
		t.Helper()
		before := a.State()
		if got := h.offers(name, offers); got != code {
			t.Errorf("%s: %q, not %q", name, got, code)
		}
		now := h.sees(a, "the doctor after "+name, func(s client.State) bool { return sound(s) > sound(before)+5 })
		if now.Peer != 1 || now.Answers != 1 {
			t.Errorf("after %s the nurse has had to offer again: connection %d, %d answers", name, now.Peer, now.Answers)
		}
	}
	of := func(number int, sdp string) signaling.Offer {
		return signaling.Offer{Peer: 1, Number: number, SDP: sdp}
	}
	with := func(old, replacement string) signaling.Offer {
		return of(1, strings.ReplaceAll(honest, old, replacement))
	}
	after := func(lines string) signaling.Offer { return of(1, honest+lines) }
	another := "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:%d\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n"
	many := func(n int) signaling.Offer {
		bundle, all := "BUNDLE 0", honest
		for i := range n {
			bundle, all = fmt.Sprintf("%s %d", bundle, i+1), all+fmt.Sprintf(another, i+1)
		}
		return of(1, strings.Replace(all, "BUNDLE 0", bundle, 1))
	}
	var storm []signaling.Offer
	for i := range 16 { // what is said at once may be 20 messages, the good-bye among them
		storm = append(storm, signaling.Offer{Peer: i + 1, Number: 1, SDP: honest})
	}
	const bad = signaling.CodeBadOffer
	long := "a=" + strings.Repeat("x", 996) + "\r\n"
	attack("an honest offer", "", of(1, honest))
	attack("a thousand candidates", "", after(strings.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 1000)))
	attack("a candidate that is none", "", after("a=candidate:x\r\n"))
	attack("attributes up to the limit", "", after(strings.Repeat(long, 60)))
	attack("attributes beyond", bad, after(strings.Repeat(long, 62)))
	attack("a word", bad, of(1, "offer"))
	attack("nothing but zeros", bad, of(1, strings.Repeat("\x00", 5000)))
	attack("a cut offer", bad, of(1, honest[:len(honest)/2]))
	attack("as many lines as there may be", "", many(24))
	attack("one line more", bad, many(25))
	attack("hundreds of lines", bad, many(400))
	attack("the same mid again", bad, of(1, honest+fmt.Sprintf(another, 0)))
	attack("an endless mid", bad, with("mid:0", "mid:"+strings.Repeat("0", 2000)))
	attack("no certificate", bad, with("a=fingerprint", "a=finger"))
	attack("no password", bad, with("abcdefghijklmnopqrstuvwx", ""))
	attack("SSRCs of a hundred", bad, after(hundredSSRCs()))
	attack("a seat that is not offered", bad, signaling.Offer{Peer: 1, Number: 1, SDP: honest, Published: []signaling.Published{{Mid: "9", Source: signaling.SourceMicrophone}}})
	attack("a camera on a line of sound", bad, signaling.Offer{Peer: 1, Number: 1, SDP: honest, Published: []signaling.Published{{Mid: "0", Source: signaling.SourceCamera}}})
	attack("another certificate later", bad, of(1, honest), of(2, strings.Replace(honest, "00:00", "00:01", 1)))
	attack("a line that turns round", bad, of(1, honest), of(2, strings.Replace(honest, "sendonly", "recvonly", 1)))
	attack("a number again", bad, of(1, honest), of(1, honest))
	attack("an old connection", bad, signaling.Offer{Peer: 2, Number: 1, SDP: honest}, of(1, honest))
	attack("a number of none", signaling.CodeMalformed, signaling.Offer{Peer: -1, Number: 1, SDP: honest})
	attack("a storm of connections", "", storm...)
}

// offers makes offers as somebody who comes for it and leaves, and returns the code of the last reply; "": an answer. Offers that
// do not say what they publish publish the microphone of honest.
func (h *house) offers(name string, offers []signaling.Offer) (code string) {
	h.t.Helper()
	attacker := doctor
	attacker.Key = "p-attacker"
	w := h.dial(attacker)
	w.say(hello)
	w.await(signaling.KindWelcome)
	var last signaling.Message
	for i, o := range offers {
		if o.Published == nil {
			o.Published = []signaling.Published{{Mid: "0", Source: signaling.SourceMicrophone}}
		}
		text, err := json.Marshal(o)
		h.must(err)
		w.say(fmt.Sprintf(`{"t":"offer","id":%d,"d":%s}`, i+7, text))
		last = w.reply()
	}
	var refusal signaling.Refusal
	if last.T == signaling.KindError {
		h.must(json.Unmarshal(last.D, &refusal))
	} else if last.T != signaling.KindAnswer {
		h.t.Errorf("%s: a reply of kind %s", name, last.T)
	}
	w.say(`{"t":"bye","id":99}`)
	if got := w.closed(); got != signaling.CloseDone {
		h.t.Errorf("after %s: closed with %d", name, got)
	}
	return refusal.Code
}

func hundredSSRCs() string {
	var all strings.Builder
	for i := range 100 {
		fmt.Fprintf(&all, "a=ssrc:%d cname:a\r\n", i)
	}
	return all.String()
}
