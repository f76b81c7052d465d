package link

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
	"github.com/pion/stun/v4"
)

func framed(packets ...[]byte) []byte {
	var out []byte
	for _, p := range packets {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(p))), p...)
	}
	return out
}

// proven is a TCP connection whose line has taken it in; its keys are set without a handshake.
type proven struct {
	*pair
	conn   *Conn
	tcp    net.Conn
	in     *bufio.Reader
	got    chan uint16
	remote Credentials
}

func newProven(t *testing.T) *proven {
	t.Helper()
	p := open(t, func(c *Config) { c.TCPAddr = "127.0.0.1:0" })
	out := &proven{pair: newPair(t, dtls.SRTP_AEAD_AES_128_GCM), got: make(chan uint16, 1000), remote: Credentials{"abcd", "abcdabcdabcdabcdabcdab"}}
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	out.conn, err = p.NewConn(Handler{OnRTP: func(_ *Batch, packet []byte, _ time.Time) { out.got <- binary.BigEndian.Uint16(packet[2:]) }})
	must()
	err = out.conn.Start(out.remote, p.Fingerprint(), false)
	must()
	local, _, err := out.conn.Local(t.Context())
	must()
	out.tcp, err = net.Dial("tcp", p.listener.conn.Addr().String())
	must()
	t.Cleanup(func() { _ = out.tcp.Close() })
	out.in = bufio.NewReader(out.tcp)
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(local.Ufrag+":"+out.remote.Ufrag),
		stun.NewShortTermIntegrity(local.Password), stun.Fingerprint)
	must()
	_, err = out.tcp.Write(framed(nil, check.Raw)) // empty frames are allowed
	must()
	for answered := false; !answered; {
		answered = binary.BigEndian.Uint16(out.frame()) == 0x0101
	}
	out.conn.session.Store(out.ours)
	return out
}

// frame reads the next one.
func (p *proven) frame() []byte {
	p.t.Helper()
	_ = p.tcp.SetReadDeadline(time.Now().Add(patience))
	var n [2]byte
	_, err := io.ReadFull(p.in, n[:])
	if err != nil {
		p.t.Fatal(err)
	}
	b := make([]byte, binary.BigEndian.Uint16(n[:]))
	if _, err := io.ReadFull(p.in, b); err != nil {
		p.t.Fatal(err)
	}
	return b
}

// media reads the number of the next packet of ours; checks of the agent are passed over.
func (p *proven) media() uint16 {
	p.t.Helper()
	for {
		b := p.frame()
		if b[0]>>6 != 2 {
			continue
		}
		plain, err := p.pair.in.DecryptRTP(nil, b, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		var r rtp.Packet
		if err := r.Unmarshal(plain); err != nil {
			p.t.Fatal(err)
		}
		return r.SequenceNumber
	}
}

// TestFrames come in any pieces.
func TestFrames(t *testing.T) {
	p := newProven(t)
	all := framed(p.theirs(packet(1, 9, 1)), nil, p.theirs(packet(2, 9)), p.theirs(packet(3, 9, make([]byte, 1400)...)))
	for _, b := range all[:40] {
		if _, err := p.tcp.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.tcp.Write(all[40:]); err != nil {
		t.Fatal(err)
	}
	for want := range uint16(3) {
		if got := await(t, "a packet", p.got); got != want+1 {
			t.Errorf("packet %d, want %d", got, want+1)
		}
	}
	p.conn.SendRTP(nil, 0, header(1), []byte{1})
	b := p.conn.port.Batch()
	p.conn.SendRTP(b, 0, header(2), []byte{1})
	b.Flush()
	p.conn.SendRTCP(nil, make([]byte, 12))
	for want := range uint16(2) {
		if got := p.media(); got != want+1 {
			t.Errorf("packet %d, want %d", got, want+1)
		}
	}
	// A frame longer than any packet ends the connection, and with it the address.
	if _, err := p.tcp.Write([]byte{0xff, 0xff, 1}); err != nil {
		t.Fatal(err)
	}
	_ = p.tcp.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, p.in); err != nil {
		var timeout net.Error
		if e, ok := err.(net.Error); ok && e.Timeout() {
			t.Errorf("the connection stands: %v", timeout)
		}
	}
	p.conn.SendRTP(nil, 0, header(3), []byte{1}) // into nothing
}

// TestSlowReader does not read: what does not fit is dropped, and nobody waits.
func TestSlowReader(t *testing.T) {
	p := newProven(t)
	_ = p.tcp.(*net.TCPConn).SetReadBuffer(4096)
	payload := make([]byte, 1000)
	const sent = 20_000 // 20 MB: more than all buffers hold
	for i := range uint16(sent) {
		p.conn.SendRTP(nil, 0, header(i), payload)
	}
	if n := p.conn.Backlog(); n < streamQueue/2 || n > streamQueue+unsentAtMost+1<<20 {
		t.Errorf("%d bytes wait", n)
	}
	var last uint16
	for count := 0; ; count++ {
		seq := p.media()
		if count > 0 && seq <= last {
			t.Fatalf("packet %d after %d", seq, last)
		}
		last = seq
		if count == 0 {
			continue
		}
		if b := p.conn.Backlog(); b == 0 {
			if count > sent/2 {
				t.Errorf("%d packets were kept for a slow reader", count)
			}
			break
		}
	}
	p.conn.SendRTP(nil, 0, header(sent), payload)
	for p.media() != sent {
	}
}

// TestTCPStrangers say something else than a check, or nothing.
func TestTCPStrangers(t *testing.T) {
	p := open(t, func(c *Config) { c.TCPAddr = "127.0.0.1:0" })
	wrong, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("nobody:x"), stun.NewShortTermIntegrity("x"), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	var all []net.Conn
	for range maxStrangers + 1 {
		conn, err := net.Dial("tcp", p.listener.conn.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _ = conn.Write(framed(wrong.Raw, []byte{128, 1, 2}, []byte{22, 1, 2}, bytes.Repeat([]byte{0}, 30)))
		all = append(all, conn)
	}
	last := all[len(all)-1]
	_ = last.SetReadDeadline(time.Now().Add(proveWithin / 2))
	if _, err := last.Read(make([]byte, 1)); err == nil {
		t.Error("one too many was answered")
	} else if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("one too many was taken")
	}
	for _, each := range all {
		_ = each.Close()
	}
	// Their places are free again, once their ends were read.
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for p.listener.strangers.Load() > 0 {
		<-again.C
	}
	e := meet(t, p, kind{tcp: true})
	e.connect()
	if e.conn.Path() != (Path{Network: "tcp"}) {
		t.Errorf("path %+v", e.conn.Path())
	}
	if n := p.listener.told[0][0]; n != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("told %v", n)
	}
}
