package slots

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar"
)

// Snapshot is what is known of people's time over a window, worked out once for any number of searches: hours, engagements,
// duty, bookings, holds and what nobody knows, each as bits of five minutes. It never changes, so that readers need no lock;
// a feed or a booking that changed gives a new one, With or WithBooked, which shares everything else with the old.
type Snapshot struct {
	window  span
	origin  int64 // instant of bit 0 of every row
	words   int
	bare    bool // there are no rows: only single starts are asked for
	options Options
	free    calendar.Holidays
	people  []*member
	index   *index
	days    map[string][]day   // by zone: those of the people and of the options
	alike   map[string]*member // by weekly hours: somebody who has them
	made    bool               // alike, and days, stay as they are
	spare   *sync.Pool         // of *memory: what a search needs while it runs
}

// Options are what a Snapshot takes for granted.
type Options struct {
	Zone     *time.Location // of people without their own; nil: UTC
	Holidays string         // the country whose holidays its searches mostly ask for; empty: none
	Closed   []string       // the local days off that they ask for
}

// beside is how much longer than its window a snapshot is, at either end: more than the longest margin and the longest
// meeting together.
const beside = 2 * daySeconds

// NewSnapshot works out the people's time. A window of 13 weeks is the longest. The slices of the people are kept and must not
// change. The error names the person and the field that is wrong.
func NewSnapshot(people []Person, window Window, options Options) (*Snapshot, error) {
	switch {
	case !window.From.Before(window.To):
		return nil, fmt.Errorf("slots: window.to %s: not after window.from %s", rfc(window.To), rfc(window.From))
	case window.To.Sub(window.From) > (maxWindow+2*60*60)*time.Second:
		return nil, fmt.Errorf("slots: window.to %s: more than 13 weeks after window.from %s", rfc(window.To), rfc(window.From))
	}
	return newSnapshot(people, span{window.From.Unix(), ceil(window.To)}, false, options)
}

func newSnapshot(people []Person, window span, bare bool, options Options) (*Snapshot, error) {
	s := &Snapshot{window: window, bare: bare, origin: cellFloor(window.from - beside), options: options, days: map[string][]day{}, alike: map[string]*member{}, spare: &sync.Pool{}}
	s.words = int((window.to+beside-s.origin)/cellSeconds+63)/64 + marginWords
	if s.options.Zone == nil {
		s.options.Zone = time.UTC
	}
	if options.Holidays != "" || len(options.Closed) > 0 {
		var err error
		if s.free, err = calendar.HolidaysOf(options.Holidays, options.Closed...); err != nil {
			return nil, fmt.Errorf("slots: holidays %q: %w", options.Holidays, err)
		}
	}
	s.learn(s.options.Zone)
	x := newIndex(len(people))
	for i := range people {
		if err := x.add(i, &people[i]); err != nil {
			return nil, err
		}
	}
	s.index = &x
	s.people = make([]*member, len(people))
	for i := range people {
		s.learn(people[i].Zone)
		m, err := s.draw(people[i])
		if err != nil {
			return nil, err
		}
		s.people[i] = m
	}
	s.made = true
	return s, nil
}

// learn works out the days of a zone that the snapshot does not know yet. Only for a snapshot that nobody reads.
func (s *Snapshot) learn(zone *time.Location) {
	if zone == nil {
		return
	}
	if _, ok := s.days[zone.String()]; !ok {
		s.days[zone.String()] = daysOf(zone, s.near(), s.free)
	}
}

// near is the time whose intervals a snapshot keeps.
func (s *Snapshot) near() span { return span{s.window.from - beside, s.window.to + beside} }

// cell returns the bit that begins at an instant on the border of a cell, kept inside the rows.
func (s *Snapshot) cell(at int64) int {
	return int(min(max(0, (at-s.origin)/cellSeconds), int64(s.words*64)))
}

// With returns a snapshot in which one person's time is what is given: that of whoever has the id, or of somebody new.
func (s *Snapshot) With(p Person) (*Snapshot, error) {
	next := *s
	if p.Zone != nil && s.days[p.Zone.String()] == nil {
		next.days = maps.Clone(s.days)
		next.learn(p.Zone)
	}
	m, err := next.draw(p)
	if err != nil {
		return nil, err
	}
	next.people = slices.Clone(s.people)
	n, known := s.index.byID[p.ID]
	if !known {
		next.people = append(next.people, m)
		return next.reindexed()
	}
	next.people[n] = m
	if slices.Equal(s.people[n].Roles, p.Roles) {
		return &next, nil
	}
	return next.reindexed()
}

// reindexed is the snapshot with an index of its own.
func (s *Snapshot) reindexed() (*Snapshot, error) {
	x := newIndex(len(s.people))
	for i, m := range s.people {
		if err := x.add(i, &m.Person); err != nil {
			return nil, err
		}
	}
	s.index = &x
	return s, nil
}

// WithBooked returns a snapshot in which a person's bookings and holds are those given; everything else is shared.
func (s *Snapshot) WithBooked(id string, booked, held []calendar.Interval) (*Snapshot, error) {
	n, ok := s.index.byID[id]
	if !ok {
		return nil, fmt.Errorf("slots: people: nobody has the id %q", id)
	}
	m := *s.people[n]
	m.Booked, m.Held = booked, held
	s.drawBooked(&m, outward(m.Busy, s.near()))
	next := *s
	next.people = slices.Clone(s.people)
	next.people[n] = &m
	return &next, nil
}

// Without returns a snapshot that knows nothing of a person.
func (s *Snapshot) Without(id string) (*Snapshot, error) {
	n, ok := s.index.byID[id]
	if !ok {
		return nil, fmt.Errorf("slots: people: nobody has the id %q", id)
	}
	next := *s
	next.people = slices.Delete(slices.Clone(s.people), n, n+1)
	return next.reindexed()
}

// Find answers the request from the snapshot. The error names the field of the request that is missing or wrong, and its
// value. A window or holidays that the snapshot does not hold cost the time of a new one, of the people who are asked.
func (s *Snapshot) Find(r Request) (Answer, error) {
	set, err := s.settle(r)
	if err != nil {
		return Answer{}, err
	}
	if s, err = s.holding(&set, set.window, false); err != nil {
		return Answer{}, err
	}
	f, err := s.finder(&set, s.gridOf(&set))
	if err != nil {
		return Answer{}, err
	}
	defer f.free()
	return f.answer(), nil
}

// At gives the verdict on one start from the snapshot, as the function At does.
func (s *Snapshot) At(r Request, start time.Time) (Verdict, error) {
	set, err := s.settle(r)
	if err != nil {
		return Verdict{}, err
	}
	if s, err = s.holding(&set, span{start.Unix(), start.Unix() + set.length}, true); err != nil {
		return Verdict{}, err
	}
	f, err := s.finder(&set, singleStart(start))
	if err != nil {
		return Verdict{}, err
	}
	defer f.free()
	return f.verdict(), nil
}

// settle checks a request; a zone that the snapshot knows need not be read from disk.
func (s *Snapshot) settle(r Request) (settings, error) {
	return settleIn(r, func(name string) *time.Location {
		if days := s.days[name]; len(days) > 0 {
			return days[0].zone
		}
		return nil
	})
}

// holding returns a snapshot for a search of the window by the settings: this one where it can be, else one that may be bare.
func (s *Snapshot) holding(set *settings, window span, bare bool) (*Snapshot, error) {
	if s.window.from <= window.from && window.to <= s.window.to && (set.holidays == nil || (set.Holidays == s.options.Holidays && slices.Equal(set.Closed, s.options.Closed))) {
		return s, nil
	}
	people := make([]Person, len(s.people))
	for i, m := range s.people {
		people[i] = m.Person
	}
	options := s.options
	options.Holidays, options.Closed = set.Holidays, set.Closed
	return snapshotFor(set, people, window, bare, options)
}

// snapshotFor is a snapshot of those among the people whom a request could use.
func snapshotFor(set *settings, people []Person, window span, bare bool, options Options) (*Snapshot, error) {
	x := newIndex(len(people))
	for i := range people {
		if err := x.add(i, &people[i]); err != nil {
			return nil, err
		}
	}
	g := x.gather()
	if _, _, err := g.seats(set); err != nil {
		return nil, err
	}
	slices.Sort(g.used) // the order they were given in
	used := make([]Person, len(g.used))
	for i, person := range g.used {
		used[i] = people[person]
	}
	return newSnapshot(used, window, bare, options)
}

// daysAround lists the days of a zone that a window touches, without holidays where the snapshot does not know the zone.
func (s *Snapshot) daysAround(zone *time.Location, window span) []day {
	days, ok := s.days[zone.String()]
	if !ok {
		return daysOf(zone, window, nil)
	}
	first := max(0, slices.IndexFunc(days, func(d day) bool { return d.next > window.from-daySeconds }))
	last := first
	for last < len(days) && days[last].midnight <= window.to+daySeconds {
		last++
	}
	return days[first:last]
}

// gridOf is the grid of a request: cells where that is exact, the request's own starts elsewhere.
func (s *Snapshot) gridOf(set *settings) grid {
	days := s.daysAround(set.zone, set.window)
	exact := whole(set.length, set.grid, set.buffer, set.travel)
	for i := range set.Need {
		exact = exact && whole(int64(set.Need[i].UntilMin)*60)
	}
	for i := range days {
		exact = exact && whole(days[i].midnight)
	}
	if !exact {
		return gridOf(days, set.window, set.grid)
	}
	g := grid{word: int((set.window.from-s.origin)/cellSeconds) / 64}
	first := s.origin + int64(g.word)*64*cellSeconds
	g.add(first, cellSeconds, int((set.window.to-first+cellSeconds-1)/cellSeconds))
	g.starts = make(plane, (g.length+63)/64)
	eachRun(days, set.window, set.grid, func(at, step int64, count int) {
		g.starts.everyNth(int((at-first)/cellSeconds), int(step/cellSeconds), count)
	})
	return g
}
