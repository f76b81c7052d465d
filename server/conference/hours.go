package conference

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Week is Hours as they are reckoned with: on which days, and minutes after their midnight, From < To <= 1440.
type Week struct {
	days     [7]bool // by time.Weekday
	From, To int
}

// Has reports whether the hours are those of a weekday.
func (w Week) Has(day time.Weekday) bool { return w.days[day] }

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// Week reads the hours. The error says to their author what is wrong with them: a week begins on Monday, and a night is two entries.
func (h Hours) Week() (Week, error) {
	var w Week
	first, last, ranged := strings.Cut(h.Days, "-")
	a, b := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if !ranged {
		b = a
	}
	if a < 0 || b < a {
		return w, fmt.Errorf("%q are no days: Mon-Fri, or Sat", h.Days)
	}
	for i := a; i <= b; i++ {
		w.days[(i+1)%7] = true // time.Weekday begins with Sunday
	}
	var err error
	if w.From, err = minutesOf(h.From); err != nil {
		return w, err
	}
	if w.To, err = minutesOf(h.To); err != nil {
		return w, err
	}
	if w.From >= w.To {
		return w, fmt.Errorf("hours end at %s, before they begin at %s; a night is two entries", h.To, h.From)
	}
	return w, nil
}

// minutesOf reads a clock time as minutes after midnight.
func minutesOf(clock string) (int, error) {
	hour, minute, ok := strings.Cut(clock, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if !ok || len(clock) != 5 || len(hour) != 2 || err1 != nil || err2 != nil || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("%q is no clock time, 08:00 to 24:00", clock)
	}
	return int(h*60 + m), nil
}
