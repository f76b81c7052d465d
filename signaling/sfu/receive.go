package sfu

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
)

// wiring says what the SSRCs of a peer are. It is replaced as a whole after every answer.
type wiring struct {
	ids   extensions
	lines map[string]*incoming // by mid
	slots map[uint32]*slot     // by the SSRC we send with

	// known holds declared SSRCs, and those that packets have named. It is replaced as a whole.
	known atomic.Pointer[map[uint32]origin]
	mu    sync.Mutex // of who learns
	room  int        // how many more may be learned
}

// incoming is a line on which the client sends.
type incoming struct {
	mid     string
	source  *Source
	formats formats
	rids    []string
}

// origin is what an SSRC is.
type origin struct {
	line   *incoming
	layer  int
	repair bool // RFC 4588
}

// maxLearned bounds the SSRCs that are not declared; a browser with three encodings and their repairs needs seven.
const maxLearned = 64

// wire tells the receiving goroutines which SSRC is what.
func (p *Peer) wire(sections []section) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &wiring{lines: map[string]*incoming{}, slots: map[uint32]*slot{}, room: maxLearned}
	known := map[uint32]origin{}
	for _, s := range sections {
		w.ids.add(s.ext)
		if s.receiving {
			continue
		}
		line := &incoming{mid: s.Mid, source: p.source(s.content), formats: s.formats, rids: s.rids}
		if s.content == Camera {
			line.source.declare(s)
		}
		w.lines[s.Mid] = line
		if len(s.rids) > 0 {
			continue // which encoding an SSRC is of only its packets say
		}
		for ssrc, repair := range s.ssrcs {
			known[ssrc] = origin{line: line, repair: repair}
		}
	}
	for _, each := range p.slots {
		w.slots[each.ssrc] = each
	}
	w.inherit(p.wiring.Load(), known)
	w.known.Store(&known)
	p.wiring.Store(w)
}

// inherit takes over what packets have told: a client says it only until it knows that it was heard.
func (w *wiring) inherit(before *wiring, known map[uint32]origin) {
	if before == nil {
		return
	}
	for ssrc, o := range *before.known.Load() {
		line := w.lines[o.line.mid]
		if _, declared := known[ssrc]; declared || line == nil {
			continue
		}
		o.line = line
		known[ssrc] = o
		w.room--
	}
}

// add takes the ids of a line: one id means the same in all bundled lines, RFC 8843 section 9.1.
func (e *extensions) add(other extensions) {
	e.mid = max(e.mid, other.mid)
	e.rid = max(e.rid, other.rid)
	e.repairedRid = max(e.repairedRid, other.repairedRid)
	e.transport = max(e.transport, other.transport)
	e.level = max(e.level, other.level)
}

// receive is the hot path: a packet from the client goes to its source and on to all slots.
func (p *Peer) receive(b *link.Batch, raw []byte, now time.Time) {
	w := p.wiring.Load()
	if w == nil || p.closed.Load() {
		return
	}
	h, ok := readHeader(raw, w.ids)
	if !ok || len(h.payload) > maxPayload {
		return
	}
	if h.hasTransport {
		p.arrived(h.transport, len(raw), now)
	}
	o, ok := (*w.known.Load())[h.ssrc]
	if !ok {
		if o, ok = w.learn(&h); !ok {
			return
		}
	}
	f := &o.line.formats
	switch h.payloadType {
	case f.rtx:
		if f.rtx == 0 || len(h.payload) < 2 { // bandwidth is being probed
			return
		}
		o.repair = true
		h.seq, h.payload = uint16(h.payload[0])<<8|uint16(h.payload[1]), h.payload[2:] // RFC 4588 section 4
	case f.opus, f.red, f.vp8:
		if o.repair || h.payloadType == 0 {
			return
		}
	default:
		return
	}
	o.line.source.accept(b, o, &h, now)
}

// learn finds out what an SSRC is that was not declared, by what its packet says, and remembers it.
func (w *wiring) learn(h *header) (origin, bool) {
	line := w.lines[string(h.mid)]
	if line == nil {
		return origin{}, false
	}
	o := origin{line: line, repair: line.formats.rtx != 0 && h.payloadType == line.formats.rtx}
	if len(line.rids) > 0 {
		name := h.rid
		if o.repair {
			name = h.repaired
		}
		if o.layer = slices.Index(line.rids, string(name)); o.layer < 0 || o.layer >= maxLayers {
			return origin{}, false
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.room > 0 {
		w.room--
		known := maps.Clone(*w.known.Load())
		known[h.ssrc] = o
		w.known.Store(&known)
	}
	return o, true
}
