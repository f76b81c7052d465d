package store

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

func (b bench) reserved(t *testing.T, person string) []calendar.Interval {
	t.Helper()
	id := conference.PersonID("p_" + person)
	return must[map[conference.PersonID][]calendar.Interval](t)(b.Reservations(t.Context(), []conference.PersonID{id}, noon.Add(-24*time.Hour), noon.Add(24*time.Hour)))[id]
}

// TestBookChoosesACast: the first that is free, with its own links and mails and no others.
func TestBookChoosesACast(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon, people("per"))))
		b.drainMail(t)
		booking := newBooking("m_2", noon, "p_kari", "p_ola")
		for _, other := range []conference.PersonID{"p_per", "p_siv", "p_eva"} {
			x := newBooking("m_2", noon, other, "p_ola")
			booking.Casts = append(booking.Casts, Cast{Participants: x.Conference.Participants, Mails: x.Mails, Invitations: x.Invitations})
		}
		booked := must[conference.Conference](t)(b.Book(ctx, booking))
		if booked.Cast != 2 || booked.Participants[0].Person != "p_siv" {
			t.Errorf("booked %+v, want the third cast", booked)
		}
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_2")); !reflect.DeepEqual(got, booked) {
			t.Errorf("stored %+v\nbooked %+v", got, booked)
		}
		if len(b.reserved(t, "siv")) != 1 || len(b.reserved(t, "eva")) != 0 || len(b.reserved(t, "kari")) != 1 {
			t.Errorf("reserved %v %v %v", b.reserved(t, "siv"), b.reserved(t, "eva"), b.reserved(t, "kari"))
		}
		must[InvitationRef](t)(b.Invitation(ctx, "hash-m_2k_p_siv"))
		_, err := b.Invitation(ctx, "hash-m_2k_p_kari")
		refused(t, ErrNotFound)(nil, err)
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 2 {
			t.Errorf("outbox %+v, want two mails", size)
		}
		booking.Conference.ID = "m_3"
		for i := range booking.Casts {
			booking.Casts[i].Mails = nil
		}
		booking.Mails = nil
		_, err = b.Book(ctx, booking)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || len(conflict.Conflicts) != 4 { // kari and ola and siv are booked, per is held; eva's cast fails on ola
			t.Errorf("error %v, want four conflicts", err)
		}
		booking.Casts[2].Participants = append(booking.Casts[2].Participants, booking.Casts[2].Participants[0])
		if _, err := b.Book(ctx, booking); err == nil {
			t.Error("booked though a cast has somebody twice")
		}
	})
}

func TestReschedule(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		must[conference.Conference](t)(b.SetReply(ctx, "m_1", "k_p_ola", conference.Accepted, noon))
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", noon.Add(time.Hour), "p_ola")))
		b.drainMail(t)
		cursor := must[string](t)(b.LastEventID(ctx))
		links := []InvitationKey{{Hash: "hash-m_1k_p_kari", Participant: "k_p_kari", Expires: noon.Add(9 * time.Hour), TTL: 90 * time.Hour}}
		m := Move{
			Conference: "m_1", Expected: 2, Start: noon.Add(40 * time.Minute), End: noon.Add(70 * time.Minute), By: "p_kari", At: noon,
			Idempotency: Idempotency{Key: "k1", BodyHash: "b1"}, Mails: []Mail{{Kind: "request", Conference: "m_1", Participant: "k_p_ola", Sequence: 1}}, Invitations: links,
		}
		_, err := b.Reschedule(ctx, m)
		if c := conflictOf(t, err); c.Person != "p_ola" || c.Conference != "m_2" || !c.Start.Equal(noon.Add(time.Hour)) {
			t.Errorf("conflict %+v", c)
		}
		if got := b.reserved(t, "kari"); len(got) != 1 || !got[0].Start.Equal(noon) || len(b.changes(t, cursor)) != 0 {
			t.Errorf("refused, but reserved %v", got)
		}
		m.Start, m.End = noon.Add(15*time.Minute), noon.Add(60*time.Minute) // overlaps its own old time
		moved := must[conference.Conference](t)(b.Reschedule(ctx, m))
		if moved.Revision != 3 || moved.Sequence != 1 || !moved.Start.Equal(m.Start) || moved.Participants[1].Reply != conference.NoReply || moved.Participants[0].Reply != conference.Accepted {
			t.Errorf("moved %+v", moved)
		}
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_1")); !reflect.DeepEqual(got, moved) {
			t.Errorf("stored %+v\nmoved  %+v", got, moved)
		}
		if again := must[conference.Conference](t)(b.Reschedule(ctx, m)); !reflect.DeepEqual(again, moved) {
			t.Errorf("asked again %+v", again)
		}
		m.Idempotency.BodyHash = "b2"
		refused(t, ErrIdempotencyMismatch)(b.Reschedule(ctx, m))
		m.Idempotency = Idempotency{}
		refused(t, ErrRevision)(b.Reschedule(ctx, m))
		want := []calendar.Interval{{Start: m.Start, End: m.End}}
		if got := b.reserved(t, "kari"); !slices.Equal(got, want) {
			t.Errorf("reserved %v, want %v", got, want)
		}
		changes := b.changes(t, cursor)
		if len(changes) != 1 || changes[0].What != "moved" || !slices.Equal(changes[0].Freed, people("kari", "ola")) || !changes[0].From.Equal(noon) || !changes[0].To.Equal(noon.Add(30*time.Minute)) {
			t.Errorf("events %+v", changes)
		}
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 1 {
			t.Errorf("outbox %+v, want one mail", size)
		}
		if ttl := must[time.Duration](t)(b.read.PTTL(ctx, b.invitationKey(links[0].Hash)).Result()); ttl < 80*time.Hour {
			t.Errorf("the link lives for %s", ttl)
		}
		must[conference.Conference](t)(b.Cancel(ctx, "m_1", moved.Revision, nil))
		if got := b.reserved(t, "kari"); len(got) != 0 {
			t.Errorf("reserved after the cancellation: %v", got)
		}
		m.Expected = 4
		if _, err := b.Reschedule(ctx, m); err == nil {
			t.Error("a cancelled meeting was moved")
		}
	})
}

// TestRescheduleTwiceAtOnce: a request that is sent twice at the same time is answered twice and done once.
func TestRescheduleTwiceAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		for expected := int64(1); expected <= 20; expected++ {
			start := noon.Add(time.Duration(expected) * time.Hour)
			m := Move{Conference: "m_1", Expected: expected, Start: start, End: start.Add(time.Hour), Idempotency: Idempotency{Key: start.String(), BodyHash: "b"}}
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if c, err := b.Reschedule(ctx, m); err != nil || c.Revision != expected+1 || !c.Start.Equal(start) {
						t.Errorf("revision %d: %v", c.Revision, err)
					}
				})
			}
			wg.Wait()
		}
	})
}

// TestRescheduleToAHold: what is held for the move is not in the way of it, and the meeting is not in the way of its hold. Who
// came by themselves is not reserved.
func TestRescheduleToAHold(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		must[conference.Conference](t)(b.ChangeConference(ctx, "m_1", "visit", func(c *conference.Conference) (bool, error) {
			c.Participants = append(c.Participants, conference.Participant{Key: "k_v", Person: "p_per", Visitor: true})
			return true, nil
		}, Extras{}))
		start := noon.Add(15 * time.Minute)
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", start, "p_per")))
		h := newHold("h_1", start, people("kari"))
		_, err := b.PlaceHold(ctx, h)
		if c := conflictOf(t, err); c.Kind != KindBooked {
			t.Errorf("conflict %+v", c)
		}
		h.Conference = "m_1"
		must[Hold](t)(b.PlaceHold(ctx, h))
		m := Move{Conference: "m_1", Expected: 2, Start: start, End: start.Add(30 * time.Minute)}
		_, err = b.Reschedule(ctx, m)
		if c := conflictOf(t, err); c.Hold != "h_1" {
			t.Errorf("conflict %+v", c)
		}
		m.Hold = "h_1"
		must[conference.Conference](t)(b.Reschedule(ctx, m))
		if len(b.held(t, "kari")) != 0 || len(b.reserved(t, "kari")) != 1 || len(b.reserved(t, "per")) != 1 {
			t.Errorf("held %v, reserved %v and %v", b.held(t, "kari"), b.reserved(t, "kari"), b.reserved(t, "per"))
		}
	})
}

func TestSwapPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", noon, "p_per")))
		b.drainMail(t)
		cursor := must[string](t)(b.LastEventID(ctx))
		in := conference.Participant{Key: "k_new", Seat: "seat", Need: conference.Required, Person: "p_per", Reply: conference.NoReply}
		w := Swap{
			Conference: "m_1", Expected: 1, Out: []string{"k_p_kari"}, In: []conference.Participant{in}, Idempotency: Idempotency{Key: "k1", BodyHash: "b1"},
			Mails: []Mail{
				{Kind: "cancel", Conference: "m_1", Participant: "k_p_kari", Sequence: 1}, {Kind: "request", Conference: "m_1", Participant: "k_new", Sequence: 1},
			},
			Invitations: []InvitationKey{{Hash: "h_new", Participant: "k_new", Expires: noon.Add(time.Hour), TTL: time.Hour}}, Revoke: []string{"hash-m_1k_p_kari"},
		}
		_, err := b.SwapPeople(ctx, w)
		if c := conflictOf(t, err); c.Person != "p_per" || c.Conference != "m_2" {
			t.Errorf("conflict %+v", c)
		}
		must[InvitationRef](t)(b.Invitation(ctx, "hash-m_1k_p_kari"))
		if len(b.reserved(t, "kari")) != 1 || len(b.changes(t, cursor)) != 0 {
			t.Error("refused, but something has changed")
		}
		w.In[0].Person = "p_siv"
		swapped := must[conference.Conference](t)(b.SwapPeople(ctx, w))
		if swapped.Revision != 2 || swapped.Sequence != 1 || len(swapped.Participants) != 2 || swapped.Participants[0].Key != "k_new" || len(swapped.Former) != 1 || swapped.Former[0].Person != "p_kari" {
			t.Errorf("swapped %+v", swapped)
		}
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_1")); !reflect.DeepEqual(got, swapped) {
			t.Errorf("stored  %+v\nswapped %+v", got, swapped)
		}
		if again := must[conference.Conference](t)(b.SwapPeople(ctx, w)); !reflect.DeepEqual(again, swapped) {
			t.Errorf("asked again %+v", again)
		}
		if len(b.reserved(t, "kari")) != 0 || len(b.reserved(t, "siv")) != 1 || len(b.reserved(t, "ola")) != 1 {
			t.Errorf("reserved %v %v %v", b.reserved(t, "kari"), b.reserved(t, "siv"), b.reserved(t, "ola"))
		}
		changes := b.changes(t, cursor)
		if len(changes) != 1 || changes[0].What != "swapped" || !slices.Equal(changes[0].Freed, people("kari")) {
			t.Errorf("events %+v", changes)
		}
		must[InvitationRef](t)(b.Invitation(ctx, "h_new"))
		_, err = b.Invitation(ctx, "hash-m_1k_p_kari")
		refused(t, ErrNotFound)(nil, err)
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 2 {
			t.Errorf("outbox %+v, want two mails", size)
		}
		w.Idempotency, w.Expected, w.Mails = Idempotency{}, 2, nil
		refused(t, ErrNotFound)(b.SwapPeople(ctx, Swap{Conference: "m_1", Expected: 2, Out: []string{"k_p_kari"}}))
		if _, err := b.SwapPeople(ctx, w); err == nil {
			t.Error("a key was given twice")
		}
		if _, err := b.SwapPeople(ctx, Swap{Conference: "m_1", Expected: 2}); err == nil {
			t.Error("swapped nobody for nobody")
		}
		left := must[conference.Conference](t)(b.SwapPeople(ctx, Swap{Conference: "m_1", Expected: 2, Out: []string{"k_p_ola"}}))
		if len(left.Participants) != 1 || len(b.reserved(t, "ola")) != 0 {
			t.Errorf("somebody left: %+v", left)
		}
	})
}
