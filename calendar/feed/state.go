package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"time"
)

const (
	stateVersion = 1
	// maxState bounds what a caller has to keep: an object takes some 100 bytes. A calendar that needs more is read anew each time.
	maxState = 4 << 20
	// findEvery is how long a list of calendars is good for: someone may have made a new one.
	findEvery = 24 * time.Hour
)

// state is what Result.State holds: which objects the body is made of, and in which version.
type state struct {
	Version     int           `json:"v"`
	Source      string        `json:"source"` // digest of the address and the user: of no other source
	Body        string        `json:"body"`   // digest of the body
	Found       time.Time     `json:"found"`  // when the collections were looked for; zero when the address is that of one
	Collections []*collection `json:"collections"`
}

// collection is a calendar of a CalDAV server.
type collection struct {
	URL        string   `json:"url"` // with a slash at its end
	Token      string   `json:"token,omitempty"`
	CTag       string   `json:"ctag,omitempty"`
	Components []string `json:"components,omitempty"` // that it can hold; empty: anything
	From       string   `json:"from,omitempty"`       // the window that its objects were listed for
	To         string   `json:"to,omitempty"`
	Strange    int      `json:"strange,omitempty"` // what it listed that lies elsewhere
	Objects    []object `json:"objects,omitempty"`

	at    *url.URL
	fresh bool // Token and CTag come from this session: there is nothing to compare them with
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recall reads the state that a source brings. ok is false when there is none, or none that fits the source and its body.
func (c *session) recall(s Source) (known state, ok bool) {
	if len(s.State) == 0 || len(s.State) > maxState || json.Unmarshal(s.State, &known) != nil {
		return state{}, false
	}
	if known.Version != stateVersion || known.Source != c.identity() || known.Body != digest(string(s.Body)) || len(known.Collections) == 0 {
		return state{}, false
	}
	rest := s.Body
	if bytes.Equal(rest, []byte(noObjects)) {
		rest = nil
	}
	for _, k := range known.Collections {
		if k == nil {
			return state{}, false
		}
		at, _, err := parseAddress(k.URL, c.fetcher.allowHTTP)
		if err != nil {
			return state{}, false
		}
		k.at = at
		for i := range k.Objects {
			o := &k.Objects[i]
			if o.Size < 0 || o.Size > len(rest) {
				return state{}, false
			}
			o.text, rest = rest[:o.Size:o.Size], rest[o.Size:]
		}
	}
	return known, len(rest) == 0
}

// identity is a digest of what makes two sources the same.
func (c *session) identity() string { return digest(c.first.String(), c.user.Username()) }

// keep returns the state for the next fetch, nil when it is too long.
func (c *session) keep(known state, body []byte) ([]byte, error) {
	known.Version, known.Source, known.Body = stateVersion, c.identity(), digest(string(body))
	kept, err := json.Marshal(known)
	if err != nil || len(kept) > maxState {
		return nil, err
	}
	return kept, nil
}

// window is [from, to); a zero end is open.
type window struct{ from, to time.Time }

const (
	// windowBefore and windowAfter are what is asked for beyond the window of interest: a day for zones, in which servers
	// place floating times otherwise than their readers; and a week, for which a window that moves on is covered.
	windowBefore = 24 * time.Hour
	windowAfter  = 7 * 24 * time.Hour

	// utcTime is a DATE-TIME in UTC (RFC 4791 section 9.9).
	utcTime = "20060102T150405Z"
)

// around returns the window to list for the time of interest.
func around(from, to time.Time) window {
	var w window
	if !from.IsZero() {
		w.from = from.UTC().Add(-windowBefore).Truncate(windowBefore)
	}
	if !to.IsZero() {
		w.to = to.UTC().Add(windowAfter).Truncate(time.Second)
	}
	return w
}

// filter is the window as a time-range, which needs one end.
func (w window) filter() string {
	var ends string
	if !w.from.IsZero() {
		ends += ` start="` + w.from.Format(utcTime) + `"`
	}
	if !w.to.IsZero() {
		ends += ` end="` + w.to.Format(utcTime) + `"`
	}
	if ends == "" {
		return ""
	}
	return `<C:time-range` + ends + `/>`
}

// covers tells whether the objects of the collection are those of the time of interest.
func (k *collection) covers(from, to time.Time) bool {
	listed := k.window()
	return (listed.from.IsZero() || (!from.IsZero() && !from.Before(listed.from))) &&
		(listed.to.IsZero() || (!to.IsZero() && !to.After(listed.to)))
}

func (k *collection) window() window {
	from, _ := time.Parse(utcTime, k.From) // the zero time, open, where there is none
	to, _ := time.Parse(utcTime, k.To)
	return window{from, to}
}

func (k *collection) setWindow(w window) {
	k.From, k.To = "", ""
	if !w.from.IsZero() {
		k.From = w.from.Format(utcTime)
	}
	if !w.to.IsZero() {
		k.To = w.to.Format(utcTime)
	}
}
