package signaling_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
	"github.com/samtale/samtale/signaling/sfu"
)

// TestCrash: a browser that dies leaves its seat, its last picture, and soon no presence.
func TestCrash(t *testing.T) {
	t.Parallel()
	h := openWith(t, 0, sfu.Config{DisconnectedWait: 300 * time.Millisecond})
	host, dead := h.enter(nurse), h.enter(doctor)
	h.sees(host, "the doctor", hearsAndSees(doctor.Key))
	dead.Close()
	h.sees(host, "the lines paused", func(s client.State) bool {
		return slices.ContainsFunc(s.Slots, func(on signaling.Slot) bool {
			return on.Key == doctor.Key && on.Source == signaling.SourceCamera && on.State == signaling.SlotPaused
		})
	})
	h.sees(host, "the seat kept", func(s client.State) bool {
		return away(doctor.Key)(s) && len(s.Roster) == 2 && !s.Roster[1].Devices[0].Media
	})
	h.told(signaling.EventMediaDown, doctor.Key)
	h.eventually("not present", func() bool { return len(h.rooms.Present()["conf-7"]) == 1 })
}

// silentOffer is an offer of a browser whose packets never arrive.
func silentOffer(t *testing.T) signaling.Offer {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if _, err := pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
			t.Fatal(err)
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return signaling.Offer{Peer: 1, Number: 1, SDP: offer.SDP, Published: []signaling.Published{}}
}

func (w *wire) offer(id string, o signaling.Offer) {
	w.h.t.Helper()
	text, err := json.Marshal(o)
	w.h.must(err)
	w.say(`{"t":"offer","id":` + id + `,"d":` + string(text) + `}`)
}

func TestRebuildWhenNothingConnects(t *testing.T) {
	t.Parallel()
	h := openWith(t, 0, sfu.Config{ConnectWithin: 200 * time.Millisecond})
	w := h.dial(nurse)
	w.say(hello)
	w.await(signaling.KindWelcome)
	offer := func(id string, o signaling.Offer) signaling.Message {
		t.Helper()
		w.offer(id, o)
		return w.reply()
	}
	first := silentOffer(t)
	if m := offer("2", first); m.T != signaling.KindAnswer || m.Re != 2 {
		t.Fatalf("%s to %d: %s", m.T, m.Re, m.D)
	}
	var slots signaling.Slots
	h.must(json.Unmarshal(w.await(signaling.KindSlots).D, &slots))
	if want := []signaling.Slot{{Mid: "0", Kind: sfu.Audio, State: signaling.SlotOff}, {Mid: "1", Kind: sfu.Video, State: signaling.SlotOff}}; !slices.Equal(slots.Slots, want) {
		t.Errorf("slots %+v", slots.Slots)
	}
	var why signaling.Reason
	h.must(json.Unmarshal(w.await(signaling.KindRebuild).D, &why))
	if why.Reason != "timeout" {
		t.Errorf("rebuild because of %q", why.Reason)
	}
	first.Number = 2
	if m := offer("3", first); m.T != signaling.KindError {
		t.Errorf("an offer of the connection that has failed: %s", m.T)
	}
	next := silentOffer(t)
	next.Peer = 2
	if m := offer("4", next); m.T != signaling.KindAnswer {
		t.Errorf("an offer of the next connection: %s %s", m.T, m.D)
	}
	next.Peer, next.Number = 1, 9
	if m := offer("5", next); m.T != signaling.KindError {
		t.Errorf("an offer of the connection before: %s", m.T)
	}
}

// TestConnectionDiesWithoutSocket: whoever comes back is told that a new connection is needed, whether what was missed is told
// again or the room as it is now.
func TestConnectionDiesWithoutSocket(t *testing.T) {
	t.Parallel()
	check := func(name string, seen uint64) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openWith(t, 0, sfu.Config{ConnectWithin: 200 * time.Millisecond})
			watcher := h.enter(doctor, wordsOnly)
			w := h.dial(nurse)
			w.say(hello)
			var welcome signaling.Welcome
			h.must(json.Unmarshal(w.await(signaling.KindWelcome).D, &welcome))
			w.offer("2", silentOffer(t))
			w.await(signaling.KindAnswer)
			first := w.await(signaling.KindSlots)
			h.must(w.ws.NetConn().Close())
			h.sees(watcher, "the nurse away", away(nurse.Key))
			h.eventually("the connection given up", func() bool { return h.rooms.Links("conf-7") == 0 })
			w = h.dial(nurse)
			resume, err := json.Marshal(signaling.Resume{Session: welcome.Session, Secret: welcome.Secret, Seq: first.Seq + seen})
			h.must(err)
			w.say(`{"t":"hello","id":1,"d":{"v":1,"conference":"conf-7","device":"d41d8cd98f00b204","resume":` + string(resume) + `}}`)
			h.must(json.Unmarshal(w.await(signaling.KindWelcome).D, &welcome))
			if !welcome.Resumed {
				t.Errorf("%+v", welcome)
			}
			w.await(signaling.KindRebuild)
		})
	}
	check("told again", 0)
	check("the room as it is", 1000)
}
