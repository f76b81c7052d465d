package rate

// Bundle is how sound is put into packets.
type Bundle struct {
	Frames int // of 20 ms in each packet: 1 … 3
	Copies int // of the packets before, beside each (RED)
}

const (
	// What one voice takes in bit/s: the headers of 50 packets a second, the frames as talkers send them, pauses included, and
	// as much again for each copy, with a header of its own in each packet.
	headerRate, voiceRate, copyRate = 27_200, 18_000, 2_000
	// soundShare of the line may be sound: signaling and reports share it, and a segment of TCP takes the place of a second of
	// a weak line's sound.
	soundShare = 0.85
)

// rate is what so many voices take.
func (b Bundle) rate(voices int) int {
	return voices * ((headerRate+b.Copies*copyRate)/b.Frames + (1+b.Copies)*voiceRate)
}

// Fits reports whether a line that carries room bit/s bears so many voices.
func (b Bundle) Fits(voices, room int) bool {
	return float64(b.rate(max(voices, 1))) <= soundShare*float64(room)
}

// Dearer reports whether b takes more of the line than other.
func (b Bundle) Dearer(other Bundle) bool { return b.rate(1) > other.rate(1) }

// bundles are the ways by how many copies the losses call for, the best first. A copy mends a loss one packet later: the more
// frames in one, the later, so short packets are better as long as there is room for their headers, and copies are better
// than short packets. Two copies of longer packets would come too late to be played.
var bundles = [3][]Bundle{
	{{1, 0}, {2, 0}, {3, 0}},
	{{1, 1}, {2, 1}, {3, 1}, {2, 0}, {3, 0}},
	{{1, 2}, {1, 1}, {2, 1}, {3, 1}, {2, 0}, {3, 0}},
}

// Bundling chooses the way to send sound that leaves the least gaps: copies are how many the losses call for, voices how
// many talk, room what the line carries for them. What fits nowhere is packed as small as it goes.
func Bundling(copies, voices, room int) Bundle {
	ways := bundles[min(max(copies, 0), len(bundles)-1)]
	for _, b := range ways {
		if b.Fits(voices, room) {
			return b
		}
	}
	return ways[len(ways)-1]
}
