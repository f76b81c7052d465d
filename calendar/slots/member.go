package slots

import (
	"fmt"
	"slices"
	"time"
)

// member is one person as searches see them: merged spans, and the same in cells. It never changes.
type member struct {
	Person
	busy, away, tentative, held, unknown []span // busy includes what is booked
	closed                               []span // the holidays
	work                                 [2][2][]span
	rows                                 [rowCount]plane // nil: nothing
	open                                 [2][2]plane     // work, in cells
}

// row is a kind of taken time in cells. That of the feeds is kept by itself because bookings and holds change without them.
type row int

const (
	rowFeeds row = iota // busy by calendar
	rowBusy             // that and booked
	rowAway
	rowHeld
	rowTaken // the three above together, for searches that keep no margins
	rowTentative
	rowUnknown
	rowCount = iota
)

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// draw works out everything of a person that a snapshot keeps.
func (s *Snapshot) draw(p Person) (*member, error) {
	m := &member{Person: p}
	near := s.near()
	m.away, m.tentative, m.unknown = outward(p.Away, near), outward(p.Tentative, near), outward(p.Unknown, near)
	feeds := outward(p.Busy, near)
	if !s.bare {
		m.rows[rowFeeds], m.rows[rowAway] = s.taken(nil, feeds), s.taken(nil, m.away)
		m.rows[rowTentative], m.rows[rowUnknown] = s.taken(nil, m.tentative), s.taken(nil, m.unknown)
	}
	s.drawBooked(m, feeds)
	zone := p.Zone
	if zone == nil {
		zone = s.options.Zone
	}
	return m, s.drawHours(m, zone)
}

// drawHours works out the member's working time. People with the same weekly hours share it, as far as they are known when
// the snapshot is made.
func (s *Snapshot) drawHours(m *member, zone *time.Location) error {
	alike := ""
	if len(m.Open) == 0 && len(m.Duty) == 0 {
		alike = fmt.Sprint(zone, m.HasHours, m.Hours)
	}
	if other := s.alike[alike]; other != nil {
		m.closed, m.work, m.open = other.closed, other.work, other.open
		return nil
	}
	if err := m.settleHours(s.days[zone.String()], s.near()); err != nil {
		return err
	}
	for closed := range 2 {
		for duty := range 2 {
			if !s.bare {
				m.open[closed][duty] = s.openRow(m, closed, duty)
			}
		}
	}
	if alike != "" && !s.made {
		s.alike[alike] = m
	}
	return nil
}

// drawBooked works out what bookings and holds take away, beside the engagements of the feeds.
func (s *Snapshot) drawBooked(m *member, feeds []span) {
	near := s.near()
	booked := outward(m.Booked, near)
	m.busy, m.held = feeds, outward(m.Held, near)
	if len(booked) > 0 {
		m.busy = merge(slices.Concat(feeds, booked))
	}
	if s.bare {
		return
	}
	m.rows[rowBusy], m.rows[rowHeld] = s.taken(m.rows[rowFeeds], booked), s.taken(nil, m.held)
	m.rows[rowTaken] = s.taken(s.taken(m.rows[rowBusy], m.away), m.held)
}

// taken returns the row base with the spans added: base itself where there are none. Base stays as it is.
func (s *Snapshot) taken(base plane, spans []span) plane {
	if len(spans) == 0 {
		return base
	}
	p := make(plane, s.words)
	copy(p, base)
	for _, t := range spans {
		p.fill(s.cell(cellFloor(t.from)), s.cell(cellCeil(t.to)))
	}
	return p
}

// openRow shares a row with a variant that is the same.
func (s *Snapshot) openRow(m *member, closed, duty int) plane {
	if closed == 1 && len(m.closed) == 0 {
		return m.open[0][duty]
	}
	if duty == 1 && len(m.Duty) == 0 {
		return m.open[closed][0]
	}
	p := make(plane, s.words)
	for _, w := range m.work[closed][duty] {
		p.fill(s.cell(cellCeil(w.from)), s.cell(cellFloor(w.to)))
	}
	return p
}

// settleHours works out the member's working time on the days around the search. The days are those of the member's zone.
func (m *member) settleHours(days []day, near span) error {
	for i := range days {
		if days[i].holiday {
			m.closed = append(m.closed, span{days[i].midnight, days[i].next})
		}
	}
	m.closed = merge(m.closed)
	hours := inward(m.Open)
	for i, h := range m.Hours {
		w, err := parseWeek(fmt.Sprintf("people[%q].hours[%d]", m.ID, i), h.Days, h.From, h.To)
		if err != nil {
			return err
		}
		hours = append(hours, w.spans(days)...)
	}
	if !m.HasHours {
		hours = []span{near}
	}
	hours = merge(hours)
	duty := inward(m.Duty)
	for i, open := range [][]span{hours, without(hours, m.closed)} {
		m.work[i] = [2][]span{open, open}
		if len(duty) > 0 {
			m.work[i][1] = merge(slices.Concat(open, duty))
		}
	}
	return nil
}

// index finds people by id and by role.
type index struct {
	byID   map[string]int
	byRole map[string][]int // in the order the people were given
}

func newIndex(people int) index {
	return index{byID: make(map[string]int, people), byRole: map[string][]int{}}
}

// add takes in the n-th person.
func (x *index) add(n int, p *Person) error {
	if p.ID == "" {
		return fmt.Errorf("slots: people[%d].id: missing", n)
	}
	if _, twice := x.byID[p.ID]; twice {
		return fmt.Errorf("slots: people[%d].id %q: given twice", n, p.ID)
	}
	x.byID[p.ID] = n
	for i, role := range p.Roles {
		if !slices.Contains(p.Roles[:i], role) {
			x.byRole[role] = append(x.byRole[role], n)
		}
	}
	return nil
}

// gather picks the people that the seats can use, in order of first use.
type gather struct {
	*index
	member []int // by person: place in used plus one; 0: not used
	used   []int
}

func (x *index) gather() *gather { return &gather{index: x, member: make([]int, len(x.byID))} }

func (g *gather) use(person int) int {
	if g.member[person] == 0 {
		g.used = append(g.used, person)
		g.member[person] = len(g.used)
	}
	return g.member[person] - 1
}

// pool lists the members by id or of a role; place is where the request names them.
func (g *gather) pool(place string, i int, anyOf []string, role string) ([]int, error) {
	pool := make([]int, 0, len(anyOf)+len(g.byRole[role]))
	if role != "" {
		for _, person := range g.byRole[role] {
			pool = append(pool, g.use(person))
		}
	}
	for _, id := range anyOf {
		person, ok := g.byID[id]
		if !ok {
			return nil, fmt.Errorf("slots: %s.any_of %q: no such person", fmt.Sprintf(place, i), id)
		}
		pool = append(pool, g.use(person))
	}
	return pool, nil
}

// seats returns the needs and wants of a request with their pools.
func (g *gather) seats(s *settings) (needs, wants []seat, err error) {
	needs, wants = make([]seat, len(s.Need)), make([]seat, len(s.Want))
	for i := range s.Need {
		if needs[i], err = g.need(i, &s.Need[i]); err != nil {
			return nil, nil, err
		}
	}
	for i := range s.Want {
		w := &s.Want[i]
		wants[i] = seat{id: w.ID, k: 1, weight: w.Weight}
		if wants[i].pool, err = g.pool("want[%d]", i, w.AnyOf, w.Role); err != nil {
			return nil, nil, err
		}
	}
	return needs, wants, nil
}

func (g *gather) need(i int, n *Need) (seat, error) {
	st := seat{id: n.ID, k: n.seats(), length: int64(n.UntilMin) * 60}
	var err error
	if st.pool, err = g.pool("need[%d]", i, n.AnyOf, n.Role); err != nil {
		return st, err
	}
	for _, id := range n.Prefer {
		person, ok := g.byID[id]
		if !ok || !slices.Contains(st.pool, g.use(person)) {
			return st, fmt.Errorf("slots: need[%d].prefer %q: nobody by that id may fill the need", i, id)
		}
		st.preferred = append(st.preferred, g.use(person))
	}
	if n.Substitute == nil {
		return st, nil
	}
	extra, err := g.pool("need[%d].substitute", i, n.Substitute.AnyOf, n.Substitute.Role)
	if err != nil {
		return st, err
	}
	for _, m := range extra {
		if !slices.Contains(st.pool, m) {
			st.standIns = append(st.standIns, m)
		}
	}
	st.cost = n.Substitute.Cost
	if n.Substitute.Use {
		st.pool = slices.Concat(st.pool, st.standIns)
	}
	return st, nil
}
