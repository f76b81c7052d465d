package signaling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// TestShown: what the media server is told of a device's view.
func TestShown(t *testing.T) {
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	people := map[string]*session{}
	for _, key := range []string{"a", "b", "c"} {
		people[key] = &session{member: Member{Key: key}}
	}
	// Lines 1 to 4: a's, b's and c's cameras, and nobody's, or what change makes of them.
	check := func(name, want string, view *View, speaker string, change func(lines []slot)) {
		t.Helper()
		s := &session{view: view, link: &link{slots: []slot{
			{line: sfu.Line{Mid: "0", Kind: sfu.Audio}, on: feed{from: people["a"], content: sfu.Microphone}},
			{line: sfu.Line{Mid: "1", Kind: sfu.Video}, on: feed{from: people["a"], content: sfu.Camera}},
			{line: sfu.Line{Mid: "2", Kind: sfu.Video}, on: feed{from: people["b"], content: sfu.Camera}},
			{line: sfu.Line{Mid: "3", Kind: sfu.Video}, on: feed{from: people["c"], content: sfu.Camera}},
			{line: sfu.Line{Mid: "4", Kind: sfu.Video}},
		}}}
		if change != nil {
			change(s.link.slots)
		}
		var speakers []string
		if speaker != "" {
			speakers = []string{speaker, "a"}
		}
		heights := map[int]string{0: "-", 90: "s", 180: "m", 360: "l", 720: "x", 1080: "X"}
		var got strings.Builder
		for _, v := range s.shown(speakers, at) {
			got.WriteString(v.Mid + heights[v.Height])
		}
		if got.String() != want {
			t.Errorf("%s: %s, not %s", name, got.String(), want)
		}
	}
	screenOn3 := func(lines []slot) { lines[3].on.content = sfu.Screen }
	gallery := &View{Lines: []ViewLine{{"2", 180}, {"1", 180}, {"3", 180}}}
	stage := &View{Lines: []ViewLine{{"1", 720}, {"2", 180}, {"3", 180}}}
	check("not said: all, as they are", "1l2l3l4l", nil, "", nil)
	check("not said: who speaks first", "3l1l2l4l", nil, "c", nil)
	check("not said: a screen before all", "3X1l2l4l", nil, "a", screenOn3)
	check("said: in that order", "2m1m3m4-", gallery, "", nil)
	check("who speaks before those of the same size", "3m2m1m4-", gallery, "c", nil)
	check("but not before who is shown larger", "1x3m2m4-", stage, "c", nil)
	check("a small screen is still before all", "3m1x2m4-", stage, "a", screenOn3)
	check("not named: not shown", "1s2-3-4-", &View{Lines: []ViewLine{{"1", 90}}}, "b", nil)
	check("named as not shown", "2m1-3-4-", &View{Lines: []ViewLine{{"1", 0}, {"2", 180}}}, "a", nil)
	check("lines that there are not, and of sound", "1m2-3-4-", &View{Lines: []ViewLine{{"9", 180}, {"0", 180}, {"1", 180}}}, "", nil)
	fresh := func(lines []slot) { lines[3].fresh = at.Add(time.Second) }
	check("new since", "1m3l2-4-", &View{Lines: []ViewLine{{"1", 180}}}, "", fresh)
	check("new since, but long ago", "1m2-3-4-", &View{Lines: []ViewLine{{"1", 180}}}, "", func(lines []slot) { lines[3].fresh = at })
	check("new since, on a hidden page", "1-2-3-4-", &View{}, "", fresh)
}

func TestNewDigits(t *testing.T) {
	check := func(told, kbps int, ago time.Duration, want bool) {
		t.Helper()
		if newDigits(told, kbps, ago) != want {
			t.Errorf("from %d to %d after %v: not %v", told, kbps, ago, want)
		}
	}
	check(0, 0, time.Hour, false)
	check(0, 1500, time.Hour, true)
	check(1000, 1000, time.Hour, false)
	check(1000, 1190, time.Hour, false)
	check(1000, 1210, kbpsEvery, true)
	check(1000, 1210, kbpsEvery-1, false)
	check(1000, 810, time.Hour, false)
	check(1000, 790, 0, true)
	check(1000, 0, 0, true)
}

func TestSlotShown(t *testing.T) {
	flowing := &session{id: "s", member: Member{Key: "p"}, link: &link{up: true}}
	down := &session{id: "s", member: Member{Key: "p"}, link: &link{}}
	check := func(name, state, why string, soundOnly bool, at slot) {
		t.Helper()
		if got := at.shown(soundOnly); got.State != state || got.Why != why {
			t.Errorf("%s: %s %q", name, got.State, got.Why)
		}
	}
	camera := func(from *session) slot {
		return slot{line: sfu.Line{Kind: sfu.Video}, on: feed{from: from, content: sfu.Camera}}
	}
	held, weak, silent := camera(flowing), camera(flowing), camera(down)
	held.held, weak.weak, silent.held = true, true, true
	check("nobody", SlotOff, "", true, slot{})
	check("a picture", SlotOn, "", false, camera(flowing))
	check("sound", SlotOn, "", true, slot{line: sfu.Line{Kind: sfu.Audio}, on: feed{from: flowing, content: sfu.Microphone}})
	check("sound only", SlotPaused, WhyChoice, true, camera(flowing))
	check("held back", SlotPaused, WhyLine, false, held)
	check("sound only, and would be held back", SlotPaused, WhyChoice, true, held)
	check("the sender's line is weak", SlotPaused, WhySender, false, weak)
	check("the sender is away", SlotPaused, WhySender, false, silent)
}

func TestWordFor(t *testing.T) {
	for score, want := range map[float64]string{5: WordGood, 3.8: WordGood, 3.79: WordFair, 2.6: WordFair, 2.59: WordPoor, 1: WordPoor} {
		if got := wordFor(score); got != want {
			t.Errorf("%v is %s", score, got)
		}
	}
}

// TestLinesAreToldSparingly: words at once, digits seldom.
func TestLinesAreToldSparingly(t *testing.T) {
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	r := newRoom(NewRooms(Options{}), "conf-7")
	listener := &session{id: "l", in: true, conn: &Conn{outbox: newOutbox()}}
	talker := &session{id: "t", member: Member{Key: "p"}, in: true, peer: 1, stepDown: "full"}
	r.sessions = []*session{listener, talker}
	told := func(name string, after time.Duration, want bool) {
		t.Helper()
		at = at.Add(after)
		r.tellLines(at)
		if text := listener.conn.outbox.take(); text != nil != want {
			t.Errorf("%s: %s", name, text)
		}
	}
	told("at first", 0, true)
	told("nothing new", linesEvery, false)
	talker.stepDown = "sound"
	told("a word", linesEvery, true)
	if l := listener.lines[0]; l.Word != WordLost || l.Score != 0 || l.Down != "sound" || l.Up != "lifeline" {
		t.Errorf("%+v", l) // every field has one of the protocol's words
	}
	last := slices.Clone(listener.lines)
	last[0].RTTMs = 7 // as if only this were different now
	listener.lines = last
	told("a digit", linesEvery, false)
	told("a digit, later", digitsEvery, true)
	listener.repeatLines()
	told("on a new socket", 0, true)
	listener.conn = nil
	talker.stepDown = "full"
	r.tellLines(at)
}
