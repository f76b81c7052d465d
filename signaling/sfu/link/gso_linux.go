package link

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// controlSpace is what the segment size takes as a control message.
var controlSpace = unix.CmsgSpace(2)

// outbox is a batch's way out: one sendmmsg for everything, in which equal packets to one target in a row are segments of
// one message.
type outbox struct {
	socket   *socket
	messages []message // all of the same index belong together
	vectors  []unix.Iovec
	controls []byte
	runs     []run
	flush    func(fd uintptr) // made once
}

// run is what one message holds.
type run struct {
	g          *group
	at         int // in the group's buffer
	size, each int // each: the segments' length; 0: one packet
}

// send queues all groups for the socket, from the one given on, and sends them.
func (b *Batch) send(s *socket, first int) {
	if b.messages == nil {
		b.messages = make([]message, 0, sendAtOnce)
		b.vectors = make([]unix.Iovec, sendAtOnce)
		b.controls = make([]byte, sendAtOnce*controlSpace)
		b.runs = make([]run, 0, sendAtOnce)
		b.flush = b.sendAll
	}
	b.socket = s
	for _, g := range b.groups[first:b.used] {
		if g.queued || g.to.socket != s {
			continue
		}
		g.queued = true
		if g.to.conn.closing.Load() {
			continue // its address may be somebody else's soon
		}
		b.queue(g)
	}
	b.post()
}

// queue cuts a group into runs: packets of one length, of which the last may be shorter.
func (b *Batch) queue(g *group) {
	segments := b.port.segments.Load() && !g.to.plain.Load()
	at := 0
	for i := 0; i < len(g.sizes); {
		each, size, n := g.sizes[i], g.sizes[i], 1
		for segments && i+n < len(g.sizes) && n < maxSegments && g.sizes[i+n] <= each {
			size += g.sizes[i+n]
			n++
			if g.sizes[i+n-1] < each {
				break
			}
		}
		r := run{g: g, at: at, size: size}
		if n > 1 {
			r.each = each
		}
		b.put(r)
		at += size
		i += n
	}
}

func (b *Batch) put(r run) {
	if len(b.messages) == sendAtOnce {
		b.post()
	}
	i := len(b.messages)
	b.messages = b.messages[:i+1]
	b.runs = append(b.runs, r)
	v := &b.vectors[i]
	v.Base = &r.g.buf[r.at]
	v.SetLen(r.size)
	m := &b.messages[i]
	m.Name, m.Namelen = &r.g.to.name.raw[0], r.g.to.name.n
	m.Iov = v
	m.SetIovlen(1)
	if r.each == 0 {
		return
	}
	control := b.controls[i*controlSpace:][:controlSpace]
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	h.Level, h.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
	h.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(control[unix.CmsgLen(0):], uint16(r.each))
	m.Control = &control[0]
	m.SetControllen(controlSpace)
}

// post sends what is queued.
func (b *Batch) post() {
	if len(b.messages) > 0 {
		_ = b.socket.fast.raw.Control(b.flush) // fails only when the socket is closed
	}
	clear(b.runs)
	clear(b.messages) // their names are parts of targets, which keep whole lines from being forgotten
	b.messages, b.runs = b.messages[:0], b.runs[:0]
}

// sendAll sends all messages. The system stops at one it cannot send; only that one is lost, or sent in single packets
// when it was the segments that it did not like.
func (b *Batch) sendAll(fd uintptr) {
	for at := 0; at < len(b.messages); {
		n, err := b.system(fd, b.messages[at:])
		at += n
		if err == nil {
			continue
		}
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case full(err):
			return
		}
		if r := b.runs[at]; r.each > 0 {
			b.refused(err, r.g.to)
			b.sendSingly(fd, at)
		}
		at++
	}
}

func full(err error) bool { return errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENOBUFS) }

func (b *Batch) system(fd uintptr, messages []message) (int, error) {
	if b.port.config.sendmmsg != nil {
		return b.port.config.sendmmsg(fd, messages)
	}
	return systemSendmmsg(fd, messages)
}

// refused remembers what takes no segments: the system, when its interface computes no checksums, or a path of too small
// an MTU (EMSGSIZE, on older kernels EINVAL).
func (b *Batch) refused(err error, t *target) {
	switch {
	case errors.Is(err, unix.EIO):
		b.port.segments.Store(false)
	case errors.Is(err, unix.EMSGSIZE), errors.Is(err, unix.EINVAL):
		t.plain.Store(true)
	}
}

// sendSingly sends the packets of a message one by one. The message's own slot is used for it.
func (b *Batch) sendSingly(fd uintptr, at int) {
	r, one, v := b.runs[at], b.messages[at:at+1], &b.vectors[at]
	one[0].Control = nil
	one[0].SetControllen(0)
	for done := 0; done < r.size; {
		size := min(r.each, r.size-done)
		v.Base = &r.g.buf[r.at+done]
		v.SetLen(size)
		_, err := b.system(fd, one)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil && full(err) {
			return
		}
		done += size
	}
}
