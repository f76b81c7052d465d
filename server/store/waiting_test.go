package store

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func newWish(id conference.CaseID, deadline time.Time, who ...string) Waiting {
	return Waiting{
		Case: id, Unit: "ward", By: "p_nurse", People: people(who...), Request: json.RawMessage(`{"duration_min":30}`), Asked: noon.Add(-time.Hour), Deadline: deadline,
	}
}

func TestWaitingList(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for id, code := range map[conference.CaseID]string{"c_1": "K7QX2", "c_2": "K7QX3", "c_3": "K7QX4"} {
			must[conference.Case](t)(b.CreateCase(ctx, newCase(id, code), Idempotency{}))
		}
		wait := func(w Waiting) {
			t.Helper()
			if err := b.Wait(ctx, w); err != nil {
				t.Fatal(err)
			}
		}
		cursor := must[string](t)(b.LastEventID(ctx))
		wait(newWish("c_1", noon.Add(9*time.Hour), "kari", "ola"))
		if changes := b.changes(t, cursor); len(changes) != 1 || changes[0].Kind != "waiting" || changes[0].What != "asked" || changes[0].Case != "c_1" {
			t.Errorf("events %+v", changes)
		}
		wait(newWish("c_2", noon.Add(2*time.Hour), "ola"))
		wait(newWish("c_3", noon.Add(time.Hour), "per"))
		tell := func(name string, at time.Time, who []conference.PersonID, want ...conference.CaseID) {
			t.Helper()
			var got []conference.CaseID
			for _, w := range must[[]Waiting](t)(b.WaitingFor(ctx, at, who...)) {
				got = append(got, w.Case)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		tell("the nearest deadline first", noon, people("ola"), "c_2", "c_1")
		tell("any of several", noon, people("kari", "per"), "c_3", "c_1")
		tell("everybody", noon, nil, "c_3", "c_2", "c_1")
		tell("one deadline is over", noon.Add(2*time.Hour), people("ola"), "c_1")
		wait(newWish("c_2", noon.Add(10*time.Hour), "kari")) // another wish in its place
		tell("with the new wish", noon, people("ola"), "c_1")
		want := newWish("c_2", noon.Add(10*time.Hour), "kari")
		if got := must[Waiting](t)(b.Waiting(ctx, "c_2")); !reflect.DeepEqual(got, want) {
			t.Errorf("wish %+v\nwant %+v", got, want)
		}
		must[Waiting](t)(b.StopWaiting(ctx, "c_1"))
		_, err := b.StopWaiting(ctx, "c_1")
		refused(t, ErrNotFound)(nil, err)
		tell("after one gave up", noon, nil, "c_3", "c_2")
		booking := newBooking("m_1", noon, "p_kari")
		booking.Conference.Case = "c_2"
		must[conference.Conference](t)(b.Book(ctx, booking))
		tell("after one got a meeting", noon, nil, "c_3")
		wait(newWish("c_2", noon.Add(10*time.Hour), "kari"))
		must[conference.Conference](t)(b.Reschedule(ctx, Move{Conference: "m_1", Expected: 1, Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour)}))
		tell("after its meeting was moved", noon, nil, "c_3")
		late := newWish("c_1", noon.Add(12*time.Hour), "kari")
		late.Asked = noon.Add(time.Hour) // the deadline of c_3
		wait(late)
		if n := must[int64](t)(b.read.ZCard(ctx, b.wishesKey()).Result()); n != 1 {
			t.Errorf("%d on the list, want the one that still can be helped", n)
		}
		refused(t, ErrNotFound)(nil, b.Wait(ctx, newWish("c_9", noon, "kari")))
		if err := b.Wait(ctx, newWish("c_3", noon.Add(-time.Hour), "kari")); err == nil {
			t.Error("waits until before it asked")
		}
		if ttl := must[time.Duration](t)(b.read.PTTL(ctx, b.wishKey("c_3")).Result()); ttl <= time.Hour || ttl > 2*time.Hour {
			t.Errorf("the wish lives for %s", ttl)
		}
	})
}

// TestOffer walks from a freed start to an offer that is let pass, and to one that is taken.
func TestOffer(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Case](t)(b.CreateCase(ctx, newCase("c_1", "K7QX2"), Idempotency{}))
		offer := func(id HoldID, start time.Time) HoldRequest {
			r := newHold(id, start, people("kari"))
			r.Case, r.Offer = "c_1", true
			return r
		}
		refusedHold(t, ErrNotFound)(b.PlaceHold(ctx, offer("h_0", noon))) // nobody waits
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		if err := b.Wait(ctx, newWish("c_1", noon.Add(9*time.Hour), "kari")); err != nil {
			t.Fatal(err)
		}
		cursor := must[string](t)(b.LastEventID(ctx))
		must[conference.Conference](t)(b.Cancel(ctx, "m_1", 1, nil))
		freed := b.changes(t, cursor)[0]
		if !slices.Equal(freed.Freed, people("kari")) || len(must[[]Waiting](t)(b.WaitingFor(ctx, noon, freed.Freed...))) != 1 {
			t.Fatalf("freed %+v", freed)
		}
		must[Hold](t)(b.PlaceHold(ctx, offer("h_1", noon)))
		refusedHold(t, ErrExists)(b.PlaceHold(ctx, offer("h_2", noon.Add(time.Hour)))) // one at a time
		if own := must[[]Hold](t)(b.HoldsBy(ctx, "p_nurse")); len(own) != 0 {
			t.Errorf("an offer counts as a hold of hers: %+v", own)
		}
		b.clock.advance(HoldLifetime - time.Second)
		must[Hold](t)(b.ExtendHold(ctx, "h_1", 0, HoldLifetime))
		b.clock.advance(HoldLifetime - time.Second)
		if w := must[Waiting](t)(b.Waiting(ctx, "c_1")); w.Offer != "h_1" || w.Passed != nil {
			t.Errorf("waits with %+v", w)
		}
		b.clock.advance(time.Second)
		must[int](t)(b.ExpireHolds(ctx, 10))
		if w := must[Waiting](t)(b.Waiting(ctx, "c_1")); w.Offer != "" || len(w.Passed) != 1 || !w.Passed[0].Equal(noon) {
			t.Errorf("waits with %+v", w)
		}
		must[Hold](t)(b.PlaceHold(ctx, offer("h_4", noon.Add(2*time.Hour))))
		if err := b.ReleaseHold(ctx, "h_4"); err != nil { // no, thank you
			t.Fatal(err)
		}
		if w := must[Waiting](t)(b.Waiting(ctx, "c_1")); w.Offer != "" || len(w.Passed) != 2 {
			t.Errorf("waits with %+v", w)
		}
		must[Hold](t)(b.PlaceHold(ctx, offer("h_3", noon.Add(time.Hour)))) // the next at once
		if err := b.Wait(ctx, newWish("c_1", noon.Add(8*time.Hour), "kari")); err != nil {
			t.Fatal(err)
		}
		if w := must[Waiting](t)(b.Waiting(ctx, "c_1")); w.Offer != "h_3" || w.Passed != nil {
			t.Errorf("another wish has %+v, want the offer that stands and nothing passed", w)
		}
		booking := newBooking("m_2", noon.Add(time.Hour), "p_kari")
		booking.Conference.Case, booking.Hold = "c_1", "h_3"
		must[conference.Conference](t)(b.Book(ctx, booking))
		_, err := b.Waiting(ctx, "c_1")
		refused(t, ErrNotFound)(nil, err)
		var kinds []string
		for _, c := range b.changes(t, cursor) {
			kinds = append(kinds, c.Kind+" "+c.What)
		}
		want := []string{"conference cancelled", "hold offered", "hold extended", "hold expired", "hold offered", "hold released", "hold offered", "waiting asked", "hold used", "conference booked"}
		if !slices.Equal(kinds, want) {
			t.Errorf("events %q\nwant %q", kinds, want)
		}
	})
}
