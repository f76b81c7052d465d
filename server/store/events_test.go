package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func TestAttendanceKeepsItsOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if events := must[[]conference.Event](t)(b.Attendance(ctx, "m_1")); len(events) != 0 {
			t.Errorf("empty ledger gave %v", events)
		}
		var want []conference.Event
		for i := range 200 {
			want = append(want, conference.Event{
				At: noon.Add(time.Duration(i) * time.Second), Boot: "b1", Kind: "seen", Present: []conference.Presence{{Key: "k_1", Session: fmt.Sprint("s", i)}},
			})
		}
		if err := b.AppendAttendance(ctx, "m_1", want[:100]...); err != nil {
			t.Fatal(err)
		}
		for _, e := range want[100:] {
			for range 2 { // as after a lost answer
				if err := b.AppendAttendance(ctx, "m_1", e); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := must[[]conference.Event](t)(b.Attendance(ctx, "m_1")); !reflect.DeepEqual(got, want) {
			t.Errorf("got %d events, want %d in the same order", len(got), len(want))
		}
		if other := must[[]conference.Event](t)(b.Attendance(ctx, "m_2")); len(other) != 0 {
			t.Errorf("another meeting's ledger has %d events", len(other))
		}
	})
}

func TestEventsFollow(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if cursor := must[string](t)(b.LastEventID(ctx)); cursor != "0-0" {
			t.Errorf("empty stream ends at %s", cursor)
		}
		if changes := must[[]Change](t)(b.Events(ctx, "0-0", time.Millisecond)); len(changes) != 0 {
			t.Errorf("empty stream gave %v", changes)
		}
		people := []conference.PersonID{"p_kari", "p_ola"}
		told := make(chan error, 1)
		go func() {
			defer close(told)
			for i := range 3 {
				if err := b.Announce(ctx, Change{Kind: "feed", What: fmt.Sprint(i), Case: "c_1", Conference: "m_1", Unit: "ward", Consult: "q_1", People: people}); err != nil {
					told <- err
					return
				}
			}
		}()
		var got []Change
		cursor := "0-0"
		for len(got) < 3 {
			changes := must[[]Change](t)(b.Events(ctx, cursor, time.Minute))
			if len(changes) == 0 {
				t.Fatal("nothing came within a minute")
			}
			got, cursor = append(got, changes...), changes[len(changes)-1].ID
		}
		if err := <-told; err != nil {
			t.Fatal(err)
		}
		for i, c := range got {
			if want := (Change{ID: c.ID, Kind: "feed", What: fmt.Sprint(i), Case: "c_1", Conference: "m_1", Unit: "ward", Consult: "q_1", People: people}); !reflect.DeepEqual(c, want) {
				t.Errorf("event %d is %+v, want %+v", i, c, want)
			}
		}
		if last := must[string](t)(b.LastEventID(ctx)); last != cursor {
			t.Errorf("the last event is %s, read up to %s", last, cursor)
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		began := time.Now()
		if _, err := b.Events(ctx, "0-0", time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s to end", took)
		}
	})
}
