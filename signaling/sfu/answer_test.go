package sfu

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// sounds proves that the first audio slot of to still plays what from publishes.
func sounds(t *testing.T, from, to *client, seq uint16) {
	t.Helper()
	from.sends[Microphone].write(t, seq, uint32(seq)*960, []byte{0x78, byte(seq)}, nil)
	if p := to.next(to.mid(Audio, 0)); p.Payload[1] != byte(seq) {
		t.Fatalf("payload %x, want %d", p.Payload, byte(seq))
	}
}

func TestAnswerNamesSlotsInOrder(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, nil, 0)
	add := func(kind webrtc.RTPCodecType, direction webrtc.RTPTransceiverDirection) {
		if _, err := a.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
			t.Fatal(err)
		}
	}
	add(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverDirectionRecvonly)
	a.publish(Camera)
	a.grow(1)
	a.publish(Microphone)
	a.grow(1)
	answer := a.negotiate(a.offer(nil))
	want := []Line{{"0", Video}, {"2", Audio}, {"3", Video}, {"5", Audio}, {"6", Video}}
	if len(answer.Slots) != len(want) {
		t.Fatalf("slots %v, want %v", answer.Slots, want)
	}
	for i, l := range answer.Slots {
		if l != want[i] {
			t.Errorf("slot %d is %v, want %v", i, l, want[i])
		}
	}
	if a.peer.Source(Microphone) == nil || a.peer.Source(Camera) == nil {
		t.Error("a source is missing")
	}
}

func TestMostSlots(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, maxSlots)
	if answer := a.negotiate(a.offer(nil)); len(answer.Slots) != 2*maxSlots {
		t.Errorf("%d slots", len(answer.Slots))
	}
	a.reach(StateConnected)
}

func TestGrownPool(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, []Content{Microphone}, 1).join()
	b.put(b.mid(Audio, 0), a.peer.Source(Microphone))
	sounds(t, a, b, 1)
	before, slots, source := maps.Clone(b.ssrcs), b.slots, b.peer.Source(Microphone)
	b.publish(Camera)
	b.grow(2)
	answer := b.negotiate(b.offer(nil))
	if len(answer.Slots) != 6 || answer.Slots[0] != slots[0] || answer.Slots[1] != slots[1] {
		t.Fatalf("slots %v after %v", answer.Slots, slots)
	}
	for mid, ssrcs := range before {
		if len(ssrcs) > 0 && b.ssrcs[mid][0] != ssrcs[0] {
			t.Errorf("line %s: SSRC %d, was %d", mid, b.ssrcs[mid][0], ssrcs[0])
		}
	}
	if b.peer.Source(Microphone) != source || b.peer.Source(Camera) == nil {
		t.Error("the sources are not the old one and a new one")
	}
	sounds(t, a, b, 2)
	mid := b.mid(Video, 2)
	b.put(mid, a.peer.Source(Camera))
	f := &film{from: a}
	f.frame(t, true)
	b.next(mid)
}

func TestICERestart(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid, f := b.mid(Video, 0), &film{from: a}
	b.put(b.mid(Audio, 0), a.peer.Source(Microphone))
	b.put(mid, a.peer.Source(Camera))
	sounds(t, a, b, 1)
	f.frame(t, true)
	first := b.next(mid)
	for len(a.sends[Camera].asked) > 0 {
		<-a.sends[Camera].asked
	}
	before := maps.Clone(b.ssrcs)
	b.negotiate(b.offer(&webrtc.OfferOptions{ICERestart: true}))
	for mid, ssrcs := range before {
		if len(ssrcs) > 0 && b.ssrcs[mid][0] != ssrcs[0] {
			t.Errorf("line %s: SSRC %d, was %d", mid, b.ssrcs[mid][0], ssrcs[0])
		}
	}
	for p := range arrivals(t, a.sends[Camera].asked, "request for a key frame") {
		if _, ok := p.(*rtcp.PictureLossIndication); ok {
			break
		}
	}
	// What is sent while the new path is not there is lost; then all goes on.
	packets, _ := b.inbox(b.ssrcs[mid][0])
	for len(packets) == 0 {
		f.frame(t, true)
		wait(t, a.sends[Camera].asked, "report") // a moment has passed
	}
	if p := b.next(mid); p.SSRC != first.SSRC || int16(p.SequenceNumber-first.SequenceNumber) <= 0 {
		t.Fatalf("packet %d of %d after %d of %d", p.SequenceNumber, p.SSRC, first.SequenceNumber, first.SSRC)
	}
}

func TestRefusedOffers(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, []Content{Microphone, Camera}, 2).join()
	b.put(b.mid(Audio, 0), a.peer.Source(Microphone))
	fresh := newClient(t, s, []Content{Microphone, Camera}, 2)
	first := fresh.offer(nil)
	again := Offer{SDP: bareSlots(b.pc.LocalDescription().SDP), Published: first.Published}
	seq := uint16(1)
	refused := func(name string, change func(o *Offer)) {
		t.Run(name, func(t *testing.T) {
			for _, each := range []struct {
				peer *Peer
				Offer
			}{{fresh.peer, first}, {b.peer, again}} {
				change(&each.Offer)
				if _, err := each.peer.Answer(t.Context(), each.Offer); !errors.Is(err, ErrBadOffer) {
					t.Errorf("error %v", err)
				}
			}
			sounds(t, a, b, seq)
			seq++
		})
	}
	replace := func(old, with string) func(*Offer) {
		return func(o *Offer) {
			if !strings.Contains(o.SDP, old) {
				t.Errorf("no %q to replace", old)
			}
			o.SDP = strings.Replace(o.SDP, old, with, 1)
		}
	}
	shorten := func(attribute string, to int) func(*Offer) {
		return func(o *Offer) {
			at := strings.Index(o.SDP, attribute) + len(attribute)
			end := at + strings.Index(o.SDP[at:], "\r\n")
			o.SDP = strings.ReplaceAll(o.SDP, o.SDP[at:end], o.SDP[at:at+to])
		}
	}
	refused("not SDP", func(o *Offer) { o.SDP = "hello" })
	refused("empty", func(o *Offer) { o.SDP = "" })
	refused("no lines", func(o *Offer) { o.SDP, _, _ = strings.Cut(o.SDP, "m=") })
	refused("too long", func(o *Offer) { o.SDP += strings.Repeat("a=x-padding\r\n", maxSDP/12) })
	refused("sendrecv", replace("a=sendonly", "a=sendrecv"))
	refused("inactive", replace("a=sendonly", "a=inactive"))
	refused("slot inactive", replace("a=recvonly", "a=inactive"))
	refused("no direction", replace("a=sendonly\r\n", ""))
	refused("two directions", replace("a=sendonly", "a=sendonly\r\na=recvonly"))
	refused("rid", replace("a=sendonly", "a=sendonly\r\na=rid:q send"))
	refused("simulcast", replace("a=sendonly", "a=sendonly\r\na=simulcast:send q;h"))
	refused("another certificate's hash", replace("a=fingerprint:sha-256", "a=fingerprint:md5"))
	refused("short ICE name", shorten("a=ice-ufrag:", 3))
	refused("short ICE password", shorten("a=ice-pwd:", 21))
	refused("ICE lite", replace("t=0 0", "t=0 0\r\na=ice-lite"))
	refused("no DTLS role", func(o *Offer) { o.SDP = without(o.SDP, "a=setup") })
	refused("no rtcp-mux", func(o *Offer) { o.SDP = without(o.SDP, "a=rtcp-mux") })
	refused("no bundle", func(o *Offer) { o.SDP = without(o.SDP, "a=group") })
	refused("bundle of others", replace(" 5\r\n", " 6\r\n"))
	refused("no SRTP", replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"))
	refused("ended line", replace("m=video 9", "m=video 0"))
	refused("an extension means two things", replace("a=extmap:1 "+uriMid, "a=extmap:1 "+uriTransport))
	refused("an extension's number twice", replace("a=extmap:1 ", "a=extmap:1 urn:x\r\na=extmap:1 "))
	refused("an extension twice", replace("a=extmap:1 "+uriMid, "a=extmap:1 "+uriMid+"\r\na=extmap:9 "+uriMid))
	refused("encodings without names", replace("a=sendonly", "a=sendonly\r\na=ssrc-group:SIM 1 2"))
	refused("SSRC of another line", func(o *Offer) {
		first, _, _ := strings.Cut(o.SDP[strings.Index(o.SDP, "a=ssrc:"):], "\r\n")
		at := strings.LastIndex(o.SDP, "a=ssrc:")
		o.SDP = o.SDP[:at] + first + "\r\n" + o.SDP[at:]
	})
	refused("data channel", replace("m=video", "m=application"))
	refused("mid twice", replace("a=mid:1", "a=mid:0"))
	refused("no mid", replace("a=mid:1\r\n", ""))
	refused("no fingerprint", func(o *Offer) { o.SDP = without(o.SDP, "a=fingerprint") })
	refused("broken fingerprint", replace("a=fingerprint:sha-256 ", "a=fingerprint:"))
	refused("no ICE name", func(o *Offer) { o.SDP = without(o.SDP, "a=ice-ufrag") })
	refused("no ICE password", func(o *Offer) { o.SDP = without(o.SDP, "a=ice-pwd") })
	refused("bundle begins elsewhere", replace("BUNDLE 0 1", "BUNDLE 1 0"))
	refused("no Opus", func(o *Offer) { o.SDP = strings.ReplaceAll(o.SDP, " opus/", " sopus/") })
	refused("no VP8", func(o *Offer) { o.SDP = strings.ReplaceAll(o.SDP, " VP8/", " VP7/") })
	refused("unexplained payload type", replace("SAVPF 109", "SAVPF 109 77"))
	refused("broken extension", replace("a=extmap:1 ", "a=extmap:one "))
	refused("broken payload type", replace("a=rtpmap:109", "a=rtpmap:eleven"))
	refused("broken retransmission", replace("apt=120", "apt=x"))
	refused("unpublished line", func(o *Offer) { o.Published = o.Published[:1] })
	refused("line published that is not offered", func(o *Offer) { o.Published = []Published{o.Published[0], {"9", Camera}} })
	refused("slot published", func(o *Offer) { o.Published = []Published{o.Published[0], {"3", Camera}} })
	refused("two microphones", func(o *Offer) {
		replace("m=video", "m=audio")(o)
		o.Published = []Published{{"0", Microphone}, {"1", Microphone}}
	})
	refused("sound on a picture's line", func(o *Offer) { o.Published = []Published{o.Published[0], {"1", Microphone}} })
	refused("unknown content", func(o *Offer) { o.Published = []Published{o.Published[0], {"1", "window"}} })
	refused("a line of two contents", func(o *Offer) { o.Published = append(o.Published[:2:2], Published{"1", Screen}) })
	refused("too many slots", func(o *Offer) {
		last := o.SDP[strings.LastIndex(o.SDP, "m="):]
		for i := range maxSlots {
			o.SDP += strings.Replace(last, "a=mid:5", "a=mid:s"+string(rune('a'+i)), 1)
		}
	})

	// After a good offer, lines may not go away or change.
	cut := strings.LastIndex(again.SDP, "m=")
	for name, text := range map[string]string{
		"line removed":        again.SDP[:cut],
		"line changed":        again.SDP[:cut] + strings.Replace(again.SDP[cut:], "m=video", "m=audio", 1),
		"mid changed":         again.SDP[:cut] + strings.Replace(again.SDP[cut:], "a=mid:5", "a=mid:6", 1),
		"another certificate": changed(again.SDP, "a=fingerprint:sha-256 ", 2, "00"),
		"other DTLS roles":    strings.ReplaceAll(again.SDP, "a=setup:actpass", "a=setup:active"),
		"half of ICE":         changed(again.SDP, "a=ice-pwd:", 4, "half"),
		"other formats":       strings.ReplaceAll(again.SDP, "120", "121"),
		"turned round":        again.SDP[:cut] + strings.Replace(again.SDP[cut:], "a=recvonly", "a=sendonly", 1),
	} {
		if _, err := b.peer.Answer(t.Context(), Offer{SDP: text, Published: again.Published}); !errors.Is(err, ErrBadOffer) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	another := []Published{again.Published[0], {"1", Screen}}
	if _, err := b.peer.Answer(t.Context(), Offer{SDP: again.SDP, Published: another}); !errors.Is(err, ErrBadOffer) {
		t.Errorf("content changed: error %v", err)
	}
	sounds(t, a, b, seq)
	if _, err := b.peer.Answer(t.Context(), again); err != nil {
		t.Errorf("the same offer again: error %v", err)
	}
	b.grow(1)
	b.negotiate(b.offer(nil))
	sounds(t, a, b, seq+1)
	fresh.negotiate(first)
	fresh.reach(StateConnected)
}

// changed replaces, wherever the attribute stands, the first characters of its value.
func changed(sdp, attribute string, n int, with string) string {
	parts := strings.Split(sdp, attribute)
	for i := range parts[1:] {
		parts[i+1] = with + parts[i+1][n:]
	}
	return strings.Join(parts, attribute)
}

func TestREDIsNegotiated(t *testing.T) {
	s := newServer(t, nil)
	a := newClientOf(t, s, PeerConfig{}, []Content{Microphone}, 1, redundancy)
	answer := a.negotiate(a.offer(nil))
	if got := strings.Count(answer.SDP, "a=fmtp:63 109/109\r\n"); got != 2 {
		t.Errorf("RED on %d of 2 lines:\n%s", got, answer.SDP)
	}
	a.reach(StateConnected)
}

func TestPutErrors(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 1)
	b := newClient(t, s, []Content{Microphone}, 1)
	if err := a.peer.Put("0", nil); err == nil {
		t.Error("a slot before any offer")
	}
	a.negotiate(a.offer(nil))
	b.negotiate(b.offer(nil))
	for name, put := range map[string]func() error{
		"unknown line":  func() error { return b.peer.Put("9", nil) },
		"sending line":  func() error { return b.peer.Put("0", a.peer.Source(Microphone)) },
		"another kind":  func() error { return b.peer.Put(b.mid(Audio, 0), a.peer.Source(Camera)) },
		"own source":    func() error { return a.peer.Put(a.mid(Audio, 0), a.peer.Source(Microphone)) },
		"missing peers": func() error { return b.peer.Put("", a.peer.Source(Microphone)) },
	} {
		if err := put(); err == nil || errors.Is(err, ErrClosed) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if b.peer.Source(Camera) != nil {
		t.Error("a source that is not published")
	}
	mid, source := b.mid(Audio, 0), a.peer.Source(Microphone)
	for range 2 { // the same again is nothing new
		b.put(mid, source)
	}
	a.peer.Close()
	if err := b.peer.Put(mid, source); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed peer's source: error %v", err)
	}
	b.put(mid, nil)
	b.peer.Close()
	if err := b.peer.Put(mid, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("on a closed peer: error %v", err)
	}
}
