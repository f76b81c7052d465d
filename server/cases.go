package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// caseFor reads a case that p may see or do something with. A case that p may not see does not exist for p.
func (s *Server) caseFor(ctx context.Context, id conference.CaseID, act identity.Action) (conference.Case, *principal, identity.Relation, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return conference.Case{}, nil, identity.RelationNone, err
	}
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return conference.Case{}, nil, identity.RelationNone, s.fail("read a case", err)
	}
	relation := s.relation(ctx, p, c)
	switch {
	case !identity.Can(p.person.Access, relation, identity.ViewCase):
		return conference.Case{}, nil, relation, errNotFound
	case !identity.Can(p.person.Access, relation, act):
		return conference.Case{}, nil, relation, errForbidden
	}
	return c, p, relation, nil
}

func (s *Server) getCase(ctx context.Context, in *caseInput) (*caseOutput, error) {
	c, p, relation, err := s.caseFor(ctx, in.ID, identity.ViewCase)
	if err != nil {
		return nil, err
	}
	return s.showCase(ctx, p, relation, c)
}

func (s *Server) showCase(ctx context.Context, p *principal, relation identity.Relation, c conference.Case) (*caseOutput, error) {
	card, _, err := s.caseCard(ctx, p, relation, c)
	if err != nil {
		return nil, s.fail("show a case", err)
	}
	confs, err := s.conferencesOf(ctx, c)
	if err != nil {
		return nil, s.fail("read a case's meetings", err)
	}
	region := s.region.Load()
	detail := CaseDetail{CaseCard: card, Note: c.Note, Language: c.Language, Conferences: []ConferenceCard{}, People: map[string]Person{}}
	for _, conf := range confs {
		detail.Conferences = append(detail.Conferences, s.conferenceCard(conf))
	}
	for i, seat := range c.Seats {
		for _, id := range region.fillers(seat) {
			detail.Seats[i].Candidates = append(detail.Seats[i].Candidates, region.personRef(id))
			if person, ok := region.people[id]; ok {
				detail.People[string(id)] = s.personView(person)
			}
		}
	}
	detail.Find = s.findRequest(c)
	return &caseOutput{ETag: etag(c.Revision), Body: detail}, nil
}

func (s *Server) createCase(ctx context.Context, in *createCaseInput) (*caseOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	region, b := s.region.Load(), in.Body
	if err := s.checkNewCase(b); err != nil {
		return nil, err
	}
	relation := identity.RelationNone
	if region.worksAt(p.person, b.Origin) {
		relation = identity.RelationOwnUnit
	}
	if !identity.Can(p.person.Access, relation, identity.CreateCase) {
		return nil, errForbidden
	}
	c := conference.Case{
		ID: conference.CaseID("c_" + newID(s.random)), Origin: b.Origin, Municipality: b.Municipality, Receiver: b.Receiver, Destination: b.Destination,
		Discharge: b.Discharge.UTC(), Certainty: b.Certainty, Complex: b.Complex, Language: b.Language, Note: strings.TrimSpace(b.Note),
		Created: s.now(), SchemaVersion: 1,
	}
	c.Seats = conference.SeatsFor(region.Templates, c)
	key := store.Idempotency{Key: scopedKey(p, "case", in.IdempotencyKey), BodyHash: hashOf(b)}
	for range 5 { // a code that is in use is drawn again
		if c.Code, err = conference.NewCode(s.random); err != nil {
			return nil, s.fail("draw a case code", err)
		}
		created, err := s.store.CreateCase(ctx, c, key)
		if errors.Is(err, store.ErrCodeTaken) {
			continue
		}
		if err != nil {
			return nil, s.fail("write a case", err)
		}
		return s.showCase(ctx, p, relation, created)
	}
	return nil, s.fail("draw a case code", errors.New("every code drawn is in use"))
}

func (s *Server) checkNewCase(b NewCase) error {
	region := s.region.Load()
	for _, unit := range []conference.UnitID{b.Origin, b.Municipality, b.Receiver} {
		if _, ok := region.units[unit]; !ok {
			return invalid(fmt.Sprintf("unit %q is not known", unit))
		}
	}
	if err := region.checkReceiver(b.Receiver, b.Municipality, b.Destination); err != nil {
		return err
	}
	return s.checkDischarge(b.Discharge, b.Note)
}

// checkReceiver refuses a receiver outside the municipality that the patient goes home to.
func (v *regionView) checkReceiver(receiver, municipality conference.UnitID, destination conference.Destination) error {
	if _, ok := v.units[receiver]; !ok {
		return invalid(fmt.Sprintf("unit %q is not known", receiver))
	}
	if destination != conference.Hospital && !v.within(receiver, municipality) {
		return invalid("the receiver does not belong to the municipality")
	}
	return nil
}

func (s *Server) checkDischarge(discharge time.Time, note string) error {
	if discharge.Before(s.now().Add(-lookBack)) || discharge.After(s.now().Add(horizon)) {
		return invalid("the discharge must lie between yesterday and 13 weeks from now")
	}
	if err := conference.CheckNote(note); err != nil {
		return errNoteRefused
	}
	return nil
}

func invalid(detail string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "invalid", "The request cannot be carried out")
	p.Detail = detail
	return p
}

func (s *Server) patchCase(ctx context.Context, in *patchCaseInput) (*caseOutput, error) {
	c, p, relation, err := s.caseFor(ctx, in.ID, identity.EditCase)
	if err != nil {
		return nil, err
	}
	revision, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := s.applyPatch(&c, in.Body); err != nil {
		return nil, err
	}
	return s.saveCase(ctx, p, relation, c, revision, "changed")
}

func (s *Server) applyPatch(c *conference.Case, b CasePatch) error {
	set(&c.Certainty, b.Certainty)
	set(&c.Complex, b.Complex)
	set(&c.Note, b.Note)
	set(&c.Language, b.Language)
	moved := (b.Receiver != nil && *b.Receiver != c.Receiver) || (b.Dest != nil && *b.Dest != c.Destination)
	set(&c.Receiver, b.Receiver)
	set(&c.Destination, b.Dest)
	if b.Discharge != nil {
		c.Discharge = b.Discharge.UTC()
	}
	if moved { // another team: its seats, and somebody else must acknowledge
		if err := s.region.Load().checkReceiver(c.Receiver, c.Municipality, c.Destination); err != nil {
			return err
		}
		c.Seats, c.Acknowledged, c.ToldAt, c.ToldBy = conference.SeatsFor(s.region.Load().Templates, *c), nil, nil, ""
	}
	if b.Objected != nil {
		for i := range c.Seats {
			c.Seats[i].Objected = slices.Contains(b.Objected, c.Seats[i].ID)
		}
	}
	if b.Close != nil {
		now := s.now()
		c.ClosedAt, c.CloseReason = &now, *b.Close
	}
	if b.Discharge == nil && b.Note == nil {
		return nil
	}
	return s.checkDischarge(c.Discharge, c.Note)
}

// set copies what was sent.
func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *Server) saveCase(ctx context.Context, p *principal, relation identity.Relation, c conference.Case, revision int64, what string) (*caseOutput, error) {
	saved, err := s.store.UpdateCase(ctx, c, revision, what)
	if err != nil {
		return nil, s.fail("write a case", err)
	}
	return s.showCase(ctx, p, relation, saved)
}

// tellReceiver gives first notice to the receiving unit: everyone there gets a mail that names no patient.
func (s *Server) tellReceiver(ctx context.Context, in *caseInput) (*caseOutput, error) {
	c, p, relation, err := s.caseFor(ctx, in.ID, identity.TellReceiver)
	if err != nil {
		return nil, err
	}
	if c.Acknowledged != nil {
		return nil, errNothingToTell
	}
	region, now := s.region.Load(), s.now()
	if c.ToldAt == nil {
		c.ToldAt, c.ToldBy = &now, p.person.ID
	}
	saved, err := s.store.UpdateCase(ctx, c, c.Revision, "told")
	if err != nil {
		return nil, s.fail("write a notice", err)
	}
	for i := range region.People {
		if person := &region.People[i]; person.Email != "" && slices.ContainsFunc(person.Roles, func(r conference.RoleAt) bool { return r.Unit == c.Receiver }) {
			if err := s.store.QueueMail(ctx, store.Mail{Kind: mailNotice, Subject: string(person.ID)}); err != nil {
				return nil, s.fail("queue a notice", err)
			}
		}
	}
	return s.showCase(ctx, p, relation, saved)
}

// acknowledge is a named receiver's word that they know. It is what makes a discharge "told".
func (s *Server) acknowledge(ctx context.Context, in *caseInput) (*caseOutput, error) {
	c, p, relation, err := s.caseFor(ctx, in.ID, identity.Acknowledge)
	if err != nil {
		return nil, err
	}
	if !s.receives(p.person, c) {
		return nil, errForbidden
	}
	if c.Acknowledged != nil { // the first word stands; saying it again is no fault
		return s.showCase(ctx, p, relation, c)
	}
	now := s.now()
	c.Acknowledged = &conference.Acknowledgement{By: p.person.ID, At: now}
	if c.ToldAt == nil {
		c.ToldAt, c.ToldBy = &now, p.person.ID
	}
	return s.saveCase(ctx, p, relation, c, c.Revision, "acknowledged")
}

func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// ifMatch reads the revision from an ETag (RFC 9110 section 13.1.1). A missing one is 428, so that nobody overwrites what
// they have not seen.
func ifMatch(header string) (int64, error) {
	if header == "" {
		return 0, errNoIfMatch
	}
	revision, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, errChanged
	}
	return revision, nil
}

// scopedKey keeps one caller's idempotency keys apart from another's, and one operation's from another's.
func scopedKey(p *principal, operation, key string) string {
	who := string(p.session.Person)
	if who == "" {
		who = p.session.Participant
	}
	return identity.Hash(operation + "\x00" + who + "\x00" + key)
}

func hashOf(body any) string {
	data, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("server: body does not marshal: %v", err)) // our own structs do
	}
	return identity.Hash(string(data))
}
