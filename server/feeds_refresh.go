package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

const (
	refreshNear     = time.Minute // for whoever has a meeting within the hour
	fetchesAtOnce   = 4
	fetchesInRound  = 32 // after so many what was read is shown, however many are due
	refreshLookEach = 5 * time.Second
)

// refreshFeeds fetches every feed when it is due, until ctx ends, and keeps the snapshot up to date with what this and the other
// nodes have read.
func (s *Server) refreshFeeds(ctx context.Context) error {
	changes := s.hub.subscribe()
	defer func() { s.hub.unsubscribe(changes) }()
	for ctx.Err() == nil {
		more, err := s.refreshDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("feeds not refreshed", slog.Any("err", err))
		}
		if !more || err != nil {
			changes = s.followUntilNext(ctx, changes)
		}
	}
	return nil
}

// followUntilNext follows changes until it is time to look what is due. It returns where the next ones will come from.
func (s *Server) followUntilNext(ctx context.Context, changes chan store.Change) chan store.Change {
	next := time.NewTimer(refreshLookEach)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return changes
		case <-s.refreshNow:
			return changes
		case <-next.C:
			return changes
		case change, ok := <-changes:
			if !ok { // it lagged behind, so it may have missed one
				changes = s.hub.subscribe()
			}
			if err := s.follow(ctx, change, ok); err != nil && ctx.Err() == nil {
				s.log.Warn("calendars not read", slog.Any("err", err))
			}
		}
	}
}

// follow reads what another node or a person changed, and then tells the pages here: they may have asked before.
func (s *Server) follow(ctx context.Context, change store.Change, ok bool) error {
	if ok && (change.Kind != "feed" || change.What == s.boot || change.ID == "") {
		return nil
	}
	changed, err := s.readChanged(ctx)
	if changed {
		s.hub.publish(store.Change{Kind: "feed"})
	}
	return err
}

// dueFeed is one feed whose time has come.
type dueFeed struct {
	ref   feedRef
	near  bool      // its owner has a meeting within the hour
	asked time.Time // when its owner was just booked; zero: not
}

// isDue judges by the state as it is once the feed is leased: another node may have been faster.
func (d dueFeed) isDue(r store.FeedRecord, now time.Time) bool {
	switch {
	case !now.Before(r.NextAt):
		return true
	case now.Before(r.RestUntil):
		return false
	case d.near:
		return r.Failures == 0 && now.Sub(r.CheckedAt) >= refreshNear
	}
	return r.CheckedAt.Before(d.asked)
}

// refreshDue fetches a round of what is due, and tells whether more was.
func (s *Server) refreshDue(ctx context.Context) (more bool, err error) {
	due, err := s.dueFeeds(ctx)
	if err != nil {
		return false, err
	}
	if more = len(due) > fetchesInRound; more {
		due = due[:fetchesInRound]
	}
	var wg sync.WaitGroup
	var fetched atomic.Int32
	free := make(chan struct{}, fetchesAtOnce)
	for _, d := range due {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			switch err := s.refreshOne(ctx, d); {
			case err == nil:
				fetched.Add(1)
			case !errors.Is(err, store.ErrLease) && ctx.Err() == nil:
				s.log.Warn("feed state not written", slog.Any("err", err))
			}
		})
	}
	wg.Wait()
	if _, err := s.readChanged(ctx); err != nil {
		return more, err
	}
	if fetched.Load() == 0 { // nothing was due, or other nodes have it all in their hands
		return false, nil
	}
	return more, s.store.Announce(ctx, store.Change{Kind: "feed", What: s.boot})
}

func (s *Server) dueFeeds(ctx context.Context) ([]dueFeed, error) {
	forced := s.takeForced()
	found, err := s.readSetUp(ctx)
	if err != nil {
		return nil, err
	}
	near, err := s.peopleMeetingSoon(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var due []dueFeed
	region := s.region.Load()
	for i := range region.People {
		p := &region.People[i]
		for _, ref := range region.refsOf(p, found.own[p.ID]) {
			d := dueFeed{ref: ref, near: near[p.ID]}
			if forced[p.ID] {
				d.asked = now
			}
			if ref.origin != originUploaded && d.isDue(found.records[ref.key], now) {
				due = append(due, d)
			}
		}
	}
	return due, nil
}

// peopleMeetingSoon lists who has a meeting of ours within the hour: their calendars are read every minute.
func (s *Server) peopleMeetingSoon(ctx context.Context) (map[conference.PersonID]bool, error) {
	region, now := s.region.Load(), s.now()
	ids := make([]conference.PersonID, 0, len(region.People))
	for _, p := range region.People {
		ids = append(ids, p.ID)
	}
	booked, err := s.store.Reservations(ctx, ids, now, now.Add(time.Hour))
	if err != nil {
		return nil, err
	}
	near := map[conference.PersonID]bool{}
	for id, intervals := range booked {
		near[id] = len(intervals) > 0
	}
	return near, nil
}

// forceRefresh has the people's feeds fetched at once: after a booking, against a clash that just came in.
func (s *Server) forceRefresh(ids []conference.PersonID) {
	s.forcedMu.Lock()
	for _, id := range ids {
		s.forced[id] = true
	}
	s.forcedMu.Unlock()
	select {
	case s.refreshNow <- struct{}{}:
	default:
	}
}

func (s *Server) takeForced() map[conference.PersonID]bool {
	s.forcedMu.Lock()
	defer s.forcedMu.Unlock()
	forced := s.forced
	s.forced = map[conference.PersonID]bool{}
	return forced
}
