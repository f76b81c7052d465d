package signaling

import (
	"log/slog"
	"slices"

	"github.com/samtale/samtale/signaling/sfu"
)

// Receiving lines come in steps, so that a few newcomers make nobody offer again.
const (
	fewestLines = 5
	linesStep   = 4
	mostAudio   = 24 // PROTOCOL.md
	mostVideo   = 9  // a 3 x 3 gallery; 6 Mbit/s at most
)

// needFor is how many lines a device should have in a room with so many devices: one for each of the others, and one for
// whoever comes next.
func needFor(devices int) Need {
	lines := fewestLines
	for lines < devices {
		lines += linesStep
	}
	return Need{Audio: min(lines, mostAudio), Video: min(lines, mostVideo)}
}

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

// allot puts everybody's sound and picture on the lines of all others, as far as there are lines: who spoke last comes
// first, then who came first.
func (r *room) allot() {
	senders := slices.Clone(r.sessions)
	slices.SortStableFunc(senders, func(a, b *session) int {
		return r.floor.spokeAt(b.member.Key).Compare(r.floor.spokeAt(a.member.Key))
	})
	for _, s := range r.sessions {
		if s.link != nil && len(s.link.slots) > 0 {
			r.allotKind(s, senders, sfu.Audio)
			r.allotKind(s, senders, sfu.Video)
		}
	}
}

func (r *room) allotKind(to *session, senders []*session, kind sfu.Kind) {
	var wanted, lines []*session
	for _, s := range senders {
		if s.member.Key != to.member.Key && s.source(kind) != nil {
			wanted = append(wanted, s)
		}
	}
	slots := to.link.slots
	for i := range slots {
		if slots[i].line.Kind == kind {
			lines = append(lines, slots[i].from)
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

// source is what the session has to send of a kind. A picture counts when the camera is on; sound always does, for a
// muted microphone must be heard from its first word.
func (s *session) source(kind sfu.Kind) *sfu.Source {
	if s.link == nil || (kind == sfu.Video && !s.now.Camera) {
		return nil
	}
	return s.link.peer.Source(kind)
}

// put lets from appear on the line. What cannot be put is off, and tried again at the next change.
func (r *room) put(to *session, on *slot, from *session) {
	var source *sfu.Source
	if from != nil {
		source = from.source(on.line.Kind)
	}
	on.from = from
	if on.source == source {
		return
	}
	if err := to.link.peer.Put(on.line.Mid, source); err != nil {
		r.log.Debug("slot not changed", slog.String("session", to.id), slog.Any("err", err))
		on.from, source = nil, nil
	}
	on.source = source
}

// tellSlots says what is on the lines if it is something else than last time, or if always is set.
func (s *session) tellSlots(always bool) {
	if s.link == nil || len(s.link.slots) == 0 {
		return
	}
	slots := make([]Slot, len(s.link.slots))
	for i, on := range s.link.slots {
		slots[i] = on.shown()
	}
	if !always && slices.Equal(slots, s.slots) {
		return
	}
	s.slots = slots
	s.tell(KindSlots, payload(Slots{Slots: slots}))
}

func (on slot) shown() Slot {
	shown := Slot{Mid: on.line.Mid, Kind: on.line.Kind, State: SlotOff}
	if on.from == nil {
		return shown
	}
	shown.State, shown.Key, shown.Session, shown.Source = SlotPaused, on.from.member.Key, on.from.id, SourceMicrophone
	if on.from.flows() {
		shown.State = SlotOn
	}
	if on.line.Kind == sfu.Video {
		shown.Source = SourceCamera
	}
	return shown
}
