package sfu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"

	"github.com/samtale/samtale/signaling/sfu/link"
)

const (
	maxSDP   = 60 << 10 // bytes
	maxSlots = 24       // receiving lines of a kind
	maxMid   = 16       // bytes: what the one-byte header extension carries, RFC 8285 section 4.2
)

// Offer is what a client asks for: its description, and which of its sending lines are published.
type Offer struct {
	SDP       string
	Published []Published
}

// Published names a sending line and what comes on it.
type Published struct {
	Mid     string
	Content Content
}

// Line names one media line.
type Line struct {
	Mid  string
	Kind Kind
}

// description is an offer as far as we need it: the one connection, and its lines.
type description struct {
	credentials link.Credentials // the client's; new ones restart ICE
	fingerprint string           // of the client's certificate: "sha-256 AA:BB…"
	setup       string           // who begins the DTLS handshake, in the client's words: RFC 8842 section 5
	sections    []section
}

// passive reports whether we begin the handshake: whenever the client lets us, which saves half a round trip.
func (d *description) passive() bool { return d.setup != "active" }

// readOffer parses and checks an offer against the one before, if any; a later offer may append lines and change the ICE
// credentials, nothing else. All its errors are ErrBadOffer and hold nothing of the text but mids. The client's candidates
// are not read: we learn where it is from its checks.
func readOffer(o Offer, before *description) (*description, error) {
	if len(o.SDP) > maxSDP {
		return nil, fmt.Errorf("%w: %d bytes of SDP", ErrBadOffer, len(o.SDP))
	}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(o.SDP); err != nil {
		return nil, fmt.Errorf("%w: not SDP", ErrBadOffer)
	}
	lines := parsed.MediaDescriptions
	if len(lines) == 0 || len(lines) > 2*maxSlots+len(contents) {
		return nil, fmt.Errorf("%w: %d lines", ErrBadOffer, len(lines))
	}
	d, err := readTransport(&parsed, lines[0])
	if err != nil {
		return nil, err
	}
	for _, m := range lines {
		s, err := readSection(m, o)
		if err != nil {
			return nil, err
		}
		d.sections = append(d.sections, s)
	}
	if err := d.check(o); err != nil {
		return nil, err
	}
	if err := checkBundle(&parsed, d.sections); err != nil {
		return nil, err
	}
	if before != nil {
		return d, d.checkAgainst(before)
	}
	return d, nil
}

// content is what the offer says to come on a sending line; "" when it says nothing, or what cannot be.
func (o Offer) content(l Line) Content {
	for _, p := range o.Published {
		if p.Mid == l.Mid && p.Content.Kind() == l.Kind {
			return p.Content
		}
	}
	return ""
}

// check looks at the lines together.
func (d *description) check(o Offer) error {
	slots, published := map[Kind]int{}, map[Content]bool{}
	mids, ssrcs := map[string]bool{}, map[uint32]bool{}
	ids, uris := map[uint8]string{}, map[string]uint8{}
	for i := range d.sections {
		s := &d.sections[i]
		if mids[s.Mid] {
			return fmt.Errorf("%w: mid %q twice", ErrBadOffer, s.Mid)
		}
		mids[s.Mid] = true
		if s.receiving {
			slots[s.Kind]++
		} else {
			published[s.content] = true
		}
		for ssrc := range s.ssrcs {
			if ssrcs[ssrc] {
				return fmt.Errorf("%w: line %q has the SSRC of another", ErrBadOffer, s.Mid)
			}
			ssrcs[ssrc] = true
		}
		for _, e := range s.maps { // one meaning in all bundled lines: RFC 8843 section 9.1
			if ids[e.id] != "" && ids[e.id] != e.uri || uris[e.uri] != 0 && uris[e.uri] != e.id {
				return fmt.Errorf("%w: line %q has another meaning of an extension", ErrBadOffer, s.Mid)
			}
			ids[e.id], uris[e.uri] = e.uri, e.id
		}
	}
	switch {
	case slots[Audio] > maxSlots || slots[Video] > maxSlots:
		return fmt.Errorf("%w: too many receiving lines", ErrBadOffer)
	case len(published) != len(o.Published):
		return fmt.Errorf("%w: one line of each content may be published, and must be offered", ErrBadOffer)
	}
	return nil
}

// checkAgainst holds what may not change during a connection.
func (d *description) checkAgainst(before *description) error {
	switch {
	case len(d.sections) < len(before.sections):
		return fmt.Errorf("%w: %d lines after %d", ErrBadOffer, len(d.sections), len(before.sections))
	case d.fingerprint != before.fingerprint:
		return fmt.Errorf("%w: another certificate", ErrBadOffer)
	case d.setup != "actpass" && d.passive() != before.passive():
		return fmt.Errorf("%w: the DTLS roles have changed", ErrBadOffer)
	case (d.credentials.Ufrag == before.credentials.Ufrag) != (d.credentials.Password == before.credentials.Password):
		return fmt.Errorf("%w: half of the ICE credentials has changed", ErrBadOffer) // RFC 8839 section 4.4.1.1.1
	}
	if d.setup == "actpass" {
		d.setup = before.setup // the roles stay: RFC 8842 section 5.2
	}
	for i, b := range before.sections {
		s := d.sections[i]
		if s.Line != b.Line || s.receiving != b.receiving || s.content != b.content || s.formats != b.formats ||
			s.ext != b.ext || !slices.Equal(s.rids, b.rids) {
			return fmt.Errorf("%w: line %d has changed", ErrBadOffer, i)
		}
	}
	return nil
}

// readTransport reads what the one connection needs. It stands in the first line or above all lines: RFC 8843 section
// 7.1.3 lets the others leave it out.
func readTransport(all *sdp.SessionDescription, first *sdp.MediaDescription) (*description, error) {
	value := func(key string) string {
		if v, ok := first.Attribute(key); ok {
			return v
		}
		v, _ := all.Attribute(key)
		return v
	}
	d := &description{
		credentials: link.Credentials{Ufrag: value("ice-ufrag"), Password: value("ice-pwd")},
		setup:       value("setup"),
	}
	_, mux := first.Attribute("rtcp-mux")
	_, lite := all.Attribute("ice-lite")
	switch {
	case !isICE(d.credentials.Ufrag, 4) || !isICE(d.credentials.Password, 22):
		return nil, fmt.Errorf("%w: no ICE credentials", ErrBadOffer)
	case lite:
		return nil, fmt.Errorf("%w: ICE lite: somebody has to check", ErrBadOffer)
	case d.setup != "actpass" && d.setup != "active" && d.setup != "passive":
		return nil, fmt.Errorf("%w: no DTLS role", ErrBadOffer)
	case !mux:
		return nil, fmt.Errorf("%w: no rtcp-mux", ErrBadOffer)
	}
	for _, a := range slices.Concat(first.Attributes, all.Attributes) {
		if a.Key != "fingerprint" {
			continue
		}
		if f, ok := readFingerprint(a.Value); ok {
			d.fingerprint = f
			return d, nil
		}
	}
	return nil, fmt.Errorf("%w: no SHA-256 fingerprint", ErrBadOffer)
}

// isICE holds RFC 8839 section 5.4: so many ice-chars at least, 256 at most.
func isICE(text string, least int) bool {
	return len(text) >= least && len(text) <= 256 && strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '/'
	}) < 0
}

// readFingerprint takes "sha-256 AB:CD…", the only hash browsers use, and returns it in that case of letters.
// RFC 8122 section 5.
func readFingerprint(value string) (string, bool) {
	hash, hex, _ := strings.Cut(value, " ")
	hex = strings.ToUpper(hex)
	if !strings.EqualFold(hash, "sha-256") || len(hex) != 32*3-1 {
		return "", false
	}
	for i := range len(hex) {
		c := hex[i]
		if i%3 == 2 && c != ':' || i%3 != 2 && (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	return "sha-256 " + hex, true
}

// checkBundle makes sure that all lines share the one connection, and that the first stands for it. RFC 8843 section 7.2.
func checkBundle(all *sdp.SessionDescription, sections []section) error {
	group, _ := all.Attribute(sdp.AttrKeyGroup)
	mids := strings.Fields(group)
	if len(mids) != len(sections)+1 || mids[0] != "BUNDLE" || mids[1] != sections[0].Mid {
		return fmt.Errorf("%w: the bundle does not begin with the first line, or not hold all", ErrBadOffer)
	}
	for _, s := range sections {
		if !slices.Contains(mids[1:], s.Mid) {
			return fmt.Errorf("%w: line %q is not bundled", ErrBadOffer, s.Mid)
		}
	}
	return nil
}
