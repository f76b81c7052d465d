package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What counts as a leak, or as a call that breaks.
const (
	soundWithin    = 3 * time.Second // those who stay hear each other: no longer gap, whatever happens to their lines
	moreGoroutines = 10
	moreMemory     = 4.0 // MB of what was alive after a collection
	memoryFactor   = 1.2
	readEvery      = 30 * time.Second
	fewestReadings = 12              // of a soak that is long enough to compare its memory at the beginning and at the end
	seatsKept      = 2 * time.Minute // by the server, for those who have vanished
	quiet          = time.Minute     // afterwards
	restWithin     = 5 * time.Minute // for the server to empty its rooms and to collect
)

// soaked is what --soak prints.
type soaked struct {
	Rooms   int                 `json:"rooms"`
	Seconds float64             `json:"seconds"`
	Seed    uint64              `json:"seed"`
	Good    bool                `json:"good"`
	Faults  []string            `json:"faults"` // why it is not
	Acts    map[string]*counted `json:"acts"`
	GapS    float64             `json:"longest_gap_seconds"` // of sound, between those who stay
	Before  vitals              `json:"before"`
	During  []vitals            `json:"during"`
	After   vitals              `json:"after"`
}

// vitals of the server, from its metrics.
type vitals struct {
	AtS        float64 `json:"at_seconds"`
	People     int     `json:"people"`
	Goroutines int     `json:"goroutines"`
	AliveMB    float64 `json:"alive_mb"` // heap and stacks at the last collection
	HeapMB     float64 `json:"heap_mb"`  // in use, garbage with it
	RSSMB      float64 `json:"rss_mb"`

	collected float64 // when, by the server's clock
}

const soakHead = "| second | people | goroutines | alive MB | heap in use MB | RSS MB |\n|---|---|---|---|---|---|"

func (v vitals) row() string {
	return fmt.Sprintf("| %.0f | %d | %d | %.1f | %.1f | %.1f |", v.AtS, v.People, v.Goroutines, v.AliveMB, v.HeapMB, v.RSSMB)
}

// playSoak keeps rooms in which people come, go and lose their lines, and watches what that does to the server.
func playSoak(ctx context.Context, o options, stderr io.Writer) (soaked, error) {
	found := soaked{Rooms: o.rooms, Seed: o.seed, Faults: []string{}, Acts: map[string]*counted{}}
	rooms, err := openRooms(ctx, o)
	if err != nil {
		return found, err
	}
	http.DefaultClient.CloseIdleConnections() // they are goroutines of the server
	begun := time.Now()
	if found.Before, err = readVitals(ctx, o, begun); err != nil {
		return found, err
	}
	fmt.Fprintf(stderr, "%s\n%s\n", soakHead, found.Before.row())
	soaking, stop := context.WithTimeout(ctx, o.soak)
	defer stop()
	var group sync.WaitGroup
	for _, r := range rooms {
		group.Go(func() { r.churn(ctx, soaking) })
	}
	readings := time.NewTicker(min(readEvery, o.soak/fewestReadings))
	defer readings.Stop()
	for soaking.Err() == nil {
		select {
		case <-readings.C:
			v, err := readVitals(ctx, o, begun)
			if err != nil {
				found.Faults = append(found.Faults, err.Error())
				continue
			}
			found.During = append(found.During, v)
			fmt.Fprintln(stderr, v.row())
		case <-soaking.Done():
		}
	}
	group.Wait()
	found.Seconds = time.Since(begun).Seconds()
	found.After, err = calm(ctx, o, begun)
	if err != nil {
		return found, err
	}
	fmt.Fprintln(stderr, found.After.row())
	for _, r := range rooms {
		found.add(r)
	}
	found.judge()
	found.print(stderr)
	return found, nil
}

// openRooms makes the rooms and takes their seats. Nobody is in yet.
func openRooms(ctx context.Context, o options) ([]*churned, error) {
	o.people = soakSeats
	var rooms []*churned
	for i := range o.rooms {
		links, err := makeRoom(ctx, o)
		if err != nil {
			return nil, err
		}
		o.links = links
		seats, err := takeSeats(ctx, o)
		if err != nil {
			return nil, err
		}
		r := &churned{
			number: i + 1, random: mathrand.New(mathrand.NewPCG(o.seed, uint64(i))), done: make(chan outcome), counts: map[string]*counted{},
		}
		for n, seat := range seats {
			r.sitters = append(r.sitters, &sitter{seat: seat, stays: n < stayers})
		}
		r.free = slices.Clone(r.sitters)
		rooms = append(rooms, r)
	}
	return rooms, nil
}

// calm waits until everybody is gone from the server's rooms, then until no seat is kept for anybody, for a quiet time and for
// a collection, and reads once more.
func calm(ctx context.Context, o options, begun time.Time) (vitals, error) {
	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, seatsKept+quiet+restWithin)
	defer cancel()
	enough := seatsKept + min(quiet, o.soak)
	var empty time.Time
	for collected := 0.0; ; {
		v, err := readVitals(ctx, o, begun)
		if err != nil {
			return v, fmt.Errorf("the server does not come to rest: %w", err)
		}
		switch {
		case v.People > 0:
			empty = time.Time{}
		case empty.IsZero():
			empty = time.Now()
		case time.Since(empty) < enough:
			collected = v.collected
		case v.collected > collected:
			return v, nil
		}
		if !wait(ctx, time.Second) {
			return v, errors.New("the server does not come to rest")
		}
	}
}

func (f *soaked) add(r *churned) {
	for name, c := range r.counts {
		if f.Acts[name] == nil {
			f.Acts[name] = &counted{}
		}
		f.Acts[name].add(*c)
	}
	f.Faults = append(f.Faults, r.faults...)
	for i, g := range r.gaps {
		f.GapS = max(f.GapS, g.longest.Seconds())
		if g.since.IsZero() || g.longest > soundWithin {
			f.Faults = append(f.Faults, fmt.Sprintf("room %d: person %d did not hear the other one for %v", r.number, i+1, g.longest.Round(time.Millisecond)))
		}
	}
}

// judge compares the server before and after, and its memory at the beginning and at the end.
func (f *soaked) judge() {
	if f.After.Goroutines > f.Before.Goroutines+moreGoroutines {
		f.Faults = append(f.Faults, fmt.Sprintf("%d goroutines, %d before", f.After.Goroutines, f.Before.Goroutines))
	}
	grown := func(after, before float64, when string) {
		if after > before*memoryFactor+moreMemory {
			f.Faults = append(f.Faults, fmt.Sprintf("%.1f MB alive %s, %.1f MB before", after, when, before))
		}
	}
	grown(f.After.AliveMB, f.Before.AliveMB, "at rest again")
	if n := len(f.During); n > 0 && f.During[n-1].AtS >= fewestReadings*readEvery.Seconds() { // else the rooms have just filled
		grown(middle(f.During[n-n/3:]), middle(f.During[:n/3]), "in the last third")
	}
	f.Good = len(f.Faults) == 0
}

// middle is the median of what was alive.
func middle(during []vitals) float64 {
	var alive []float64
	for _, v := range during {
		alive = append(alive, v.AliveMB)
	}
	slices.Sort(alive)
	return alive[len(alive)/2]
}

func (f *soaked) print(stderr io.Writer) {
	fmt.Fprintf(stderr, "\n| what | times | failed | mean s | longest s |\n|---|---|---|---|---|\n")
	for _, a := range acts {
		if c := f.Acts[a.name]; c != nil {
			fmt.Fprintf(stderr, "| %s | %d | %d | %.2f | %.2f |\n", a.name, c.Times, c.Failed, c.TotalS/float64(max(1, c.Times-c.Failed)), c.LongestS)
		}
	}
	fmt.Fprintf(stderr, "\nlongest gap of sound: %.2f s\n", f.GapS)
	for _, fault := range f.Faults {
		fmt.Fprintln(stderr, fault)
	}
}

// readVitals asks the server's metrics, over a connection that is closed again.
func readVitals(ctx context.Context, o options, begun time.Time) (vitals, error) {
	base := o.url
	if base == "" {
		base = "http://localhost:8080"
	}
	request, err := http.NewRequestWithContext(ctx, "GET", strings.TrimSuffix(base, "/")+"/metrics", nil)
	if err != nil {
		return vitals{}, errors.New("--url is not an address")
	}
	request.Close = true
	response, err := (&http.Client{Timeout: askWithin}).Do(request)
	if err != nil {
		return vitals{}, fmt.Errorf("metrics: %w", err)
	}
	defer response.Body.Close()
	v, err := parseMetrics(io.LimitReader(response.Body, maxAnswer))
	v.AtS = time.Since(begun).Seconds()
	return v, err
}

// parseMetrics reads the text format of Prometheus.
func parseMetrics(text io.Reader) (vitals, error) {
	values := map[string]float64{}
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			values[name] = number
		}
	}
	v := vitals{
		People: int(values["samtale_people_in_calls"]), Goroutines: int(values["go_goroutines"]),
		HeapMB: values["go_memstats_heap_inuse_bytes"] / (1 << 20), RSSMB: values["process_resident_memory_bytes"] / (1 << 20),
		collected: values["go_memstats_last_gc_time_seconds"],
	}
	// The collector lets the heap grow by that many percent of what was alive before it runs again.
	percent := values["go_gc_gogc_percent"]
	v.AliveMB = values["go_memstats_next_gc_bytes"] / (1 + percent/100) / (1 << 20)
	if err := lines.Err(); err != nil {
		return v, fmt.Errorf("metrics: %w", err)
	}
	if v.Goroutines == 0 || v.AliveMB == 0 || v.collected == 0 || percent == 0 {
		return v, errors.New("metrics: not those of a Go program")
	}
	return v, nil
}
