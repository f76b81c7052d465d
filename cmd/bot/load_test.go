package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const rest = " S 1 4711 4711 0 -1 4194560 9 0 0 0 123 45 0 0 20 0 12 0 99 1000000 256 18446744073709551615 1 1 0"
	for _, name := range []string{"(samtale)", "(a name) S 1 (2)", "()"} {
		got, err := parseStat([]byte("4711 " + name + rest))
		if err != nil || got.cpu != 1680*time.Millisecond || got.rss != 256*int64(os.Getpagesize()) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "4711 (samtale) S 1", "4711 (samtale)" + strings.Replace(rest, "123", "many", 1)} {
		if got, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got, err := readProcess(os.Getpid()); err != nil || got.rss < 1<<20 {
		t.Errorf("ourselves: %+v, %v", got, err)
	}
}

func TestExpected(t *testing.T) {
	for name, want := range map[string]float64{"1x4": 2100, "1x8": 9800, "4x4": 2100, "1to20": 3500} {
		if s, err := findShape(name); err != nil || s.expected() != want {
			t.Errorf("%s: %v in a room, %v", name, s.expected(), err)
		}
	}
}

func TestRow(t *testing.T) {
	m := measured{Shape: "1x4", PerSecond: 2112.4, P50: .31, P99: 1.12, JoinP50: 23.4, JoinP95: 45}
	if got := m.row(); got != "| 1x4 | 2112 | - | - | 0.31/1.1 | 23/45 | 0.00 % |" {
		t.Error(got)
	}
	m.Server = costOf(2_000_000, 124*time.Second, process{rss: 13 << 20}, process{rss: 23 << 20}, 4)
	if got := m.row(); got != "| 1x4 | 2112 | 62.0 | 13, 2560 | 0.31/1.1 | 23/45 | 0.00 % |" {
		t.Error(got)
	}
}
