package store

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func people(names ...string) []conference.PersonID {
	list := make([]conference.PersonID, len(names))
	for i, n := range names {
		list[i] = conference.PersonID("p_" + n)
	}
	return list
}

// newHold is half an hour that the ward's nurse holds for five minutes.
func newHold(id HoldID, start time.Time, casts ...[]conference.PersonID) HoldRequest {
	return HoldRequest{Hold: Hold{ID: id, By: "p_nurse", Unit: "ward", Start: start, End: start.Add(30 * time.Minute)}, Casts: casts, TTL: HoldLifetime}
}

// conflictOf demands exactly one conflict and returns it.
func conflictOf(t *testing.T, err error) Conflict {
	t.Helper()
	var conflict *ConflictError
	if !errors.As(err, &conflict) || len(conflict.Conflicts) != 1 {
		t.Fatalf("error %v, want one conflict", err)
	}
	return conflict.Conflicts[0]
}

func (b bench) held(t *testing.T, person string) []Held {
	t.Helper()
	id := conference.PersonID("p_" + person)
	return must[map[conference.PersonID][]Held](t)(b.HoldsOf(t.Context(), []conference.PersonID{id, "p_nobody"}, noon.Add(-24*time.Hour), noon.Add(24*time.Hour)))[id]
}

func (b bench) changes(t *testing.T, after string) []Change {
	t.Helper()
	return must[[]Change](t)(b.Events(t.Context(), after, 0))
}

func TestHoldIsSeenAndBinds(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		cursor := must[string](t)(b.LastEventID(ctx))
		h := must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon, people("kari", "ola"))))
		until := b.now().UTC().Add(HoldLifetime).Truncate(time.Millisecond)
		if !h.Until.Equal(until) || !slices.Equal(h.People, people("kari", "ola")) {
			t.Errorf("held %+v", h)
		}
		if got := must[Hold](t)(b.Hold(ctx, "h_1")); !reflect.DeepEqual(got, h) {
			t.Errorf("stored %+v\nheld   %+v", got, h)
		}
		want := Held{Hold: "h_1", Start: noon, End: noon.Add(30 * time.Minute), By: "p_nurse", Unit: "ward", Until: until}
		if got := b.held(t, "kari"); len(got) != 1 || got[0] != want {
			t.Errorf("others see %+v, want %+v", got, want)
		}
		asked := newBooking("m_1", noon.Add(15*time.Minute), "p_kari", "p_per")
		_, err := b.Book(ctx, asked)
		if got, want := conflictOf(t, err), (Conflict{Person: "p_kari", Kind: KindHeld, Start: noon, End: noon.Add(30 * time.Minute), Hold: "h_1", By: "p_nurse", Unit: "ward", Until: until}); got != want {
			t.Errorf("conflict %+v\nwant %+v", got, want)
		}
		if _, err := b.PlaceHold(ctx, newHold("h_2", noon.Add(-15*time.Minute), people("ola"))); conflictOf(t, err).Kind != KindHeld {
			t.Error(err)
		}
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", noon.Add(30*time.Minute), "p_ola"))) // begins when the hold ends
		changes := b.changes(t, cursor)
		if len(changes) != 2 || changes[0].Kind != "hold" || changes[0].What != "held" || changes[0].Hold != "h_1" || changes[0].Unit != "ward" || changes[0].Freed != nil {
			t.Errorf("events %+v", changes)
		}
		b.clock.advance(HoldLifetime)
		if got := b.held(t, "kari"); len(got) != 0 {
			t.Errorf("seen after its end: %+v", got)
		}
		refusedHold(t, ErrNotFound)(b.Hold(ctx, "h_1"))
		must[conference.Conference](t)(b.Book(ctx, asked)) // without anybody having ended it
	})
}

func refusedHold(t *testing.T, want error) func(Hold, error) {
	return func(_ Hold, err error) {
		t.Helper()
		refused(t, want)(nil, err)
	}
}

func TestHoldLivesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon, people("kari"))))
		for n := range HoldExtensions {
			b.clock.advance(HoldLifetime - time.Second)
			h := must[Hold](t)(b.ExtendHold(ctx, "h_1", n, HoldLifetime))
			again := must[Hold](t)(b.ExtendHold(ctx, "h_1", n, HoldLifetime)) // the first answer was lost
			until := b.now().UTC().Add(HoldLifetime).Truncate(time.Millisecond)
			if h.Extended != n+1 || !h.Until.Equal(until) || !reflect.DeepEqual(h, again) || !b.held(t, "kari")[0].Until.Equal(until) {
				t.Errorf("extended %+v, again %+v, seen %+v", h, again, b.held(t, "kari"))
			}
			if got := must[Hold](t)(b.Hold(ctx, "h_1")); !reflect.DeepEqual(got, h) {
				t.Errorf("stored %+v, want %+v", got, h)
			}
		}
		h := must[Hold](t)(b.Hold(ctx, "h_1"))
		refused(t, ErrRevision)(nil, b.endHold(ctx, h, "expired")) // it was looked up before it was extended
		if due := must[float64](t)(b.read.ZScore(ctx, b.holdsKey(), "h_1").Result()); int64(due) != h.Until.UnixMilli() {
			t.Errorf("due at %f, want %d", due, h.Until.UnixMilli())
		}
		refusedHold(t, ErrTooMany)(b.ExtendHold(ctx, "h_1", HoldExtensions, HoldLifetime))
		refusedHold(t, ErrRevision)(b.ExtendHold(ctx, "h_1", 0, HoldLifetime))
		refusedHold(t, ErrNotFound)(b.ExtendHold(ctx, "h_9", 0, HoldLifetime))
		b.clock.advance(HoldLifetime)
		refusedHold(t, ErrNotFound)(b.ExtendHold(ctx, "h_1", HoldExtensions, HoldLifetime))
	})
}

// TestHoldEnds: given back or over, once, and the event says who is free.
func TestHoldEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon, people("kari", "ola"))))
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_2", noon, people("per"))))
		cursor := must[string](t)(b.LastEventID(ctx))
		if err := b.ReleaseHold(ctx, "h_1"); err != nil {
			t.Fatal(err)
		}
		refused(t, ErrNotFound)(nil, b.ReleaseHold(ctx, "h_1"))
		expire := func(want int) {
			t.Helper()
			if n := must[int](t)(b.ExpireHolds(ctx, 10)); n != want {
				t.Errorf("%d holds expired, want %d", n, want)
			}
		}
		expire(0)
		b.clock.advance(HoldLifetime)
		expire(1)
		expire(0)
		changes := b.changes(t, cursor)
		if len(changes) != 2 || changes[0].What != "released" || !slices.Equal(changes[0].Freed, people("kari", "ola")) || !changes[0].From.Equal(noon) ||
			!changes[0].To.Equal(noon.Add(30*time.Minute)) || changes[1].What != "expired" || !slices.Equal(changes[1].Freed, people("per")) {
			t.Errorf("events %+v", changes)
		}
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola", "p_per")))
	})
}

func TestHoldIsBooked(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon, people("kari", "ola", "siv"))))
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_2", noon, people("per"))))
		booking := newBooking("m_1", noon, "p_kari", "p_ola", "p_per")
		booking.Hold, booking.Idempotency = "h_1", Idempotency{Key: "k1", BodyHash: "b1"}
		_, err := b.Book(ctx, booking)
		if c := conflictOf(t, err); c.Hold != "h_2" || c.Person != "p_per" {
			t.Errorf("conflict %+v, want the hold of somebody else alone", c)
		}
		must[Hold](t)(b.Hold(ctx, "h_1")) // refused: nothing has changed
		if err := b.ReleaseHold(ctx, "h_2"); err != nil {
			t.Fatal(err)
		}
		cursor := must[string](t)(b.LastEventID(ctx))
		first := must[conference.Conference](t)(b.Book(ctx, booking))
		if again := must[conference.Conference](t)(b.Book(ctx, booking)); !reflect.DeepEqual(first, again) {
			t.Errorf("asked again %+v", again)
		}
		refusedHold(t, ErrNotFound)(b.Hold(ctx, "h_1"))
		if holds := must[[]Hold](t)(b.HoldsBy(ctx, "p_nurse")); len(holds) != 0 || len(b.held(t, "kari"))+len(b.held(t, "siv")) != 0 {
			t.Errorf("left over: %+v", holds)
		}
		changes := b.changes(t, cursor)
		if len(changes) != 2 || changes[0].What != "used" || !slices.Equal(changes[0].Freed, people("siv")) || changes[1].What != "booked" {
			t.Errorf("events %+v", changes)
		}
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_3", noon.Add(time.Hour), people("kari"))))
		b.clock.advance(HoldLifetime) // too late, but nobody has taken it
		late := newBooking("m_2", noon.Add(time.Hour), "p_kari")
		late.Hold = "h_3"
		must[conference.Conference](t)(b.Book(ctx, late))
		other := newBooking("m_3", noon.Add(3*time.Hour), "p_kari")
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_4", noon.Add(4*time.Hour), people("kari"))))
		other.Hold = "h_4"
		cursor = must[string](t)(b.LastEventID(ctx))
		must[conference.Conference](t)(b.Book(ctx, other)) // who held another time has changed their mind
		if changes := b.changes(t, cursor); len(b.held(t, "kari")) != 0 || !slices.Equal(changes[0].Freed, people("kari")) || !changes[0].From.Equal(noon.Add(4*time.Hour)) {
			t.Errorf("held %+v, events %+v", b.held(t, "kari"), changes)
		}
	})
}

func TestHoldChoosesACast(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		casts := [][]conference.PersonID{people("kari", "ola"), people("per", "ola"), people("siv", "ola")}
		r := newHold("h_1", noon, casts...)
		r.Idempotency = Idempotency{Key: "k1", BodyHash: "b1"}
		h := must[Hold](t)(b.PlaceHold(ctx, r))
		if h.Cast != 1 || !slices.Equal(h.People, casts[1]) {
			t.Errorf("held %+v, want the second cast", h)
		}
		if again := must[Hold](t)(b.PlaceHold(ctx, r)); !reflect.DeepEqual(again, h) {
			t.Errorf("again %+v", again)
		}
		r.Idempotency.BodyHash = "b2"
		refusedHold(t, ErrIdempotencyMismatch)(b.PlaceHold(ctx, r))
		_, err := b.PlaceHold(ctx, newHold("h_2", noon, casts...))
		var conflict *ConflictError
		if !errors.As(err, &conflict) || len(conflict.Conflicts) != 3 {
			t.Errorf("error %v, want kari booked, ola and per held, each once", err)
		}
		instead := newHold("h_3", noon.Add(15*time.Minute), people("per"))
		instead.Instead = "h_1"
		must[Hold](t)(b.PlaceHold(ctx, instead)) // overlaps what it takes the place of
		if got := b.held(t, "ola"); len(got) != 0 {
			t.Errorf("still held: %+v", got)
		}
		refused(t, ErrExists)(b.PlaceHold(ctx, newHold("h_3", noon.Add(9*time.Hour), people("per"))))
	})
}

func TestHoldsHaveABound(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		hold := func(n int) HoldRequest {
			return newHold(HoldID(rune('a'+n)), noon.Add(time.Duration(n)*time.Hour), people("kari"))
		}
		for n := range holdsPerOwner {
			must[Hold](t)(b.PlaceHold(ctx, hold(n)))
		}
		refusedHold(t, ErrTooMany)(b.PlaceHold(ctx, hold(20)))
		instead := hold(20)
		instead.Instead = "a"
		must[Hold](t)(b.PlaceHold(ctx, instead))
		if own := must[[]Hold](t)(b.HoldsBy(ctx, "p_nurse")); len(own) != holdsPerOwner {
			t.Errorf("%d holds", len(own))
		}
		b.clock.advance(HoldLifetime)
		must[Hold](t)(b.PlaceHold(ctx, hold(21)))
		if own := must[[]Hold](t)(b.HoldsBy(ctx, "p_nurse")); len(own) != 1 {
			t.Errorf("%d holds, want the one that lives", len(own))
		}
		for name, change := range map[string]func(*HoldRequest){
			"no id": func(r *HoldRequest) { r.ID = "" }, "nobody": func(r *HoldRequest) { r.Casts = nil }, "a space": func(r *HoldRequest) { r.Unit = "a b" },
			"no time": func(r *HoldRequest) { r.End = r.Start }, "no lifetime": func(r *HoldRequest) { r.TTL = 0 },
			"twice": func(r *HoldRequest) { r.Casts[0] = people("kari", "kari") }, "an offer to nobody": func(r *HoldRequest) { r.Offer = true },
		} {
			r := hold(22)
			change(&r)
			if _, err := b.PlaceHold(ctx, r); err == nil {
				t.Errorf("held with %s", name)
			}
		}
	})
}

func TestCaps(t *testing.T) {
	week := Cap{Person: "p_kari", From: noon.Add(-time.Hour), To: noon.Add(24 * time.Hour), Most: 2}
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		book := func(id conference.ConferenceID, start time.Time) error {
			x := newBooking(id, start, "p_kari", "p_ola")
			x.Caps = []Cap{week}
			_, err := b.Book(ctx, x)
			return err
		}
		if err := errors.Join(book("m_0", noon.Add(-2*time.Hour)), book("m_1", noon)); err != nil { // the first is of the week before
			t.Fatal(err)
		}
		h := newHold("h_1", noon.Add(time.Hour), people("kari"))
		h.Caps = []Cap{week}
		must[Hold](t)(b.PlaceHold(ctx, h)) // counts as the meeting that it may become
		want := Conflict{Person: "p_kari", Kind: KindCap, Start: week.From, End: week.To, Most: 2}
		if got := conflictOf(t, book("m_2", noon.Add(2*time.Hour))); got != want {
			t.Errorf("conflict %+v\nwant %+v", got, want)
		}
		held := newBooking("m_3", noon.Add(time.Hour), "p_kari")
		held.Hold, held.Caps = "h_1", []Cap{week}
		moved := must[conference.Conference](t)(b.Book(ctx, held))
		later := Move{Conference: "m_3", Expected: moved.Revision, Start: noon.Add(5 * time.Hour), End: noon.Add(6 * time.Hour), Caps: []Cap{week}}
		must[conference.Conference](t)(b.Reschedule(ctx, later)) // within the full week: it counts once
		before := must[conference.Conference](t)(b.Conference(ctx, "m_0"))
		_, err := b.Reschedule(ctx, Move{Conference: "m_0", Expected: before.Revision, Start: noon.Add(7 * time.Hour), End: noon.Add(8 * time.Hour), Caps: []Cap{week}})
		if got := conflictOf(t, err); got != want {
			t.Errorf("conflict %+v\nwant %+v", got, want)
		}
		must[conference.Conference](t)(b.Cancel(ctx, "m_1", 1, nil))
		if err := book("m_4", noon.Add(2*time.Hour)); err != nil {
			t.Error(err)
		}
	})
}
