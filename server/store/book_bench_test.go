package store

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// benchPeople is as many as a discharge meeting with everybody in it has.
const benchPeople = 8

// commitBench runs one commit at a time in each of 32 clients, on a server that writes every one to disk. The processor time of the
// server for each is told too: it is the same on a machine that has other things to do.
func commitBench(b *testing.B, first func(x bench) error, one func(x bench, n int) error) {
	x := openBench(b, realServer(b), nil)
	if err := first(x); err != nil {
		b.Fatal(err)
	}
	before := x.processor(b)
	var next atomic.Int64
	b.SetParallelism((32 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := one(x, int(next.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64((x.processor(b)-before).Microseconds())/float64(b.N), "server-µs/op")
}

func nothingFirst(bench) error { return nil }

// processor is how long the server has computed since its start.
func (b bench) processor(t testing.TB) time.Duration {
	var total float64
	for line := range strings.Lines(must[string](t)(b.read.Info(t.Context(), "cpu").Result())) {
		if name, text, _ := strings.Cut(strings.TrimSpace(line), ":"); name == "used_cpu_sys" || name == "used_cpu_user" {
			total += must[float64](t)(strconv.ParseFloat(text, 64))
		}
	}
	return time.Duration(total * float64(time.Second))
}

// benchCast gives each of 100 casts a history of its own, half an hour after half an hour.
func benchCast(n int) (people []conference.PersonID, start time.Time) {
	for i := range benchPeople {
		people = append(people, conference.PersonID(fmt.Sprintf("p_%d_%d", n%100, i)))
	}
	return people, noon.Add(time.Duration(n/100) * 30 * time.Minute)
}

// BenchmarkBook books eight people, without links and mails and with one of each for everybody.
func BenchmarkBook(b *testing.B) {
	for _, full := range []bool{false, true} {
		b.Run(fmt.Sprintf("8people/mail=%t", full), func(b *testing.B) {
			commitBench(b, nothingFirst, func(x bench, n int) error {
				people, start := benchCast(n)
				booking := newBooking(conference.ConferenceID(fmt.Sprint("m_", n)), start, people...)
				if !full {
					booking.Mails, booking.Invitations = nil, nil
				}
				booking.Idempotency = Idempotency{Key: fmt.Sprint("k", n), BodyHash: "b"}
				_, err := x.Book(b.Context(), booking)
				return err
			})
		})
	}
}

// BenchmarkBookTaken is refused because the last of eight people is booked.
func BenchmarkBookTaken(b *testing.B) {
	take := func(x bench) error {
		_, err := x.Book(b.Context(), newBooking("m_first", noon, "p_doctor"))
		return err
	}
	commitBench(b, take, func(x bench, n int) error {
		people, _ := benchCast(n)
		_, err := x.Book(b.Context(), newBooking(conference.ConferenceID(fmt.Sprint("m_", n)), noon, append(people[1:], "p_doctor")...))
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			return fmt.Errorf("not refused: %w", err)
		}
		return nil
	})
}

// BenchmarkHold holds eight people; each hold is somebody else's.
func BenchmarkHold(b *testing.B) {
	commitBench(b, nothingFirst, func(x bench, n int) error {
		people, start := benchCast(n)
		r := newHold(HoldID(fmt.Sprint("h_", n)), start, people)
		r.By, r.TTL = conference.PersonID(fmt.Sprint("p_n", n)), 50*time.Millisecond
		x.clock.advance(time.Millisecond)
		_, err := x.PlaceHold(b.Context(), r)
		return err
	})
}

// BenchmarkReschedule books a meeting of eight people, then shortens it: two commits and a read.
func BenchmarkReschedule(b *testing.B) {
	commitBench(b, nothingFirst, func(x bench, n int) error {
		id := conference.ConferenceID(fmt.Sprint("m_", n))
		people, start := benchCast(n)
		booking := newBooking(id, start, people...)
		booking.Mails, booking.Invitations = nil, nil
		if _, err := x.Book(b.Context(), booking); err != nil {
			return err
		}
		_, err := x.Reschedule(b.Context(), Move{Conference: id, Expected: 1, Start: start, End: start.Add(20 * time.Minute)})
		return err
	})
}
