package signaling

import (
	"log/slog"
	"slices"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// Receiving lines come in steps, so that a few newcomers make nobody offer again.
const (
	fewestLines = 5
	linesStep   = 4
	mostAudio   = 24 // PROTOCOL.md
	mostVideo   = 9  // a 3 x 3 gallery; 6 Mbit/s at most. A shared screen comes on top

	mostReceiving = 24 // lines of a kind that the media server takes

	// mostExpected: each line is a kilobyte of offer and answer, and of more people some never come.
	mostExpected = 12
)

// needFor is how many lines a device should have in a room with so many devices: one for each of the others, and one for
// whoever comes next or for the screen that is shared. Only where the gallery is full a screen needs another one.
func needFor(devices int, screen bool) Need {
	lines, most := fewestLines, mostVideo
	for lines < devices {
		lines += linesStep
	}
	if screen {
		most++
	}
	return Need{Audio: min(lines, mostAudio), Video: min(lines, most)}
}

func (r *room) need() Need { return needFor(max(r.inside(), r.expected), r.sharing() != nil) }

// assign decides who is on which line: the first of wanted that there are lines for, nobody moved who may stay.
func assign[T comparable](lines []T, wanted []T) []T {
	var nobody T
	wanted = wanted[:min(len(wanted), len(lines))]
	next := make([]T, len(lines))
	for i, now := range lines {
		if now != nobody && slices.Contains(wanted, now) {
			next[i] = now
		}
	}
	for _, w := range wanted {
		if !slices.Contains(next, w) {
			next[slices.Index(next, nobody)] = w
		}
	}
	return next
}

// allot puts everybody's sound and picture on the lines of all others, as far as there are lines: a shared screen comes
// first, then who spoke last, then who came first.
func (r *room) allot() {
	senders := slices.Clone(r.sessions)
	slices.SortStableFunc(senders, func(a, b *session) int {
		return r.floor.spokeAt(b.member.Key).Compare(r.floor.spokeAt(a.member.Key))
	})
	for _, s := range r.sessions {
		if s.link != nil && len(s.link.slots) > 0 {
			r.allotKind(s, sfu.Audio, feeds(s, senders, sfu.Microphone))
			r.allotKind(s, sfu.Video, append(feeds(s, senders, sfu.Screen), feeds(s, senders, sfu.Camera)...))
		}
	}
}

// feeds lists what to is sent of a content.
func feeds(to *session, senders []*session, content sfu.Content) []feed {
	var all []feed
	for _, s := range senders {
		on := feed{from: s, content: content}
		if s.member.Key != to.member.Key && on.source() != nil && (content != sfu.Screen || to.screens) {
			all = append(all, on)
		}
	}
	return all
}

func (r *room) allotKind(to *session, kind sfu.Kind, wanted []feed) {
	var lines []feed
	slots := to.link.slots
	for i := range slots {
		if slots[i].line.Kind == kind {
			lines = append(lines, slots[i].on)
		}
	}
	lines = assign(lines, wanted)
	for i := range slots {
		if slots[i].line.Kind == kind {
			r.put(to, &slots[i], lines[0])
			lines = lines[1:]
		}
	}
}

// source is what there is to send. A picture counts when it is switched on; sound always does, for a muted microphone must
// be heard from its first word.
func (f feed) source() *sfu.Source {
	switch {
	case f.from == nil || f.from.link == nil,
		f.content == sfu.Camera && !f.from.now.camera,
		f.content == sfu.Screen && !f.from.now.screen:
		return nil
	}
	return f.from.link.peer.Source(f.content)
}

// put lets a feed appear on the line. What cannot be put is off, and tried again at the next change.
func (r *room) put(to *session, at *slot, on feed) {
	source := on.source()
	at.on = on
	if at.source == source {
		return
	}
	if err := to.link.peer.Put(at.line.Mid, source); err != nil {
		r.log.Debug("slot not changed", slog.String("session", to.id), slog.Any("err", err))
		at.on, source = feed{}, nil
	}
	at.source, at.held, at.weak, at.fresh = source, false, false, time.Now().Add(freshFor)
}

// tellSlots says what is on the lines if it is something else than last time, or if always is set.
func (s *session) tellSlots(always bool) {
	if s.link == nil || len(s.link.slots) == 0 {
		return
	}
	slots := make([]Slot, len(s.link.slots))
	for i, line := range s.link.slots {
		slots[i] = line.shown(s.soundOnly())
	}
	if !always && slices.Equal(slots, s.told) {
		return
	}
	s.told = slots
	s.tell(KindSlots, payload(Slots{Slots: slots}))
}

func (l slot) shown(soundOnly bool) Slot {
	shown := Slot{Mid: l.line.Mid, Kind: l.line.Kind, State: SlotOff}
	if l.on.from == nil {
		return shown
	}
	shown.State, shown.Key, shown.Session, shown.Source = SlotPaused, l.on.from.member.Key, l.on.from.id, string(l.on.content)
	switch {
	case !l.on.from.flows() || l.weak:
		shown.Why = WhySender
	case soundOnly && l.line.Kind == sfu.Video:
		shown.Why = WhyChoice
	case l.held:
		shown.Why = WhyLine
	default:
		shown.State = SlotOn
	}
	return shown
}
