package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/server/redisd"
	"github.com/samtale/samtale/server/store"
)

const nodesSecret = "a secret that all the nodes share, 32 bytes or more"

// newStore returns the address of a private redis-server of the test's own.
func newStore(t *testing.T) string {
	t.Helper()
	daemon, err := redisd.Start(t.Context(), redisd.Config{Dir: t.TempDir()})
	if errors.Is(err, redisd.ErrNoBinary) && os.Getenv("CI") == "" {
		t.Skip("redis-server is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := daemon.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return daemon.URL()
}

// newNode returns a server on a store, without its listeners and workers: the test calls them when it is time.
func newNode(t *testing.T, address, secret string) *Server {
	t.Helper()
	st, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	public, err := url.Parse("https://samtale.example")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{PublicURL: public, FeedAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, FeedHTTP: true}
	s := newServer(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), st, false, []byte(secret))
	if err := s.loadRegion(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// regionWith imports a region of one person, with one feed for each address.
func regionWith(t *testing.T, address string, feeds ...string) {
	t.Helper()
	st, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	kari := conference.Person{ID: "kari", Name: "Kari", Email: "kari@region.example", Access: conference.AccessClinician}
	for _, f := range feeds {
		kari.Feeds = append(kari.Feeds, conference.Feed{URL: f, Kind: conference.FeedBusy})
	}
	if _, err := st.PutRegion(t.Context(), conference.Region{Name: "Test", Zone: "Europe/Oslo", People: []conference.Person{kari}}); err != nil {
		t.Fatal(err)
	}
}

// pass lets time go by on a node's clock.
func (s *Server) pass(d time.Duration) { s.clock.shift.Add(int64(d)) }

// refresh does what the worker does when it looks what is due.
func (s *Server) refresh(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.refreshDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// feed is the first feed of Kari in the snapshot.
func (s *Server) feed(t *testing.T) feedState {
	t.Helper()
	feeds := s.calendars.Load().people["kari"].feeds
	if len(feeds) == 0 {
		t.Fatal("no feed is known")
	}
	return feeds[0]
}

// later is longer than any pause between two fetches that succeed.
const later = refreshEvery*12/10 + time.Second

// week returns n instants, a day apart, from tomorrow on.
func week(n int) []time.Time {
	var starts []time.Time
	for i := range n {
		starts = append(starts, time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, i+1))
	}
	return starts
}

func TestNodesFetchEachFeedOnce(t *testing.T) {
	address := newStore(t)
	var sites []*site
	var urls []string
	for range 6 {
		s := newSite(t, calendarAt(week(2)...))
		sites, urls = append(sites, s), append(urls, s.URL+sitePath)
	}
	regionWith(t, address, urls...)
	nodes := []*Server{newNode(t, address, nodesSecret), newNode(t, address, nodesSecret)}
	for round := range 4 {
		var wg sync.WaitGroup
		for _, n := range nodes {
			wg.Go(func() { n.refresh(t) })
		}
		wg.Wait()
		for _, s := range sites {
			if got := s.asked(); got != round+1 {
				t.Errorf("round %d: a calendar was fetched %d times, want %d", round, got, round+1)
			}
		}
		for _, n := range nodes {
			n.refresh(t) // nothing is due; what the other node has read is known here too
			if pc := n.calendars.Load().people["kari"]; pc.missing || len(pc.busy) != 2 || len(pc.feeds) != len(sites) {
				t.Errorf("round %d: a node knows %+v", round, pc)
			}
			n.pass(later)
		}
	}
}

func TestNodeThatDiesHoldsNoFeedBack(t *testing.T) {
	address := newStore(t)
	home := newSite(t, calendarAt(week(2)...))
	regionWith(t, address, home.URL+sitePath)
	node := newNode(t, address, nodesSecret)
	key := store.FeedKey("kari", 0, home.URL+sitePath)
	if _, err := node.store.LeaseFeed(t.Context(), key, "a node that died", 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	node.refresh(t)
	if home.asked() != 0 {
		t.Error("a feed in another node's hands was fetched")
	}
	eventually(t, "the lease runs out", func() bool { node.refresh(t); return home.asked() == 1 })
	if err := node.store.FinishFeed(t.Context(), store.FeedRecord{Person: "kari", URLHash: store.URLHash(home.URL + sitePath)}, "a node that died"); !errors.Is(err, store.ErrLease) {
		t.Errorf("a late result is written: %v", err)
	}
}

func TestFeedThatLosesNearlyEverything(t *testing.T) {
	full, empty := calendarAt(week(20)...), calendarAt()
	check := func(name, after string, accepted int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			address := newStore(t)
			home := newSite(t, full)
			regionWith(t, address, home.URL+sitePath)
			node := newNode(t, address, nodesSecret)
			node.refresh(t)
			home.set(func(s *site) { s.body = after })
			for i := range 5 {
				node.pass(later)
				node.refresh(t)
				pc := node.calendars.Load().people["kari"]
				if kept, want := len(pc.busy) == 20, i < accepted; kept != want || (node.feed(t).record.Shrunk > 0) != want {
					t.Fatalf("answer %d: %d intervals, %+v", i, len(pc.busy), node.feed(t).record)
				}
			}
		})
	}
	check("nothing_left", empty, 3)
	check("one_of_twenty_left", calendarAt(week(1)...), 3)
	check("two_of_twenty_left", calendarAt(week(2)...), 0)

	t.Run("the_owner_says_so", func(t *testing.T) {
		address := newStore(t)
		home := newSite(t, full)
		regionWith(t, address, home.URL+sitePath)
		node := newNode(t, address, nodesSecret)
		node.refresh(t)
		home.set(func(s *site) { s.body = empty })
		for _, owner := range []bool{false, true} {
			if err := node.pressRefresh(t.Context(), node.feed(t).ref, owner); err != nil {
				t.Fatal(err)
			}
			if kept := len(node.calendars.Load().people["kari"].busy) == 20; kept == owner {
				t.Errorf("pressed by the owner %t, the old copy is kept %t", owner, kept)
			}
		}
	})

	t.Run("it_was_a_mistake", func(t *testing.T) {
		address := newStore(t)
		home := newSite(t, full)
		regionWith(t, address, home.URL+sitePath)
		node := newNode(t, address, nodesSecret)
		for _, body := range []string{full, empty, full} {
			home.set(func(s *site) { s.body = body })
			node.refresh(t)
			node.pass(later)
		}
		if f := node.feed(t); f.record.Shrunk != 0 || len(node.calendars.Load().people["kari"].busy) != 20 {
			t.Errorf("after the calendar came back: %+v", f.record)
		}
	})
}

func TestFailingFeedKeepsItsCopy(t *testing.T) {
	address := newStore(t)
	home := newSite(t, calendarAt(week(3)...))
	regionWith(t, address, home.URL+sitePath)
	node := newNode(t, address, nodesSecret)
	node.refresh(t)
	home.set(func(s *site) { s.status, s.retryAfter = 503, "7200" })
	node.pass(later)
	node.refresh(t)
	f := node.feed(t)
	if f.failure != failureUnreachable || f.record.FailingSince.IsZero() || len(node.calendars.Load().people["kari"].busy) != 3 {
		t.Errorf("after a failure: %+v", f.record)
	}
	asked := home.asked()
	node.forceRefresh([]conference.PersonID{"kari"})
	node.refresh(t)
	if err := node.pressRefresh(t.Context(), f.ref, true); !errors.Is(err, errTooMany) {
		t.Errorf("pressed while the server asks to be left alone: %v", err)
	}
	node.pass(time.Hour)
	node.refresh(t)
	if home.asked() != asked {
		t.Error("the server was asked in spite of its Retry-After")
	}
	since := f.record.FailingSince
	node.pass(3 * time.Hour)
	node.refresh(t)
	if f := node.feed(t); home.asked() != asked+1 || !f.record.FailingSince.Equal(since) || f.record.Failures != 2 {
		t.Errorf("after Retry-After: %d fetches, %+v", home.asked()-asked, f.record)
	}
	region := node.region.Load()
	node.pass(20 * time.Hour)
	if state := node.calendars.Load().stateOf(region.people["kari"]); state.State != "stale" {
		t.Errorf("a day later the calendar is %+v", state)
	}
	home.set(func(s *site) { s.status, s.retryAfter = 200, "" })
	node.refresh(t)
	if f := node.feed(t); f.failure != "" || !f.record.FailingSince.IsZero() {
		t.Errorf("after it came back: %+v", f.record)
	}
}

func TestAnotherSecretLosesTheAddress(t *testing.T) {
	address := newStore(t)
	home := newSite(t, calendarAt(week(3)...))
	regionWith(t, address)
	node := newNode(t, address, nodesSecret)
	kari := node.region.Load().people["kari"]
	ctx := context.WithValue(t.Context(), principalKey{}, &principal{session: store.Session{Person: kari.ID}, person: kari})
	added, err := node.addFeed(ctx, &addFeedInput{IdempotencyKey: "add-my-feed", Body: NewFeed{Kind: conference.FeedBusy, URL: home.URL + sitePath}})
	if err != nil {
		t.Fatal(err)
	}
	other := newNode(t, address, strings.ToUpper(nodesSecret))
	other.pass(later)
	other.refresh(t)
	f := other.feed(t)
	if f.ref.id != added.Body.ID || f.failure != failureAddressLost || home.asked() != 1 || len(other.calendars.Load().people["kari"].busy) != 3 {
		t.Errorf("under another secret: %+v, fetched %d times", f.record, home.asked())
	}
	other.pass(later)
	other.refresh(t) // and goes on without harm
	node.pass(7 * time.Hour)
	node.refresh(t)
	if f := node.feed(t); f.failure != "" || home.asked() != 2 {
		t.Errorf("under the first secret again: %+v", f.record)
	}
}

func TestDeletedFeedIsNotWrittenAgain(t *testing.T) {
	address := newStore(t)
	regionWith(t, address)
	node := newNode(t, address, nodesSecret)
	own := store.OwnFeed{ID: "f_1", Person: "kari", Kind: conference.FeedBusy, Sealed: node.sealer.Seal(node.random, []byte("{}"), "f_1")}
	if _, err := node.store.CreateOwnFeed(t.Context(), own, store.Idempotency{}); err != nil {
		t.Fatal(err)
	}
	record, err := node.store.LeaseFeed(t.Context(), "f_1", "slow", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := node.store.DeleteOwnFeed(t.Context(), "kari", "f_1"); err != nil {
		t.Fatal(err)
	}
	record.Person, record.Own, record.Body = "kari", "f_1", []byte("BEGIN:VCALENDAR")
	if err := node.store.FinishFeed(t.Context(), record, "slow"); !errors.Is(err, store.ErrLease) {
		t.Errorf("a fetch that ran while the feed was removed: %v", err)
	}
	if left, err := node.store.Feeds(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d records are left: %v", len(left), err)
	}
}

func TestFeedsThatTheRegionForgetsAreDeleted(t *testing.T) {
	address := newStore(t)
	home := newSite(t, calendarAt(week(1)...))
	regionWith(t, address, home.URL+sitePath)
	node := newNode(t, address, nodesSecret)
	node.refresh(t)
	regionWith(t, address)
	if err := node.loadRegion(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := node.store.Feeds(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d copies are left: %v", len(left), err)
	}
}

func TestOneNodeShowsWhatTheOtherAdded(t *testing.T) {
	address := newStore(t)
	both := append([]string{"REDIS_URL", address, "SAMTALE_SECRET", nodesSecret}, allowed...)
	first, second := start(t, true, both...), start(t, true, append(both, "SAMTALE_NODE", "n2")...)
	added := first.as("ward-nurse").add(newSite(t, calendarAt(nextTuesday)).URL+sitePath, nil)
	if added.status != 201 {
		t.Fatalf("%d %s", added.status, added.body)
	}
	nurse := second.as("ward-nurse")
	eventually(t, "the other node lists the feed", func() bool {
		for _, f := range nurse.feeds() {
			if f.Origin == "added" {
				return true
			}
		}
		return false
	})
	if got := nurse.starts("marte-solli", nextTuesday, nextTuesday.Add(time.Hour)); len(got) != 0 {
		t.Errorf("the other node finds %v", got)
	}
}

func TestRegionAddressesAreSealed(t *testing.T) {
	address := newStore(t)
	home := newSite(t, calendarAt(week(3)...))
	st, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	kari := conference.Person{
		ID: "kari", Name: "Kari", Email: "kari@region.example", Access: conference.AccessClinician,
		Feeds: []conference.Feed{{Kind: conference.FeedBusy, URL: home.URL + sitePath}, {Kind: conference.FeedDuty, URL: "/demo/ics/kari.ics"}},
	}
	r := conference.Region{Name: "Test", Zone: "Europe/Oslo", People: []conference.Person{kari}}
	if err := putRegionSealed(t.Context(), st, feedSealer([]byte(nodesSecret)), rand.Reader, r); err != nil {
		t.Fatal(err)
	}
	if r.People[0].Feeds[0].URL != home.URL+sitePath {
		t.Error("sealing changed the caller's region")
	}
	kept, _, err := st.Region(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(kept); strings.Contains(text, "private-4f1b9c") || strings.Contains(text, "127.0.0.1") || !strings.Contains(text, "/demo/ics/kari.ics") {
		t.Errorf("the store holds %s", text)
	}
	node := newNode(t, address, nodesSecret)
	node.refresh(t)
	if got := node.region.Load().people["kari"].Feeds[0].URL; got != home.URL+sitePath {
		t.Errorf("opened as %q", got)
	}
	if f := node.feed(t); f.failure != "" || home.asked() != 1 {
		t.Errorf("%+v, fetched %d times", f.record, home.asked())
	}
	other := newNode(t, address, strings.ToUpper(nodesSecret))
	other.pass(later)
	other.refresh(t)
	if f := other.feed(t); f.failure != failureAddressLost || other.address(f.ref) != "" || len(other.calendars.Load().people["kari"].busy) != 3 {
		t.Errorf("under another secret: %+v at %q", f.record, other.address(f.ref))
	}
}

func TestWorkingElsewhereIsTheRegionsChoice(t *testing.T) {
	address := newStore(t)
	at := strings.Replace(calendarAt(week(1)...), "SUMMARY", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\r\nSUMMARY", 1)
	home := newSite(t, at)
	regionWith(t, address, home.URL+sitePath)
	node := newNode(t, address, nodesSecret)
	node.refresh(t)
	if busy := node.calendars.Load().people["kari"].busy; len(busy) != 0 {
		t.Errorf("by default: %v", busy)
	}
	r, _, err := node.store.Region(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Elsewhere = conference.ElsewhereBusy
	if err := putRegionSealed(t.Context(), node.store, node.sealer, node.random, r); err != nil {
		t.Fatal(err)
	}
	if err := node.loadRegion(t.Context()); err != nil {
		t.Fatal(err)
	}
	if busy := node.calendars.Load().people["kari"].busy; len(busy) != 1 {
		t.Errorf("where the region says so: %v", busy)
	}
}
