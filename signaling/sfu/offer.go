package sfu

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
)

const (
	maxSDP   = 60 << 10 // bytes
	maxSlots = 24       // receiving lines of a kind
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

// section is one media line of an offer, as far as we need it.
type section struct {
	Line
	ufrag     string           // the client's ICE name; a new one restarts ICE
	receiving bool             // the client receives here: a slot
	content   Content          // of a line on which the client sends
	ssrcs     map[uint32]bool  // declared; true: of retransmissions
	rtx       map[uint8]bool   // payload types of retransmissions
	ext       map[string]uint8 // ids of header extensions
	codecs    map[uint8]string // lower case names by payload type
}

// readOffer parses and checks an offer against the lines of the one before; a later offer may only append. All its
// errors are ErrBadOffer and hold nothing of the text.
func readOffer(o Offer, before []section) ([]section, error) {
	if len(o.SDP) > maxSDP {
		return nil, fmt.Errorf("%w: %d bytes of SDP", ErrBadOffer, len(o.SDP))
	}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(o.SDP); err != nil {
		return nil, fmt.Errorf("%w: not SDP", ErrBadOffer)
	}
	var sections []section
	slots, published := map[Kind]int{}, map[Content]bool{}
	for _, m := range parsed.MediaDescriptions {
		s, err := readSection(m)
		if err != nil {
			return nil, err
		}
		if len(sections) == 0 {
			if s.ufrag, err = readTransport(&parsed, m, s.Mid); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(sections, func(other section) bool { return other.Mid == s.Mid }) {
			return nil, fmt.Errorf("%w: mid %q twice", ErrBadOffer, s.Mid)
		}
		if s.receiving {
			slots[s.Kind]++
		} else {
			if s.content = o.content(s.Line); s.content == "" {
				return nil, fmt.Errorf("%w: sending line %q is not published", ErrBadOffer, s.Mid)
			}
			published[s.content] = true
		}
		sections = append(sections, s)
	}
	switch {
	case slots[Audio] > maxSlots || slots[Video] > maxSlots:
		return nil, fmt.Errorf("%w: too many receiving lines", ErrBadOffer)
	case len(published) != len(o.Published):
		return nil, fmt.Errorf("%w: one line of each content may be published, and must be offered", ErrBadOffer)
	case len(sections) == 0 || len(sections) < len(before):
		return nil, fmt.Errorf("%w: %d lines after %d", ErrBadOffer, len(sections), len(before))
	}
	for i, b := range before {
		if s := sections[i]; s.Line != b.Line || s.receiving != b.receiving || s.content != b.content {
			return nil, fmt.Errorf("%w: line %d has changed", ErrBadOffer, i)
		}
	}
	return sections, nil
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

func readSection(m *sdp.MediaDescription) (section, error) {
	s := section{ssrcs: map[uint32]bool{}, rtx: map[uint8]bool{}, ext: map[string]uint8{}, codecs: map[uint8]string{}}
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	s.Line = Line{Mid: mid, Kind: Kind(m.MediaName.Media)}
	switch {
	case s.Kind != Audio && s.Kind != Video:
		return s, fmt.Errorf("%w: a line of another kind than audio and video", ErrBadOffer)
	case mid == "" || len(mid) > 16:
		return s, fmt.Errorf("%w: a line without a short mid", ErrBadOffer)
	}
	directions := 0
	repair := map[uint32]bool{}
	for _, a := range m.Attributes {
		switch a.Key {
		case sdp.AttrKeySendOnly:
			directions++
		case sdp.AttrKeyRecvOnly:
			directions++
			s.receiving = true
		case sdp.AttrKeySendRecv, sdp.AttrKeyInactive:
			return s, fmt.Errorf("%w: line %q is %s", ErrBadOffer, mid, a.Key)
		case "rid", "simulcast":
			return s, fmt.Errorf("%w: line %q has several encodings", ErrBadOffer, mid)
		default:
			if !s.readAttribute(a, repair) {
				return s, fmt.Errorf("%w: line %q has a broken %s", ErrBadOffer, mid, a.Key)
			}
		}
	}
	if directions != 1 {
		return s, fmt.Errorf("%w: line %q has no direction", ErrBadOffer, mid)
	}
	for ssrc := range repair {
		s.ssrcs[ssrc] = true
	}
	return s, s.checkFormats(m.MediaName.Formats)
}

// readTransport checks what the one connection needs, and returns the ICE name. It stands in the first line or above all
// lines: RFC 8843 section 7.1.3 lets the others leave it out.
func readTransport(all *sdp.SessionDescription, first *sdp.MediaDescription, mid string) (string, error) {
	if group, ok := all.Attribute(sdp.AttrKeyGroup); ok && !strings.HasPrefix(group+" ", "BUNDLE "+mid+" ") {
		return "", fmt.Errorf("%w: the bundle does not begin with the first line", ErrBadOffer)
	}
	fingerprint, ok := all.Attribute("fingerprint")
	if !ok {
		fingerprint, _ = first.Attribute("fingerprint")
	}
	ufrag, ok := all.Attribute("ice-ufrag")
	password, _ := all.Attribute("ice-pwd")
	if !ok {
		ufrag, _ = first.Attribute("ice-ufrag")
		password, _ = first.Attribute("ice-pwd")
	}
	switch {
	case ufrag == "" || password == "":
		return "", fmt.Errorf("%w: no ICE credentials", ErrBadOffer)
	case len(strings.Split(fingerprint, " ")) != 2:
		return "", fmt.Errorf("%w: fingerprint is not an algorithm and a value", ErrBadOffer)
	}
	return ufrag, nil
}

// checkFormats holds pion's demands on payload types: each is explained, and one is what we speak.
func (s *section) checkFormats(formats []string) error {
	want := "opus"
	if s.Kind == Video {
		want = "vp8"
	}
	spoken := false
	for _, f := range formats {
		pt, err := strconv.ParseUint(f, 10, 7)
		codec, ok := s.codecs[uint8(pt)]
		if err != nil || !ok {
			return fmt.Errorf("%w: line %q has an unexplained payload type", ErrBadOffer, s.Mid)
		}
		spoken = spoken || codec == want
	}
	if !spoken {
		return fmt.Errorf("%w: line %q has no %s", ErrBadOffer, s.Mid, want)
	}
	return nil
}

// readAttribute takes what is needed to know packets by; what it does not understand it leaves to pion. It reports false for
// what pion would refuse.
func (s *section) readAttribute(a sdp.Attribute, repair map[uint32]bool) bool {
	first, rest, _ := strings.Cut(a.Value, " ")
	switch a.Key {
	case sdp.AttrKeySSRC: // RFC 5576 section 4.1
		if ssrc, err := strconv.ParseUint(first, 10, 32); err == nil {
			s.ssrcs[uint32(ssrc)] = false
		}
	case sdp.AttrKeySSRCGroup: // RFC 5576 section 4.2: FID media repair
		if fields := strings.Fields(rest); first == sdp.SemanticTokenFlowIdentification && len(fields) == 2 {
			if ssrc, err := strconv.ParseUint(fields[1], 10, 32); err == nil {
				repair[uint32(ssrc)] = true
			}
		}
	case "rtpmap":
		pt, err := strconv.ParseUint(first, 10, 7)
		if err != nil {
			return false
		}
		name, _, _ := strings.Cut(strings.ToLower(rest), "/")
		s.codecs[uint8(pt)] = name
		if name == "rtx" {
			s.rtx[uint8(pt)] = true
		}
	case "fmtp":
		if _, apt, ok := strings.Cut(rest, "apt="); ok {
			apt, _, _ = strings.Cut(apt, ";")
			_, err := strconv.ParseUint(apt, 10, 7)
			return err == nil
		}
	case sdp.AttrKeyExtMap: // RFC 8285 section 5
		var e sdp.ExtMap
		if e.Unmarshal(a.Key+":"+a.Value) != nil || e.URI == nil || e.Value < 1 || e.Value > 255 {
			return false
		}
		s.ext[e.URI.String()] = uint8(e.Value)
	case "candidate":
		_, err := ice.UnmarshalCandidate(a.Value)
		return err == nil || errors.Is(err, ice.ErrUnknownCandidateTyp) || errors.Is(err, ice.ErrDetermineNetworkType)
	}
	return true
}

// askForDTX adds what pion does not write into an answer: silence costs a tenth with discontinuous transmission
// (RFC 7587 section 6.1), and in-band FEC repairs what a line loses.
func askForDTX(answer string) string {
	lines := strings.Split(answer, "\r\n")
	opus := map[string]bool{}
	for _, l := range lines {
		if pt, codec, ok := strings.Cut(strings.TrimPrefix(l, "a=rtpmap:"), " "); ok && strings.HasPrefix(strings.ToLower(codec), "opus/") {
			opus[pt] = true
		}
	}
	for i, l := range lines {
		pt, parameters, ok := strings.Cut(strings.TrimPrefix(l, "a=fmtp:"), " ")
		if !ok || !strings.HasPrefix(l, "a=fmtp:") || !opus[pt] {
			continue
		}
		for _, want := range []string{"useinbandfec", "usedtx"} {
			if !strings.Contains(parameters, want+"=") {
				lines[i] += ";" + want + "=1"
			}
		}
	}
	return strings.Join(lines, "\r\n")
}
