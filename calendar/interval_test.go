package calendar

import (
	"strings"
	"testing"
	"time"
)

// hoursOf parses "8-9 10-12": hours of a day.
func hoursOf(t *testing.T, s string) []Interval {
	t.Helper()
	var list []Interval
	for word := range strings.FieldsSeq(s) {
		from, to, _ := strings.Cut(word, "-")
		start, err := time.Parse("15", from)
		if err != nil {
			t.Fatal(err)
		}
		end, err := time.Parse("15", to)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Interval{Start: start, End: end})
	}
	return list
}

func TestIntervals(t *testing.T) {
	check := func(name string, got []Interval, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			if got, want := brief(got), brief(hoursOf(t, want)); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	h := func(s string) []Interval { return hoursOf(t, s) }
	check("merge nothing", Merge(nil), "")
	check("merge empty and reversed", Merge(h("08-08 10-09")), "")
	check("merge touching", Merge(h("10-12 08-10")), "08-12")
	check("merge inside", Merge(h("08-12 09-10 11-13")), "08-13")
	check("intersect", Intersect(h("08-10 11-13"), h("09-12")), "09-10 11-12")
	check("intersect touching", Intersect(h("08-10"), h("10-12")), "")
	check("subtract the middle", Subtract(h("08-12"), h("09-10")), "08-09 10-12")
	check("subtract all", Subtract(h("08-12"), h("07-13")), "")
	check("subtract from several", Subtract(h("08-10 11-13"), h("09-12 12-13")), "08-09")
	check("clip", Clip(h("08-10 11-13"), h("09-12")[0]), "09-10 11-12")
}
