package turn

import (
	"net"
	"net/netip"
	"strings"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"
)

// maxChannels a relay may ever bind: there are as many as media has names, and each of pion's costs memory and a timer.
const maxChannels = 256

// front is the UDP socket or one connection, each with a server of pion's. Its methods are what pion asks us.
type front struct {
	*Server
	stream *stream // nil: the UDP socket
}

// serve lets pion read conn until that fails.
func (s *Server) serve(conn net.PacketConn, f *front) error {
	_, err := pion.NewServer(pion.ServerConfig{
		PacketConnConfigs: []pion.PacketConnConfig{{PacketConn: conn, RelayAddressGenerator: f, PermissionHandler: f.permits}},
		LoggerFactory:     &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}, // it names addresses and users
		Realm:             realm,
		AuthHandler:       f.authenticate,
		QuotaHandler:      f.quota,
		EventHandler: pion.EventHandler{
			OnAuth: func(_, _ net.Addr, _, username, _, _ string, verdict bool) {
				if verdict {
					s.proved(username)
				}
			},
			OnChannelCreated: func(from, _ net.Addr, _, _, _ string, _, _ net.Addr, _ uint16) {
				if r := s.relayOf(f.client(from)); r != nil {
					r.channels.Add(1)
				}
			},
		},
		StrictAddressFamily: len(s.targets(true)) > 0, // RFC 8656 section 7.2: IPv4, so long as media has it
		InboundMTU:          maxFrame + 1,
	})
	return err
}

func (f *front) client(from net.Addr) client {
	if u, ok := from.(*net.UDPAddr); ok && f.stream == nil {
		a := u.AddrPort()
		return client{address: netip.AddrPortFrom(a.Addr().Unmap(), a.Port())}
	}
	return client{stream: f.stream}
}

// authenticate tells pion the key of a request that may be made. Its user is the session, with the client's address: pion asks for
// relays without it. Who has no relay, or another's, is refused here: pion would give no answer.
func (f *front) authenticate(r *pion.RequestAttributes) (user string, key []byte, ok bool) {
	id, ok := f.standing(r.Username, r.Method == stun.MethodAllocate)
	if !ok || r.Realm != realm {
		return "", nil, false
	}
	switch r.Method {
	case stun.MethodAllocate:
	case stun.MethodRefresh, stun.MethodCreatePermission, stun.MethodChannelBind:
		relay := f.relayOf(f.client(r.SrcAddr))
		if relay == nil || relay.id != id || r.Method == stun.MethodChannelBind && relay.channels.Load() >= maxChannels {
			return "", nil, false
		}
	default: // RFC 6062
		return "", nil, false
	}
	return id + " " + r.SrcAddr.String(), stun.NewLongTermIntegrity(r.Username, realm, f.keys.passwordOf(r.Username)), true
}

// quota reports whether a session may have one relay more.
func (f *front) quota(user, _ string, _ net.Addr) bool {
	id, _, _ := strings.Cut(user, " ")
	f.mu.RLock()
	defer f.mu.RUnlock()
	known := f.sessions[id]
	return known == nil || known.relays < perSession
}

// permits reports whether media is at an address. Ports are the relay's to guard.
func (f *front) permits(from net.Addr, ip net.IP) bool {
	r := f.relayOf(f.client(from))
	address, _ := netip.AddrFromSlice(ip)
	if r == nil {
		return false
	}
	for i := range r.peers {
		if r.peers[i].name.Addr() == address.Unmap() {
			return true
		}
	}
	return false
}

// Validate has nothing to object to.
func (f *front) Validate() error { return nil }

// AllocatePacketConn makes a relay. Pion asks without a user when it looks for an even port: there are none here.
func (f *front) AllocatePacketConn(c pion.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	id, address, _ := strings.Cut(c.UserID, " ")
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, nil, errNotOffered
	}
	from := net.UDPAddrFromAddrPort(at)
	r, err := f.allocate(f.client(from), from, id, c.Network == "udp4")
	if err != nil {
		return nil, nil, err
	}
	return r, r.LocalAddr(), nil
}

// AllocateListener refuses: no RFC 6062.
func (f *front) AllocateListener(pion.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNotOffered
}

// AllocateConn refuses: no RFC 6062.
func (f *front) AllocateConn(pion.AllocateConnConfig) (net.Conn, error) {
	return nil, errNotOffered
}
