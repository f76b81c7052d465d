package conference

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var begin = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func second(n int) time.Time { return begin.Add(time.Duration(n) * time.Second) }

// meeting has two required seats, doctor and nurse, and a guest.
var meeting = Conference{ID: "m", MeetingCode: "abcd-efgh", Start: begin, End: begin.Add(20 * time.Minute), Participants: []Participant{
	{Key: "doctor", Seat: "hospital_doctor", Need: Required, Name: "Dr. Ås", Role: RoleAt{Role: "hospital_doctor", Unit: "med-a"}},
	{Key: "nurse", Seat: "ward_nurse", Need: Required, Name: "=HYPERLINK", Role: RoleAt{Role: "ward_nurse", Unit: "med-a"}},
	{Key: "kin", Seat: "kin", Need: Offered, Guest: GuestKin, Name: "Daughter"},
}}

func ev(at int, kind EventKind, key, session string) Event {
	return Event{At: second(at), Boot: "b1", Kind: kind, Key: key, Session: session}
}

func seen(at int, boot string, who ...string) Event {
	e := Event{At: second(at), Boot: boot, Kind: EventSeen}
	for i := 0; i < len(who); i += 2 {
		e.Present = append(e.Present, Presence{Key: who[i], Session: who[i+1]})
	}
	return e
}

// beats says every five seconds that a session is in.
func beats(from, to int, key, session string) []Event {
	var events []Event
	for at := from; at < to; at += 5 {
		events = append(events, seen(at, "b1", key, session))
	}
	return events
}

func spans(stays []Stay) string {
	var parts []string
	for _, s := range stays {
		part := s.Start.Sub(begin).String() + "-" + s.End.Sub(begin).String() + " " + string(s.EndSource)
		if s.Gap > 0 {
			part += " gap " + s.Gap.String()
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func TestFold(t *testing.T) {
	check := func(name string, now int, events []Event, doctor, nurse string) {
		t.Run(name, func(t *testing.T) {
			a := Fold(meeting, events, second(now))
			if got := spans(a.People[0].Stays); got != doctor {
				t.Errorf("doctor %q, want %q", got, doctor)
			}
			if got := spans(a.People[1].Stays); got != nurse {
				t.Errorf("nurse %q, want %q", got, nurse)
			}
		})
	}
	in := func(events ...Event) []Event { return events }

	check("nobody came", 600, nil, "", "")
	check("joined and left", 600, in(ev(0, EventJoined, "doctor", "s1"), ev(300, EventLeft, "doctor", "s1")), "0s-5m0s event", "")
	check("still in", 10, in(ev(0, EventJoined, "doctor", "s1"), seen(5, "b1", "doctor", "s1")), "0s-10s running", "")
	check("reload within 30 s is one stay with its gap", 600, in(
		ev(0, EventJoined, "doctor", "s1"), ev(100, EventLeft, "doctor", "s1"), ev(110, EventJoined, "doctor", "s2"), ev(300, EventLeft, "doctor", "s2"),
	), "0s-5m0s event gap 10s", "")
	check("back after 31 s is a second stay", 600, in(
		ev(0, EventJoined, "doctor", "s1"), ev(100, EventLeft, "doctor", "s1"), ev(131, EventJoined, "doctor", "s2"), ev(300, EventLeft, "doctor", "s2"),
	), "0s-1m40s event, 2m11s-5m0s event", "")
	check("two devices are united, never added", 600, in(
		ev(0, EventJoined, "doctor", "pc"), ev(60, EventJoined, "doctor", "phone"), ev(100, EventLeft, "doctor", "pc"), ev(200, EventLeft, "doctor", "phone"),
	), "0s-3m20s event", "")
	check("left of the old session after the new one joined", 600, in(
		ev(0, EventJoined, "doctor", "s1"), ev(50, EventJoined, "doctor", "s2"), ev(60, EventLeft, "doctor", "s1"), ev(60, EventLeft, "doctor", "s1"), ev(200, EventLeft, "doctor", "s2"),
	), "0s-3m20s event", "")
	check("left without joined is ignored", 600, in(ev(60, EventLeft, "nurse", "s9")), "", "")
	check("a session that has left does not rise again", 600, in(
		ev(0, EventJoined, "doctor", "s1"), ev(60, EventLeft, "doctor", "s1"), ev(90, EventReconnected, "doctor", "s1"), seen(95, "b1", "doctor", "s1"),
	), "0s-1m0s event", "")
	check("a lost session ends when it was last there", 600, in(
		ev(0, EventJoined, "doctor", "s1"), ev(1, EventMediaUp, "doctor", "s1"), seen(60, "b1", "doctor", "s1"), ev(62, EventMediaDown, "doctor", "s1"),
		seen(65, "b1", "doctor", "s1"), seen(180, "b1", "doctor", "s1"), Event{At: second(182), Boot: "b1", Kind: EventLeft, Key: "doctor", Session: "s1", Reason: ReasonTimeout},
	), "0s-1m2s heartbeat", "")
	check("lost and back in time is one stay", 600, append(append(in(
		ev(0, EventJoined, "doctor", "s1"), ev(1, EventMediaUp, "doctor", "s1"), ev(20, EventMediaDown, "doctor", "s1"), ev(31, EventReconnected, "doctor", "s1"), ev(32, EventMediaUp, "doctor", "s1"),
	), beats(35, 100, "doctor", "s1")...), ev(100, EventLeft, "doctor", "s1")), "0s-1m40s event", "")
	check("a killed server, restarted", 600, in(
		ev(0, EventJoined, "doctor", "s1"), seen(55, "b1", "doctor", "s1"), Event{At: second(70), Boot: "b2", Kind: EventJoined, Key: "doctor", Session: "s1"},
		Event{At: second(100), Boot: "b2", Kind: EventLeft, Key: "doctor", Session: "s1"},
	), "0s-1m40s event gap 15s", "")
	check("a killed server and nobody came back", 600, in(ev(0, EventJoined, "doctor", "s1"), seen(55, "b1", "doctor", "s1")), "0s-55s inferred_crash", "")
	check("lost while the server goes on with others", 60, append(in(ev(0, EventJoined, "doctor", "s1"), ev(0, EventJoined, "nurse", "s2"), seen(30, "b1", "doctor", "s1")),
		beats(30, 61, "nurse", "s2")...), "0s-30s heartbeat", "0s-1m0s running")
	check("an old server's beat does not speak for a new session", 600, in(
		ev(0, EventJoined, "doctor", "s1"), Event{At: second(20), Boot: "b2", Kind: EventJoined, Key: "nurse", Session: "s1"},
		Event{At: second(40), Boot: "b2", Kind: EventLeft, Key: "nurse", Session: "s1"},
	), "", "20s-40s event")
	b2 := func(e Event) Event { e.Boot = "b2"; return e }
	check("the old server's last words do not end the new one's sessions", 600, in(
		ev(0, EventJoined, "doctor", "s1"), seen(15, "b1", "doctor", "s1"), b2(ev(20, EventJoined, "nurse", "s2")), ev(22, EventLeft, "doctor", "s1"),
		seen(25, "b1", "doctor", "s1"), seen(60, "b2", "nurse", "s2"), b2(ev(300, EventLeft, "nurse", "s2")),
	), "0s-15s inferred_crash", "20s-5m0s event")
	check("joined was lost, the heartbeat knows", 600, in(
		seen(5, "b1", "doctor", "s1"), seen(10, "b1", "doctor", "s1"), ev(100, EventLeft, "doctor", "s1"), seen(105, "b1", "doctor", "s1"),
	), "5s-1m40s event", "")
	check("the room was closed", 600, in(ev(0, EventJoined, "doctor", "s1"), ev(0, EventJoined, "nurse", "s2"), ev(120, EventEnded, "", "")), "0s-2m0s meeting_end", "0s-2m0s meeting_end")
}

func TestFoldLobbyIsNoAttendance(t *testing.T) {
	a := Fold(meeting, []Event{
		ev(0, EventLobbyIn, "kin", "g1"),
		{At: second(40), Boot: "b1", Kind: EventAdmitted, Key: "kin", Session: "g1", By: "doctor"},
		ev(41, EventJoined, "kin", "g1"), ev(100, EventLeft, "kin", "g1"),
	}, second(600))
	kin := a.People[2]
	if kin.Lobby != 40*time.Second || kin.Total() != 59*time.Second {
		t.Errorf("lobby %s, total %s", kin.Lobby, kin.Total())
	}
	a = Fold(meeting, []Event{ev(0, EventLobbyIn, "kin", "g1"), {At: second(40), Boot: "b1", Kind: EventRefused, Key: "kin", Session: "g1", By: "doctor"}}, second(600))
	if len(a.Refused) != 1 || a.Refused[0].Name != "Daughter" || a.People[2].Total() != 0 {
		t.Errorf("refused %+v", a.Refused)
	}
}

func TestFoldQuorumIsTogetherNotOneAfterTheOther(t *testing.T) {
	check := func(name string, want time.Duration, quorate bool, missing int, events ...Event) {
		t.Run(name, func(t *testing.T) {
			a := Fold(meeting, events, second(1200))
			if a.TogetherTotal() != want || a.Quorate != quorate || len(a.MissingSeats) != missing {
				t.Errorf("together %s, quorate %v, missing %v", a.TogetherTotal(), a.Quorate, a.MissingSeats)
			}
		})
	}
	check("together for a minute", time.Minute, true, 0,
		ev(0, EventJoined, "doctor", "d"), ev(60, EventJoined, "nurse", "n"), ev(120, EventLeft, "doctor", "d"), ev(300, EventLeft, "nurse", "n"))
	check("one after the other", 0, false, 0,
		ev(0, EventJoined, "doctor", "d"), ev(60, EventLeft, "doctor", "d"), ev(120, EventJoined, "nurse", "n"), ev(300, EventLeft, "nurse", "n"))
	check("a bridged gap is nobody's presence", 90*time.Second, true, 0,
		ev(0, EventJoined, "doctor", "d"), ev(0, EventJoined, "nurse", "n1"), ev(10, EventLeft, "nurse", "n1"), ev(20, EventJoined, "nurse", "n2"),
		ev(100, EventLeft, "nurse", "n2"), ev(100, EventLeft, "doctor", "d"))
	check("met only in a gap", 0, false, 0,
		ev(0, EventJoined, "nurse", "n1"), ev(10, EventLeft, "nurse", "n1"), ev(12, EventJoined, "doctor", "d"), ev(18, EventLeft, "doctor", "d"),
		ev(20, EventJoined, "nurse", "n2"), ev(100, EventLeft, "nurse", "n2"))
	check("the doctor never came", 0, false, 1, ev(0, EventJoined, "nurse", "n"), ev(300, EventLeft, "nurse", "n"))
}

func TestFoldSaysHowABeginningIsKnown(t *testing.T) {
	a := Fold(meeting, []Event{ev(0, EventJoined, "doctor", "d"), seen(5, "b1", "doctor", "d", "nurse", "n")}, second(10))
	if got := a.People[0].Stays[0].StartSource; got != FromEvent {
		t.Errorf("announced: %s", got)
	}
	if got := a.People[1].Stays[0].StartSource; got != FromBeat {
		t.Errorf("only seen: %s", got)
	}
}

// A ledger read twice over, event by event, must say the same: writers repeat after lost replies.
func TestFoldIgnoresRepetition(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		var events, twice []Event
		at, open := 0, map[string]string{}
		for i := range 30 {
			at += random.IntN(40)
			key := []string{"doctor", "nurse"}[random.IntN(2)]
			switch session, in := open[key]; {
			case !in:
				session = key + string(rune('a'+i))
				open[key] = session
				events = append(events, ev(at, EventJoined, key, session))
			case random.IntN(3) == 0:
				delete(open, key)
				events = append(events, ev(at, EventLeft, key, session))
			default:
				events = append(events, seen(at, "b1", key, session))
			}
		}
		for _, e := range events {
			twice = append(twice, e, e)
		}
		once, again := Fold(meeting, events, second(at)), Fold(meeting, twice, second(at))
		for i := range once.People {
			if spans(once.People[i].Stays) != spans(again.People[i].Stays) {
				t.Fatalf("once %q, twice %q", spans(once.People[i].Stays), spans(again.People[i].Stays))
			}
			for j, s := range once.People[i].Stays {
				if !s.End.After(s.Start) || (j > 0 && s.Start.Sub(once.People[i].Stays[j-1].End) <= bridge) || s.Gap < 0 {
					t.Fatalf("stays %q", spans(once.People[i].Stays))
				}
			}
		}
	}
}

func TestCSV(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	a := Fold(meeting, []Event{ev(0, EventJoined, "doctor", "d"), ev(90, EventLeft, "doctor", "d"), ev(10, EventJoined, "nurse", "n"), ev(90, EventLeft, "nurse", "n")}, second(600))
	data := CSV(a, oslo)
	text, ok := bytes.CutPrefix(data, []byte("\uFEFF"))
	if !ok {
		t.Error("no byte order mark")
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if want := []string{"abcd-efgh", "Dr. Ås", "hospital_doctor", "", "hospital_doctor", "required", "2026-11-27T13:00:00+01:00", "2026-11-27T13:01:30+01:00", "1.5", "0", "event", "1.5"}; !slices.Equal(rows[1], want) {
		t.Errorf("row %q, want %q", rows[1], want)
	}
	if rows[2][1] != "'=HYPERLINK" {
		t.Errorf("a name may run as a formula: %q", rows[2][1])
	}
	if rows[3][11] != "0.0" || rows[3][6] != "" {
		t.Errorf("who was not there: %q", rows[3])
	}
}
