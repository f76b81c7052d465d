package turn

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	maxPayload = 1500 // media packets are shorter; our sockets send nothing larger
	// maxAge of a packet that has waited for a client's connection: sound that comes later than this is of no use, and what comes
	// after it would be late too.
	maxAge = 250 * time.Millisecond
)

// client is who has a relay: an address by UDP, or a connection.
type client struct {
	address netip.AddrPort
	stream  *stream // nil: UDP
}

// relay is the socket that stands in place of a client's own. To pion it is one that reaches media by the names that clients know
// and nothing else, and hears from nobody else. Closing it ends pion's allocation.
type relay struct {
	*net.UDPConn
	server   *Server
	client   client
	from     net.Addr // of the client
	id       string   // the session's, in usernames
	session  *session
	peers    []peer
	sent     atomic.Uint32 // packets
	channels atomic.Int32  // ever bound
	control  [stampBytes]byte
}

// peer is a media socket under one of its names.
type peer struct {
	target
	address *net.UDPAddr  // the name
	used    atomic.Uint32 // with which of the packets sent
}

// allocate makes a client's relay in a family, if there is room.
func (s *Server) allocate(c client, from net.Addr, id string, v4 bool) (*relay, error) {
	targets := s.targets(v4)
	if len(targets) == 0 {
		return nil, errNoMedia
	}
	stands := relayAddress(targets)
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: stands.AsSlice(), Zone: stands.Zone()})
	if err != nil {
		s.log.Warn("no relay socket", slog.Any("err", err))
		return nil, err
	}
	prepareRelay(socket, c.stream != nil)
	r := &relay{UDPConn: socket, server: s, client: c, from: from, id: id, peers: make([]peer, len(targets))}
	for i, t := range targets {
		r.peers[i].target, r.peers[i].address = t, net.UDPAddrFromAddrPort(t.name)
	}
	if err := s.admit(r); err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	return r, nil
}

// admit counts a relay in. Its connection lives as long as the relay from now on.
func (s *Server) admit(r *relay) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.sessions[r.id]
	if s.closed || len(s.relays) >= maxRelays || s.relays[r.client] != nil || known == nil || !known.stands(s.now()) || known.relays >= perSession {
		return errNoRoom
	}
	if c := r.client.stream; c != nil {
		if err := c.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
		c.admitted()
	}
	r.session = known
	known.relays++
	s.relays[r.client] = r
	s.doings.Add(1) // until pion reads no more of it
	return nil
}

// remove ends a relay, with mu held.
func (s *Server) remove(r *relay) {
	if s.relays[r.client] != r {
		return
	}
	delete(s.relays, r.client)
	r.session.relays--
	if c := r.client.stream; c != nil {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // ends its reader, not the answer that it may be writing
	}
	_ = r.UDPConn.Close()
}

func (s *Server) relayOf(c client) *relay {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.relays[c]
}

// Close ends the relay; pion stops at the first error, so there is none.
func (r *relay) Close() error {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	r.server.remove(r)
	return nil
}

// WriteTo sends to media what is for media.
func (r *relay) WriteTo(payload []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok || len(payload) > maxPayload {
		return 0, errNotMedia
	}
	name := u.AddrPort()
	name = netip.AddrPortFrom(name.Addr().Unmap(), name.Port())
	for i := range r.peers {
		if p := &r.peers[i]; p.name == name {
			p.used.Store(r.sent.Add(1))
			return r.WriteToUDPAddrPort(payload, p.local)
		}
	}
	return 0, errNotMedia
}

// ReadFrom returns what media has sent and has not waited too long. It is from the name that the client has used last.
func (r *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, noted, _, from, err := r.ReadMsgUDPAddrPort(b, r.control[:])
		if err != nil {
			r.server.doings.Done()
			return 0, nil, err
		}
		p := r.byLocal(netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
		if p == nil || n > maxPayload {
			continue
		}
		if at, ok := stampOf(r.control[:noted]); ok && time.Since(at) > maxAge {
			continue
		}
		return n, p.address, nil
	}
}

func (r *relay) byLocal(local netip.AddrPort) *peer {
	var found *peer
	for i := range r.peers {
		if p := &r.peers[i]; p.local == local && (found == nil || int32(p.used.Load()-found.used.Load()) > 0) {
			found = p
		}
	}
	return found
}
