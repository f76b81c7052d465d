package signaling_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
)

func TestTwoSeeAndHearEachOther(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.sees(b, "the nurse", hearsAndSees(nurse.Key))
	speaks := func(s client.State) bool { return len(s.Speakers) == 2 }
	h.sees(a, "who speaks", speaks)
	s := h.sees(b, "both in the roster", func(s client.State) bool {
		return people(nurse.Key, doctor.Key)(s) && s.Roster[0].Devices[0].Media && s.Roster[1].Devices[0].Media
	})
	for _, slot := range s.Slots {
		if slot.State != signaling.SlotOff && (slot.Key != nurse.Key || slot.State != signaling.SlotOn) {
			t.Errorf("slot %+v", slot)
		}
	}
	if s.Welcome.ResumeSeconds != 120 || s.Welcome.You.Organization != doctor.Organization {
		t.Errorf("welcome %+v", s.Welcome)
	}
	h.told(signaling.EventMediaUp, doctor.Key)
	if got := len(h.rooms.Present()["conf-7"]); got != 2 {
		t.Errorf("%d present", got)
	}
	h.must(b.Leave(h.ctx))
	h.sees(a, "the doctor gone", people(nurse.Key))
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "left bye"}) {
		t.Errorf("story %v", got)
	}
	h.sees(a, "silence", func(s client.State) bool {
		return !slices.ContainsFunc(s.Slots, func(on signaling.Slot) bool { return on.State != signaling.SlotOff })
	})
}

func TestComingAndGoingRenegotiatesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	first := h.enter(nurse)
	for i := range 4 {
		m := doctor
		m.Key = "p-" + strconv.Itoa(i)
		h.enter(m)
	}
	s := h.sees(first, "everybody", func(s client.State) bool {
		for i := range 4 {
			if !hearsAndSees("p-" + strconv.Itoa(i))(s) {
				return false
			}
		}
		return true
	})
	if s.Peer != 1 || s.Need != (signaling.Need{Audio: 5, Video: 5}) || len(s.Slots) != 10 {
		t.Errorf("connection %d, need %+v, %d slots", s.Peer, s.Need, len(s.Slots))
	}
}

func TestNeedGrowsTheLines(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	first := h.enter(nurse)
	for i := range 6 {
		m := doctor
		m.Key = "p-" + strconv.Itoa(i)
		h.enter(m, func(c *client.Config) { c.NoCamera = true })
	}
	s := h.sees(first, "everybody's sound", func(s client.State) bool {
		for i := range 6 {
			if s.From("p-"+strconv.Itoa(i), signaling.SourceMicrophone).Packets < 10 {
				return false
			}
		}
		return true
	})
	if s.Peer != 1 || len(s.Slots) != 18 {
		t.Errorf("connection %d with %d slots", s.Peer, len(s.Slots))
	}
	for _, r := range s.Received {
		if r.Source == signaling.SourceCamera {
			t.Errorf("a picture of %s, whose camera is off", r.Key)
		}
	}
}

func TestCameraAndMicrophoneSwitches(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(doctor)
	h.sees(a, "the doctor", hearsAndSees(doctor.Key))
	h.must(b.Switch(h.ctx, signaling.DeviceState{Muted: true}))
	h.sees(a, "muted and dark", func(s client.State) bool {
		return len(s.Roster) == 2 && s.Roster[1].Devices[0].Muted && !s.Roster[1].Devices[0].Camera &&
			!slices.ContainsFunc(s.Slots, func(on signaling.Slot) bool { return on.Source == signaling.SourceCamera })
	})
	h.sees(a, "the doctor not speaking", func(s client.State) bool { return !slices.Contains(s.Speakers, doctor.Key) })
}

func TestOneHearsNotOneself(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	laptop, phone, other := h.enter(nurse), h.enter(nurse), h.enter(doctor)
	for _, c := range []*client.Client{laptop, phone} {
		s := h.sees(c, "the doctor", hearsAndSees(doctor.Key))
		if got := s.From(nurse.Key, signaling.SourceMicrophone); got.Packets > 0 {
			t.Errorf("own voice: %+v", got)
		}
	}
	s := h.sees(other, "both devices", func(s client.State) bool { return len(s.Received) == 4 && hearsAndSees(nurse.Key)(s) })
	if len(s.Roster) != 2 || len(s.Roster[0].Devices) != 2 {
		t.Errorf("roster %+v", s.Roster)
	}
}

func TestLobby(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	guest := h.enter(daughter)
	s := h.sees(guest, "that nobody can open", func(s client.State) bool { return s.Hosts != nil })
	if s.In || len(s.Hosts) != 0 || len(h.rooms.Present()) != 0 {
		t.Errorf("in %v, hosts %v, present %v", s.In, s.Hosts, h.rooms.Present())
	}
	host := h.enter(nurse)
	h.sees(guest, "the host", func(s client.State) bool { return len(s.Hosts) == 1 && s.Hosts[0].Key == nurse.Key })
	h.sees(host, "the guest outside", func(s client.State) bool { return len(s.Lobby) == 1 && s.Lobby[0].Key == daughter.Key })
	h.must(host.Admit(h.ctx, daughter.Key))
	h.sees(guest, "the nurse", hearsAndSees(nurse.Key))
	h.sees(host, "the guest inside", func(s client.State) bool { return len(s.Lobby) == 0 && hearsAndSees(daughter.Key)(s) })
	if e := h.told(signaling.EventAdmitted, daughter.Key); e.By != nurse.Key || e.Conference != "conf-7" {
		t.Errorf("event %+v", e)
	}

	again := h.enter(daughter) // another device of hers need not wait
	h.sees(again, "the room", in)
	if got := h.story(daughter.Key); !slices.Equal(got, []string{"lobby_in", "admitted", "joined", "joined"}) {
		t.Errorf("story %v", got)
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, guest := h.enter(nurse, wordsOnly), h.enter(daughter, wordsOnly)
	h.must(host.Deny(h.ctx, daughter.Key))
	h.sees(guest, "the refusal", closed(signaling.CloseRefused))
	if e := h.told(signaling.EventRefused, daughter.Key); e.By != nurse.Key {
		t.Errorf("event %+v", e)
	}
}

func TestRemoved(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, out := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly)
	h.must(host.Remove(h.ctx, doctor.Key))
	h.sees(out, "the removal", closed(signaling.CloseRemoved))
	h.sees(host, "the nurse alone", people(nurse.Key))
	back := h.enter(doctor, wordsOnly)
	if back.State().In {
		t.Error("removed, and in again without a word")
	}
	h.must(host.Admit(h.ctx, doctor.Key))
	h.sees(back, "the room", in)
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "left removed", "lobby_in", "admitted", "joined"}) {
		t.Errorf("story %v", got)
	}
}

func TestEmptyRoomEnds(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, guest := h.enter(nurse, wordsOnly), h.enter(daughter, wordsOnly)
	h.must(host.Admit(h.ctx, daughter.Key))
	h.sees(guest, "the room", in)
	h.must(guest.Leave(h.ctx))
	h.must(host.Leave(h.ctx))
	h.eventually("an empty house", func() bool { return h.rooms.Running() == 0 })
	if h.enter(daughter, wordsOnly).State().In {
		t.Error("a new room remembers whom the old one has admitted")
	}
}

func TestTooManyDevices(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	var devices []*client.Client
	for range 5 {
		devices = append(devices, h.enter(doctor, wordsOnly))
	}
	h.sees(devices[0], "the fifth in its place", closed(signaling.CloseReplaced))
	h.sees(devices[4], "four devices", func(s client.State) bool { return people(doctor.Key)(s) && len(s.Roster[0].Devices) == 4 })
}

func TestEnded(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, other, guest := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly), h.enter(daughter, wordsOnly)
	h.must(host.End(h.ctx))
	for _, c := range []*client.Client{host, other, guest} {
		h.sees(c, "the end", closed(signaling.CloseEnded))
	}
	if e := h.told(signaling.EventEnded, ""); e.By != nurse.Key {
		t.Errorf("event %+v", e)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, other, guest := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly), h.enter(daughter, wordsOnly)
	ctx := h.ctx
	h.refused("a doctor admits", signaling.CodeNotHost, other.Admit(ctx, daughter.Key))
	h.refused("a doctor ends", signaling.CodeNotHost, other.End(ctx))
	h.refused("a guest outside admits herself", signaling.CodeNotIn, guest.Admit(ctx, daughter.Key))
	h.refused("admit nobody", signaling.CodeNoPerson, host.Admit(ctx, "p-nobody"))
	h.refused("admit who is in", signaling.CodeNoPerson, host.Admit(ctx, doctor.Key))
	h.refused("deny who is in", signaling.CodeNoPerson, host.Deny(ctx, doctor.Key))
	h.refused("remove who waits", signaling.CodeNoPerson, host.Remove(ctx, daughter.Key))
	h.refused("remove oneself", signaling.CodeNoPerson, host.Remove(ctx, nurse.Key))
	if s := guest.State(); s.In || s.Over {
		t.Errorf("the guest: %+v", s)
	}
}

func TestReloadReplaces(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host := h.enter(nurse)
	device := func(c *client.Config) { c.Device = "tab-of-the-doctor" }
	old := h.enter(doctor, device)
	h.sees(host, "the doctor", hearsAndSees(doctor.Key))
	before := h.sees(old, "the room", in)
	reloaded := h.enter(doctor, device)
	h.sees(old, "the replacement", closed(signaling.CloseReplaced))
	after := h.sees(reloaded, "the nurse", hearsAndSees(nurse.Key))
	if after.Welcome.Session == before.Welcome.Session || after.Welcome.Secret == before.Welcome.Secret || after.Welcome.Resumed {
		t.Errorf("the old session lives on: %+v", after.Welcome)
	}
	h.sees(host, "one doctor with one device, heard again", func(s client.State) bool {
		return people(nurse.Key, doctor.Key)(s) && len(s.Roster[1].Devices) == 1 && s.Roster[1].Devices[0].Session == after.Welcome.Session &&
			slices.ContainsFunc(s.Received, func(r client.Reception) bool { return r.Session == after.Welcome.Session && r.Packets > 10 })
	})
	if got := h.story(doctor.Key); !slices.Equal(got, []string{"joined", "left replaced", "joined"}) {
		t.Errorf("story %v", got)
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	for i := range 25 {
		m := doctor
		m.Key = "p-" + strconv.Itoa(i)
		h.enter(m, wordsOnly)
	}
	_, err := client.Dial(h.ctx, h.config(nurse))
	if !errors.Is(err, client.ErrOver) {
		t.Errorf("the 26th: %v", err)
	}
}

func TestShutdownTellsEverybody(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	a, b := h.enter(nurse), h.enter(daughter, wordsOnly)
	h.sees(a, "the room", in)
	stopping, stop := context.WithTimeout(h.ctx, 10*time.Second)
	defer stop()
	h.must(h.rooms.Shutdown(stopping))
	for _, c := range []*client.Client{a, b} {
		h.sees(c, "the restart", func(s client.State) bool { return s.Code == signaling.CloseRestart })
	}
	if got := h.story(nurse.Key); !slices.Equal(got, []string{"joined", "left restart"}) {
		t.Errorf("story %v", got)
	}
	for range 2 {
		h.must(<-h.served)
	}
}
