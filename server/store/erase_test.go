package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		neighbour := open(t, b.url, Options{Tag: b.tag + "x"})
		for _, s := range []*Store{b.Store, neighbour} {
			for i := range 3 {
				must[conference.Conference](t)(s.Book(ctx, newBooking(conference.ConferenceID(fmt.Sprint("m_", i)), noon.Add(time.Duration(i)*time.Hour), "p_kari")))
			}
			_, _, err := s.Allow(ctx, "k", 1, time.Hour)
			if err := errors.Join(
				err, s.PutToken(ctx, "h1", Token{Kind: "setup"}, time.Hour), s.PutFeed(ctx, FeedRecord{Person: "p_kari", Body: []byte("x")}),
				s.AppendAttendance(ctx, "m_1", conference.Event{Key: "k_1"}),
			); err != nil {
				t.Fatal(err)
			}
			c, room := newConsult("q_1")
			must[duty.Consult](t)(s.CreateConsult(ctx, c, Idempotency{Key: "k", BodyHash: "b"}, room))
			must[duty.Consult](t)(s.ChangeConsult(ctx, "q_1", "missed", miss))
			if err := errors.Join(
				s.PutDeclaration(ctx, duty.Declaration{Person: "p_kari", Covers: onDuty, At: noon, Until: noon.Add(time.Hour)}), s.NoteRang(ctx, "p_kari", noon),
				s.NotePresent(ctx, "n1", []conference.PersonID{"p_kari"}, time.Minute), s.PutDevice(ctx, newDevice("d_1", "p_kari", 0)),
			); err != nil {
				t.Fatal(err)
			}
			must[string](t)(s.CreateOwnFeed(ctx, OwnFeed{ID: "f_1", Person: "p_kari"}, Idempotency{}))
			must[int64](t)(s.PutHours(ctx, "p_kari", &PaintedHours{Person: "p_kari"}, 0))
		}
		left := func(tag string) int {
			all := must[[]string](t)(rawClient(t, b.url).Keys(ctx, "*"+tag+"[:.}]*").Result())
			return len(all)
		}
		before := left(neighbour.tag)
		if err := b.Erase(ctx); err != nil {
			t.Fatal(err)
		}
		if n := left(b.tag); n != 2 { // the schema version and the empty outbox
			t.Errorf("%d keys are left, want 2", n)
		}
		if n := left(neighbour.tag); n != before || n < 20 {
			t.Errorf("the neighbour has %d keys, had %d", n, before)
		}
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
	})
}

func TestOpenRefusesTagsThatMatchOthers(t *testing.T) {
	for _, tag := range []string{"*", "a}b", "s:x", "s.access", "Ø"} {
		if s, err := Open(t.Context(), "redis://127.0.0.1:1", Options{Tag: tag}); !errors.Is(err, errTag) {
			t.Errorf("tag %q: %v, %v", tag, s, err)
		}
	}
}
