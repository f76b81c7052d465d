package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

const (
	fewest      = 3 // in a room
	stayers     = 2 // of them for the whole time
	soakSeats   = 6
	actEvery    = 2 * time.Second // on average, in each room
	actWithin   = 20 * time.Second
	watchEvery  = 100 * time.Millisecond
	enoughSound = 5 // packets: it is no accident
)

// sitter is one seat of a room that is soaked. It belongs to the room's loop, or to the act that has it.
type sitter struct {
	seat   seat
	stays  bool
	device string
	client *client.Client // nil: away
	now    signaling.DeviceState
}

// act is what happens to a sitter. do returns how long it took until all was well again, without what was waited on purpose.
type act struct {
	name   string
	weight int
	may    func(s *sitter) bool
	do     func(ctx context.Context, r *churned, s *sitter, n uint64) (time.Duration, error)
}

func away(s *sitter) bool   { return s.client == nil }
func here(s *sitter) bool   { return s.client != nil }
func passes(s *sitter) bool { return s.client != nil && !s.stays }

var acts = []act{
	{"join", 4, away, join},
	{"leave", 2, passes, leaveRoom},
	{"vanish", 1, passes, vanish}, // the seat is kept for some time; who comes again comes on another device
	{"reload", 2, passes, reload},
	{"cut", 3, here, cut},
	{"restart", 2, here, restart},
	{"rebuild", 2, here, rebuild},
	{"mute", 2, passes, mute},
	{"look", 2, here, look},
	{"screen", 1, here, screen},
}

// outcome of an act.
type outcome struct {
	of   *sitter
	name string
	took time.Duration
	err  error
}

// churned is a room and its loop.
type churned struct {
	number  int
	random  *mathrand.Rand
	sitters []*sitter
	free    []*sitter // nothing happens to them
	entered int       // of those who stay
	done    chan outcome
	counts  map[string]*counted
	faults  []string
	gaps    [stayers]gap
}

// counted is how often something has happened.
type counted struct {
	Times    int     `json:"times"`
	Failed   int     `json:"failed"`
	LongestS float64 `json:"longest_seconds"`
	TotalS   float64 `json:"total_seconds"` // of those that did not fail
}

func (c *counted) add(o counted) {
	c.Times, c.Failed, c.TotalS, c.LongestS = c.Times+o.Times, c.Failed+o.Failed, c.TotalS+o.TotalS, max(c.LongestS, o.LongestS)
}

// gap watches what one of the two who stay hears of the other.
type gap struct {
	packets uint64
	since   time.Time // when the last of them came; zero: none has yet
	longest time.Duration
}

func (g *gap) heard(packets uint64, now time.Time) {
	switch {
	case packets > g.packets:
		if !g.since.IsZero() {
			g.longest = max(g.longest, now.Sub(g.since))
		}
		g.packets, g.since = packets, now
	case !g.since.IsZero():
		g.longest = max(g.longest, now.Sub(g.since))
	}
}

// churn lets people come, go and lose their lines until soaking ends; then it lets what has begun end, and all leave.
func (r *churned) churn(ctx, soaking context.Context) {
	watch, next := time.NewTicker(watchEvery), time.NewTimer(0)
	defer watch.Stop()
	defer next.Stop()
	for soaking.Err() == nil {
		select {
		case <-next.C:
			r.begin(ctx)
			next.Reset(actEvery/2 + time.Duration(r.random.Int64N(int64(actEvery))))
		case o := <-r.done:
			r.take(o)
		case now := <-watch.C:
			r.listen(now)
		case <-soaking.Done():
		}
	}
	for len(r.free) < len(r.sitters) {
		r.take(<-r.done) // each act ends by its own time
	}
	var clients []*client.Client
	for _, s := range r.sitters {
		clients = append(clients, s.client)
	}
	leave(ctx, clients)
}

// begin lets something happen to somebody to whom nothing happens yet: those who stay come first.
func (r *churned) begin(ctx context.Context) {
	i := slices.IndexFunc(r.free, func(s *sitter) bool { return s.stays && away(s) })
	if i < 0 {
		if len(r.free) == 0 {
			return
		}
		i = r.random.IntN(len(r.free))
	}
	s := r.free[i]
	all := 0
	may := func(a act) bool {
		return a.may(s) && (len(r.present()) > fewest || (a.name != "leave" && a.name != "vanish"))
	}
	for _, a := range acts {
		if may(a) {
			all += a.weight
		}
	}
	at := r.random.IntN(all)
	for _, a := range acts {
		if !may(a) {
			continue
		}
		if at -= a.weight; at < 0 {
			r.free = slices.Delete(r.free, i, i+1)
			n := r.random.Uint64()
			go func() { // ends by its own time; churn waits for what it says
				took, err := a.do(ctx, r, s, n)
				r.done <- outcome{of: s, name: a.name, took: took, err: err}
			}()
			return
		}
	}
}

// present are those who are in, as far as it is known while something happens to some of them.
func (r *churned) present() []*sitter {
	return slices.DeleteFunc(slices.Clone(r.free), away)
}

func (r *churned) take(o outcome) {
	r.free = append(r.free, o.of)
	if o.of.stays && o.name == "join" && here(o.of) {
		r.entered++
	}
	c := r.counts[o.name]
	if c == nil {
		c = &counted{}
		r.counts[o.name] = c
	}
	one := counted{Times: 1, LongestS: o.took.Seconds(), TotalS: o.took.Seconds()}
	if o.err != nil {
		one = counted{Times: 1, Failed: 1}
		r.faults = append(r.faults, fmt.Sprintf("room %d: %s: %v", r.number, o.name, o.err))
	}
	c.add(one)
}

// listen counts what those who stay hear of each other. After their join no act changes which client is theirs.
func (r *churned) listen(now time.Time) {
	if r.entered < stayers {
		return
	}
	a, b := r.sitters[0], r.sitters[1]
	r.gaps[0].heard(soundOf(a.client, b), now)
	r.gaps[1].heard(soundOf(b.client, a), now)
}

func soundOf(c *client.Client, of *sitter) uint64 {
	return c.State().From(of.client.State().Welcome.You.Key, signaling.SourceMicrophone).Packets
}

// sound is what comes of everybody.
func sound(s client.State) (packets uint64) {
	for _, r := range s.Received {
		if r.Source == signaling.SourceMicrophone {
			packets += r.Packets
		}
	}
	return packets
}

// well waits until the client is in, its connection stands, and, when others are, sound comes.
func well(ctx context.Context, c *client.Client, ok func(client.State) bool) error {
	ctx, cancel := context.WithTimeout(ctx, actWithin)
	defer cancel()
	before := sound(c.State())
	s, err := c.Wait(ctx, func(s client.State) bool {
		return s.In && s.Connected && s.Media && ok(s) && (len(s.Roster) < fewest || sound(s) >= before+enoughSound)
	})
	if err != nil {
		return fmt.Errorf("%w (in %t, socket %t, media %t, code %d, connection %d, %d answers)", err, s.In, s.Connected, s.Media, s.Code, s.Peer, s.Answers)
	}
	return nil
}

func always(client.State) bool { return true }

func join(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	var device [8]byte
	_, _ = rand.Read(device[:]) // crypto/rand never fails
	s.device = hex.EncodeToString(device[:])
	s.now = signaling.DeviceState{Muted: !s.stays && n%3 == 0, Camera: s.stays || n%5 < 3}
	return enterRoom(ctx, s, n)
}

func enterRoom(ctx context.Context, s *sitter, n uint64) (time.Duration, error) {
	config := s.seat.config()
	config.Device, config.Muted, config.NoCamera, config.Simulcast = s.device, s.now.Muted, !s.now.Camera, n%2 == 0
	begun := time.Now()
	dialling, cancel := context.WithTimeout(ctx, actWithin)
	defer cancel()
	c, err := client.Dial(dialling, config)
	if err != nil {
		s.client = nil
		return 0, err
	}
	s.client = c
	err = well(ctx, c, always)
	return time.Since(begun), err
}

func leaveRoom(ctx context.Context, _ *churned, s *sitter, _ uint64) (time.Duration, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, actWithin)
	defer cancel()
	err := s.client.Leave(ctx)
	s.client = nil
	return time.Since(begun), err
}

func vanish(_ context.Context, _ *churned, s *sitter, _ uint64) (time.Duration, error) {
	s.client.Close()
	s.client = nil
	return 0, nil
}

func reload(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	s.client.Close()
	return enterRoom(ctx, s, n)
}

// cut takes the socket away for 1 to 20 s; the connection for sound and pictures stands meanwhile.
func cut(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	before := s.client.State().Resumed
	s.client.Interrupt()
	wait(ctx, time.Second+time.Duration(n%19_000)*time.Millisecond)
	begun := time.Now()
	s.client.Return()
	err := well(ctx, s.client, func(s client.State) bool { return s.Resumed > before })
	return time.Since(begun), err
}

func restart(ctx context.Context, _ *churned, s *sitter, _ uint64) (time.Duration, error) {
	begun, before := time.Now(), s.client.State()
	s.client.Restart()
	err := well(ctx, s.client, func(s client.State) bool { return s.Answers > before.Answers || s.Peer > before.Peer })
	return time.Since(begun), err
}

func rebuild(ctx context.Context, _ *churned, s *sitter, _ uint64) (time.Duration, error) {
	begun, before := time.Now(), s.client.State().Peer
	s.client.Rebuild()
	err := well(ctx, s.client, func(s client.State) bool { return s.Peer > before })
	return time.Since(begun), err
}

func mute(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, actWithin)
	defer cancel()
	s.now = signaling.DeviceState{Muted: !s.now.Muted, Camera: n%2 == 0}
	return time.Since(begun), s.client.Switch(ctx, s.now)
}

// look shows the pictures in some order and size, or none of them.
func look(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, actWithin)
	defer cancel()
	v := signaling.View{Lines: []signaling.ViewLine{}, SoundOnly: n%7 == 0}
	for i, slot := range s.client.State().Slots {
		if slot.Source != signaling.SourceMicrophone && slot.State != signaling.SlotOff {
			v.Lines = append(v.Lines, signaling.ViewLine{Mid: slot.Mid, Height: []int{0, 90, 180, 360, 720}[(n>>i)%5]})
		}
	}
	return time.Since(begun), s.client.View(ctx, v)
}

// screen shares one for some seconds, unless another does.
func screen(ctx context.Context, _ *churned, s *sitter, n uint64) (time.Duration, error) {
	begun := time.Now()
	asking, cancel := context.WithTimeout(ctx, 2*actWithin)
	defer cancel()
	var refused *client.RefusedError
	if err := s.client.PublishScreen(asking); err != nil {
		if errors.As(err, &refused) && refused.Code == signaling.CodeScreenTaken {
			err = nil
		}
		return time.Since(begun), err
	}
	took := time.Since(begun)
	wait(ctx, time.Second+time.Duration(n%9_000)*time.Millisecond)
	return took, s.client.StopScreen(asking)
}
