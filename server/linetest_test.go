package server

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// TestLineTest: a microphone comes back to its owner, once a connection has been made; nobody else's does, and strangers have none.
func TestLineTest(t *testing.T) {
	r := start(t, true)
	if got := r.browser().do("POST", "/v1/line-tests", map[string]string{"sdp": "v=0", "mid": "0"}); got.status != 401 {
		t.Errorf("a stranger: %d", got.status)
	}
	nurse := r.as("ward-nurse")
	if got := nurse.do("POST", "/v1/line-tests", map[string]string{"sdp": "v=0", "mid": "0"}); got.status != 422 {
		t.Errorf("an offer of nothing: %d %s", got.status, got.body)
	}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.GracefulClose()
	microphone, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "m", "s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromTrack(microphone, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	var heard atomic.Int32
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			if _, _, err := track.ReadRTP(); err != nil {
				return
			}
			heard.Add(1)
		}
	})
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	answer := must[struct {
		SDP     string
		Seconds int
	}](nurse, 200, "POST", "/v1/line-tests", map[string]string{"sdp": pc.LocalDescription().SDP, "mid": "0"})
	if answer.Seconds != 15 {
		t.Errorf("it ends in %d s", answer.Seconds)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	eventually(t, "the microphone comes back", func() bool {
		<-tick.C
		if err := microphone.WriteSample(media.Sample{Data: []byte{0x08, 1, 2, 3}, Duration: 20 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		return heard.Load() > 10
	})
}

// TestLineTestsAreFew: one a session, and no more than the node can bear.
func TestLineTestsAreFew(t *testing.T) {
	l := newLineTests()
	first := l.enter(t.Context(), "a")
	second := l.enter(t.Context(), "a")
	if first.stay.Err() == nil || second.stay.Err() != nil {
		t.Error("the newer test of a session does not end the older one")
	}
	first.leave()
	var all []*lineTest
	for i := 1; i < maxLineTests; i++ {
		all = append(all, l.enter(t.Context(), string(rune(i))))
	}
	if l.enter(t.Context(), "one too many") != nil {
		t.Error("there is no bound")
	}
	second.leave()
	last := l.enter(t.Context(), "one too many")
	if last == nil {
		t.Error("a place that became free is lost")
	}
	for _, one := range append(all, last) {
		one.leave()
	}
	if len(l.running) != 0 {
		t.Errorf("%d are left", len(l.running))
	}
}
