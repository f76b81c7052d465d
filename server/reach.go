package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/push"
	"github.com/samtale/samtale/server/store"
)

const (
	// presentFor outlives three beats of presentEvery: a killed node's people count as gone soon after.
	presentFor   = 35 * time.Second
	presentEvery = 10 * time.Second
	// quietMost is how long somebody may be quiet in one go: nobody should vanish for good by one tap.
	quietMost = 24 * time.Hour
)

// The states of Reachable.
const (
	reachFree     = "free"
	reachInTalk   = "in_talk"
	reachEngaged  = "engaged"
	reachQuiet    = "quiet"
	reachNoDevice = "no_device"
)

// counts says how often each person is somewhere on this node: with an open page, or in a call.
type counts struct {
	mu sync.Mutex
	of map[conference.PersonID]int
}

func newCounts() *counts { return &counts{of: map[conference.PersonID]int{}} }

// enter counts one more; first reports that there was none.
func (c *counts) enter(p conference.PersonID) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[p]++
	return c.of[p] == 1
}

// leave counts one less; last reports that there is none left.
func (c *counts) leave(p conference.PersonID) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[p]--
	if c.of[p] > 0 {
		return false
	}
	delete(c.of, p)
	return true
}

func (c *counts) has(p conference.PersonID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[p] > 0
}

func (c *counts) all() []conference.PersonID {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]conference.PersonID, 0, len(c.of))
	for id := range c.of {
		ids = append(ids, id)
	}
	return ids
}

// arrivePage notes that somebody has a page open here; what it returns notes that it was closed.
func (s *Server) arrivePage(p conference.PersonID) (gone func()) {
	if s.pages.enter(p) {
		s.tellStore("note who has a page open", func(ctx context.Context) error {
			return s.store.NotePresent(ctx, s.boot, []conference.PersonID{p}, presentFor)
		})
	}
	return func() {
		if s.pages.leave(p) {
			s.tellStore("note who has closed the last page", func(ctx context.Context) error { return s.noteGone(ctx, p) })
		}
	}
}

// noteGone: in a reload the new page may have been noted before the old one is gone.
func (s *Server) noteGone(ctx context.Context, p conference.PersonID) error {
	err := s.store.NoteGone(ctx, s.boot, p)
	if s.pages.has(p) {
		err = errors.Join(err, s.store.NotePresent(ctx, s.boot, []conference.PersonID{p}, presentFor))
	}
	return err
}

// tellStore writes something that is put right by itself when it fails.
func (s *Server) tellStore(doing string, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 2*time.Second)
	defer cancel()
	if err := write(ctx); err != nil {
		s.log.Warn("store not told", slog.String("doing", doing), slog.Any("err", err))
	}
}

// keepPresent renews who has a page open here, until ctx ends.
func (s *Server) keepPresent(ctx context.Context) error {
	for wait(ctx, presentEvery); ctx.Err() == nil; wait(ctx, presentEvery) {
		if ids := s.pages.all(); len(ids) > 0 {
			if err := s.store.NotePresent(ctx, s.boot, ids, presentFor); err != nil && ctx.Err() == nil {
				s.log.Warn("presence not renewed", slog.Any("err", err))
			}
		}
	}
	return nil
}

// reachOf says who can be rung now. A reachable person may still be engaged: then until says about when that ends.
func (s *Server) reachOf(ctx context.Context, ids []conference.PersonID) (map[conference.PersonID]Reachable, error) {
	now := s.now()
	set, err := s.store.Reach(ctx, ids...)
	if err != nil {
		return nil, err
	}
	present, err := s.store.Present(ctx, ids...)
	if err != nil {
		return nil, err
	}
	devices, err := s.store.HasDevices(ctx, ids...)
	if err != nil {
		return nil, err
	}
	booked, err := s.store.Reservations(ctx, ids, now, now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	snapshot := s.calendars.Load()
	states := make(map[conference.PersonID]Reachable, len(ids))
	for _, id := range ids {
		engaged := calendar.Merge(append(append([]calendar.Interval{}, snapshot.people[id].busy...), booked[id]...))
		switch until := endOf(engaged, now); {
		case !present[id] && !devices[id]:
			states[id] = Reachable{State: reachNoDevice}
		case set[id].QuietUntil.After(now):
			states[id] = Reachable{State: reachQuiet, Until: instant(set[id].QuietUntil)}
		case s.talking.has(id):
			states[id] = Reachable{State: reachInTalk, Until: instant(until)}
		case len(booked[id]) > 0:
			states[id] = Reachable{State: reachInTalk, Until: instant(until)}
		case !until.IsZero():
			states[id] = Reachable{State: reachEngaged, Until: instant(until)}
		default:
			states[id] = Reachable{State: reachFree}
		}
	}
	return states, nil
}

// endOf is when the interval around t ends; zero: there is none.
func endOf(merged []calendar.Interval, t time.Time) time.Time {
	for _, i := range merged {
		if !t.Before(i.Start) && t.Before(i.End) {
			return i.End
		}
	}
	return time.Time{}
}

func (s *Server) getReach(ctx context.Context, _ *struct{}) (*reachOutput, error) {
	p, err := s.reachable(ctx)
	if err != nil {
		return nil, err
	}
	return s.showReach(ctx, p)
}

// reachable returns who asks when they can be rung at all.
func (s *Server) reachable(ctx context.Context) (*principal, error) {
	p, err := s.signedIn(ctx)
	if err == nil && !p.may(identity.AnswerNow) {
		err = errForbidden
	}
	return p, err
}

func (s *Server) showReach(ctx context.Context, p *principal) (*reachOutput, error) {
	id := p.person.ID
	set, err := s.store.Reach(ctx, id)
	if err != nil {
		return nil, s.fail("read how one is reached", err)
	}
	devices, err := s.store.Devices(ctx, id)
	if err != nil {
		return nil, s.fail("read devices", err)
	}
	present, err := s.store.Present(ctx, id)
	if err != nil {
		return nil, s.fail("see whether a page is open", err)
	}
	out := &reachOutput{}
	out.Body = ReachView{LastRang: instant(set[id].LastRang), Devices: []DeviceView{}, PushKey: s.pushKey, Pages: present[id]}
	if set[id].QuietUntil.After(s.now()) {
		out.Body.QuietUntil = instant(set[id].QuietUntil)
	}
	for _, d := range devices {
		out.Body.Devices = append(out.Body.Devices, DeviceView{ID: d.ID, Name: d.Name, AddedAt: d.Added, LastOK: instant(d.LastOK), Failing: d.Failures > 0})
	}
	return out, nil
}

func (s *Server) putReach(ctx context.Context, in *putReachInput) (*reachOutput, error) {
	p, err := s.reachable(ctx)
	if err != nil {
		return nil, err
	}
	until := time.Time{}
	if in.Body.QuietUntil != nil {
		until = in.Body.QuietUntil.UTC()
		if now := s.now(); until.Before(now) || until.After(now.Add(quietMost)) {
			return nil, invalid("quiet_until must lie within the next 24 hours")
		}
	}
	if err := s.store.SetQuiet(ctx, p.person.ID, until); err != nil {
		return nil, s.fail("write how one is reached", err)
	}
	return s.showReach(ctx, p)
}

// addDevice keeps where push reaches a phone or PC. The endpoint is a capability: whoever has it can make the phone ring.
func (s *Server) addDevice(ctx context.Context, in *addDeviceInput) (*reachOutput, error) {
	p, err := s.reachable(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.limit(ctx, "device:"+string(p.person.ID), 30, time.Hour); err != nil {
		return nil, err
	}
	subscription := push.Subscription{Endpoint: in.Body.Endpoint, P256dh: in.Body.P256dh, Auth: in.Body.Auth}
	if err := subscription.Check(len(s.config.PushAllow) > 0); err != nil {
		return nil, invalid("this is no push subscription")
	}
	id := identity.Hash(subscription.Endpoint)
	device := store.Device{ID: id, Person: p.person.ID, Sealed: s.sealDevice(p.person.ID, subscription), Name: in.Body.Name, Added: s.now()}
	if err := s.store.PutDevice(ctx, device); err != nil {
		return nil, s.fail("write a device", err)
	}
	return s.showReach(ctx, p)
}

func (s *Server) deleteDevice(ctx context.Context, in *deviceInput) (*struct{}, error) {
	p, err := s.reachable(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.store.DropDevice(ctx, p.person.ID, in.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("forget a device", err)
	}
	return nil, nil
}
