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
	"github.com/samtale/samtale/signaling/sfu"
)

var carer = signaling.Member{Key: "p-moen", Name: "Tor Moen", Role: "district_nurse", Organization: "Kaldbukt kommune"}

// hands says in which order hands are raised.
func hands(keys ...string) func(client.State) bool {
	return func(s client.State) bool {
		raised := make([]string, len(s.Roster)+1)
		for _, p := range s.Roster {
			shown := slices.ContainsFunc(p.Devices, func(d signaling.Device) bool { return d.Hand })
			if shown != (p.Hand > 0) || p.Hand > len(s.Roster) {
				return false
			}
			raised[p.Hand] = p.Key
		}
		return slices.Equal(slices.DeleteFunc(raised[1:], func(key string) bool { return key == "" }), keys)
	}
}

func TestRaisedHands(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	tab := func(c *client.Config) { c.Device = "tab-of-the-carer" }
	host, a, b := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly), h.enter(carer, wordsOnly, tab)
	for _, c := range []*client.Client{b, a, host, b} { // once more is no other turn
		h.must(c.RaiseHand(h.ctx, true))
	}
	h.sees(host, "three hands", hands(carer.Key, doctor.Key, nurse.Key))
	h.must(b.Switch(h.ctx, signaling.DeviceState{Muted: true}))
	h.sees(host, "the hand of a muted carer", func(s client.State) bool {
		return hands(carer.Key, doctor.Key, nurse.Key)(s) && s.Roster[2].Devices[0].Muted
	})
	b.Interrupt()
	h.sees(host, "the carer away, the hand raised", func(s client.State) bool {
		return away(carer.Key)(s) && hands(carer.Key, doctor.Key, nurse.Key)(s)
	})
	b.Return()
	h.sees(host, "the carer back, the hand raised", func(s client.State) bool {
		return people(nurse.Key, doctor.Key, carer.Key)(s) && hands(carer.Key, doctor.Key, nurse.Key)(s)
	})

	h.refused("a doctor lowers", signaling.CodeNotHost, a.Lower(h.ctx, carer.Key))
	h.must(host.Lower(h.ctx, doctor.Key))
	h.sees(a, "the own hand lowered", hands(carer.Key, nurse.Key))
	h.refused("a hand that is not raised", signaling.CodeNoPerson, host.Lower(h.ctx, doctor.Key))
	h.must(a.RaiseHand(h.ctx, true))
	h.sees(host, "the doctor at the end", hands(carer.Key, nurse.Key, doctor.Key))
	h.must(host.RaiseHand(h.ctx, false))
	h.sees(a, "the nurse's hand lowered", hands(carer.Key, doctor.Key))
	h.enter(carer, wordsOnly, tab)
	h.sees(a, "a reload, which lowers", hands(doctor.Key))
	h.must(a.Leave(h.ctx))
	h.sees(host, "no hand", func(s client.State) bool { return people(nurse.Key, carer.Key)(s) && hands()(s) })
}

func TestHandOfTwoDevices(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, laptop, phone, guest := h.enter(nurse, wordsOnly), h.enter(doctor, wordsOnly), h.enter(doctor, wordsOnly), h.enter(daughter, wordsOnly)
	h.must(laptop.RaiseHand(h.ctx, true))
	h.must(host.RaiseHand(h.ctx, true))
	h.must(phone.RaiseHand(h.ctx, true))
	h.sees(host, "one place for the doctor", hands(doctor.Key, nurse.Key))
	h.must(phone.RaiseHand(h.ctx, false))
	h.sees(host, "the hand lowered on both", hands(nurse.Key))
	h.refused("a hand from outside", signaling.CodeNotIn, guest.RaiseHand(h.ctx, true))
	h.refused("a screen from outside", signaling.CodeNotIn, guest.PublishScreen(h.ctx))
}

// seesScreen says that the screen of key arrives beside that many faces.
func seesScreen(key string, faces int) func(client.State) bool {
	return func(s client.State) bool {
		on := map[string]int{}
		for _, slot := range s.Slots {
			if slot.State == signaling.SlotOn && (slot.Source != signaling.SourceScreen || slot.Key == key) {
				on[slot.Source]++
			}
		}
		return on[signaling.SourceScreen] == 1 && on[signaling.SourceCamera] == faces && s.From(key, signaling.SourceScreen).Packets > 3
	}
}

func noScreen(s client.State) bool {
	shown := func(p signaling.RosterPerson) bool {
		return slices.ContainsFunc(p.Devices, func(d signaling.Device) bool { return d.Screen })
	}
	return !slices.ContainsFunc(s.Slots, func(on signaling.Slot) bool { return on.Source == signaling.SourceScreen }) && !slices.ContainsFunc(s.Roster, shown)
}

func TestScreen(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host, a, b := h.enter(nurse), h.enter(doctor), h.enter(carer)
	h.sees(host, "two faces", func(s client.State) bool { return hearsAndSees(doctor.Key)(s) && hearsAndSees(carer.Key)(s) })

	h.must(a.PublishScreen(h.ctx))
	before := h.sees(host, "the doctor's screen", seesScreen(doctor.Key, 2))
	h.sees(host, "the doctor's face going on", func(s client.State) bool {
		return s.From(doctor.Key, signaling.SourceCamera).Packets > before.From(doctor.Key, signaling.SourceCamera).Packets+3
	})
	h.sees(b, "the doctor's screen", seesScreen(doctor.Key, 2))
	h.refused("a second screen", signaling.CodeScreenTaken, b.PublishScreen(h.ctx))
	h.refused("a doctor ends it", signaling.CodeNotHost, a.Unshare(h.ctx, doctor.Key))
	h.refused("a screen that is not shared", signaling.CodeNoPerson, host.Unshare(h.ctx, carer.Key))

	h.must(a.StopScreen(h.ctx))
	h.sees(host, "only faces", noScreen)
	h.must(b.PublishScreen(h.ctx))
	h.sees(host, "the carer's screen", seesScreen(carer.Key, 2))
	h.must(host.Unshare(h.ctx, carer.Key))
	h.sees(host, "only faces", noScreen)
	h.sees(b, "that it was ended", noScreen)

	seen := host.State().From(doctor.Key, signaling.SourceScreen).Packets
	h.must(a.PublishScreen(h.ctx)) // on the line that it has had before
	s := h.sees(host, "the doctor's screen again", func(s client.State) bool {
		return seesScreen(doctor.Key, 2)(s) && s.From(doctor.Key, signaling.SourceScreen).Packets > seen+3
	})
	if s.Peer != 1 || s.Need != (signaling.Need{Audio: 5, Video: 5}) || len(s.Slots) != 10 {
		t.Errorf("connection %d, need %+v, %d slots", s.Peer, s.Need, len(s.Slots))
	}
	a.Rebuild()
	fresh := h.sees(a, "a new connection", func(s client.State) bool { return s.Peer == 2 && s.Media })
	seen = host.State().From(doctor.Key, signaling.SourceScreen).Packets
	h.sees(host, "the screen on it", func(s client.State) bool {
		return fresh.Peer == 2 && s.From(doctor.Key, signaling.SourceScreen).Packets > seen+3
	})
}

func TestScreenInAFullGallery(t *testing.T) {
	t.Parallel()
	h := open(t, 0)
	host := h.enter(nurse, wordsOnly)
	for i := range 9 {
		m := doctor
		m.Key = "p-" + strconv.Itoa(i)
		h.enter(m, wordsOnly)
	}
	h.sees(host, "nine lines for faces", func(s client.State) bool { return len(s.Roster) == 10 && s.Need.Video == 9 })
	h.must(host.PublishScreen(h.ctx))
	h.sees(host, "one more for the screen", func(s client.State) bool { return s.Need == signaling.Need{Audio: 13, Video: 10} })
	h.sees(h.enter(doctor, wordsOnly), "it for who comes later", func(s client.State) bool { return s.Welcome.Need.Video == 10 })
}

// TestScreenOfWhoIsGone: a browser that has died does not keep the screen from the others.
func TestScreenOfWhoIsGone(t *testing.T) {
	t.Parallel()
	h := openWith(t, 0, sfu.Config{DisconnectedWait: 300 * time.Millisecond})
	host, dead := h.enter(nurse), h.enter(doctor)
	h.must(dead.PublishScreen(h.ctx))
	h.sees(host, "the doctor's screen", seesScreen(doctor.Key, 1))
	dead.Interrupt()
	h.sees(host, "the doctor away", away(doctor.Key))
	h.refused("a screen that is still seen", signaling.CodeScreenTaken, host.PublishScreen(h.ctx))
	dead.Close()
	for free := false; !free; { // on a busy machine the living may seem dead for a moment
		h.sees(host, "the doctor's media gone", func(s client.State) bool { return len(s.Roster) == 2 && !s.Roster[1].Devices[0].Media })
		free = host.PublishScreen(h.ctx) == nil
		h.must(h.ctx.Err())
	}
	h.sees(host, "the own screen alone", func(s client.State) bool {
		return len(s.Roster) == 2 && s.Roster[0].Devices[0].Screen && !s.Roster[1].Devices[0].Screen
	})

	other := h.enter(nurse, wordsOnly) // the own other device may take it over
	h.must(other.PublishScreen(h.ctx))
	h.sees(host, "the screen of the other device", func(s client.State) bool {
		return len(s.Roster[0].Devices) == 2 && !s.Roster[0].Devices[0].Screen && s.Roster[0].Devices[1].Screen
	})
}

// TestScreenOnlyToWhoShowsIt: a page from before there were shared screens keeps its faces.
func TestScreenOnlyToWhoShowsIt(t *testing.T) {
	t.Parallel()
	check := func(name, greeting, source string) {
		t.Run(name, func(t *testing.T) {
			h := open(t, 0)
			sharer, other := h.enter(doctor), h.enter(carer)
			h.must(sharer.PublishScreen(h.ctx))
			h.sees(other, "the doctor's screen", seesScreen(doctor.Key, 1))
			h.must(other.Leave(h.ctx))
			w := h.dial(nurse)
			w.say(greeting)
			w.await(signaling.KindWelcome)
			text, err := json.Marshal(silentOffer(t)) // with one line for a picture
			h.must(err)
			w.say(`{"t":"offer","id":2,"d":` + string(text) + `}`)
			var slots signaling.Slots
			w.read(func(m signaling.Message) bool {
				return m.T == signaling.KindSlots && json.Unmarshal(m.D, &slots) == nil && slots.Slots[1].State == signaling.SlotOn
			})
			if got := slots.Slots[1]; got.Source != source || got.Key != doctor.Key {
				t.Errorf("%+v", got)
			}
		})
	}
	check("an old page", hello, signaling.SourceCamera)
	check("a new page", strings.Replace(hello, `"camera":false`, `"camera":false,"screens":true`, 1), signaling.SourceScreen)
}
