package signaling

import (
	"strconv"
	"testing"
)

// BenchmarkRosterFanOut: one person mutes, and everybody in a full room is told; encoding, numbering, keeping and queueing.
func BenchmarkRosterFanOut(b *testing.B) {
	for _, devices := range []int{3, 10, maxSessions} {
		b.Run(strconv.Itoa(devices), func(b *testing.B) {
			r := newRoom(NewRooms(Options{}), "conf-7")
			for i := range devices {
				conn := &Conn{outbox: newOutbox(), done: make(chan struct{})}
				r.arrive(conn, Member{Key: "p-" + strconv.Itoa(i), Name: "Ingrid Hauk", Role: "gp", Organization: "Langneset legekontor"}, Hello{Device: "device-1"})
			}
			r.flush()
			b.ReportAllocs()
			for b.Loop() {
				r.sessions[0].now.muted = !r.sessions[0].now.muted
				r.changed |= topicRoster | topicSlots
				r.flush()
				for _, s := range r.sessions {
					for s.conn.outbox.take() != nil {
					}
				}
			}
		})
	}
}
