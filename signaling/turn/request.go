package turn

import (
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/pion/stun/v4"
)

const (
	// lifetime of an allocation from its making or its last Refresh: the least that RFC 8656 section 7.2 recommends.
	lifetime   = 10 * time.Minute
	requestUDP = 17 // REQUESTED-TRANSPORT, RFC 8656 section 18.8

	familyIPv4, familyIPv6 = 1, 2 // RFC 8656 section 18.6
)

// known are the attributes that a client may demand we understand. Without DONT-FRAGMENT: we cannot (RFC 8656 section 7.2).
var known = map[stun.AttrType]bool{
	stun.AttrUsername: true, stun.AttrMessageIntegrity: true, stun.AttrRealm: true, stun.AttrNonce: true, stun.AttrLifetime: true,
	stun.AttrXORPeerAddress: true, stun.AttrRequestedAddressFamily: true, stun.AttrEvenPort: true, stun.AttrRequestedTransport: true,
	stun.AttrReservationToken: true, stun.AttrChannelNumber: true, stun.AttrData: true,
}

// request is one that is being answered.
type request struct {
	client  *client
	message *stun.Message
	caller  caller
	relay   *allocation // of the client; nil: none
}

// respond answers a request of a client that has the given relay, and returns the relay that it has afterwards.
func (s *Server) respond(c *client, relay *allocation, raw []byte) *allocation {
	m := &stun.Message{Raw: raw[:len(raw):len(raw)]} // pion/stun works behind the message where there is room
	if m.Decode() != nil || m.Type.Class != stun.ClassRequest {
		return relay
	}
	r := &request{client: c, message: m, relay: relay}
	switch m.Type.Method {
	case stun.MethodBinding:
		r.answerBinding()
		return relay
	case stun.MethodAllocate, stun.MethodRefresh, stun.MethodCreatePermission, stun.MethodChannelBind:
	default:
		return relay // RFC 6062 and what is unknown: no answer, for we cannot know who asks
	}
	var refusal stun.ErrorCode
	if r.caller, refusal = s.authenticate(m, c.address); refusal != 0 {
		r.challenge(s, refusal)
		return relay
	}
	if odd := r.unknown(); len(odd) > 0 {
		r.refuse(stun.CodeUnknownAttribute, odd)
		return relay
	}
	if m.Type.Method == stun.MethodAllocate {
		return s.allocate(r)
	}
	switch {
	case relay == nil:
		r.refuse(stun.CodeAllocMismatch)
	case relay.id != r.caller.id:
		r.refuse(stun.CodeWrongCredentials)
	case m.Type.Method == stun.MethodRefresh:
		return s.refresh(r)
	case m.Type.Method == stun.MethodCreatePermission:
		s.createPermission(r)
	default:
		s.bindChannel(r)
	}
	return relay
}

func (r *request) unknown() stun.UnknownAttributes {
	var odd stun.UnknownAttributes
	for _, a := range r.message.Attributes {
		if a.Type.Required() && !known[a.Type] {
			odd = append(odd, a.Type)
		}
	}
	return odd
}

// reply sends an answer. That it does not arrive is the client's to notice.
func (r *request) reply(class stun.MessageClass, with ...stun.Setter) {
	setters := append([]stun.Setter{stun.NewTransactionIDSetter(r.message.TransactionID), stun.NewType(r.message.Type.Method, class)}, with...)
	if r.caller.integrity != nil {
		setters = append(setters, r.caller.integrity)
	}
	m, err := stun.Build(append(setters, stun.Fingerprint)...)
	if err != nil {
		return
	}
	_ = r.client.write(m.Raw)
}

func (r *request) refuse(code stun.ErrorCode, with ...stun.Setter) {
	r.reply(stun.ClassErrorResponse, append([]stun.Setter{&stun.ErrorCodeAttribute{Code: code}}, with...)...)
}

// challenge refuses somebody who has not proved who they are.
func (r *request) challenge(s *Server, code stun.ErrorCode) {
	if code == stun.CodeBadRequest {
		r.refuse(code)
		return
	}
	r.refuse(code, stun.NewNonce(s.nonce(r.client.address)), stun.NewRealm(realm))
}

func (r *request) answerBinding() {
	address := r.client.address
	r.reply(stun.ClassSuccessResponse, &stun.XORMappedAddress{IP: address.Addr().Unmap().AsSlice(), Port: int(address.Port())})
}

// allocate makes a relay (RFC 8656 section 7.2).
func (s *Server) allocate(r *request) *allocation {
	m := r.message
	if r.relay != nil {
		if r.relay.request == m.TransactionID && r.relay.id == r.caller.id {
			r.reply(stun.ClassSuccessResponse, r.relay.answer...) // the answer was lost
		} else {
			r.refuse(stun.CodeAllocMismatch)
		}
		return r.relay
	}
	targets, v4, refusal := s.allowed(m)
	if refusal != 0 {
		r.refuse(refusal)
		return nil
	}
	stands := relayAddress(targets)
	relay, err := net.ListenUDP("udp", &net.UDPAddr{IP: stands.AsSlice(), Zone: stands.Zone()})
	if err != nil {
		s.log.Warn("no relay socket", slog.Any("err", err))
		r.refuse(stun.CodeInsufficientCapacity)
		return nil
	}
	prepareRelay(relay, r.client.stream != nil)
	now := s.now()
	a := &allocation{
		client: r.client, id: r.caller.id, session: r.caller.session, relay: relay, v4: v4, targets: targets,
		request: m.TransactionID, until: now.Add(r.lasts(now)),
	}
	a.peers.Store(&[]*peer{})
	if refusal := s.admit(a); refusal != 0 {
		_ = relay.Close()
		r.refuse(refusal)
		return nil
	}
	mine := relay.LocalAddr().(*net.UDPAddr)
	a.answer = []stun.Setter{
		address{kind: stun.AttrXORRelayedAddress, IP: mine.IP, Port: mine.Port},
		address{kind: stun.AttrXORMappedAddress, IP: r.client.address.Addr().Unmap().AsSlice(), Port: int(r.client.address.Port())},
		seconds(a.until.Sub(now)),
	}
	s.doings.Go(a.relayBack)
	r.reply(stun.ClassSuccessResponse, a.answer...)
	return a
}

// allowed reads what kind of relay is wanted and whether there can be one. A code other than 0 is the refusal.
func (s *Server) allowed(m *stun.Message) (targets []target, v4 bool, refusal stun.ErrorCode) {
	transport, err := m.Get(stun.AttrRequestedTransport)
	switch {
	case err != nil || len(transport) != 4:
		return nil, false, stun.CodeBadRequest
	case transport[0] != requestUDP:
		return nil, false, stun.CodeUnsupportedTransProto
	case m.Contains(stun.AttrEvenPort) || m.Contains(stun.AttrReservationToken):
		return nil, false, stun.CodeInsufficientCapacity
	}
	family, err := m.Get(stun.AttrRequestedAddressFamily)
	switch {
	case err != nil: // RFC 8656 section 7.2: IPv4, so long as media has it
		if targets = s.targets(true); len(targets) > 0 {
			return targets, true, 0
		}
		targets = s.targets(false)
	case len(family) != 4:
		return nil, false, stun.CodeBadRequest
	case family[0] == familyIPv4:
		v4 = true
		targets = s.targets(v4)
	case family[0] == familyIPv6:
		targets = s.targets(v4)
	}
	if len(targets) == 0 {
		return nil, false, stun.CodeAddrFamilyNotSupported
	}
	return targets, v4, 0
}

// admit counts an allocation in, if there is room. A code other than 0 is the refusal.
func (s *Server) admit(a *allocation) stun.ErrorCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, here := s.sessions[a.id]; here {
		a.session = known
	}
	switch {
	case s.closed, len(s.all) >= maxAllocations, len(s.sessions) >= maxSessions && s.sessions[a.id] == nil:
		return stun.CodeInsufficientCapacity
	case a.session.allocations >= perSession:
		return stun.CodeAllocQuotaReached
	}
	s.sessions[a.id] = a.session
	s.add(a)
	return 0
}

// lasts is how long an allocation lives when nothing is heard of it: never longer than the credential.
func (r *request) lasts(now time.Time) time.Duration {
	wanted := lifetime
	if v, err := r.message.Get(stun.AttrLifetime); err == nil && len(v) == 4 {
		wanted = min(wanted, time.Duration(binary.BigEndian.Uint32(v))*time.Second)
	}
	return min(wanted, r.caller.until.Sub(now))
}

// refresh prolongs an allocation or ends it (RFC 8656 section 8.2).
func (s *Server) refresh(r *request) *allocation {
	if family, err := r.message.Get(stun.AttrRequestedAddressFamily); err == nil && (len(family) != 4 || (family[0] == familyIPv4) != r.relay.v4) {
		r.refuse(stun.CodePeerAddrFamilyMismatch)
		return r.relay
	}
	now := s.now()
	lasts := r.lasts(now)
	s.mu.Lock()
	if _, here := s.all[r.relay]; !here {
		lasts = 0 // revoked meanwhile
	}
	r.relay.until = now.Add(lasts)
	if lasts <= 0 {
		s.remove(r.relay)
	}
	s.mu.Unlock()
	r.reply(stun.ClassSuccessResponse, seconds(max(lasts, 0)))
	if lasts <= 0 {
		return nil
	}
	return r.relay
}

// peersAsked reads all peers of a request. A code other than 0 is the refusal.
func (r *request) peersAsked() (peers []netip.AddrPort, refusal stun.ErrorCode) {
	for _, a := range r.message.Attributes {
		if a.Type != stun.AttrXORPeerAddress {
			continue
		}
		p, ok := readAddress(a.Value, r.message.Raw[4:stunHeader])
		switch {
		case !ok:
			return nil, stun.CodeBadRequest
		case p.Addr().Is4() != r.relay.v4:
			return nil, stun.CodePeerAddrFamilyMismatch
		}
		peers = append(peers, p)
	}
	if len(peers) == 0 {
		return nil, stun.CodeBadRequest
	}
	return peers, 0
}

func (s *Server) createPermission(r *request) {
	peers, refusal := r.peersAsked()
	var addresses []netip.Addr
	for _, p := range peers {
		addresses = append(addresses, p.Addr())
	}
	if refusal == 0 {
		s.mu.Lock()
		if !r.relay.permit(addresses, s.now().Add(permissionFor)) {
			refusal = stun.CodeForbidden
		}
		s.mu.Unlock()
	}
	if refusal != 0 {
		r.refuse(refusal)
		return
	}
	r.reply(stun.ClassSuccessResponse)
}

func (s *Server) bindChannel(r *request) {
	peers, refusal := r.peersAsked()
	number, err := r.message.Get(stun.AttrChannelNumber)
	if refusal == 0 && (err != nil || len(number) != 4 || len(peers) != 1) {
		refusal = stun.CodeBadRequest
	}
	if refusal == 0 {
		channel := binary.BigEndian.Uint16(number)
		if channel < firstChannel || channel > lastChannel {
			refusal = stun.CodeBadRequest
		} else {
			s.mu.Lock()
			refusal = r.relay.bind(channel, peers[0], s.now())
			s.mu.Unlock()
		}
	}
	if refusal != 0 {
		r.refuse(refusal)
		return
	}
	r.reply(stun.ClassSuccessResponse)
}

// address is an XOR-…-ADDRESS of the given kind.
type address struct {
	kind stun.AttrType
	IP   net.IP
	Port int
}

// AddTo puts it into a message.
func (a address) AddTo(m *stun.Message) error {
	return (&stun.XORMappedAddress{IP: a.IP, Port: a.Port}).AddToAs(m, a.kind)
}

// seconds is a LIFETIME.
type seconds time.Duration

// AddTo puts it into a message.
func (s seconds) AddTo(m *stun.Message) error {
	m.Add(stun.AttrLifetime, binary.BigEndian.AppendUint32(nil, uint32(time.Duration(s)/time.Second)))
	return nil
}
