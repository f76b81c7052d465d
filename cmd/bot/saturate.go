package main

import (
	"context"

	"github.com/samtale/samtale/signaling/client"
)

// What counts as broken: worse than this nobody would call a call.
const (
	brokenP99  = 50 // ms
	brokenLoss = 0.01
	brokenRate = 0.95 // of what is expected
)

// saturation is what --saturate prints.
type saturation struct {
	Shape     string     `json:"shape"`
	PerSecond float64    `json:"forwarded_per_second"`     // the most before it broke
	PerCPU    float64    `json:"forwarded_per_cpu_second"` // there
	Broken    bool       `json:"broken"`                   // false: there were not enough of us
	Steps     []measured `json:"steps"`
}

// playSaturate adds rooms of a shape until sound and pictures come late or not at all.
func playSaturate(ctx context.Context, o options, s shape) (saturation, error) {
	found := saturation{Shape: s.name}
	rest, err := readProcess(o.pid)
	if err != nil {
		return found, err
	}
	c := &crowd{o: o, meter: &client.Meter{}}
	defer func() { leave(ctx, c.clients) }()
	rooms := 0
	for next := s.rooms; !found.Broken && next*s.people <= mostPeople; next = max(next+1, next*5/4) {
		for ; rooms < next; rooms++ {
			if err := c.fill(ctx, s); err != nil {
				if found.PerSecond > 0 && ctx.Err() == nil {
					found.Broken = true // nobody comes in any more
					return found, nil
				}
				return found, err
			}
		}
		m, err := c.measure(ctx, rest)
		if err != nil {
			return found, err
		}
		m.Shape, m.Rooms = s.name, rooms
		found.Steps = append(found.Steps, m)
		found.Broken = m.P99 > brokenP99 || m.Loss > brokenLoss || m.PerSecond < brokenRate*m.Expected
		if !found.Broken {
			found.PerSecond = m.PerSecond
			if m.Server != nil {
				found.PerCPU = m.Server.PerCPU
			}
		}
	}
	return found, nil
}
