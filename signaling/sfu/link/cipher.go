package link

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"sync"
)

const encryptedFlag = 1 << 31 // E in front of SRTCP's index: we neither send nor take plain SRTCP

// labels of the key derivation (RFC 3711 section 4.3.2) of RTP; those of RTCP follow.
const (
	labelKey  = 0
	labelAuth = 1
	labelSalt = 2
	labelRTCP = 3 // added
)

// derive makes a session key from the master key and salt with a key derivation rate of 0 (RFC 3711 section 4.3.3; the
// 96-bit salt of RFC 7714 section 11 is padded on the right).
func derive(key, salt []byte, label byte, n int) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a wrong length, and lengths are ours
	}
	var counter [aes.BlockSize]byte
	copy(counter[:14], salt)
	counter[7] ^= label
	out := make([]byte, n)
	cipher.NewCTR(block, counter[:]).XORKeyStream(out, out)
	return out
}

// scratch is memory of the caller's that a cipher works in: what is handed to an interface would be allocated each time.
type scratch struct {
	nonce      [16]byte
	associated [12]byte
}

// protection encrypts or decrypts one direction's RTP or RTCP. index is ROC<<16|SEQ for RTP, SRTCP's index for RTCP.
// clear is what stays readable: the RTP header, or the first 8 bytes of RTCP, which for SRTCP are followed by E and index.
type protection interface {
	// seal appends the readable part, the encrypted payload and the tag.
	seal(dst []byte, with *scratch, ssrc uint32, index uint64, clear, payload []byte) []byte
	// open decrypts in place and returns the plain packet. A packet that fails is destroyed.
	open(packet []byte, with *scratch, ssrc uint32, index uint64, clear int) ([]byte, bool)
	overhead() int // at most
}

const gcmTag = 16

// gcmRTP is AEAD_AES_128_GCM (RFC 7714 section 8). It keeps no state, so any number of goroutines may seal at once.
type gcmRTP struct {
	aead cipher.AEAD
	salt [12]byte
}

func newGCM(key, salt []byte, label byte) (cipher.AEAD, [12]byte) {
	block, err := aes.NewCipher(derive(key, salt, label+labelKey, 16))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead, [12]byte(derive(key, salt, label+labelSalt, 12))
}

func (g *gcmRTP) iv(nonce *[16]byte, ssrc uint32, index uint64) []byte {
	binary.BigEndian.PutUint16(nonce[0:], 0)
	binary.BigEndian.PutUint32(nonce[2:], ssrc)
	binary.BigEndian.PutUint32(nonce[6:], uint32(index>>16))
	binary.BigEndian.PutUint16(nonce[10:], uint16(index))
	subtle.XORBytes(nonce[:12], nonce[:12], g.salt[:])
	return nonce[:12]
}

func (g *gcmRTP) seal(dst []byte, with *scratch, ssrc uint32, index uint64, clear, payload []byte) []byte {
	return g.aead.Seal(append(dst, clear...), g.iv(&with.nonce, ssrc, index), payload, clear)
}

func (g *gcmRTP) open(packet []byte, with *scratch, ssrc uint32, index uint64, clear int) ([]byte, bool) {
	if len(packet) < clear+gcmTag {
		return nil, false
	}
	out, err := g.aead.Open(packet[:clear], g.iv(&with.nonce, ssrc, index), packet[clear:], packet[:clear])
	return out, err == nil
}

func (g *gcmRTP) overhead() int { return gcmTag }

// gcmRTCP is the same for SRTCP (RFC 7714 section 9): the index stands in the clear at the end and is authenticated.
type gcmRTCP struct {
	aead cipher.AEAD
	salt [12]byte
}

func (g *gcmRTCP) iv(nonce *[16]byte, ssrc uint32, index uint64) []byte {
	binary.BigEndian.PutUint16(nonce[0:], 0)
	binary.BigEndian.PutUint32(nonce[2:], ssrc)
	binary.BigEndian.PutUint16(nonce[6:], 0)
	binary.BigEndian.PutUint32(nonce[8:], uint32(index))
	subtle.XORBytes(nonce[:12], nonce[:12], g.salt[:])
	return nonce[:12]
}

// associated is what is authenticated but not encrypted.
func (g *gcmRTCP) associated(with *scratch, clear []byte, word uint32) []byte {
	n := copy(with.associated[:], clear)
	binary.BigEndian.PutUint32(with.associated[n:], word)
	return with.associated[:n+4]
}

func (g *gcmRTCP) seal(dst []byte, with *scratch, ssrc uint32, index uint64, clear, payload []byte) []byte {
	word := uint32(index) | encryptedFlag
	dst = g.aead.Seal(append(dst, clear...), g.iv(&with.nonce, ssrc, index), payload, g.associated(with, clear, word))
	return binary.BigEndian.AppendUint32(dst, word)
}

func (g *gcmRTCP) open(packet []byte, with *scratch, ssrc uint32, index uint64, clear int) ([]byte, bool) {
	n := len(packet) - 4
	if n < clear+gcmTag {
		return nil, false
	}
	associated := g.associated(with, packet[:clear], uint32(index)|encryptedFlag)
	out, err := g.aead.Open(packet[:clear], g.iv(&with.nonce, ssrc, index), packet[clear:n], associated)
	return out, err == nil
}

func (g *gcmRTCP) overhead() int { return gcmTag + 4 }

const hmacTag = 10

// counter is AES128_CM_HMAC_SHA1_80 (RFC 3711 section 4), for the few clients that know no GCM. It allocates.
type counter struct {
	block cipher.Block
	salt  [14]byte
	rtcp  bool

	mu  sync.Mutex
	mac hash.Hash
	sum [sha1.Size]byte
}

func newCounter(key, salt []byte, rtcp bool) *counter {
	var label byte
	if rtcp {
		label = labelRTCP
	}
	block, err := aes.NewCipher(derive(key, salt, label+labelKey, 16))
	if err != nil {
		panic(err)
	}
	return &counter{
		block: block, rtcp: rtcp, salt: [14]byte(derive(key, salt, label+labelSalt, 14)),
		mac: hmac.New(sha1.New, derive(key, salt, label+labelAuth, sha1.Size)),
	}
}

func (c *counter) xor(nonce *[16]byte, ssrc uint32, index uint64, dst, src []byte) {
	*nonce = [16]byte{}
	binary.BigEndian.PutUint32(nonce[4:], ssrc)
	binary.BigEndian.PutUint64(nonce[8:], index<<16) // the last two bytes count blocks
	subtle.XORBytes(nonce[:14], nonce[:14], c.salt[:])
	cipher.NewCTR(c.block, nonce[:]).XORKeyStream(dst, src)
}

// tag needs mu. It is over the packet and, for RTP, the ROC, which is not sent.
func (c *counter) tag(packet []byte, index uint64) []byte {
	c.mac.Reset()
	c.mac.Write(packet)
	if !c.rtcp {
		var roc [4]byte
		binary.BigEndian.PutUint32(roc[:], uint32(index>>16))
		c.mac.Write(roc[:])
	}
	return c.mac.Sum(c.sum[:0])[:hmacTag]
}

func (c *counter) seal(dst []byte, with *scratch, ssrc uint32, index uint64, clear, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, clear...)
	dst = append(dst, payload...)
	body := dst[start+len(clear):]
	c.xor(&with.nonce, ssrc, index, body, body)
	if c.rtcp {
		dst = binary.BigEndian.AppendUint32(dst, uint32(index)|encryptedFlag)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(dst, c.tag(dst[start:], index)...)
}

func (c *counter) open(packet []byte, with *scratch, ssrc uint32, index uint64, clear int) ([]byte, bool) {
	n := len(packet) - hmacTag
	end := n
	if c.rtcp {
		end -= 4
	}
	if end < clear {
		return nil, false
	}
	c.mu.Lock()
	ok := subtle.ConstantTimeCompare(c.tag(packet[:n], index), packet[n:]) == 1
	c.mu.Unlock()
	if !ok {
		return nil, false
	}
	c.xor(&with.nonce, ssrc, index, packet[clear:end], packet[clear:end])
	return packet[:end], true
}

func (c *counter) overhead() int { return hmacTag + 4 }
