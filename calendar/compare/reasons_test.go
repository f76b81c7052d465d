package compare

import (
	"slices"
	"testing"

	"github.com/samtale/samtale/calendar"
)

// reason is one way in which a partner reads feeds otherwise than we do, and should. It is exact: what the partner reads is what
// we read of the feed that amend makes.
type reason struct {
	name    string // what the partner does
	because string // why we do not; sections are those of RFC 5545
	// change rewrites the series as the partner reads it; false means that there is nothing to rewrite.
	change func(*series) bool
	// where names spans that are left out of the comparison, for what cannot be written as a feed.
	where   func(testing.TB, series, span) []calendar.Interval
	refuses bool // the partner refuses a feed that change would rewrite
}

func (r reason) amend(s *series) bool { return r.change != nil && r.change(s) }

func (r reason) unclear(t testing.TB, s series, window span) []calendar.Interval {
	if r.where == nil {
		return nil
	}
	return r.where(t, s, window)
}

// eachRule makes a change of a series of a change of a rule.
func eachRule(change func(s *series, r *rule) bool) func(*series) bool {
	return func(s *series) bool {
		changed := false
		for i := range s.rules {
			changed = change(s, &s.rules[i]) || changed
		}
		return changed
	}
}

// oneInstance is a reason of both: RANGE=THISANDFUTURE is read as the one instance.
var oneInstance = reason{
	name:    "THISANDFUTURE is read as the one instance",
	because: "section 3.2.13",
	change: func(s *series) bool {
		changed := false
		for i := range s.overrides {
			changed = changed || s.overrides[i].future
			s.overrides[i].future = false
		}
		return changed
	},
}

// ruledOut leaves a whole series out whose rule is of a kind that cannot be rewritten.
func ruledOut(is func(rule) bool) func(testing.TB, series, span) []calendar.Interval {
	return func(_ testing.TB, s series, window span) []calendar.Interval {
		if slices.ContainsFunc(s.rules, is) {
			return []calendar.Interval{{Start: window.start, End: window.end}}
		}
		return nil
	}
}

// positionsOfDays writes BYSETPOS so that it picks all times of the days that it would pick without the times.
func positionsOfDays(_ *series, r *rule) bool {
	times := max(len(r.hours), 1) * max(len(r.minutes), 1)
	if len(r.positions) == 0 || times == 1 {
		return false
	}
	var positions []int
	for _, p := range r.positions {
		for i := range times {
			if p > 0 {
				positions = append(positions, (p-1)*times+1+i)
			} else {
				positions = append(positions, p*times+i)
			}
		}
	}
	r.positions = positions
	return true
}
