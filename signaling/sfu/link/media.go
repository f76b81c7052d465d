package link

import "time"

// receive decrypts one packet of an authenticated address and hands it up.
func (c *Conn) receive(b *Batch, t *target, packet []byte, at time.Time) {
	s := c.session.Load()
	if s == nil || len(packet) < 12 || len(packet) > maxDatagram {
		return
	}
	c.receiving.Lock()
	defer c.receiving.Unlock()
	if c.shut {
		return
	}
	if control := packet[1] >= 192 && packet[1] < 224; control { // RFC 5761 section 4
		if plain, ok := s.openRTCP(packet, at); ok {
			c.heard(t, at)
			if c.handler.OnRTCP != nil {
				c.handler.OnRTCP(b, plain, at)
			}
		}
		return
	}
	if plain, ok := s.openRTP(packet, &b.spare, at); ok {
		c.heard(t, at)
		if c.handler.OnRTP != nil {
			c.handler.OnRTP(b, plain, at)
		}
	}
}

// rebound is how long the path we send by was silent when authenticated packets from another tell that the client has
// moved: a NAT gave it another port, and few clients nominate anew for that.
const rebound = time.Second

// heard takes note of an authenticated packet. It needs receiving.
func (c *Conn) heard(t *target, at time.Time) {
	now := at.UnixNano()
	t.last = now
	if to := c.target.Load(); t != to && now-max(to.last, to.heard.Load()) > int64(rebound) {
		c.target.Store(t)
	}
	if time.Duration(now-c.signed) < min(time.Second, c.port.config.DisconnectedWait/4) {
		return
	}
	c.signed = now
	t.heard.Store(now)
	// The agent does not see media: a line whose checks are lost while its media gets through is not disconnected.
	if pair := c.nominated.Load(); pair != nil {
		pair.pipe.push(indication, pair.origin())
	}
}

// SendRTP encrypts a packet into the batch; with b nil it is sent at once. header is a plain RTP header with its
// extensions, payload what follows, roc how often the sequence numbers of its SSRC have gone round. Nothing is sent
// before the handshake is done, after Close, or into a TCP connection that is full. It allocates nothing and never waits.
func (c *Conn) SendRTP(b *Batch, roc uint32, header, payload []byte) {
	s, t := c.session.Load(), c.target.Load()
	if s == nil || t == nil || c.closing.Load() || len(header) < 12 {
		return
	}
	n := len(header) + len(payload) + s.outRTP.overhead()
	if n > maxDatagram {
		return
	}
	if t.stream != nil {
		t.stream.sealRTP(s, n, roc, header, payload)
		return
	}
	if b == nil {
		b = c.port.batches.Get().(*Batch)
		defer c.port.release(b)
	}
	g := b.group(t, n)
	before := len(g.buf)
	g.buf = s.sealRTP(g.buf, &b.scratch, roc, header, payload)
	b.added(g, len(g.buf)-before)
}

// SendRTCP encrypts a compound into the batch, by the rules of SendRTP.
func (c *Conn) SendRTCP(b *Batch, compound []byte) {
	s, t := c.session.Load(), c.target.Load()
	if s == nil || t == nil || c.closing.Load() || len(compound) < rtcpHeader {
		return
	}
	n := len(compound) + s.outRTCP.overhead()
	if n > maxDatagram {
		return
	}
	if t.stream != nil {
		t.stream.sealRTCP(s, n, compound)
		return
	}
	if b == nil {
		b = c.port.batches.Get().(*Batch)
		defer c.port.release(b)
	}
	g := b.group(t, n)
	before := len(g.buf)
	g.buf = s.sealRTCP(g.buf, &b.scratch, compound)
	b.added(g, len(g.buf)-before)
}

// release sends a batch that was borrowed for one packet.
func (p *Port) release(b *Batch) {
	b.Flush()
	p.batches.Put(b)
}
