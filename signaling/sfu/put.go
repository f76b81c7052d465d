package sfu

import (
	"fmt"
	"time"
)

// Source returns the peer's source of that content, nil when it publishes none. It is the same for the peer's whole life.
func (p *Peer) Source(c Content) *Source {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.source(c)
}

func (p *Peer) source(c Content) *Source {
	for _, src := range p.sources {
		if src.content == c {
			return src
		}
	}
	return nil
}

// Put lets a source of another peer appear on the slot with that mid, without a new offer; nil empties the slot.
// ErrClosed: this peer or the source's is.
func (p *Peer) Put(mid string, src *Source) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return ErrClosed
	}
	to := p.slot(mid)
	switch {
	case to == nil:
		return fmt.Errorf("sfu: no receiving line %q", mid)
	case src != nil && src.kind != to.line.Kind:
		return fmt.Errorf("sfu: %s on %s line %q", src.kind, to.line.Kind, mid)
	case src != nil && src.peer == p:
		return fmt.Errorf("sfu: the peer's own %s on its line %q", src.kind, mid)
	}
	return to.show(src)
}

// show puts a source on the slot, which may be none.
func (s *slot) show(src *Source) error {
	before := s.put(src)
	if before == src {
		return nil
	}
	if before != nil {
		before.detach(s)
	}
	if src == nil {
		return nil
	}
	if !src.attach(s) {
		s.release(src)
		return ErrClosed
	}
	src.askKeyFrame(nil, time.Now())
	return nil
}

func (p *Peer) slot(mid string) *slot {
	for _, each := range p.slots {
		if each.line.Mid == mid {
			return each
		}
	}
	return nil
}

// echo lets a peer that tests its line hear itself, once it sends and listens.
func (p *Peer) echo() {
	p.mu.Lock()
	defer p.mu.Unlock()
	src := p.source(Microphone)
	if src == nil || p.closed.Load() {
		return
	}
	for _, each := range p.slots {
		if each.line.Kind == Audio {
			_ = each.show(src) // a closed peer's test has ended
			return
		}
	}
}

// View says how a slot's picture is shown at the client.
type View struct {
	Mid    string
	Height int // device pixels; 0: not shown
}

// Show tells how the client shows the pictures, the most important first. A slot that is not named counts as the least
// important, 360 high. Before it is called all slots do.
func (p *Peer) Show(views []View) { p.egress.show(views) }

// SetSoundOnly is the person's own choice to be sent no pictures.
func (p *Peer) SetSoundOnly(on bool) { p.egress.setSoundOnly(on) }

// Paused reports whether a source is on the slot with that mid and its picture is held back, for the line's sake or by choice.
func (p *Peer) Paused(mid string) bool { return p.egress.paused(mid) }

// Downlink tells what is sent to the client.
func (p *Peer) Downlink() Downlink { return p.egress.downlink() }

// Loudness tells how loud the peer is: 0 silent … 127 loudest, the mean of what its microphone's packets have said in the
// last 400 ms (RFC 6464); 0 when nothing came.
func (p *Peer) Loudness() int {
	if src := p.Source(Microphone); src != nil {
		return src.loudness(time.Now())
	}
	return 0
}
