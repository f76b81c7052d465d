package signaling_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

// churn is a room with two who stay and two to whom things happen. cmd/bot's --soak is the same for half an hour, from outside.
type churn struct {
	h       *house
	name    string
	random  *rand.Rand
	stay    [2]*client.Client
	passing [2]*client.Client // nil: away
}

// act is what may happen to one who passes; i says to whom.
type act struct {
	name string
	here bool // happens to who is in
	do   func(c *churn, i int) error
}

var acts = []act{
	{"join", false, func(c *churn, i int) (err error) {
		c.passing[i], err = c.dial(i+2, fmt.Sprintf("device-%04d", c.random.IntN(1000)))
		return err
	}},
	{"leave", true, func(c *churn, i int) error {
		err := c.passing[i].Leave(c.h.ctx)
		c.passing[i] = nil
		return err
	}},
	{"vanish", true, func(c *churn, i int) error {
		c.passing[i].Close()
		c.passing[i] = nil
		return nil
	}},
	{"reload", true, func(c *churn, i int) (err error) {
		device := fmt.Sprintf("device-%04d", c.random.IntN(1000))
		c.passing[i].Close()
		if c.passing[i], err = c.dial(i+2, device); err != nil {
			return err
		}
		c.passing[i].Close()
		c.passing[i], err = c.dial(i+2, device)
		return err
	}},
	{"cut", true, func(c *churn, i int) error {
		before := c.passing[i].State()
		c.passing[i].Interrupt()
		c.passing[i].Return()
		return c.well(c.passing[i], func(s client.State) bool {
			return s.Resumed > before.Resumed || s.Welcome.Session != before.Welcome.Session // too late on a slow machine
		})
	}},
	{"restart", true, func(c *churn, i int) error {
		before := c.passing[i].State()
		c.passing[i].Restart()
		return c.well(c.passing[i], func(s client.State) bool { return s.Answers > before.Answers || s.Peer > before.Peer })
	}},
	{"rebuild", true, func(c *churn, i int) error {
		before := c.passing[i].State().Peer
		c.passing[i].Rebuild()
		return c.well(c.passing[i], func(s client.State) bool { return s.Peer > before })
	}},
	{"mute", true, func(c *churn, i int) error {
		return c.passing[i].Switch(c.h.ctx, signaling.DeviceState{Muted: c.random.IntN(2) == 0, Camera: c.random.IntN(2) == 0})
	}},
	{"share", true, func(c *churn, i int) error {
		var refused *client.RefusedError
		if err := c.passing[i].PublishScreen(c.h.ctx); errors.As(err, &refused) && refused.Code == signaling.CodeScreenTaken {
			return nil
		} else if err != nil {
			return err
		}
		who := c.passing[i].State().Welcome.You.Key
		if _, err := c.stay[0].Wait(c.h.ctx, func(s client.State) bool { return s.From(who, signaling.SourceScreen).Packets > 0 }); err != nil {
			return err
		}
		return c.passing[i].StopScreen(c.h.ctx)
	}},
}

func (c *churn) dial(person int, device string) (*client.Client, error) {
	config := c.h.config(signaling.Member{Key: fmt.Sprintf("%s-%d", c.name, person), Name: "Somebody", Host: true})
	config.Conference, config.Device, config.Simulcast = c.name, device, person%2 == 0
	joined, err := client.Dial(c.h.ctx, config)
	if err != nil {
		return nil, err
	}
	return joined, c.well(joined, func(client.State) bool { return true })
}

// well waits until a client is in and hears something.
func (c *churn) well(who *client.Client, ok func(client.State) bool) error {
	before := heardBy(who)
	_, err := who.Wait(c.h.ctx, func(s client.State) bool {
		return s.In && s.Connected && s.Media && ok(s) && (len(s.Roster) < 2 || heardBy(who) > before+3)
	})
	return err
}

func heardBy(c *client.Client) (packets uint64) {
	for _, r := range c.State().Received {
		packets += r.Packets
	}
	return packets
}

// happen lets things happen, and after each those who stay still hear each other, over the line they came by. Then all leave.
func (c *churn) happen(times int) error {
	defer c.leave()
	for i := range c.stay {
		var err error
		if c.stay[i], err = c.dial(i, "stays-here"); err != nil {
			return fmt.Errorf("%s: one who stays: %w", c.name, err)
		}
	}
	for range times {
		i := c.random.IntN(len(c.passing))
		a := acts[c.random.IntN(len(acts))]
		if c.passing[i] == nil {
			a = acts[0]
		} else if !a.here {
			continue
		}
		if err := a.do(c, i); err != nil {
			return fmt.Errorf("%s: %s: %w", c.name, a.name, err)
		}
		for j, who := range c.stay {
			other := c.stay[1-j].State().Welcome.You.Key
			before := who.State().From(other, signaling.SourceMicrophone).Packets
			now, err := who.Wait(c.h.ctx, func(s client.State) bool { return s.From(other, signaling.SourceMicrophone).Packets > before+3 })
			if err != nil || now.Peer != 1 || now.Resumed != 0 {
				return fmt.Errorf("%s: after %s one who stays: %w; %d connections, %d resumed", c.name, a.name, err, now.Peer, now.Resumed)
			}
		}
	}
	return nil
}

func (c *churn) leave() {
	for _, each := range []**client.Client{&c.stay[0], &c.stay[1], &c.passing[0], &c.passing[1]} {
		if *each != nil {
			_ = (*each).Leave(c.h.ctx) // who could not come in is out
			*each = nil
		}
	}
}

// TestChurn: however often people come, go, reload, and lose sockets and lines, those who stay hear each other, and when all
// are gone no goroutine and no memory of them is left, while the house stays open. It is not parallel: it counts.
func TestChurn(t *testing.T) {
	const rooms, times = 3, 12
	h := open(t, time.Second)
	ctx, stop := context.WithTimeout(context.Background(), 4*patience) // many waits, each of which ends by an event
	defer stop()
	h.ctx = ctx
	before := goleak.IgnoreCurrent()
	var alive [2]uint64
	for i := range alive {
		var group sync.WaitGroup
		for n := range rooms {
			group.Go(func() {
				c := &churn{h: h, name: fmt.Sprintf("room-%d", n), random: rand.New(rand.NewPCG(uint64(i), uint64(n)))}
				if err := c.happen(times); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		h.eventually("an empty house", func() bool { return h.rooms.Running() == 0 })
		h.eventually("no goroutine that was not there before", func() bool { return goleak.Find(before) == nil })
		alive[i] = aliveNow()
	}
	// The first time fills buffers that are kept. What is left of one who has gone would be more than 100 kB.
	if grown := int64(alive[1]) - int64(alive[0]); grown > 1<<19 {
		t.Errorf("%d kB more after the second time: %v", grown>>10, alive)
	}
}

// aliveNow is what the heap holds without garbage, and without what is pooled for two collections.
func aliveNow() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestNeedGrowsMeanwhile: whoever comes back after others came has as many lines as are needed, and can go on to offer.
func TestNeedGrowsMeanwhile(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a := h.enter(nurse)
	h.sees(a, "the connection", func(s client.State) bool { return s.Media })
	a.Interrupt()
	for i := range 6 {
		m := doctor
		m.Key = fmt.Sprint("p-", i)
		h.enter(m, func(c *client.Config) { c.NoCamera = true })
	}
	a.Return()
	s := h.sees(a, "everybody", func(s client.State) bool {
		for i := range 6 {
			if s.From(fmt.Sprint("p-", i), signaling.SourceMicrophone).Packets < 3 {
				return false
			}
		}
		return true
	})
	a.Restart()
	s = h.sees(a, "another answer", func(now client.State) bool { return now.Answers > s.Answers && now.Media })
	if s.Peer != 1 || s.Resumed != 1 {
		t.Errorf("connection %d, resumed %d", s.Peer, s.Resumed)
	}
}
