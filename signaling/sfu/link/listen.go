package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

const socketBuffer = 4 << 20 // both ways: a burst of key frames to a full room

// listen opens all sockets. With a host in the address there is one, else one for each local address: a single wildcard
// socket would answer from the wrong source address on machines with several.
func (p *Port) listen() error {
	addrs, err := p.localAddrs(p.config.UDPAddr)
	if err != nil {
		return fmt.Errorf("link: media port %q: %w", p.config.UDPAddr, err)
	}
	var errs []error
	for _, addr := range addrs {
		s, err := p.open(addr)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p.sockets = append(p.sockets, s)
	}
	if len(p.sockets) == 0 {
		return fmt.Errorf("link: media port %q: %w", p.config.UDPAddr, errors.Join(errs...))
	}
	if p.config.TCPAddr == "" {
		return nil
	}
	if p.listener, err = p.listenTCP(); err != nil {
		return fmt.Errorf("link: media port %q over TCP: %w", p.config.TCPAddr, err)
	}
	return nil
}

// localAddrs resolves ":7882" to each local address that a client could reach, "host:port" to one.
func (p *Port) localAddrs(at string) ([]netip.AddrPort, error) {
	host, portText, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number up to 65535", portText)
	}
	if host != "" {
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return nil, err
		}
		return []netip.AddrPort{netip.AddrPortFrom(addr.Unmap(), uint16(port))}, nil
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var out []netip.AddrPort
	for _, each := range interfaces {
		prefix, err := netip.ParsePrefix(each.String())
		if err != nil {
			continue
		}
		// Browsers do not connect to link-local addresses: they have no zone in SDP.
		addr := prefix.Addr().Unmap()
		if addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsLoopback() && !p.config.IncludeLoopback {
			continue
		}
		if next := netip.AddrPortFrom(addr, uint16(port)); !slices.Contains(out, next) {
			out = append(out, next)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("this machine has no address that a client could reach")
	}
	return out, nil
}

func (p *Port) open(addr netip.AddrPort) (*socket, error) {
	network := "udp4"
	if addr.Addr().Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(socketBuffer) // the kernel's limit may be lower; it then takes what it can
	_ = conn.SetWriteBuffer(socketBuffer)
	forceBuffers(conn)
	s := &socket{port: p, conn: conn, local: conn.LocalAddr().(*net.UDPAddr).AddrPort(), known: map[netip.AddrPort]*target{}}
	if s.fast, err = newFast(s, p.config.portable); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

// announced are the addresses told to clients for a local one.
func (p *Port) announced(local netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, a := range p.config.Announce {
		if a.Unmap().Is4() == local.Is4() {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// own tells whether the address is one of this machine's, as clients see it: a client behind it comes through our TURN.
func (p *Port) own(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return false // a browser on this machine
	}
	return slices.Contains(p.config.Announce, addr) || slices.ContainsFunc(p.sockets, func(s *socket) bool { return s.local.Addr() == addr })
}
