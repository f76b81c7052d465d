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
// package no), or "" for none; and besides the local days off, dates like "2026-12-24". Another country or what is no date is an
// error.
func HolidaysOf(country string, closed ...string) (Holidays, error) {
	public, err := publicHolidays(country)
	if err != nil || len(closed) == 0 {
		return public, err
	}
	type date struct {
		year  int
		month time.Month
		day   int
	}
	off := make(map[date]bool, len(closed))
	for _, text := range closed {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, fmt.Errorf("calendar: %q is no date like 2026-12-24", text)
		}
		off[date{d.Year(), d.Month(), d.Day()}] = true
	}
	return func(year int, month time.Month, day int) (string, bool) {
		if name, ok := public(year, month, day); ok {
			return name, true
		}
		return "closed", off[date{year, month, day}]
	}, nil
}

func publicHolidays(country string) (Holidays, error) {
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
