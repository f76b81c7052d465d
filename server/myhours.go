package server

import (
	"context"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// paintedState shows painted hours among the feeds.
func paintedState(p *conference.Person, h *store.PaintedHours) feedState {
	return feedState{
		ref:    feedRef{id: "h_" + shortHash("hours "+string(p.ID)), person: p, kind: conference.FeedHours, origin: originPainted},
		record: store.FeedRecord{Person: p.ID, Kind: conference.FeedHours, ReadAt: h.PaintedAt},
		events: len(h.Hours),
	}
}

// ownFeedsEditor returns who asks when they may change calendars of their own. They must be of the region: an account that only
// administers is in no meeting, so nobody asks for its time.
func (s *Server) ownFeedsEditor(ctx context.Context) (*principal, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := s.region.Load().people[p.person.ID]; !ok || !identity.Can(p.person.Access, identity.RelationSelf, identity.EditOwnFeeds) {
		return nil, errForbidden
	}
	return p, nil
}

func (s *Server) getHours(ctx context.Context, _ *struct{}) (*hoursOutput, error) {
	p, err := s.ownFeedsEditor(ctx)
	if err != nil {
		return nil, err
	}
	painted, revision, err := s.store.Hours(ctx, p.person.ID)
	if err != nil {
		return nil, s.fail("read painted hours", err)
	}
	return s.showHours(p, painted, revision), nil
}

// showHours shows the painted hours, else the region's.
func (s *Server) showHours(p *principal, painted *store.PaintedHours, revision int64) *hoursOutput {
	out := &hoursOutput{ETag: etag(revision)}
	out.Body = WorkingHours{Hours: []conference.Hours{}, Except: []DaysOff{}, Zone: s.region.Load().zoneOf(p.person).String()}
	if painted == nil {
		out.Body.Hours = append(out.Body.Hours, p.person.Hours...)
		return out
	}
	out.Body.Painted = true
	out.Body.Hours = append(out.Body.Hours, painted.Hours...)
	for _, d := range painted.Except {
		out.Body.Except = append(out.Body.Except, DaysOff(d))
	}
	return out
}

func (s *Server) putHours(ctx context.Context, in *putHoursInput) (*hoursOutput, error) {
	p, err := s.ownFeedsEditor(ctx)
	if err != nil {
		return nil, err
	}
	painted := &store.PaintedHours{Person: p.person.ID, Hours: in.Body.Hours, PaintedAt: s.now()}
	for _, d := range in.Body.Except {
		painted.Except = append(painted.Except, store.DaysOff(d))
	}
	if err := checkPainted(painted); err != nil {
		return nil, invalid(err.Error())
	}
	return s.changeHours(ctx, p, painted, in.IfMatch)
}

func (s *Server) deleteHours(ctx context.Context, in *deleteHoursInput) (*hoursOutput, error) {
	p, err := s.ownFeedsEditor(ctx)
	if err != nil {
		return nil, err
	}
	return s.changeHours(ctx, p, nil, in.IfMatch)
}

// changeHours writes painted hours, or nil for the region's, over the revision that was seen.
func (s *Server) changeHours(ctx context.Context, p *principal, painted *store.PaintedHours, seen string) (*hoursOutput, error) {
	expected, err := ifMatch(seen)
	if err != nil {
		return nil, err
	}
	revision, err := s.store.PutHours(ctx, p.person.ID, painted, expected)
	if err != nil {
		return nil, s.fail("write painted hours", err)
	}
	if _, err := s.readChanged(ctx); err != nil {
		return nil, s.fail("read the calendars", err)
	}
	return s.showHours(p, painted, revision), nil
}
