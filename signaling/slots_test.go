package signaling

import (
	"slices"
	"strings"
	"testing"
)

func TestAssign(t *testing.T) {
	// One letter a line; "-" is nobody.
	read := func(text string) []string {
		lines := strings.Split(text, "")
		for i := range lines {
			lines[i] = strings.Trim(lines[i], "-")
		}
		return lines
	}
	check := func(name, now, wanted, want string) {
		t.Helper()
		if got := assign(read(now), read(wanted)); !slices.Equal(got, read(want)) {
			t.Errorf("%s: %q for %s", name, got, want)
		}
	}
	check("first come", "---", "ab", "ab-")
	check("nobody moves", "-a-", "ab", "ba-")
	check("who left makes room", "abc", "acd", "adc")
	check("the least wanted goes", "abc", "dabc", "abd")
	check("order alone moves nobody", "abc", "cba", "abc")
	check("all gone", "abc", "", "---")
	check("no lines", "", "ab", "")
}

func TestNeed(t *testing.T) {
	check := func(devices int, screen bool, audio, video int) {
		t.Helper()
		if got := needFor(devices, screen); got != (Need{Audio: audio, Video: video}) {
			t.Errorf("%d devices, screen %v: %+v", devices, screen, got)
		}
	}
	check(0, false, 5, 5)
	check(5, false, 5, 5)
	check(5, true, 5, 5) // four faces and the screen
	check(6, false, 9, 9)
	check(9, true, 9, 9)
	check(10, false, 13, 9)
	check(10, true, 13, 10)
	check(maxSessions, false, mostAudio, mostVideo)
	check(maxSessions, true, mostAudio, mostVideo+1)
}
