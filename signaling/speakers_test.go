package signaling

import (
	"slices"
	"testing"
	"time"
)

func TestFloor(t *testing.T) {
	const loud, normal, murmur, quiet = 100, 85, 70, 20
	var f floor
	start := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	hear := func(name string, second float64, want []string, levels map[string]int) {
		t.Helper()
		at := start.Add(time.Duration(second * float64(time.Second)))
		if got := f.hear(at, levels); !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	hear("silence", 0, nil, map[string]int{"a": quiet, "b": quiet})
	hear("a murmur is no speech", 0.5, nil, map[string]int{"a": murmur, "b": quiet})
	hear("the first speaker has the floor at once", 1, []string{"a"}, map[string]int{"a": normal, "b": quiet})
	hear("softer, but still speaking", 1.5, []string{"a"}, map[string]int{"a": murmur, "b": quiet})
	hear("a cough takes nothing", 2, []string{"a", "b"}, map[string]int{"a": normal, "b": loud})
	hear("and is over", 2.5, []string{"a"}, map[string]int{"a": normal, "b": quiet})
	hear("b interrupts", 3, []string{"a", "b"}, map[string]int{"a": normal, "b": loud})
	hear("goes on", 3.5, []string{"a", "b"}, map[string]int{"a": normal, "b": loud})
	hear("and has it after a second", 4, []string{"b", "a"}, map[string]int{"a": normal, "b": loud})
	hear("b pauses", 5, []string{"b"}, map[string]int{"a": quiet, "b": quiet})
	hear("for almost three seconds", 6.9, []string{"b"}, map[string]int{"a": quiet, "b": quiet})
	hear("then nobody has it", 7, nil, map[string]int{"a": quiet, "b": quiet})
	hear("a speaks", 8, []string{"a"}, map[string]int{"a": normal, "b": quiet})
	hear("a pauses, b answers", 8.5, []string{"a", "b"}, map[string]int{"a": quiet, "b": normal})
	hear("b is no louder, but a is silent", 9.5, []string{"b"}, map[string]int{"a": quiet, "b": normal})
	hear("b leaves in the middle of a word", 10, nil, map[string]int{"a": quiet})
	if !f.spokeAt("b").IsZero() || !f.spokeAt("a").Equal(start.Add(8*time.Second)) {
		t.Errorf("a spoke at %v, b at %v", f.spokeAt("a"), f.spokeAt("b"))
	}
	hear("an empty room", 11, nil, nil)
}
