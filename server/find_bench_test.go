package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkFind is POST /v1/find over HTTP with 50 readers at once while feeds are refreshed: 20 people of the demo over 4 weeks. One
// operation is one answer; p50 and p99 are of a whole request as a reader sees it, on one machine with the readers. "saturated"
// asks again as soon as there is an answer, which is as much as the machine can take; "paced" asks four times a second each, as fast as
// somebody could change a search by hand.
func BenchmarkFind(b *testing.B) {
	b.Run("saturated", func(b *testing.B) { benchmarkFind(b, 0) })
	b.Run("paced", func(b *testing.B) { benchmarkFind(b, 250*time.Millisecond) })
}

func benchmarkFind(b *testing.B, every time.Duration) {
	const readers = 50
	r := start(b, true, "SAMTALE_LOG", "info")
	nurse := r.as("ward-nurse")
	request := nurse.caseIn("elvemo").Find
	request.Window.To = request.Window.From.Add(longestSearch - time.Minute)
	request.Deadline = nil
	people := map[string]bool{}
	for i := range request.Need {
		for _, id := range request.Need[i].AnyOf {
			people[id] = true
		}
	}
	for _, p := range must[struct{ People []Person }](nurse, 200, "GET", "/v1/directory", nil).People {
		if len(people) < 20 && p.Calendar.State != "none" && !people[string(p.ID)] {
			people[string(p.ID)] = true
			request.Need[0].AnyOf = append(request.Need[0].AnyOf, string(p.ID))
		}
	}
	body, err := json.Marshal(request)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	var refreshing sync.WaitGroup
	refreshing.Go(func() {
		for id := range people { // each has a calendar fetched anew, and everybody's time is worked out anew
			own := r.as(id)
			for _, f := range must[struct{ Feeds []FeedView }](own, 200, "GET", "/v1/feeds", nil).Feeds {
				if f.Mine && ctx.Err() == nil {
					own.do("POST", "/v1/feeds/"+f.ID+"/refresh", nil)
				}
			}
			wait(ctx, 100*time.Millisecond)
		}
	})
	client := &http.Client{Jar: nurse.client.Jar, Transport: &http.Transport{MaxIdleConnsPerHost: readers}}
	ask := func() time.Duration {
		begun := time.Now()
		res, err := client.Post(r.url+"/v1/find", "application/json", bytes.NewReader(body))
		if err != nil {
			b.Error(err)
			return 0
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
			b.Error(res.Status, err)
		}
		return time.Since(begun)
	}
	ask()
	var mu sync.Mutex
	var times []time.Duration
	b.ResetTimer()
	b.SetParallelism(max(readers/runtime.GOMAXPROCS(0), 1))
	b.RunParallel(func(pb *testing.PB) {
		var own []time.Duration
		wait(ctx, rand.N(every+1)) // people do not press at the same moment
		pace := time.NewTicker(max(every, time.Nanosecond))
		defer pace.Stop()
		for pb.Next() {
			if every > 0 {
				<-pace.C
			}
			own = append(own, ask())
		}
		mu.Lock()
		times = append(times, own...)
		mu.Unlock()
	})
	b.StopTimer()
	stop()
	refreshing.Wait()
	client.CloseIdleConnections()
	slices.Sort(times)
	b.ReportMetric(float64(len(people)), "people")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}
