package link

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// exported is keying material as a handshake would give it.
type exported []byte

func (e exported) ExportKeyingMaterial(_ string, _ []byte, n int) ([]byte, error) { return e[:n], nil }

// pair is one of our sessions and pion's contexts for the other end.
type pair struct {
	t    testing.TB
	ours *session
	in   *srtp.Context // decrypts ours
	out  *srtp.Context // encrypts for us
	now  time.Time
}

func newPair(t testing.TB, profile dtls.SRTPProtectionProfile) *pair {
	t.Helper()
	material := make([]byte, 64)
	_, _ = rand.Read(material)
	ours, err := newSession(exported(material), profile, false)
	if err != nil {
		t.Fatal(err)
	}
	theirs, salt := srtp.ProtectionProfileAeadAes128Gcm, 12
	if profile == dtls.SRTP_AES128_CM_HMAC_SHA1_80 {
		theirs, salt = srtp.ProtectionProfileAes128CmHmacSha1_80, 14
	}
	out, err := srtp.CreateContext(material[:16], material[32:32+salt], theirs)
	if err != nil {
		t.Fatal(err)
	}
	in, err := srtp.CreateContext(material[16:32], material[32+salt:32+2*salt], theirs)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{t: t, ours: ours, in: in, out: out, now: time.Unix(1_000_000, 0)}
}

// packet is a plain one with an extension and padding-like bytes.
func packet(seq uint16, ssrc uint32, payload ...byte) []byte {
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: seq, SSRC: ssrc, Timestamp: uint32(seq) * 960, CSRC: []uint32{5}}, Payload: payload}
	if err := p.SetExtension(3, []byte{1, 2}); err != nil {
		panic(err)
	}
	b, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

// theirs is a packet encrypted by pion.
func (p *pair) theirs(plain []byte) []byte {
	p.t.Helper()
	b, err := p.out.EncryptRTP(nil, plain, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// open gives an encrypted packet to ours.
func (p *pair) open(encrypted []byte) ([]byte, bool) {
	var spare [maxDatagram]byte
	return p.ours.openRTP(slices.Clone(encrypted), &spare, p.now)
}

func (p *pair) opens(encrypted, plain []byte) {
	p.t.Helper()
	if got, ok := p.open(encrypted); !ok || !bytes.Equal(got, plain) {
		p.t.Errorf("packet %d: %t, %x, want %x", binary.BigEndian.Uint16(plain[2:]), ok, got, plain)
	}
}

func (p *pair) refuses(why string, encrypted []byte) {
	p.t.Helper()
	if _, ok := p.open(encrypted); ok {
		p.t.Errorf("%s: accepted", why)
	}
}

func eachProfile(t *testing.T, test func(t *testing.T, p *pair)) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{"gcm": dtls.SRTP_AEAD_AES_128_GCM, "sha1": dtls.SRTP_AES128_CM_HMAC_SHA1_80} {
		t.Run(name, func(t *testing.T) { test(t, newPair(t, profile)) })
	}
}

func TestReceiving(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *pair) {
		one, two := p.theirs(packet(1, 9, 1, 2, 3)), p.theirs(packet(2, 9))
		p.refuses("one bit of the payload", flipped(one, len(one)-12))
		p.refuses("one bit of the header", flipped(one, 4))
		p.refuses("one bit of the tag", flipped(one, len(one)-1))
		for n := range one {
			p.refuses("cut", one[:n])
		}
		if len(p.ours.rtp) != 0 {
			t.Error("packets that failed left a stream")
		}
		p.opens(two, packet(2, 9))
		p.opens(one, packet(1, 9, 1, 2, 3)) // late is not repeated
		p.refuses("the first again", one)
		p.refuses("the second again", two)
		p.refuses("another's SSRC", withSSRC(p.theirs(packet(3, 9)), 10))
		late := p.theirs(packet(3, 9))
		p.opens(p.theirs(packet(3+replayWindow, 9)), packet(3+replayWindow, 9))
		p.refuses("too late", late)
		p.opens(p.theirs(packet(4+replayWindow, 9)), packet(4+replayWindow, 9))
	})
}

func flipped(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 4
	return b
}

func withSSRC(b []byte, ssrc uint32) []byte {
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return b
}

func TestStreamsAreBounded(t *testing.T) {
	p := newPair(t, dtls.SRTP_AEAD_AES_128_GCM)
	for i := range uint32(maxStreams) {
		p.opens(p.theirs(packet(1, 100+i)), packet(1, 100+i))
	}
	p.refuses("one SSRC too many", p.theirs(packet(1, 99)))
	p.opens(p.theirs(packet(2, 100)), packet(2, 100))
}

func TestRolloverIn(t *testing.T) {
	eachProfile(t, func(_ *testing.T, p *pair) {
		seq := uint16(30_000)
		for range 300_000 / 997 { // four times around, with gaps, and each second packet late
			a, b := packet(seq, 9, 1), packet(seq+1, 9, 2)
			ea, eb := p.theirs(a), p.theirs(b)
			p.opens(eb, b)
			p.opens(ea, a)
			p.refuses("again", ea)
			seq += 997
		}
	})
}

// TestRolloverAfterOutage has a sender go on for nearly a round while nothing gets through.
func TestRolloverAfterOutage(t *testing.T) {
	p := newPair(t, dtls.SRTP_AEAD_AES_128_GCM)
	p.opens(p.theirs(packet(10_000, 9)), packet(10_000, 9))
	for seq := uint16(10_001); seq != 4_464; seq++ {
		p.theirs(packet(seq, 9))
	}
	lost := p.theirs(packet(4_464, 9))
	p.refuses("a guess too many", lost) // not worth two tries while packets flow
	p.now = p.now.Add(outage + time.Millisecond)
	p.opens(lost, packet(4_464, 9))
	p.opens(p.theirs(packet(4_465, 9)), packet(4_465, 9))
	p.now = p.now.Add(outage + time.Millisecond)
	p.refuses("again", lost)
	p.opens(p.theirs(packet(4_466, 9)), packet(4_466, 9)) // the usual guess after a pause
}

func TestRolloverOut(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *pair) {
		var with scratch
		for ext := uint32(65_000); ext < 200_000; ext += 331 {
			plain := packet(uint16(ext), 9, byte(ext))
			n := headerLen(plain)
			got, err := p.in.DecryptRTP(nil, p.ours.sealRTP(nil, &with, ext>>16, plain[:n], plain[n:]), nil)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("packet %d: %v, %x, want %x", ext, err, got, plain)
			}
			if ext == 65_000 {
				p.in.SetROC(9, 0)
			}
		}
	})
}

func TestReports(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *pair) {
		var with scratch
		for i := range 3 {
			compound, err := rtcp.Marshal([]rtcp.Packet{
				&rtcp.ReceiverReport{SSRC: 7}, &rtcp.PictureLossIndication{SenderSSRC: 7, MediaSSRC: uint32(i)},
			})
			if err != nil {
				t.Fatal(err)
			}
			sealed := p.ours.sealRTCP([]byte("before"), &with, compound)
			got, err := p.in.DecryptRTCP(nil, sealed[len("before"):], nil)
			if err != nil || !bytes.Equal(got, compound) {
				t.Fatalf("ours: %v, %x, want %x", err, got, compound)
			}
			theirs, err := p.out.EncryptRTCP(nil, compound, nil)
			if err != nil {
				t.Fatal(err)
			}
			for n := range theirs {
				if _, ok := p.ours.openRTCP(slices.Clone(theirs[:n]), p.now); ok {
					t.Errorf("cut to %d: accepted", n)
				}
				if _, ok := p.ours.openRTCP(flipped(theirs, n), p.now); ok {
					t.Errorf("changed at %d: accepted", n)
				}
			}
			if got, ok := p.ours.openRTCP(slices.Clone(theirs), p.now); !ok || !bytes.Equal(got, compound) {
				t.Fatalf("theirs: %t, %x, want %x", ok, got, compound)
			}
			if _, ok := p.ours.openRTCP(slices.Clone(theirs), p.now); ok {
				t.Error("again: accepted")
			}
		}
	})
}

func TestWindow(t *testing.T) {
	var w window
	took := func(index uint64, want bool) {
		t.Helper()
		if got := w.fresh(index); got != want {
			t.Errorf("index %d: %t", index, got)
		}
		if w.fresh(index) {
			w.accept(index, time.Time{})
		}
	}
	w.accept(0, time.Time{})
	took(0, false)
	took(5, true)
	took(3, true)
	took(3, false)
	took(5+replayWindow, true)
	took(5, false) // just too old
	took(6, true)  // the oldest
	took(4+replayWindow, true)
	took(10*replayWindow, true)
	took(9*replayWindow+1, true)
	took(9*replayWindow, false)
	took(1<<48, false)
	w = window{}
	w.accept(0, time.Time{})
	took(replayWindow-1, true)
	took(replayWindow+1, true)
	took(replayWindow, true) // has the place of the first, which has left the window
	guess := func(highest uint64, seq uint16, want uint64) {
		t.Helper()
		if got := (&window{highest: highest}).estimate(seq); got != want {
			t.Errorf("after %d, %d is %d, want %d", highest, seq, got, want)
		}
	}
	guess(5, 4, 4)
	guess(5, 65535, 65535) // nothing before the first round
	guess(65535, 0, 65536)
	guess(65536, 65535, 65535)
	guess(3<<16|40_000, 7_000, 4<<16|7_000)
	guess(3<<16|40_000, 8_000, 3<<16|8_000)
	guess(3<<16|7_000, 40_000, 2<<16|40_000)
	guess(3<<16|8_000, 40_000, 3<<16|40_000)
}
