package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/region"
)

// staleAge is how old the stale calendar's last good copy is when the demo starts.
const staleAge = 26 * time.Hour

// Calendars returns every calendar of the demo as it stands in the week of now, by name without ".ics". The broken feed has
// none.
func Calendars(now time.Time) map[string][]byte {
	all := map[string][]byte{}
	for name := range agendas() {
		all[name], _ = calendarOf(name, now)
	}
	return all
}

func calendarOf(name string, now time.Time) ([]byte, bool) {
	a, ok := agendas()[name]
	if !ok {
		return nil, false
	}
	text, err := write(name, owners()[name], a, mondayOf(now))
	if err != nil {
		panic(err) // the entries are constants of this package, held by its tests
	}
	return text, true
}

// owners maps the name of a calendar to its owner's address.
var owners = sync.OnceValue(func() map[string]string {
	addresses := map[string]string{}
	r, err := region.Parse(RegionYAML)
	if err != nil {
		panic(err) // the region is a constant of this package, held by its tests
	}
	for _, p := range r.People {
		for _, f := range p.Feeds {
			addresses[strings.TrimSuffix(path.Base(f.URL), ".ics")] = p.Email
		}
	}
	return addresses
})

// StaleFeed is the last good copy of a feed whose server has stopped answering.
type StaleFeed struct {
	Person conference.PersonID
	Index  int // of the feed in the person's list
	Body   []byte
	ReadAt time.Time
}

// StaleFeeds returns what was read of the stale calendar 26 hours before now, and never since.
func StaleFeeds(now time.Time) []StaleFeed {
	read := now.Add(-staleAge)
	body, _ := calendarOf(staleFeed, read)
	return []StaleFeed{{Person: staleFeed, Index: 0, Body: body, ReadAt: read.UTC()}}
}

// Handler serves <anything>/<name>.ics as the calendar programs' servers do, with an ETag and conditional requests (RFC
// 9110 section 13.1.2). An unknown calendar is 404, and so is the broken one; the stale one's server is out of order.
func Handler(clock func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, isCalendar := strings.CutSuffix(path.Base(r.URL.Path), ".ics")
		body, ok := calendarOf(name, clock())
		switch {
		case !isCalendar || !ok:
			http.Error(w, "no such calendar", http.StatusNotFound)
		case name == staleFeed:
			w.Header().Set("Retry-After", "900")
			http.Error(w, "the calendar server is out of order", http.StatusServiceUnavailable)
		default:
			sum := sha256.Sum256(body)
			w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
			w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
			http.ServeContent(w, r, name+".ics", time.Time{}, bytes.NewReader(body))
		}
	})
}
