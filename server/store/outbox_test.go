package store

import (
	"errors"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func statusOf(t *testing.T, s *Store, id conference.ConferenceID, key string) MailStatus {
	t.Helper()
	return must[map[string]MailStatus](t)(s.OutboxStatus(t.Context(), id))[key]
}

func TestMailIsSentOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
		if got := statusOf(t, b.Store, "m_1", "k_p_kari"); got.State != MailQueued || got.Kind != "request" || got.At.UnixMilli() != b.now().UnixMilli() {
			t.Errorf("status %+v", got)
		}
		seen := map[string]string{}
		for range 2 {
			m := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
			seen[m.Participant] = m.ID
			if m.Kind != "request" || m.Conference != "m_1" || m.Attempts != 0 || !m.Queued.Equal(b.now()) {
				t.Errorf("row %+v", m)
			}
			for range 2 { // the second time because the first answer was lost
				if err := b.MailSent(ctx, m, noon); err != nil {
					t.Fatal(err)
				}
			}
		}
		if seen["k_p_kari"] != "m_1.request.0.k_p_kari" || seen["k_p_ola"] == "" {
			t.Errorf("mails %v", seen)
		}
		refused(t, ErrNotFound)(b.NextMail(ctx, "n1", 0))
		if got := statusOf(t, b.Store, "m_1", "k_p_ola"); got.State != MailSent || !got.At.Equal(noon) {
			t.Errorf("status %+v", got)
		}
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size != (OutboxSize{}) {
			t.Errorf("outbox %+v after all was sent", size)
		}
	})
}

func TestMailIsTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if err := b.QueueMail(ctx, Mail{Kind: "signin", Subject: "p_kari", Language: "nb"}); err != nil {
			t.Fatal(err)
		}
		first := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
		if first.Subject != "p_kari" || first.Language != "nb" || len(first.ID) < 20 {
			t.Errorf("row %+v", first)
		}
		if err := b.MailFailed(ctx, first, b.now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		refused(t, ErrNotFound)(b.NextMail(ctx, "n1", 0))
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size != (OutboxSize{Retrying: 1}) {
			t.Errorf("outbox %+v", size)
		}
		b.clock.advance(time.Minute)
		again := must[OutboxMail](t)(b.NextMail(ctx, "n2", 0))
		if again.ID != first.ID || again.Attempts != 1 || !again.Queued.Equal(first.Queued) {
			t.Errorf("second attempt %+v, first %+v", again, first)
		}
		if err := b.MailDead(ctx, again, "refused", noon); err != nil {
			t.Fatal(err)
		}
		b.clock.advance(time.Hour)
		refused(t, ErrNotFound)(b.NextMail(ctx, "n1", 0))
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size != (OutboxSize{Dead: 1}) {
			t.Errorf("outbox %+v", size)
		}
	})
}

func TestMailStatusFollowsTheNewest(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		c := must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari")))
		request := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
		if err := b.MailFailed(ctx, request, b.now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := statusOf(t, b.Store, "m_1", "k_p_kari"); got.State != MailQueued {
			t.Errorf("after a first failure %+v", got)
		}
		must[conference.Conference](t)(b.Cancel(ctx, "m_1", c.Revision, []Mail{{Kind: "cancel", Conference: "m_1", Participant: "k_p_kari", Sequence: 1}}))
		cancel := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
		if err := b.MailDead(ctx, cancel, "refused", noon); err != nil {
			t.Fatal(err)
		}
		b.clock.advance(time.Hour)
		late := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
		if err := b.MailSent(ctx, late, noon); err != nil {
			t.Fatal(err)
		}
		if got := statusOf(t, b.Store, "m_1", "k_p_kari"); got != (MailStatus{State: MailFailed, Kind: "cancel", Sequence: 1, At: noon, Reason: "refused"}) {
			t.Errorf("status %+v, want the failed cancel", got)
		}
	})
}

// TestMailSurvivesItsSender: a sender that stops with a mail in hand gets it again when it comes back; when it does not,
// another takes it after a while.
func TestMailSurvivesItsSender(t *testing.T) {
	b := onMemory(t)
	ctx := t.Context()
	b.memory.SetTime(noon)
	must[conference.Conference](t)(b.Book(ctx, newBooking("m_1", noon, "p_kari", "p_ola")))
	inHand := must[OutboxMail](t)(b.NextMail(ctx, "n1", 0))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	back := b.again(t)
	again := must[OutboxMail](t)(back.NextMail(ctx, "n1", 0))
	if again.ID != inHand.ID {
		t.Errorf("came back to %s, had %s in hand", again.ID, inHand.ID)
	}
	other := must[OutboxMail](t)(back.NextMail(ctx, "n1", 0))
	if other.ID == inHand.ID {
		t.Error("the same mail twice")
	}
	if err := back.MailSent(ctx, other, noon); err != nil {
		t.Fatal(err)
	}
	neighbour := b.again(t)
	refused(t, ErrNotFound)(neighbour.NextMail(ctx, "n2", 0)) // n1 may be at it still
	b.memory.SetTime(noon.Add(mailClaim + time.Second))
	claimed := must[OutboxMail](t)(neighbour.NextMail(ctx, "n2", 0))
	if claimed.ID != inHand.ID {
		t.Errorf("claimed %s, want %s", claimed.ID, inHand.ID)
	}
	if err := neighbour.MailSent(ctx, claimed, noon); err != nil {
		t.Fatal(err)
	}
	if err := back.MailFailed(ctx, again, noon.Add(time.Hour)); err != nil { // n1 was only slow: its word comes too late
		t.Fatal(err)
	}
	if size := must[OutboxSize](t)(back.OutboxSize(ctx)); size != (OutboxSize{}) {
		t.Errorf("outbox %+v", size)
	}
	if got := statusOf(t, back, "m_1", again.Participant); got.State != MailSent {
		t.Errorf("status %+v", got)
	}
}

func TestUnreadableRowIsPutAside(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if err := rawClient(t, b.url).Do(ctx, "XADD", b.outboxKey(), "*", "row", "{").Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.NextMail(ctx, "n1", 0); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("error %v, want one about the row", err)
		}
		refused(t, ErrNotFound)(b.NextMail(ctx, "n1", 0))
		if size := must[OutboxSize](t)(b.OutboxSize(ctx)); size != (OutboxSize{Dead: 1}) {
			t.Errorf("outbox %+v", size)
		}
	})
}

func TestQueueMailRefusesWordsThatBreakTheStatus(t *testing.T) {
	b := onMemory(t)
	for _, m := range []Mail{{}, {Kind: "two words"}, {Kind: "request", Conference: "m_1", Participant: "a b"}} {
		if err := b.QueueMail(t.Context(), m); err == nil {
			t.Errorf("queued %+v", m)
		}
	}
}
