package server

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/store"
)

// problemBase begins the stable `type` of every problem (RFC 9457 section 3.1.1); docs/problems.md lists them.
const problemBase = "urn:samtale:problem:"

// Problem is an RFC 9457 answer with our extension members. Users see its type translated, never an error's text.
type Problem struct {
	huma.ErrorModel
	Conflicts    []ConflictView `json:"conflicts,omitempty" doc:"slot-taken: who is taken"`
	Alternatives *slots.Answer  `json:"alternatives,omitempty" doc:"slot-taken: the answer of POST /v1/find run again"`
	Why          string         `json:"why,omitempty" doc:"feed-unreadable: the code of FeedView.why"`
	Mistakes     []Mistake      `json:"mistakes,omitempty" doc:"region-invalid: every mistake with its line"`
}

// Mistake is one fault in a REGION.yaml.
type Mistake struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// ConflictView says that a person is engaged then; never by what.
type ConflictView struct {
	Person PersonRef  `json:"person"`
	Start  *time.Time `json:"start,omitempty" doc:"Of what is in the way, where it is ours"`
	End    *time.Time `json:"end,omitempty"`
	Until  *time.Time `json:"until,omitempty" doc:"held: until when; else when that ends"`
	HeldBy *PersonRef `json:"held_by,omitempty"`
	Why    string     `json:"why" enum:"booked,cap,busy_until,tentative,held,buffer,holiday,outside_hours,unknown,seated,passed_over,nobody"`
}

func problem(status int, kind, title string) *Problem {
	return &Problem{ErrorModel: huma.ErrorModel{Type: problemBase + kind, Status: status, Title: title}}
}

var (
	errNotSignedIn   = problem(http.StatusUnauthorized, "not-signed-in", "Sign in first")
	errForbidden     = problem(http.StatusForbidden, "forbidden", "Not allowed for this account")
	errNotFound      = problem(http.StatusNotFound, "not-found", "Not found")
	errNoIfMatch     = problem(http.StatusPreconditionRequired, "if-match-required", "Send If-Match with the ETag you saw")
	errChanged       = problem(http.StatusPreconditionFailed, "changed", "Somebody changed this meanwhile")
	errLinkUsed      = problem(http.StatusGone, "link-used", "This link was used or has expired")
	errTooMany       = problem(http.StatusTooManyRequests, "too-many", "Too many attempts; wait a while")
	errOtherBody     = problem(http.StatusUnprocessableEntity, "idempotency-mismatch", "This Idempotency-Key was used with another body")
	errInternal      = problem(http.StatusInternalServerError, "internal", "Something failed here; it has been logged")
	errStoreDown     = problem(http.StatusServiceUnavailable, "store-down", "The store does not answer; nothing was changed")
	errMeetingEnded  = problem(http.StatusGone, "meeting-ended", "The meeting is over or cancelled")
	errNoteRefused   = problem(http.StatusUnprocessableEntity, "note-refused", "The text is too long or holds an 11-digit number")
	errObjected      = problem(http.StatusConflict, "seat-objected", "The patient does not want this role to take part")
	errNothingToTell = problem(http.StatusConflict, "already-acknowledged", "The receiver has already acknowledged")
)

// fail maps an error of a lower package to a problem. It is the one place where an error stops, so it logs what is ours.
func (s *Server) fail(doing string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errNotFound
	case errors.Is(err, store.ErrRevision):
		return errChanged
	case errors.Is(err, store.ErrIdempotencyMismatch):
		return errOtherBody
	}
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	s.log.Error("request failed", slog.String("doing", doing), slog.Any("err", err))
	if s.store.Ping(s.ctx) != nil {
		return errStoreDown
	}
	return errInternal
}
