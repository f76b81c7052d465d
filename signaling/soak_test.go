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

// run lets things happen; after each those who stay still hear each other. In the end all leave.
func (c *churn) run(rounds int) error {
	defer c.leave()
	for i := range c.stay {
		var err error
		if c.stay[i], err = c.dial(i, "stays-here"); err != nil {
			return fmt.Errorf("%s: one who stays: %w", c.name, err)
		}
	}
	for range rounds {
		i := c.random.IntN(len(c.passing))
		a := acts[c.random.IntN(len(acts))]
		if a.here != (c.passing[i] != nil) {
			a = acts[0]
			if c.passing[i] != nil {
				continue
			}
		}
		if err := a.do(c, i); err != nil {
			return fmt.Errorf("%s: %s: %w", c.name, a.name, err)
		}
		for j, who := range c.stay {
			other := c.stay[1-j].State().Welcome.You.Key
			before := who.State()
			_, err := who.Wait(c.h.ctx, func(s client.State) bool {
				return s.From(other, signaling.SourceMicrophone).Packets > before.From(other, signaling.SourceMicrophone).Packets+3
			})
			if now := who.State(); err != nil || now.Peer != 1 || now.Resumed != 0 {
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
	const rooms, rounds = 3, 12
	h := open(t, 2*time.Second)
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute) // many waits, each of which ends by an event
	defer stop()
	h.ctx = ctx
	quiet := goleak.IgnoreCurrent()
	var alive [3]uint64
	for i := range alive {
		var group sync.WaitGroup
		for n := range rooms {
			group.Go(func() {
				c := &churn{h: h, name: fmt.Sprintf("room-%d", n), random: rand.New(rand.NewPCG(uint64(i), uint64(n)))}
				if err := c.run(rounds); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		h.eventually("an empty house", func() bool { return h.rooms.Running() == 0 })
		h.eventually("no goroutine that was not there before", func() bool { return goleak.Find(quiet) == nil })
		alive[i] = aliveNow()
	}
	// The first time fills buffers that are kept. What is left of one who has gone would be more than 100 kB.
	if grown := int64(alive[2]) - int64(alive[0]); grown > 1<<19 {
		t.Errorf("%d kB more after the third time than after the first: %v", grown>>10, alive)
	}
}

// aliveNow is what the heap holds without garbage, and without what is pooled for some collections.
func aliveNow() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
