package compare

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

var (
	seeds     = flag.Int("seeds", 0, "how many feeds to compare, from -seed on; 0 is what a test run has time for")
	firstSeed = flag.Uint64("seed", 1, "the first seed of the random feeds")
)

// maxFailures ends a comparison: the next ones are likely the same.
const maxFailures = 5

// perFeed is the number of series in one random feed.
const perFeed = 20

// ours asks calendar.Read. Nothing in a random feed is beyond it: a warning or an unknown span is a fault.
func ours(t testing.TB, feed []byte, window span) answer {
	t.Helper()
	r := read(t, feed, window)
	if len(r.Unknown) > 0 || len(r.Warnings) > 0 {
		t.Fatalf("unknown %v\nwarnings %v\n%s", r.Unknown, r.Warnings, feed)
	}
	return answer{r.Busy, r.Tentative}
}

func read(t testing.TB, feed []byte, window span) calendar.Reading {
	t.Helper()
	zone, err := time.LoadLocation(owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := calendar.Read(feed, calendar.Interval{Start: window.start, End: window.end}, calendar.Options{Zone: zone})
	if err != nil {
		t.Fatalf("%v\n%s", err, feed)
	}
	return r
}

func TestAgainstLibical(t *testing.T) {
	t.Parallel()
	compareFeeds(t, libical(t), libicalReasons, 150, 40*366)
}

func TestAgainstRecurringICalEvents(t *testing.T) {
	t.Parallel()
	compareFeeds(t, recurring(t), recurringReasons, 15, 400) // it walks from DTSTART, slowly
}

// compareFeeds compares random feeds, series by series. Where the answers differ, a reason must turn our answer into the
// partner's. It logs how often each reason was needed.
func compareFeeds(t *testing.T, p *partner, reasons []reason, feeds, oldest int) {
	if *seeds > 0 {
		feeds = *seeds
	}
	needed, compared, failures := map[string]int{}, 0, 0
	for seed := *firstSeed; seed < *firstSeed+uint64(feeds); seed++ {
		rng := rand.New(rand.NewPCG(seed, 0))
		window := randomWindow(rng)
		var list []series
		var busy, tentative []calendar.Interval
		for i := range perFeed {
			s := randomSeries(rng, strconv.Itoa(i), window, oldest)
			list = append(list, s)
			own := ours(t, feedOf(s), window)
			busy, tentative = append(busy, own.busy...), append(tentative, own.tentative...)
			compared++
			theirs, err := p.read(feedOf(s), window)
			if err != nil && !errors.Is(err, errPartner) {
				t.Fatalf("seed %d: %v\n%s", seed, err, s)
			}
			if err == nil && reflect.DeepEqual(own, theirs) {
				continue
			}
			why, ok := explain(t, reasons, s, window, theirs, err)
			if !ok {
				failures++
				t.Errorf("seed %d, window from %s: %s differs (%v)\n%vours\n%vtheirs\n%v", seed, window.start.Format(time.DateOnly), p.name, err, s, own, theirs)
			}
			for _, r := range why {
				needed[r.name+" ("+r.because+")"]++
			}
		}
		// A feed is no more than its series.
		whole := answer{busy: calendar.Merge(busy)}
		whole.tentative = calendar.Subtract(tentative, whole.busy)
		if own := ours(t, feedOf(list...), window); fmt.Sprint(own) != fmt.Sprint(whole) {
			t.Errorf("seed %d: the feed is not the sum of its series\nthe feed\n%vits series\n%v", seed, own, whole)
		}
		if failures >= maxFailures {
			return
		}
	}
	t.Logf("%d series compared with %s", compared, p.name)
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		t.Logf("%6d differ: %s", needed[name], name)
	}
}

// explain looks for the fewest reasons that together turn what we read into what the partner reads.
func explain(t *testing.T, reasons []reason, s series, window span, theirs answer, refused error) (why []reason, ok bool) {
	var fitting []reason
	for _, r := range reasons {
		changed := s.clone()
		if r.amend(&changed) || len(r.unclear(t, s, window)) > 0 {
			fitting = append(fitting, r)
		}
	}
	for size := 1; size <= len(fitting); size++ {
		for set := range subsets(len(fitting), size) {
			changed, masked := s.clone(), []calendar.Interval(nil)
			refuses := false
			why = why[:0]
			for _, i := range set {
				r := fitting[i]
				r.amend(&changed)
				masked = append(masked, r.unclear(t, s, window)...)
				refuses = refuses || r.refuses
				why = append(why, r)
			}
			if refused != nil {
				if refuses {
					return why, true
				}
				continue
			}
			r := read(t, feedOf(changed), window) // what a partner makes of a feed may well deserve a warning
			own := answer{r.Busy, r.Tentative}
			if fmt.Sprint(own.without(masked)) == fmt.Sprint(theirs.without(masked)) {
				return why, true
			}
		}
	}
	return nil, false
}

// subsets yields the subsets of 0..n-1 that have a size.
func subsets(n, size int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		for bits := range 1 << n {
			var set []int
			for i := range n {
				if bits&(1<<i) != 0 {
					set = append(set, i)
				}
			}
			if len(set) == size && !yield(set) {
				return
			}
		}
	}
}
