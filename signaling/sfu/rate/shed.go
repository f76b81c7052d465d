package rate

import "time"

// bucket is how much may go. Two levels: at the rate for all, and at a faster pace for key frames, which borrow.
type bucket struct {
	rate   int // bit/s; 0: everything may go
	at     time.Time
	tokens float64 // bytes
	fast   float64
}

func (b *bucket) set(rate int, now time.Time) {
	b.refill(now)
	if b.rate == 0 {
		b.at, b.tokens, b.fast = now, gatherLeast, gatherLeast
	}
	if rate > b.rate {
		b.tokens = min(b.tokens, float64(rate)/8*burst.Seconds()) // what was saved is not spent at once as a probe begins
	}
	b.rate = rate
	if rate == 0 {
		b.tokens = 0
	}
}

// in is how many bytes go in d at the rate.
func (b *bucket) in(d time.Duration) float64 { return float64(b.rate) / 8 * d.Seconds() }

func (b *bucket) refill(now time.Time) {
	passed := now.Sub(b.at)
	if b.rate == 0 || passed <= 0 {
		return
	}
	b.at = now
	passed = min(passed, time.Second)
	most := max(b.in(gather), gatherLeast)
	b.tokens = min(b.tokens+b.in(passed), most)
	b.fast = min(b.fast+keyPace*b.in(passed), most)
}

func (b *bucket) allows(k Packet, now time.Time) bool {
	if b.rate == 0 {
		return true
	}
	b.refill(now)
	if k.Key && !k.Repair {
		return b.fast > 0 && b.tokens > -b.in(keyDebt)
	}
	return b.tokens > 0
}

func (b *bucket) charge(size int) {
	if b.rate == 0 {
		return
	}
	b.tokens = max(b.tokens-float64(size), -b.in(soundDebt))
	b.fast = max(b.fast-float64(size), -b.in(soundDebt))
}

// wait is how long bytes that wait need, what was borrowed included.
func (b *bucket) wait(bytes int) time.Duration {
	if b.rate == 0 {
		return 0
	}
	ahead := float64(bytes) + max(-b.tokens, 0)
	return time.Duration(ahead * 8 / float64(b.rate) * float64(time.Second))
}

// pick is the number of the packet to send next. Something waits. Within a stream the order is kept, so only the first
// packet of each is looked at; its repairs are no part of the order.
func (p *Pacer[T]) pick() uint32 {
	for p.ring[p.head%packetsMost].gone {
		p.head++
	}
	var seen uint64
	best, base := p.head, false
	first := true
	for n := p.head; n != p.tail; n++ {
		h := &p.ring[n%packetsMost]
		if h.gone {
			continue
		}
		if h.Repair {
			return n
		}
		if bit := uint64(1) << (h.Stream % streams); seen&bit == 0 {
			seen |= bit
			if first || !base && h.Temporal == 0 {
				best, base, first = n, h.Temporal == 0, false
			}
		}
	}
	return best
}

// take removes a packet from the queue.
func (p *Pacer[T]) take(h *held[T]) T {
	var none T
	v := h.value
	h.value, h.gone = none, true
	p.bytes -= h.Size
	p.packets--
	return v
}

// onItsWay: part of the packet's frame was sent.
func (p *Pacer[T]) onItsWay(h *held[T]) bool {
	s := &p.streams[h.Stream%streams]
	return s.begun && s.sending == h.Frame
}

// purge drops all packets that match.
func (p *Pacer[T]) purge(match func(*held[T]) bool) {
	for n := p.head; n != p.tail; n++ {
		if h := &p.ring[n%packetsMost]; !h.gone && match(h) {
			k := h.Packet
			p.drop(p.take(h), k)
		}
	}
}

// shed drops frames until the rest can go in time: the newest first, those no other frame needs before those of base
// layers. A frame of which part was sent is finished unless it is far too much.
func (p *Pacer[T]) shed() {
	for pass := range 3 {
		for n := p.tail; n != p.head && p.late(pass); n-- {
			h := &p.ring[(n-1)%packetsMost]
			if h.gone || pass < 2 && (h.Repair || p.onItsWay(h)) || pass == 0 && h.Temporal == 0 {
				continue
			}
			k := h.Packet
			if k.Repair {
				p.drop(p.take(h), k)
				continue
			}
			p.refuse(k)
			p.purge(func(o *held[T]) bool { return !o.Repair && o.Stream == k.Stream && o.Frame == k.Frame })
		}
	}
}

func (p *Pacer[T]) late(pass int) bool {
	most := waitMost
	if pass == 2 {
		most *= 2
	}
	return p.packets > 0 && p.bucket.wait(p.bytes) > most
}

// squeeze closes the gaps that packets taken out of turn have left, and reports whether there is room now.
func (p *Pacer[T]) squeeze() bool {
	to := p.head
	for n := p.head; n != p.tail; n++ {
		h := p.ring[n%packetsMost]
		p.ring[n%packetsMost] = held[T]{}
		if !h.gone {
			p.ring[to%packetsMost] = h
			to++
		}
	}
	p.tail = to
	return int(p.tail-p.head) < packetsMost
}
