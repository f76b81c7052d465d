package signaling_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

func away(key string) func(client.State) bool {
	return func(s client.State) bool {
		return slices.ContainsFunc(s.Roster, func(p signaling.RosterPerson) bool { return p.Key == key && !p.Devices[0].Connected })
	}
}

func TestLostSocketIsResumed(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, lost := h.enter(nurse), h.enter(doctor)
	h.sees(lost, "the nurse", hearsAndSees(nurse.Key))
	h.sees(host, "the doctor", hearsAndSees(doctor.Key))
	lost.Interrupt()
	h.sees(host, "the doctor away", away(doctor.Key))
	if got := len(h.rooms.Present()["conf-7"]); got != 2 {
		t.Errorf("%d present while the media goes on", got)
	}
	before := lost.State()
	h.sees(lost, "sound without a socket", func(s client.State) bool {
		return s.From(nurse.Key, signaling.SourceMicrophone).Packets > before.From(nurse.Key, signaling.SourceMicrophone).Packets+10
	})
	h.enter(daughter) // what happens meanwhile: the lobby's host is told, and both of them that she is in
	h.must(host.Admit(h.ctx, daughter.Key))
	h.sees(host, "the daughter", hearsAndSees(daughter.Key))

	lost.Return()
	after := h.sees(lost, "what was missed", func(s client.State) bool { return s.Resumed == 1 && people(nurse.Key, doctor.Key, daughter.Key)(s) })
	if after.Welcome.Session != before.Welcome.Session || after.Peer != 1 || !after.Media {
		t.Errorf("another session or connection: %+v", after)
	}
	h.sees(lost, "the daughter", hearsAndSees(daughter.Key))
	h.sees(host, "the doctor back", people(nurse.Key, doctor.Key, daughter.Key))
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "reconnected"}) {
		t.Errorf("story %v", got)
	}
}

func TestMissedEventsAreToldAgain(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, lost := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly)
	before := h.sees(lost, "the nurse", people(nurse.Key, doctor.Key))
	lost.Interrupt()
	h.sees(host, "the doctor away", away(doctor.Key))
	const changes = 10
	for i := range changes {
		h.must(host.Switch(h.ctx, signaling.DeviceState{Muted: i%2 == 0, Camera: true}))
	}
	lost.Return()
	h.sees(lost, "each change of the roster, and then the return", func(s client.State) bool {
		return s.Resumed == 1 && s.Events-before.Events > changes && people(nurse.Key, doctor.Key)(s) && !s.Roster[0].Devices[0].Muted
	})
}

func TestSnapshotWhenTheEventsAreGone(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, lost := h.enter(nurse, wordsOnly), h.enter(doctor)
	h.sees(lost, "the slots", func(s client.State) bool { return len(s.Slots) > 0 && people(nurse.Key, doctor.Key)(s) })
	before := lost.State()
	lost.Interrupt()
	h.sees(host, "the doctor away", away(doctor.Key))
	// Each of them is told of all others, which soon is more than is kept for one session.
	for i := range 20 {
		m := doctor
		m.Key = "p-" + strconv.Itoa(i)
		for range 12 {
			c, err := client.Dial(h.ctx, func() client.Config { c := h.config(m); c.NoMedia = true; return c }())
			h.must(err)
			h.must(c.Leave(h.ctx))
		}
	}
	h.must(host.Switch(h.ctx, signaling.DeviceState{Muted: true}))
	lost.Return()
	s := h.sees(lost, "the room as it is", func(s client.State) bool {
		return s.Resumed == 1 && people(nurse.Key, doctor.Key)(s) && s.Roster[0].Devices[0].Muted && len(s.Slots) > 0
	})
	if events := s.Events - before.Events; events > 10 {
		t.Errorf("%d events instead of a snapshot", events)
	}
	if s.Welcome.Session != before.Welcome.Session || s.Peer != 1 {
		t.Errorf("another session or connection: %+v", s.Welcome)
	}
	h.sees(lost, "that the page may have changed", func(s client.State) bool { return s.Changed == 1 })
}

func TestAcknowledgedEventsAreForgotten(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, lost := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly)
	before := h.sees(lost, "the nurse", people(nurse.Key, doctor.Key))
	h.must(lost.Ping(h.ctx))
	lost.Interrupt()
	h.sees(host, "the doctor away", away(doctor.Key))
	lost.Return()
	s := h.sees(lost, "the room", func(s client.State) bool { return s.Resumed == 1 && people(nurse.Key, doctor.Key)(s) })
	if s.Welcome.Session != before.Welcome.Session {
		t.Errorf("another session: %+v", s.Welcome)
	}
}

func TestLostAndNotBackInTime(t *testing.T) {
	t.Parallel()
	h := open(t, time.Millisecond) // the room looks twice a second
	host, lost := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly)
	before := h.sees(lost, "the nurse", people(nurse.Key, doctor.Key))
	lost.Interrupt()
	h.sees(host, "the nurse alone", people(nurse.Key))
	if e := h.told(signaling.EventLeft, doctor.Key); e.Reason != signaling.ReasonTimeout || e.Session != before.Welcome.Session {
		t.Errorf("event %+v", e)
	}
	lost.Return()
	after := h.sees(lost, "a new stay", func(s client.State) bool { return s.Connected && people(nurse.Key, doctor.Key)(s) })
	if after.Resumed != 0 || after.Welcome.Session == before.Welcome.Session {
		t.Errorf("the seat was gone: %+v", after.Welcome)
	}
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "left timeout", "joined"}) {
		t.Errorf("story %v", got)
	}
}

func TestPresentIsWhoIsHeardOrListens(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, lost := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly)
	present := func() int { return len(h.rooms.Present()["conf-7"]) }
	h.sees(host, "both", people(nurse.Key, doctor.Key))
	h.eventually("two present", func() bool { return present() == 2 })
	lost.Interrupt()
	h.eventually("without socket and media the doctor is not there", func() bool { return present() == 1 })
	lost.Return()
	h.eventually("and is again", func() bool { return present() == 2 })
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "reconnected"}) {
		t.Errorf("story %v", got)
	}
}

func TestResumeNeedsTheSecretOfTheSamePerson(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	c := h.enter(doctor, wordsOnly)
	w := h.sees(c, "the room", in).Welcome
	for name, resume := range map[string]signaling.Resume{
		"wrong secret":  {Session: w.Session, Secret: "AAAAAAAAAAAAAAAAAAAAAA"},
		"no secret":     {Session: w.Session},
		"wrong session": {Session: "0000000000000000", Secret: w.Secret},
	} {
		if got := h.greet(doctor, resume); got.Resumed || got.Session == w.Session {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := h.greet(nurse, signaling.Resume{Session: w.Session, Secret: w.Secret}); got.Resumed || got.You.Key != nurse.Key {
		t.Errorf("another person: %+v", got)
	}
	if got := h.greet(doctor, signaling.Resume{Session: w.Session, Secret: w.Secret}); !got.Resumed || got.Session != w.Session {
		t.Errorf("the right one: %+v", got)
	}
	h.sees(c, "the replacement", closed(signaling.CloseReplaced))
}

func TestLobbySurvivesALostSocket(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, guest := h.enter(nurse, wordsOnly), h.enter(daughter, wordsOnly)
	outside := func(n int) func(client.State) bool {
		return func(s client.State) bool { return s.Lobby != nil && len(s.Lobby) == n }
	}
	h.sees(host, "the guest outside", outside(1))
	guest.Interrupt()
	h.sees(host, "nobody who would notice", outside(0))
	h.must(host.Admit(h.ctx, daughter.Key)) // pressed a moment too late
	guest.Return()
	h.sees(guest, "the room", func(s client.State) bool { return s.In && s.Resumed == 1 && people(nurse.Key, daughter.Key)(s) })
}

func TestNewConnectionOfTheSameSession(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "the nurse", hearsAndSees(nurse.Key))
	before := a.State().From(doctor.Key, signaling.SourceCamera).Packets
	b.Rebuild()
	fresh := h.sees(b, "a new connection", func(s client.State) bool { return s.Peer == 2 && s.Media })
	h.sees(b, "the nurse on it", func(s client.State) bool {
		return s.From(nurse.Key, signaling.SourceCamera).Packets > fresh.From(nurse.Key, signaling.SourceCamera).Packets+5
	})
	h.sees(a, "the doctor on the new one", func(s client.State) bool {
		return s.From(doctor.Key, signaling.SourceCamera).Packets > before+10
	})
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined"}) {
		t.Errorf("story %v", got)
	}
}

// TestNewWayOnTheSameConnection: the network changes, and everything goes on.
func TestNewWayOnTheSameConnection(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "the nurse", hearsAndSees(nurse.Key))
	b.Restart()
	before := a.State()
	h.sees(b, "an answer", func(s client.State) bool { return s.Answers == 2 && s.Media })
	h.sees(a, "the doctor, still", func(s client.State) bool {
		return s.From(doctor.Key, signaling.SourceCamera).Packets > before.From(doctor.Key, signaling.SourceCamera).Packets+20
	})
	if s := b.State(); s.Peer != 1 || !s.Media {
		t.Errorf("another connection: %+v", s)
	}
}

// TestOfferLostWithTheSocket: the answer was on its way when the socket broke. The offer is made again on the next one.
func TestOfferLostWithTheSocket(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	w := h.dial(nurse)
	w.say(hello)
	var welcome signaling.Welcome
	h.must(json.Unmarshal(w.await(signaling.KindWelcome).D, &welcome))
	offer := silentOffer(t)
	w.offer("2", offer)
	h.must(w.ws.NetConn().Close())

	w = h.dial(nurse)
	resume, err := json.Marshal(signaling.Resume{Session: welcome.Session, Secret: welcome.Secret})
	h.must(err)
	w.say(strings.Replace(hello, `"muted"`, `"resume":`+string(resume)+`,"muted"`, 1))
	h.must(json.Unmarshal(w.await(signaling.KindWelcome).D, &welcome))
	if !welcome.Resumed {
		t.Fatalf("%+v", welcome)
	}
	offer.Number = 2
	w.offer("3", offer)
	m := w.read(func(m signaling.Message) bool { return m.Re == 3 })
	var answer signaling.Answer
	h.must(json.Unmarshal(m.D, &answer))
	if m.T != signaling.KindAnswer || answer.Number != 2 || answer.SDP == "" {
		t.Errorf("%s: %s", m.T, m.D)
	}
}
