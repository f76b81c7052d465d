package store

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

func TestCancelFreesThePeople(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		booked := must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		refused(t, ErrRevision)(b.Cancel(ctx, "m_1", 7, nil))
		mails := []Mail{{Kind: "cancel", Conference: "m_1", Participant: "k_p_kari", Sequence: 1}}
		cancelled := must[conference.Conference](t)(b.Cancel(ctx, "m_1", booked.Revision, mails))
		if cancelled.State != conference.Cancelled || cancelled.Sequence != 1 || cancelled.Revision != 2 {
			t.Errorf("cancelled %+v", cancelled)
		}
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_1")); !reflect.DeepEqual(got, cancelled) {
			t.Errorf("stored %+v\nwant %+v", got, cancelled)
		}
		again := must[conference.Conference](t)(b.Cancel(ctx, "m_1", booked.Revision, mails)) // the first answer was lost
		if !reflect.DeepEqual(again, cancelled) {
			t.Errorf("second cancel %+v", again)
		}
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size.Waiting != 3 {
			t.Errorf("outbox %+v, want two requests and one cancel", size)
		}
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_2", noon.Add(10*time.Minute), "p_ola", "p_kari")))
		refused(t, ErrNotFound)(b.Cancel(ctx, "m_9", 1, nil))
	})
}

func TestSetReply(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		people := make([]conference.PersonID, 8)
		for i := range people {
			people[i] = conference.PersonID(fmt.Sprint("p_", i))
		}
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, people...)))
		cursor := must[string](t)(b.LastEventID(ctx))
		var wg sync.WaitGroup
		for _, p := range people { // all at once: none may be lost
			wg.Go(func() {
				if _, err := b.SetReply(ctx, "m_1", "k_"+string(p), conference.Accepted, noon); err != nil {
					t.Errorf("%s: %v", p, err)
				}
			})
		}
		wg.Wait()
		c := must[conference.Conference](t)(b.Conference(ctx, "m_1"))
		for _, p := range c.Participants {
			if p.Reply != conference.Accepted || p.RepliedAt == nil || !p.RepliedAt.Equal(noon) {
				t.Errorf("%s: %s at %v", p.Key, p.Reply, p.RepliedAt)
			}
		}
		same := must[conference.Conference](t)(b.SetReply(ctx, "m_1", "k_p_0", conference.Accepted, noon.Add(time.Hour)))
		if same.Revision != c.Revision || c.Revision != 9 {
			t.Errorf("revision %d, then %d, want 9 both times", c.Revision, same.Revision)
		}
		if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 8 || changes[0].What != "reply" {
			t.Errorf("%d events", len(changes))
		}
		refused(t, ErrNotFound)(b.SetReply(ctx, "m_1", "k_nobody", conference.Accepted, noon))
		refused(t, ErrNotFound)(b.SetReply(ctx, "m_9", "k_p_0", conference.Accepted, noon))
	})
}

func TestReservationsWindow(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for i := range 3 { // 12:00, 13:00, 14:00, half an hour each
			must[conference.Conference](t)(b.Book(ctx, newBooking(conference.ConferenceID(fmt.Sprint("m_", i)), noon.Add(time.Duration(i)*time.Hour), "p_kari")))
		}
		at := func(hour, minute int) time.Time {
			return noon.Add(time.Duration(hour-12)*time.Hour + time.Duration(minute)*time.Minute)
		}
		tell := func(name string, from, to time.Time, want ...conference.ConferenceID) {
			t.Helper()
			confs := must[[]conference.Conference](t)(b.ConferencesOfPerson(ctx, "p_kari", from, to))
			spans := must[map[conference.PersonID][]calendar.Interval](t)(b.Reservations(ctx, []conference.PersonID{"p_kari", "p_nobody"}, from, to))["p_kari"]
			if len(confs) != len(want) || len(spans) != len(want) {
				t.Errorf("%s: %d meetings, %d spans, want %v", name, len(confs), len(spans), want)
				return
			}
			for i := range want {
				if confs[i].ID != want[i] || !spans[i].Start.Equal(confs[i].Start) || !spans[i].End.Equal(confs[i].End) || spans[i].Start.Location() != time.UTC {
					t.Errorf("%s: %d is %s %v, want %s", name, i, confs[i].ID, spans[i], want[i])
				}
			}
		}
		tell("all", at(0, 0), at(24, 0), "m_0", "m_1", "m_2")
		tell("begins in a meeting", at(12, 15), at(13, 0), "m_0")
		tell("ends in a meeting", at(12, 30), at(13, 1), "m_1")
		tell("touches on both sides", at(12, 30), at(13, 0))
		tell("inside one", at(13, 10), at(13, 20), "m_1")
		tell("after all", at(14, 30), at(20, 0))
	})
}

func TestInvitationExpires(t *testing.T) {
	b := onMemory(t)
	booking := newBooking("m_1", noon, "p_kari") // the region's clock stands years from the server's: lifetimes count, not dates
	must[conference.Conference](t)(b.Book(t.Context(), booking))
	life := booking.Invitations[0].Expires.Sub(booking.Conference.BookedAt)
	b.memory.FastForward(life - time.Second)
	must[InvitationRef](t)(b.Invitation(t.Context(), booking.Invitations[0].Hash))
	b.memory.FastForward(2 * time.Second)
	refused(t, ErrNotFound)(b.Invitation(t.Context(), booking.Invitations[0].Hash))
}
