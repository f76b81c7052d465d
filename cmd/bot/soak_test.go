package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseMetrics(t *testing.T) {
	const text = `# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 41
go_gc_duration_seconds{quantile="0"} 3.2e-05
go_gc_gogc_percent 100
go_memstats_heap_inuse_bytes 1.6777216e+07
go_memstats_last_gc_time_seconds 1.7641312e+09
go_memstats_next_gc_bytes 2.097152e+07
process_resident_memory_bytes 6.7108864e+07
samtale_people_in_calls 12
`
	want := vitals{People: 12, Goroutines: 41, AliveMB: 10, HeapMB: 16, RSSMB: 64, collected: 1764131200}
	if got, err := parseMetrics(strings.NewReader(text)); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, less := range []string{"", "404 page not found", strings.Replace(text, "go_goroutines 41", "", 1), strings.Replace(text, "go_gc_gogc", "no", 1)} {
		if got, err := parseMetrics(strings.NewReader(less)); err == nil {
			t.Errorf("%q: %+v", less, got)
		}
	}
}

func TestGap(t *testing.T) {
	start := time.Unix(1764131200, 0)
	var g gap
	for _, at := range []struct {
		ms      int
		packets uint64
	}{{0, 0}, {5000, 0}, {5100, 3}, {5200, 8}, {5300, 8}, {7200, 8}, {7300, 9}, {7400, 20}, {8000, 20}} {
		g.heard(at.packets, start.Add(time.Duration(at.ms)*time.Millisecond))
	}
	if g.longest != 2100*time.Millisecond {
		t.Errorf("longest %v", g.longest)
	}
}

func TestJudge(t *testing.T) {
	during := func(alive ...float64) (all []vitals) {
		for i, mb := range alive {
			all = append(all, vitals{AtS: 30 * float64(i+1), AliveMB: mb})
		}
		return all
	}
	steady := during(30, 28, 31, 29, 30, 35, 30, 29, 28, 31, 34, 30)
	growing := during(30, 31, 32, 33, 34, 36, 38, 40, 42, 44, 46, 48)
	rest := vitals{Goroutines: 40, AliveMB: 10}
	for _, c := range []struct {
		name   string
		f      soaked
		faults int
	}{
		{"nothing left", soaked{Before: rest, During: steady, After: rest}, 0},
		{"a handful more", soaked{Before: rest, During: steady, After: vitals{Goroutines: 50, AliveMB: 15}}, 0},
		{"goroutines", soaked{Before: rest, During: steady, After: vitals{Goroutines: 51, AliveMB: 10}}, 1},
		{"memory at rest", soaked{Before: rest, During: steady, After: vitals{Goroutines: 40, AliveMB: 17}}, 1},
		{"memory with the same people", soaked{Before: rest, During: growing, After: rest}, 1},
		{"rooms that fill", soaked{Before: rest, During: growing[:11], After: rest}, 0},
		{"a room that broke", soaked{Before: rest, During: steady, After: rest, Faults: []string{"room 1: cut: no way back"}}, 1},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			c.f.judge()
			if len(c.f.Faults) != c.faults || c.f.Good != (c.faults == 0) {
				t.Errorf("good %t: %q", c.f.Good, c.f.Faults)
			}
		})
	}
}
