package conference

import (
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
)

// EventKind says what an attendance event tells.
type EventKind string

// The kinds of event. All but EventSeen tell of one session of one participant.
const (
	EventLobbyIn     EventKind = "lobby_in"
	EventAdmitted    EventKind = "admitted"
	EventRefused     EventKind = "refused"
	EventJoined      EventKind = "joined"
	EventMediaUp     EventKind = "media_up"
	EventMediaDown   EventKind = "media_down"
	EventReconnected EventKind = "reconnected"
	EventLeft        EventKind = "left"
	EventSeen        EventKind = "seen"  // every 5 s: all sessions that are in
	EventEnded       EventKind = "ended" // the room was closed for everybody
)

// ReasonTimeout is the reason of an EventLeft that the server wrote because a lost session did not come back: the person
// was gone when they were last seen, not when the wait was over.
const ReasonTimeout = "timeout"

// Event is one line of a meeting's ledger. The stream is append-only; corrections are new events.
type Event struct {
	At      time.Time  `json:"at"`
	Boot    string     `json:"boot"` // of the server process that wrote it
	Kind    EventKind  `json:"kind"`
	Key     string     `json:"key,omitempty"`     // Participant.Key
	Session string     `json:"session,omitempty"` // one device, one stay
	Present []Presence `json:"present,omitempty"` // EventSeen only
	Reason  string     `json:"reason,omitempty"`
	By      string     `json:"by,omitempty"` // key of who admitted, refused or removed
}

// Presence is a session that is in the call.
type Presence struct {
	Key     string `json:"key"`
	Session string `json:"session"`
}

// Source says how the end of an interval is known.
type Source string

// The sources.
const (
	FromEvent   Source = "event"
	FromBeat    Source = "heartbeat"      // the session was lost; last seen then
	FromCrash   Source = "inferred_crash" // the server was killed; last seen then
	FromMeeting Source = "meeting_end"
	FromNow     Source = "running" // the person is in the call now
	FromHand    Source = "by_hand" // a host said so
)

const (
	// bridge is the gap up to which a return continues the same stay.
	bridge = 30 * time.Second
	// deadAfter is how long a server may be silent about a session before it counts as killed: three heartbeats.
	deadAfter = 15 * time.Second
)

// Stay is one interval of presence, united over a person's devices; half-open, UTC.
type Stay struct {
	calendar.Interval
	StartSource, EndSource Source
	Gap                    time.Duration // total of the bridged gaps inside; they do not count as presence
	Media                  bool          // sound or picture flowed at some time
}

// Attendee is an invited person with their presence.
type Attendee struct {
	Participant
	Stays   []Stay
	Present bool          // in the call at the fold's now
	Lobby   time.Duration // waited outside; not attendance
}

// Total is the time of presence without gaps.
func (a Attendee) Total() time.Duration {
	var total time.Duration
	for _, s := range a.Stays {
		total += s.End.Sub(s.Start) - s.Gap
	}
	return total
}

// Refusal is a participant whom a host did not admit.
type Refusal struct {
	Key, Name, By string
	At            time.Time
}

// Attendance is who was there.
type Attendance struct {
	Conference   Conference
	People       []Attendee          // in the order of the conference's participants
	Together     []calendar.Interval // every required seat was filled at once
	Quorate      bool
	MissingSeats []SeatID // required seats that nobody filled at any time
	Refused      []Refusal
}

// TogetherTotal is the time during which the required seats were filled at once.
func (a Attendance) TogetherTotal() time.Duration {
	var total time.Duration
	for _, i := range a.Together {
		total += i.End.Sub(i.Start)
	}
	return total
}

// Fold turns the ledger of c into who was there, as of now. Events count in the order of the stream; sessions are told
// apart by id, so a late or repeated "left" of an old session harms no new one. It may be computed anew at any time.
func Fold(c Conference, events []Event, now time.Time) Attendance {
	f := folding{sessions: map[string]*session{}, lobby: map[string]time.Time{}, waited: map[string]time.Duration{}, ended: map[string]bool{}}
	for _, e := range events {
		f.take(e)
	}
	f.closeOpen(now)
	a := Attendance{Conference: c}
	filled := map[SeatID][]calendar.Interval{}
	for _, p := range c.Participants {
		attendee := Attendee{Participant: p, Stays: f.stays(p.Key), Lobby: f.waited[p.Key]}
		if since, ok := f.lobby[p.Key]; ok && now.After(since) && now.Sub(since) < time.Hour {
			attendee.Lobby += now.Sub(since)
		}
		for _, s := range attendee.Stays {
			attendee.Present = attendee.Present || s.EndSource == FromNow
		}
		filled[p.Seat] = append(filled[p.Seat], f.presence(p.Key)...)
		a.People = append(a.People, attendee)
	}
	a.addByHand(c, filled, now)
	a.Together, a.MissingSeats = together(c, filled)
	a.Quorate = len(a.Together) > 0
	for _, r := range f.refused {
		if i := slices.IndexFunc(c.Participants, func(p Participant) bool { return p.Key == r.Key }); i >= 0 {
			r.Name = c.Participants[i].Name
			a.Refused = append(a.Refused, r)
		}
	}
	return a
}

// together intersects the required seats. A meeting without one has no quorum to reach.
func together(c Conference, filled map[SeatID][]calendar.Interval) (both []calendar.Interval, missing []SeatID) {
	var seats []SeatID
	for _, p := range c.Participants {
		if p.Need == Required && !slices.Contains(seats, p.Seat) {
			seats = append(seats, p.Seat)
		}
	}
	for i, seat := range seats {
		there := calendar.Merge(filled[seat])
		if len(there) == 0 {
			missing = append(missing, seat)
		}
		if i == 0 {
			both = there
		} else {
			both = calendar.Intersect(both, there)
		}
	}
	return both, missing
}

// session is one device's stay while the ledger is read.
type session struct {
	key, boot  string
	start, end time.Time
	begun      Source
	seen       time.Time // last time anything told that it was in
	lost       time.Time // media went down and has not come back
	media      bool
	open       bool
	source     Source
}

type folding struct {
	sessions map[string]*session
	order    []*session
	lobby    map[string]time.Time
	waited   map[string]time.Duration
	refused  []Refusal
	boot     string
	heard    time.Time       // the last word of that boot about anybody
	ended    map[string]bool // boots that another has followed
}

func (f *folding) take(e Event) {
	if f.ended[e.Boot] {
		return // the last words of a server that has been followed: its sessions are closed
	}
	if f.boot != "" && e.Boot != f.boot {
		f.closeBoot(f.boot)
	}
	f.boot, f.heard = e.Boot, e.At
	switch e.Kind {
	case EventLobbyIn:
		if _, waiting := f.lobby[e.Key]; !waiting {
			f.lobby[e.Key] = e.At
		}
	case EventAdmitted:
		f.leaveLobby(e)
	case EventRefused:
		f.leaveLobby(e)
		f.refused = append(f.refused, Refusal{Key: e.Key, By: e.By, At: e.At})
	case EventJoined, EventReconnected:
		f.leaveLobby(e)
		f.join(e)
	case EventMediaUp:
		if s := f.current(e); s != nil {
			s.media, s.lost, s.seen = true, time.Time{}, e.At
		}
	case EventMediaDown:
		if s := f.current(e); s != nil {
			s.lost = e.At
		}
	case EventSeen:
		for _, p := range e.Present {
			f.hear(p, e)
		}
	case EventLeft:
		f.leave(e)
	case EventEnded:
		for _, s := range f.order {
			s.finish(e.At, FromMeeting)
		}
	}
}

// current finds an open session. Ids are unique in a process; another process may not speak for it.
func (f *folding) current(e Event) *session {
	if s := f.sessions[e.Session]; s != nil && s.open && s.boot == e.Boot {
		return s
	}
	return nil
}

func (f *folding) join(e Event) {
	if s := f.current(e); s != nil { // said twice, or back on the same session
		s.seen, s.lost = e.At, time.Time{}
		return
	}
	f.open(Presence{Key: e.Key, Session: e.Session}, e, FromEvent)
}

// hear takes one line of a heartbeat. A session that nobody announced began no later than now: its "joined" was lost.
func (f *folding) hear(p Presence, e Event) {
	if s := f.current(Event{Session: p.Session, Boot: e.Boot}); s != nil {
		s.seen = e.At
		return
	}
	f.open(p, e, FromBeat)
}

// open begins a session, except one that has left: it does not come back under its own name.
func (f *folding) open(p Presence, e Event, begun Source) {
	if s := f.sessions[p.Session]; s != nil && s.boot == e.Boot {
		return
	}
	s := &session{key: p.Key, boot: e.Boot, start: e.At, seen: e.At, begun: begun, open: true}
	f.sessions[p.Session] = s
	f.order = append(f.order, s)
}

func (f *folding) leave(e Event) {
	f.leaveLobby(e)
	s := f.current(e)
	switch {
	case s == nil:
	case e.Reason == ReasonTimeout:
		s.finish(s.lastThere(), FromBeat)
	default:
		s.finish(e.At, FromEvent)
	}
}

func (f *folding) leaveLobby(e Event) {
	if since, waiting := f.lobby[e.Key]; waiting {
		f.waited[e.Key] += e.At.Sub(since)
		delete(f.lobby, e.Key)
	}
}

// lastThere is when a lost session was really there for the last time.
func (s *session) lastThere() time.Time {
	if !s.lost.IsZero() && s.lost.Before(s.seen) {
		return s.lost
	}
	return s.seen
}

func (s *session) finish(at time.Time, source Source) {
	if s.open {
		s.open, s.end, s.source = false, maxTime(at, s.start), source
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// closeBoot ends what a killed server left open, at its last word.
func (f *folding) closeBoot(boot string) {
	f.ended[boot] = true
	for _, s := range f.order {
		if s.boot == boot {
			s.finish(s.seen, FromCrash)
		}
	}
}

// closeOpen ends the open sessions at now, or at the last word about them: of a server that has fallen silent, or of one
// that goes on without them and still waits for their return.
func (f *folding) closeOpen(now time.Time) {
	silent := FromBeat
	if now.Sub(f.heard) > deadAfter {
		silent = FromCrash
	}
	for _, s := range f.order {
		if s.open && now.Sub(s.seen) > deadAfter {
			s.finish(s.seen, silent)
		}
		s.finish(now, FromNow)
	}
}

// presence is when a person was really there on any device. Bridged gaps are not in it: a quorum needs everybody at once.
func (f *folding) presence(key string) []calendar.Interval {
	var spans []calendar.Interval
	for _, s := range f.order {
		if s.key == key {
			spans = append(spans, calendar.Interval{Start: s.start, End: s.end})
		}
	}
	return calendar.Merge(spans)
}

// stays unites a person's sessions and bridges short gaps.
func (f *folding) stays(key string) []Stay {
	var stays []Stay
	for _, s := range f.order {
		if s.key == key && s.end.After(s.start) {
			stays = append(stays, Stay{Interval: calendar.Interval{Start: s.start, End: s.end}, StartSource: s.begun, EndSource: s.source, Media: s.media})
		}
	}
	slices.SortStableFunc(stays, func(a, b Stay) int { return a.Start.Compare(b.Start) })
	var united []Stay
	for _, s := range stays {
		if len(united) == 0 || s.Start.Sub(united[len(united)-1].End) > bridge {
			united = append(united, s)
			continue
		}
		last := &united[len(united)-1]
		last.Media = last.Media || s.Media
		last.Gap += max(0, s.Start.Sub(last.End))
		if s.End.After(last.End) {
			last.End, last.EndSource = s.End, s.EndSource
		}
	}
	return united
}
