package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/server/store"
)

const (
	refreshEvery   = 15 * time.Minute
	refreshJitter  = 0.2
	refreshBackoff = 6 * time.Hour // never waits longer than this after failures
	// leaseFor is longer than any fetch with the writing of its result: a node that dies holds a feed back no longer.
	leaseFor = time.Minute
)

// A feed that loses nearly everything at once is more likely broken than empty.
const (
	shrinkFrom     = 5  // fewer engagements may well be over or cancelled together
	shrinkTo       = 10 // per cent that must be left
	shrinkPatience = 3  // later answers that say the same before it is believed
)

// refreshOne fetches a feed that is still due once this node has leased it, and writes what came of it. ErrLease: another has it.
func (s *Server) refreshOne(ctx context.Context, d dueFeed) error {
	owner := s.boot + "." + newID(s.random)
	record, err := s.store.LeaseFeed(ctx, d.ref.key, owner, leaseFor)
	if err != nil {
		return err
	}
	if record.Person == "" {
		record = d.ref.emptyRecord()
	}
	if !d.isDue(record, s.now()) {
		return s.store.ReleaseFeed(ctx, d.ref.key, owner)
	}
	return s.fetchLeased(ctx, d.ref, record, owner, false)
}

// fetchLeased fetches a feed that owner has leased and writes what came of it. The last good copy survives every failure.
func (s *Server) fetchLeased(ctx context.Context, ref feedRef, r store.FeedRecord, owner string, trusting bool) error {
	body, memory, err := s.store.FeedCopy(ctx, ref.key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return errors.Join(err, s.store.ReleaseFeed(ctx, ref.key, owner))
	}
	err = s.tryFetch(ctx, ref, &r, lastCopy{body, memory}, trusting)
	if ctx.Err() != nil {
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return errors.Join(ctx.Err(), s.store.ReleaseFeed(release, ref.key, owner))
	}
	s.settle(&r, ref, err)
	return s.store.FinishFeed(ctx, r, owner)
}

// settle notes how a try ended and when the next is due.
func (s *Server) settle(r *store.FeedRecord, ref feedRef, err error) {
	now, pause, outcome := s.now(), refreshEvery, "ok"
	r.CheckedAt, r.RestUntil = now, time.Time{}
	if err != nil {
		if r.Failures == 0 {
			r.FailingSince = now
		}
		r.Failures++
		r.Failure = failureCode(err)
		outcome = r.Failure
		pause = min(refreshEvery<<min(r.Failures-1, 5), refreshBackoff)
		var status *feed.StatusError
		if errors.As(err, &status) && status.RetryAfter > 0 {
			rest := min(status.RetryAfter, refreshBackoff)
			r.RestUntil, pause = now.Add(rest), max(pause, rest)
		}
		s.log.Info("feed failed", slog.String("person", string(ref.person.ID)), slog.String("why", r.Failure))
	} else {
		r.Failures, r.Failure, r.FailingSince = 0, "", time.Time{}
		if r.Shrunk == 0 {
			r.ReadAt = now
		} else {
			outcome = "suspicious"
			s.log.Info("feed lost nearly everything; its old copy is kept", slog.String("person", string(ref.person.ID)), slog.Int("answers", r.Shrunk))
		}
	}
	s.metrics.feeds.WithLabelValues(outcome).Inc()
	r.NextAt = now.Add(time.Duration(float64(pause) * (1 - refreshJitter + 2*refreshJitter*rand.Float64())))
	if r.NextAt.Before(r.RestUntil) {
		r.NextAt = r.RestUntil
	}
}

// lastCopy is the last good copy with what the fetcher remembers of it, sealed.
type lastCopy struct {
	body   []byte
	memory string
}

// tryFetch fetches a feed and takes the answer into its record. A trusting one takes it however little is left.
func (s *Server) tryFetch(ctx context.Context, ref feedRef, r *store.FeedRecord, old lastCopy, trusting bool) error {
	source, fetcher, err := s.sourceOf(ref)
	if err != nil {
		return err
	}
	window := s.window()
	source.From, source.To = window.Start, window.End
	if len(old.body) > 0 { // without a copy "not modified" would be no answer
		source.ETag, source.LastModified = r.ETag, r.LastModified
	}
	if old.memory != "" { // under another secret it is of no use: everything is fetched
		if state, err := s.sealer.Open(old.memory, ref.key); err == nil {
			source.State, source.Body = state, old.body
		}
	}
	result, err := fetcher.Fetch(ctx, source)
	if err != nil {
		return err
	}
	return s.accept(ref, r, result, old.body, trusting)
}

// accept takes an answer that can be read; else, or when nearly everything is gone, the old copy stays, with what the fetcher
// remembers of it, so that the next answer is compared to the same.
func (s *Server) accept(ref feedRef, r *store.FeedRecord, result feed.Result, old []byte, trusting bool) error {
	if result.NotModified { // the server has what we have
		r.Shrunk, r.Missing, r.Memory = 0, result.Missing, s.seal(result.State, ref)
		return nil
	}
	reading, err := calendar.Read(result.Body, s.window(), s.readingOptions(ref))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if !trusting && len(old) > 0 && s.hasShrunk(ref, old, result.Body) {
		if r.Shrunk++; r.Shrunk <= shrinkPatience {
			return nil
		}
	}
	r.Shrunk, r.Events, r.Missing = 0, reading.Events, result.Missing
	r.Body, r.ETag, r.LastModified, r.Memory = result.Body, result.ETag, result.LastModified, s.seal(result.State, ref)
	return nil
}

// hasShrunk compares what the old copy and a new one say of the time ahead, so that what has passed is not missed.
func (s *Server) hasShrunk(ref feedRef, old, new []byte) bool {
	ahead := calendar.Interval{Start: s.now(), End: s.now().Add(horizon)}
	before, err := calendar.Read(old, ahead, s.readingOptions(ref))
	if err != nil || before.Instances < shrinkFrom {
		return false
	}
	after, err := calendar.Read(new, ahead, s.readingOptions(ref))
	return err == nil && after.Instances*100 < before.Instances*shrinkTo
}

func (s *Server) seal(state []byte, ref feedRef) string {
	if len(state) == 0 {
		return ""
	}
	return s.sealer.Seal(s.random, state, ref.key)
}

// sourceOf is where a feed is fetched from and by what. Nothing of it may be logged. Only the region's file may name a path on
// this server, and in the demo anyone one of its calendars; whatever else somebody writes is kept from this machine.
func (s *Server) sourceOf(ref feedRef) (feed.Source, *feed.Fetcher, error) {
	if ref.origin == originRegion {
		if strings.HasPrefix(ref.url, "/") {
			return feed.Source{URL: s.ownAddress + ref.url}, s.fetcher, nil
		}
		if strings.HasPrefix(ref.url, sealedScheme) {
			return feed.Source{}, nil, errAddressLost
		}
		return feed.Source{URL: ref.url}, s.outside, nil
	}
	plain, err := s.sealer.Open(ref.sealed, ref.key)
	if err != nil {
		return feed.Source{}, nil, fmt.Errorf("%w: %w", errAddressLost, err)
	}
	var a feedAddress
	if err := json.Unmarshal(plain, &a); err != nil {
		return feed.Source{}, nil, fmt.Errorf("%w: not as it was written", errAddressLost) // err could show a part of it
	}
	if name, ok := strings.CutPrefix(a.URL, s.config.PublicURL.String()+demoCalendarPath); ok && s.config.Demo {
		return feed.Source{URL: s.ownAddress + demoCalendarPath + name}, s.fetcher, nil
	}
	return feed.Source{URL: a.URL, User: a.User, Password: a.Password}, s.outside, nil
}

// demoCalendarPath is where the demo serves its calendars.
const demoCalendarPath = "/demo/ics/"
