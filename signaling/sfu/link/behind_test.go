package link

import "testing"

func TestBehind(t *testing.T) {
	a, b := &socket{fast: &fast{}}, &socket{fast: &fast{}}
	p := &Port{sockets: []*socket{a, b}}
	test := func(name string, reads, empty int, want bool) {
		t.Helper()
		for range reads {
			b.reads.Add(1)
		}
		for range empty {
			b.empty.Add(1)
		}
		a.reads.Add(1)
		a.empty.Add(1)
		if got := p.Behind(); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	test("nothing comes", 0, 0, false)
	test("as usual", 20, 20, false)
	test("read and never empty", 20, 0, true)
	test("nothing since", 0, 0, false)
	test("one read is no work", 1, 0, false)
	test("never empty again", 2, 0, true)
	test("empty once", 50, 1, false)
}
