package signaling_test

import (
	"slices"
	"testing"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

func TestServerRemoves(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, laptop, phone, guest := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly), h.enter(doctor, wordsOnly), h.enter(daughter, wordsOnly)
	h.rooms.Remove("conf-7", doctor.Key)
	h.sees(laptop, "the removal", closed(signaling.CloseRemoved))
	h.sees(phone, "the removal", closed(signaling.CloseRemoved))
	h.rooms.Remove("conf-7", daughter.Key)
	h.sees(guest, "the removal from the lobby", closed(signaling.CloseRemoved))
	h.sees(host, "nobody else", func(s client.State) bool { return people(nurse.Key)(s) && len(s.Lobby) == 0 })
	if e := h.told(signaling.EventLeft, daughter.Key); e.Reason != signaling.ReasonRemoved || e.By != "" {
		t.Errorf("event %+v", e)
	}
	h.sees(h.enter(doctor, wordsOnly), "the room: whether they may come is not for the room to say", in)

	again := h.enter(daughter, wordsOnly)
	h.must(host.Admit(h.ctx, daughter.Key))
	h.sees(again, "the room", in)
	h.rooms.Remove("conf-7", daughter.Key)
	h.sees(again, "the removal from the room", closed(signaling.CloseRemoved))
	if h.enter(daughter, wordsOnly).State().In {
		t.Error("the admission outlived the removal")
	}
	h.rooms.Remove("conf-7", "p-nobody")
	h.rooms.Remove("conf-8", doctor.Key)
}

func TestServerEnds(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, guest := h.enter(nurse, wordsOnly), h.enter(daughter, wordsOnly)
	h.rooms.Close("conf-8")
	h.rooms.Close("conf-7")
	h.sees(host, "the end", closed(signaling.CloseEnded))
	h.sees(guest, "the end", closed(signaling.CloseEnded))
	if e := h.told(signaling.EventEnded, ""); e.By != "" {
		t.Errorf("event %+v", e)
	}
	if got := h.story(nurse.Key); !slices.Equal(got, []string{"joined", "left ended"}) {
		t.Errorf("story %v", got)
	}
}

func TestServerTells(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, guest := h.enter(nurse, wordsOnly), h.enter(daughter, wordsOnly)
	times := func(n int) func(client.State) bool { return func(s client.State) bool { return s.Changed == n } }
	h.rooms.Tell("conf-8")
	for n := range 3 {
		h.rooms.Tell("conf-7")
		h.sees(host, "the change", times(n+1))
		h.sees(guest, "the change in the lobby", times(n+1))
	}
	host.Interrupt()
	h.sees(guest, "nobody who could open", func(s client.State) bool { return s.Hosts != nil && len(s.Hosts) == 0 })
	h.rooms.Tell("conf-7")
	host.Return()
	h.sees(host, "the change that was missed", times(4))
}

func TestWhoWaits(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	lobby := func() int { return len(h.rooms.Lobby()["conf-7"]) }
	first := h.enter(daughter, wordsOnly)
	h.eventually("one waits", func() bool { return lobby() == 1 })
	if who := h.rooms.Lobby()["conf-7"][0]; who.Key != daughter.Key || who.Session != first.State().Welcome.Session || len(h.rooms.Present()) != 0 {
		t.Errorf("waits %+v, present %v", who, h.rooms.Present())
	}
	host := h.enter(nurse, wordsOnly)
	h.must(host.Admit(h.ctx, daughter.Key))
	h.eventually("nobody waits", func() bool { return lobby() == 0 && len(h.rooms.Present()["conf-7"]) == 2 })
	second := h.enter(signaling.Member{Key: "g-2", Name: "Per Elvemo", Role: "relative", Guest: true}, wordsOnly)
	h.eventually("another one waits", func() bool { return lobby() == 1 })
	second.Interrupt()
	h.eventually("and would not notice being let in", func() bool { return lobby() == 0 })
	h.must(host.End(h.ctx))
	h.eventually("no room", func() bool { return len(h.rooms.Lobby()) == 0 && len(h.rooms.Present()) == 0 })
}

func TestLockedDoor(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host := h.enter(nurse, wordsOnly)
	tab := func(c *client.Config) { c.Device = "tab-of-the-doctor" }
	inside := h.enter(doctor, wordsOnly, tab)
	h.sees(inside, "the room", in)

	behind := doctor
	behind.Waits = true // the door has been locked since
	h.sees(h.enter(behind, wordsOnly, tab), "the room after a reload", in)
	phone := h.enter(behind, wordsOnly)
	h.sees(phone, "the room on another device", in)

	third := carer
	third.Waits = true
	outside := h.enter(third, wordsOnly)
	s := h.sees(host, "the colleague outside", func(s client.State) bool { return len(s.Lobby) == 1 })
	if who := s.Lobby[0]; who.Guest || who.Name != carer.Name || who.Role != carer.Role || who.Organization != carer.Organization {
		t.Errorf("outside: %+v", who)
	}
	if outside.State().In {
		t.Error("the locked door is open")
	}
	h.must(host.Admit(h.ctx, carer.Key))
	h.sees(outside, "the room", in)
	h.sees(h.enter(third, wordsOnly), "the room on another device", in)
	if got := h.story(carer.Key); !slices.Equal(got, []string{"lobby_in", "admitted", "joined", "joined"}) {
		t.Errorf("story %v", got)
	}

	owner := nurse
	owner.Waits = true
	h.must(host.Leave(h.ctx))
	h.sees(h.enter(owner, wordsOnly), "the room, as a host", in)
}
