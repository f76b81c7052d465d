package slots

import (
	"errors"
	"fmt"
	"slices"
)

// maxNeeds lets a set of needs be the bits of a word.
const maxNeeds = 30

// checkSeats checks needs and wants as far as that can be done without the people, and gives a want without an id its role.
func (s *settings) checkSeats() error {
	if len(s.Need) == 0 {
		return errors.New("slots: need: missing")
	}
	if err := errors.Join(atMost("need", len(s.Need), maxNeeds), atMost("want", len(s.Want), 20)); err != nil {
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

// seat is a need or a want with its pool.
type seat struct {
	id        string
	k         int
	length    int64 // 0: the whole meeting
	pool      []int // members that may fill it, stand-ins in use included
	standIns  []int // members that may stand in, whether in use or not
	cost      int   // of a stand-in
	weight    int   // of a want
	preferred []int // members, best first
}

// lengthOf is how long whoever fills the seat must stay in a meeting of the length.
func (st *seat) lengthOf(meeting int64) int64 {
	if st.length == 0 {
		return meeting
	}
	return min(st.length, meeting)
}
