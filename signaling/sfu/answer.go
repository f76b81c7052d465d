package sfu

import (
	"context"
	"fmt"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
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
	offered, err := readOffer(o, p.offered)
	if err != nil {
		return Answer{}, err
	}
	own, candidates, err := p.connect(ctx, offered)
	switch {
	case p.closed.Load():
		return Answer{}, ErrClosed
	case err != nil:
		return Answer{}, err
	}
	restarted := p.offered != nil && p.offered.credentials != offered.credentials
	slots := p.open(offered.sections)
	p.offered = offered
	p.wire(offered.sections)
	p.uplink.offer(offered.sections)
	if p.config.Echo {
		p.echo()
	}
	p.expect()
	if restarted {
		p.refresh()
	}
	p.answers++
	text := local{
		session: p.session, version: p.answers, ufrag: own.Ufrag, pwd: own.Password, fingerprint: p.server.port.Fingerprint(),
		candidates: candidates, slots: slots,
	}
	answer := Answer{SDP: text.describe(offered)}
	for _, s := range offered.sections {
		if s.receiving {
			answer.Slots = append(answer.Slots, s.Line)
		}
	}
	return answer, nil
}

// connect begins the connection, or restarts ICE, or does nothing, as the offer demands. It returns our side of ICE.
func (p *Peer) connect(ctx context.Context, offered *description) (link.Credentials, []string, error) {
	if p.offered != nil && p.offered.credentials != offered.credentials {
		own, candidates, err := p.conn.Restart(ctx, offered.credentials)
		if err != nil {
			return own, nil, fmt.Errorf("sfu: restart ICE: %w", err)
		}
		return own, candidates, nil
	}
	own, candidates, err := p.conn.Local(ctx)
	if err != nil {
		return own, nil, fmt.Errorf("sfu: gather addresses: %w", err)
	}
	if p.offered == nil {
		if err := p.conn.Start(offered.credentials, offered.fingerprint, offered.passive()); err != nil {
			return own, nil, fmt.Errorf("sfu: begin the connection: %w", err)
		}
	}
	return own, candidates, nil
}

// open makes slots and sources for the lines that are new, and returns all slots.
func (p *Peer) open(sections []section) []*slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := map[Kind]int{}
	for _, each := range p.slots {
		count[each.line.Kind]++
	}
	for _, s := range sections {
		switch {
		case s.receiving && p.slot(s.Mid) == nil:
			p.slots = append(p.slots, newSlot(p, s, count[s.Kind]))
			count[s.Kind]++
		case !s.receiving && p.source(s.content) == nil:
			p.sources = append(p.sources, newSource(p, s))
		}
	}
	return p.slots
}

// expect starts the time within which the first connection must come.
func (p *Peer) expect() {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	if p.state == StateNew && p.deadline.IsZero() {
		p.deadline = time.Now().Add(p.server.config.ConnectWithin)
	}
}
