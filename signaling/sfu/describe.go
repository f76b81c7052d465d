package sfu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	// opusWants is what we ask of a client's encoder: repair data in band for what its line loses, next to nothing while it is
	// silent (RFC 7587 section 6.1), one channel, and a rate at which speech is as good as it gets.
	opusWants = "minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=24000;stereo=0"
	// opusSends is said of slots: the client only decodes there.
	opusSends = "minptime=10;useinbandfec=1"
)

// local is our side of a connection in an answer.
type local struct {
	session     uint64 // RFC 8866 section 5.2: the same for the connection's life
	version     int    // counts answers
	ufrag, pwd  string
	fingerprint string // "sha-256 AA:BB…"
	candidates  []string
	slots       []*slot
}

// describe writes the answer to d: RFC 8829 section 5.3 as far as it concerns us. What the client has not offered on a line
// is not in the answer to it, because Firefox then refuses the whole, and the numbers are the client's. What concerns the one
// connection stands in the first line only, RFC 8843 section 7.3: a slow line has fifty of them to carry.
func (l *local) describe(d *description) string {
	w := &writer{}
	w.line("v=0")
	w.line("o=- %d %d IN IP4 127.0.0.1", l.session, l.version)
	w.line("s=-")
	w.line("c=IN IP4 0.0.0.0")
	w.line("t=0 0")
	w.text.WriteString("a=group:BUNDLE")
	for _, s := range d.sections {
		w.text.WriteString(" " + s.Mid)
	}
	w.line("")
	w.line("a=msid-semantic:WMS *")
	for i, s := range d.sections {
		w.section(&s)
		if i == 0 {
			l.transport(w, d)
		}
		if s.receiving {
			at := slices.IndexFunc(l.slots, func(to *slot) bool { return to.line.Mid == s.Mid })
			w.slot(l.slots[at])
		}
	}
	return w.text.String()
}

// transport writes how to reach us.
func (l *local) transport(w *writer, d *description) {
	w.line("a=ice-ufrag:%s", l.ufrag)
	w.line("a=ice-pwd:%s", l.pwd)
	w.line("a=fingerprint:%s", l.fingerprint)
	if d.passive() {
		w.line("a=setup:active")
	} else {
		w.line("a=setup:passive")
	}
	for _, c := range l.candidates {
		w.line("a=candidate:%s", c)
	}
	w.line("a=end-of-candidates")
}

// writer writes lines as RFC 8866 section 5 ends them.
type writer struct {
	text strings.Builder
}

func (w *writer) line(format string, values ...any) {
	fmt.Fprintf(&w.text, format+"\r\n", values...)
}

// section writes a line: our choice of what the client has offered on it.
func (w *writer) section(s *section) {
	w.text.WriteString("m=" + string(s.Kind) + " 9 " + s.protocol)
	for _, t := range s.order {
		w.text.WriteString(" " + strconv.Itoa(int(t)))
	}
	w.line("")
	w.line("a=mid:%s", s.Mid)
	w.line("a=rtcp-mux")
	if s.smallRTCP {
		w.line("a=rtcp-rsize")
	}
	if s.receiving {
		w.line("a=sendonly")
	} else {
		w.line("a=recvonly")
	}
	for _, t := range s.order {
		w.format(s, t)
	}
	for _, f := range s.feedback {
		w.line("a=rtcp-fb:%s", f)
	}
	for _, e := range s.maps {
		if e.direction != "" {
			w.line("a=extmap:%d/%s %s", e.id, e.direction, e.uri)
		} else {
			w.line("a=extmap:%d %s", e.id, e.uri)
		}
	}
	if s.ptime != 0 && !s.receiving {
		w.line("a=ptime:%d", s.ptime)
	}
	if s.rids != nil {
		for _, rid := range s.rids {
			w.line("a=rid:%s recv", rid)
		}
		w.line("a=simulcast:recv %s", s.simulcast)
	}
}

func (w *writer) format(s *section, t uint8) {
	switch f := s.formats; t {
	case f.opus:
		w.line("a=rtpmap:%d opus/48000/2", t)
		if s.receiving {
			w.line("a=fmtp:%d %s", t, opusSends)
		} else {
			w.line("a=fmtp:%d %s", t, opusWants)
		}
	case f.red:
		w.line("a=rtpmap:%d red/48000/2", t)
		w.line("a=fmtp:%d %d/%[2]d", t, f.opus)
	case f.vp8:
		w.line("a=rtpmap:%d VP8/90000", t)
	case f.rtx:
		w.line("a=rtpmap:%d rtx/90000", t)
		w.line("a=fmtp:%d apt=%d", t, f.vp8)
	}
}

// slot writes by what the client knows the packets of a slot. The sound and the picture of one number have one stream and
// one name, so that a browser keeps them in step.
func (w *writer) slot(s *slot) {
	w.line("a=msid:%s %[1]s%s", s.stream, s.line.Kind)
	if s.repairSSRC != 0 {
		w.line("a=ssrc-group:FID %d %d", s.ssrc, s.repairSSRC)
	}
	w.line("a=ssrc:%d cname:%s", s.ssrc, s.stream)
	if s.repairSSRC != 0 {
		w.line("a=ssrc:%d cname:%s", s.repairSSRC, s.stream)
	}
}
