package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

const (
	leastTeam  = 4  // a caller and three who are rung
	mostRounds = 25 // the server stops whoever asks more often than that
	ringWithin = 20 * time.Second
)

// ringSummary is what --hunts prints. A time runs from the caller's button to a page that has fetched what it shows.
type ringSummary struct {
	People    int       `json:"people"`
	Hunts     int       `json:"hunts"`
	Rounds    int       `json:"rounds"`
	Good      bool      `json:"good"`       // every first ring came and every other one stopped
	FirstRing quantiles `json:"first_ring"` // of a hunt: the first page that rings
	AllRing   quantiles `json:"all_ring"`   // the last page that rings
	Stops     quantiles `json:"stops"`      // from somebody's accept to the last other page falling silent
}

// quantiles of times, in milliseconds.
type quantiles struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

func quantilesOf(times []time.Duration) quantiles {
	if len(times) == 0 {
		return quantiles{}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[min(int(share*float64(len(times))), len(times)-1)].Microseconds()) / 1000
	}
	return quantiles{P50: at(.5), P99: at(.99), Max: at(1)}
}

// listener is one of us with a page open: it fetches what rings whenever the server says that something has changed.
type listener struct {
	base    string
	browser *http.Client
	live    *client.Live

	mu      sync.Mutex
	ringing map[string]bool
	changed chan struct{} // closed and replaced when ringing has changed
}

// playRings makes a region of teams, opens everybody's page and rings in rounds.
func playRings(ctx context.Context, o options) (ringSummary, error) {
	base := strings.TrimSuffix(o.url, "/")
	if base == "" {
		base = "http://localhost:8080"
	}
	admin, err := signIn(ctx, base, "unni-west")
	if err != nil {
		return ringSummary{}, fmt.Errorf("sign in as the administrator: %w", err)
	}
	var stored struct{ People int }
	if err := call(ctx, admin.browser, "PUT", base+"/v1/region", teams(o), &stored, "Content-Type", "application/yaml"); err != nil {
		return ringSummary{}, fmt.Errorf("replace the region: %w", err)
	}
	everybody, err := openPages(ctx, base, o)
	defer closePages(everybody)
	if err != nil {
		return ringSummary{}, err
	}
	found := ringSummary{People: o.people, Hunts: o.hunts, Rounds: o.rounds, Good: true}
	var first, all, stops []time.Duration
	for range o.rounds {
		var group sync.WaitGroup
		var mu sync.Mutex
		for h := range o.hunts {
			group.Go(func() {
				times, err := ringOnce(ctx, o, everybody, h)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					found.Good = false
					return
				}
				first, all, stops = append(first, times.first), append(all, times.all), append(stops, times.stopped)
			})
		}
		group.Wait()
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
	}
	found.FirstRing, found.AllRing, found.Stops = quantilesOf(first), quantilesOf(all), quantilesOf(stops)
	return found, nil
}

func personID(n int) string { return "bot-" + strconv.Itoa(n) }

// teams is a region in which each hunt has a unit of its own, everybody always at work.
func teams(o options) []byte {
	var b strings.Builder
	b.WriteString("name: Bots\nzone: Europe/Oslo\ntemplates: []\nunits:\n  - {id: hosp, name: Hospital, kind: hospital}\n")
	for h := range o.hunts {
		fmt.Fprintf(&b, "  - {id: ward-%[1]d, name: Ward %[1]d, kind: ward, parent: hosp}\n", h)
	}
	b.WriteString("people:\n  - {id: unni-west, name: Unni West, email: unni@bots.example, access: administrator, roles: [administrator@hosp]}\n")
	for n := range o.people {
		fmt.Fprintf(&b, "  - {id: %[1]s, name: Bot %[2]d, email: %[1]s@bots.example, roles: [ward_nurse@ward-%[3]d], hours: [{days: Mon-Sun, from: \"00:00\", to: \"24:00\"}]}\n",
			personID(n), n, n%o.hunts)
	}
	return []byte(b.String())
}

func signIn(ctx context.Context, base, person string) (*listener, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	l := &listener{
		base: base, ringing: map[string]bool{}, changed: make(chan struct{}),
		browser: &http.Client{Jar: jar, Timeout: askWithin, Transport: &http.Transport{MaxIdleConnsPerHost: 2}},
	}
	for { // the region that was just written is read a moment later
		var opened struct{ Open string }
		err := call(ctx, l.browser, "POST", base+"/demo/api/session", map[string]string{"persona": person}, &opened)
		if err == nil || !strings.Contains(err.Error(), "404") || !pause(ctx) {
			return l, err
		}
	}
}

// pause waits a little; false: there is no time left.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func openPages(ctx context.Context, base string, o options) ([]*listener, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*joinWithin)
	defer cancel()
	everybody, failures := make([]*listener, o.people), make([]error, o.people)
	var group sync.WaitGroup
	free := make(chan struct{}, 16)
	for n := range o.people {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			l, err := signIn(ctx, base, personID(n))
			if err == nil {
				err = l.open(ctx)
			}
			everybody[n], failures[n] = l, err
		})
	}
	group.Wait()
	return everybody, errors.Join(failures...)
}

// open opens the page's socket and follows it until closePages.
func (l *listener) open(ctx context.Context) error {
	at, err := url.Parse(l.base)
	if err != nil {
		return errors.New("--url is not an address")
	}
	header := http.Header{}
	for _, cookie := range l.browser.Jar.Cookies(at) {
		header.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	if l.live, err = client.DialLive(ctx, l.base+"/v1/live", l.base, header); err != nil {
		return err
	}
	go func() { // ends with the socket
		for {
			m, err := l.live.Next(context.Background())
			if err != nil {
				return
			}
			var change struct{ Kind string }
			if json.Unmarshal(m.D, &change) == nil && change.Kind == "consult" {
				l.fetch()
			}
		}
	}()
	return nil
}

func closePages(everybody []*listener) {
	for _, l := range everybody {
		if l != nil && l.live != nil {
			l.live.Close()
		}
	}
}

// fetch asks what rings, as a page does.
func (l *listener) fetch() {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	var found struct{ Ringing []struct{ ID string } }
	if call(ctx, l.browser, "GET", l.base+"/v1/consults", nil, &found) != nil {
		return // the next change asks again
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ringing = map[string]bool{}
	for _, c := range found.Ringing {
		l.ringing[c.ID] = true
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// until waits until the page rings for a consult, or no longer does.
func (l *listener) until(ctx context.Context, consult string, rings bool) error {
	for {
		l.mu.Lock()
		now, changed := l.ringing[consult], l.changed
		l.mu.Unlock()
		if now == rings {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ringTimes are those of one hunt.
type ringTimes struct{ first, all, stopped time.Duration }

// ringOnce rings for the colleagues of one unit. The last of those who ring takes it.
func ringOnce(ctx context.Context, o options, everybody []*listener, unit int) (ringTimes, error) {
	ctx, cancel := context.WithTimeout(ctx, ringWithin)
	defer cancel()
	caller := everybody[unit]
	begun := time.Now()
	var asked struct {
		ID    string
		Rings []struct {
			Outcome string
			Person  struct{ ID string }
		}
	}
	err := call(ctx, caller.browser, "POST", caller.base+"/v1/consults", map[string]any{
		"kind": "specialist", "covers": "ward_nurse@ward-" + strconv.Itoa(unit), "reason": "other", "urgency": "now", "minutes": 2,
	}, &asked, "Idempotency-Key", fmt.Sprintf("bot-%d-%d", unit, begun.UnixNano()))
	if err != nil {
		return ringTimes{}, err
	}
	var rung []*listener
	for _, r := range asked.Rings {
		n, err := strconv.Atoi(strings.TrimPrefix(r.Person.ID, "bot-"))
		if r.Outcome == "ringing" && err == nil && n < o.people {
			rung = append(rung, everybody[n])
		}
	}
	if len(rung) < 2 {
		return ringTimes{}, fmt.Errorf("unit %d: %d ring", unit, len(rung))
	}
	times := ringTimes{first: ringWithin}
	heard := make(chan time.Duration, len(rung))
	for _, l := range rung {
		go func() { // ends with ctx at the latest
			if l.until(ctx, asked.ID, true) == nil {
				heard <- time.Since(begun)
			}
		}()
	}
	for range rung {
		select {
		case at := <-heard:
			times.first, times.all = min(times.first, at), max(times.all, at)
		case <-ctx.Done():
			return times, ctx.Err()
		}
	}
	taker, taken := rung[len(rung)-1], time.Now()
	if err := call(ctx, taker.browser, "PUT", taker.base+"/v1/consults/"+asked.ID+"/answer", map[string]string{"answer": "accept"}, &asked); err != nil {
		return times, err
	}
	for _, l := range rung[:len(rung)-1] {
		if err := l.until(ctx, asked.ID, false); err != nil {
			return times, err
		}
	}
	times.stopped = time.Since(taken)
	return times, nil
}
