package signaling

import (
	"slices"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// view takes what a device shows.
func (r *room) view(s *session, m Message) string {
	var v View
	if m.read(&v) != nil || v.check() != nil {
		return CodeMalformed
	}
	if !s.in {
		return CodeNotIn
	}
	s.view = &v
	for i := range s.slots() {
		s.slots()[i].fresh = time.Time{} // now it has said
	}
	s.show(r.speakers, time.Now())
	s.tellSlots(false) // why a picture is paused may be another reason now
	return ""
}

// Heights for a device that does not say what it shows, and for whom it cannot have said yet.
const (
	unsaidHeight = 360
	unsaidScreen = 1080

	freshFor = 3 * time.Second // a device says again what it shows when somebody new is on a line
)

func (s *session) soundOnly() bool { return s.view != nil && s.view.SoundOnly }

// slots are the receiving lines of the session's connection.
func (s *session) slots() []slot {
	if s.link == nil {
		return nil
	}
	return s.link.slots
}

// show tells the media server what the device looks at, if that is something else than last time. Pictures that are not
// looked at are not sent.
func (s *session) show(speakers []string, now time.Time) {
	if len(s.slots()) == 0 {
		return
	}
	if s.link.soundOnly != s.soundOnly() {
		s.link.soundOnly = !s.link.soundOnly
		s.link.peer.SetSoundOnly(s.link.soundOnly)
	}
	shown := s.shown(speakers, now)
	if !slices.Equal(shown, s.link.shown) {
		s.link.shown = shown
		s.link.peer.Show(slices.Clone(shown))
	}
}

// shown lists the picture lines, most important first: a shared screen, then in the device's order, in which the dominant
// speaker comes before whoever is shown no larger. Every line is named, for the media server shows those that are not.
func (s *session) shown(speakers []string, now time.Time) []sfu.View {
	var screens, faces, hidden []sfu.View
	speaker := -1 // in faces
	for _, at := range s.inOrder() {
		v := sfu.View{Mid: at.line.Mid, Height: s.heightOf(at, now)}
		switch {
		case v.Height == 0:
			hidden = append(hidden, v)
		case at.on.content == sfu.Screen:
			screens = append(screens, v)
		default:
			if len(speakers) > 0 && at.on.from != nil && at.on.from.member.Key == speakers[0] && speaker < 0 {
				speaker = len(faces)
			}
			faces = append(faces, v)
		}
	}
	for ; speaker > 0 && faces[speaker-1].Height <= faces[speaker].Height; speaker-- {
		faces[speaker-1], faces[speaker] = faces[speaker], faces[speaker-1]
	}
	return slices.Concat(screens, faces, hidden)
}

// inOrder lists the picture lines: those that the device has named in its order, then the others.
func (s *session) inOrder() []*slot {
	var named, others []*slot
	for i := range s.slots() {
		if at := &s.slots()[i]; at.line.Kind == sfu.Video {
			others = append(others, at)
		}
	}
	if s.view == nil {
		return others
	}
	for _, line := range s.view.Lines {
		i := slices.IndexFunc(others, func(at *slot) bool { return at.line.Mid == line.Mid })
		if i >= 0 {
			named = append(named, others[i])
			others = slices.Delete(others, i, i+1)
		}
	}
	return append(named, others...)
}

// heightOf is how tall the device shows a line; 0: not at all. A device that shows nothing at all, a hidden page, is shown
// nobody new either.
func (s *session) heightOf(at *slot, now time.Time) int {
	if s.view != nil {
		for _, line := range s.view.Lines {
			if line.Mid == at.line.Mid {
				return line.Height
			}
		}
		if len(s.view.Lines) == 0 || at.on.from == nil || !now.Before(at.fresh) {
			return 0
		}
	}
	if at.on.content == sfu.Screen {
		return unsaidScreen
	}
	return unsaidHeight
}
