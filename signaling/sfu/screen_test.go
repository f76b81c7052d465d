package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// share publishes a screen beside what the client publishes, and returns its track.
func (c *client) share() *track {
	c.t.Helper()
	c.publish(Screen)
	c.negotiate(c.offer(nil))
	return c.sends[Screen]
}

// asksForKeyFrame waits until the server asks for one.
func (w *track) asksForKeyFrame(t *testing.T) {
	t.Helper()
	for p := range arrivals(t, w.asked, "request for a key frame") {
		if pli, ok := p.(*rtcp.PictureLossIndication); ok && pli.MediaSSRC == w.ssrc {
			return
		}
	}
}

func TestScreenBesideCamera(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, nil, 2).join()
	camera := a.peer.Source(Camera)
	b.put(b.mid(Video, 0), camera)
	f := &film{from: a}
	f.frame(t, true)
	face := b.next(b.mid(Video, 0))

	page := a.share()
	screen := a.peer.Source(Screen)
	if screen == nil || screen == camera || a.peer.Source(Camera) != camera {
		t.Fatal("the screen is no source of its own")
	}
	mid := b.mid(Video, 1)
	b.put(mid, screen)
	page.write(t, 7, 0, frame(false, 1, 1, 0xee), nil) // nothing to build on
	page.asksForKeyFrame(t)
	page.write(t, 8, 3000, frame(true, 2, 2, 0xee), nil)
	first := b.next(mid)
	if !startsKeyFrame(first.Payload) || first.Payload[6] != 0xee {
		t.Fatalf("the screen begins with %x", first.Payload)
	}
	f.frame(t, false)
	follows(t, face, b.next(b.mid(Video, 0)), 90000*30)

	// A face may take the line of a screen that is no longer shared, and the other way round.
	b.put(mid, camera)
	b.put(b.mid(Video, 0), nil)
	f.frame(t, true)
	p := b.next(mid)
	follows(t, first, p, 90000*30)
	b.put(mid, screen)
	page.write(t, 9, 6000, frame(true, 3, 3, 0xee), nil)
	follows(t, p, b.next(mid), 90000*30)
}

// A large key frame that was mended late, or that another listener has just asked for, is begun with as it is.
func TestLargeKeyFrameIsReplayed(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Screen}, 0).join()
	early, late := newClient(t, s, nil, 1).join(), newClient(t, s, nil, 1).join()
	mid, out := early.mid(Video, 0), a.sends[Screen]
	early.put(mid, a.peer.Source(Screen))
	const packets = 150 // more than is replayed of a camera, and no more than a socket takes at once
	for i := range packets {
		payload := frame(i == 0, 1, 1, byte(i))
		if i > 0 {
			payload[0] &^= 0x10 // not the start of a partition
		}
		out.write(t, uint16(i), 0, payload, nil)
		early.next(mid)
	}
	late.put(late.mid(Video, 0), a.peer.Source(Screen))
	out.write(t, packets, 3000, frame(false, 2, 2), nil)
	for i := range packets + 1 {
		p := late.next(late.mid(Video, 0))
		if startsKeyFrame(p.Payload) != (i == 0) || i < packets && p.Payload[6] != byte(i) {
			t.Fatalf("packet %d: %x", i, p.Payload)
		}
	}
}

// A camera from which nothing comes is off. A screen from which nothing comes may stand still, and whoever comes must see it.
func TestStillScreenIsAskedForKeyFrames(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Camera, Screen}, 0).join()
	b := newClient(t, s, nil, 2).join()
	asks := func(content Content, later time.Duration) bool {
		src := a.peer.Source(content)
		src.mu.Lock()
		defer src.mu.Unlock()
		l := &src.layers[0]
		l.wantsKey, l.askedKey = true, time.Time{}
		return src.mayAskKey(0, l.lastAt.Add(later))
	}
	check := func(name string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	b.put(b.mid(Video, 1), a.peer.Source(Screen))
	check("before anything has come", asks(Screen, time.Hour), false)
	for i, content := range []Content{Camera, Screen} {
		b.put(b.mid(Video, i), a.peer.Source(content))
		a.sends[content].write(t, 1, 0, frame(true, 1, 1), nil)
		b.next(b.mid(Video, i))
		check("soon", asks(content, time.Second), true)
	}
	check("a camera in a minute", asks(Camera, time.Minute), false)
	check("a screen in a minute", asks(Screen, time.Minute), true)
	b.put(b.mid(Video, 1), nil)
	check("a screen that nobody sees", asks(Screen, time.Minute), false)
}
