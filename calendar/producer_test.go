package calendar

import (
	"os"
	"testing"
)

// TestProducers reads the week of 30 March 2026, the first of summer time, from calendars in the manner of several programs. The
// content is invented.
func TestProducers(t *testing.T) {
	o := Options{Zone: mustZone(t, "Europe/Oslo"), Addresses: []string{"ingrid@lia.example"}}
	check := checker(t, "2026-03-30/2026-04-06", o)
	from := func(name string) string {
		t.Helper()
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	check("exchange", from("exchange.ics"), "0401T0800/0401T0900 0401T2200/0403T2200 ~ 0331T1100/0331T1200", "")
	check("google", from("google.ics"), "0331T1200/0331T1300 0331T2200/0401T2200 0402T0800/0402T0900", "")
	check("apple", from("apple.ics"), "0330T0000/0330T0400 0330T1000/0330T1030 0402T1030/0402T1130 0402T2200/0403T2200", "")
	check("nextcloud", from("nextcloud.ics"), "0331T0545/0331T0615 0401T0545/0401T0615 0402T0545/0402T0615 0404T0545/0404T0615 ~ 0401T2000/0402T0545", "")
}
