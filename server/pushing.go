package server

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/push"
	"github.com/samtale/samtale/server/store"
)

const (
	pushLanes = 8   // each person's pushes keep their order in one of them
	pushQueue = 256 // of a lane
	// pushRetryMost: a ring that comes later rings nobody.
	pushRetryMost = 3 * time.Second
	// pushPatience is how many refusals in a row make a device forgotten.
	pushPatience = 20
)

// pushJob makes the devices of one person ring, or stop.
type pushJob struct {
	person  conference.PersonID
	consult duty.ConsultID
	stop    bool
	soft    bool // without a sound
}

// preparePush derives the VAPID keys from the server's secret, so that every node has the same and nothing is stored.
func (s *Server) preparePush() error {
	keys := push.NewKeys(s.secret)
	sender, err := push.New(push.Config{
		Keys: keys, Subject: "mailto:" + s.config.MailFrom, Dial: feed.GuardedDialer(s.config.PushAllow).DialContext, AllowHTTP: len(s.config.PushAllow) > 0,
	})
	s.pusher, s.pushKey = sender, keys.PublicKey()
	return err
}

// sealDevice encrypts a subscription for the store, bound to its person.
func (s *Server) sealDevice(p conference.PersonID, sub push.Subscription) string {
	plain, err := json.Marshal(sub)
	if err != nil {
		panic(err) // three strings
	}
	return s.sealer.Seal(s.random, plain, devicePlace(p))
}

func devicePlace(p conference.PersonID) string { return "device\x00" + string(p) }

// newLanes are the queues of pushes.
func newLanes() []chan pushJob {
	lanes := make([]chan pushJob, pushLanes)
	for i := range lanes {
		lanes[i] = make(chan pushJob, pushQueue)
	}
	return lanes
}

// ring queues a push; a full queue means that the push services hang, and the open pages ring anyhow.
func (s *Server) ring(job pushJob) {
	lane := fnv.New32a()
	_, _ = lane.Write([]byte(job.person))
	select {
	case s.pushes[lane.Sum32()%pushLanes] <- job:
	default:
		s.log.Warn("push not queued: the services do not keep up")
	}
}

// sendPushes works the queues until ctx ends.
func (s *Server) sendPushes(ctx context.Context) error {
	defer s.pusher.Close()
	var lanes sync.WaitGroup
	for _, lane := range s.pushes {
		lanes.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case job := <-lane:
					if err := s.pushTo(ctx, job); err != nil && ctx.Err() == nil {
						s.log.Warn("push not sent", slog.Any("err", err))
					}
				}
			}
		})
	}
	lanes.Wait()
	return nil
}

// pushTo tells all devices of a person at the same time, so that a slow service keeps nobody waiting.
func (s *Server) pushTo(ctx context.Context, job pushJob) error {
	devices, err := s.store.Devices(ctx, job.person)
	if err != nil || len(devices) == 0 {
		return err
	}
	if job.stop { // what a device shows names no call: it must go on while another one rings
		others, err := s.store.ConsultsOf(ctx, job.person, listedConsults)
		if err != nil || slices.ContainsFunc(others, func(c duty.Consult) bool { return ringsFor(c, job.person) }) {
			return err
		}
	}
	message := push.Ring(string(job.consult))
	switch {
	case job.stop:
		message = push.Stop(string(job.consult))
	case job.soft:
		message = push.Knock(string(job.consult))
	}
	var sending sync.WaitGroup
	for _, d := range devices {
		sending.Go(func() { s.pushOne(ctx, d, job, message) })
	}
	sending.Wait()
	return nil
}

func ringsFor(c duty.Consult, person conference.PersonID) bool {
	ring, ok := c.RingOf(person)
	return ok && ring.Outcome == duty.RingOn && c.Hunting()
}

func (s *Server) pushOne(ctx context.Context, d store.Device, job pushJob, m push.Message) {
	plain, err := s.sealer.Open(d.Sealed, devicePlace(d.Person))
	var sub push.Subscription
	if err == nil {
		err = json.Unmarshal(plain, &sub)
	}
	if err != nil {
		s.forgetDevice(ctx, d, "sealed under another secret")
		return
	}
	err = s.pusher.Send(ctx, sub, m)
	var retry *push.RetryError
	if errors.As(err, &retry) && retry.After <= pushRetryMost {
		wait(ctx, max(retry.After, time.Second/2))
		if c, lost := s.store.Consult(ctx, job.consult); job.stop || lost == nil && ringsFor(c, job.person) {
			err = s.pusher.Send(ctx, sub, m)
		}
	}
	refused := errors.Is(err, push.ErrRefused)
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, push.ErrGone):
		s.forgetDevice(ctx, d, "the push service knows it no longer")
	case refused && d.Failures+1 >= pushPatience:
		s.forgetDevice(ctx, d, "it was refused again and again")
	case err == nil || refused:
		if err := s.store.NoteDevice(ctx, d.Person, d.ID, err == nil, s.now()); err != nil {
			s.log.Warn("device not noted", slog.Any("err", err))
		}
	default: // the network, or the service: nothing that the device could help
		s.log.Info("push not sent", slog.Any("err", err))
	}
}

func (s *Server) forgetDevice(ctx context.Context, d store.Device, why string) {
	s.log.Info("device forgotten", slog.String("person", string(d.Person)), slog.String("why", why))
	if err := s.store.DropDevice(ctx, d.Person, d.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		s.log.Warn("device not forgotten", slog.Any("err", err))
	}
}
