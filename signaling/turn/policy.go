package turn

import (
	"net"
	"net/netip"
	"slices"
)

// target is a media socket under one of the names that clients know it by.
type target struct {
	name  netip.AddrPort // what the client asks for: a candidate of the media server
	local netip.AddrPort // where it goes
}

// targets returns all that may be relayed to in a family.
func (s *Server) targets(v4 bool) []target {
	var found []target
	for _, socket := range s.config.Media() {
		for _, local := range addressesOf(socket) {
			if local.Addr().Is4() == v4 {
				found = append(found, target{name: netip.AddrPortFrom(local.Addr().WithZone(""), local.Port()), local: local})
			}
		}
	}
	// Clients are told the public addresses, and few routers send back inside what goes to those: it is led to the sockets here.
	real := slices.Clone(found)
	slices.SortStableFunc(real, func(a, b target) int { return rank(a.local.Addr()) - rank(b.local.Addr()) })
	i := 0
	for _, public := range s.config.Announce {
		public = public.Unmap().WithZone("")
		if public.Is4() != v4 || len(real) == 0 {
			continue
		}
		t := real[min(i, len(real)-1)]
		name := netip.AddrPortFrom(public, t.local.Port())
		if !slices.ContainsFunc(found, func(t target) bool { return t.name == name }) {
			found = append(found, target{name: name, local: t.local})
		}
		i++
	}
	return found
}

// rank puts the addresses that a public one is likely to lead to first.
func rank(a netip.Addr) int {
	switch {
	case a.IsLoopback():
		return 2
	case a.IsLinkLocalUnicast():
		return 1
	}
	return 0
}

// addressesOf is a socket's address, or this machine's addresses for a socket that is bound to none.
func addressesOf(socket netip.AddrPort) []netip.AddrPort {
	socket = netip.AddrPortFrom(socket.Addr().Unmap(), socket.Port())
	if !socket.Addr().IsUnspecified() {
		return []netip.AddrPort{socket}
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var all []netip.AddrPort
	for _, i := range interfaces {
		if prefix, err := netip.ParsePrefix(i.String()); err == nil && (prefix.Addr().Is4() || socket.Addr().Is6()) {
			all = append(all, netip.AddrPortFrom(prefix.Addr(), socket.Port()))
		}
	}
	return all
}

// relayAddress is where an allocation's socket stands: on loopback where media listens there, for nobody else reaches it then.
func relayAddress(targets []target) netip.Addr {
	for _, t := range targets {
		if t.local.Addr().IsLoopback() {
			return t.local.Addr()
		}
	}
	return targets[0].local.Addr()
}
