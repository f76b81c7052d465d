package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// shape is who is in which room.
type shape struct {
	name    string
	rooms   int
	people  int // in each
	senders int // of them
}

var shapes = []shape{
	{"1x4", 1, 4, 4},
	{"1x8", 1, 8, 8},
	{"4x4", 4, 4, 4},
	{"1to20", 1, 21, 1},
}

// Packets a second of a sender, without what a key frame has more; see client.Load.
const sentPerSecond = 50 + 125

// expected is how many packets a second the server forwards in a room.
func (s shape) expected() float64 {
	return float64(s.senders*(s.people-1)) * sentPerSecond
}

func findShape(name string) (shape, error) {
	for _, s := range shapes {
		if s.name == name {
			return s, nil
		}
	}
	return shape{}, fmt.Errorf("--shape is one of %s", shapeNames())
}

func shapeNames() string {
	var names []string
	for _, s := range shapes {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

const (
	firstWithin = 15 * time.Second // from joining to the first packet
	warmEnough  = 0.98             // of what is expected comes: the server has found out what the lines carry
	warmEvery   = time.Second
)

// measured is what --shape prints.
type measured struct {
	Shape     string  `json:"shape"`
	Rooms     int     `json:"rooms"`
	People    int     `json:"people"`
	Seconds   float64 `json:"seconds"`
	Warm      float64 `json:"warm_seconds"` // until all was forwarded
	Full      bool    `json:"full"`         // all was, by then
	PerSecond float64 `json:"forwarded_per_second"`
	Expected  float64 `json:"expected_per_second"` // key frames come on top
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	SoundP99  float64 `json:"sound_p99_ms"`
	Loss      float64 `json:"loss"`
	SoundLoss float64 `json:"sound_loss"`
	Repairs   uint64  `json:"repairs"`
	JoinP50   float64 `json:"join_p50_ms"` // from opening the socket to the first packet of somebody
	JoinP95   float64 `json:"join_p95_ms"`
	LoadCPU   float64 `json:"load_cpu_seconds"` // of this program
	Server    *cost   `json:"server,omitempty"` // nil: without --pid
}

// cost is what the server has used.
type cost struct {
	CPU         float64 `json:"cpu_seconds"`
	PerMillion  float64 `json:"cpu_seconds_per_million"` // forwarded packets; so microseconds each
	PerCPU      float64 `json:"forwarded_per_cpu_second"`
	RestMB      float64 `json:"rest_mb"` // resident before anybody came
	RSSMB       float64 `json:"rss_mb"`
	KBPerPerson float64 `json:"kb_per_person"`
}

// row is the line of the table in which measurements stand side by side.
func (m measured) row() string {
	server := "- | -"
	if m.Server != nil {
		server = fmt.Sprintf("%.1f | %.0f, %.0f", m.Server.PerMillion, m.Server.RestMB, m.Server.KBPerPerson)
	}
	return fmt.Sprintf("| %s | %.0f | %s | %.2f/%.1f | %.0f/%.0f | %.2f %% |", m.Shape, m.PerSecond, server, m.P50, m.P99, m.JoinP50, m.JoinP95, 100*m.Loss)
}

const tableHead = "| shape | fwd/s | CPU-s/M | RSS at rest MB, KB per person | p50/p99 ms | join to media p50/p95 ms | loss |\n|---|---|---|---|---|---|---|"

// crowd is everybody who plays in a load test.
type crowd struct {
	o        options
	meter    *client.Meter
	clients  []*client.Client
	joins    []time.Duration
	expected float64
}

// playLoad measures one shape.
func playLoad(ctx context.Context, o options, s shape) (measured, error) {
	rest, err := readProcess(o.pid)
	if err != nil {
		return measured{}, err
	}
	c := &crowd{o: o, meter: &client.Meter{}}
	defer func() { leave(ctx, c.clients) }()
	for range s.rooms {
		if err := c.fill(ctx, s); err != nil {
			return measured{}, err
		}
	}
	m, err := c.measure(ctx, rest)
	m.Shape, m.Rooms = s.name, s.rooms
	return m, err
}

// fill makes a room and brings its people in one after the other; the first one sends. Each waits for the first packet, so
// that joining is measured without a queue before the door.
func (c *crowd) fill(ctx context.Context, s shape) error {
	o := c.o
	o.people = s.people
	links, err := makeRoom(ctx, o)
	if err != nil {
		return err
	}
	o.links = links
	seats, err := takeSeats(ctx, o)
	if err != nil {
		return err
	}
	for i, seat := range seats {
		config := seat.config()
		config.Load = &client.Load{Silent: i >= s.senders, Meter: c.meter}
		begun := time.Now()
		joined, err := client.Dial(ctx, config)
		if err != nil {
			return fmt.Errorf("person %d: %w", i+1, err)
		}
		c.clients = append(c.clients, joined)
		if err := first(ctx, joined, i > 0); err != nil {
			return fmt.Errorf("person %d: %w", i+1, err)
		}
		if i > 0 {
			c.joins = append(c.joins, joined.FirstMedia().Sub(begun))
		}
	}
	c.expected += s.expected()
	return nil
}

// first waits until the connection stands and, where there is somebody to be heard, the first packet has come.
func first(ctx context.Context, c *client.Client, others bool) error {
	ctx, cancel := context.WithTimeout(ctx, firstWithin)
	defer cancel()
	_, err := c.Wait(ctx, func(s client.State) bool { return s.Media && (!others || !c.FirstMedia().IsZero()) })
	return err
}

// measure waits until the server forwards all, and then looks for a while.
func (c *crowd) measure(ctx context.Context, rest process) (measured, error) {
	m := measured{People: len(c.clients), Expected: c.expected}
	begun := time.Now()
	for !m.Full && time.Since(begun) < time.Duration(c.o.warm)*time.Second {
		before, at := c.meter.Read(), time.Now()
		if !wait(ctx, warmEvery) {
			return m, ctx.Err()
		}
		came := float64(c.meter.Read().Since(before).Packets()) / time.Since(at).Seconds()
		m.Full = came >= warmEnough*c.expected
	}
	m.Warm = time.Since(begun).Seconds()
	runtime.GC() // ours, not in the window
	before, at := c.meter.Read(), time.Now()
	then, err := readProcess(c.o.pid)
	self := ownCPU()
	if err != nil {
		return m, err
	}
	if !wait(ctx, time.Duration(c.o.seconds)*time.Second) {
		return m, ctx.Err()
	}
	now, err := readProcess(c.o.pid)
	found := c.meter.Read().Since(before)
	m.Seconds, m.LoadCPU = time.Since(at).Seconds(), (ownCPU() - self).Seconds()
	if err != nil {
		return m, err
	}
	for _, each := range c.clients {
		if s := each.State(); !s.Media || s.Over {
			return m, errors.New("somebody lost the connection meanwhile")
		}
	}
	m.count(found, c.joins)
	if c.o.pid > 0 {
		m.Server = costOf(found.Packets(), now.cpu-then.cpu, rest, now, len(c.clients))
	}
	return m, nil
}

func (m *measured) count(r client.Reading, joins []time.Duration) {
	m.PerSecond = float64(r.Packets()) / m.Seconds
	m.P50, m.P99, m.SoundP99 = ms(r.Delay(.5)), ms(r.Delay(.99)), ms(r.Sound.Delay(.99))
	m.Loss, m.SoundLoss, m.Repairs = r.Loss(), r.Sound.Loss(), r.Repairs
	if len(joins) > 0 {
		joins = slices.Sorted(slices.Values(joins))
		m.JoinP50, m.JoinP95 = ms(joins[len(joins)/2]), ms(joins[min(len(joins)*95/100, len(joins)-1)])
	}
}

func costOf(forwarded uint64, cpu time.Duration, rest, now process, people int) *cost {
	c := &cost{CPU: cpu.Seconds(), RestMB: float64(rest.rss) / (1 << 20), RSSMB: float64(now.rss) / (1 << 20)}
	if forwarded > 0 && cpu > 0 {
		c.PerMillion = cpu.Seconds() / float64(forwarded) * 1e6
		c.PerCPU = float64(forwarded) / cpu.Seconds()
	}
	c.KBPerPerson = float64(now.rss-rest.rss) / 1024 / float64(people)
	return c
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// wait waits; false: Ctrl-C.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
