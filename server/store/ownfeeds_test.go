package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func TestOwnFeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		cursor := must[string](t)(b.LastEventID(ctx))
		newest := OwnFeed{ID: "f_2", Person: "p_kari", Kind: conference.FeedBusy, Host: "cal.example", Sealed: "k.box", AddedAt: noon.Add(time.Hour)}
		oldest := OwnFeed{ID: "f_3", Person: "p_kari", Kind: conference.FeedDuty, AddedAt: noon}
		others := OwnFeed{ID: "f_1", Person: "p_ola", Kind: conference.FeedHours, AddedAt: noon}
		for _, f := range []OwnFeed{newest, oldest, others} {
			if id := must[string](t)(b.CreateOwnFeed(ctx, f, Idempotency{Key: "k" + f.ID, BodyHash: "h"})); id != f.ID {
				t.Errorf("created %s as %s", f.ID, id)
			}
		}
		if got := must[[]OwnFeed](t)(b.OwnFeedsOf(ctx, "p_kari")); !reflect.DeepEqual(got, []OwnFeed{oldest, newest}) {
			t.Errorf("Kari's feeds %+v", got)
		}
		if got := must[[]OwnFeed](t)(b.OwnFeeds(ctx)); len(got) != 3 || got[2].Person != "p_ola" {
			t.Errorf("all feeds %+v", got)
		}
		again := newest
		again.ID = "f_9"
		if id := must[string](t)(b.CreateOwnFeed(ctx, again, Idempotency{Key: "kf_2", BodyHash: "h"})); id != "f_2" {
			t.Errorf("the same request again made %s", id)
		}
		if id := must[string](t)(b.ReplayedFeed(ctx, Idempotency{Key: "kf_2", BodyHash: "h"})); id != "f_2" {
			t.Errorf("replayed %s", id)
		}
		refused(t, ErrIdempotencyMismatch)(b.CreateOwnFeed(ctx, again, Idempotency{Key: "kf_2", BodyHash: "other"}))
		refused(t, ErrIdempotencyMismatch)(b.ReplayedFeed(ctx, Idempotency{Key: "kf_2", BodyHash: "other"}))
		refused(t, ErrNotFound)(b.ReplayedFeed(ctx, Idempotency{Key: "never", BodyHash: "h"}))
		refused(t, ErrExists)(b.CreateOwnFeed(ctx, newest, Idempotency{}))

		if err := b.PutFeed(ctx, FeedRecord{Person: "p_kari", Own: "f_2", Body: []byte("x"), Memory: "m"}); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteOwnFeed(ctx, "p_kari", "f_2"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.FeedCopy(ctx, "f_2"); !errors.Is(err, ErrNotFound) {
			t.Errorf("the copy of a removed feed: %v", err)
		}
		if err := b.DeleteOwnFeed(ctx, "p_kari", "f_2"); !errors.Is(err, ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		if got := must[[]OwnFeed](t)(b.OwnFeedsOf(ctx, "p_kari")); len(got) != 1 {
			t.Errorf("left %+v", got)
		}
		if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 4 || changes[0].Kind != "feed" || changes[3].What != "removed" {
			t.Errorf("events %+v", changes)
		}
	})
}

func TestOwnFeedsAreBounded(t *testing.T) {
	b := onMemory(t)
	for i := range ownFeedsMost {
		must[string](t)(b.CreateOwnFeed(t.Context(), OwnFeed{ID: fmt.Sprint("f_", i), Person: "p_kari"}, Idempotency{}))
	}
	refused(t, ErrTooManyFeeds)(b.CreateOwnFeed(t.Context(), OwnFeed{ID: "f_more", Person: "p_kari"}, Idempotency{}))
	must[string](t)(b.CreateOwnFeed(t.Context(), OwnFeed{ID: "f_other", Person: "p_ola"}, Idempotency{}))
}

func TestFeedLease(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		record := FeedRecord{Person: "p_kari", URLHash: URLHash("https://cal.example/x.ics"), ETag: `"1"`, CheckedAt: noon}
		if err := b.PutFeed(ctx, record); err != nil {
			t.Fatal(err)
		}
		other := b.again(t)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var holders []string
		for i, s := range []*Store{b.Store, other, b.Store, other, b.Store, other} {
			wg.Go(func() {
				name := fmt.Sprint("node-", i)
				got, err := s.LeaseFeed(ctx, record.Key(), name, time.Minute)
				switch {
				case err == nil && reflect.DeepEqual(got, record):
					mu.Lock()
					holders = append(holders, name)
					mu.Unlock()
				case !errors.Is(err, ErrLease):
					t.Errorf("%s: %+v, %v", name, got, err)
				}
			})
		}
		wg.Wait()
		if len(holders) != 1 {
			t.Fatalf("leased to %v", holders)
		}
		record.ETag = `"2"`
		if err := b.FinishFeed(ctx, record, "somebody else"); !errors.Is(err, ErrLease) {
			t.Errorf("written without the lease: %v", err)
		}
		if err := errors.Join(b.ReleaseFeed(ctx, record.Key(), "somebody else"), b.FinishFeed(ctx, record, holders[0])); err != nil {
			t.Fatal(err)
		}
		if err := b.FinishFeed(ctx, record, holders[0]); !errors.Is(err, ErrLease) {
			t.Errorf("written twice with one lease: %v", err)
		}
		if got := must[FeedRecord](t)(other.LeaseFeed(ctx, record.Key(), "next", time.Minute)); got.ETag != `"2"` {
			t.Errorf("the next one sees %+v", got)
		}
		if err := other.ReleaseFeed(ctx, record.Key(), "next"); err != nil {
			t.Fatal(err)
		}
		if got := must[FeedRecord](t)(b.LeaseFeed(ctx, "never seen", "next", time.Minute)); got.Person != "" {
			t.Errorf("a feed without state is %+v", got)
		}
	})
}

func TestFeedMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := FeedRecord{Person: "p_kari", Own: "f_1"}
		check := func(name string, body []byte, memory, wantBody, wantMemory string) {
			t.Helper()
			r.Body, r.Memory = body, memory
			if err := b.PutFeed(ctx, r); err != nil {
				t.Fatal(err)
			}
			gotBody, gotMemory, err := b.FeedCopy(ctx, "f_1")
			if string(gotBody) != wantBody || gotMemory != wantMemory || err != nil {
				t.Errorf("%s: %q, %q, %v", name, gotBody, gotMemory, err)
			}
		}
		check("first copy", []byte("one"), "m1", "one", "m1")
		check("not modified", nil, "m2", "one", "m2")
		check("failed", nil, "", "one", "m2")
		check("another copy", []byte("two"), "m3", "two", "m3")
		check("a file from now on", []byte("three"), "", "three", "")
		got := must[[]FeedRecord](t)(b.FeedsByKey(ctx, "f_none", "f_1"))
		if len(got) != 1 || string(got[0].Body) != "three" {
			t.Errorf("by key %+v", got)
		}
	})
}

func TestPaintedHours(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		look := func(want *PaintedHours, revision int64) {
			t.Helper()
			got, rev, err := b.Hours(ctx, "p_kari")
			if !reflect.DeepEqual(got, want) || rev != revision || err != nil {
				t.Errorf("hours %+v of revision %d: %v; want %+v, %d", got, rev, err, want, revision)
			}
		}
		look(nil, 0)
		h := &PaintedHours{Person: "p_kari", Hours: []conference.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:00"}}, Except: []DaysOff{{"2026-12-24", "2026-12-31"}}, PaintedAt: noon}
		refused(t, ErrRevision)(b.PutHours(ctx, "p_kari", h, 1))
		if rev := must[int64](t)(b.PutHours(ctx, "p_kari", h, 0)); rev != 1 {
			t.Errorf("revision %d", rev)
		}
		look(h, 1)
		refused(t, ErrRevision)(b.PutHours(ctx, "p_kari", h, 0))
		if all := must[[]PaintedHours](t)(b.AllHours(ctx)); len(all) != 1 || !slices.Equal(all[0].Hours, h.Hours) {
			t.Errorf("all %+v", all)
		}
		must[int64](t)(b.PutHours(ctx, "p_kari", nil, 1))
		look(nil, 2)
		if all := must[[]PaintedHours](t)(b.AllHours(ctx)); len(all) != 0 {
			t.Errorf("after they were taken away %+v", all)
		}
		refused(t, ErrRevision)(b.PutHours(ctx, "p_kari", h, 1)) // an old revision never fits again
		must[int64](t)(b.PutHours(ctx, "p_kari", h, 2))
		look(h, 3)
	})
}
