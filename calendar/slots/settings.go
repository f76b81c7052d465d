package slots

import (
	"errors"
	"fmt"
	"time"

	"github.com/samtale/samtale/calendar"
)

const (
	maxWindow    = 13 * 7 * daySeconds // the horizon of the calendars
	defaultGrid  = 15                  // minutes
	defaultLimit = 5
)

// errNoNow is the one mistake that the caller, not the author of the request, must mend.
var errNoNow = errors.New("slots: now: missing")

// settings is a request whose every value has been checked and given its unit.
type settings struct {
	Request
	zone           *time.Location
	window         span
	now            int64
	length, grid   int64
	notBefore      int64 // now plus the notice
	endBy          int64 // the deadline; the window's end without one
	buffer, travel int64
	prefer, avoid  []week
	limit          int
	holidays       calendar.Holidays // nil: none asked for
}

// settle checks the request. Only the error errNoNow leaves the other settings usable.
func settle(r Request) (settings, error) {
	return settleIn(r, func(string) *time.Location { return nil })
}

// settleIn is settle where some zones are known; known answers nil for the others.
func settleIn(r Request, known func(zone string) *time.Location) (settings, error) {
	s := settings{Request: r, zone: known(r.TZ)}
	if err := s.settleTimes(); err != nil {
		return s, err
	}
	if err := s.settlePolicy(); err != nil {
		return s, err
	}
	if err := s.checkSeats(); err != nil {
		return s, err
	}
	if err := s.checkRanking(); err != nil {
		return s, err
	}
	if r.Now == nil {
		return s, errNoNow
	}
	s.now = ceil(*r.Now)
	s.notBefore = ceil(r.Now.Add(time.Duration(r.MinNoticeMin) * time.Minute))
	return s, nil
}

func between(field string, value, least, most int) error {
	if value < least || value > most {
		return fmt.Errorf("slots: %s %d: want %d to %d", field, value, least, most)
	}
	return nil
}

func (s *settings) settleTimes() error {
	r := &s.Request
	if r.GridMin == 0 {
		r.GridMin = defaultGrid
	}
	err := errors.Join(
		between("duration_min", r.DurationMin, 1, 24*60),
		between("grid_min", r.GridMin, 1, 24*60),
		between("min_notice_min", r.MinNoticeMin, 0, maxWindow/60),
	)
	if err != nil {
		return err
	}
	s.length, s.grid = int64(r.DurationMin)*60, int64(r.GridMin)*60
	if s.zone == nil {
		if s.zone, err = zoneOf("tz", r.TZ); err != nil {
			return err
		}
	}
	switch {
	case r.Window.From.IsZero():
		return errors.New("slots: window.from: missing")
	case r.Window.To.IsZero():
		return errors.New("slots: window.to: missing")
	case !r.Window.From.Before(r.Window.To):
		return fmt.Errorf("slots: window.to %s: not after window.from %s", rfc(r.Window.To), rfc(r.Window.From))
	}
	s.window = span{ceil(r.Window.From), r.Window.To.Unix()}
	if s.window.to-s.window.from > maxWindow+2*60*60 { // 13 weeks of local time may have an hour more
		return fmt.Errorf("slots: window.to %s: more than 13 weeks after window.from %s", rfc(r.Window.To), rfc(r.Window.From))
	}
	s.endBy = s.window.to
	if r.Deadline != nil {
		s.endBy = r.Deadline.Unix()
	}
	return nil
}

// rfc writes an instant as the request does.
func rfc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// zoneOf refuses the empty name and "Local", which mean this machine and not a place.
func zoneOf(field, name string) (*time.Location, error) {
	if name == "" {
		return nil, fmt.Errorf("slots: %s: missing", field)
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("slots: %s %q: not a time zone of the IANA database", field, name)
	}
	return zone, nil
}

func (s *settings) settlePolicy() error {
	p := &s.Policy
	words := func(field string, value *string, allowed ...string) error {
		if *value == "" {
			*value = allowed[0]
		}
		for _, a := range allowed {
			if *value == a {
				return nil
			}
		}
		return fmt.Errorf("slots: %s %q: want one of %q", field, *value, allowed)
	}
	err := errors.Join(
		words("policy.outside_hours", &p.OutsideHours, Never, LastResort, Allow),
		words("policy.unknown", &p.Unknown, OfferMarked, Exclude),
		words("policy.tentative", &p.Tentative, TakeAsBusy, TakeAsFree),
		words("list", &s.List, "", ListStarts),
		between("policy.buffer_min", p.BufferMin, 0, 240),
		between("policy.travel_min", p.TravelMin, 0, 600),
	)
	if err != nil {
		return err
	}
	s.buffer = int64(p.BufferMin) * 60
	s.travel = int64(max(p.TravelMin, p.BufferMin)) * 60
	if s.Holidays != "" || len(s.Closed) > 0 {
		if s.holidays, err = calendar.HolidaysOf(s.Holidays, s.Closed...); err != nil {
			return fmt.Errorf("slots: holidays %q: %w", s.Holidays, err)
		}
	}
	return nil
}

// checkRanking checks what only ranks: preferences, guests and the limit.
func (s *settings) checkRanking() error {
	s.limit = defaultLimit
	if s.Limit != nil {
		s.limit = *s.Limit
	}
	err := errors.Join(between("limit", s.limit, 1, 100), atMost("prefer", len(s.Prefer), 20), atMost("avoid", len(s.Avoid), 20), atMost("guests", len(s.Guests), 20))
	if err != nil {
		return err
	}
	if s.prefer, err = weeksOf("prefer", s.Prefer); err != nil {
		return err
	}
	if s.avoid, err = weeksOf("avoid", s.Avoid); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, g := range s.Guests {
		field := fmt.Sprintf("guests[%d]", i)
		if g.ID == "" {
			return fmt.Errorf("slots: %s.id: missing", field)
		}
		if seen[g.ID] {
			return fmt.Errorf("slots: %s.id %q: given twice", field, g.ID)
		}
		seen[g.ID] = true
		if err := errors.Join(CheckIntervals(field+".yes", g.Yes), CheckIntervals(field+".if_needed", g.IfNeeded)); err != nil {
			return err
		}
	}
	return nil
}

func atMost(field string, n, most int) error {
	if n > most {
		return fmt.Errorf("slots: %s: %d entries, at most %d", field, n, most)
	}
	return nil
}

func weeksOf(field string, preferences []Preference) ([]week, error) {
	var weeks []week
	for i, p := range preferences {
		at := fmt.Sprintf("%s[%d]", field, i)
		w, err := parseWeek(at, p.Days, p.From, p.To)
		if err == nil {
			err = between(at+".weight", p.Weight, 0, 100)
		}
		if err != nil {
			return nil, err
		}
		weeks = append(weeks, w)
	}
	return weeks, nil
}

// CheckHours says which of the weekly hours of a field cannot be read.
func CheckHours(field string, hours []Hours) error {
	for i, h := range hours {
		if _, err := parseWeek(fmt.Sprintf("%s[%d]", field, i), h.Days, h.From, h.To); err != nil {
			return err
		}
	}
	return nil
}

// CheckIntervals says which interval of a field does not begin before it ends, or lacks an end.
func CheckIntervals(field string, intervals []calendar.Interval) error {
	if err := atMost(field, len(intervals), 5000); err != nil {
		return err
	}
	for i, s := range intervals {
		switch {
		case s.Start.IsZero():
			return fmt.Errorf("slots: %s[%d].start: missing", field, i)
		case s.End.IsZero():
			return fmt.Errorf("slots: %s[%d].end: missing", field, i)
		case !s.Start.Before(s.End):
			return fmt.Errorf("slots: %s[%d].end %s: not after start %s", field, i, rfc(s.End), rfc(s.Start))
		}
	}
	return nil
}
