package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// story is one of the ten cases, told around the Friday on which the demo starts.
type story struct {
	label        string // never leaves this package: a case is known by its code
	origin       conference.UnitID
	municipality conference.UnitID
	receiver     conference.UnitID
	destination  conference.Destination
	day          int // of the discharge, counted from the Friday
	clock        string
	certainty    conference.Certainty
	complex      bool
	language     string
	createdDays  int // before the Friday
	told         time.Duration
	by           conference.PersonID
	acknowledged conference.PersonID
	departed     bool
	seats        func([]conference.Seat) []conference.Seat // nil: as the template has them
}

// stories are the ten of the field guide. told is the time between the first notice and the Friday's 12:45.
func stories() []story {
	return []story{
		{
			label: "K-FRI", origin: "med-a", municipality: "elvemo", receiver: "elvemo-home", destination: conference.Home,
			clock: "14:30", certainty: conference.High, complex: true, createdDays: 3,
		},
		{
			label: "K-GREEN", origin: "med-a", municipality: "tindvik", receiver: "tindvik-home", destination: conference.Home,
			day: 4, clock: "11:00", certainty: conference.High, createdDays: 5, told: 50 * time.Hour, by: "marte-solli", acknowledged: "rune-sletten",
		},
		{
			label: "K-ISLAND", origin: "lunge-c", municipality: "ytterveret", receiver: "ytterveret-home", destination: conference.Home,
			day: 4, clock: "09:30", certainty: conference.Medium, complex: true, createdDays: 4, told: 22 * time.Hour, by: "oda-ruud",
		},
		{
			label: "K-NOW", origin: "onk-b", municipality: "langneset", receiver: "langneset-home", destination: conference.Home,
			day: -4, clock: "11:00", certainty: conference.High, createdDays: 12, told: 130 * time.Hour, by: "nina-holm",
			acknowledged: "jorunn-eik", departed: true,
		},
		{
			label: "K-HOME", origin: "med-a", municipality: "kaldbukt", receiver: "kaldbukt-home", destination: conference.Home,
			day: -2, clock: "10:30", certainty: conference.High, complex: true, createdDays: 9, told: 98 * time.Hour, by: "marte-solli",
			acknowledged: "siv-nygard", departed: true,
		},
		{
			label: "K-SERIES", origin: "onk-b", municipality: "tindvik", receiver: "tindvik-home", destination: conference.Home,
			day: 7, clock: "09:30", certainty: conference.Low, complex: true, createdDays: 2, told: 20 * time.Hour, by: "ane-kvalvik",
			acknowledged: "anita-fjeld",
		},
		{
			label: "K-LOST", origin: "onk-b", municipality: "langneset", receiver: "langneset-home", destination: conference.Home,
			day: 5, clock: "12:00", certainty: conference.Medium, complex: true, createdDays: 42, told: 40 * 24 * time.Hour, by: "ane-kvalvik",
			acknowledged: "jorunn-eik", seats: onlyOwnGP,
		},
		{
			label: "K-SAMI", origin: "lunge-c", municipality: "reinvatn", receiver: "reinvatn-home", destination: conference.Home,
			day: 4, clock: "10:00", certainty: conference.Medium, complex: true, language: "se", createdDays: 6, told: 5 * time.Hour, by: "trond-hagen",
		},
		{
			label: "K-GOAL", origin: "med-a", municipality: "elvemo", receiver: "elvemo-therapy", destination: conference.Home,
			day: -9, clock: "12:00", certainty: conference.High, complex: true, createdDays: 20, told: 15 * 24 * time.Hour, by: "marte-solli",
			acknowledged: "eirik-vik", departed: true, seats: localOnly,
		},
		{
			label: "K-OBJECT", origin: "med-a", municipality: "tindvik", receiver: "tindvik-house", destination: conference.NursingHome,
			day: 6, clock: "11:00", certainty: conference.High, complex: true, createdDays: 4, told: 26 * time.Hour, by: "tone-bakken",
			acknowledged: "elin-skog", seats: objected("allocation"),
		},
	}
}

// onlyOwnGP: a patient who has had one GP for years wants that one and no colleague.
func onlyOwnGP(seats []conference.Seat) []conference.Seat {
	for i := range seats {
		if seats[i].ID == "gp" {
			seats[i].AnyOf, seats[i].People = nil, []conference.PersonID{"odd-berg"}
		}
	}
	return seats
}

// localOnly leaves the hospital out: the goals differ at home, and those at home meet about them.
func localOnly(seats []conference.Seat) []conference.Seat {
	seats = slices.DeleteFunc(seats, func(s conference.Seat) bool {
		return slices.Contains([]conference.SeatID{"hospital-doctor", "ward-nurse", "palliative"}, s.ID)
	})
	for i := range seats {
		if seats[i].ID == "physiotherapist" {
			seats[i].Need = conference.Required
		}
	}
	return seats
}

// objected marks a seat that the patient refuses.
func objected(id conference.SeatID) func([]conference.Seat) []conference.Seat {
	return func(seats []conference.Seat) []conference.Seat {
		for i := range seats {
			seats[i].Objected = seats[i].ID == id
		}
		return seats
	}
}

// Cases returns the ten cases as they stand at now, around the coming Friday or today when it is one and the first patient
// has not left, with the seats of the region's templates. Ids and codes are the same every time.
func Cases(region conference.Region, now time.Time) []conference.Case {
	friday := fridayAt(now, 14, 30).In(zone())
	start := clockOn(friday, 0, "12:45")
	if start.After(now) {
		start = now
	}
	var cases []conference.Case
	for _, s := range stories() {
		cases = append(cases, s.tell(region, friday, start))
	}
	return cases
}

// tell makes the case. start is the instant from which notices are counted back, never after the present.
func (s story) tell(region conference.Region, friday, start time.Time) conference.Case {
	id := sha256.Sum256([]byte("demo case " + s.label))
	c := conference.Case{
		ID: conference.CaseID("c_" + hex.EncodeToString(id[:8])), Code: codeOf(s.label), Origin: s.origin, Municipality: s.municipality,
		Receiver: s.receiver, Destination: s.destination, Discharge: clockOn(friday, s.day, s.clock), Certainty: s.certainty, Complex: s.complex,
		Language: s.language, Created: start.AddDate(0, 0, -s.createdDays).UTC(), SchemaVersion: 1,
	}
	c.Seats = conference.SeatsFor(region.Templates, c)
	if s.seats != nil {
		c.Seats = s.seats(c.Seats)
	}
	if s.told > 0 {
		told := start.Add(-s.told).UTC()
		c.ToldAt, c.ToldBy = &told, s.by
		if s.acknowledged != "" {
			c.Acknowledged = &conference.Acknowledgement{By: s.acknowledged, At: told.Add(35 * time.Minute)}
		}
	}
	if s.departed && c.Discharge.Before(start) {
		departed := c.Discharge
		c.DepartedAt = &departed
	}
	return c
}

// codeOf derives a case's code from its label: looks random, is the same every time, and carries a valid check character.
func codeOf(label string) string {
	for salt := 0; ; salt++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "demo code %s %d", label, salt))
		code, err := conference.NewCode(bytes.NewReader(sum[:])) // ends with the hash: rarely too few bytes, then the next salt
		if err == nil {
			return code
		}
	}
}
