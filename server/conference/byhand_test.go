package conference

import (
	"testing"
	"time"
)

func TestFoldByHand(t *testing.T) {
	check := func(name string, hand ByHand, now int, events []Event, want string, quorate bool) {
		t.Run(name, func(t *testing.T) {
			c := meeting
			c.Participants = append(append([]Participant{}, meeting.Participants[0]), Participant{
				Key: "phone", Seat: "ward_nurse", Need: Required, Name: "Nurse on the phone", ByHand: &hand,
			})
			a := Fold(c, events, second(now))
			if got := spans(a.People[1].Stays); got != want {
				t.Errorf("stays %q, want %q", got, want)
			}
			if a.Quorate != quorate {
				t.Errorf("quorate %t", a.Quorate)
			}
		})
	}
	in := append([]Event{ev(0, EventJoined, "doctor", "s1")}, beats(5, 300, "doctor", "s1")...)
	left := append(append([]Event{}, in...), ev(300, EventLeft, "doctor", "s1"))
	until := func(n int) *time.Time { at := second(n); return &at }

	check("until a host says so", ByHand{How: "phone", From: second(60), Until: until(120)}, 300, left, "1m0s-2m0s by_hand", true)
	check("still there", ByHand{How: "room", From: second(60)}, 295, in, "1m0s-4m55s running", true)
	check("until the last of the others has left", ByHand{How: "room", From: second(60)}, 4000, left, "1m0s-5m0s meeting_end", true)
	check("added after everybody had left", ByHand{How: "room", From: second(600)}, 4000, left, "", false)
	check("nobody else came", ByHand{How: "phone", From: second(60)}, 300, nil, "", false)
	check("added and taken back at once", ByHand{How: "phone", From: second(60), Until: until(60)}, 300, left, "", false)
}
