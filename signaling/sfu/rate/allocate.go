package rate

// layers is how many encodings a picture may have.
const layers = 3

// Wish is a picture a listener would like to see. Wishes are given most important first.
type Wish struct {
	Layers    [layers]int // bit/s now, lowest first; 0: it does not flow
	Heights   [layers]int // in pixels; 0: there is no such layer
	Temporals int         // temporal layers in each; 0 and 1: none to leave out
	Height    int         // at which it is shown, in device pixels; 0: not shown
	Screen    bool
	Now       Choice // what is sent of it
}

// Choice is what to send of a picture.
type Choice struct {
	Layer    int // -1: nothing
	Temporal int // the highest temporal layer to send
}

// None is the choice to send nothing.
func None() Choice { return Choice{Layer: -1} }

const (
	small, middle, large = 180, 360, 720 // heights of the three layers of a 720p camera
	// tallerBy is how much taller than shown a layer may be: less would be soft, more is wasted.
	tallerBy = 1.5
	// A change up must fit with room to spare, and what is sent already may be a little too much, so that a rate that
	// wavers does not change pictures to and fro.
	upRoom, keepRoom = 1.15, 0.95
	// thinBelow is the rate under which the Speaker step sends base layers only.
	thinBelow = 250_000
	// reducedTiles is how many small pictures are sent beside the middle one.
	reducedTiles = 3
)

// Allocate shares rate among pictures; what sound takes is taken off already. It appends one choice for each wish to out.
// The lowest layers are given first, in the order of the wishes, then the next ones as far as the picture is shown tall
// enough. A layer that does not flow now may be named: its sender is to be asked for it.
func Allocate(step Step, rate int, wishes []Wish, out []Choice) []Choice {
	from := len(out)
	for range wishes {
		out = append(out, None())
	}
	choices := out[from:]
	only := -1 // of all wishes
	if step == Speaker {
		only = speaker(wishes)
	}
	for layer := range layers {
		tiles := 0
		for i := range wishes {
			w := &wishes[i]
			most := highest(step, i == 0 || i == only, w)
			if w.Height == 0 || step == Speaker && i != only || step == Reduced && tiles > reducedTiles || layer > most {
				continue
			}
			tiles++
			if c := (Choice{layer, w.top()}); fits(w, c, choices[i], step, &rate) {
				choices[i] = c
			} else if layer == 0 && w.top() > 0 {
				if c.Temporal = 0; fits(w, c, choices[i], step, &rate) {
					choices[i] = c
				}
			}
		}
	}
	return out
}

// speaker is the one picture of the Speaker step: a shared screen before a face. -1: none is shown.
func speaker(wishes []Wish) int {
	best := -1
	for i := range wishes {
		if w := &wishes[i]; w.Height > 0 && (best < 0 || w.Screen && !wishes[best].Screen) {
			best = i
		}
	}
	return best
}

// highest is the highest layer of w that step allows; -1: none. A picture with one layer is sent as it is.
func highest(step Step, first bool, w *Wish) int {
	most := 0
	switch step {
	case Full:
		most = large
	case Reduced:
		if most = small; first {
			most = middle
		}
	case Speaker:
		most = small
	default:
		return -1
	}
	if w.Screen && step != Speaker {
		most = large // letters need it
	}
	top := -1
	for layer, height := range w.Heights {
		if height > 0 && (top < 0 || height <= most*5/4 && float64(height) <= tallerBy*float64(w.Height)) {
			top = layer
		}
	}
	return top
}

// fits takes the difference between before and c out of rate if it is there.
func fits(w *Wish, c, before Choice, step Step, rate *int) bool {
	if w.Heights[c.Layer] == 0 {
		return false
	}
	if step == Speaker && *rate < thinBelow && c.Temporal > 0 {
		return false
	}
	cost := w.cost(c) - w.cost(before)
	need := upRoom * float64(cost)
	if c.Layer < w.Now.Layer || c.Layer == w.Now.Layer && c.Temporal <= w.Now.Temporal {
		need = keepRoom * float64(cost)
	}
	if need > float64(*rate) {
		return false
	}
	*rate -= cost
	return true
}

// top is the highest temporal layer.
func (w *Wish) top() int { return max(w.Temporals-1, 0) }

// cost is the bit rate of a choice: measured, or what is usual for the height.
func (w *Wish) cost(c Choice) int {
	if c.Layer < 0 {
		return 0
	}
	bps := w.Layers[c.Layer]
	if bps == 0 {
		bps = usual(w.Heights[c.Layer])
	}
	if c.Temporal < w.top() {
		// What libwebrtc gives the lower of two and of three temporal layers.
		share := [3][2]float64{{}, {0.6}, {0.4, 0.6}}[min(w.top(), 2)][min(c.Temporal, 1)]
		return int(share * float64(bps))
	}
	return bps
}

// usual is what a camera's layer takes that does not flow yet.
func usual(height int) int {
	switch {
	case height <= small*5/4:
		return 150_000
	case height <= middle*5/4:
		return 500_000
	default:
		return 1_500_000
	}
}

// Wanted is the bit rate of all pictures, each as tall as it is shown.
func Wanted(wishes []Wish) int {
	sum := 0
	for i := range wishes {
		if w := &wishes[i]; w.Height > 0 {
			if most := highest(Full, i == 0, w); most >= 0 {
				sum += w.cost(Choice{most, w.top()})
			}
		}
	}
	return sum
}
