package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

const (
	lineTestFor  = 15 * time.Second
	maxLineTests = 64 // at once, on this node
)

var errOfferRefused = problem(http.StatusUnprocessableEntity, "offer-refused", "The media offer is not one that can be answered")

// lineTests are the media connections that send a microphone back to its owner, one for each session at most. They end by themselves,
// and with the server.
type lineTests struct {
	mu      sync.Mutex
	running map[string]*lineTest // by the session's hash
	ended   sync.WaitGroup
}

// lineTest is one of them. stay ends when it should.
type lineTest struct {
	stay  context.Context
	end   context.CancelFunc
	leave func() // to be called when it is over
}

func newLineTests() *lineTests { return &lineTests{running: map[string]*lineTest{}} }

type lineTestInput struct {
	Body struct {
		SDP string `json:"sdp" maxLength:"65536" doc:"An offer with a sending audio line and a receiving one"`
		Mid string `json:"mid" minLength:"1" maxLength:"32" doc:"The sending line"`
	}
}

type lineTestOutput struct {
	Body struct {
		SDP     string `json:"sdp" doc:"The answer"`
		Seconds int    `json:"seconds" doc:"When the connection ends by itself"`
	}
}

// createLineTest answers an offer with a connection that sends the microphone back: what is heard there has gone the way a call's sound
// will go.
func (s *Server) createLineTest(ctx context.Context, in *lineTestInput) (*lineTestOutput, error) {
	p, err := s.testing(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.limit(ctx, "line-test:"+p.hash, 10, 5*time.Minute); err != nil {
		return nil, err
	}
	test := s.lineTests.enter(s.ctx, p.hash)
	if test == nil {
		return nil, errTooMany
	}
	sdp, err := s.echo(ctx, test, in.Body.SDP, in.Body.Mid)
	if err != nil {
		if errors.Is(err, sfu.ErrBadOffer) {
			return nil, errOfferRefused
		}
		return nil, s.fail("test a line", err)
	}
	out := &lineTestOutput{}
	out.Body.SDP, out.Body.Seconds = sdp, int(lineTestFor.Seconds())
	return out, nil
}

// echo answers the offer and leaves the connection running until the test ends or the connection does.
func (s *Server) echo(ctx context.Context, test *lineTest, offer, mid string) (string, error) {
	failed := make(chan struct{}, 1)
	peer, err := s.media.NewPeer(sfu.PeerConfig{Echo: true, OnState: func(state sfu.State) {
		if state == sfu.StateFailed || state == sfu.StateClosed {
			select {
			case failed <- struct{}{}:
			default: // it knows
			}
		}
	}})
	if err != nil {
		test.leave()
		return "", err
	}
	answer, err := peer.Answer(ctx, sfu.Offer{SDP: offer, Published: []sfu.Published{{Mid: mid, Content: sfu.Microphone}}})
	if err != nil {
		peer.Close()
		test.leave()
		return "", err
	}
	s.lineTests.ended.Go(func() {
		defer test.leave()
		select {
		case <-test.stay.Done():
		case <-failed:
		}
		peer.Close()
	})
	return answer.SDP, nil
}

// enter makes room for a session's test and ends one that it has running; nil: the node has enough to do.
func (l *lineTests) enter(ctx context.Context, session string) *lineTest {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, here := l.running[session]
	if !here && len(l.running) >= maxLineTests {
		return nil
	}
	stay, end := context.WithTimeout(ctx, lineTestFor)
	t := &lineTest{stay: stay, end: end}
	t.leave = func() {
		end()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.running[session] == t {
			delete(l.running, session)
		}
	}
	if here {
		old.end()
	}
	l.running[session] = t
	return t
}
