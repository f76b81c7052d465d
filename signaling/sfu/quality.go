package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// Downlink is what is sent to a client.
type Downlink struct {
	Step rate.Step
	Why  rate.Why
	Kbps int // what its line is thought to take
}

// strained is the step that the line forces: a person's own choice, and what a line carries that was never tried, are none.
func (d Downlink) strained() rate.Step {
	if d.Why == rate.Chosen || d.Why == rate.Fine {
		return rate.Full
	}
	return d.Step
}

// Quality is how a client's line serves it.
type Quality struct {
	// Score is what a person would think of the call, after the E-model of ITU-T G.107: 1 bad … 5 good, from the worse
	// direction's loss, the delay, and what is left out for the line's sake. It falls at once and recovers slowly. 0: not
	// connected yet; 1 while the connection is down.
	Score            float64
	DownLoss, UpLoss float64 // 0 … 1, of the last seconds
	RTT              time.Duration
	Path             string // "udp", "tcp" or "relay"; "": not connected yet
}

// Quality tells how the client's line serves it.
func (p *Peer) Quality() Quality {
	stands := p.stands()
	u := &p.uplink
	u.mu.Lock()
	defer u.mu.Unlock()
	q := u.quality
	if q.Path != "" && !stands {
		q.Score = 1
	}
	return q
}

// judge rates the last second.
func (u *uplink) judge(p *Peer, down Downlink) {
	loss, queue := p.egress.quality()
	q := Quality{DownLoss: loss, UpLoss: u.loss, RTT: time.Duration(p.trip.Load())}
	path := p.conn.Path()
	u.mu.Lock()
	defer u.mu.Unlock()
	q.Path = path.Network
	if path.Relay || u.report.Relay {
		q.Path = "relay"
	}
	q.Score = u.rating.Next(rate.Score(max(q.DownLoss, q.UpLoss), q.RTT+queue, max(down.strained(), u.advice.Step)))
	u.quality = q
}
