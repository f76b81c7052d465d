package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// historyWriter does one random thing after the other, as a server would, and logs each before and after.
type historyWriter struct {
	s     *Store
	log   *historyLog
	pool  *pool
	r     *rand.Rand
	name  string
	count int
	held  []attempt // holds that it was granted
	back  func()    // returns when the server answers
}

func micros() int64 { return time.Now().UnixMicro() }

func (w *historyWriter) next(prefix string) string {
	w.count++
	return fmt.Sprintf("%s_%s_%d", prefix, w.name, w.count)
}

func (w *historyWriter) casts(n int) []crowd {
	list := make([]crowd, n)
	for i := range list {
		for range 2 + w.r.IntN(7) {
			list[i] |= 1 << w.r.IntN(crowdSize)
		}
	}
	return list
}

func (w *historyWriter) span() (start, end int) {
	length := 1 + w.r.IntN(4)
	start = w.r.IntN(slotCount - length)
	return start, start + length
}

// step does one thing; most by far are writes.
func (w *historyWriter) step(ctx context.Context) {
	crowded := w.pool.size() > livingGoal
	switch n := w.r.IntN(100); {
	case n < 5:
		_, _ = w.s.ExpireHolds(ctx, 50)
		w.log.ops.Add(1)
	case n < 25:
		w.hold(ctx)
	case n < 32 && len(w.held) > 0:
		w.endHold(ctx, n%2 == 0)
	case n < 45 && crowded, n < 36:
		w.change(ctx, "cancel")
	case n < 58:
		w.change(ctx, "move")
	case n < 70:
		w.change(ctx, "swap")
	default:
		w.book(ctx)
	}
}

// try logs and sends an attempt; when its answer is lost it mostly asks again with the same key, as a client does. again, when not
// nil, is called before that.
func (w *historyWriter) try(ctx context.Context, a attempt, send func(context.Context, *attempt) error, again func(*attempt)) attempt {
	for {
		a.N, a.Began, a.Said = w.log.n.Add(1), micros(), ""
		w.log.write(a)
		inTime, cancel := ctx, context.CancelFunc(func() {})
		if w.r.IntN(50) == 0 { // given up in flight
			inTime, cancel = context.WithTimeout(ctx, time.Duration(w.r.IntN(2000))*time.Microsecond)
		}
		err := send(inTime, &a)
		cancel()
		a.Said, a.Ended = saidOf(err), micros()
		var conflict *ConflictError
		if errors.As(err, &conflict) && len(conflict.Conflicts) > 0 {
			c := conflict.Conflicts[0]
			a.Named = named{Kind: string(c.Kind), ID: string(c.Conference) + string(c.Hold), Start: slotOf(c.Start), End: slotOf(c.End)}
		}
		w.log.write(attempt{N: a.N, Said: a.Said, GotID: a.GotID, Got: a.Got, Until: a.Until, Named: a.Named, Ended: a.Ended})
		w.log.ops.Add(1)
		if a.Said != "lost" || ctx.Err() != nil {
			return a
		}
		w.back()
		if w.r.IntN(4) == 0 {
			return a
		}
		if again != nil {
			again(&a)
		}
	}
}

func saidOf(err error) string {
	var conflict *ConflictError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &conflict):
		return "taken"
	case errors.Is(err, ErrRevision), errors.Is(err, errNotBooked):
		return "revision"
	case errors.Is(err, ErrNotFound):
		return "gone"
	case errors.Is(err, ErrExists):
		return "exists"
	case errors.Is(err, ErrTooMany):
		return "full"
	case errors.Is(err, ErrIdempotencyMismatch):
		return "mismatch"
	}
	return "lost"
}

// weekCaps keeps everybody's whole history below the cap.
func weekCaps() []Cap {
	caps := make([]Cap, crowdSize)
	for i := range caps {
		caps[i] = Cap{Person: crowdPerson(i), From: slotTime(0), To: slotTime(slotCount), Most: weekCap}
	}
	return caps
}

func castOf(id conference.ConferenceID, c crowd) Cast {
	cast := Cast{Mails: []Mail{{Kind: "request", Conference: id, Participant: "k"}}}
	for _, p := range c.people() {
		cast.Participants = append(cast.Participants, conference.Participant{Key: "k" + string(p), Person: p})
	}
	return cast
}

func (w *historyWriter) book(ctx context.Context) {
	a := attempt{Kind: "book", ID: w.next("m"), Key: w.next("k"), Casts: w.casts(1 + w.r.IntN(3))}
	a.Want.Start, a.Want.End = w.span()
	if len(w.held) > 0 && w.held[len(w.held)-1].For == "" && w.r.IntN(3) > 0 {
		h := w.held[len(w.held)-1]
		w.held = w.held[:len(w.held)-1]
		a.Hold, a.Want, a.Casts = h.ID, standing{Start: h.Got.Start, End: h.Got.End}, []crowd{h.Got.People}
	}
	of := conference.CaseID("")
	if w.r.IntN(10) == 0 {
		of = conference.CaseID(fmt.Sprint("c_", w.r.IntN(caseCount)))
	}
	done := w.try(ctx, a, func(ctx context.Context, a *attempt) error {
		id := conference.ConferenceID(a.ID)
		cast := castOf(id, a.Casts[0])
		b := Booking{
			Conference: conference.Conference{
				ID: id, Unit: "ward", Case: of, Start: slotTime(a.Want.Start), End: slotTime(a.Want.End), State: conference.Booked, BookedAt: noon,
				Participants: cast.Participants,
			},
			Mails: cast.Mails, Caps: weekCaps(), Hold: HoldID(a.Hold), Idempotency: Idempotency{Key: a.Key, BodyHash: "b"},
		}
		for _, c := range a.Casts[1:] {
			b.Casts = append(b.Casts, castOf(id, c))
		}
		c, err := w.s.Book(ctx, b)
		a.GotID, a.Got = string(c.ID), standingOf(c)
		return err
	}, func(a *attempt) {
		if w.r.IntN(2) == 0 { // the server draws a new id for who asks again
			a.ID = w.next("m")
		}
	})
	if done.Said == "ok" {
		w.pool.learn(conference.ConferenceID(done.GotID), done.Got)
	}
}

func (w *historyWriter) takeHeld() attempt {
	i := w.r.IntN(len(w.held))
	h := w.held[i]
	w.held = append(w.held[:i], w.held[i+1:]...)
	return h
}

func (w *historyWriter) hold(ctx context.Context) {
	a := attempt{Kind: "hold", ID: w.next("h"), Key: w.next("k"), Casts: w.casts(1 + w.r.IntN(2))}
	a.Want.Start, a.Want.End = w.span()
	if id, was, ok := w.pool.pick(w.r, false); ok && was.End < slotCount && w.r.IntN(4) == 0 { // a later time for a meeting
		a.For, a.Casts, a.Want = string(id), []crowd{was.People}, standing{Start: was.Start + 1, End: was.End + 1}
	}
	instead := HoldID("")
	if len(w.held) > 0 && w.r.IntN(4) == 0 {
		a.Hold = w.takeHeld().ID
		instead = HoldID(a.Hold)
	}
	ttl := time.Duration(20+w.r.IntN(400)) * time.Millisecond
	done := w.try(ctx, a, func(ctx context.Context, a *attempt) error {
		r := HoldRequest{
			Hold: Hold{ID: HoldID(a.ID), By: conference.PersonID("p_" + w.name), Unit: "ward", Start: slotTime(a.Want.Start), End: slotTime(a.Want.End)},
			TTL:  ttl, Caps: weekCaps(), Instead: instead, Idempotency: Idempotency{Key: a.Key, BodyHash: "b"},
		}
		r.Conference = conference.ConferenceID(a.For)
		for _, c := range a.Casts {
			r.Casts = append(r.Casts, c.people())
		}
		h, err := w.s.PlaceHold(ctx, r)
		a.GotID, a.Got, a.Until = string(h.ID), standing{Rev: 1, Start: slotOf(h.Start), End: slotOf(h.End), People: crowdOf(h.People)}, h.Until.UnixMicro()
		return err
	}, nil)
	if done.Said == "ok" {
		w.held = append(w.held, done)
		if len(w.held) > holdsPerOwner {
			w.held = w.held[1:]
		}
	}
}

func (w *historyWriter) endHold(ctx context.Context, extend bool) {
	h := w.takeHeld()
	a := attempt{Kind: "release", ID: h.ID, Hold: h.ID}
	if extend {
		a = attempt{Kind: "extend", ID: h.ID, For: h.For, extended: h.extended}
	}
	done := w.try(ctx, a, func(ctx context.Context, a *attempt) error {
		if !extend {
			return w.s.ReleaseHold(ctx, HoldID(a.ID))
		}
		got, err := w.s.ExtendHold(ctx, HoldID(a.ID), a.extended, 100*time.Millisecond)
		a.GotID, a.Got, a.Until = a.ID, h.Got, got.Until.UnixMicro()
		return err
	}, nil)
	if extend && done.Said == "ok" {
		done.extended++
		w.held = append(w.held, done)
	}
}

// change moves, swaps or cancels a meeting that the process knows of, at times with an old revision. What is held for a meeting is
// mostly moved to.
func (w *historyWriter) change(ctx context.Context, kind string) {
	id, was, ok := w.pool.pick(w.r, kind == "cancel")
	if !ok {
		return
	}
	moved := attempt{}
	if n := len(w.held); kind == "move" && n > 0 && w.held[n-1].For != "" {
		moved, w.held = w.held[n-1], w.held[:n-1]
		id = conference.ConferenceID(moved.For)
		if was, ok = w.pool.get(id); !ok {
			return
		}
	}
	a := attempt{Kind: kind, ID: string(id), Key: w.next("k"), Want: standing{Rev: was.Rev, Start: was.Start, End: was.End}}
	if w.r.IntN(20) == 0 && a.Want.Rev > 1 {
		a.Want.Rev--
	}
	switch kind {
	case "move":
		a.Want.Start, a.Want.End = w.span()
		if w.r.IntN(3) == 0 && was.End < slotCount { // overlaps itself
			a.Want.Start, a.Want.End = was.Start+1, was.End+1
		}
		if moved.For != "" {
			a.Hold, a.Want.Start, a.Want.End = moved.ID, moved.Got.Start, moved.Got.End
		}
	case "swap":
		a.Out, a.Want.People = 1<<w.r.IntN(crowdSize)&was.People, 1<<w.r.IntN(crowdSize)&^was.People
		if a.Out|a.Want.People == 0 || a.Out == was.People {
			return
		}
	}
	done := w.try(ctx, a, func(ctx context.Context, a *attempt) error {
		c, err := w.changeOnce(ctx, *a, id)
		a.GotID, a.Got = string(c.ID), standingOf(c)
		return err
	}, nil)
	switch {
	case done.Said == "ok" && kind != "cancel":
		w.pool.learn(id, done.Got)
	case done.Said != "ok": // what it is now; one that is cancelled stays out
		if c, err := w.s.Conference(ctx, id); err == nil && c.State == conference.Booked {
			w.pool.learn(id, standingOf(c))
		}
	}
}

func (w *historyWriter) changeOnce(ctx context.Context, a attempt, id conference.ConferenceID) (conference.Conference, error) {
	mails := []Mail{{Kind: a.Kind, Conference: id, Participant: "k", Sequence: int(a.Want.Rev)}}
	key := Idempotency{Key: a.Key, BodyHash: "b"}
	switch a.Kind {
	case "move":
		return w.s.Reschedule(ctx, Move{
			Conference: id, Expected: a.Want.Rev, Start: slotTime(a.Want.Start), End: slotTime(a.Want.End), Caps: weekCaps(), Idempotency: key, Mails: mails,
			Hold: HoldID(a.Hold),
		})
	case "swap":
		s := Swap{Conference: id, Expected: a.Want.Rev, Caps: weekCaps(), Idempotency: key, Mails: mails}
		for _, p := range a.Out.people() {
			c, err := w.s.Conference(ctx, id)
			if err != nil {
				return c, err
			}
			for _, part := range c.Participants {
				if part.Person == p {
					s.Out = append(s.Out, part.Key)
				}
			}
		}
		for _, p := range a.Want.People.people() {
			s.In = append(s.In, conference.Participant{Key: a.Key + string(p), Person: p})
		}
		return w.s.SwapPeople(ctx, s)
	}
	return w.s.Cancel(ctx, id, a.Want.Rev, mails)
}

// TestHistoryWriter is the process that TestHistory kills; it does nothing when nobody asks for it.
func TestHistoryWriter(t *testing.T) {
	var address, tag, path string
	if n, _ := fmt.Sscan(os.Getenv("SAMTALE_HISTORY_WRITER"), &address, &tag, &path); n != 3 {
		t.Skip("it is started by TestHistory")
	}
	s := open(t, address, Options{Tag: tag})
	log, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	shared := newPool()
	var wg sync.WaitGroup
	for i := range 4 {
		w := &historyWriter{s: s, log: log, pool: shared, r: rand.New(rand.NewPCG(rand.Uint64(), 1)), name: fmt.Sprintf("x%dw%d", os.Getpid(), i), back: pinger(t, address)}
		wg.Go(func() {
			for { // until it is killed
				w.step(t.Context())
				fmt.Println("ops", log.ops.Load())
			}
		})
	}
	wg.Wait()
}

// pinger returns a wait for a server that is perhaps being started again.
func pinger(t *testing.T, address string) func() {
	client := rawClient(t, address)
	return func() { _ = client.Ping(context.Background()).Err() }
}
