package signaling

import (
	"strconv"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// BenchmarkSurvey: what a room of which nothing changes costs five times a second.
func BenchmarkSurvey(b *testing.B) {
	for _, devices := range []int{4, maxSessions} {
		b.Run(strconv.Itoa(devices), func(b *testing.B) {
			media, err := sfu.New(sfu.Config{UDPAddr: "127.0.0.1:0", IncludeLoopback: true})
			if err != nil {
				b.Fatal(err)
			}
			defer media.Close()
			r := newRoom(NewRooms(Options{Media: media}), "conf-7")
			for i := range devices {
				conn := &Conn{outbox: newOutbox(), done: make(chan struct{})}
				r.arrive(conn, Member{Key: "p-" + strconv.Itoa(i)}, Hello{Device: "device-1", Camera: true})
				s := r.sessions[i]
				if err := r.relink(s, 1); err != nil {
					b.Fatal(err)
				}
				defer s.link.peer.Close()
				s.view = &View{}
				for mid := range needFor(devices, false).Video {
					s.link.slots = append(s.link.slots, slot{line: sfu.Line{Mid: strconv.Itoa(mid), Kind: sfu.Video}})
					s.view.Lines = append(s.view.Lines, ViewLine{Mid: strconv.Itoa(mid), Height: 180})
				}
				for mid := range needFor(devices, false).Audio {
					s.link.slots = append(s.link.slots, slot{line: sfu.Line{Mid: strconv.Itoa(100 + mid), Kind: sfu.Audio}})
				}
			}
			now := time.Now()
			r.survey(now)
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(tickEvery)
				r.survey(now)
			}
		})
	}
}
