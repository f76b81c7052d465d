// Package rate decides what a line may carry, from numbers only: it knows what was sent and what the other end says has
// come, and answers with a bit rate, a step, a choice of layers and the moment a packet may go. It reads no clock, opens
// no socket and knows no person; instants are parameters, so that a simulated line tests all of it.
//
//	History ── Acked ──> Estimator ── Reading ──> Ladder ── Step ──> Allocate ──> layers
//	                                        └──── Rate ──> Pacer ──> packets
//	Arrivals: the same for what comes to us, as transport-cc feedback to the client
//
// All bit rates are what the line carries, headers included (see Overhead). Sound is never held back here: it is counted,
// and pictures get what is left. Nothing is safe for concurrent use; the owner of a line has one lock for all of it.
package rate

import "time"

// Overhead is what a packet costs beside its RTP bytes: IPv4 and UDP, and the tag of AES-GCM (RFC 7714).
const Overhead = 28 + 16

// Step is how much a line is asked to carry: the higher, the less.
type Step uint8

// The steps of the ladder. Sound goes on at all of them.
const (
	Full     Step = iota // the most important picture large, the others small
	Reduced              // one picture of middle height and three small ones
	Speaker              // one small picture, a shared screen before a face
	Sound                // no pictures
	Lifeline             // no pictures, sound packed as the line demands
)

// steps is how many there are.
const steps = 5

// String is the step in the words of the protocol.
func (s Step) String() string {
	return [steps]string{"full", "reduced", "speaker", "sound", "lifeline"}[min(s, Lifeline)]
}

// least is the bit rate a step needs; between two of them the lower step holds.
var least = [steps]int{Full: 1_500_000, Reduced: 500_000, Speaker: 200_000, Sound: 90_000}

// stepFor is the highest step that bps carries.
func stepFor(bps int) Step {
	s := Full
	for s < Lifeline && bps < least[s] {
		s++
	}
	return s
}

// Why says what has led to a step.
type Why string

// The reasons. Chosen is the person's own wish, which this package does not know: it never says it.
const (
	Fine   Why = ""
	Slow   Why = "slow"  // the line carries no more
	Delay  Why = "delay" // packets queue up on the way
	Loss   Why = "loss"
	Chosen Why = "choice"
)

// Kind is what a packet is sent for.
type Kind uint8

// The kinds. A probe is padding, sent to learn whether the line carries more.
const (
	Audio Kind = iota
	Video
	Repair
	Probe
)

// Reading is what is known about a line.
type Reading struct {
	Rate      int           // bit/s that are safe to send, sound included
	Carries   int           // what the line carries; more than Rate while a queue drains. 0: Rate
	Queue     time.Duration // how long packets wait on the way because of load
	Loss      float64       // of all packets in the last two seconds, 0 … 1
	AudioLoss float64       // of sound in the last three seconds
	Repeated  float64       // packets asked for again after a repair was sent, per picture packet sent
	Blind     bool          // feedback is overdue: no more pictures until it is known what became of the last
	Strong    bool          // no queue, no loss, and a rate that needs no care: pictures need no pacing

	probeFull time.Time // when a probe last came slower than it was sent
}
