package rate

import "testing"

func TestBundling(t *testing.T) {
	test := func(name string, copies, voices, room int, want Bundle) {
		t.Helper()
		if got := Bundling(copies, voices, room); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	test("a good line", 0, 4, 1_000_000, Bundle{1, 0})
	test("a good line that loses", 1, 2, 1_000_000, Bundle{1, 1})
	test("a good line that loses much", 2, 2, 1_000_000, Bundle{1, 2})
	test("64 kbit/s", 0, 1, 57_000, Bundle{1, 0})
	test("64 kbit/s, 5 %", 1, 1, 57_000, Bundle{3, 1})
	test("64 kbit/s, 10 %", 2, 1, 57_000, Bundle{3, 1})
	test("64 kbit/s, two talk", 0, 2, 60_000, Bundle{3, 0})
	test("64 kbit/s, 10 %, two talk", 2, 2, 60_000, Bundle{3, 0})
	test("70 kbit/s, 10 %", 2, 1, 65_000, Bundle{2, 1})
	test("100 kbit/s, 10 %", 2, 1, 88_000, Bundle{1, 1})
	test("100 kbit/s, two talk", 0, 2, 88_000, Bundle{2, 0})
	test("100 kbit/s, 5 %, two talk", 1, 2, 88_000, Bundle{2, 0})
	test("110 kbit/s, 10 %", 2, 1, 105_000, Bundle{1, 2})
	test("150 kbit/s, 10 %, two talk", 2, 2, 130_000, Bundle{2, 1})
	test("40 kbit/s", 1, 1, 36_000, Bundle{3, 0})
	test("nothing", 2, 2, 0, Bundle{3, 0})
	test("nobody talks", -1, 0, 60_000, Bundle{1, 0})
	test("more than there is", 9, 1, 1_000_000, Bundle{1, 2})
}
