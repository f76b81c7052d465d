package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
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

func TestChangeConference(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		b.drainMail(t)
		cursor := must[string](t)(b.LastEventID(ctx))
		old := "hash-m_1k_p_kari"
		calls := 0
		changed := must[conference.Conference](t)(b.ChangeConference(ctx, "m_1", "guest", func(c *conference.Conference) (bool, error) {
			if calls++; calls == 1 { // somebody else is faster
				must[conference.Conference](t)(b.SetReply(ctx, "m_1", "k_p_kari", conference.Accepted, noon))
			}
			c.Participants = append(c.Participants, conference.Participant{Key: "k_guest", Guest: "interpreter", Name: "Aino"})
			return true, nil
		}, Extras{
			Invitations: []InvitationKey{{Hash: "h_guest", Participant: "k_guest", Expires: noon.Add(time.Hour), TTL: time.Hour}},
			Revoke:      []string{old, "h_never"},
			Mails:       []Mail{{Kind: "link", Conference: "m_1", Participant: "k_guest"}},
		}))
		if calls != 2 || changed.Revision != 3 || len(changed.Participants) != 2 || changed.Participants[0].Reply != conference.Accepted {
			t.Errorf("after %d calls %+v", calls, changed)
		}
		if got := must[conference.Conference](t)(b.Conference(ctx, "m_1")); !reflect.DeepEqual(got, changed) {
			t.Errorf("stored  %+v\nchanged %+v", got, changed)
		}
		refused(t, ErrNotFound)(b.Invitation(ctx, old))
		want := InvitationRef{Conference: "m_1", Participant: "k_guest", Expires: noon.Add(time.Hour)}
		if got := must[InvitationRef](t)(b.Invitation(ctx, "h_guest")); got != want {
			t.Errorf("link %+v, want %+v", got, want)
		}
		if ttl := must[time.Duration](t)(b.read.PTTL(ctx, b.invitationKey("h_guest")).Result()); ttl <= 50*time.Minute || ttl > time.Hour {
			t.Errorf("the link lives for %s", ttl)
		}
		if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 2 || changes[1].What != "guest" || changes[1].People != nil {
			t.Errorf("events %+v", changes)
		}
		m := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
		if m.Participant != "k_guest" {
			t.Errorf("mail %+v", m)
		}
		if got := must[map[string]MailStatus](t)(b.OutboxStatus(ctx, "m_1"))["k_guest"]; got.State != MailQueued || got.Kind != "link" {
			t.Errorf("status of the new participant's mail %+v", got)
		}
		if err := b.MailSent(ctx, m, noon); err != nil {
			t.Fatal(err)
		}
		if got := must[map[string]MailStatus](t)(b.OutboxStatus(ctx, "m_1"))["k_guest"]; got.State != MailSent {
			t.Errorf("status after it was sent %+v", got)
		}
		again := Mail{Kind: "link", Conference: "m_1", Participant: "k_guest", Link: 1} // a link made anew is another mail
		if err := b.QueueMail(ctx, again); err != nil {
			t.Fatal(err)
		}
		if got := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0)); got.ID == m.ID {
			t.Errorf("both mails are %s: the second would be taken for the first", got.ID)
		}
		must[conference.Conference](t)(b.ChangeConference(ctx, "m_1", "nothing", func(*conference.Conference) (bool, error) { return false, nil },
			Extras{Revoke: []string{"h_guest"}}))
		must[InvitationRef](t)(b.Invitation(ctx, "h_guest"))
	})
}

// drainMail sends all mail that waits.
func (b bench) drainMail(t *testing.T) {
	t.Helper()
	for {
		m, err := b.NextMail(t.Context(), "drain", 0)
		if errors.Is(err, ErrNotFound) {
			return
		}
		if err := errors.Join(err, b.MailSent(t.Context(), m, noon)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChangeConferenceKeepsWhatIsReserved(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_booked", noon, "p_kari", "p_ola")))
		talk := newBooking("m_talk", noon, "p_kari", "p_ola") // at the same time: it reserves nobody
		talk.Conference.Improvised = true
		must[conference.Conference](t)(b.Book(ctx, talk))
		anybody := errors.New("any error")
		try := func(name string, booked, improvised error, change func(*conference.Conference)) {
			t.Helper()
			for id, want := range map[conference.ConferenceID]error{"m_booked": booked, "m_talk": improvised} {
				before := must[conference.Conference](t)(b.Conference(ctx, id))
				_, err := b.ChangeConference(ctx, id, "change", func(c *conference.Conference) (bool, error) { change(c); return true, nil }, Extras{})
				if (err == nil) != (want == nil) || (want != nil && want != anybody && !errors.Is(err, want)) {
					t.Errorf("%s in %s: %v, want %v", name, id, err, want)
				}
				if after := must[conference.Conference](t)(b.Conference(ctx, id)); (after.Revision == before.Revision) != (want != nil) {
					t.Errorf("%s in %s: revision %d, was %d", name, id, after.Revision, before.Revision)
				}
			}
		}
		add := func(p conference.Participant) func(*conference.Conference) {
			return func(c *conference.Conference) { c.Participants = append(c.Participants, p) }
		}
		drop := func(person conference.PersonID) func(*conference.Conference) {
			return func(c *conference.Conference) {
				c.Participants = slices.DeleteFunc(c.Participants, func(p conference.Participant) bool { return p.Person == person })
			}
		}
		try("a guest", nil, nil, add(conference.Participant{Key: "k_1", Guest: "kin"}))
		try("a visiting colleague", nil, nil, add(conference.Participant{Key: "k_2", Person: "p_per", Visitor: true}))
		try("a colleague by phone", nil, nil, add(conference.Participant{Key: "k_3", Person: "p_siv", ByHand: &conference.ByHand{How: "phone"}}))
		try("who is there by hand", nil, nil, func(c *conference.Conference) { c.Participants[0].ByHand = &conference.ByHand{How: "room"} })
		try("the visitor goes", nil, nil, drop("p_per"))
		try("staff is added", ErrReserved, nil, add(conference.Participant{Key: "k_4", Person: "p_new"}))
		try("staff goes", ErrReserved, nil, drop("p_kari"))
		try("later", ErrReserved, nil, func(c *conference.Conference) { c.Start, c.End = c.Start.Add(time.Hour), c.End.Add(time.Hour) })
		try("longer", ErrReserved, nil, func(c *conference.Conference) { c.End = c.End.Add(time.Hour) })
		try("somebody twice", anybody, anybody, add(conference.Participant{Key: "k_5", Person: "p_ola", Visitor: true}))
		try("cancelled", anybody, anybody, func(c *conference.Conference) { c.State = conference.Cancelled })
		try("of another kind", anybody, anybody, func(c *conference.Conference) { c.Improvised = !c.Improvised })
		try("ends before it starts", anybody, anybody, func(c *conference.Conference) { c.End = c.Start })

		cursor := must[string](t)(b.LastEventID(ctx))
		must[conference.Conference](t)(b.ChangeConference(ctx, "m_talk", "locked", func(c *conference.Conference) (bool, error) { c.Locked = true; return true, nil }, Extras{}))
		changes := must[[]Change](t)(b.Events(ctx, cursor, 0))
		if len(changes) != 1 || !slices.Equal(changes[0].People, []conference.PersonID{"p_ola", "p_siv", "p_new"}) {
			t.Errorf("events %+v, want one for those in the talk", changes)
		}
		talkNow := must[conference.Conference](t)(b.Conference(ctx, "m_talk"))
		must[conference.Conference](t)(b.Cancel(ctx, "m_talk", talkNow.Revision, nil))
		if held := must[map[conference.PersonID][]calendar.Interval](t)(b.Reservations(ctx, []conference.PersonID{"p_kari"}, noon, noon.Add(time.Hour))); len(held["p_kari"]) != 1 {
			t.Errorf("reserved %v, want the booked meeting", held)
		}
		for _, with := range []Extras{
			{Invitations: []InvitationKey{{Hash: "h", Participant: "k_1", Expires: noon.Add(time.Hour)}}}, {Mails: []Mail{{Kind: "link", Conference: "m_talk"}}},
		} {
			if _, err := b.ChangeConference(ctx, "m_booked", "link", func(*conference.Conference) (bool, error) { return true, nil }, with); err == nil {
				t.Errorf("written with %+v", with)
			}
		}
	})
}

// TestTakeLink: of many browsers that open a guest's link at once one has it, and it keeps it when the link lives on for longer.
func TestTakeLink(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		booking := newBooking("m_1", noon, "p_kari")
		must[conference.Conference](t)(b.Book(ctx, booking))
		hash := booking.Invitations[0].Hash
		var mu sync.Mutex
		var winners []string
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				browser := fmt.Sprint("b_", i)
				err := b.TakeLink(ctx, hash, browser)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					winners = append(winners, browser)
				} else if !errors.Is(err, ErrExists) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(winners) != 1 {
			t.Fatalf("taken by %v", winners)
		}
		longer := Extras{Invitations: []InvitationKey{{Hash: hash, Participant: "k_p_kari", Expires: noon.Add(9 * time.Hour), TTL: 9 * time.Hour}}}
		must[conference.Conference](t)(b.ChangeConference(ctx, "m_1", "longer", func(*conference.Conference) (bool, error) { return true, nil }, longer))
		if err := b.TakeLink(ctx, hash, winners[0]); err != nil {
			t.Errorf("the same browser again: %v", err)
		}
		refused(t, ErrExists)(nil, b.TakeLink(ctx, hash, "b_other"))
		refused(t, ErrNotFound)(nil, b.TakeLink(ctx, "h_never", "b_other"))
		if err := b.TakeLink(ctx, hash, ""); err == nil {
			t.Error("taken by no browser")
		}
	})
}
