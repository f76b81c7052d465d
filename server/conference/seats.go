package conference

import "slices"

// roles lists the known roles; a region may use these and no others, so that flags, seats and words
// on screen agree.
var roles = []Role{
	"hospital_doctor", "duty_doctor", "palliative_consultant", "palliative_nurse", "ward_nurse", "charge_nurse", "discharge_coordinator",
	"gp", "deputy_gp", "municipal_doctor", "on_call_doctor", "oncology_nurse", "district_nurse_lead", "district_nurse",
	"nursing_home_nurse", "nursing_home_doctor", "medical_centre_nurse", "medical_centre_doctor", "physiotherapist", "occupational_therapist",
	"allocation_officer", "pharmacist", "social_worker", "interpreter", "privacy_officer", "administrator",
}

// Known reports whether a role is one of ours.
func (r Role) Known() bool { return slices.Contains(roles, r) }

// PrimaryCare reports whether a role belongs to the receiving side's care: its acceptance clears NO_PRIMARY.
func (r Role) PrimaryCare() bool {
	return r.GP() || slices.Contains([]Role{
		"oncology_nurse", "district_nurse_lead", "district_nurse", "nursing_home_nurse", "nursing_home_doctor", "medical_centre_nurse", "medical_centre_doctor",
	}, r)
}

// GP reports whether a role speaks as the patient's general practitioner: the GP or a deputy.
func (r Role) GP() bool { return slices.Contains([]Role{"gp", "deputy_gp", "municipal_doctor"}, r) }

// SeatsFor returns the seats a case starts with: those of the template that fits it most closely, a municipality before a
// destination before neither, with Origin replaced by the case's ward. When a language is set an
// interpreter's seat is required, and added where there is none. No template gives no seats.
func SeatsFor(templates []Template, c Case) []Seat {
	best, score := -1, -1
	for i, t := range templates {
		if (t.Municipality != "" && t.Municipality != c.Municipality) || (t.Destination != "" && t.Destination != c.Destination) {
			continue
		}
		fit := 0
		if t.Municipality != "" {
			fit += 2
		}
		if t.Destination != "" {
			fit++
		}
		if fit > score {
			best, score = i, fit
		}
	}
	if best < 0 {
		return []Seat{}
	}
	seats := make([]Seat, 0, len(templates[best].Seats)+1)
	for _, seat := range templates[best].Seats {
		seat.AnyOf = slices.Clone(seat.AnyOf)
		for i, r := range seat.AnyOf {
			if r.Unit == Origin {
				seat.AnyOf[i].Unit = c.Origin
			}
		}
		seats = append(seats, seat)
	}
	if c.Language == "" {
		return seats
	}
	i := slices.IndexFunc(seats, func(s Seat) bool {
		return s.Guest == GuestInterpreter || slices.ContainsFunc(s.AnyOf, func(r RoleAt) bool { return r.Role == "interpreter" })
	})
	if i < 0 {
		return append(seats, Seat{ID: "interpreter", Need: Required, Guest: GuestInterpreter})
	}
	seats[i].Need = Required
	return seats
}

// The kinds of guest.
const (
	GuestPatient     = "patient"
	GuestKin         = "next_of_kin"
	GuestInterpreter = "interpreter"
)

// OnCall reports whether a role is held in shifts around the clock: only a duty calendar or a duty plan makes somebody hold it now,
// never working hours.
func (r Role) OnCall() bool { return r == "duty_doctor" || r == "on_call_doctor" }
