package link

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

func TestMedia(t *testing.T) {
	test := func(name string, change func(*Config), k kind, network string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := meet(t, open(t, change), k)
			e.connect()
			e.passes()
			if got := e.conn.Path(); got.Network != network {
				t.Errorf("path %+v", got)
			}
			e.must(e.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: ourSSRC}}))
			want, err := (&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: ourSSRC}).Marshal()
			e.must(err)
			if got := await(t, "a report at ours", e.reports); !bytes.Equal(got, want) {
				t.Errorf("report %x, want %x", got, want)
			}
			mine := uint32(e.sender.GetParameters().Encodings[0].SSRC)
			compound, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{SSRC: mine, FractionLost: 40}}}})
			e.must(err)
			e.conn.SendRTCP(nil, compound)
			got := await(t, "a report at the partner's", e.told)
			if r, ok := got[0].(*rtcp.ReceiverReport); !ok || r.Reports[0].FractionLost != 40 {
				t.Errorf("report %v", got)
			}
		})
	}
	tcp := func(c *Config) { c.TCPAddr = "127.0.0.1:0" }
	test("udp", nil, kind{}, "udp")
	test("portable", func(c *Config) { c.portable = true }, kind{}, "udp")
	test("tcp", tcp, kind{tcp: true}, "tcp")
	test("udp_is_preferred", tcp, kind{}, "udp")
	test("sha1", nil, kind{profiles: []dtls.SRTPProtectionProfile{dtls.SRTP_AES128_CM_HMAC_SHA1_80}}, "udp")
	test("client_passive", nil, kind{passive: true}, "udp")
	if addr := globalIPv6(t); addr.IsValid() {
		test("ipv6", func(c *Config) { c.UDPAddr = netip.AddrPortFrom(addr, 0).String() }, kind{anyInterface: true}, "udp")
	}
	test("every_address", func(c *Config) { c.UDPAddr = ":0" }, kind{}, "udp")
	test("announced", func(c *Config) { c.UDPAddr, c.Announce = ":0", []netip.Addr{netip.MustParseAddr("127.0.0.1")} }, kind{}, "udp")
}

// globalIPv6 is an address of this machine: pion takes no ::1.
func globalIPv6(t *testing.T) netip.Addr {
	t.Helper()
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range interfaces {
		if p, err := netip.ParsePrefix(each.String()); err == nil && p.Addr().Is6() && p.Addr().IsGlobalUnicast() {
			return p.Addr()
		}
	}
	return netip.Addr{}
}

func TestFingerprint(t *testing.T) {
	e := meet(t, open(t, nil), kind{fingerprint: "sha-256 " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":")})
	if s := await(t, "the state", e.states); s != StateFailed {
		t.Errorf("state %s after a wrong certificate", s)
	}
	if e.conn.session.Load() != nil {
		t.Error("keys in spite of a wrong certificate")
	}
	refused := func(print string) {
		t.Helper()
		c, err := e.conn.port.NewConn(Handler{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(Credentials{"abcd", "abcdabcdabcdabcdabcdab"}, print, false); err != ErrFingerprint {
			t.Errorf("%q: %v", print, err)
		}
	}
	refused("")
	refused("sha-256")
	refused("sha-256 AA:BB")
	refused("sha-1 " + strings.TrimSuffix(strings.Repeat("AB:", 20), ":"))
	refused("md5 " + strings.TrimSuffix(strings.Repeat("AB:", 16), ":"))
	refused("sha-256 " + strings.TrimSuffix(strings.Repeat("XY:", 32), ":"))
}

func TestAnnounce(t *testing.T) {
	told := func(c Config, want ...string) {
		t.Helper()
		p := open(t, func(to *Config) { *to = c })
		conn, err := p.NewConn(Handler{})
		if err != nil {
			t.Fatal(err)
		}
		_, candidates, err := conn.Local(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(candidates) != len(want) {
			t.Fatalf("candidates %q", candidates)
		}
		for i, w := range want {
			if !strings.Contains(candidates[i], w) || !strings.Contains(candidates[i], "typ host") {
				t.Errorf("candidate %q, want %q", candidates[i], w)
			}
		}
	}
	one := netip.MustParseAddr("198.51.100.7")
	two := netip.MustParseAddr("198.51.100.8")
	told(Config{UDPAddr: "127.0.0.1:0"}, " udp 2130706431 127.0.0.1 ")
	told(Config{UDPAddr: "127.0.0.1:0", Announce: []netip.Addr{one, two}}, " 198.51.100.7 ", " 198.51.100.8 ")
	told(Config{UDPAddr: "[::1]:0", Announce: []netip.Addr{one}}, " ::1 ")
	told(Config{UDPAddr: "127.0.0.1:0", TCPAddr: "127.0.0.1:0", Announce: []netip.Addr{one}}, " udp ", " tcptype passive")
}

func TestOpenRefuses(t *testing.T) {
	refused := func(c Config) {
		t.Helper()
		if p, err := Open(c); err == nil {
			t.Errorf("%+v was taken", c)
			_ = p.Close()
		}
	}
	p := open(t, func(c *Config) { c.TCPAddr = "127.0.0.1:0" })
	refused(Config{UDPAddr: "7882"})
	refused(Config{UDPAddr: ":port"})
	refused(Config{UDPAddr: "localhost:1"})
	refused(Config{UDPAddr: p.Addresses()[0].String()})
	refused(Config{UDPAddr: "127.0.0.1:0", TCPAddr: p.listener.conn.Addr().String()})
}

func TestStates(t *testing.T) {
	e := meet(t, open(t, func(c *Config) { c.DisconnectedWait, c.failedWait = 300*time.Millisecond, 300*time.Millisecond }), kind{})
	e.connect()
	e.must(e.pc.GracefulClose())
	if s := await(t, "silence", e.states); s != StateDisconnected {
		t.Errorf("state %s", s)
	}
	if s := await(t, "more silence", e.states); s != StateFailed {
		t.Errorf("state %s", s)
	}
}

func TestRestart(t *testing.T) {
	e := meet(t, open(t, nil), kind{})
	e.connect()
	e.passes()
	for range 2 {
		offer, err := e.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
		e.must(err)
		gathered := webrtc.GatheringCompletePromise(e.pc)
		e.must(e.pc.SetLocalDescription(offer))
		await(t, "gathering", gathered)
		before, _, err := e.conn.Local(t.Context())
		e.must(err)
		remote, _ := e.offered()
		local, candidates, err := e.conn.Restart(t.Context(), remote)
		e.must(err)
		if local == before {
			t.Error("the credentials are the same")
		}
		keys, old := e.conn.session.Load(), e.conn.target.Load()
		e.answer(local, candidates, kind{})
		e.resumes()
		if e.conn.session.Load() != keys {
			t.Error("new keys")
		}
		for e.conn.target.Load() == old { // it moves when the partner nominates
			e.resumes()
		}
		e.passes()
	}
	if len(e.states) > 0 {
		t.Errorf("state %s", <-e.states)
	}
}

func TestClose(t *testing.T) {
	p := open(t, func(c *Config) { c.TCPAddr = "127.0.0.1:0" })
	e := meet(t, p, kind{})
	e.connect()
	e.passes()
	b := p.Batch()
	e.conn.SendRTP(b, 0, header(500), []byte{1})
	e.must(e.conn.Close())
	b.Flush()
	e.conn.SendRTP(nil, 0, header(501), []byte{1})
	e.conn.SendRTCP(nil, make([]byte, 8))
	if len(p.lines) != 0 || len(p.conns) != 0 || len(p.sockets[0].known) != 0 {
		t.Errorf("left: %d lines, %d conns, %d addresses", len(p.lines), len(p.conns), len(p.sockets[0].known))
	}
	if _, _, err := e.conn.Restart(t.Context(), Credentials{}); err != ErrClosed {
		t.Errorf("restart after the end: %v", err)
	}
	for len(e.heard) > 0 {
		if p := <-e.heard; p.SequenceNumber >= 500 {
			t.Errorf("packet %d after the end", p.SequenceNumber)
		}
	}
	e.must(p.Close())
	if _, err := p.NewConn(Handler{}); err != ErrClosed {
		t.Errorf("new line on a closed port: %v", err)
	}
}
