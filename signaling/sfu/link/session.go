package link

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
)

const (
	maxStreams = 256 // SSRCs a client may use in its life
	rtcpHeader = 8   // what of SRTCP is never encrypted
	// outage: after a silence of this length a sender may have gone once more around the sequence numbers than its numbers
	// tell. RFC 3711's estimate would lose it for ever.
	outage = 2 * time.Second
)

// session is a line's SRTP after the handshake. Sending is for any goroutine; receiving is under Conn.receiving.
type session struct {
	outRTP, outRTCP protection
	inRTP, inRTCP   protection
	sent            atomic.Uint32 // last SRTCP index

	rtp, rtcp map[uint32]*window
	with      scratch
}

// exporter is what DTLS makes keys with.
type exporter interface {
	ExportKeyingMaterial(label string, context []byte, length int) ([]byte, error)
}

// newSession takes the keys out of a finished handshake (RFC 5764 section 4.2).
func newSession(from exporter, profile dtls.SRTPProtectionProfile, client bool) (*session, error) {
	saltLen := 14
	switch profile {
	case dtls.SRTP_AEAD_AES_128_GCM:
		saltLen = 12
	case dtls.SRTP_AES128_CM_HMAC_SHA1_80:
	default:
		return nil, errors.New("link: no SRTP profile in common")
	}
	const keyLen = 16
	material, err := from.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 2*(keyLen+saltLen))
	if err != nil {
		return nil, err
	}
	keys, salts := material[:2*keyLen], material[2*keyLen:]
	s := &session{rtp: map[uint32]*window{}, rtcp: map[uint32]*window{}}
	var clients, servers [2]protection
	clients[0], clients[1] = protections(keys[:keyLen], salts[:saltLen])
	servers[0], servers[1] = protections(keys[keyLen:], salts[saltLen:])
	if !client {
		clients, servers = servers, clients
	}
	s.outRTP, s.outRTCP, s.inRTP, s.inRTCP = clients[0], clients[1], servers[0], servers[1]
	return s, nil
}

// protections makes one direction's; the length of the salt tells the profile.
func protections(key, salt []byte) (rtp, rtcp protection) {
	if len(salt) == 14 {
		return newCounter(key, salt, false), newCounter(key, salt, true)
	}
	a, b := &gcmRTP{}, &gcmRTCP{}
	a.aead, a.salt = newGCM(key, salt, 0)
	b.aead, b.salt = newGCM(key, salt, labelRTCP)
	return a, b
}

// sealRTP appends an encrypted packet.
func (s *session) sealRTP(dst []byte, with *scratch, roc uint32, header, payload []byte) []byte {
	index := uint64(roc)<<16 | uint64(binary.BigEndian.Uint16(header[2:]))
	return s.outRTP.seal(dst, with, binary.BigEndian.Uint32(header[8:]), index, header, payload)
}

// sealRTCP appends an encrypted compound.
func (s *session) sealRTCP(dst []byte, with *scratch, compound []byte) []byte {
	index := uint64(s.sent.Add(1) & (encryptedFlag - 1))
	return s.outRTCP.seal(dst, with, binary.BigEndian.Uint32(compound[4:]), index, compound[:rtcpHeader], compound[rtcpHeader:])
}

// headerLen is the length of an RTP header with its extensions; 0: it is none.
func headerLen(b []byte) int {
	if len(b) < 12 || b[0]>>6 != 2 {
		return 0
	}
	n := 12 + 4*int(b[0]&15)
	if b[0]&0x10 != 0 {
		if len(b) < n+4 {
			return 0
		}
		n += 4 + 4*int(binary.BigEndian.Uint16(b[n+2:]))
	}
	if n > len(b) {
		return 0
	}
	return n
}

// openRTP decrypts in place. spare holds a copy while the packet may have to be tried twice.
func (s *session) openRTP(packet []byte, spare *[maxDatagram]byte, at time.Time) ([]byte, bool) {
	n := headerLen(packet)
	if n == 0 {
		return nil, false
	}
	seq, ssrc := binary.BigEndian.Uint16(packet[2:]), binary.BigEndian.Uint32(packet[8:])
	w := s.rtp[ssrc]
	if w == nil {
		if len(s.rtp) >= maxStreams {
			return nil, false
		}
		plain, ok := s.inRTP.open(packet, &s.with, ssrc, uint64(seq), n)
		if ok { // only now: a stranger's packets must not use up the streams
			w = &window{}
			w.accept(uint64(seq), at)
			s.rtp[ssrc] = w
		}
		return plain, ok
	}
	index := w.estimate(seq)
	if at.Sub(w.last) <= outage {
		return s.openAt(w, packet, ssrc, index, n, at)
	}
	kept := spare[:copy(spare[:], packet)]
	if plain, ok := s.openAt(w, packet, ssrc, index, n, at); ok {
		return plain, true
	}
	copy(packet, kept)
	return s.openAt(w, packet, ssrc, index+(1<<16), n, at)
}

func (s *session) openAt(w *window, packet []byte, ssrc uint32, index uint64, clear int, at time.Time) ([]byte, bool) {
	if !w.fresh(index) {
		return nil, false
	}
	plain, ok := s.inRTP.open(packet, &s.with, ssrc, index, clear)
	if ok {
		w.accept(index, at)
	}
	return plain, ok
}

// openRTCP decrypts a compound in place.
func (s *session) openRTCP(packet []byte, at time.Time) ([]byte, bool) {
	n := len(packet) - 4 // where the index stands with GCM
	if _, ok := s.inRTCP.(*counter); ok {
		n -= hmacTag
	}
	if n < rtcpHeader || packet[0]>>6 != 2 {
		return nil, false
	}
	word, ssrc := binary.BigEndian.Uint32(packet[n:]), binary.BigEndian.Uint32(packet[4:])
	if word&encryptedFlag == 0 {
		return nil, false
	}
	index := uint64(word &^ encryptedFlag)
	w := s.rtcp[ssrc]
	switch {
	case w == nil && len(s.rtcp) >= maxStreams, w != nil && !w.fresh(index):
		return nil, false
	}
	plain, ok := s.inRTCP.open(packet, &s.with, ssrc, index, rtcpHeader)
	if !ok {
		return nil, false
	}
	if w == nil {
		w = &window{}
		s.rtcp[ssrc] = w
	}
	w.accept(index, at)
	return plain, true
}

const replayWindow = 1024 // packets; browsers probe with old ones

// window knows which packets of one SSRC came (RFC 3711 section 3.3.2).
type window struct {
	highest uint64
	seen    [replayWindow / 64]uint64 // by index modulo the window
	last    time.Time                 // when one came
}

// estimate guesses the index of a sequence number: the one nearest to the highest (RFC 3711 appendix A).
func (w *window) estimate(seq uint16) uint64 {
	roc := w.highest >> 16
	switch diff := int(seq) - int(uint16(w.highest)); {
	case diff < -1<<15:
		roc++
	case diff > 1<<15 && roc > 0: // there is nothing before the first round
		roc--
	}
	return roc<<16 | uint64(seq)
}

// fresh tells whether the index is new and not too old.
func (w *window) fresh(index uint64) bool {
	if index > w.highest {
		return index < 1<<48
	}
	return w.highest-index < replayWindow && w.seen[index/64%uint64(len(w.seen))]&(1<<(index%64)) == 0
}

// accept marks an authenticated packet's index, which must be fresh.
func (w *window) accept(index uint64, at time.Time) {
	if index > w.highest {
		if index-w.highest >= replayWindow {
			w.seen = [replayWindow / 64]uint64{}
		} else {
			for i := w.highest + 1; i < index; i++ {
				w.seen[i/64%uint64(len(w.seen))] &^= 1 << (i % 64)
			}
		}
		w.highest = index
	}
	w.seen[index/64%uint64(len(w.seen))] |= 1 << (index % 64)
	w.last = at
}
