package signaling

// Close codes of PROTOCOL.md. Those below 4000 are of RFC 6455 section 7.4.1 and the IANA registry.
const (
	CloseDone     = 1000 // after bye
	CloseGone     = 1001 // the other side is going away
	CloseAbnormal = 1006 // never sent: the network broke
	ClosePolicy   = 1008 // not this protocol, or too many messages
	CloseTooBig   = 1009
	CloseFault    = 1011 // our fault
	CloseRestart  = 1012
	CloseTryLater = 1013
	CloseAuth     = 4001 // not signed in, or no seat
	CloseNoHello  = 4002
	CloseRemoved  = 4003
	CloseEnded    = 4004 // the meeting is over or unknown
	CloseRefused  = 4005
	CloseReplaced = 4009 // another page of the same device has the session
	CloseVersion  = 4011
	CloseSlow     = 4012
	CloseFull     = 4013
)

// Final reports whether whoever is closed with code must not come again by itself.
func Final(code int) bool {
	switch code {
	case CloseDone, ClosePolicy, CloseTooBig, CloseAuth, CloseRemoved, CloseEnded, CloseRefused, CloseReplaced, CloseVersion, CloseFull:
		return true
	}
	return false
}
