package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// newBooking is a meeting of half an hour with one mail and one link for each person.
func newBooking(id conference.ConferenceID, start time.Time, people ...conference.PersonID) Booking {
	c := conference.Conference{
		ID: id, MeetingCode: "MEET", UID: string(id) + "@example.org", Unit: "ward", Purpose: "discharge", Start: start, End: start.Add(30 * time.Minute),
		State: conference.Booked, BookedAt: noon.Add(-48 * time.Hour), SchemaVersion: 1,
	}
	b := Booking{}
	for _, p := range people {
		key := "k_" + string(p)
		c.Participants = append(c.Participants, conference.Participant{Key: key, Seat: "seat", Need: conference.Required, Person: p, Reply: conference.NoReply})
		b.Mails = append(b.Mails, Mail{Kind: "request", Conference: id, Participant: key})
		b.Invitations = append(b.Invitations, InvitationKey{Hash: "hash-" + string(id) + key, Participant: key, Expires: c.End.Add(time.Hour)})
	}
	b.Conference = c
	return b
}

func TestBook(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Case](t)(b.CreateCase(ctx, newCase("c_1", "K7QX2"), Idempotency{}))
		cursor := must[string](t)(b.LastEventID(ctx))
		booking := newBooking("m_1", noon, "p_kari", "p_ola")
		booking.Conference.Case, booking.CaseRevision = "c_1", 1
		booked := must[conference.Conference](t)(b.Book(ctx, booking))
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_1")); !reflect.DeepEqual(got, booked) || got.Revision != 1 {
			t.Errorf("stored %+v\nbooked %+v", got, booked)
		}
		of := must[conference.Case](t)(b.Case(ctx, "c_1"))
		if of.Revision != 2 || !slices.Equal(of.Conferences, []conference.ConferenceID{"m_1"}) {
			t.Errorf("case revision %d, meetings %v", of.Revision, of.Conferences)
		}
		of.Note = "x"
		if of = must[conference.Case](t)(b.UpdateCase(ctx, of, 2, "changed")); len(of.Conferences) != 1 {
			t.Errorf("an update lost the meetings: %v", of.Conferences)
		}
		second := newBooking("m_2", noon.Add(30*time.Minute), "p_kari") // begins when the first ends
		second.Conference.Case, second.CaseRevision = "c_1", 3
		must[conference.Conference](t)(b.Book(ctx, second))
		if confs := must[[]conference.Conference](t)(b.ConferencesOf(ctx, "c_1")); len(confs) != 2 || confs[0].ID != "m_1" || confs[1].ID != "m_2" {
			t.Errorf("meetings of the case %+v", confs)
		}
		changes := must[[]Change](t)(b.Events(ctx, cursor, 0))
		if len(changes) != 3 || changes[0].What != "booked" || changes[0].Conference != "m_1" || changes[0].Case != "c_1" || changes[0].Unit != "ward" {
			t.Errorf("events %+v", changes)
		}
		ref := must[InvitationRef](t)(b.Invitation(ctx, "hash-m_1k_p_ola"))
		if ref.Conference != "m_1" || ref.Participant != "k_p_ola" || !ref.Expires.Equal(booked.End.Add(time.Hour)) {
			t.Errorf("invitation %+v", ref)
		}
	})
}

// TestBookRefusals: whatever is refused leaves the store as it was.
func TestBookRefusals(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Case](t)(b.CreateCase(ctx, newCase("c_1", "K7QX2"), Idempotency{}))
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		size := must[OutboxSize](t)(b.OutboxSize(ctx))
		cursor := must[string](t)(b.LastEventID(ctx))
		try := func(name string, want error, change func(*Booking)) {
			t.Helper()
			booking := newBooking("m_2", noon.Add(-15*time.Minute), "p_per", "p_kari")
			booking.Conference.Case, booking.Idempotency = "c_1", Idempotency{Key: "k2", BodyHash: "b2"}
			change(&booking)
			_, err := b.Book(ctx, booking)
			if err == nil || (want != nil && !errors.Is(err, want)) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
			if _, err := b.Conference(ctx, "m_2"); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s wrote a meeting: %v", name, err)
			}
			if _, err := b.Replayed(ctx, booking.Idempotency); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s wrote an answer: %v", name, err)
			}
			if held := must[map[conference.PersonID][]calendar.Interval](t)(b.Reservations(ctx, []conference.PersonID{"p_per"}, noon.Add(-time.Hour), noon.Add(time.Hour))); len(held) != 0 {
				t.Errorf("%s reserved %v", name, held)
			}
		}
		try("overlap", nil, func(*Booking) {})
		try("old case revision", ErrRevision, func(x *Booking) {
			x.CaseRevision = 9
			x.Conference.Start, x.Conference.End = noon.Add(3*time.Hour), noon.Add(4*time.Hour)
		})
		var taken *ConflictError
		both := newBooking("m_2", noon.Add(-15*time.Minute), "p_per", "p_kari")
		both.Conference.Case, both.CaseRevision = "c_1", 9
		if _, err := b.Book(ctx, both); !errors.As(err, &taken) {
			t.Errorf("old case revision and somebody engaged: %v, want who is engaged", err)
		}
		try("no such case", ErrNotFound, func(x *Booking) { x.Conference.Case = "c_9" })
		try("ends before it starts", nil, func(x *Booking) { x.Conference.End = x.Conference.Start })
		try("somebody twice", nil, func(x *Booking) { x.Conference.Participants[1].Person = "p_per" })
		try("expired invitation", nil, func(x *Booking) { x.Invitations[0].Expires = x.Conference.BookedAt })
		try("mail about another meeting", nil, func(x *Booking) { x.Mails[0].Conference = "m_1" })
		try("cancelled from the start", nil, func(x *Booking) { x.Conference.State = conference.Cancelled })
		refused(t, ErrExists)(b.Book(ctx, newBooking("m_1", noon.Add(5*time.Hour), "p_per")))
		if c := must[conference.Case](t)(b.Case(ctx, "c_1")); c.Revision != 1 || len(c.Conferences) != 0 {
			t.Errorf("case changed: %+v", c)
		}
		if now := must[OutboxSize](t)(b.OutboxSize(ctx)); now != size {
			t.Errorf("outbox %+v, was %+v", now, size)
		}
		if last := must[string](t)(b.LastEventID(ctx)); last != cursor {
			t.Error("an event was written")
		}
	})
}

func TestConflictsNameEverybody(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", noon.Add(time.Hour), "p_kari")))
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_3", noon.Add(-3*time.Hour), "p_kari")))
		long := newBooking("m_4", noon.Add(-time.Hour), "p_per", "p_kari", "p_ola")
		long.Conference.End = noon.Add(90 * time.Minute)
		_, err := b.Book(ctx, long)
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			t.Fatalf("error %v, want ConflictError", err)
		}
		half := 30 * time.Minute
		want := []Conflict{
			{Person: "p_kari", Kind: KindBooked, Conference: "m_2", Start: noon.Add(time.Hour), End: noon.Add(time.Hour + half)},
			{Person: "p_kari", Kind: KindBooked, Conference: "m_1", Start: noon, End: noon.Add(half)},
			{Person: "p_ola", Kind: KindBooked, Conference: "m_1", Start: noon, End: noon.Add(half)},
		}
		if !reflect.DeepEqual(conflict.Conflicts, want) {
			t.Errorf("conflicts %+v\nwant %+v", conflict.Conflicts, want)
		}
	})
}

// TestConflictWalk has more reservations in the way than one look of the script returns.
func TestConflictWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		for i := range 21 {
			must[conference.Conference](t)(b.Book(t.Context(), newBooking(conference.ConferenceID(fmt.Sprint("m_", i)), noon.Add(time.Duration(i)*30*time.Minute), "p_kari")))
		}
		day := newBooking("m_day", noon.Add(30*time.Minute), "p_kari")
		day.Conference.End = noon.Add(24 * time.Hour)
		_, err := b.Book(t.Context(), day)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || len(conflict.Conflicts) != 20 {
			t.Errorf("error %v, want 20 conflicts", err)
		}
	})
}

func TestBookOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		booking := newBooking("m_1", noon, "p_kari")
		booking.Idempotency = Idempotency{Key: "k1", BodyHash: "b1"}
		_, err := b.Replayed(ctx, booking.Idempotency)
		refused(t, ErrNotFound)(nil, err)
		first := must[conference.Conference](t)(b.Book(ctx, booking))
		repeated := newBooking("m_2", noon, "p_kari") // a retry draws new ids
		repeated.Idempotency = booking.Idempotency
		if again := must[conference.Conference](t)(b.Book(ctx, repeated)); !reflect.DeepEqual(again, first) {
			t.Errorf("replay %+v, want %+v", again, first)
		}
		if again := must[conference.Conference](t)(b.Replayed(ctx, booking.Idempotency)); !reflect.DeepEqual(again, first) {
			t.Errorf("Replayed %+v, want %+v", again, first)
		}
		repeated.Idempotency.BodyHash = "b2"
		refused(t, ErrIdempotencyMismatch)(b.Book(ctx, repeated))
		_, err = b.Replayed(ctx, repeated.Idempotency)
		refused(t, ErrIdempotencyMismatch)(nil, err)
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 1 {
			t.Errorf("outbox %+v, want one mail", size)
		}
	})
}

// TestBookingRace: 64 writers fight for 50 starts. Their casts overlap in changing ways; all share the one doctor, so each
// start can be booked once. Exactly 50 are, nobody is booked twice, and every loser learns who was taken.
func TestBookingRace(t *testing.T) {
	const writers, starts = 64, 50
	b := openBench(t, realServer(t), nil)
	ctx := t.Context()
	start := func(i int) time.Time { return noon.Add(time.Duration(i) * 30 * time.Minute) }
	var mu sync.Mutex
	booked, conflicts := map[int]int{}, 0
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for _, i := range rand.Perm(starts) {
				people := []conference.PersonID{"p_doctor", conference.PersonID(fmt.Sprint("p_nurse", w%5)), conference.PersonID(fmt.Sprint("p_own", w))}
				_, err := b.Book(ctx, newBooking(conference.ConferenceID(fmt.Sprintf("m_%d_%d", w, i)), start(i), people...))
				var conflict *ConflictError
				mu.Lock()
				switch {
				case err == nil:
					booked[i]++
				case errors.As(err, &conflict) && len(conflict.Conflicts) > 0:
					conflicts++
				default:
					t.Errorf("writer %d start %d: %v", w, i, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for i := range starts {
		if booked[i] != 1 {
			t.Errorf("start %d was booked %d times", i, booked[i])
		}
	}
	if want := writers*starts - starts; conflicts != want {
		t.Errorf("%d conflicts, want %d", conflicts, want)
	}
	people := []conference.PersonID{"p_doctor"}
	for w := range writers {
		people = append(people, conference.PersonID(fmt.Sprint("p_own", w)))
	}
	for n := range 5 {
		people = append(people, conference.PersonID(fmt.Sprint("p_nurse", n)))
	}
	total := 0
	for person, spans := range must[map[conference.PersonID][]calendar.Interval](t)(b.Reservations(ctx, people, noon, start(starts))) {
		total += len(spans)
		for i := 1; i < len(spans); i++ {
			if spans[i].Start.Before(spans[i-1].End) {
				t.Errorf("%s is booked twice: %v and %v", person, spans[i-1], spans[i])
			}
		}
	}
	if size := must[OutboxSize](t)(b.OutboxSize(ctx)); total != 3*starts || size.Waiting != 3*starts {
		t.Errorf("%d reservations and %d mails, want %d of each", total, size.Waiting, 3*starts)
	}
}
