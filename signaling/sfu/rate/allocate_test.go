package rate

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// face is a camera of three layers with three temporal ones, shown so tall.
func face(height int) Wish {
	return Wish{Layers: [layers]int{150_000, 450_000, 1_300_000}, Heights: [layers]int{180, 360, 720}, Temporals: 3, Height: height, Now: None()}
}

// screen is a shared screen of one layer.
func screen(height int) Wish {
	return Wish{Layers: [layers]int{400_000}, Heights: [layers]int{1080}, Temporals: 3, Height: height, Screen: true, Now: None()}
}

func having(w Wish, layer, temporal int) Wish {
	w.Now = Choice{layer, temporal}
	return w
}

func TestAllocate(t *testing.T) {
	low, mid, high, thin := Choice{0, 2}, Choice{1, 2}, Choice{2, 2}, Choice{0, 0}
	test := func(name string, step Step, rate int, wishes []Wish, want ...Choice) {
		t.Run(name, func(t *testing.T) {
			got := Allocate(step, rate, wishes, []Choice{{7, 7}})
			if got[0] != (Choice{7, 7}) || !slices.Equal(got[1:], want) {
				t.Errorf("%v, want %v", got[1:], want)
			}
		})
	}
	four := []Wish{face(720), face(180), face(180), face(180)}
	six := append(slices.Clone(four), face(180), face(180))
	test("nobody", Full, 2_000_000, nil)
	test("full", Full, 3_000_000, four, high, low, low, low)
	test("full, two shown tall", Full, 3_000_000, []Wish{face(540), face(540)}, high, high)
	test("full, room for one large", Full, 2_200_000, []Wish{face(540), face(540)}, high, mid)
	test("full, the rate decides", Full, 1_200_000, four, mid, low, low, low)
	test("the lowest of all come first", Full, 700_000, four, low, low, low, low)
	test("as many as fit, then base layers", Full, 420_000, four, low, low, thin, None())
	test("never taller than shown", Full, 9_000_000, []Wish{face(180), face(90)}, low, low)
	test("not shown", Full, 9_000_000, []Wish{face(0), face(720)}, None(), high)
	test("reduced", Reduced, 3_000_000, six, mid, low, low, low, None(), None())
	test("reduced, another shown tall", Reduced, 3_000_000, []Wish{face(720), face(720)}, mid, low)
	test("speaker", Speaker, 400_000, four, low, None(), None(), None())
	test("speaker on a weak line", Speaker, 240_000, four, thin, None(), None(), None())
	test("speaker when the first is not shown", Speaker, 400_000, []Wish{face(0), face(180)}, None(), low)
	test("speaker, a screen wins", Speaker, 480_000, []Wish{face(720), screen(720)}, None(), Choice{0, 2})
	test("speaker, a screen too large", Speaker, 300_000, []Wish{face(720), screen(720)}, None(), Choice{0, 0})
	test("sound", Sound, 5_000_000, four, None(), None(), None(), None())
	test("lifeline", Lifeline, 5_000_000, four, None(), None(), None(), None())
	test("no room at all", Full, -5, four, None(), None(), None(), None())
	test("a step up has to pay", Full, 470_000, []Wish{face(360)}, low)
	test("what is there stays", Full, 470_000, []Wish{having(face(360), 1, 2)}, mid)
	test("as long as it fits about", Full, 440_000, []Wish{having(face(360), 1, 2)}, mid)
	test("and then goes", Full, 400_000, []Wish{having(face(360), 1, 2)}, low)
	single := Wish{Layers: [layers]int{600_000}, Heights: [layers]int{720}, Height: 180, Now: None()}
	test("one encoding is better than none", Full, 1_000_000, []Wish{single}, Choice{0, 0})
	asleep := face(720)
	asleep.Layers = [layers]int{150_000, 0, 0}
	test("a layer that does not flow yet", Full, 2_500_000, []Wish{asleep}, high)
	two := Wish{Layers: [layers]int{100_000, 400_000}, Heights: [layers]int{180, 360}, Temporals: 1, Height: 720, Now: None()}
	test("two layers, no temporal ones", Full, 2_000_000, []Wish{two}, Choice{1, 0})
}

// TestAllocateBounds: what is chosen fits, a higher rate never takes the first picture away, and nothing is chosen that
// the wish does not have.
func TestAllocateBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 20_000 {
		wishes := make([]Wish, r.IntN(7))
		for i := range wishes {
			w := &wishes[i]
			*w = face(r.IntN(900))
			for l := range w.Layers {
				w.Layers[l] = r.IntN(2_000_000)
			}
			slices.Sort(w.Layers[:])
			w.Temporals, w.Screen = r.IntN(5), r.IntN(4) == 0
			if r.IntN(3) == 0 {
				w.Heights[2], w.Layers[2] = 0, 0
			}
		}
		step, rate := Step(r.IntN(steps)), r.IntN(4_000_000)
		choices := Allocate(step, rate, wishes, nil)
		more := Allocate(step, rate*2, wishes, nil)
		sum := 0
		for i, c := range choices {
			if c.Layer >= 0 && (wishes[i].Heights[c.Layer] == 0 || wishes[i].Height == 0) {
				t.Fatalf("%+v for %+v", c, wishes[i])
			}
			sum += wishes[i].cost(c)
		}
		if sum > rate {
			t.Fatalf("%d of %d: %+v of %+v", sum, rate, choices, wishes)
		}
		if len(choices) > 0 && choices[0].Layer >= 0 && more[0].Layer < 0 {
			t.Fatalf("%v: %d at %d, %d at twice that: %+v", step, choices[0].Layer, rate, more[0].Layer, wishes)
		}
	}
}

func TestWanted(t *testing.T) {
	if n := Wanted([]Wish{face(720), face(180), face(0)}); n != 1_450_000 {
		t.Errorf("%d", n)
	}
	if n := Wanted(nil); n != 0 {
		t.Errorf("%d", n)
	}
}
