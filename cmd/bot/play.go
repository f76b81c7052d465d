package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

// joinWithin is how long everybody together may take to come in, and each to leave.
const joinWithin = 30 * time.Second

// play brings everybody in, lets them stay, and tells what each has received.
func play(ctx context.Context, o options) (summary, error) {
	if len(o.links) == 0 {
		var err error
		if o.links, err = makeRoom(ctx, o); err != nil {
			return summary{}, err
		}
	}
	seats, err := takeSeats(ctx, o)
	if err != nil {
		return summary{}, err
	}
	begun := time.Now()
	clients, err := enter(ctx, seats)
	defer leave(ctx, clients)
	if err != nil {
		return summary{}, err
	}
	if err := admitOurs(ctx, clients); err != nil {
		return summary{}, err
	}
	stay(ctx, o.seconds)
	found := summary{Conference: seats[0].conference, Good: true, People: []player{}}
	for _, c := range clients {
		p := report(c)
		found.Good = found.Good && p.In && len(p.Received) > 0
		found.People = append(found.People, p)
	}
	found.Seconds = time.Since(begun).Seconds()
	return found, nil
}

// enter dials for all at once. What it returns must be left, also with an error.
func enter(ctx context.Context, seats []seat) ([]*client.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	clients, failures := make([]*client.Client, len(seats)), make([]error, len(seats))
	var group sync.WaitGroup
	for i, s := range seats {
		group.Go(func() {
			if clients[i], failures[i] = client.Dial(ctx, s.config()); failures[i] != nil {
				failures[i] = fmt.Errorf("person %d: %w", i+1, failures[i])
			}
		})
	}
	group.Wait()
	return clients, errors.Join(failures...)
}

// admitOurs lets those of us who wait in the lobby in, when one of us is a host.
func admitOurs(ctx context.Context, clients []*client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	var host *client.Client
	for _, c := range clients {
		if s := c.State(); s.In && s.Welcome.You.Host {
			host = c
		}
	}
	for _, c := range clients {
		s := c.State()
		if s.In || host == nil {
			continue
		}
		if err := host.Admit(ctx, s.Welcome.You.Key); err != nil {
			return fmt.Errorf("admit %s: %w", s.Welcome.You.Key, err)
		}
		if _, err := c.Wait(ctx, func(s client.State) bool { return s.In }); err != nil {
			return fmt.Errorf("%s was admitted: %w", s.Welcome.You.Key, err)
		}
	}
	return nil
}

// leave says good-bye for all, and also after Ctrl-C.
func leave(ctx context.Context, clients []*client.Client) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), joinWithin)
	defer cancel()
	var group sync.WaitGroup
	for _, c := range clients {
		if c == nil {
			continue // did not come in
		}
		group.Go(func() { _ = c.Leave(ctx) }) // whoever is out already has left
	}
	group.Wait()
}

func report(c *client.Client) player {
	s := c.State()
	names := map[string]string{}
	for _, p := range s.Roster {
		names[p.Key] = p.Name
	}
	p := player{Key: s.Welcome.You.Key, Name: s.Welcome.You.Name, In: s.In, Media: s.Media, Peer: s.Peer, Resumed: s.Resumed, Code: s.Code, Received: []received{}}
	for _, r := range s.Received { // sorted by person and source: one who has come again has several
		last := len(p.Received) - 1
		switch {
		case r.Packets == 0:
		case last >= 0 && p.Received[last].Key == r.Key && p.Received[last].Source == r.Source:
			p.Received[last].Packets += r.Packets
			p.Received[last].Bytes += r.Bytes
		default:
			p.Received = append(p.Received, received{Key: r.Key, Name: names[r.Key], Source: r.Source, Packets: r.Packets, Bytes: r.Bytes})
		}
	}
	return p
}
