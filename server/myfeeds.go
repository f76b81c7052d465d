package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// maxUpload bounds an uploaded file as the fetcher bounds an answer.
	maxUpload = 5 << 20
	// Adding a feed makes this server ask another one: often enough for mistakes in an address, too rarely to search a network.
	additions      = 20
	additionPeriod = time.Hour
)

// addFeed adds a calendar by its address. It is fetched at once, so that its owner sees now what is wrong with it.
func (s *Server) addFeed(ctx context.Context, in *addFeedInput) (*feedOutput, error) {
	p, key, err := s.beginFeed(ctx, in.IdempotencyKey, mustJSON(in.Body))
	if err != nil {
		return nil, err
	}
	if id, err := s.store.ReplayedFeed(ctx, key); !errors.Is(err, store.ErrNotFound) {
		return s.replayFeed(ctx, p, id, err)
	}
	address := feedAddress{URL: strings.TrimSpace(in.Body.URL), User: in.Body.User, Password: in.Body.Password}
	id := newFeedID(s)
	own := store.OwnFeed{
		ID: id, Person: p.person.ID, Kind: in.Body.Kind, Host: feed.Redact(address.URL), AddedAt: s.now(),
		Sealed: s.sealer.Seal(s.random, mustJSON(address), id),
	}
	ref := s.region.Load().refsOf(p.person, []store.OwnFeed{own})[len(p.person.Feeds)]
	record := ref.emptyRecord()
	failed := s.tryFetch(ctx, ref, &record, lastCopy{}, true)
	if ctx.Err() != nil {
		return nil, s.fail("add a feed", ctx.Err())
	}
	// An address that may not be fetched is no feed that is down for a while: it is never kept.
	if failed != nil && (!in.Body.Keep || errors.Is(failed, feed.ErrAddressRefused)) {
		return nil, unreadableFeed(failed)
	}
	s.settle(&record, ref, failed)
	return s.keepFeed(ctx, p, own, record, key)
}

// uploadFeed adds a calendar as a file. It is never fetched, so it ages.
func (s *Server) uploadFeed(ctx context.Context, in *uploadFeedInput) (*feedOutput, error) {
	p, key, err := s.beginFeed(ctx, in.IdempotencyKey, append([]byte(in.Kind+"\n"), in.RawBody...))
	if err != nil {
		return nil, err
	}
	if id, err := s.store.ReplayedFeed(ctx, key); !errors.Is(err, store.ErrNotFound) {
		return s.replayFeed(ctx, p, id, err)
	}
	own := store.OwnFeed{ID: newFeedID(s), Person: p.person.ID, Kind: in.Kind, AddedAt: s.now()}
	ref := s.region.Load().refsOf(p.person, []store.OwnFeed{own})[len(p.person.Feeds)]
	record := ref.emptyRecord()
	if err := s.accept(ref, &record, feed.Result{Body: bytes.Clone(in.RawBody)}, nil, true); err != nil {
		return nil, unreadableFeed(err)
	}
	record.ReadAt, record.CheckedAt = own.AddedAt, own.AddedAt
	return s.keepFeed(ctx, p, own, record, key)
}

func newFeedID(s *Server) string { return "f_" + newID(s.random) }

// beginFeed checks who adds a feed and how often they do. The body may hold a password that can be guessed: its hash is keyed.
func (s *Server) beginFeed(ctx context.Context, key string, body []byte) (*principal, store.Idempotency, error) {
	p, err := s.ownFeedsEditor(ctx)
	if err != nil {
		return nil, store.Idempotency{}, err
	}
	if err := s.limit(ctx, "feed-add:"+string(p.person.ID), additions, additionPeriod); err != nil {
		return nil, store.Idempotency{}, err
	}
	return p, store.Idempotency{Key: scopedKey(p, "feed", key), BodyHash: s.sealer.Digest(body)}, nil
}

// replayFeed answers a repeated request with the feed that the first one made, as it is now.
func (s *Server) replayFeed(ctx context.Context, p *principal, id string, err error) (*feedOutput, error) {
	if err != nil {
		return nil, s.fail("repeat the addition of a feed", err)
	}
	return s.getFeed(ctx, &feedInput{ID: id})
}

// keepFeed writes a new feed with what was read of it. The lease keeps the other nodes from fetching it before that is there.
func (s *Server) keepFeed(ctx context.Context, p *principal, own store.OwnFeed, record store.FeedRecord, key store.Idempotency) (*feedOutput, error) {
	lease := s.boot + "." + own.ID
	if _, err := s.store.LeaseFeed(ctx, own.ID, lease, leaseFor); err != nil {
		return nil, s.fail("lease a new feed", err)
	}
	id, err := s.store.CreateOwnFeed(ctx, own, key)
	switch {
	case err == nil && id == own.ID:
		err = s.store.FinishFeed(ctx, record, lease)
	default: // a twin request was faster, or it was refused
		err = errors.Join(err, s.store.ReleaseFeed(ctx, own.ID, lease))
	}
	if errors.Is(err, store.ErrTooManyFeeds) {
		return nil, problem(http.StatusConflict, "too-many-feeds", "No more calendars can be added; remove one first")
	}
	if err != nil {
		return nil, s.fail("write a feed", err)
	}
	if err := s.feedChanged(ctx); err != nil {
		return nil, err
	}
	return s.getFeed(ctx, &feedInput{ID: id})
}

// unreadableFeed tells why a feed was not added. It does not repeat the address.
func unreadableFeed(err error) *Problem {
	p := problem(http.StatusUnprocessableEntity, "feed-unreadable", "The calendar cannot be read")
	p.Why = failureCode(err)
	switch {
	case errors.Is(err, calendar.ErrTruncated):
		p.Detail = "the file ends too early"
	case errors.Is(err, calendar.ErrEmpty):
		p.Detail = "the file is empty"
	case errors.Is(err, feed.ErrAddressRefused):
		p.Detail = "this address is not fetched: it must be https, webcal or caldav, and in no private network"
	}
	return p
}

// deleteFeed removes a calendar that the caller has added.
func (s *Server) deleteFeed(ctx context.Context, in *feedInput) (*struct{}, error) {
	_, f, _, err := s.feedFor(ctx, in.ID, identity.EditOwnFeeds)
	if err != nil {
		return nil, err
	}
	if f.ref.origin != originAdded && f.ref.origin != originUploaded {
		return nil, errForbidden
	}
	if err := s.store.DeleteOwnFeed(ctx, f.ref.person.ID, f.ref.id); err != nil {
		return nil, s.fail("remove a feed", err)
	}
	return nil, s.feedChanged(ctx)
}

// mustJSON writes one of our own structs, which always can be.
func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("server: %T does not marshal: %v", v, err))
	}
	return data
}
