package sfu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// Header extensions that we use.
const (
	uriMid         = sdp.SDESMidURI
	uriRid         = sdp.SDESRTPStreamIDURI
	uriRepairedRid = sdp.SDESRepairRTPStreamIDURI
	uriTransport   = sdp.TransportCCURI
	uriAudioLevel  = sdp.AudioLevelURI
)

const (
	// maxRids encodings of one picture: no browser has more.
	maxRids = 3
	// maxSSRCs that one line may declare: a stream, its repairs, and what we do not use.
	maxSSRCs = 8
	// maxExtension is the last id that one-byte headers hold. Browsers number what we use below it, and an extension that we
	// do not answer is not sent.
	maxExtension = 14
)

// formats are the payload types that a client offers for what we speak; 0: not offered. RED only with copies of Opus.
type formats struct{ opus, red, vp8, rtx uint8 }

// extensions are the header extension ids that a client has offered; 0: not offered.
type extensions struct{ mid, rid, repairedRid, transport, level uint8 }

// section is one media line of an offer, as far as we need it.
type section struct {
	Line
	protocol  string            // repeated in the answer
	receiving bool              // the client receives here: a slot
	content   Content           // of a line on which the client sends
	ssrcs     map[uint32]bool   // declared; true: of repairs
	repairOf  map[uint32]uint32 // the SSRC that one of repairs belongs to
	rids      []string          // encodings, lowest first; nil: one without a name
	simulcast string            // the same as offered: with a mark at those that pause for now
	ext       extensions
	formats   formats
	nack      bool // sound may be asked for again
	smallRTCP bool // RFC 5506: reports need not be whole
	ptime     int  // milliseconds of sound that the client asks to be told to put in a packet; 0: it does not
	order     []uint8
	feedback  []string   // attributes rtcp-fb of the formats, as offered
	maps      []extended // of ext
}

// extended is an extension on a line.
type extended struct {
	id        uint8
	uri       string
	direction string // as we say it: the client's turned round; "": both
}

// readSection reads a line and all that it needs by itself.
func readSection(m *sdp.MediaDescription, o Offer) (section, error) {
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	s := section{Line: Line{Mid: mid, Kind: Kind(m.MediaName.Media)}, protocol: strings.Join(m.MediaName.Protos, "/"), ssrcs: map[uint32]bool{}}
	refuse := func(what string) (section, error) { return s, fmt.Errorf("%w: line %q %s", ErrBadOffer, s.Mid, what) }
	_, bundled := m.Attribute("bundle-only")
	switch {
	case s.Kind != Audio && s.Kind != Video:
		return s, fmt.Errorf("%w: a line of another kind than audio and video", ErrBadOffer)
	case !isToken(mid, maxMid):
		return s, fmt.Errorf("%w: a line without a short mid", ErrBadOffer)
	case !slices.Contains([]string{"UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "RTP/SAVPF"}, s.protocol): // RFC 8829 section 5.1.2
		return refuse("is not of SRTP with feedback")
	case m.MediaName.Port.Value == 0 && !bundled:
		return refuse("is ended")
	}
	directions := 0
	for _, a := range m.Attributes {
		switch a.Key {
		case sdp.AttrKeySendOnly:
			directions++
		case sdp.AttrKeyRecvOnly:
			directions++
			s.receiving = true
		case sdp.AttrKeySendRecv, sdp.AttrKeyInactive:
			return refuse("is " + a.Key)
		case "rtcp-rsize":
			s.smallRTCP = true
		case "ptime":
			if n, err := strconv.Atoi(a.Value); err == nil && (n == 20 || n == 40 || n == 60) {
				s.ptime = n
			}
		}
	}
	if directions != 1 {
		return refuse("has no direction")
	}
	if !s.receiving {
		if s.content = o.content(s.Line); s.content == "" {
			return refuse("sends and is not published")
		}
	}
	switch {
	case !s.readFormats(m):
		return refuse("has broken formats, or none of ours")
	case !s.readExtensions(m):
		return refuse("has a broken header extension")
	case !s.readSSRCs(m):
		return refuse("has broken SSRCs")
	case !s.readEncodings(m):
		return refuse("has encodings that we do not take")
	}
	return s, nil
}

// isToken reports whether text is a short name of harmless characters: it goes into our answer, and may go into a log.
func isToken(text string, most int) bool {
	return text != "" && len(text) <= most && strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.{}+", r)
	}) < 0
}

// readFormats takes what we speak, in the client's order of preference. It reports false for a type without explanation, and
// for a line on which there is nothing in common.
func (s *section) readFormats(m *sdp.MediaDescription) bool {
	names, parameters := map[uint8]string{}, map[uint8]string{}
	for _, a := range m.Attributes {
		first, rest, _ := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" && a.Key != "fmtp" {
			continue
		}
		t, err := strconv.ParseUint(first, 10, 7)
		if err != nil {
			return false
		}
		if a.Key == "rtpmap" {
			names[uint8(t)] = strings.ToLower(rest)
		} else {
			parameters[uint8(t)] = rest
			if _, err := strconv.ParseUint(parameter(rest, "apt"), 10, 7); err != nil && strings.Contains(rest, "apt=") {
				return false
			}
		}
	}
	var offered []uint8
	for _, f := range m.MediaName.Formats {
		t, err := strconv.ParseUint(f, 10, 7)
		if err != nil || names[uint8(t)] == "" {
			return false
		}
		if t < 64 || t > 95 { // those are of RTCP: RFC 5761 section 4
			offered = append(offered, uint8(t))
		}
	}
	find := func(name string, fits func(parameters string) bool) uint8 {
		for _, t := range offered {
			if t != 0 && names[t] == name && fits(parameters[t]) {
				return t
			}
		}
		return 0
	}
	always := func(string) bool { return true }
	if s.Kind == Audio {
		s.formats.opus = find("opus/48000/2", always)
		copies := fmt.Sprintf("%d/%[1]d", s.formats.opus)
		s.formats.red = find("red/48000/2", func(p string) bool { return p == copies || strings.HasPrefix(p, copies+"/") })
	} else {
		s.formats.vp8 = find("vp8/90000", always)
		s.formats.rtx = find("rtx/90000", func(p string) bool { return parameter(p, "apt") == strconv.Itoa(int(s.formats.vp8)) })
	}
	if s.formats.opus == 0 && s.formats.vp8 == 0 {
		return false
	}
	for _, t := range offered {
		if !slices.Contains(s.order, t) && t != 0 && (t == s.formats.opus || t == s.formats.red || t == s.formats.vp8 || t == s.formats.rtx) {
			s.order = append(s.order, t)
		}
	}
	s.readFeedback(m)
	return true
}

// parameter returns one of the parameters of a format.
func parameter(all, name string) string {
	for p := range strings.SplitSeq(all, ";") {
		if key, value, _ := strings.Cut(strings.TrimSpace(p), "="); key == name {
			return value
		}
	}
	return ""
}

// readFeedback takes the feedback messages that we use of those that are offered. RFC 4585 section 4.2.
func (s *section) readFeedback(m *sdp.MediaDescription) {
	wants := map[uint8][]string{
		s.formats.opus: {"transport-cc", "nack"}, s.formats.red: {"transport-cc"},
		s.formats.vp8: {"transport-cc", "nack", "nack pli", "ccm fir"},
	}
	for _, t := range s.order {
		for _, message := range wants[t] {
			if slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
				return a.Key == "rtcp-fb" && (a.Value == fmt.Sprintf("%d %s", t, message) || a.Value == "* "+message)
			}) {
				s.feedback = append(s.feedback, fmt.Sprintf("%d %s", t, message))
				s.nack = s.nack || t == s.formats.opus && message == "nack"
			}
		}
	}
}

// readExtensions takes the extensions that we use on such a line: of slots only the number that the client reports arrivals by.
// RFC 8285 section 5. It reports false for an attribute that nobody can mean.
func (s *section) readExtensions(m *sdp.MediaDescription) bool {
	into := map[string]*uint8{uriTransport: &s.ext.transport}
	if !s.receiving {
		into[uriMid] = &s.ext.mid
		if s.Kind == Audio {
			into[uriAudioLevel] = &s.ext.level
		} else {
			into[uriRid], into[uriRepairedRid] = &s.ext.rid, &s.ext.repairedRid
		}
	}
	way, back := "sendonly", "recvonly"
	if s.receiving {
		way, back = back, way
	}
	ids := map[uint64]bool{}
	for _, a := range m.Attributes {
		if a.Key != sdp.AttrKeyExtMap {
			continue
		}
		fields := strings.Fields(a.Value)
		if len(fields) < 2 {
			return false
		}
		number, direction, _ := strings.Cut(fields[0], "/")
		id, err := strconv.ParseUint(number, 10, 16)
		if err != nil || id == 0 || ids[id] {
			return false
		}
		ids[id] = true
		e := extended{id: uint8(min(id, 255)), uri: fields[1]}
		switch direction {
		case "", "sendrecv":
		case way:
			e.direction = back
		default:
			continue
		}
		to := into[e.uri]
		if to != nil && *to != 0 {
			return false
		}
		if to != nil && id <= maxExtension {
			*to = e.id
			s.maps = append(s.maps, e)
		}
	}
	return true
}

// readSSRCs takes what packets of a line are known by. RFC 5576 section 4. It reports false for more than a browser declares,
// and for encodings that are grouped without names.
func (s *section) readSSRCs(m *sdp.MediaDescription) bool {
	s.repairOf = map[uint32]uint32{}
	for _, a := range m.Attributes {
		first, rest, _ := strings.Cut(a.Value, " ")
		switch {
		case s.receiving:
		case a.Key == sdp.AttrKeySSRC:
			ssrc, err := strconv.ParseUint(first, 10, 32)
			if err != nil {
				return false
			}
			if _, known := s.ssrcs[uint32(ssrc)]; !known {
				s.ssrcs[uint32(ssrc)] = false
			}
		case a.Key == sdp.AttrKeySSRCGroup && first == "SIM":
			return false
		case a.Key == sdp.AttrKeySSRCGroup && first == sdp.SemanticTokenFlowIdentification:
			fields := strings.Fields(rest)
			if len(fields) != 2 {
				return false
			}
			media, err := strconv.ParseUint(fields[0], 10, 32)
			repair, err2 := strconv.ParseUint(fields[1], 10, 32)
			if err != nil || err2 != nil || media == repair {
				return false
			}
			s.ssrcs[uint32(repair)] = true
			s.repairOf[uint32(repair)] = uint32(media)
		}
		if len(s.ssrcs) > maxSSRCs {
			return false
		}
	}
	return true
}

// readEncodings takes the names of a camera's encodings. RFC 8853 section 5: alternatives are not for us to choose from; an
// encoding that pauses for now ("~") is repeated so in the answer, or Chromium would start it. What a client that only sends
// says of receiving means nothing; pion repeats our answer there. It reports false for what we do not take.
func (s *section) readEncodings(m *sdp.MediaDescription) bool {
	declared := map[string]bool{}
	var list string
	for _, a := range m.Attributes {
		switch a.Key {
		case "rid":
			fields := strings.Fields(a.Value)
			if len(fields) >= 2 && fields[1] == "recv" && !s.receiving {
				continue
			}
			if len(fields) < 2 || fields[1] != "send" || !isToken(fields[0], maxMid) || declared[fields[0]] {
				return false
			}
			declared[fields[0]] = true
		case "simulcast":
			way, rids, _ := strings.Cut(strings.TrimSpace(a.Value), " ")
			if way == "recv" && !s.receiving {
				continue
			}
			if way != "send" || list != "" {
				return false
			}
			list = rids
		}
	}
	if list == "" {
		s.ext.rid, s.ext.repairedRid = 0, 0
		s.maps = slices.DeleteFunc(s.maps, func(e extended) bool { return e.uri == uriRid || e.uri == uriRepairedRid })
		return len(declared) == 0
	}
	for name := range strings.SplitSeq(list, ";") {
		name = strings.TrimPrefix(name, "~")
		if !declared[name] || slices.Contains(s.rids, name) {
			return false // RFC 8853 section 5.2: also what is not a name, like "a,b" and "a recv b"
		}
		s.rids = append(s.rids, name)
	}
	s.simulcast = list
	// By their names only they can be told apart, whatever SSRCs are declared beside.
	s.ssrcs, s.repairOf = map[uint32]bool{}, map[uint32]uint32{}
	return s.content == Camera && len(s.rids) <= maxRids && len(s.rids) == len(declared) && s.ext.mid != 0 && s.ext.rid != 0
}
