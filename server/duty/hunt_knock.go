package duty

import (
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// knock asks one person: aloud when they are free, by a silent card while they are with somebody or want quiet. Urgency
// does not change that; only an override with a reason does.
func (c *Consult) knock(now time.Time, r Resolve) {
	ring := Ring{Person: c.Person, Reach: NoDevice}
	known := r(conference.RoleAt{})
	if i := slices.IndexFunc(known, func(k Candidate) bool { return k.Person == c.Person }); i >= 0 {
		ring.Reach = known[i].Reach
	}
	switch ring.Reach {
	case NoDevice:
		ring.At, ring.EndedAt, ring.Outcome = now, now, NoDevice
		c.Rings = append(c.Rings, ring)
		c.finish(Missed, now)
	case InTalk, Engaged, Quiet:
		ring.Soft = true
		c.ring(ring, now, cardFor)
	default:
		c.ring(ring, now, knockFor)
	}
}

// tickKnock turns a knock that was not answered into a silent card, and ends the card. No outage makes it ring again: the
// card waited all the time, and the note stays.
func (c *Consult) tickKnock(now time.Time) {
	ring := &c.Rings[c.offered(c.Person)]
	card := ring.At.Add(cardFor)
	if !ring.Soft && now.Before(card) {
		ring.Soft, ring.Until = true, card
		return
	}
	if card.After(ring.Until) {
		ring.Until = card
	}
	ring.end(Unanswered, ring.Until)
	c.giveUp(now)
}

// OverrideKnock makes a silent card ring aloud, once and with a reason that is kept. ErrNotSoft: there is no silent card;
// ErrOverridden: it was done before; ErrWords or conference.ErrNoteNumber: the reason does not fit.
func OverrideKnock(c Consult, reason string, now time.Time) (Consult, error) {
	i := c.offered(c.Person)
	switch {
	case c.Kind != Knock:
		return c, ErrNotSoft
	case c.TakenBy != "":
		return c, ErrTaken
	case !c.Hunting():
		return c, ErrOver
	case c.Override != nil:
		return c, ErrOverridden
	case i < 0 || c.Rings[i].Outcome != RingOn || !c.Rings[i].Soft:
		return c, ErrNotSoft
	}
	if err := checkOverride(reason); err != nil {
		return c, err
	}
	now = instant(now)
	c = c.clone()
	c.Override = &Override{At: now, Reason: strings.TrimSpace(reason)}
	c.Rings[i].Soft, c.Rings[i].Until = false, now.Add(knockFor)
	c.schedule()
	return c, nil
}

// ReadNote notes who read a missed call's note first. The caller's own look does not count.
func ReadNote(c Consult, by conference.PersonID, now time.Time) (Consult, error) {
	switch {
	case c.Note == nil || by == c.Caller:
		return c, ErrNoNote
	case c.Note.ReadBy != "":
		return c, nil
	}
	note := *c.Note
	note.ReadBy, note.ReadAt = by, instant(now)
	c.Note = &note
	return c, nil
}

// TakeNote makes somebody the one who sees to a missed call: the first. It is ErrTaken for another; Note.TakenBy says who.
func TakeNote(c Consult, by conference.PersonID, now time.Time) (Consult, error) {
	c, err := ReadNote(c, by, now)
	switch {
	case err != nil:
		return c, err
	case c.Note.TakenBy == by:
		return c, nil
	case c.Note.TakenBy != "":
		return c, ErrTaken
	}
	note := *c.Note
	note.TakenBy, note.TakenAt = by, instant(now)
	c.Note = &note
	return c, nil
}
