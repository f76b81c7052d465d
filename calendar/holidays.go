package calendar

import (
	"fmt"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/no"
)

// Holidays names the public holiday on a date, if it is one.
type Holidays func(year int, month time.Month, day int) (name string, ok bool)

// HolidaysOf returns the public holidays of a country: "NO" for Norway, movable ones computed (github.com/rickar/cal/v2,
// package no), or "" for none. Another country is an error.
func HolidaysOf(country string) (Holidays, error) {
	switch country {
	case "":
		return func(int, time.Month, int) (string, bool) { return "", false }, nil
	case "NO":
		c := &cal.Calendar{Cacheable: false}
		c.AddHoliday(no.Holidays...)
		return func(year int, month time.Month, day int) (string, bool) {
			actual, _, h := c.IsHoliday(time.Date(year, month, day, 12, 0, 0, 0, time.UTC))
			if !actual {
				return "", false
			}
			return h.Name, true
		}, nil
	}
	return nil, fmt.Errorf("calendar: no public holidays known for %q", country)
}
