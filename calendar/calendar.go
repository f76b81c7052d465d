// Package calendar owns the meaning of time: it turns the bytes of an iCalendar feed into intervals in which a person is
// busy, perhaps busy, on duty or unknown, and writes the invitations that other calendars read. It is pure: values in,
// values out. It refuses to know a clock, the network, a store, and the zone of the machine it runs on.
//
//	bytes -> decode (UTF-8, UTF-16, Latin-1) -> lines, components, properties      decode.go scan.go component.go value.go
//	VEVENT, VFREEBUSY (RFC 5545), VAVAILABILITY (RFC 7953) as they are written     event.go freebusy.go availability.go
//	TZID  -> the file's VTIMEZONE, IANA, Windows, offsets -> local time <-> UTC    zone*.go
//	RRULE -> local starts inside the window, by arithmetic, within a budget        rule*.go
//	event + rules + dates - exceptions, overridden -> spans of busy, ... unknown   series.go instances.go occurrence.go
//	spans -> Reading: merged, clipped, and who is behind them                      spans.go reader.go explain.go
//
// Where RFC 5545 leaves a choice or calendars in the wild disagree, time is rather busy or unknown than free:
//
//   - An event whose DTSTART is missing or cannot be read makes the owner's day that it leaves a trace of unknown: the date that
//     DTSTART begins with, the instance it replaces (RECURRENCE-ID), or the day on which it ends; and so the days that its
//     rules give from there. One without any trace is skipped, with a warning.
//   - A rule that cannot be followed, one of another calendar than the Gregorian among them (RFC 7529), makes the event's time of
//     day unknown from DTSTART on; one that gives too much to count makes all time unknown from where the count ended.
//   - In a feed of shifts or working hours every event counts, at whatever level its author put it and whatever it shows as, and one
//     of whole days counts from midnight to midnight for the owner: times in a title are not read. A tentative one, and one
//     shown as out of office, is unknown.
//
// No feed can hold up the reading: the work and the memory for a MiB of any text are bounded (feedBudget, maxSpans).
package calendar

import (
	"errors"
	"fmt"
	"time"
)

// ErrEmpty is returned for a feed without a single character: a fault of the server, not a calendar without events.
var ErrEmpty = errors.New("calendar: the feed is empty")

// ErrNotCalendar is returned for a feed that holds no BEGIN:VCALENDAR, for example a page that asks for a password.
var ErrNotCalendar = errors.New("calendar: not an iCalendar feed")

// ErrTruncated is returned for a feed that ends inside a component. What is missing could be anything, so nothing of it is
// used.
var ErrTruncated = errors.New("calendar: the feed ends too early")

// Kind says what the events of a feed mean.
type Kind string

// The kinds of feeds. The zero Kind is read as KindBusy.
const (
	KindBusy  Kind = "busy"  // engagements: the person is taken
	KindHours Kind = "hours" // working hours: the person can be asked
	KindDuty  Kind = "duty"  // shifts: the person is on duty
)

// Options say how to read a feed.
type Options struct {
	Zone      *time.Location // the owner's zone, for floating and all-day events; nil is UTC
	Addresses []string       // the owner's e-mail addresses, to find the owner's own answer to an invitation
	Kind      Kind
	// ElsewhereBusy makes an engagement that Outlook shows as WORKINGELSEWHERE take the owner's time. Unless it is set, who works
	// elsewhere can take a video call, and the event is free.
	ElsewhereBusy bool
	// Away asks for Reading.Away. Places are names of where the owner works: what is there is not away.
	Away   bool
	Places []string
	// Explain asks for Reading.Spans.
	Explain bool
}

// Warning tells of one thing in a feed that was not understood. The feed is read in spite of it.
type Warning struct {
	UID  string `json:"uid"`            // of the event, empty when it concerns the whole feed
	Line int    `json:"line,omitempty"` // of the text, from 1; 0 when no line can be named
	Code string `json:"code"`           // stable, for programs; see the Code constants
	Text string `json:"text"`           // for people; never what an event is about
}

// The codes of warnings.
const (
	CodeLine       = "line"        // a line without a colon or with a broken parameter, skipped
	CodeStructure  = "structure"   // BEGIN and END do not match, or are nested too deep
	CodeStart      = "start"       // DTSTART missing or unreadable: the event's day is unknown, or the event is skipped
	CodeEnd        = "end"         // DTEND or DURATION unreadable, or before the start
	CodeDate       = "date"        // a value of RDATE, EXDATE, RECURRENCE-ID or FREEBUSY unreadable
	CodeRule       = "rule"        // a rule cannot be followed: its time of day is unknown from then on
	CodeRulePart   = "rule_part"   // a part of a rule is ignored
	CodeBudget     = "budget"      // a rule gives too much to count: the rest of the window is unknown
	CodeZone       = "zone"        // a zone is not known: the owner's zone is used
	CodeZoneDiffer = "zone_differ" // the file defines a known zone otherwise: the file wins
	CodeIgnored    = "ignored"     // something of the feed has no meaning for this kind
	CodeMore       = "more"        // there were more warnings than are kept
)

// Reading is what a feed says about the window it was read for. Every list is merged, sorted and clipped to the window.
type Reading struct {
	Busy      []Interval // Kind busy: taken
	Tentative []Interval // Kind busy: perhaps taken; never what Busy covers
	Away      []Interval // with Options.Away: the part of Busy that is spent at another place
	Duty      []Interval // Kind hours and duty: the events' time
	Unknown   []Interval // nobody knows; may overlap the others
	Warnings  []Warning  // in the order they were found, at most maxWarnings
	Events    int        // events and free-busy components that were understood, inside the window or not
	Instances int        // what they gave the window; instances that run into each other by rule, second by second, are one
	Spans     []Span     // with Options.Explain: which event is behind which time, sorted by start
}

const (
	maxWarnings = 200
	maxQuoted   = 100 // bytes of a foreign value that a warning repeats
)

// Read reads a feed and returns what it says about the window. An event that cannot be understood becomes a warning; an error
// (ErrEmpty, ErrNotCalendar, ErrTruncated, wrapped) means that nothing is known of the window. It runs no goroutine and
// keeps nothing of data.
func Read(data []byte, window Interval, o Options) (Reading, error) {
	switch o.Kind {
	case "":
		o.Kind = KindBusy
	case KindBusy, KindHours, KindDuty:
	default:
		return Reading{}, fmt.Errorf("calendar: %q is no kind of feed", o.Kind)
	}
	text, err := decode(data)
	if err != nil {
		return Reading{}, err
	}
	r := newReader(window, o)
	if err := r.scan(text); err != nil {
		return Reading{}, err
	}
	r.defineZones()
	r.evaluate()
	return r.reading(), nil
}
