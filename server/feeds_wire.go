package server

import (
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// The JSON shapes of /v1/feeds with the inputs and outputs of its operations.

// FeedView is one calendar feed as its owner and unit see it. The address is shown without path or secret.
type FeedView struct {
	ID           string              `json:"id"`
	Person       PersonRef           `json:"person"`
	Kind         conference.FeedKind `json:"kind" enum:"busy,hours,duty,roster" doc:"roster: a duty plan that the person owns"`
	Origin       string              `json:"origin" enum:"region,added,uploaded,painted" doc:"Who named it: the region's file, its owner by address, by file or by hand"`
	Mine         bool                `json:"mine"`
	Address      string              `json:"address" doc:"Host only; empty for what was uploaded or painted"`
	Calendar     CalendarState       `json:"calendar" doc:"Of the person, over all feeds"`
	Events       int                 `json:"events"`
	Warnings     int                 `json:"warnings"`
	ReadAt       *time.Time          `json:"read_at,omitempty" doc:"When the copy was last known to be current; when it was uploaded or painted"`
	CheckedAt    *time.Time          `json:"checked_at,omitempty" doc:"When it was last tried"`
	NextAt       *time.Time          `json:"next_at,omitempty" doc:"When it is fetched again; absent: never by itself"`
	Why          string              `json:"why,omitempty" doc:"Code of what is wrong with this feed: not_found, unreachable, too_large, not_calendar, refused, unreadable, never_read, address_lost"`
	FailingSince *time.Time          `json:"failing_since,omitempty"`
	Suspicious   bool                `json:"suspicious" doc:"The last answer had lost nearly everything; the copy before it is kept"`
}

// FeedDetail is what one feed says about the next four weeks. Only its owner gets the intervals and the lines.
type FeedDetail struct {
	FeedView
	Window       calendar.Interval   `json:"window"`
	Busy         []calendar.Interval `json:"busy"`
	Tentative    []calendar.Interval `json:"tentative"`
	Duty         []calendar.Interval `json:"duty" doc:"For duty and hours: the events' time"`
	Unknown      []calendar.Interval `json:"unknown"`
	WarningLines []FeedWarning       `json:"warning_lines" doc:"What was not understood, in the order of the file"`
}

// FeedWarning is one thing in a feed that was not understood.
type FeedWarning struct {
	Code   string `json:"code" doc:"line, structure, start, end, date, rule, rule_part, budget, zone, zone_differ, ignored, more; missing: the server lists entries that it does not hand out"`
	Line   int    `json:"line" doc:"From 1; 0: no line can be named"`
	UID    string `json:"uid,omitempty"`
	Text   string `json:"text" doc:"In English, for whoever mends the calendar's program"`
	Source string `json:"source,omitempty" doc:"The line as it stands in the feed, at most 200 characters"`
}

// NewFeed is the body of POST /v1/feeds.
type NewFeed struct {
	Kind     conference.FeedKind `json:"kind" enum:"busy,hours,duty"`
	URL      string              `json:"url" minLength:"8" maxLength:"4096" doc:"https, webcal or caldav; kept encrypted and never shown again"`
	User     string              `json:"user,omitempty" maxLength:"254"`
	Password string              `json:"password,omitempty" maxLength:"512"`
	Keep     bool                `json:"keep,omitempty" doc:"Add it although it cannot be read now"`
}

// WorkingHours are a person's weekly working hours.
type WorkingHours struct {
	Painted bool               `json:"painted" doc:"Set by the person; false: these are the region's"`
	Hours   []conference.Hours `json:"hours"`
	Except  []DaysOff          `json:"except"`
	Zone    string             `json:"zone"`
}

// NewWorkingHours is the body of PUT /v1/feeds/hours. An empty list of hours means: never at work.
type NewWorkingHours struct {
	Hours  []conference.Hours `json:"hours" maxItems:"50"`
	Except []DaysOff          `json:"except,omitempty" maxItems:"50"`
}

// DaysOff are days on which the weekly hours do not hold, the last one included.
type DaysOff struct {
	First string `json:"first" format:"date"`
	Last  string `json:"last" format:"date"`
}

type feedsOutput struct {
	Body struct {
		Feeds []FeedView `json:"feeds"`
	}
}

type addFeedInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewFeed
}

type uploadFeedInput struct {
	IdempotencyKey string              `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Kind           conference.FeedKind `query:"kind" enum:"busy,hours,duty" required:"true"`
	RawBody        []byte              `contentType:"text/calendar"`
}

type feedInput struct {
	ID string `path:"id" maxLength:"64"`
}

type feedOutput struct{ Body FeedDetail }

type hoursOutput struct {
	ETag string `header:"ETag"`
	Body WorkingHours
}

type putHoursInput struct {
	IfMatch string `header:"If-Match" doc:"The ETag seen; 428 without"`
	Body    NewWorkingHours
}

type deleteHoursInput struct {
	IfMatch string `header:"If-Match" doc:"The ETag seen; 428 without"`
}
