package turn_test

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"

	"github.com/samtale/samtale/signaling/turn"
)

// member is a client that does as it is told, rules or not.
type member struct {
	t         testing.TB
	conn      net.PacketConn
	server    net.Addr
	username  string
	integrity stun.MessageIntegrity
	nonce     string
	data      chan string // payloads of Data indications and channels
	replies   chan *stun.Message
	relayed   netip.AddrPort
	lifetime  uint32
}

func (h *house) member(t testing.TB, transport string, c turn.Credentials) *member {
	t.Helper()
	conn, server := h.dial(t, transport)
	return h.memberOn(t, conn, server, c)
}

// memberOn is one on a transport that is there.
func (h *house) memberOn(t testing.TB, conn net.PacketConn, server net.Addr, c turn.Credentials) *member {
	t.Helper()
	m := &member{t: t, conn: conn, server: server, username: c.Username, data: make(chan string, 1024), replies: make(chan *stun.Message, 16)}
	m.integrity = stun.NewLongTermIntegrity(c.Username, "samtale", c.Password)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(m.replies)
		b := make([]byte, 4096)
		for {
			n, _, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			m.take(append([]byte(nil), b[:n]...))
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-ended })
	return m
}

func (m *member) take(frame []byte) {
	if frame[0]>>6 == 1 {
		m.data <- string(frame[4 : 4+binary.BigEndian.Uint16(frame[2:])])
		return
	}
	msg := &stun.Message{Raw: frame}
	if msg.Decode() != nil {
		return
	}
	if msg.Type.Class == stun.ClassIndication {
		payload, _ := msg.Get(stun.AttrData)
		m.data <- string(payload)
		return
	}
	m.replies <- msg
}

func (m *member) raw(b []byte) {
	m.t.Helper()
	if _, err := m.conn.WriteTo(b, m.server); err != nil {
		m.t.Fatal(err)
	}
}

// ask sends a request as it is and returns the answer; nil: there was none.
func (m *member) ask(wait time.Duration, setters ...stun.Setter) *stun.Message {
	m.t.Helper()
	msg, err := stun.Build(append([]stun.Setter{stun.TransactionID}, setters...)...)
	if err != nil {
		m.t.Fatal(err)
	}
	m.raw(msg.Raw)
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		select {
		case reply, open := <-m.replies:
			if !open {
				return nil
			}
			if reply.TransactionID == msg.TransactionID {
				return reply
			}
		case <-timeout.C:
			return nil
		}
	}
}

const gone = -1 // no answer came

func code(reply *stun.Message) int {
	var e stun.ErrorCodeAttribute
	switch {
	case reply == nil:
		return gone
	case reply.Type.Class == stun.ClassSuccessResponse:
		return 0
	case e.GetFrom(reply) != nil:
		return 999
	}
	return int(e.Code)
}

// request authenticates as clients do: it asks, is challenged, and asks again. 0 is success.
func (m *member) request(method stun.Method, setters ...stun.Setter) int {
	m.t.Helper()
	var reply *stun.Message
	for range 2 {
		all := append([]stun.Setter{stun.NewType(method, stun.ClassRequest)}, setters...)
		if m.nonce != "" {
			all = append(all, stun.NewUsername(m.username), stun.NewRealm("samtale"), stun.NewNonce(m.nonce), m.integrity)
		}
		reply = m.ask(5*time.Second, all...)
		if c := code(reply); c != 438 && (c != 401 || m.nonce != "") {
			break
		}
		var nonce stun.Nonce
		if nonce.GetFrom(reply) != nil {
			return 998
		}
		m.nonce = nonce.String()
	}
	if code(reply) == 0 {
		if method != stun.MethodBinding && m.integrity.Check(reply) != nil {
			m.t.Error("an answer that the server has not signed")
		}
		m.learn(reply)
	}
	return code(reply)
}

func (m *member) learn(reply *stun.Message) {
	var a stun.XORMappedAddress
	if a.GetFromAs(reply, stun.AttrXORRelayedAddress) == nil {
		ip, _ := netip.AddrFromSlice(a.IP)
		m.relayed = netip.AddrPortFrom(ip.Unmap(), uint16(a.Port))
	}
	if v, err := reply.Get(stun.AttrLifetime); err == nil {
		m.lifetime = binary.BigEndian.Uint32(v)
	}
}

// attribute is one with the given value.
type attribute struct {
	kind  stun.AttrType
	value []byte
}

// AddTo puts it into a message.
func (a attribute) AddTo(m *stun.Message) error { m.Add(a.kind, a.value); return nil }

func family(f byte) stun.Setter {
	return attribute{stun.AttrRequestedAddressFamily, []byte{f, 0, 0, 0}}
}

func lifetime(seconds uint32) stun.Setter {
	return attribute{stun.AttrLifetime, binary.BigEndian.AppendUint32(nil, seconds)}
}

var udpTransport = attribute{stun.AttrRequestedTransport, []byte{17, 0, 0, 0}}

// peerOf is an XOR-PEER-ADDRESS.
type peerOf string

// AddTo puts it into a message.
func (p peerOf) AddTo(m *stun.Message) error {
	a := netip.MustParseAddrPort(string(p))
	ip := a.Addr().AsSlice() // pion would make IPv4 of an IPv4 address in IPv6 clothes
	value := append([]byte{0, byte(len(ip)/16 + 1), byte(a.Port()>>8) ^ 0x21, byte(a.Port()) ^ 0x12}, ip...)
	mask := append([]byte{0x21, 0x12, 0xa4, 0x42}, m.TransactionID[:]...)
	for i := range ip {
		value[4+i] ^= mask[i]
	}
	m.Add(stun.AttrXORPeerAddress, value)
	return nil
}

func (m *member) allocate(setters ...stun.Setter) int {
	m.t.Helper()
	return m.request(stun.MethodAllocate, append([]stun.Setter{udpTransport}, setters...)...)
}

func (m *member) permit(peers ...string) int {
	m.t.Helper()
	var setters []stun.Setter
	for _, p := range peers {
		setters = append(setters, peerOf(p))
	}
	return m.request(stun.MethodCreatePermission, setters...)
}

func (m *member) bind(channel uint16, peer string) int {
	m.t.Helper()
	return m.request(stun.MethodChannelBind, attribute{stun.AttrChannelNumber, []byte{byte(channel >> 8), byte(channel), 0, 0}}, peerOf(peer))
}

// send sends a Send indication.
func (m *member) send(peer, payload string) {
	m.t.Helper()
	msg, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication), peerOf(peer), attribute{stun.AttrData, []byte(payload)})
	if err != nil {
		m.t.Fatal(err)
	}
	m.raw(msg.Raw)
}

// channel sends ChannelData, padded.
func (m *member) channel(number uint16, payload string) {
	m.t.Helper()
	b := binary.BigEndian.AppendUint16(nil, number)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(payload))), payload...)
	m.raw(append(b, make([]byte, (4-len(payload)%4)%4)...))
}

// receive returns the next payload; "": none came.
func (m *member) receive() string {
	select {
	case got := <-m.data:
		return got
	case <-time.After(5 * time.Second):
		return ""
	}
}
