package link

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/ice/v4"
)

const (
	// iceFailed is how long a silent line is waited for: as long as a seat is kept. After a tunnel of a minute and a half an ICE
	// restart is enough, and costs no handshake.
	iceFailed    = 120 * time.Second
	iceKeepalive = 2 * time.Second
	maxTargets   = 256 // addresses a client may come from in one generation: a NAT that rebinds each half minute for two hours
)

// Credentials are one side's of ICE.
type Credentials struct{ Ufrag, Password string }

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("link: %s: %w", doing, err)
	}
	return nil
}

// generation is one round of ICE: our credentials and the pipes of our candidates. It does not change.
type generation struct {
	Credentials
	conn       *Conn
	locals     []local
	udp        map[*socket]*pipe
	tcp        [2]*pipe // IPv4, IPv6
	candidates []string
}

// local is a candidate as the agent knows it.
type local struct {
	candidate ice.Candidate
	pipe      *pipe
}

// newGeneration draws credentials: the name of a line must be nobody else's, and 26 letters hold 130 bits.
func newGeneration(c *Conn) *generation {
	g := &generation{conn: c, Credentials: Credentials{Ufrag: rand.Text()[:16], Password: rand.Text()}, udp: map[*socket]*pipe{}}
	announced := map[netip.Addr]*pipe{} // sockets that are told by one address belong to one candidate
	for _, s := range c.port.sockets {
		told := c.port.announced(s.local.Addr())
		if len(told) == 0 {
			g.udp[s] = g.add("udp", ice.TCPTypeUnspecified, s.local.Port(), s.local.Addr())
			continue
		}
		if announced[told[0]] == nil {
			announced[told[0]] = g.add("udp", ice.TCPTypeUnspecified, s.local.Port(), told...)
		}
		g.udp[s] = announced[told[0]]
	}
	if c.port.listener != nil {
		// The agent needs no more than one candidate a family: a connection's two ends tell it from all others.
		for i, addrs := range c.port.listener.told {
			if len(addrs) > 0 {
				g.tcp[i] = g.add("tcp", ice.TCPTypePassive, c.port.listener.port, addrs...)
			}
		}
	}
	return g
}

// add makes one candidate for the agent, and one for the client with each address.
func (g *generation) add(network string, kind ice.TCPType, port uint16, addrs ...netip.Addr) *pipe {
	var out *pipe
	for _, addr := range addrs {
		candidate, err := ice.NewCandidateHost(&ice.CandidateHostConfig{
			Network: network, Address: addr.String(), Port: int(port), Component: 1, TCPType: kind,
		})
		if err != nil {
			continue // only for what is no address
		}
		g.candidates = append(g.candidates, candidate.Marshal())
		if out != nil {
			continue
		}
		var at net.Addr = &net.UDPAddr{IP: addr.AsSlice(), Port: int(port)}
		if network == "tcp" {
			at = &net.TCPAddr{IP: addr.AsSlice(), Port: int(port)}
		}
		out = newPipe(g.conn, g.Password, at)
		g.locals = append(g.locals, local{candidate, out})
	}
	return out
}

// pipe is the one that packets from there belong to.
func (g *generation) pipe(from origin) *pipe {
	if from.socket != nil {
		return g.udp[from.socket]
	}
	if from.addr.Addr().Is4() {
		return g.tcp[0]
	}
	return g.tcp[1]
}

// open makes the agent: full ICE, controlled, since the client offers.
func (c *Conn) open(g *generation) error {
	wait := c.port.config.DisconnectedWait
	agent, err := ice.NewAgentWithOptions(
		ice.WithLoggerFactory(silent),
		ice.WithNet(c.port.interfaces),
		ice.WithLocalCredentials(g.Ufrag, g.Password),
		ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6, ice.NetworkTypeTCP4, ice.NetworkTypeTCP6}),
		ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}),
		ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled),
		ice.WithDisableActiveTCP(),
		ice.WithDisconnectedTimeout(wait),
		ice.WithFailedTimeout(c.port.config.failedWait),
		ice.WithKeepaliveInterval(min(iceKeepalive, wait/3)),
	)
	if err != nil {
		return wrap("new agent", err)
	}
	c.agent, c.generation = agent, g
	if err := agent.OnConnectionStateChange(c.onICE); err != nil {
		return wrap("new agent", err)
	}
	return wrap("new agent", agent.OnSelectedCandidatePairChange(c.onSelected))
}

// gather gives the agent its candidates, then lets checks for them in.
func (c *Conn) gather(g *generation) error {
	for _, each := range g.locals {
		if err := c.agent.AddVirtualCandidate(each.candidate, each.pipe); err != nil {
			return wrap("add a candidate", err)
		}
	}
	c.port.expect(g, nil)
	return nil
}

func (c *Conn) restart(g *generation, remote Credentials) error {
	c.mu.Lock()
	before := c.generation
	c.generation = g
	c.mu.Unlock()
	c.port.expect(nil, before)
	if err := c.agent.Restart(g.Ufrag, g.Password); err != nil {
		return wrap("restart ICE", err)
	}
	if err := c.agent.SetRemoteCredentials(remote.Ufrag, remote.Password); err != nil {
		return wrap("restart ICE", err)
	}
	// Media still comes by the last generation's addresses; those before it are history.
	c.dropTargets(func(t *target) bool {
		return t != c.target.Load() && !slices.ContainsFunc(before.locals, func(l local) bool { return l.pipe == t.pipe })
	})
	return c.gather(g)
}

// onSelected moves sending to the pair that the client nominated. Only pairs whose checks succeeded both ways get here.
func (c *Conn) onSelected(ours, theirs ice.Candidate) {
	addr, err := netip.ParseAddr(theirs.Address())
	if err != nil {
		return
	}
	defer c.wire.repeat()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, each := range c.generation.locals {
		if each.candidate == ours {
			if t := c.latest(each.pipe, netip.AddrPortFrom(addr.Unmap(), uint16(theirs.Port()))); t != nil {
				c.nominated.Store(t)
				c.target.Store(t)
			}
		}
	}
}

// find is the target of an address, as far as it proved itself to the pipe.
func (c *Conn) find(p *pipe, addr netip.AddrPort) *target {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latest(p, addr)
}

// latest needs mu. One address may have come to several sockets of one candidate.
func (c *Conn) latest(p *pipe, addr netip.AddrPort) *target {
	var out *target
	for _, t := range c.targets {
		if t.pipe == p && t.addr == addr && (out == nil || t.heard.Load() > out.heard.Load()) {
			out = t
		}
	}
	return out
}

// learn takes a sender in whose check carried our password. The first one's path is used until the client nominates one.
func (c *Conn) learn(p *pipe, from origin, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing.Load() {
		return false
	}
	var t *target
	count := 0
	for _, each := range c.targets {
		if each.pipe != p {
			continue
		}
		count++
		if each.origin() == from {
			t = each
		}
	}
	fresh := t == nil
	if fresh {
		if count >= maxTargets {
			return false
		}
		t = &target{conn: c, pipe: p, socket: from.socket, stream: from.stream, addr: from.addr, name: newSockaddr(from.addr)}
	}
	if from.socket != nil && !from.socket.know(t, now) || from.stream != nil && !from.stream.know(t) {
		return false
	}
	t.heard.Store(now.UnixNano())
	if fresh {
		c.targets = append(c.targets, t)
	}
	if c.target.Load() == nil {
		c.target.Store(t)
	}
	c.shake()
	return true
}

// dropTargets forgets addresses; packets from them are then a stranger's.
func (c *Conn) dropTargets(old func(*target) bool) {
	c.mu.Lock()
	var dropped []*target
	c.targets = slices.DeleteFunc(c.targets, func(t *target) bool {
		if !old(t) {
			return false
		}
		dropped = append(dropped, t)
		return true
	})
	c.mu.Unlock()
	for _, t := range dropped {
		if t.stream != nil {
			t.stream.close()
		} else {
			t.socket.unknow(t)
		}
	}
}
