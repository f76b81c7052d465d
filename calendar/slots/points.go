package slots

import (
	"math"
	"strconv"
)

// The points of a suggestion. A start with everybody inside hours comes before any other, and among those one whose cast is
// known: each tier outweighs what stands below it. All that is no tier lies between -4,800 and 5,920 points (slack 300,
// wants 20 × 100, guests 20 × 30, prefer and avoid 20 × 100 each, and the caps below), a range smaller than the unknown
// tier, and the unknown tier with its cap and that range are smaller than the outside tier.
const (
	outsideTier    = 40_000
	unknownTier    = 20_000
	perFurther     = 100 // each further person outside hours or unknown, within the tier
	furtherCap     = 5_000
	slackPoints    = 300
	slackEnough    = 24 * 60 // minutes before the deadline from which more slack is worth no more
	soonPoints     = 60      // without a deadline; a day's wait costs 11 of them, a week's half
	soonWithin     = 28 * 24 * 60
	guestYes       = 30
	guestIfNeeded  = 15
	continuity     = 60 // the first in a need's prefer
	continuityStep = 10 // less for each further one, down to half of the first
	continuityCap  = 1_000
	standInCap     = 2_000
	tentativeCost  = 10
	tentativeCap   = 500
	burdenNorm     = 360 // an hour outside hours costs 10 points when the person has had none lately, and 210 after ten hours
	burdenCap      = 300
	snugPoints     = 2 // meeting next to an engagement leaves longer free time whole
	snugCap        = 20
)

// In the choice of a cast the tiers are counted per person: one more unknown person costs more than all else that the 1,500
// people of the largest meeting could differ in, and one more outside hours more than all of them unknown.
const (
	fewestUnknown = 1_000_000
	fewestOutside = 10_000_000_000
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

// fact returns what holds for a person in the cast.
func (sc *scorer) fact(p pick) *facts { return &sc.chairs[p.chair].facts[p.index] }

// burden returns the minutes a person would work outside hours and their cost: squares make one heavily burdened person
// dearer than two who share.
func (sc *scorer) burden(c *chair, m int) (minutes, points int) {
	start := sc.grid.at(sc.start)
	inside, _ := within(sc.members[m].working(true, sc.duty), start, start+c.stay)
	minutes = int((c.stay - inside) / 60)
	had := max(0, sc.members[m].Burden)
	grown := float64(had+minutes)*float64(had+minutes) - float64(had)*float64(had)
	return minutes, int(math.Round(min(burdenCap, grown/burdenNorm)))
}

func (sc *scorer) addTiers() {
	outside, unknown := 0, 0
	for _, p := range sc.cast {
		if sc.fact(p).outside.has(sc.start) {
			outside++
		}
		if sc.fact(p).unknown.has(sc.start) {
			unknown++
		}
	}
	if outside > 0 && sc.Policy.OutsideHours == LastResort {
		sc.lines = append(sc.lines, line{code: "outside_hours", number: outside, unit: "people", points: -outsideTier - min(furtherCap, (outside-1)*perFurther)})
	}
	if unknown > 0 {
		sc.lines = append(sc.lines, line{code: "unknown", number: unknown, unit: "people", points: -unknownTier - min(furtherCap, (unknown-1)*perFurther)})
	}
}

// addTime adds what depends on the start, and the wants: slack, guests and preferences.
func (sc *scorer) addTime() {
	i := sc.start
	sc.addSlack()
	for n, index := range sc.filled {
		if index >= 0 {
			sc.lines = append(sc.lines, line{code: "want", subject: sc.wants[n].id, points: sc.wants[n].weight})
		}
	}
	for n := range sc.Guests {
		switch {
		case sc.yes[n].has(i):
			sc.lines = append(sc.lines, line{code: "guest_yes", subject: sc.Guests[n].ID, points: guestYes})
		case sc.ifNeed[n].has(i):
			sc.lines = append(sc.lines, line{code: "guest_if_needed", subject: sc.Guests[n].ID, points: guestIfNeeded})
		}
	}
	for n := range sc.prefers {
		if sc.prefers[n].has(i) {
			sc.lines = append(sc.lines, line{code: "prefer", subject: sc.labels[0][n], points: sc.Prefer[n].Weight})
		}
	}
	for n := range sc.avoids {
		if sc.avoids[n].has(i) {
			sc.lines = append(sc.lines, line{code: "avoid", subject: sc.labels[1][n], points: -sc.Avoid[n].Weight})
		}
	}
}

// addSlack adds the time left before the deadline (concave: the first hours are worth most), or without one the wait.
func (sc *scorer) addSlack() {
	start := sc.grid.at(sc.start)
	if sc.Deadline == nil {
		wait := min(1, float64(start-sc.now)/60/soonWithin)
		sc.lines = append(sc.lines, line{code: "soon", number: int(start-sc.now) / 3600, unit: "h", points: int(math.Round(soonPoints * (1 - math.Sqrt(wait))))})
		return
	}
	slack := int(sc.endBy-start-sc.length()) / 60
	points := int(math.Round(slackPoints * math.Sqrt(min(1, float64(slack)/slackEnough))))
	l := line{code: "deadline_slack", number: slack, unit: "min", points: points}
	if slack >= 120 {
		l.number, l.unit = slack/60, "h"
	}
	sc.lines = append(sc.lines, l)
}

// addPeople adds what depends on the cast. Each kind of point has a cap that keeps it below the tiers.
func (sc *scorer) addPeople() {
	kept, standIn, tentative, worn := continuityCap, standInCap, tentativeCap, burdenCap
	add := func(code string, m, points int, left *int, sign int) {
		if points = min(points, *left); points > 0 {
			*left -= points
			sc.lines = append(sc.lines, line{code: code, subject: sc.members[m].ID, points: sign * points})
		}
	}
	minutes, together := 0, 0
	for _, p := range sc.cast {
		f := sc.fact(p)
		add("continuity", p.member, f.kept, &kept, 1)
		add("stand_in", p.member, f.standIn, &standIn, -1)
		if f.tentative.has(sc.start) {
			add("tentative", p.member, tentativeCost, &tentative, -1)
		}
		if f.outside.has(sc.start) {
			spent, cost := sc.burden(&sc.chairs[p.chair], p.member)
			minutes, worn = minutes+spent, worn-min(worn, cost)
		}
		if f.snug.has(sc.start) {
			together++
		}
	}
	if minutes > 0 {
		sc.lines = append(sc.lines, line{code: "after_hours_burden", number: minutes, unit: "min", points: worn - burdenCap})
	}
	if together > 0 {
		sc.lines = append(sc.lines, line{code: "fragmentation", number: together, unit: "people", points: min(snugPoints*together, snugCap)})
	}
}
