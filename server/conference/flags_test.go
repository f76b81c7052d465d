package conference

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// local reads a time on a Norwegian wall clock.
func local(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, oslo(t))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func shown(flags []Flag) string {
	var parts []string
	for _, f := range flags {
		parts = append(parts, string(f.Code)+" "+string(f.Level))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func TestFlags(t *testing.T) {
	norway, err := calendar.HolidaysOf("NO")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name, discharge, now, want string, change func(*Case, *Facts)) {
		t.Run(name, func(t *testing.T) {
			c := Case{Certainty: High, Discharge: local(t, discharge), Created: local(t, now).Add(-10 * 24 * time.Hour)}
			f := Facts{Now: local(t, now), Zone: oslo(t), Holidays: norway}
			if change != nil {
				change(&c, &f)
			}
			if got := shown(Flags(c, f)); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
	told := func(c *Case, f *Facts) {
		early := c.Discharge.Add(-72 * time.Hour)
		c.ToldAt, c.Acknowledged = &early, &Acknowledgement{By: "p", At: early}
	}
	complexCase := func(c *Case, f *Facts) { told(c, f); c.Complex = true }

	check("far away and quiet", "2026-12-02 11:00", "2026-11-27 12:45", "", nil)
	check("untold a day before", "2026-12-02 11:00", "2026-12-01 11:01", "RECEIVER_UNTOLD amber", nil)
	check("untold exactly 24 h before is not yet late", "2026-12-02 11:00", "2026-12-01 11:00", "", nil)
	check("untold four hours before", "2026-12-02 11:00", "2026-12-02 07:01", "RECEIVER_LATE red, RECEIVER_UNTOLD red", nil)
	check("acknowledged in time", "2026-12-02 11:00", "2026-12-02 07:01", "", told)
	check("told but not acknowledged", "2026-12-02 11:00", "2026-12-01 12:00", "RECEIVER_UNTOLD amber", func(c *Case, f *Facts) {
		early := c.Discharge.Add(-24 * time.Hour)
		c.ToldAt = &early
	})
	check("told too late", "2026-12-02 11:00", "2026-12-02 09:00", "RECEIVER_LATE red, RECEIVER_UNTOLD red", func(c *Case, f *Facts) {
		late := c.Discharge.Add(-3 * time.Hour)
		c.ToldAt = &late
	})
	check("24 hours over the clock change are elapsed hours", "2026-10-25 11:00", "2026-10-24 11:30", "WEEKEND red", nil)
	check("and past them", "2026-10-25 11:00", "2026-10-24 12:01", "RECEIVER_UNTOLD amber, WEEKEND red", nil)
	check("24 hours over the spring clock change", "2026-03-30 11:00", "2026-03-29 11:00", "", nil)
	check("a minute past them", "2026-03-30 11:00", "2026-03-29 11:01", "RECEIVER_UNTOLD amber", nil)
	check("24 elapsed hours begin at 10 on the wall before the lost hour", "2026-03-29 11:00", "2026-03-28 10:01", "RECEIVER_UNTOLD amber, WEEKEND red", nil)
	check("no meeting two days before", "2026-12-02 11:00", "2026-11-30 11:01", "NO_MEETING amber", complexCase)
	check("no meeting one day before", "2026-12-02 11:00", "2026-12-01 11:01", "NO_MEETING red", complexCase)
	check("a plain case needs none", "2026-12-02 11:00", "2026-12-01 11:01", "", told)
	check("uncertain discharge is never red", "2026-12-02 11:00", "2026-12-01 11:01", "NO_MEETING amber", func(c *Case, f *Facts) { complexCase(c, f); c.Certainty = Low })
	check("Friday at ten", "2026-11-27 10:00", "2026-11-24 12:00", "FRIDAY_PM amber", told)
	check("Friday before ten", "2026-11-27 09:59", "2026-11-24 12:00", "", told)
	check("Friday at noon", "2026-11-27 12:00", "2026-11-24 12:00", "FRIDAY_PM red", told)
	check("the eve of Maundy Thursday", "2026-04-01 13:00", "2026-03-30 12:00", "FRIDAY_PM red", told)
	check("the eve of the first of May", "2026-04-30 11:00", "2026-04-28 12:00", "FRIDAY_PM amber", told)
	check("a holiday in the week", "2026-05-14 11:00", "2026-05-12 12:00", "WEEKEND red", told)
	check("Saturday", "2026-11-28 11:00", "2026-11-25 12:00", "WEEKEND red", told)
	check("arrives after three", "2026-12-02 13:00", "2026-11-30 12:00", "LATE_HOUR amber", func(c *Case, f *Facts) { told(c, f); f.TravelMinutes = 140 })
	check("arrives after six", "2026-12-02 15:00", "2026-11-30 12:00", "LATE_HOUR red", func(c *Case, f *Facts) { told(c, f); f.TravelMinutes = 230 })
	check("arrives after midnight", "2026-12-02 21:00", "2026-11-30 12:00", "LATE_HOUR red", func(c *Case, f *Facts) { told(c, f); f.TravelMinutes = 240 })
	check("a stale calendar", "2026-12-02 11:00", "2026-11-27 12:45", "CAL_STALE amber", func(c *Case, f *Facts) {
		f.CalendarAge = map[PersonID]time.Duration{"gp": 26 * time.Hour, "nurse": 3 * time.Minute}
	})
	check("a calendar nobody can read is grey", "2026-12-02 11:00", "2026-11-27 12:45", "CAL_STALE grey", func(c *Case, f *Facts) {
		f.CalendarUnknown = map[PersonID]string{"gp": "not_found"}
	})
	booked := func(start string, participants ...Participant) func(*Case, *Facts) {
		return func(c *Case, f *Facts) {
			complexCase(c, f)
			f.Conferences = []Conference{{ID: "m", State: Booked, Start: local(t, start), End: local(t, start).Add(20 * time.Minute), Participants: participants}}
		}
	}
	gp := Participant{Role: RoleAt{Role: "gp"}, Reply: Accepted}
	check("a meeting with the GP's yes", "2026-12-02 14:00", "2026-12-01 14:30", "", booked("2026-12-02 10:00", gp))
	check("a meeting nobody answered", "2026-12-02 14:00", "2026-12-01 14:30", "NO_GP red, NO_PRIMARY amber", booked("2026-12-02 10:00"))
	check("four hours before it", "2026-12-02 14:00", "2026-12-02 07:00", "NO_GP red, NO_PRIMARY red", booked("2026-12-02 10:00"))
	check("a meeting after the discharge does not count", "2026-12-02 14:00", "2026-12-01 14:30", "NO_MEETING red", booked("2026-12-03 10:00", gp))
	check("closed", "2026-12-02 11:00", "2026-12-02 10:00", "", func(c *Case, f *Facts) { c.ClosedAt = &f.Now })
}

func TestFlagsNameWhoAndWhat(t *testing.T) {
	c := Case{Certainty: High, Discharge: local(t, "2026-12-02 11:00")}
	flags := Flags(c, Facts{Now: local(t, "2026-12-02 09:00"), Zone: oslo(t)})
	if len(flags) == 0 || flags[0].Action.Kind != ActTell || flags[0].Since.IsZero() || len(flags[0].Clears) == 0 {
		t.Errorf("%+v", flags)
	}
	told := local(t, "2026-12-01 08:00")
	c.ToldAt = &told
	if flags := Flags(c, Facts{Now: local(t, "2026-12-02 09:00"), Zone: oslo(t)}); flags[0].Action.Kind != ActAcknowledge {
		t.Errorf("once told, the next step is to acknowledge: %+v", flags[0])
	}
}

func TestByWorry(t *testing.T) {
	now := local(t, "2026-11-27 12:45")
	at := func(id, discharge string, levels ...Level) Sortable {
		s := Sortable{Case: Case{ID: CaseID(id), Discharge: local(t, discharge)}}
		for _, l := range levels {
			s.Flags = append(s.Flags, Flag{Level: l})
		}
		return s
	}
	sorted := ByWorry([]Sortable{
		at("tomorrow red", "2026-11-28 10:00", Red, Red), at("today quiet", "2026-11-27 14:00"), at("today grey", "2026-11-27 16:00", Grey),
		at("today one red", "2026-11-27 15:00", Red), at("today two red", "2026-11-27 17:00", Red, Red), at("overdue amber", "2026-11-26 10:00", Amber),
	}, now, oslo(t))
	var order []string
	for _, s := range sorted {
		order = append(order, string(s.Case.ID))
	}
	if want := []string{"today two red", "today one red", "overdue amber", "today grey", "today quiet", "tomorrow red"}; !slices.Equal(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
}

func TestSeatsFor(t *testing.T) {
	templates := []Template{
		{Seats: []Seat{{ID: "any"}}},
		{Destination: Home, Seats: []Seat{{ID: "home"}}},
		{Municipality: "elvemo", Seats: []Seat{{ID: "elvemo", AnyOf: []RoleAt{{"ward_nurse", Origin}, {"gp", "elvemo"}}}}},
		{Municipality: "elvemo", Destination: NursingHome, Seats: []Seat{{ID: "elvemo nursing home"}}},
	}
	check := func(municipality UnitID, d Destination, want SeatID) {
		seats := SeatsFor(templates, Case{Municipality: municipality, Destination: d, Origin: "med-a"})
		if len(seats) != 1 || seats[0].ID != want {
			t.Errorf("%s %s: %+v, want %s", municipality, d, seats, want)
		}
	}
	check("tindvik", Hospital, "any")
	check("tindvik", Home, "home")
	check("elvemo", Home, "elvemo")
	check("elvemo", NursingHome, "elvemo nursing home")
	seats := SeatsFor(templates, Case{Municipality: "elvemo", Destination: Home, Origin: "med-a", Language: "se"})
	if seats[0].AnyOf[0].Unit != "med-a" || len(seats) != 2 || seats[1].Guest != GuestInterpreter {
		t.Errorf("seats %+v", seats)
	}
	if templates[2].Seats[0].AnyOf[0].Unit != Origin {
		t.Error("the template was changed")
	}
}
