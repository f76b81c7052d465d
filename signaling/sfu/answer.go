package sfu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"
)

// Answer is the reply to an Offer.
type Answer struct {
	SDP   string
	Slots []Line // all receiving lines, in the order of the offer
}

// Answer takes an offer: the first, or a later one with new ICE credentials or more lines. ErrBadOffer: the peer stands as
// before. ErrClosed: the peer is. It waits for the server's own addresses and for other calls of Answer, both until ctx ends.
func (p *Peer) Answer(ctx context.Context, o Offer) (Answer, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("sfu: wait to answer: %w", ctx.Err())
	}
	defer func() { <-p.turn }()
	if p.closed.Load() {
		return Answer{}, ErrClosed
	}
	if p.broken {
		return Answer{}, fmt.Errorf("%w: the connection has failed", ErrBadOffer)
	}
	sections, err := readOffer(o, p.sections)
	if err != nil {
		return Answer{}, err
	}
	restarted := len(p.sections) > 0 && sections[0].ufrag != p.sections[0].ufrag
	if err := p.open(sections); err != nil {
		return Answer{}, err
	}
	text, err := p.negotiate(ctx, o.SDP)
	switch {
	case p.closed.Load():
		return Answer{}, ErrClosed
	case err != nil:
		return Answer{}, err
	}
	p.sections = sections
	p.wire(sections)
	p.expect()
	if restarted {
		p.refresh()
	}
	answer := Answer{SDP: askForDTX(text)}
	for _, s := range sections {
		if s.receiving {
			answer.Slots = append(answer.Slots, s.Line)
		}
	}
	return answer, nil
}

// open makes slots and sources for the lines that are new. A slot's line is known to pion by its mid from the beginning, so
// that no other line can take it.
func (p *Peer) open(sections []section) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := map[Kind]int{}
	for _, each := range p.slots {
		count[each.line.Kind]++
	}
	for _, s := range sections {
		if !s.receiving {
			if p.source(s.content) == nil {
				p.sources = append(p.sources, newSource(p, s.content))
			}
			continue
		}
		if p.slot(s.Mid) != nil {
			continue
		}
		to := newSlot(p, s.Line, count[s.Kind])
		count[s.Kind]++
		transceiver, err := p.pc.AddTransceiverFromTrack(to, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			return fmt.Errorf("sfu: new slot %q: %w", s.Mid, err)
		}
		if err := transceiver.SetMid(s.Mid); err != nil {
			return fmt.Errorf("sfu: new slot %q: %w", s.Mid, err)
		}
		p.slots = append(p.slots, to)
	}
	return nil
}

// negotiate lets pion answer. Pion cannot take an offer back, so one that passes readOffer and not pion ends the peer.
func (p *Peer) negotiate(ctx context.Context, offer string) (string, error) {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", p.breakOff("take the offer", err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", p.breakOff("make the answer", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return "", p.breakOff("take the answer", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", fmt.Errorf("sfu: gather addresses: %w", ctx.Err())
	}
	local := p.pc.LocalDescription()
	if local == nil {
		return "", ErrClosed
	}
	return local.SDP, nil
}

// breakOff fails the peer. The cause may quote the offer, so it goes no further.
func (p *Peer) breakOff(what string, err error) error {
	if p.closed.Load() || errors.Is(err, webrtc.ErrConnectionClosed) {
		return ErrClosed
	}
	p.broken = true
	p.fail()
	return fmt.Errorf("%w: could not %s", ErrBadOffer, what)
}

// wire tells the receiving goroutines which SSRC is what.
func (p *Peer) wire(sections []section) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &wiring{origins: map[uint32]origin{}, mids: map[string]*Source{}, slots: map[uint32]*slot{}}
	for _, s := range sections {
		if s.receiving {
			continue
		}
		src := p.source(s.content)
		w.mids[s.Mid] = src
		for ssrc, repair := range s.ssrcs {
			w.origins[ssrc] = origin{src, repair}
		}
		for payloadType := range s.rtx {
			w.repairTypes[payloadType] = true
		}
		w.ids.mid = max(w.ids.mid, s.ext[uriMid]) // one id in all bundled lines: RFC 8843 section 9.1
		w.ids.transport = max(w.ids.transport, s.ext[uriTransport])
		w.ids.level = max(w.ids.level, s.ext[uriAudioLevel])
	}
	for _, each := range p.slots {
		if ssrc := each.number(); ssrc != 0 {
			w.slots[ssrc] = each
		}
	}
	p.wiring.Store(w)
}

// expect starts the time within which the first connection must come.
func (p *Peer) expect() {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	if p.state == StateNew && p.deadline.IsZero() {
		p.deadline = time.Now().Add(p.server.config.ConnectWithin)
	}
}
