package signaling_test

import (
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// TestLoad: what a load sends is what another one counts, in time and whole.
func TestLoad(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	var meter client.Meter
	begun := time.Now()
	a := h.enter(nurse, func(c *client.Config) { c.Load = &client.Load{Meter: &meter} })
	h.sees(a, "the server", func(s client.State) bool { return s.Media })
	b := h.enter(doctor, func(c *client.Config) { c.Load = &client.Load{Meter: &meter, Silent: true} })
	// Pictures come too, unless the machine is so busy that the server finds the line too weak for them.
	h.eventually("two seconds of sound", func() bool { return meter.Read().Sound.Received > 100 })
	r := meter.Read()
	if !a.FirstMedia().IsZero() || b.FirstMedia().Before(begun) {
		t.Errorf("first media at %v and %v", a.FirstMedia(), b.FirstMedia())
	}
	if r.Loss() > .2 || r.Sound.Bytes < 100*120 || r.Sent < r.Packets() {
		t.Errorf("loss %v, %d bytes, %d of %d sent", r.Loss(), r.Sight.Bytes, r.Packets(), r.Sent)
	}
	if took := r.Delay(.5); took <= 0 || took > 150*time.Millisecond {
		t.Errorf("half of it took %v", took)
	}
}
