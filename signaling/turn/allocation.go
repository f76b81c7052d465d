package turn

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v4"
)

const (
	permissionFor = 5 * time.Minute  // RFC 8656 section 9
	bindingFor    = 10 * time.Minute // RFC 8656 section 12
	// maxAge of a packet that has waited for a client's connection: sound that comes later than this is of no use, and what comes
	// after it would be late too.
	maxAge = 250 * time.Millisecond
)

// allocation is one relay: a socket of ours in place of the client's own.
type allocation struct {
	client  *client
	id      string // the session's, in usernames
	session *session
	relay   *net.UDPConn
	v4      bool
	targets []target

	request [12]byte                // transaction that made it
	answer  []stun.Setter           // to that, for when it is asked again
	until   time.Time               // with the server's mu
	indices atomic.Uint32           // of packets sent, to tell which peer was used last
	peers   atomic.Pointer[[]*peer] // replaced, never changed
}

// peer is a target that the client has leave to reach. There are never more than targets.
type peer struct {
	target
	channel   uint16    // 0: none
	permitted time.Time // until when
	bound     time.Time // until when it has the channel
	used      atomic.Uint32
}

// forward sends what a client has put into a frame of its own to where it should go, or drops it.
func (a *allocation) forward(frame []byte) {
	var p *peer
	number, payload, isChannel := channelData(frame)
	if isChannel {
		p = a.byChannel(number)
	} else if isMessage(frame) {
		var to netip.AddrPort
		to, payload, _ = sent(frame)
		p = a.byName(to)
	}
	if p == nil || len(payload) > maxPayload {
		return
	}
	p.used.Store(a.indices.Add(1))
	_, _ = a.relay.WriteToUDPAddrPort(payload, p.local) // our own socket takes it or is full
}

func (a *allocation) byChannel(number uint16) *peer {
	for _, p := range *a.peers.Load() {
		if p.channel == number {
			return p
		}
	}
	return nil
}

func (a *allocation) byName(name netip.AddrPort) *peer {
	for _, p := range *a.peers.Load() {
		if p.name == name {
			return p
		}
	}
	return nil
}

// byLocal finds under which name the client wants to hear from a media socket: the one it used last.
func (a *allocation) byLocal(local netip.AddrPort) *peer {
	var found *peer
	for _, p := range *a.peers.Load() {
		if p.local == local && (found == nil || int32(p.used.Load()-found.used.Load()) > 0) {
			found = p
		}
	}
	return found
}

// relayBack brings what media sends to the client until the relay socket is closed. Whatever comes from elsewhere is dropped.
func (a *allocation) relayBack() {
	buffer := make([]byte, headroom+maxPayload+4)
	var id [12]byte
	_, _ = rand.Read(id[:8]) // never fails
	var control [stampBytes]byte
	for count := uint32(0); ; count++ {
		n, noted, _, from, err := a.relay.ReadMsgUDPAddrPort(buffer[headroom:], control[:])
		if err != nil {
			return
		}
		p := a.byLocal(netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
		if p == nil || n > maxPayload {
			continue
		}
		if at, ok := stampOf(control[:noted]); ok && time.Since(at) > maxAge {
			continue
		}
		var frame []byte
		if p.channel != 0 {
			frame = wrapChannel(buffer, n, p.channel, a.client.stream != nil)
		} else {
			binary.BigEndian.PutUint32(id[8:], count)
			frame = wrapData(buffer, n, p.name, id)
		}
		if err := a.client.write(frame); err != nil && a.client.stream != nil && !errors.Is(err, net.ErrClosed) {
			_ = a.client.stream.Close() // half a frame may have gone; its reader ends the allocation
			return
		}
	}
}

// permit gives leave to reach every media socket that has one of the addresses, whatever the port asked for (RFC 8656 section
// 9.2): ours have one. With the server's mu held, as bind and forget.
func (a *allocation) permit(addresses []netip.Addr, until time.Time) bool {
	chosen := map[netip.AddrPort]bool{}
	for _, address := range addresses {
		found := false
		for _, t := range a.targets {
			if t.name.Addr() == address {
				chosen[t.name], found = true, true
			}
		}
		if !found {
			return false
		}
	}
	var peers []*peer
	for _, t := range a.targets {
		old := a.byName(t.name)
		switch {
		case !chosen[t.name] && old != nil:
			peers = append(peers, old)
		case chosen[t.name] && old != nil:
			peers = append(peers, old.with(old.channel, until, old.bound))
		case chosen[t.name]:
			peers = append(peers, (&peer{target: t}).with(0, until, time.Time{}))
		}
	}
	a.peers.Store(&peers)
	return true
}

func (p *peer) with(channel uint16, permitted, bound time.Time) *peer {
	changed := &peer{target: p.target, channel: channel, permitted: permitted, bound: bound}
	changed.used.Store(p.used.Load())
	return changed
}

// bind gives a target a channel and leave to reach it. A code other than 0 is the refusal.
func (a *allocation) bind(number uint16, name netip.AddrPort, now time.Time) stun.ErrorCode {
	for _, p := range *a.peers.Load() {
		if (p.channel == number) != (p.name == name) && (p.channel == number || p.channel != 0) {
			return stun.CodeBadRequest // RFC 8656 section 12.2: one number, one peer
		}
	}
	allowed := false
	for _, t := range a.targets {
		allowed = allowed || t.name == name
	}
	if !allowed || !a.permit([]netip.Addr{name.Addr()}, now.Add(permissionFor)) {
		return stun.CodeForbidden
	}
	peers := append([]*peer(nil), *a.peers.Load()...)
	for i, p := range peers {
		if p.name == name {
			peers[i] = p.with(number, p.permitted, now.Add(bindingFor))
		}
	}
	a.peers.Store(&peers)
	return 0
}

// forget takes away channels and leaves that have run out.
func (a *allocation) forget(now time.Time) {
	var peers []*peer
	changed := false
	for _, p := range *a.peers.Load() {
		unbound, lost := p.channel != 0 && now.After(p.bound), now.After(p.permitted)
		changed = changed || unbound || lost
		switch {
		case lost && (unbound || p.channel == 0):
		case unbound:
			peers = append(peers, p.with(0, p.permitted, time.Time{}))
		default:
			peers = append(peers, p)
		}
	}
	if changed {
		a.peers.Store(&peers)
	}
}
