package store

import (
	"reflect"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func newCase(id conference.CaseID, code string) conference.Case {
	return conference.Case{
		ID: id, Code: code, Origin: "ward", Municipality: "langneset", Destination: conference.Home, Receiver: "home_nursing", Discharge: noon.Add(48 * time.Hour),
		Certainty: conference.High, Seats: []conference.Seat{}, Created: noon, Revision: 1, SchemaVersion: 1,
	}
}

func TestCaseIsKeptAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c := newCase("c_1", "K7QX2")
		c.Note, c.Seats = "blåbær «ø»", []conference.Seat{{ID: "gp", Need: conference.Required, AnyOf: []conference.RoleAt{{Role: "gp", Unit: "langneset"}}}}
		must[conference.Case](t)(b.CreateCase(t.Context(), c, Idempotency{}))
		if got := must[conference.Case](t)(b.Case(t.Context(), "c_1")); !reflect.DeepEqual(got, c) {
			t.Errorf("got  %+v\nwant %+v", got, c)
		}
		_, err := b.Case(t.Context(), "c_2")
		refused(t, ErrNotFound)(nil, err)
	})
}

func TestCreateCaseOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		key := Idempotency{Key: "k1", BodyHash: "b1"}
		first := must[conference.Case](t)(b.CreateCase(t.Context(), newCase("c_1", "K7QX2"), key))
		again := must[conference.Case](t)(b.CreateCase(t.Context(), newCase("c_2", "M3RT9"), key))
		if again.ID != first.ID || again.Code != first.Code {
			t.Errorf("replay gave %s, want %s", again.ID, first.ID)
		}
		refused(t, ErrIdempotencyMismatch)(b.CreateCase(t.Context(), newCase("c_3", "M3RT9"), Idempotency{Key: "k1", BodyHash: "b2"}))
		refused(t, ErrCodeTaken)(b.CreateCase(t.Context(), newCase("c_4", "K7QX2"), Idempotency{}))
		refused(t, ErrExists)(b.CreateCase(t.Context(), newCase("c_1", "P8WZ4"), Idempotency{}))
		if cases := must[[]conference.Case](t)(b.Cases(t.Context())); len(cases) != 1 {
			t.Errorf("%d cases, want 1", len(cases))
		}
	})
}

func TestUpdateCase(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		c := must[conference.Case](t)(b.CreateCase(ctx, newCase("c_1", "K7QX2"), Idempotency{}))
		cursor := must[string](t)(b.LastEventID(ctx))
		c.Certainty = conference.Low
		saved := must[conference.Case](t)(b.UpdateCase(ctx, c, 1, "changed"))
		if saved.Revision != 2 || saved.Certainty != conference.Low {
			t.Errorf("saved %+v", saved)
		}
		refused(t, ErrRevision)(b.UpdateCase(ctx, c, 1, "changed"))
		refused(t, ErrNotFound)(b.UpdateCase(ctx, newCase("c_9", "XXXXX"), 1, "changed"))
		changes := must[[]Change](t)(b.Events(ctx, cursor, 0))
		if len(changes) != 1 || changes[0].Kind != "case" || changes[0].What != "changed" || changes[0].Case != "c_1" || changes[0].Unit != "ward" {
			t.Errorf("events %+v", changes)
		}
	})
}

func TestClosedCaseGivesItsCodeFree(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		c := must[conference.Case](t)(b.CreateCase(ctx, newCase("c_1", "K7QX2"), Idempotency{}))
		at := noon
		c.ClosedAt = &at
		c = must[conference.Case](t)(b.UpdateCase(ctx, c, c.Revision, "closed"))
		if cases := must[[]conference.Case](t)(b.Cases(ctx)); len(cases) != 0 {
			t.Errorf("%d open cases after closing", len(cases))
		}
		other := newCase("c_2", "K7QX2")
		other.Created = noon.Add(time.Hour)
		other = must[conference.Case](t)(b.CreateCase(ctx, other, Idempotency{}))
		c.ClosedAt = nil
		refused(t, ErrCodeTaken)(b.UpdateCase(ctx, c, c.Revision, "opened"))
		other.ClosedAt = &at
		must[conference.Case](t)(b.UpdateCase(ctx, other, other.Revision, "closed"))
		must[conference.Case](t)(b.UpdateCase(ctx, c, c.Revision, "opened"))
		if cases := must[[]conference.Case](t)(b.Cases(ctx)); len(cases) != 1 || cases[0].ID != "c_1" {
			t.Errorf("open cases %+v", cases)
		}
	})
}

func TestCasesOldestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		for i, id := range []conference.CaseID{"c_b", "c_a", "c_c"} {
			c := newCase(id, string(id))
			c.Created = noon.Add(time.Duration(i) * time.Hour)
			must[conference.Case](t)(b.CreateCase(t.Context(), c, Idempotency{}))
		}
		cases := must[[]conference.Case](t)(b.Cases(t.Context()))
		if len(cases) != 3 || cases[0].ID != "c_b" || cases[1].ID != "c_a" || cases[2].ID != "c_c" {
			t.Errorf("order %+v", cases)
		}
	})
}
