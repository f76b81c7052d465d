package signaling_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
	"github.com/samtale/samtale/signaling/sfu"
)

// lineOf finds what is said of a person's line.
func lineOf(s client.State, key string) signaling.LineState {
	i := slices.IndexFunc(s.Lines, func(l signaling.LineState) bool { return l.Key == key })
	if i < 0 {
		return signaling.LineState{}
	}
	return s.Lines[i]
}

// TestGoodLinesAreTold: on a line without faults all is said to be well, and again after the socket was lost.
func TestGoodLinesAreTold(t *testing.T) {
	t.Parallel()
	h := openWith(t, 0, sfu.Config{DisconnectedWait: time.Second})
	a, b := h.enter(nurse), h.enter(doctor)
	well := func(s client.State) bool {
		mine, other := lineOf(s, nurse.Key), lineOf(s, doctor.Key)
		return s.Downlink.Step == "full" && s.Downlink.Why == "" && s.Uplink.Step == "full" && s.Uplink.Layers == 1 && s.Uplink.AudioKbps > 0 &&
			mine.Word == signaling.WordGood && other.Word == signaling.WordGood && mine.Path == "udp" && mine.Score > 4
	}
	h.sees(a, "that all is well", well)
	for told := false; !told; { // the doctor's own next report knows less
		h.must(b.Report(h.ctx, signaling.LineReport{Path: signaling.PathRelayTLS, GapPermille: 3}))
		ctx, cancel := context.WithTimeout(h.ctx, 3*time.Second)
		_, err := a.Wait(ctx, func(s client.State) bool {
			return lineOf(s, doctor.Key).Path == signaling.PathRelayTLS && lineOf(s, doctor.Key).GapPermille == 3
		})
		cancel()
		h.must(h.ctx.Err())
		told = err == nil
	}
	a.Interrupt()
	h.sees(b, "the nurse away", away(nurse.Key))
	before := a.State().Told
	a.Return()
	h.sees(a, "all of it anew", func(s client.State) bool {
		return s.Resumed == 1 && s.Told.Downlink > before.Downlink && s.Told.Uplink > before.Uplink && s.Told.Lines > before.Lines
	})
	b.Close()
	h.sees(a, "that the doctor's line is lost", func(s client.State) bool {
		return lineOf(s, doctor.Key).Word == signaling.WordLost && lineOf(s, doctor.Key).Score == 0
	})
}

// TestSoundOnly: who wants no pictures gets none, is told why, and gets them back.
func TestSoundOnly(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "the nurse", hearsAndSees(nurse.Key))
	camera := func(state, why string) func(client.State) bool {
		return func(s client.State) bool {
			return slices.ContainsFunc(s.Slots, func(on signaling.Slot) bool {
				return on.Source == signaling.SourceCamera && on.State == state && on.Why == why
			})
		}
	}
	h.must(a.View(h.ctx, signaling.View{Lines: []signaling.ViewLine{}, SoundOnly: true}))
	s := h.sees(a, "why there is no picture", camera(signaling.SlotPaused, signaling.WhyChoice))
	before := s.From(doctor.Key, signaling.SourceMicrophone).Packets
	h.sees(a, "the choice said back", func(s client.State) bool { return s.Downlink.Why == "choice" })
	s = h.sees(a, "sound", func(s client.State) bool { return s.From(doctor.Key, signaling.SourceMicrophone).Packets > before+50 })
	if more := h.sees(a, "sound", func(later client.State) bool {
		return later.From(doctor.Key, signaling.SourceMicrophone).Packets > s.From(doctor.Key, signaling.SourceMicrophone).Packets+50
	}); more.From(doctor.Key, signaling.SourceCamera).Packets != s.From(doctor.Key, signaling.SourceCamera).Packets {
		t.Error("pictures come all the same")
	}
	h.must(a.View(h.ctx, signaling.View{Lines: []signaling.ViewLine{{Mid: midOf(a, doctor.Key), Height: 180}}}))
	h.sees(a, "the picture again", func(later client.State) bool {
		return camera(signaling.SlotOn, "")(later) && later.From(doctor.Key, signaling.SourceCamera).Packets > s.From(doctor.Key, signaling.SourceCamera).Packets+10
	})
}

// midOf is the line on which a person's camera comes.
func midOf(c *client.Client, key string) string {
	for _, on := range c.State().Slots {
		if on.Key == key && on.Kind == sfu.Video {
			return on.Mid
		}
	}
	return ""
}

// TestNobodyWatches: what nobody shows is not sent, neither by the server nor to it, and comes when somebody looks.
func TestNobodyWatches(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor, func(c *client.Config) { c.Simulcast = true })
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "three encodings wanted", func(s client.State) bool { return s.Uplink.Layers > 0 })
	h.must(a.View(h.ctx, signaling.View{Lines: []signaling.ViewLine{}}))
	h.sees(b, "that nobody watches", func(s client.State) bool { return s.Uplink.Layers == 0 && s.Uplink.Step == "full" })
	s := a.State()
	if on := midOf(a, doctor.Key); on == "" {
		t.Fatal("the line is given to nobody")
	}
	h.must(a.View(h.ctx, signaling.View{Lines: []signaling.ViewLine{{Mid: midOf(a, doctor.Key), Height: 180}}}))
	h.sees(b, "that somebody does", func(s client.State) bool { return s.Uplink.Layers == 1 })
	h.sees(a, "the doctor again", func(later client.State) bool {
		return later.From(doctor.Key, signaling.SourceCamera).Packets > s.From(doctor.Key, signaling.SourceCamera).Packets+10
	})
}
