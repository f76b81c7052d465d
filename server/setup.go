package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/region"
)

// putRegion replaces the region by a REGION.yaml that an administrator sends; every mistake is told with its line.
func (s *Server) putRegion(ctx context.Context, in *regionInput) (*regionOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ManageRegion) {
		return nil, errForbidden
	}
	parsed, err := region.Parse(in.RawBody)
	var faults *region.Errors
	if errors.As(err, &faults) {
		refused := problem(http.StatusUnprocessableEntity, "region-invalid", "The region file has mistakes")
		for _, m := range faults.List {
			refused.Mistakes = append(refused.Mistakes, Mistake{Line: m.Line, Text: m.Text})
		}
		return nil, refused
	}
	if err != nil {
		return nil, s.fail("read a region file", err)
	}
	if err := putRegionSealed(ctx, s.store, s.sealer, s.random, parsed); err != nil {
		return nil, s.fail("write the region", err)
	}
	if err := s.loadRegion(ctx); err != nil {
		return nil, s.fail("load the region", err)
	}
	out := &regionOutput{}
	out.Body.Name, out.Body.Units, out.Body.People = parsed.Name, len(parsed.Units), len(parsed.People)
	return out, nil
}
