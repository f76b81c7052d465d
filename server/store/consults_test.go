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
	"github.com/samtale/samtale/server/duty"
)

var (
	onDuty  = conference.RoleAt{Role: "duty_doctor", Unit: "duty"}
	deputy  = conference.RoleAt{Role: "palliative_consultant", Unit: "palliative"}
	caller  = conference.PersonID("p_odd")
	doctors = []conference.PersonID{"p_kaja", "p_simen", "p_stein"}
)

// newConsult is a hunt that rings the first doctor, and its room with one link.
func newConsult(id duty.ConsultID) (duty.Consult, Booking) {
	c := duty.Consult{
		ID: id, Kind: duty.Specialist, Caller: caller, CallerRole: conference.RoleAt{Role: "gp", Unit: "langneset"}, Covers: onDuty,
		Stages: []conference.RoleAt{onDuty, deputy}, StageSince: noon, Reason: "symptoms", Urgency: duty.Now, Minutes: 5, State: duty.Ringing,
		Rings:      []duty.Ring{{Person: doctors[0], Covers: onDuty, Level: 1, At: noon, Until: noon.Add(15 * time.Second), Outcome: duty.RingOn}},
		Waiting:    []duty.Candidate{{Person: doctors[1], Level: 2}},
		Conference: conference.ConferenceID("m_" + id), At: noon, Deadline: noon.Add(15 * time.Second),
	}
	room := newBooking(c.Conference, noon, caller)
	room.Conference.Improvised, room.Conference.Purpose, room.Mails = true, conference.PurposeConsult, nil
	return c, room
}

// take is an accept: whoever comes second is told.
func take(by conference.PersonID) func(*duty.Consult) (bool, error) {
	return func(c *duty.Consult) (bool, error) {
		if c.TakenBy != "" {
			return false, errTaken
		}
		c.State, c.TakenBy, c.TakenAt, c.Deadline = duty.Connected, by, noon, time.Time{}
		return true, nil
	}
}

var errTaken = errors.New("taken")

// ringNext is what a deadline does: the ring ends and the next person is rung.
func ringNext(person conference.PersonID) func(*duty.Consult) (bool, error) {
	return func(c *duty.Consult) (bool, error) {
		last := &c.Rings[len(c.Rings)-1]
		last.Outcome, last.EndedAt = duty.Unanswered, c.Deadline
		c.Deadline = c.Deadline.Add(20 * time.Second)
		c.Rings = append(c.Rings, duty.Ring{Person: person, Covers: onDuty, At: last.EndedAt, Until: c.Deadline, Outcome: duty.RingOn})
		return true, nil
	}
}

func miss(c *duty.Consult) (bool, error) {
	c.State, c.Deadline, c.EndedAt, c.Note = duty.Missed, time.Time{}, noon.Add(time.Minute), &duty.Note{}
	return true, nil
}

func TestCreateConsult(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		cursor := must[string](t)(b.LastEventID(ctx))
		c, room := newConsult("q_1")
		key := Idempotency{Key: "k1", BodyHash: "b1"}
		_, err := b.ReplayedConsult(ctx, key)
		refused(t, ErrNotFound)(nil, err)
		created := must[duty.Consult](t)(b.CreateConsult(ctx, c, key, room))
		if got := must[duty.Consult](t)(b.Consult(ctx, "q_1")); !reflect.DeepEqual(got, created) || got.Revision != 1 {
			t.Errorf("stored  %+v\ncreated %+v", got, created)
		}
		meeting := must[conference.Conference](t)(b.Conference(ctx, "m_q_1"))
		if !meeting.Improvised || meeting.Revision != 1 || len(meeting.Participants) != 1 {
			t.Errorf("room %+v", meeting)
		}
		if held := must[[][]reservation](t)(b.reservations(ctx, []conference.PersonID{caller}, noon, noon.Add(time.Hour))); len(held[0]) != 0 {
			t.Errorf("the caller's time is reserved: %v", held)
		}
		if ref := must[InvitationRef](t)(b.Invitation(ctx, room.Invitations[0].Hash)); ref.Conference != meeting.ID {
			t.Errorf("link %+v", ref)
		}
		changes := must[[]Change](t)(b.Events(ctx, cursor, 0))
		want := []Change{{ID: changes[0].ID, Kind: "consult", What: "asked", Consult: "q_1", People: []conference.PersonID{caller, doctors[0]}}}
		if !reflect.DeepEqual(changes, want) {
			t.Errorf("events %+v\nwant   %+v", changes, want)
		}

		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "accepted", take(doctors[0])))
		again, other := newConsult("q_2")
		if got := must[duty.Consult](t)(b.CreateConsult(ctx, again, key, other)); got.ID != "q_1" || got.State != duty.Connected || got.Revision != 2 {
			t.Errorf("the request again gave %+v, want the consult as it stands", got)
		}
		if got := must[duty.Consult](t)(b.ReplayedConsult(ctx, key)); got.ID != "q_1" {
			t.Errorf("replayed %s", got.ID)
		}
		if due := must[[]duty.ConsultID](t)(b.DueConsults(ctx, noon.Add(time.Hour), 10)); len(due) != 0 {
			t.Errorf("due %v: it was taken", due)
		}
		refused(t, ErrNotFound)(b.Conference(ctx, "m_q_2"))
		refused(t, ErrIdempotencyMismatch)(b.CreateConsult(ctx, again, Idempotency{Key: "k1", BodyHash: "b2"}, other))
		refused(t, ErrExists)(b.CreateConsult(ctx, c, Idempotency{}, room))
	})
}

// TestCreateConsultRefusals: whatever is refused leaves the store as it was.
func TestCreateConsultRefusals(t *testing.T) {
	b := onMemory(t)
	ctx := t.Context()
	first, room := newConsult("q_0")
	must[duty.Consult](t)(b.CreateConsult(ctx, first, Idempotency{}, room))
	keys := b.memory.Keys()
	try := func(name string, want error, change func(*duty.Consult, *Booking)) {
		t.Helper()
		c, room := newConsult("q_1")
		change(&c, &room)
		if _, err := b.CreateConsult(ctx, c, Idempotency{Key: "k", BodyHash: "b"}, room); err == nil || (want != nil && !errors.Is(err, want)) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if left := b.memory.Keys(); !slices.Equal(left, keys) {
			t.Errorf("%s: keys %q, were %q", name, left, keys)
		}
	}
	try("no id", nil, func(c *duty.Consult, _ *Booking) { c.ID = "" })
	try("another room", nil, func(c *duty.Consult, _ *Booking) { c.Conference = "m_x" })
	try("no room", nil, func(_ *duty.Consult, room *Booking) { *room = Booking{} })
	try("a room that is there", ErrExists, func(c *duty.Consult, room *Booking) { c.Conference, room.Conference.ID = "m_q_0", "m_q_0" })
	try("a booked room", nil, func(_ *duty.Consult, room *Booking) { room.Conference.Improvised = false })
	try("a room of a case", nil, func(_ *duty.Consult, room *Booking) { room.Conference.Case = "c_1" })
	try("mails", nil, func(_ *duty.Consult, room *Booking) {
		room.Mails = []Mail{{Kind: "request", Conference: room.Conference.ID}}
	})
	try("a link that has expired", nil, func(_ *duty.Consult, room *Booking) { room.Invitations[0].Expires = room.Conference.BookedAt })
}

func TestPracticeNeedsNoRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c := duty.Consult{ID: "q_1", Kind: duty.Practice, Caller: caller, State: duty.Ringing, At: noon, Deadline: noon.Add(15 * time.Second)}
		must[duty.Consult](t)(b.CreateConsult(t.Context(), c, Idempotency{}, Booking{}))
		if due := must[[]duty.ConsultID](t)(b.DueConsults(t.Context(), noon.Add(time.Minute), 10)); !slices.Equal(due, []duty.ConsultID{"q_1"}) {
			t.Errorf("due %v", due)
		}
	})
}

func TestPutConsult(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		c, room := newConsult("q_1")
		c = must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
		cursor := must[string](t)(b.LastEventID(ctx))
		next := c
		next.Words = "blåbær"
		saved := must[duty.Consult](t)(b.PutConsult(ctx, next, 1, "seen"))
		if got := must[duty.Consult](t)(b.Consult(ctx, "q_1")); got.Revision != 2 || !reflect.DeepEqual(got, saved) {
			t.Errorf("stored %+v\nsaved  %+v", got, saved)
		}
		refused(t, ErrRevision)(b.PutConsult(ctx, c, 1, "late"))
		unknown, _ := newConsult("q_9")
		refused(t, ErrNotFound)(b.PutConsult(ctx, unknown, 1, "late"))
		if _, err := b.PutConsult(ctx, unknown, 0, "late"); err == nil {
			t.Error("revision 0 made a consult without a room")
		}
		if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 1 || changes[0].What != "seen" {
			t.Errorf("events %+v, want the one that succeeded", changes)
		}
		if due := must[[]duty.ConsultID](t)(b.DueConsults(ctx, noon.Add(time.Hour), 10)); !slices.Equal(due, []duty.ConsultID{"q_1"}) {
			t.Errorf("due %v", due)
		}
	})
}

func TestChangeConsult(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		c, room := newConsult("q_1")
		must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
		calls := 0
		changed := must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "rang", func(c *duty.Consult) (bool, error) {
			if calls++; calls == 1 { // somebody else is faster
				must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "rang", ringNext(doctors[1])))
			}
			return ringNext(doctors[2])(c)
		}))
		if calls != 2 || changed.Revision != 3 || len(changed.Rings) != 3 {
			t.Errorf("after %d calls %+v, want both rings", calls, changed)
		}
		same := must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "nothing", func(*duty.Consult) (bool, error) { return false, nil }))
		if same.Revision != 3 {
			t.Errorf("nothing to write made revision %d", same.Revision)
		}
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "accepted", take(doctors[2])))
		late, err := b.ChangeConsult(ctx, "q_1", "accepted", take(doctors[1]))
		if !errors.Is(err, errTaken) || late.TakenBy != doctors[2] {
			t.Errorf("the second got %v and %+v, want to see who took it", err, late)
		}
		refused(t, ErrNotFound)(b.ChangeConsult(ctx, "q_9", "accepted", take(doctors[0])))
	})
}

// TestAcceptRace: 32 people accept at once, over two nodes. One has it, all others are told who.
func TestAcceptRace(t *testing.T) {
	const people = 32
	b := openBench(t, realServer(t), nil)
	ctx := t.Context()
	c, room := newConsult("q_1")
	must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
	nodes := []*Store{b.Store, b.again(t)}
	var mu sync.Mutex
	var winners, told []conference.PersonID
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			me := conference.PersonID(fmt.Sprint("p_", i))
			got, err := nodes[i%2].ChangeConsult(ctx, "q_1", "accepted", take(me))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && got.TakenBy == me:
				winners = append(winners, me)
			case errors.Is(err, errTaken):
				told = append(told, got.TakenBy)
			default:
				t.Errorf("%s: %v", me, err)
			}
		})
	}
	wg.Wait()
	stored := must[duty.Consult](t)(b.Consult(ctx, "q_1"))
	if len(winners) != 1 || stored.TakenBy != winners[0] || stored.Revision != 2 {
		t.Fatalf("taken by %v, stored %s of revision %d", winners, stored.TakenBy, stored.Revision)
	}
	if slices.ContainsFunc(told, func(p conference.PersonID) bool { return p != winners[0] }) || len(told) != people-1 {
		t.Errorf("the others were told %v", told)
	}
}

func TestDueConsults(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for i, deadline := range []time.Duration{30 * time.Second, 10*time.Second + 1, 20 * time.Second} {
			c, room := newConsult(duty.ConsultID(fmt.Sprint("q_", i)))
			c.Deadline = noon.Add(deadline)
			must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
		}
		tell := func(name string, at time.Duration, limit int, want ...duty.ConsultID) {
			t.Helper()
			if due := must[[]duty.ConsultID](t)(b.DueConsults(ctx, noon.Add(at), limit)); !slices.Equal(due, want) {
				t.Errorf("%s: %v, want %v", name, due, want)
			}
		}
		tell("before all", 9*time.Second, 10)
		tell("a nanosecond early", 10*time.Second, 10)
		tell("at once", 20*time.Second, 10, "q_1", "q_2")
		tell("the longest overdue", time.Hour, 2, "q_1", "q_2")
		tell("no limit is none", time.Hour, 0)
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "rang", ringNext(doctors[1])))
		tell("one has another deadline", 20*time.Second, 10, "q_2")
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_2", "missed", miss))
		tell("one is over", time.Hour, 10, "q_0", "q_1")
	})
}

func TestListsOfConsults(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for i := range 3 {
			c, room := newConsult(duty.ConsultID(fmt.Sprint("q_", i)))
			must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
			b.clock.advance(time.Minute)
		}
		ids := func(consults []duty.Consult) (ids []duty.ConsultID) {
			for _, c := range consults {
				ids = append(ids, c.ID)
			}
			return ids
		}
		of := func(person conference.PersonID, limit int, want ...duty.ConsultID) {
			t.Helper()
			if got := ids(must[[]duty.Consult](t)(b.ConsultsOf(ctx, person, limit))); !slices.Equal(got, want) {
				t.Errorf("consults of %s: %v, want %v", person, got, want)
			}
		}
		inbox := func(role conference.RoleAt, want ...duty.ConsultID) {
			t.Helper()
			if got := ids(must[[]duty.Consult](t)(b.ConsultsOfRole(ctx, role, 10))); !slices.Equal(got, want) {
				t.Errorf("inbox of %s: %v, want %v", role, got, want)
			}
		}
		of(caller, 10, "q_2", "q_1", "q_0")
		of(caller, 2, "q_2", "q_1")
		of(doctors[0], 10, "q_2", "q_1", "q_0")
		of(doctors[1], 10) // waiting is not asked
		of(caller, 0)
		inbox(onDuty)
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "rang", ringNext(doctors[1])))
		of(doctors[1], 10, "q_1")
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "missed", miss))
		b.clock.advance(time.Minute)
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_0", "missed", func(c *duty.Consult) (bool, error) { c.Stage = 1; return miss(c) }))
		inbox(onDuty, "q_0", "q_1")
		inbox(deputy, "q_0") // the other hunt did not come to the deputies
		of(caller, 10, "q_2", "q_1", "q_0")
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "note", func(c *duty.Consult) (bool, error) { c.Note.TakenBy = "p_next"; return true, nil }))
		of("p_next", 10, "q_1")
		must[duty.Consult](t)(b.ChangeConsult(ctx, "q_0", "rang", func(c *duty.Consult) (bool, error) { c.State = duty.Ringing; return true, nil }))
		inbox(onDuty, "q_1")
	})
}

// TestConsultsAreForgotten: 90 days after its last change a consult is gone, and its place in the lists with the next write.
func TestConsultsAreForgotten(t *testing.T) {
	b := onMemory(t)
	ctx := t.Context()
	create := func(id duty.ConsultID) {
		t.Helper()
		c, room := newConsult(id)
		must[duty.Consult](t)(b.CreateConsult(ctx, c, Idempotency{}, room))
	}
	create("q_1")
	create("q_2")
	must[duty.Consult](t)(b.ChangeConsult(ctx, "q_2", "missed", miss))
	must[duty.Consult](t)(b.ChangeConsult(ctx, "q_2", "rang", func(c *duty.Consult) (bool, error) { c.Deadline = noon.Add(10 * time.Second); return true, nil }))
	b.pass(consultKept + time.Hour)
	must[duty.Consult](t)(b.Consult(ctx, "q_1")) // the deadlines have not been met: both hunts go on
	must[duty.Consult](t)(b.Consult(ctx, "q_2"))
	must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "missed", miss))
	b.pass(consultKept - time.Hour)
	must[duty.Consult](t)(b.Consult(ctx, "q_1"))
	create("q_3")
	b.pass(2 * time.Hour)
	refused(t, ErrNotFound)(b.Consult(ctx, "q_1"))
	if got := must[[]duty.Consult](t)(b.ConsultsOf(ctx, caller, 10)); len(got) != 1 || got[0].ID != "q_3" {
		t.Errorf("consults %+v, want the one that is kept", got)
	}
	create("q_4")
	if listed := must[[]string](t)(b.memory.ZMembers(b.consultsOfKey(caller))); !slices.Equal(listed, []string{"q_3", "q_4"}) {
		t.Errorf("listed %v", listed)
	}
	if due := must[[]duty.ConsultID](t)(b.DueConsults(ctx, noon.Add(time.Hour), 10)); !slices.Equal(due, []duty.ConsultID{"q_2", "q_3", "q_4"}) {
		t.Errorf("due %v: a deadline whose consult has expired, or one was lost", due)
	}
}

func TestListsAreBounded(t *testing.T) {
	b := openBench(t, realServer(t), nil)
	for i := range consultsListed + 5 {
		c := duty.Consult{ID: duty.ConsultID(fmt.Sprintf("q_%04d", i)), Kind: duty.Practice, Caller: caller, State: duty.Ended, At: noon}
		must[duty.Consult](t)(b.CreateConsult(t.Context(), c, Idempotency{}, Booking{}))
		b.clock.advance(time.Millisecond)
	}
	got := must[[]duty.Consult](t)(b.ConsultsOf(t.Context(), caller, 2*consultsListed))
	if len(got) != consultsListed || got[0].ID != duty.ConsultID(fmt.Sprintf("q_%04d", consultsListed+4)) || got[consultsListed-1].ID != "q_0005" {
		t.Errorf("%d consults, from %s to %s", len(got), got[0].ID, got[len(got)-1].ID)
	}
}

// BenchmarkPutConsult is one step of a hunt, durable on disk when it is answered.
func BenchmarkPutConsult(b *testing.B) {
	s := openBench(b, realServer(b), nil)
	c, room := newConsult("q_1")
	c = must[duty.Consult](b)(s.CreateConsult(b.Context(), c, Idempotency{}, room))
	for b.Loop() {
		c = must[duty.Consult](b)(s.PutConsult(b.Context(), c, c.Revision, "rang"))
	}
}
