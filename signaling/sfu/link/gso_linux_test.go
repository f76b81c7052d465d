package link

import (
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSegments(t *testing.T) {
	var messages, segmented atomic.Int32
	count := func(fd uintptr, m []message) (int, error) {
		for i := range m {
			messages.Add(1)
			if m[i].Controllen > 0 {
				segmented.Add(1)
			}
		}
		return systemSendmmsg(fd, m)
	}
	p := open(t, func(c *Config) { c.sendmmsg = count })
	if !p.segments.Load() {
		t.Skip("this system sends no segments")
	}
	r := newReceiver(t, p, "127.0.0.1:0")
	b := p.Batch()
	for _, size := range sizes {
		r.send(b, size)
	}
	b.Flush()
	r.expects(sizes...)
	// 3x1000 with 400; 1000; 2x1200 with 60; 60; 61 with 60; 2x1100
	if messages.Load() != 6 || segmented.Load() != 4 {
		t.Errorf("%d messages, %d of segments", messages.Load(), segmented.Load())
	}
}

// TestSegmentsRefused has the system refuse in all the ways it may.
func TestSegmentsRefused(t *testing.T) {
	test := func(name string, errno error, system, target bool) {
		t.Run(name, func(t *testing.T) {
			refuse := func(fd uintptr, m []message) (int, error) {
				for i := range m {
					if m[i].Controllen > 0 {
						if i > 0 {
							return systemSendmmsg(fd, m[:i])
						}
						return 0, errno
					}
				}
				return systemSendmmsg(fd, m)
			}
			p := open(t, func(c *Config) { c.sendmmsg = refuse })
			if !p.segments.Load() {
				t.Skip("this system sends no segments")
			}
			r, other := newReceiver(t, p, "127.0.0.1:0"), newReceiver(t, p, "127.0.0.1:0")
			b := p.Batch()
			for _, size := range sizes {
				r.send(b, size)
				other.send(b, size)
			}
			b.Flush()
			r.expects(sizes...)
			other.expects(sizes...)
			if got := p.segments.Load(); got != system {
				t.Errorf("segments for all: %t", got)
			}
			if got := !r.conn.target.Load().plain.Load(); got != target {
				t.Errorf("segments for the target: %t", got)
			}
		})
	}
	test("no_checksums", unix.EIO, false, true)
	test("small_mtu", unix.EMSGSIZE, true, false)
	test("old_kernel", unix.EINVAL, true, false)
}

// TestSendFails loses only what cannot be sent, and never waits.
func TestSendFails(t *testing.T) {
	var failing atomic.Pointer[error]
	fail := func(fd uintptr, m []message) (int, error) {
		if err := failing.Swap(nil); err != nil {
			return 0, *err
		}
		return systemSendmmsg(fd, m)
	}
	with := func(name string, err error, arrive bool) {
		t.Run(name, func(t *testing.T) {
			p := open(t, func(c *Config) { c.sendmmsg = fail })
			first, second := newReceiver(t, p, "127.0.0.1:0"), newReceiver(t, p, "127.0.0.1:0")
			b := p.Batch()
			first.send(b, 10)
			second.send(b, 10)
			failing.Store(&err)
			b.Flush()
			first.send(b, 20)
			second.send(b, 20)
			b.Flush()
			if seq, _ := first.gets(); err != unix.EINTR && seq != 2 {
				t.Errorf("the first got packet %d", seq)
			}
			if seq, _ := second.gets(); (seq == 1) != arrive {
				t.Errorf("the second got packet %d", seq)
			}
		})
	}
	with("forbidden", unix.EPERM, true)
	with("interrupted", unix.EINTR, true)
	with("full", unix.EAGAIN, false)
	with("no_buffers", unix.ENOBUFS, false)
}

// TestFullSocket fills the socket's own buffer for real: what does not fit is dropped.
func TestFullSocket(t *testing.T) {
	p := open(t, nil)
	_ = p.sockets[0].conn.SetWriteBuffer(4096)
	r := newReceiver(t, p, "127.0.0.1:0")
	_ = r.udp.SetReadBuffer(4096)
	b := p.Batch()
	for range 5000 {
		r.send(b, 1200)
	}
	b.Flush() // ends
	if seq, _ := r.gets(); seq != 1 {
		t.Errorf("packet %d first", seq)
	}
}
