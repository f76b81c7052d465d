package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

func TestReach(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		cursor := must[string](t)(b.LastEventID(ctx))
		tell := func(name string, want Reach) {
			t.Helper()
			got := must[map[conference.PersonID]Reach](t)(b.Reach(ctx, "p_kaja", "p_nobody"))
			if !reflect.DeepEqual(got, map[conference.PersonID]Reach{"p_kaja": want, "p_nobody": {}}) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		tell("nothing is known", Reach{})
		if err := errors.Join(b.SetQuiet(ctx, "p_kaja", noon.Add(time.Hour)), b.NoteRang(ctx, "p_kaja", noon)); err != nil {
			t.Fatal(err)
		}
		tell("quiet", Reach{QuietUntil: noon.Add(time.Hour), LastRang: noon})
		if err := b.SetQuiet(ctx, "p_kaja", time.Time{}); err != nil {
			t.Fatal(err)
		}
		tell("not quiet any more", Reach{LastRang: noon})
		if changes := must[[]Change](t)(b.Events(ctx, cursor, 0)); len(changes) != 2 || changes[0].Kind != "duty" || changes[0].What != "quiet" {
			t.Errorf("events %+v, want one for each time quiet was set", changes)
		}
	})
}

func TestReachIsForgotten(t *testing.T) {
	b := onMemory(t)
	if err := b.NoteRang(t.Context(), "p_kaja", noon); err != nil {
		t.Fatal(err)
	}
	b.pass(reachKept + time.Second)
	if got := must[map[conference.PersonID]Reach](t)(b.Reach(t.Context(), "p_kaja")); got["p_kaja"] != (Reach{}) {
		t.Errorf("after %s: %+v", reachKept, got)
	}
}

func TestPresence(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		tell := func(name string, want ...conference.PersonID) {
			t.Helper()
			wanted := map[conference.PersonID]bool{}
			for _, p := range want {
				wanted[p] = true
			}
			if got := must[map[conference.PersonID]bool](t)(b.Present(ctx, "p_kaja", "p_simen", "p_nobody")); !reflect.DeepEqual(got, wanted) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		note := func(node string, lasting time.Duration, people ...conference.PersonID) {
			t.Helper()
			if err := b.NotePresent(ctx, node, people, lasting); err != nil {
				t.Fatal(err)
			}
		}
		tell("nobody yet")
		note("n1", time.Minute, "p_kaja", "p_simen")
		note("n2", time.Second, "p_kaja")
		note("n2", time.Second)
		tell("on two nodes", "p_kaja", "p_simen")
		if err := errors.Join(b.NoteGone(ctx, "n1", "p_simen"), b.NoteGone(ctx, "n2", "p_kaja"), b.NoteGone(ctx, "n2", "p_nobody")); err != nil {
			t.Fatal(err)
		}
		tell("one page is closed, one is left", "p_kaja")
		b.clock.advance(59 * time.Second)
		tell("said a minute ago", "p_kaja")
		b.clock.advance(time.Second)
		tell("the node did not say it again")
		note("n3", time.Minute, "p_kaja")
		tell("on another node", "p_kaja")
		if n := must[int64](t)(b.read.ZCard(ctx, b.presentKey("p_kaja")).Result()); n != 1 {
			t.Errorf("%d nodes are listed: what has expired stays", n)
		}
		if ttl := must[time.Duration](t)(b.read.PTTL(ctx, b.presentKey("p_kaja")).Result()); ttl <= 0 || ttl > time.Minute {
			t.Errorf("the key lives for %s", ttl)
		}
		if err := b.NotePresent(ctx, "n1", []conference.PersonID{"p_kaja"}, 0); err == nil {
			t.Error("presence without end was noted")
		}
	})
}

func TestDeclarations(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		cursor := must[string](t)(b.LastEventID(ctx))
		declare := func(person conference.PersonID, covers conference.RoleAt, in bool, length time.Duration) duty.Declaration {
			t.Helper()
			d := duty.Declaration{Person: person, Covers: covers, In: in, At: noon, Until: noon.Add(length)}
			if err := b.PutDeclaration(ctx, d); err != nil {
				t.Fatal(err)
			}
			return d
		}
		tell := func(name string, got []duty.Declaration, want ...duty.Declaration) {
			t.Helper()
			if !reflect.DeepEqual(got, append([]duty.Declaration{}, want...)) {
				t.Errorf("%s: %+v\nwant %+v", name, got, want)
			}
		}
		all := func() []duty.Declaration { t.Helper(); return must[[]duty.Declaration](t)(b.AllDeclarations(ctx)) }
		tell("nobody yet", all())
		simen := declare("p_simen", onDuty, true, time.Hour)
		declare("p_kaja", onDuty, true, time.Hour)
		kaja := declare("p_kaja", onDuty, false, 2*time.Hour) // she has changed her mind
		ragnhild := declare("p_ragnhild", deputy, true, 3*time.Hour)
		tell("all", all(), kaja, simen, ragnhild)
		tell("of a role", must[[]duty.Declaration](t)(b.Declarations(ctx, onDuty)), kaja, simen)
		tell("of two roles", must[[]duty.Declaration](t)(b.Declarations(ctx, deputy, onDuty)), kaja, simen, ragnhild)
		tell("of none", must[[]duty.Declaration](t)(b.Declarations(ctx)))
		if err := errors.Join(b.DropDeclaration(ctx, onDuty, "p_kaja"), b.DropDeclaration(ctx, onDuty, "p_kaja")); err != nil {
			t.Fatal(err)
		}
		tell("one is taken back", all(), simen, ragnhild)
		b.clock.advance(time.Hour)
		tell("one has ended", all(), ragnhild)
		if n := must[int64](t)(b.read.HLen(ctx, b.dutiesKey()).Result()); n != 2 {
			t.Errorf("%d entries before the next write, want 2", n)
		}
		kaja = declare("p_kaja", onDuty, true, time.Hour)
		if n := must[int64](t)(b.read.HLen(ctx, b.dutiesKey()).Result()); n != 2 {
			t.Errorf("%d entries, want 2: the ended one stays", n)
		}
		if ttl := must[time.Duration](t)(b.read.PTTL(ctx, b.dutiesKey()).Result()); ttl <= time.Hour || ttl > 2*time.Hour {
			t.Errorf("the key lives for %s, want until the last ends", ttl)
		}
		tell("another", all(), kaja, ragnhild)
		changes := must[[]Change](t)(b.Events(ctx, cursor, 0))
		var said []string
		for _, c := range changes {
			if c.Kind != "duty" || c.Unit == "" {
				t.Errorf("event %+v", c)
			}
			said = append(said, c.What)
		}
		if want := []string{"in", "in", "out", "in", "plan", "in"}; !reflect.DeepEqual(said, want) {
			t.Errorf("events %v, want %v", said, want)
		}
		if err := b.PutDeclaration(ctx, duty.Declaration{Person: "p_kaja", Covers: onDuty, At: noon, Until: noon}); err == nil {
			t.Error("a declaration that has ended was written")
		}
	})
}
