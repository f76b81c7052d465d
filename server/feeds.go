package server

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// Why a calendar is not known. The browser has a sentence for each.
const (
	failureNotFound    = "not_found"
	failureUnreachable = "unreachable"
	failureTooLarge    = "too_large"
	failureNotCalendar = "not_calendar"
	failureRefused     = "refused"
	failureUnreadable  = "unreadable"
	failureNeverRead   = "never_read"
)

const (
	refreshEvery    = 15 * time.Minute
	refreshNear     = time.Minute // for whoever has a meeting within the hour
	refreshJitter   = 0.2
	refreshBackoff  = 6 * time.Hour // never waits longer than this after failures
	fetchesAtOnce   = 4
	refreshLookEach = 5 * time.Second
)

func newFetcher(allow []netip.Prefix, http bool) *feed.Fetcher {
	return feed.New(feed.Options{Allow: allow, AllowHTTP: http})
}

// refreshFeeds fetches every feed when it is due, until ctx ends, and rebuilds the snapshot after changes.
func (s *Server) refreshFeeds(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.refreshDue(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("feeds not refreshed", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
		case <-s.refreshNow:
		case <-time.After(refreshLookEach):
		}
	}
	return nil
}

// dueFeed is one feed of a person whose time has come.
type dueFeed struct {
	person *conference.Person
	feed   conference.Feed
	record store.FeedRecord
}

func (s *Server) refreshDue(ctx context.Context) error {
	due, err := s.dueFeeds(ctx)
	if err != nil || len(due) == 0 {
		return err
	}
	var wg sync.WaitGroup
	free := make(chan struct{}, fetchesAtOnce)
	for _, d := range due {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := s.refreshOne(ctx, d); err != nil && ctx.Err() == nil {
				s.log.Warn("feed state not written", slog.Any("err", err))
			}
		})
	}
	wg.Wait()
	snapshot, err := s.readCalendars(ctx)
	if err != nil {
		return err
	}
	s.calendars.Store(snapshot)
	return s.store.Announce(ctx, store.Change{Kind: "feed"})
}

func (s *Server) dueFeeds(ctx context.Context) ([]dueFeed, error) {
	records, err := s.store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]store.FeedRecord, len(records))
	for _, r := range records {
		byKey[r.Key()] = r
	}
	near, err := s.peopleMeetingSoon(ctx)
	if err != nil {
		return nil, err
	}
	forced := s.takeForced()
	now := s.now()
	var due []dueFeed
	region := s.region.Load()
	for i := range region.People {
		p := &region.People[i]
		for j, f := range p.Feeds {
			record, ok := byKey[store.FeedKey(p.ID, j, f.URL)]
			if !ok {
				record = store.FeedRecord{Person: p.ID, Index: j, Kind: f.Kind, URLHash: identity.Hash(f.URL)}
			}
			soon := near[p.ID] && now.Sub(record.CheckedAt) >= refreshNear && record.Failures == 0
			if !ok || !now.Before(record.NextAt) || soon || forced[p.ID] {
				due = append(due, dueFeed{person: p, feed: f, record: record})
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

// refreshOne fetches a feed and writes what came of it. The last good copy survives every failure.
func (s *Server) refreshOne(ctx context.Context, d dueFeed) error {
	address := d.feed.URL
	if strings.HasPrefix(address, "/") {
		address = s.ownAddress + address
	}
	result, err := s.fetcher.Fetch(ctx, feed.Source{URL: address, ETag: d.record.ETag, LastModified: d.record.LastModified})
	if ctx.Err() != nil {
		return nil
	}
	r, now := d.record, s.now()
	r.CheckedAt = now
	pause := refreshEvery
	if err == nil && !result.NotModified {
		err = s.accept(&r, result, d)
	}
	if err != nil {
		r.Failures++
		r.Failure = failureCode(err)
		pause = min(refreshEvery<<min(r.Failures-1, 5), refreshBackoff)
		var status *feed.StatusError
		if errors.As(err, &status) && status.RetryAfter > pause {
			pause = min(status.RetryAfter, refreshBackoff)
		}
		s.log.Info("feed failed", slog.String("person", string(d.person.ID)), slog.String("why", r.Failure))
	} else {
		r.ReadAt, r.Failures, r.Failure = now, 0, ""
	}
	outcome := r.Failure
	if outcome == "" {
		outcome = "ok"
	}
	s.metrics.feeds.WithLabelValues(outcome).Inc()
	r.NextAt = now.Add(time.Duration(float64(pause) * (1 - refreshJitter + 2*refreshJitter*rand.Float64())))
	return s.store.PutFeed(ctx, r)
}

// accept takes a new copy when it can be read; else the old one stays.
func (s *Server) accept(r *store.FeedRecord, result feed.Result, d dueFeed) error {
	now := s.now()
	window := calendar.Interval{Start: now.Add(-lookBack), End: now.Add(horizon)}
	reading, err := calendar.Read(result.Body, window, calendar.Options{Zone: s.region.Load().zoneOf(d.person), Kind: calendar.Kind(d.feed.Kind)})
	if err != nil {
		return errUnreadable
	}
	if reading.Events == 0 && r.Events >= 5 { // a calendar that loses everything at once is more likely broken than empty
		return errUnreadable
	}
	r.Body, r.ETag, r.LastModified, r.Events = result.Body, result.ETag, result.LastModified, reading.Events
	return nil
}

var errUnreadable = errors.New("server: the feed's calendar cannot be read")

func failureCode(err error) string {
	var status *feed.StatusError
	switch {
	case errors.As(err, &status) && (status.Code == 404 || status.Code == 410):
		return failureNotFound
	case errors.As(err, &status) && (status.Code == 401 || status.Code == 403), errors.Is(err, feed.ErrAddressRefused):
		return failureRefused
	case errors.Is(err, feed.ErrTooLarge):
		return failureTooLarge
	case errors.Is(err, feed.ErrNotCalendar):
		return failureNotCalendar
	case errors.Is(err, errUnreadable):
		return failureUnreadable
	}
	return failureUnreachable
}

// getFeeds lists the feeds that the caller may know of: their own and those of their units.
func (s *Server) getFeeds(ctx context.Context, _ *struct{}) (*feedsOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ViewFeeds) {
		return nil, errForbidden
	}
	region, snapshot := s.region.Load(), s.calendars.Load()
	out := &feedsOutput{}
	out.Body.Feeds = []FeedView{}
	for _, r := range snapshot.feeds {
		owner, ok := region.people[r.Person]
		if !ok || r.Index >= len(owner.Feeds) || !s.seesFeedsOf(p, owner) {
			continue
		}
		count := snapshot.counts[store.FeedKey(owner.ID, r.Index, owner.Feeds[r.Index].URL)]
		view := FeedView{
			Person: region.refOf(owner), Kind: r.Kind, Address: s.redacted(owner.Feeds[r.Index].URL), Events: count.events, Warnings: count.warnings,
			Calendar: snapshot.stateOf(owner),
		}
		if !r.NextAt.IsZero() {
			view.NextAt = &r.NextAt
		}
		out.Body.Feeds = append(out.Body.Feeds, view)
	}
	return out, nil
}

func (s *Server) redacted(address string) string {
	if strings.HasPrefix(address, "/") {
		return s.config.PublicURL.String()
	}
	return feed.Redact(address)
}

// seesFeedsOf: one's own, those of colleagues in one's units, and all for administrators, who mend them.
func (s *Server) seesFeedsOf(p *principal, owner *conference.Person) bool {
	if p.person.ID == owner.ID || p.person.Access == conference.AccessAdministrator || p.person.Access == conference.AccessCoordinator {
		return true
	}
	region := s.region.Load()
	for _, mine := range p.person.Roles {
		for _, theirs := range owner.Roles {
			if region.within(theirs.Unit, mine.Unit) || region.within(mine.Unit, theirs.Unit) {
				return true
			}
		}
	}
	return false
}
