package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// ownRepair is the least bit rate at which Opus' encoder has room for its own repair data without giving up high tones.
	ownRepair = 20 // kbit/s
	// twiceOverhead is what the headers within packets take that hold two frames.
	twiceOverhead = 3 // kbit/s
	// voiceShare of a line may be sound: what it tells of the other way goes up it too, and signaling.
	voiceShare = 0.8
	// bareFor is how long sound is not sent twice again when there was no room for it.
	bareFor = 20 * time.Second
)

// speech is how a client should send sound at a step: in kbit/s of Opus, and whether every frame twice, when losses call for
// repair or not, the client can do that or not, and its line takes room kbit/s. At the lowest steps each frame twice is best where it fits, then what Opus adds
// itself, and then as little as goes.
func speech(step rate.Step, lossy, red bool, room int) (kbps int, twice bool) {
	kbps = soundAt[step]
	fits := func(kbps int) bool { return float64(kbps+soundOverhead) <= voiceShare*float64(room) }
	switch {
	case !lossy:
	case red && fits(2*kbps+twiceOverhead):
		return kbps, true
	case step >= rate.Sound && fits(ownRepair):
		return ownRepair, false
	}
	return kbps, false
}

// guard decides how sound is sent; needs mu.
func (u *uplink) guard(step rate.Step, now time.Time) (kbps int, twice bool) {
	r := u.reported(now)
	loss := max(u.soundLoss, r.UpLoss)
	switch {
	case loss > protectAbove:
		u.protect, u.protectAt = true, now
	case loss > bareBelow && u.protect:
		u.protectAt = now
	case now.Sub(u.protectAt) >= protectFor:
		u.protect = false
	}
	room := r.UpKbps
	switch {
	case room == 0 && step < rate.Sound:
		room = unknown
	case room == 0:
		room = takes[step] / 1000
	case loss > guardMore && now.Sub(u.waitAt) >= tryAfter:
		room = int(tryShare * float64(room)) // clients believe in less where much is lost, though nothing waits
	}
	kbps, twice = speech(step, u.protect, u.red, room)
	if u.protect && !twice {
		u.bareAt = now
	} else if twice && !u.bareAt.IsZero() && now.Sub(u.bareAt) < bareFor {
		return max(kbps, ownRepair), false
	}
	return kbps, twice
}
