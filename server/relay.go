package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/signaling"
)

// RelayCredentials is a TURN server and how it is entered, as a call's `relay` message has it.
type RelayCredentials struct {
	URLs       []string `json:"urls" doc:"RFC 7065, the best first"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
	Seconds    int      `json:"seconds" doc:"How long it can be entered with these"`
}

type relayOutput struct {
	Status int
	Body   *RelayCredentials
}

// relayOp declares that there may be no TURN server.
func relayOp() huma.Operation {
	o := op("POST", "/v1/relay-credentials", "createRelayCredentials", "A way around firewalls for a connection outside a call: TURN credentials, short-lived", 200)
	o.Responses = map[string]*huma.Response{"204": {Description: "There is no TURN server"}}
	return o
}

// relayFor gives a session of a call, or of signing in, its credentials; nil: there is no TURN.
func (s *Server) relayFor(session string) *signaling.Relay {
	if s.relay == nil {
		return nil
	}
	c := s.relay.Credentials(session, time.Now()) // not the demo's clock: clients go by the real one
	return &signaling.Relay{URLs: c.URLs, Username: c.Username, Credential: c.Password, Seconds: int(c.Valid.Seconds())}
}

// relayEnds: whoever has left a call has left its relay too.
func (s *Server) relayEnds(e signaling.Event) {
	if s.relay != nil && e.Kind == signaling.EventLeft {
		s.relay.Revoke(e.Session)
	}
}

// testing returns who asks when they may test their line: everybody who may come to meetings, guests included.
func (s *Server) testing(ctx context.Context) (*principal, error) {
	p, err := s.principal(ctx)
	if err != nil {
		return nil, err
	}
	var access conference.Access
	if p.person != nil {
		access = p.person.Access
	}
	if !identity.Can(access, identity.RelationNone, identity.TestLine) {
		return nil, errForbidden
	}
	return p, nil
}

func (s *Server) createRelayCredentials(ctx context.Context, _ *struct{}) (*relayOutput, error) {
	p, err := s.testing(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.limit(ctx, "relay:"+p.hash, 30, 10*time.Minute); err != nil {
		return nil, err
	}
	relay := s.relayFor("signed in " + p.hash)
	if relay == nil {
		return &relayOutput{Status: http.StatusNoContent}, nil
	}
	c := RelayCredentials(*relay)
	return &relayOutput{Status: http.StatusOK, Body: &c}, nil
}
