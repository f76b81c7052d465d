package server

import (
	"context"
	"errors"
	"net/netip"
	"strings"
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
	failureAddressLost = "address_lost"
)

var (
	errUnreadable  = errors.New("server: the feed's calendar cannot be read")
	errAddressLost = errors.New("server: the feed's address was encrypted under another secret")
)

func failureCode(err error) string {
	var status *feed.StatusError
	switch {
	case errors.As(err, &status) && (status.Code == 404 || status.Code == 410):
		return failureNotFound
	case errors.As(err, &status) && (status.Code == 401 || status.Code == 403), errors.Is(err, feed.ErrAddressRefused):
		return failureRefused
	case errors.Is(err, feed.ErrTooLarge):
		return failureTooLarge
	case errors.Is(err, feed.ErrNotCalendar), errors.Is(err, calendar.ErrNotCalendar):
		return failureNotCalendar
	case errors.Is(err, errUnreadable):
		return failureUnreadable
	case errors.Is(err, errAddressLost):
		return failureAddressLost
	}
	return failureUnreachable
}

// The origins of a feed: who named it.
const (
	originRegion   = "region"
	originAdded    = "added"
	originUploaded = "uploaded"
	originPainted  = "painted"
)

func newFetcher(allow []netip.Prefix, http bool) *feed.Fetcher {
	return feed.New(feed.Options{Allow: allow, AllowHTTP: http})
}

// feedRef is one feed of a person, whoever named it.
type feedRef struct {
	id     string // as the API names it
	key    string // of its record in the store
	person *conference.Person
	index  int // in the region's list
	kind   conference.FeedKind
	roster *conference.Roster // of a duty plan's feed, which is its owner's
	layer  conference.Layer
	origin string
	url    string // of the region's; a path is on this server
	sealed string // of an added one: feedAddress, encrypted
	host   string // what of an added one's address may be shown
}

// feedAddress is what is encrypted of an added feed.
type feedAddress struct {
	URL      string `json:"url"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
}

// refsOf lists a person's feeds: the region's, then their own, then those of the duty plans they own.
func (v *regionView) refsOf(p *conference.Person, own []store.OwnFeed) []feedRef {
	refs := make([]feedRef, 0, len(p.Feeds)+len(own))
	for i, f := range p.Feeds {
		refs = append(refs, regionRef(p, i, f.URL, f.Kind))
	}
	for _, f := range own {
		ref := feedRef{id: f.ID, key: f.ID, person: p, kind: f.Kind, origin: originAdded, sealed: f.Sealed, host: f.Host}
		if f.Sealed == "" {
			ref.origin = originUploaded
		}
		refs = append(refs, ref)
	}
	index := 0
	for i := range v.Rosters {
		roster := &v.Rosters[i]
		if roster.Owner != p.ID {
			continue
		}
		for _, f := range roster.Feeds {
			index-- // below zero: apart from the person's own
			ref := regionRef(p, index, f.URL, conference.FeedRoster)
			ref.roster, ref.layer = roster, f.Layer
			refs = append(refs, ref)
		}
	}
	return refs
}

func regionRef(p *conference.Person, index int, url string, kind conference.FeedKind) feedRef {
	key := store.FeedRecord{Person: p.ID, Index: index, URLHash: hashOfAddress(url)}.Key()
	return feedRef{id: "r_" + shortHash(key), key: key, person: p, index: index, kind: kind, origin: originRegion, url: url}
}

// shortHash is enough of a hash to name a thing among some thousands: 96 bits.
func shortHash(text string) string { return identity.Hash(text)[:16] }

// emptyRecord is what the store has of a feed before it was first tried.
func (r *feedRef) emptyRecord() store.FeedRecord {
	record := store.FeedRecord{Person: r.person.ID, Kind: r.kind}
	if r.origin == originRegion {
		record.Index, record.URLHash = r.index, hashOfAddress(r.url)
	} else {
		record.Own = r.id
	}
	return record
}

// address is what may be shown of where the feed comes from.
func (s *Server) address(r feedRef) string {
	switch {
	case r.origin != originRegion:
		return r.host
	case strings.HasPrefix(r.url, "/"):
		return s.config.PublicURL.String()
	case strings.HasPrefix(r.url, sealedScheme):
		return ""
	}
	return feed.Redact(r.url)
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
	for i := range region.People {
		owner := &region.People[i]
		if !identity.Can(p.person.Access, s.relationToFeeds(p, owner), identity.ViewFeeds) {
			continue
		}
		for _, f := range snapshot.people[owner.ID].feeds {
			out.Body.Feeds = append(out.Body.Feeds, s.feedView(p, f))
		}
	}
	return out, nil
}

// feedView shows a feed of the snapshot to p.
func (s *Server) feedView(p *principal, f feedState) FeedView {
	region, snapshot, r := s.region.Load(), s.calendars.Load(), f.record
	v := FeedView{
		ID: f.ref.id, Person: region.refOf(f.ref.person), Kind: f.ref.kind, Origin: f.ref.origin, Mine: p.person.ID == f.ref.person.ID,
		Address: s.address(f.ref), Calendar: snapshot.stateOf(f.ref.person), Events: f.events, Warnings: f.warnings,
		ReadAt: instant(r.ReadAt), CheckedAt: instant(r.CheckedAt), NextAt: instant(r.NextAt), Why: f.failure,
		FailingSince: instant(r.FailingSince), Suspicious: r.Shrunk > 0,
	}
	if f.ref.origin == originUploaded || f.ref.origin == originPainted {
		v.CheckedAt, v.NextAt = nil, nil
	}
	return v
}

// instant is nil for the zero time, so that it is left out of an answer.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// relationToFeeds: one's own; of colleagues in one's units, above or below them; coordinators stand to everybody like that,
// for they find the times.
func (s *Server) relationToFeeds(p *principal, owner *conference.Person) identity.Relation {
	rel := identity.RelationNone
	if p.person.ID == owner.ID {
		rel |= identity.RelationSelf
	}
	if p.person.Access == conference.AccessCoordinator || s.region.Load().colleagues(p.person, owner) {
		rel |= identity.RelationOwnUnit
	}
	return rel
}

func (v *regionView) colleagues(a, b *conference.Person) bool {
	for _, mine := range a.Roles {
		for _, theirs := range b.Roles {
			if v.within(theirs.Unit, mine.Unit) || v.within(mine.Unit, theirs.Unit) {
				return true
			}
		}
	}
	return false
}

// feedFor finds a feed that p may do something with. A feed that p may not know of does not exist for p.
func (s *Server) feedFor(ctx context.Context, id string, act identity.Action) (*principal, feedState, identity.Relation, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, feedState{}, identity.RelationNone, err
	}
	snapshot, region := s.calendars.Load(), s.region.Load()
	for i := range region.People {
		owner := &region.People[i]
		for _, f := range snapshot.people[owner.ID].feeds {
			if f.ref.id != id {
				continue
			}
			rel := s.relationToFeeds(p, owner)
			switch {
			case !identity.Can(p.person.Access, rel, identity.ViewFeeds):
				return nil, feedState{}, rel, errNotFound
			case !identity.Can(p.person.Access, rel, act):
				return nil, feedState{}, rel, errForbidden
			}
			return p, f, rel, nil
		}
	}
	return nil, feedState{}, identity.RelationNone, errNotFound
}
