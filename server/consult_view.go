package server

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	talkMinutes = 10 // of the slot that is offered when nobody answers
	talkSlots   = 3
	// fallbackFor is how long the next step is searched for a missed call; after that it is history.
	fallbackFor = 2 * time.Hour
	recent      = 24 * time.Hour
)

func (s *Server) showConsult(ctx context.Context, p *principal, c duty.Consult) (*consultOutput, error) {
	v := s.consultView(p, c)
	if c.Caller == p.person.ID {
		if err := s.addForCaller(ctx, c, &v); err != nil {
			return nil, s.fail("find the caller's next step", err)
		}
	}
	return &consultOutput{Body: v}, nil
}

// consultView asks the store nothing.
func (s *Server) consultView(p *principal, c duty.Consult) ConsultView {
	region := s.region.Load()
	v := ConsultView{
		ID: c.ID, Kind: c.Kind, State: c.State, Caller: region.personRef(c.Caller), CallerRole: c.CallerRole.Role, Role: c.Covers.Role, Reason: c.Reason,
		Words: c.Words, Urgency: c.Urgency, Minutes: c.Minutes, PatientPresent: c.PatientPresent, Rings: []RingView{}, Stage: c.Stage,
		TakenAt: instant(c.TakenAt), Override: c.Override != nil, Conference: c.Conference, At: c.At, EndedAt: instant(c.EndedAt), You: s.partIn(p, c),
		Revision: c.Revision, Ledger: []LedgerLine{}, CallerUnit: region.unitRefOrNil(c.CallerRole.Unit), Unit: region.unitRefOrNil(c.Covers.Unit),
		Person: region.personRefOrNil(c.Person), TakenBy: region.personRefOrNil(c.TakenBy),
	}
	if c.Conference != "" {
		v.Path = "/call/" + string(c.Conference)
	}
	if caller, ok := region.people[c.Caller]; ok {
		v.CallerPhone = cmp.Or(caller.Phone, region.units[c.CallerRole.Unit].Phone)
	}
	for _, r := range c.Rings {
		v.Rings = append(v.Rings, ringView(region, r))
	}
	if mine, ok := c.RingOf(p.person.ID); ok {
		view := ringView(region, mine)
		v.YourRing = &view
	}
	if c.Promise != nil {
		v.Promise = &PromiseView{By: region.personRef(c.Promise.By), At: c.Promise.At}
	}
	if n := c.Note; n != nil {
		v.Note = &NoteView{ReadBy: region.personRefOrNil(n.ReadBy), ReadAt: instant(n.ReadAt), TakenBy: region.personRefOrNil(n.TakenBy), TakenAt: instant(n.TakenAt)}
	}
	for _, line := range duty.Ledger(c) {
		v.Ledger = append(v.Ledger, LedgerLine{At: line.At, What: string(line.Step), Person: region.personRefOrNil(line.Person), Role: line.Role.Role, Why: line.Why})
	}
	v.May = s.mayOnConsult(p, c)
	if v.You == "rung" && !c.Hunting() && c.Note == nil { // it went to somebody else, or to nobody: what it was about is not theirs
		v.Words, v.CallerPhone, v.Ledger = "", "", []LedgerLine{}
	}
	return v
}

func ringView(region *regionView, r duty.Ring) RingView {
	v := RingView{Person: region.personRef(r.Person), Role: r.Covers.Role, Level: r.Level, Soft: r.Soft, At: r.At, Outcome: r.Outcome, Seen: !r.SeenAt.IsZero()}
	if r.Outcome == duty.RingOn {
		v.Until = instant(r.Until)
	}
	return v
}

// partIn is as what p sees the consult.
func (s *Server) partIn(p *principal, c duty.Consult) string {
	_, rung := c.RingOf(p.person.ID)
	switch {
	case c.Caller == p.person.ID:
		return "caller"
	case c.TakenBy == p.person.ID:
		return "taker"
	case rung:
		return "rung"
	}
	return "other"
}

func (s *Server) mayOnConsult(p *principal, c duty.Consult) []string {
	may := []string{}
	add := func(name string, sensible bool) {
		if sensible {
			may = append(may, name)
		}
	}
	mine := c.Caller == p.person.ID
	_, rung := c.RingOf(p.person.ID)
	add("answer", rung && (c.State == duty.Ringing || c.State == duty.Promised))
	add("cancel", mine && (c.State == duty.Ringing || c.State == duty.Promised) && c.Kind != duty.Practice)
	asked, offered := c.RingOf(c.Person)
	add("override", mine && c.Kind == duty.Knock && c.Override == nil && offered && asked.Soft && asked.Outcome == duty.RingOn)
	add("join", c.State == duty.Connected && (mine || c.TakenBy == p.person.ID))
	add("take", !mine && c.Note != nil && c.Note.TakenBy == "")
	add("call_back", p.may(identity.AskNow) && !mine && c.Note != nil && (c.Note.TakenBy == "" || c.Note.TakenBy == p.person.ID))
	add("book", mine && c.State == duty.Missed)
	return may
}

// addForCaller adds what only the caller is told: when the asked person is free, who waits before, the next step.
func (s *Server) addForCaller(ctx context.Context, c duty.Consult, v *ConsultView) error {
	if c.Kind == duty.Knock && c.State == duty.Ringing {
		states, err := s.reachOf(ctx, []conference.PersonID{c.Person})
		if err != nil {
			return err
		}
		v.FreeAt = states[c.Person].Until
		if v.Queue, err = s.queueBefore(ctx, c); err != nil {
			return err
		}
	}
	if c.State != duty.Missed || s.now().Sub(c.EndedAt) > fallbackFor {
		return nil
	}
	fallback, err := s.fallback(ctx, c)
	v.Fallback = fallback
	return err
}

// queueBefore counts who waits longer at the same door.
func (s *Server) queueBefore(ctx context.Context, c duty.Consult) (int, error) {
	others, err := s.store.ConsultsOf(ctx, c.Person, listedConsults)
	n := 0
	for _, o := range others {
		ring, ok := o.RingOf(c.Person)
		if ok && o.ID != c.ID && o.State == duty.Ringing && ring.Outcome == duty.RingOn && o.At.Before(c.At) {
			n++
		}
	}
	return n, err
}

// fallback is the caller's next step when nobody took it: a number to tap, ten minutes today, the next on duty.
func (s *Server) fallback(ctx context.Context, c duty.Consult) (*FallbackView, error) {
	region, now := s.region.Load(), s.now()
	f := &FallbackView{Slots: []TalkSlot{}, NoteLeft: c.Note != nil}
	covers := c.Covers
	if c.Kind == duty.Knock {
		asked := region.people[c.Person]
		if asked == nil {
			return f, nil
		}
		f.Phone, f.PhoneOf = asked.Phone, asked.Name
		if len(asked.Roles) > 0 {
			covers = asked.Roles[0]
		}
	}
	if roster := region.rosters[covers]; roster != nil && f.Phone == "" {
		f.Phone, f.PhoneOf = roster.Phone, region.unitRef(covers.Unit).Name
	}
	if unit := region.units[covers.Unit]; f.Phone == "" && unit.Phone != "" {
		f.Phone, f.PhoneOf = unit.Phone, unit.Name
	}
	plan, err := s.planOf(ctx, covers)
	if err != nil {
		return f, err
	}
	if c.Kind == duty.Specialist {
		f.NextOnDuty = s.nextOnDuty(plan, now)
		if f.Deputy, err = s.deputyOf(ctx, covers); err != nil {
			return f, err
		}
	}
	f.Slots, err = s.talkSlots(ctx, c)
	return f, err
}

// talkSlots are starts today with the asked person, or with one who holds the role.
func (s *Server) talkSlots(ctx context.Context, c duty.Consult) ([]TalkSlot, error) {
	region, now, limit := s.region.Load(), s.now(), talkSlots
	local := now.In(region.zone)
	end := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, region.zone).UTC()
	asked := slots.Need{ID: "asked", Role: c.Covers.String()}
	if c.Kind == duty.Knock {
		asked = slots.Need{ID: "asked", AnyOf: []string{string(c.Person)}}
	}
	found := []TalkSlot{}
	if end.Sub(now) < (talkMinutes+usualNotice)*time.Minute {
		return found, nil
	}
	request := slots.Request{
		Purpose: conference.PurposeConsult, DurationMin: talkMinutes, GridMin: 5, TZ: region.Zone, Now: &now, Window: slots.Window{From: now, To: end},
		MinNoticeMin: usualNotice, Limit: &limit, Holidays: region.Holidays, Closed: region.Closed,
		Need:   []slots.Need{{ID: "caller", AnyOf: []string{string(c.Caller)}}, asked},
		Policy: slots.Policy{OutsideHours: slots.LastResort, Unknown: slots.OfferMarked, Tentative: slots.TakeAsBusy, UseDuty: true},
	}
	answer, err := s.search(ctx, request)
	if err != nil {
		return found, err
	}
	for _, sug := range answer.Suggestions {
		if who := sug.Cast["asked"]; len(who) == 1 && who[0] != string(c.Caller) {
			found = append(found, TalkSlot{Start: sug.Start, End: sug.End, Person: region.personRef(conference.PersonID(who[0]))})
		}
	}
	return found, nil
}

// getConsults is what concerns the caller now: what they asked for, what rings, what was promised, what was missed.
func (s *Server) getConsults(ctx context.Context, _ *struct{}) (*consultsOutput, error) {
	p, err := s.reachable(ctx)
	if err != nil {
		return nil, err
	}
	mine, err := s.store.ConsultsOf(ctx, p.person.ID, listedConsults)
	if err != nil {
		return nil, s.fail("read consults", err)
	}
	inherited, err := s.inherited(ctx, p)
	if err != nil {
		return nil, s.fail("read a role's inbox", err)
	}
	out := &consultsOutput{}
	b := &out.Body
	b.Now, b.Reasons = s.now(), duty.Reasons
	b.Calling, b.Ringing, b.Promise, b.Missed, b.Recent = []ConsultView{}, []ConsultView{}, []ConsultView{}, []ConsultView{}, []ConsultView{}
	advised := false
	for _, c := range append(mine, inherited...) {
		s.closeForsaken(ctx, c)
		to := b.listFor(p, c, b.Now)
		if to == nil {
			continue
		}
		v := s.consultView(p, c)
		// The next step costs a search for a time: only the last missed call is shown with it.
		missed := c.Caller == p.person.ID && c.State == duty.Missed
		if to == &b.Calling && c.Caller == p.person.ID || missed && !advised {
			if err := s.addForCaller(ctx, c, &v); err != nil {
				return nil, s.fail("find the caller's next step", err)
			}
			advised = advised || missed
		}
		*to = append(*to, v)
	}
	slices.Reverse(b.Ringing) // oldest first
	return out, nil
}

// listFor says under what a consult is shown; nil: it is not.
func (b *consultsBody) listFor(p *principal, c duty.Consult, now time.Time) *[]ConsultView {
	mine := c.Caller == p.person.ID && c.Kind != duty.Practice
	ring, rung := c.RingOf(p.person.ID)
	inTalk := c.State == duty.Connected && (mine || c.TakenBy == p.person.ID) && now.Sub(c.TakenAt) < time.Hour
	switch {
	case rung && ring.Outcome == duty.RingOn && c.Active() && c.State != duty.Connected:
		return &b.Ringing
	case rung && c.State == duty.Promised && c.Promise != nil && c.Promise.By == p.person.ID:
		return &b.Promise
	case mine && c.Active() && c.State != duty.Connected, inTalk:
		return &b.Calling
	case !mine && c.Note != nil && c.Note.TakenBy == "":
		return &b.Missed
	case c.Kind != duty.Practice && now.Sub(c.At) < recent:
		return &b.Recent
	}
	return nil
}

// inherited lists the notes of roles that p is on duty for now and that p was not rung for.
func (s *Server) inherited(ctx context.Context, p *principal) ([]duty.Consult, error) {
	var notes []duty.Consult
	for _, covers := range p.person.Roles {
		left, err := s.store.ConsultsOfRole(ctx, covers, listedConsults)
		if err != nil {
			return nil, err
		}
		left = slices.DeleteFunc(left, func(c duty.Consult) bool {
			return c.Note == nil || c.Note.TakenBy != "" || slices.Contains(c.Concerns(), p.person.ID)
		})
		if len(left) == 0 {
			continue
		}
		on, err := s.onDuty(ctx, covers)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(on, func(o duty.OnDuty) bool { return o.Person == p.person.ID }) {
			notes = append(notes, left...)
		}
	}
	return notes, nil
}

// bookTalk books ten minutes with somebody of the role: the next step when nobody answered.
func (s *Server) bookTalk(ctx context.Context, in *bookTalkInput) (*conferenceOutput, error) {
	p, c, err := s.ownConsult(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	region, now := s.region.Load(), s.now()
	other, ok := region.people[in.Body.Person]
	as := c.Covers
	if ok && c.Kind == duty.Knock && len(other.Roles) > 0 {
		as = other.Roles[0]
	}
	switch {
	case c.State != duty.Missed:
		return nil, invalid("a time is booked when nobody has answered")
	case !ok || (c.Kind == duty.Knock && other.ID != c.Person) || (c.Kind == duty.Specialist && !slices.Contains(other.Roles, c.Covers)):
		return nil, invalid("this person was not asked")
	case in.Body.Start.Before(now) || in.Body.Start.After(now.Add(24*time.Hour)):
		return nil, invalid("the start must lie within the next 24 hours")
	}
	return s.bookTwo(ctx, p, in, c, other, as)
}

// bookTwo books the caller and one other. Both are needed; the other hears of it by mail as of any meeting.
func (s *Server) bookTwo(ctx context.Context, p *principal, in *bookTalkInput, c duty.Consult, other *conference.Person, as conference.RoleAt) (*conferenceOutput, error) {
	now, id, start := s.now(), newID(s.random), in.Body.Start.UTC()
	m := conference.Conference{
		ID: conference.ConferenceID("m_" + id), MeetingCode: conference.NewMeetingCode(s.random), UID: id + "@" + s.mailDomain(), Purpose: conference.PurposeConsult,
		Unit: c.CallerRole.Unit, Start: start, End: start.Add(talkMinutes * time.Minute), State: conference.Booked, BookedBy: c.Caller, BookedAt: now,
		SchemaVersion: 1, AgendaMinutes: talkMinutes, Participants: []conference.Participant{s.talker(p.person, c.CallerRole), s.talker(other, as)},
	}
	for i := range m.Participants {
		part := &m.Participants[i]
		part.Seat, part.Need, part.Email = conference.SeatID("talk_"+strconv.Itoa(i+1)), conference.Required, s.region.Load().people[part.Person].Email
	}
	m.Participants[1].Reply, m.Participants[1].RepliedAt = conference.NoReply, nil
	key := store.Idempotency{Key: scopedKey(p, "book-talk", in.IdempotencyKey), BodyHash: hashOf([]any{in.ID, in.Body})}
	if again, err := s.store.Replayed(ctx, key); err == nil {
		return s.bookedAs(ctx, p, again)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("find a repeated booking", err)
	}
	if err := s.checkStart(ctx, m, nil, nil); err != nil {
		return nil, err
	}
	booked, err := s.store.Book(ctx, store.Booking{Conference: m, Mails: mailsFor(m, mailRequest, 0), Invitations: s.invitationKeys(m), Caps: s.capsOf(m), Idempotency: key})
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return nil, s.slotTaken(ctx, s.conflictViews(conflict), nil)
	}
	if err != nil {
		return nil, s.fail("book a talk", err)
	}
	return s.bookedAs(ctx, p, booked)
}

// callBack answers a missed call: it rings whoever asked, or their role if no device of theirs can be reached.
func (s *Server) callBack(ctx context.Context, in *callBackInput) (*consultOutput, error) {
	p, missed, err := s.consultFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if missed.Note == nil || missed.Caller == p.person.ID || !p.may(identity.AskNow) {
		return nil, errForbidden
	}
	key := store.Idempotency{Key: scopedKey(p, "callback", in.IdempotencyKey), BodyHash: hashOf(missed.ID)}
	if again, err := s.askedBefore(ctx, p, key); again != nil || err != nil {
		return again, err
	}
	if _, err := s.takeNote(ctx, p, missed.ID, true); err != nil {
		return nil, s.refusal("take a missed call", err)
	}
	states, err := s.reachOf(ctx, []conference.PersonID{missed.Caller})
	if err != nil {
		return nil, s.fail("see whether the caller can be reached", err)
	}
	ask := NewConsult{Kind: duty.Knock, Person: missed.Caller, Reason: missed.Reason, Urgency: missed.Urgency, Minutes: missed.Minutes}
	if _, ok := s.region.Load().ringable(missed.CallerRole.String()); ok && states[missed.Caller].State == reachNoDevice {
		ask = NewConsult{Kind: duty.Specialist, Covers: missed.CallerRole.String(), Reason: missed.Reason, Urgency: missed.Urgency, Minutes: missed.Minutes}
	}
	c, err := s.newConsult(p, ask)
	if err != nil {
		return nil, err
	}
	c.CallBackOf = missed.ID
	return s.begin(ctx, p, c, false, key)
}
