package conference

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/samtale/samtale/calendar"
)

// FlagCode names a reason to worry; domain.md lists them. Thresholds are opinion: flags show reasons, never a score.
type FlagCode string

// The flags that this version knows.
const (
	ReceiverUntold FlagCode = "RECEIVER_UNTOLD"
	ReceiverLate   FlagCode = "RECEIVER_LATE"
	NoMeeting      FlagCode = "NO_MEETING"
	NoPrimary      FlagCode = "NO_PRIMARY"
	NoGP           FlagCode = "NO_GP"
	FridayPM       FlagCode = "FRIDAY_PM"
	Weekend        FlagCode = "WEEKEND"
	LateHour       FlagCode = "LATE_HOUR"
	CalStale       FlagCode = "CAL_STALE"
	SeatDeclined   FlagCode = "SEAT_DECLINED" // somebody who is needed has said no
	Clash          FlagCode = "CLASH"         // somebody's own calendar has something else on since it was booked
)

// Level is how much a flag worries. Grey is not known, which is never green.
type Level string

// The levels.
const (
	Red   Level = "red"
	Amber Level = "amber"
	Grey  Level = "grey"
)

// ActionKind is the one thing that mends a flag.
type ActionKind string

// The actions.
const (
	ActAcknowledge   ActionKind = "acknowledge"
	ActTell          ActionKind = "tell"
	ActFindTime      ActionKind = "find_time"
	ActOpenMeeting   ActionKind = "open_meeting"
	ActEditDischarge ActionKind = "edit_discharge"
	ActCheckCalendar ActionKind = "check_calendar"
	ActRepair        ActionKind = "repair_meeting" // a deputy at the same time, or another time
)

// Action is offered beside a flag. Target is the id of a meeting or person where one is meant.
type Action struct {
	Kind   ActionKind
	Target string
}

// Flag says why to worry, since when, and who can clear it how. Params are numbers, instants (RFC 3339) and ids for the
// words on screen.
type Flag struct {
	Code   FlagCode
	Level  Level
	Since  time.Time
	Params map[string]string
	Clears []Role
	Action Action
}

// Facts is what flags need to know beside the case.
type Facts struct {
	Now             time.Time
	Zone            *time.Location
	Holidays        calendar.Holidays
	Conferences     []Conference
	CalendarAge     map[PersonID]time.Duration // of the calendars that required seats hang on
	CalendarUnknown map[PersonID]string        // the same calendars that cannot be read, and why
	TravelMinutes   int
	Clashes         map[ConferenceID][]PersonID
}

const (
	day            = 24 * time.Hour
	staleCalendar  = day
	fridayAmber    = 10 // o'clock
	fridayRed      = 12
	lateAmber      = 15
	lateRed        = 18
	untoldRed      = 4 * time.Hour
	lateNotice     = 12 * time.Hour
	primaryRed     = 4 * time.Hour
	noMeetingAmber = 2 * day
)

var (
	receivers = []Role{"district_nurse_lead", "district_nurse", "oncology_nurse", "nursing_home_nurse", "medical_centre_nurse", "allocation_officer"}
	wardRoles = []Role{"ward_nurse", "charge_nurse", "hospital_doctor", "discharge_coordinator"}
)

// Flags returns the reasons to worry about a case, worst first. It is pure: the same case and facts give the same flags.
func Flags(c Case, f Facts) []Flag {
	if c.ClosedAt != nil || c.DepartedAt != nil {
		return nil
	}
	w := watch{c: c, f: f}
	w.receiver()
	w.meeting()
	w.hour()
	w.calendars()
	slices.SortStableFunc(w.flags, func(a, b Flag) int { return cmp.Compare(rank(a.Level), rank(b.Level)) })
	return w.flags
}

// watch gathers flags for one case.
type watch struct {
	c     Case
	f     Facts
	flags []Flag
}

// raise adds a flag. An uncertain discharge is no reason for red.
func (w *watch) raise(code FlagCode, level Level, since time.Time, params map[string]string, clears []Role, action Action) {
	if level == Red && w.c.Certainty == Low {
		level = Amber
	}
	if since.Before(w.c.Created) {
		since = w.c.Created
	}
	w.flags = append(w.flags, Flag{Code: code, Level: level, Since: since.UTC(), Params: params, Clears: clears, Action: action})
}

// graded returns the level that holds now: red from one instant, amber from an earlier one.
func (w *watch) graded(amber, red time.Time) (Level, time.Time, bool) {
	switch {
	case w.f.Now.After(red):
		return Red, red, true
	case w.f.Now.After(amber):
		return Amber, amber, true
	}
	return "", time.Time{}, false
}

func (w *watch) receiver() {
	d := w.c.Discharge
	if w.c.Acknowledged == nil {
		if level, since, ok := w.graded(d.Add(-day), d.Add(-untoldRed)); ok {
			action, clears := Action{Kind: ActTell}, wardRoles
			if w.c.ToldAt != nil {
				action, clears = Action{Kind: ActAcknowledge}, receivers
			}
			w.raise(ReceiverUntold, level, since, nil, clears, action)
		}
	}
	switch {
	case w.c.ToldAt != nil && d.Sub(*w.c.ToldAt) < lateNotice && w.c.Acknowledged == nil:
		w.raise(ReceiverLate, Red, *w.c.ToldAt, nil, receivers, Action{Kind: ActAcknowledge})
	case w.c.ToldAt == nil && w.sameDay(d, w.f.Now):
		w.raise(ReceiverLate, Red, w.midnight(d), nil, wardRoles, Action{Kind: ActTell})
	}
}

// upcoming is the first booked meeting that ends before the discharge, or the next one at all when it has passed.
func (w *watch) upcoming() *Conference {
	var found *Conference
	for i := range w.f.Conferences {
		m := &w.f.Conferences[i]
		if m.State == Booked && !m.Start.After(w.c.Discharge) && (found == nil || m.Start.After(found.Start)) {
			found = m
		}
	}
	return found
}

func (w *watch) meeting() {
	d := w.c.Discharge
	m := w.upcoming()
	if m == nil {
		if level, since, ok := w.graded(d.Add(-noMeetingAmber), d.Add(-day)); ok && w.c.Complex {
			w.raise(NoMeeting, level, since, nil, wardRoles, Action{Kind: ActFindTime})
		}
		return
	}
	if !m.Start.After(w.f.Now) {
		return // under way or over: who came is told by the attendance
	}
	w.lost(*m)
	open := Action{Kind: ActOpenMeeting, Target: string(m.ID)}
	if !accepted(*m, Role.PrimaryCare) {
		if level, since, ok := w.graded(m.Start.Add(-day), m.Start.Add(-primaryRed)); ok {
			w.raise(NoPrimary, level, maxTime(since, m.BookedAt), nil, receivers, open)
		}
	}
	if !accepted(*m, Role.GP) {
		level, since := Amber, m.BookedAt
		if red := m.Start.Add(-day); w.f.Now.After(red) {
			level, since = Red, maxTime(red, m.BookedAt)
		}
		w.raise(NoGP, level, since, nil, []Role{"gp", "deputy_gp", "municipal_doctor"}, open)
	}
}

// lost worries about seats of a meeting ahead whose people will not come. Without a required one there is no meeting.
func (w *watch) lost(m Conference) {
	repair := Action{Kind: ActRepair, Target: string(m.ID)}
	for _, p := range m.Participants {
		level := Amber
		if p.Need == Required {
			level = Red
		}
		params := map[string]string{"person": string(p.Person), "seat": string(p.Seat), "role": string(p.Role.Role)}
		switch {
		case p.Person == "" || (p.Need != Required && p.Need != Optional):
		case p.Reply == Declined && p.RepliedAt != nil:
			w.raise(SeatDeclined, level, *p.RepliedAt, params, wardRoles, repair)
		case slices.Contains(w.f.Clashes[m.ID], p.Person):
			w.raise(Clash, Amber, m.BookedAt, params, wardRoles, repair)
		}
	}
}

func accepted(m Conference, has func(Role) bool) bool {
	return slices.ContainsFunc(m.Participants, func(p Participant) bool { return p.Reply == Accepted && has(p.Role.Role) })
}

// hour worries about when the patient leaves and arrives.
func (w *watch) hour() {
	local := w.c.Discharge.In(w.f.Zone)
	edit := Action{Kind: ActEditDischarge}
	switch name, off := w.dayOff(local); {
	case off:
		w.raise(Weekend, Red, w.c.Created, map[string]string{"day": name}, wardRoles, edit)
	case local.Weekday() == time.Friday || w.isOff(local.AddDate(0, 0, 1)):
		at := func(hour int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day(), hour, 0, 0, 0, w.f.Zone)
		}
		switch {
		case !w.c.Discharge.Before(at(fridayRed)):
			w.raise(FridayPM, Red, w.c.Created, nil, wardRoles, edit)
		case !w.c.Discharge.Before(at(fridayAmber)):
			w.raise(FridayPM, Amber, w.c.Created, nil, wardRoles, edit)
		}
	}
	arrival := local.Add(time.Duration(w.f.TravelMinutes) * time.Minute)
	level := Level("")
	switch sameDate := arrival.YearDay() == local.YearDay(); {
	case !sameDate || clockAfter(arrival, lateRed):
		level = Red
	case clockAfter(arrival, lateAmber):
		level = Amber
	}
	if level != "" {
		w.raise(LateHour, level, w.c.Created, map[string]string{"arrival": arrival.UTC().Format(time.RFC3339)}, wardRoles, edit)
	}
}

func clockAfter(t time.Time, hour int) bool {
	return t.Hour() > hour || (t.Hour() == hour && (t.Minute() > 0 || t.Second() > 0))
}

// dayOff names a Saturday, Sunday or public holiday.
func (w *watch) dayOff(t time.Time) (string, bool) {
	if w.f.Holidays != nil {
		if name, ok := w.f.Holidays(t.Year(), t.Month(), t.Day()); ok {
			return name, true
		}
	}
	switch t.Weekday() {
	case time.Saturday:
		return "saturday", true
	case time.Sunday:
		return "sunday", true
	case time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday:
	}
	return "", false
}

func (w *watch) isOff(t time.Time) bool { _, off := w.dayOff(t); return off }

func (w *watch) sameDay(a, b time.Time) bool { return w.midnight(a).Equal(w.midnight(b)) }

func (w *watch) midnight(t time.Time) time.Time {
	y, m, d := t.In(w.f.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, w.f.Zone)
}

// calendars worries about required people whose free time cannot be believed.
func (w *watch) calendars() {
	for _, id := range slices.Sorted(maps.Keys(w.f.CalendarUnknown)) {
		w.raise(CalStale, Grey, w.c.Created, map[string]string{"person": string(id), "why": w.f.CalendarUnknown[id]}, nil, Action{Kind: ActCheckCalendar, Target: string(id)})
	}
	for _, id := range slices.Sorted(maps.Keys(w.f.CalendarAge)) {
		if age := w.f.CalendarAge[id]; age > staleCalendar {
			params := map[string]string{"person": string(id), "hours": strconv.Itoa(int(age.Hours()))}
			w.raise(CalStale, Amber, w.f.Now.Add(staleCalendar-age), params, nil, Action{Kind: ActCheckCalendar, Target: string(id)})
		}
	}
}

func rank(l Level) int {
	switch l {
	case Red:
		return 0
	case Amber:
		return 1
	case Grey:
		return 2
	}
	return 3
}

// Sortable is a case with its flags, to be put in order.
type Sortable struct {
	Case  Case
	Flags []Flag
}

// ByWorry sorts for the board: by day of discharge (what is overdue belongs to today), then the worst flag, then how many
// of that level, then the hour.
func ByWorry(cases []Sortable, now time.Time, zone *time.Location) []Sortable {
	sorted := slices.Clone(cases)
	dayOf := func(c Case) string {
		at := c.Discharge
		if at.Before(now) {
			at = now
		}
		return at.In(zone).Format(time.DateOnly)
	}
	worst := func(s Sortable) (level, many int) {
		level = rank("")
		for _, f := range s.Flags {
			switch r := rank(f.Level); {
			case r < level:
				level, many = r, 1
			case r == level:
				many++
			}
		}
		return level, many
	}
	slices.SortStableFunc(sorted, func(a, b Sortable) int {
		levelA, manyA := worst(a)
		levelB, manyB := worst(b)
		return cmp.Or(cmp.Compare(dayOf(a.Case), dayOf(b.Case)), cmp.Compare(levelA, levelB), cmp.Compare(manyB, manyA),
			a.Case.Discharge.Compare(b.Case.Discharge), cmp.Compare(a.Case.ID, b.Case.ID))
	})
	return sorted
}
