package link

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/stun/v4"
)

// FuzzHandle throws bytes at the demultiplexer, from an address that is known and from one that is not.
func FuzzHandle(f *testing.F) {
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("a:b"), stun.NewShortTermIntegrity("x"), stun.Fingerprint)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(check.Raw)
	f.Add([]byte{})
	f.Add([]byte{22, 254, 253, 0})
	f.Add(packet(1, 9, 1, 2, 3))
	f.Add(append([]byte{0x81, 201, 0, 1}, make([]byte, 40)...))
	p := open(f, nil)
	keys := newPair(f, dtls.SRTP_AEAD_AES_128_GCM)
	came := 0
	conn, err := p.NewConn(Handler{
		OnRTP:  func(*Batch, []byte, time.Time) { came++ },
		OnRTCP: func(*Batch, []byte, time.Time) { came++ },
	})
	if err != nil {
		f.Fatal(err)
	}
	conn.session.Store(keys.ours)
	s, known := p.sockets[0], netip.MustParseAddrPort("192.0.2.1:9")
	s.know(&target{conn: conn, pipe: conn.generation.udp[s], socket: s, addr: known}, time.Now())
	batch := p.Batch()
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > maxDatagram {
			b = b[:maxDatagram]
		}
		s.handle(batch, append([]byte(nil), b...), known, time.Now())
		s.handle(batch, append([]byte(nil), b...), netip.MustParseAddrPort("192.0.2.2:9"), time.Now())
		if ufrag, ok := checkFor(b); ok && len(ufrag) > len(b) {
			t.Error("a name longer than the packet")
		}
		if came > 0 {
			t.Error("what nobody has encrypted was taken")
		}
		if len(s.known) != 1 {
			t.Error("a stranger is known")
		}
	})
}

// FuzzOpen changes genuine packets: only the unchanged ones open, and give back what was encrypted.
func FuzzOpen(f *testing.F) {
	f.Add(uint16(1), []byte{1, 2, 3}, 3, byte(0))
	f.Add(uint16(65_535), []byte{}, 0, byte(1))
	f.Add(uint16(40_000), make([]byte, 1400), 1000, byte(128))
	f.Fuzz(func(t *testing.T, seq uint16, payload []byte, at int, mask byte) {
		if len(payload) > 1400 {
			return
		}
		for _, profile := range []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80} {
			p := newPair(t, profile)
			plain := packet(seq, 9, payload...)
			sealed := p.theirs(plain)
			if at = max(at, -at); at >= 0 && mask != 0 {
				changed := append([]byte(nil), sealed...)
				changed[at%len(changed)] ^= mask
				p.refuses("changed", changed)
			}
			p.opens(sealed, plain)
		}
	})
}
