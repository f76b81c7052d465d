package slots

import (
	"math"
	"strconv"
)

// line is a Reason before it is put into text: it costs no allocation.
type line struct {
	code    string
	subject string // an id or a label; or else
	number  int
	unit    string
	points  int
}

func (l line) reason() Reason {
	value := l.subject
	if value == "" && l.unit != "" {
		value = strconv.Itoa(l.number) + " " + l.unit
	}
	return Reason{Code: l.code, Value: value, Points: l.points}
}

// burden returns the minutes a person would work outside hours and their cost in units: squares make one heavily burdened
// person dearer than two who share. It ranks and hides nothing.
func (sc *scorer) burden(c *chair, m int) (minutes, units int) {
	start := sc.grid.at(sc.start)
	inside, _ := within(sc.work(m, true, sc.duty), start, start+c.stay)
	minutes = int((c.stay - inside) / 60)
	had := sc.had[m]
	grown := float64(had+minutes)*float64(had+minutes) - float64(had)*float64(had)
	return minutes, int(math.Round(min(burdenCap, grown/burdenNorm)))
}

func (sc *scorer) add(l line) { sc.lines = append(sc.lines, l) }

func (sc *scorer) addTiers() {
	outside, unknown := 0, 0
	for _, p := range sc.cast {
		outside += bit(sc.outside(&sc.chairs[p.chair], p.member))
		unknown += bit(sc.unknown(&sc.chairs[p.chair], p.member))
	}
	if outside > 0 && sc.Policy.OutsideHours == LastResort {
		sc.add(line{code: "outside_hours", number: outside, unit: "people", points: -sc.places.outside * min(outside, tierCap)})
	}
	if unknown > 0 {
		sc.add(line{code: "unknown", number: unknown, unit: "people", points: -sc.places.unknown * min(unknown, tierCap)})
	}
}

// addTime adds what depends on the start, and the wants: slack, guests and preferences.
func (sc *scorer) addTime() {
	i := sc.start
	sc.addSlack()
	left := wantCap
	for n, index := range sc.filled {
		if index >= 0 {
			units := min(left, sc.wants[n].weight)
			left -= units
			sc.add(line{code: "want", subject: sc.wants[n].id, points: sc.places.want * units})
		}
	}
	for n := range sc.Guests {
		switch {
		case sc.yes[n].has(i):
			sc.add(line{code: "guest_yes", subject: sc.Guests[n].ID, points: sc.places.guest * guestYes})
		case sc.ifNeed[n].has(i):
			sc.add(line{code: "guest_if_needed", subject: sc.Guests[n].ID, points: sc.places.guest * guestIfNeeded})
		}
	}
	sc.addPreferences("prefer", sc.prefers, sc.Prefer, 1)
	sc.addPreferences("avoid", sc.avoids, sc.Avoid, -1)
}

func (sc *scorer) addPreferences(code string, planes []plane, of []Preference, sign int) {
	left := preferenceCap
	for n := range planes {
		if planes[n].has(sc.start) {
			units := min(left, of[n].Weight)
			left -= units
			sc.add(line{code: code, subject: label(of[n]), points: sign * sc.places.preference * units})
		}
	}
}

// addSlack adds the time left before the deadline, or without one the wait.
func (sc *scorer) addSlack() {
	start := sc.grid.at(sc.start)
	if sc.Deadline == nil {
		sc.add(line{code: "soon", number: int(start-sc.now) / 3600, unit: "h", points: sc.places.preference * sc.soonUnits(start)})
		return
	}
	slack := int(sc.endBy-start-sc.length()) / 60
	l := line{code: "deadline_slack", number: slack, unit: "min", points: sc.places.slack * sc.slackUnits(start)}
	if slack >= 120 {
		l.number, l.unit = slack/60, "h"
	}
	sc.add(l)
}

func (sc *scorer) slackUnits(start int64) int {
	minutes, units := (sc.endBy-start-sc.length())/60, 0
	for units < len(slackSteps) && minutes >= slackSteps[units] {
		units++
	}
	return units
}

func (sc *scorer) soonUnits(start int64) int {
	return max(0, soonDays-int((start-sc.now)/daySeconds))
}

// timeScore is the part of a start's score that needs no cast: what addTime adds, but for the wants.
func (sc *scorer) timeScore(i int) int {
	score := 0
	switch {
	case sc.Deadline == nil:
		score = sc.places.preference * sc.soonUnits(sc.grid.at(i))
	case i < sc.ample:
		score = sc.places.slack * len(slackSteps)
	default:
		score = sc.places.slack * sc.slackUnits(sc.grid.at(i))
	}
	if len(sc.Guests)+len(sc.prefers)+len(sc.avoids) == 0 {
		return score
	}
	for n := range sc.Guests {
		switch {
		case sc.yes[n].has(i):
			score += sc.places.guest * guestYes
		case sc.ifNeed[n].has(i):
			score += sc.places.guest * guestIfNeeded
		}
	}
	return score + sc.places.preference*(met(sc.prefers, sc.Prefer, i)-met(sc.avoids, sc.Avoid, i))
}

func met(planes []plane, of []Preference, i int) int {
	units := 0
	for n := range planes {
		if planes[n].has(i) {
			units += of[n].Weight
		}
	}
	return min(units, preferenceCap)
}

// addPeople adds what depends on the cast. Each kind has a cap that keeps it below the next place.
func (sc *scorer) addPeople() {
	kept, lost, worn := continuityCap, continuityCap, burdenCap
	add := func(code string, m, units, sign int, left *int) {
		if units = min(units, *left); units > 0 {
			*left -= units
			sc.add(line{code: code, subject: sc.members[m].ID, points: sign * sc.places.continuity * units})
		}
	}
	minutes, together := 0, 0
	for _, p := range sc.cast {
		c := &sc.chairs[p.chair]
		add("continuity", p.member, c.keptUnits(p.index), 1, &kept)
		add("stand_in", p.member, c.standInUnits(p.index), -1, &lost)
		if sc.isTentative(c, p.member) {
			add("tentative", p.member, tentativeCost, -1, &lost)
		}
		if sc.outside(c, p.member) {
			spent, cost := sc.burden(c, p.member)
			minutes, worn = minutes+spent, worn-min(worn, cost)
		}
		together += bit(sc.snug(c, p.member))
	}
	if minutes > 0 {
		sc.add(line{code: "after_hours_burden", number: minutes, unit: "min", points: sc.places.burden * (worn - burdenCap)})
	}
	if together > 0 {
		sc.add(line{code: "fragmentation", number: together, unit: "people", points: sc.places.snug * min(together, snugCap)})
	}
}
