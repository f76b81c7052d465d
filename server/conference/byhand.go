package conference

import (
	"time"

	"github.com/samtale/samtale/calendar"
)

// addByHand adds the stays of those without a device: from when a host added them until a host says that they have left, else
// until the last of the others has.
func (a *Attendance) addByHand(c Conference, filled map[SeatID][]calendar.Interval, now time.Time) {
	last, source := time.Time{}, FromMeeting
	for _, other := range a.People {
		for _, s := range other.Stays {
			if s.End.After(last) {
				last = s.End
			}
		}
		if other.Present {
			source = FromNow
		}
	}
	for i := range a.People {
		p := &a.People[i]
		if p.ByHand == nil {
			continue
		}
		stay := Stay{Interval: calendar.Interval{Start: p.ByHand.From, End: last}, StartSource: FromHand, EndSource: source, Media: true}
		if source == FromNow {
			stay.End = now
		}
		if until := p.ByHand.Until; until != nil {
			stay.End, stay.EndSource = *until, FromHand
		}
		if stay.Start.Before(stay.End) {
			p.Stays, p.Present = append(p.Stays, stay), stay.EndSource == FromNow
			filled[p.Seat] = append(filled[p.Seat], stay.Interval)
		}
	}
}
