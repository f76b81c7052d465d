package rate

import (
	"math"
	"time"
)

// most is the best a step can be: who sees less has a poorer call however clean the line.
var most = [steps]float64{Full: 5, Reduced: 4.6, Speaker: 4, Sound: 3.2, Lifeline: 2.4}

// Score rates a line from 1 (bad) to 5 (good) after the E-model of ITU-T G.107: delay beyond what talk bears and loss take
// points off, then the step limits the rest.
func Score(loss float64, rtt time.Duration, step Step) float64 {
	delay := float64(rtt.Milliseconds())/2 + 60 // and the buffers of both ends
	impaired := 0.024 * delay
	if delay > 177.3 {
		impaired += 0.11 * (delay - 177.3)
	}
	// Opus with its own repair bears about as much as a codec of robustness 20.
	percent := 100 * min(max(loss, 0), 1)
	impaired += 95 * percent / (percent + 20)
	r := min(max(93.2-impaired, 0), 93.2)
	mos := 1 + 0.035*r + r*(r-60)*(100-r)*7e-6
	best := 1 + 0.035*93.2 + 93.2*(93.2-60)*(100-93.2)*7e-6
	score := 1 + 4*(mos-1)/(best-1)
	return math.Round(10*min(max(score, 1), most[min(step, Lifeline)])) / 10
}

// Rating smooths a score: down fast, so that it is true when it matters, and up slowly, so that it can be trusted. The zero
// value is ready.
type Rating struct {
	value float64
	known bool
}

// Next takes the score of a second and returns the one to show.
func (r *Rating) Next(score float64) float64 {
	weight := 0.4
	if score < r.value {
		weight = 0.8
	}
	if !r.known {
		weight = 1
	}
	r.known = true
	r.value += weight * (score - r.value)
	return math.Round(10*r.value) / 10
}
