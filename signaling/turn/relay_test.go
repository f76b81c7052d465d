package turn_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/turn"
)

// exchange sends through a relay to the media socket and waits for it to come back from where it was sent.
func exchange(t testing.TB, relay net.PacketConn, to netip.AddrPort, payload []byte) {
	t.Helper()
	target := net.UDPAddrFromAddrPort(to)
	buffer := make([]byte, 4096)
	for range 10 { // what is sent before the permission stands is lost, and UDP may lose
		if _, err := relay.WriteTo(payload, target); err != nil {
			t.Fatal(err)
		}
		if err := relay.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		n, from, err := relay.ReadFrom(buffer)
		if err != nil {
			continue
		}
		if from.String() != target.String() {
			t.Fatalf("came back from %s, sent to %s", from, target)
		}
		if !bytes.Equal(buffer[:n], payload) {
			t.Fatalf("%d bytes came back of %d", n, len(payload))
		}
		return
	}
	t.Fatal("nothing came back")
}

// TestRelays: what is sent arrives at media and back, by Send and Data indications first and by a channel when pion has bound one.
func TestRelays(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			h := newHouse(t)
			relay := h.allocate(t, transport, h.Credentials("s1", time.Now()))
			for _, size := range []int{5, 6, 7, 8, 160, 1199, 1200, turn.MaxPayload} {
				for range 3 {
					exchange(t, relay, h.media.addr, bytes.Repeat([]byte{0x80}, size))
				}
			}
			if at := relay.LocalAddr().(*net.UDPAddr); !at.IP.IsLoopback() {
				t.Errorf("the relay stands on %s, where others than this machine reach it", at)
			}
			if err := relay.Close(); err != nil {
				t.Error(err)
			}
			until(t, "no allocation", func() bool { return h.Allocations() == 0 })
		})
	}
}

// TestRelaysIPv6 asks for a relay of the other family, and for one that media does not have.
func TestRelaysIPv6(t *testing.T) {
	six := newEcho(t, "[::1]:0")
	h := newHouse(t, func(c *turn.Config) {
		media := c.Media
		c.Media = func() []netip.AddrPort { return append(media(), six.addr) }
	})
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	if got := m.allocate(family(2)); got != 0 {
		t.Fatalf("IPv6 relay refused with %d", got)
	}
	if got := m.permit(six.addr.String()); got != 0 {
		t.Fatalf("permission refused with %d", got)
	}
	m.send(six.addr.String(), "hello")
	if got := m.receive(); got != "hello" {
		t.Errorf("came back: %q", got)
	}
	if got := m.permit(h.media.addr.String()); got != 443 {
		t.Errorf("an IPv4 peer on an IPv6 relay: %d", got)
	}
	alone := newHouse(t)
	if got := alone.member(t, "udp", alone.Credentials("s1", time.Now())).allocate(family(2)); got != 508 {
		t.Errorf("IPv6 without media on IPv6: %d", got)
	}
}

// TestReachedByIPv6: who comes by IPv6 and names no family gets the one of media.
func TestReachedByIPv6(t *testing.T) {
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	h := newHouse(t, func(c *turn.Config) { c.UDPAddr = "[::1]:0" })
	m := h.memberOn(t, conn, h.udp, h.Credentials("s1", time.Now()))
	if got := m.allocate(); got != 0 || !m.relayed.Addr().Is4() {
		t.Errorf("%d, a relay on %s", got, m.relayed)
	}
}

// TestAnnounced: behind 1:1 NAT clients know media by the public address, and hear from it.
func TestAnnounced(t *testing.T) {
	public := netip.MustParseAddr("198.51.100.7")
	h := newHouse(t, func(c *turn.Config) { c.Announce = []netip.Addr{public} })
	name := netip.AddrPortFrom(public, h.media.addr.Port())
	relay := h.allocate(t, "udp", h.Credentials("s1", time.Now()))
	exchange(t, relay, name, []byte("by the public address"))
	exchange(t, relay, h.media.addr, []byte("by its own"))
	exchange(t, relay, name, []byte("and again"))
}

func TestTargets(t *testing.T) {
	check := func(name string, media, announce []string, v4 bool, want map[string]string) {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(c *turn.Config) {
				c.Media = func() (all []netip.AddrPort) {
					for _, m := range media {
						all = append(all, netip.MustParseAddrPort(m))
					}
					return all
				}
				for _, a := range announce {
					c.Announce = append(c.Announce, netip.MustParseAddr(a))
				}
			})
			if got := h.Targets(v4); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
	check("own", []string{"10.0.0.5:7882", "[fd00::5]:7882"}, nil, true, map[string]string{"10.0.0.5:7882": "10.0.0.5:7882"})
	check("other_family", []string{"10.0.0.5:7882", "[fd00::5]:7882"}, nil, false, map[string]string{"[fd00::5]:7882": "[fd00::5]:7882"})
	check("mapped", []string{"[::ffff:10.0.0.5]:7882"}, nil, true, map[string]string{"10.0.0.5:7882": "10.0.0.5:7882"})
	check("announced_prefers_the_network", []string{"127.0.0.1:7882", "10.0.0.5:7882"}, []string{"198.51.100.7"}, true,
		map[string]string{"127.0.0.1:7882": "127.0.0.1:7882", "10.0.0.5:7882": "10.0.0.5:7882", "198.51.100.7:7882": "10.0.0.5:7882"})
	check("two_and_two", []string{"10.0.0.5:7882", "10.0.1.5:7882"}, []string{"198.51.100.7", "198.51.100.8"}, true,
		map[string]string{"10.0.0.5:7882": "10.0.0.5:7882", "10.0.1.5:7882": "10.0.1.5:7882", "198.51.100.7:7882": "10.0.0.5:7882", "198.51.100.8:7882": "10.0.1.5:7882"})
	check("link_local", []string{"[fe80::1%lo]:7882"}, nil, false, map[string]string{"[fe80::1]:7882": "[fe80::1%lo]:7882"})
	check("nothing", nil, []string{"198.51.100.7"}, true, map[string]string{})
}

// TestEveryAddress: a media socket that is bound to no address is reached by those of this machine.
func TestEveryAddress(t *testing.T) {
	h := newHouse(t, func(c *turn.Config) {
		c.Media = func() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:7882")} }
	})
	got := h.Targets(true)
	if got["127.0.0.1:7882"] == "" || got["0.0.0.0:7882"] != "" || len(h.Targets(false)) != 0 {
		t.Errorf("%v", got)
	}
}

// TestRelayToAnotherAddress: media that does not listen on loopback is reached all the same.
func TestRelayToAnotherAddress(t *testing.T) {
	outside := ""
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			outside = p.Addr().String()
		}
	}
	if outside == "" {
		t.Skip("this machine has loopback only")
	}
	media := newEcho(t, outside+":0")
	h := newHouse(t, func(c *turn.Config) { c.Media = func() []netip.AddrPort { return []netip.AddrPort{media.addr} } })
	relay := h.allocate(t, "tls", h.Credentials("s1", time.Now()))
	exchange(t, relay, media.addr, []byte("hello"))
	if at := relay.LocalAddr().(*net.UDPAddr); at.IP.String() != outside {
		t.Errorf("the relay stands on %s", at)
	}
}
