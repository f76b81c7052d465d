package turn

import (
	"time"
)

// NewAt is New with another clock.
var NewAt = newServer

// Sweep ends what has run out at an instant.
func (s *Server) Sweep(now time.Time) { s.sweep(now) }

// Sessions counts what is remembered.
func (s *Server) Sessions() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.sessions)
}

// Targets returns what may be relayed to, as name -> socket.
func (s *Server) Targets(v4 bool) map[string]string {
	all := map[string]string{}
	for _, t := range s.targets(v4) {
		all[t.name.String()] = t.local.String()
	}
	return all
}

// Verdicts of a connection's first bytes.
const (
	Undecided = undecided
	IsTURN    = isTURN
	IsHTTP    = isHTTP
)

// The arithmetic of frames.
var (
	Judge        = judge
	FrameLength  = frameLength
	PrepareRelay = prepareRelay
	StampOf      = stampOf
)

// Bounds that tests run into.
const (
	MaxFrame          = maxFrame
	MaxPayload        = maxPayload
	PerSession        = perSession
	MaxWaitingNetwork = maxWaitingNetwork
	MaxChannels       = maxChannels
	RequestBurst      = requestBurst
)

// Waiting counts connections that have not shown what they are.
func (s *Server) Waiting() int {
	s.waiting.mu.Lock()
	defer s.waiting.mu.Unlock()
	return *s.waiting.total
}
