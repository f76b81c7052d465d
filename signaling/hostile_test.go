package signaling_test

import (
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
