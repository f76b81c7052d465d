package slots

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// checkSeats checks needs and wants as far as that can be done without the people, and gives a want without an id its role.
func (s *settings) checkSeats() error {
	if len(s.Need) == 0 {
		return errors.New("slots: need: missing")
	}
	if err := errors.Join(atMost("need", len(s.Need), 30), atMost("want", len(s.Want), 20)); err != nil {
		return err
	}
	seen := map[string]bool{}
	unique := func(field, id string) error {
		if id == "" {
			return fmt.Errorf("slots: %s.id: missing", field)
		}
		if seen[id] {
			return fmt.Errorf("slots: %s.id %q: given twice", field, id)
		}
		seen[id] = true
		return nil
	}
	for i := range s.Need {
		field := fmt.Sprintf("need[%d]", i)
		if err := unique(field, s.Need[i].ID); err != nil {
			return err
		}
		if err := s.checkNeed(field, &s.Need[i]); err != nil {
			return err
		}
	}
	s.Want = slices.Clone(s.Want)
	for i := range s.Want {
		field := fmt.Sprintf("want[%d]", i)
		w := &s.Want[i]
		if w.ID == "" {
			w.ID = w.Role
		}
		err := errors.Join(unique(field, w.ID), checkPool(field, w.AnyOf, w.Role), between(field+".weight", w.Weight, 0, 100))
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) checkNeed(field string, n *Need) error {
	if err := checkPool(field, n.AnyOf, n.Role); err != nil {
		return err
	}
	k := n.seats()
	if err := between(field+".k", k, 1, 50); err != nil {
		return err
	}
	if n.Role == "" && n.Substitute == nil && k > len(n.AnyOf) {
		return fmt.Errorf("slots: %s.k %d: any_of names only %d", field, k, len(n.AnyOf))
	}
	if err := errors.Join(atMost(field+".prefer", len(n.Prefer), 50), once(field+".prefer", n.Prefer)); err != nil {
		return err
	}
	if n.Role == "" {
		for _, id := range n.Prefer {
			if !slices.Contains(n.AnyOf, id) {
				return fmt.Errorf("slots: %s.prefer %q: not in any_of", field, id)
			}
		}
	}
	if n.UntilMin < 0 || n.UntilMin > s.DurationMin {
		return fmt.Errorf("slots: %s.until_min %d: want 1 to duration_min %d, or nothing", field, n.UntilMin, s.DurationMin)
	}
	if n.Substitute == nil {
		return nil
	}
	field += ".substitute"
	return errors.Join(checkPool(field, n.Substitute.AnyOf, n.Substitute.Role), between(field+".cost", n.Substitute.Cost, 0, 100))
}

// seats is K with its default.
func (n *Need) seats() int {
	if n.K == nil {
		return 1
	}
	return *n.K
}

func checkPool(field string, anyOf []string, role string) error {
	switch {
	case len(anyOf) == 0 && role == "":
		return fmt.Errorf("slots: %s: any_of or role is missing", field)
	case len(anyOf) > 0 && role != "":
		return fmt.Errorf("slots: %s: any_of and role %q: only one of the two", field, role)
	}
	if err := atMost(field+".any_of", len(anyOf), 500); err != nil {
		return err
	}
	return once(field+".any_of", anyOf)
}

func once(field string, ids []string) error {
	seen := make(map[string]bool, len(ids))
	for i, id := range ids {
		if id == "" {
			return fmt.Errorf("slots: %s[%d]: empty", field, i)
		}
		if seen[id] {
			return fmt.Errorf("slots: %s %q: given twice", field, id)
		}
		seen[id] = true
	}
	return nil
}

// member is one person as the search sees them. Spans are merged.
type member struct {
	*Person
	busy, away, tentative, held, unknown []span
	closed                               []span // the holidays
	work                                 [2][2][]span
}

// working is the member's working time: hours, without the holidays when closed is set, and time on duty when duty is.
func (m *member) working(closed, duty bool) []span {
	i, j := 0, 0
	if closed {
		i = 1
	}
	if duty {
		j = 1
	}
	return m.work[i][j]
}

// seat is a need or a want with its pool.
type seat struct {
	id       string
	k        int
	length   int64       // 0: the whole meeting
	pool     []int       // members that may fill it, stand-ins in use included
	standIns []int       // members that may stand in, whether in use or not
	cost     int         // of a stand-in
	weight   int         // of a want
	rank     map[int]int // by member: place in the need's prefer
}

// gather picks the people that the seats can use, in the order they were given.
type gather struct {
	byID   map[string]int   // index in people
	byRole map[string][]int // the same
	people []Person
	index  map[int]int // person -> member
	used   []int       // persons, in order of first use
}

func newGather(people []Person) (*gather, error) {
	g := &gather{byID: make(map[string]int, len(people)), byRole: map[string][]int{}, people: people, index: map[int]int{}}
	for i := range people {
		p := &people[i]
		if p.ID == "" {
			return nil, fmt.Errorf("slots: people[%d].id: missing", i)
		}
		if _, twice := g.byID[p.ID]; twice {
			return nil, fmt.Errorf("slots: people[%d].id %q: given twice", i, p.ID)
		}
		g.byID[p.ID] = i
		for _, role := range slices.Compact(slices.Sorted(slices.Values(p.Roles))) {
			g.byRole[role] = append(g.byRole[role], i)
		}
	}
	return g, nil
}

func (g *gather) member(person int) int {
	if m, ok := g.index[person]; ok {
		return m
	}
	g.index[person] = len(g.used)
	g.used = append(g.used, person)
	return len(g.used) - 1
}

func (g *gather) pool(field string, anyOf []string, role string) ([]int, error) {
	var pool []int
	if role != "" {
		for _, person := range g.byRole[role] {
			pool = append(pool, g.member(person))
		}
	}
	for _, id := range anyOf {
		person, ok := g.byID[id]
		if !ok {
			return nil, fmt.Errorf("slots: %s.any_of %q: no such person", field, id)
		}
		pool = append(pool, g.member(person))
	}
	return pool, nil
}

func (g *gather) need(i int, n *Need) (seat, error) {
	field := fmt.Sprintf("need[%d]", i)
	st := seat{id: n.ID, k: n.seats(), length: int64(n.UntilMin) * 60, rank: make(map[int]int, len(n.Prefer))}
	var err error
	if st.pool, err = g.pool(field, n.AnyOf, n.Role); err != nil {
		return st, err
	}
	for rank, id := range n.Prefer {
		person, ok := g.byID[id]
		if !ok || !slices.Contains(st.pool, g.member(person)) {
			return st, fmt.Errorf("slots: %s.prefer %q: nobody by that id may fill the need", field, id)
		}
		st.rank[g.member(person)] = rank
	}
	if n.Substitute == nil {
		return st, nil
	}
	extra, err := g.pool(field+".substitute", n.Substitute.AnyOf, n.Substitute.Role)
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
		st.pool = append(slices.Clone(st.pool), st.standIns...)
	}
	return st, nil
}

func (g *gather) want(i int, w *Want) (seat, error) {
	pool, err := g.pool(fmt.Sprintf("want[%d]", i), w.AnyOf, w.Role)
	return seat{id: w.ID, k: 1, pool: pool, weight: w.Weight}, err
}

// membersOf turns the people in use into members; days are shared by those of one zone.
func (g *gather) membersOf(s *settings, around span) ([]member, error) {
	near := span{around.from - 2*daySeconds, around.to + 2*daySeconds} // margins, and engagements that follow each other, are shorter
	calendars := map[*time.Location][]day{}
	members := make([]member, 0, len(g.used))
	for _, i := range g.used {
		p := &g.people[i]
		zone := p.Zone
		if zone == nil {
			zone = s.zone
		}
		days, ok := calendars[zone]
		if !ok {
			days = daysOf(zone, around, s.holidays)
			calendars[zone] = days
		}
		m := member{
			Person: p, busy: outward(p.Busy, near), away: outward(p.Away, near), tentative: outward(p.Tentative, near), held: outward(p.Held, near),
			unknown: outward(p.Unknown, near),
		}
		if err := m.settleHours(days, near); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

// settleHours works out the member's working time on the days around the search.
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
