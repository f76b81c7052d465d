package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/demo"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/region"
	"github.com/samtale/samtale/server/store"
)

// demoShift is the name under which the store keeps how far the demo's clock is ahead, so that a restart finds the same
// Friday and the same cases.
const demoShift = "demo:shift"

// demoCalendars serves the calendars of the demo region; they are fetched over HTTP like anyone's.
func (s *Server) demoCalendars() http.Handler { return demo.Handler(s.now) }

// prepareDemo sets the clock, writes the demo region when the store has none, and lets feeds be fetched from loopback.
func (s *Server) prepareDemo(ctx context.Context) error {
	if s.config.DemoReset {
		if err := s.store.Erase(ctx); err != nil {
			return err
		}
	}
	s.fetcher = newFetcher([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, true)
	kept, err := s.store.Value(ctx, demoShift)
	switch {
	case err == nil:
		shift, err := strconv.ParseInt(kept, 10, 64)
		if err != nil {
			return fmt.Errorf("kept clock %q: %w", kept, err)
		}
		s.clock.shift.Store(shift)
	case errors.Is(err, store.ErrNotFound):
		start := s.config.DemoNow
		if start.IsZero() {
			start = demo.FridayClock(time.Now())
		}
		s.clock.shift.Store(int64(time.Until(start)))
	default:
		return err
	}
	if _, _, err := s.store.Region(ctx); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	parsed, err := region.Parse(demo.RegionYAML)
	if err != nil {
		return err
	}
	return putRegionSealed(ctx, s.store, s.sealer, s.random, parsed)
}

// seedDemo writes the ten cases and the stale calendar's last good copy, once: the kept clock is written last.
func (s *Server) seedDemo(ctx context.Context) error {
	if _, err := s.store.Value(ctx, demoShift); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	region, now := s.region.Load(), s.now()
	for _, c := range demo.Cases(region.Region, now) {
		if _, err := s.store.CreateCase(ctx, c, store.Idempotency{Key: "demo-" + string(c.ID)}); err != nil {
			return fmt.Errorf("case: %w", err)
		}
	}
	for _, stale := range demo.StaleFeeds(now) {
		person, ok := region.people[stale.Person]
		if !ok || len(person.Feeds) <= stale.Index {
			return fmt.Errorf("stale feed of %q: no such feed", stale.Person)
		}
		address := person.Feeds[stale.Index].URL
		record := store.FeedRecord{
			Person: stale.Person, Index: stale.Index, Kind: person.Feeds[stale.Index].Kind, URLHash: identity.Hash(address),
			Body: stale.Body, ReadAt: stale.ReadAt, CheckedAt: stale.ReadAt, NextAt: now,
		}
		if err := s.store.PutFeed(ctx, record); err != nil {
			return fmt.Errorf("stale feed: %w", err)
		}
	}
	return s.store.SetValue(ctx, demoShift, strconv.FormatInt(s.clock.shift.Load(), 10))
}

func (s *Server) welcomeDemo() {
	local := s.now().In(s.region.Load().zone)
	s.say(`
  Samtale demo: %[1]s/demo        it is %[2]s in Havnes

  1. %[1]s/demo           be the ward nurse on Med A: the board is the first screen
  2. Open the case that goes home today, press "Find a time", book a slot
  3. %[1]s/demo/mail      read the invitations; open two join links in two windows
  4. Join the call from both; a guest waits until you press "Admit"
  5. Leave, and read on the meeting's page who was there

  A couple of words: be the oncologist on duty in one window and the GP of Langneset in another (a private window, or
  another browser), press "Specialist now", choose the duty doctor and ring. A ring needs a page that is open.

  Ctrl-C ends it. The data stays in %[3]s; "bin/samtale demo --reset" starts afresh.

`, s.config.PublicURL, local.Format("Monday 2 January 15:04"), s.config.DataDir)
	if s.ephemeral {
		s.say("  NOTHING IS KEPT: no redis-server is installed, so the store is in memory (apt install redis-server).\n\n")
	}
}

func (s *Server) getPersonas(_ context.Context, _ *struct{}) (*personasOutput, error) {
	out := &personasOutput{}
	out.Body.Now = s.now().Format(time.RFC3339)
	out.Body.Personas = []DemoPersona{}
	region := s.region.Load()
	for _, p := range demo.Personas() {
		name := p.Name
		if person, ok := region.people[p.Person]; ok {
			name = person.Name
		}
		out.Body.Personas = append(out.Body.Personas, DemoPersona{ID: p.ID, Name: name, Role: p.Role, Story: p.Story, Guest: p.Person == ""})
	}
	return out, nil
}

// becomePersona signs in as one of the personas, or as anybody of the region by id: load tests need more people than the page
// shows. Guests have no account: they come by the link of the next meeting that has a guest seat.
func (s *Server) becomePersona(ctx context.Context, in *personaInput) (*personaOutput, error) {
	for _, p := range demo.Personas() {
		if p.ID != in.Body.Persona {
			continue
		}
		if p.Person == "" {
			return s.becomeGuest(ctx, p.Guest)
		}
		return s.becomePerson(ctx, p.Person)
	}
	if person, ok := s.region.Load().people[conference.PersonID(in.Body.Persona)]; ok {
		return s.becomePerson(ctx, person.ID)
	}
	return nil, errNotFound
}

func (s *Server) becomePerson(ctx context.Context, id conference.PersonID) (*personaOutput, error) {
	session, err := s.enter(ctx, store.Session{Person: id})
	if err != nil {
		return nil, err
	}
	out := &personaOutput{SetCookie: session.SetCookie}
	out.Body.Open = "/"
	return out, nil
}

func (s *Server) becomeGuest(ctx context.Context, kind string) (*personaOutput, error) {
	cases, err := s.store.Cases(ctx)
	if err != nil {
		return nil, s.fail("read the cases", err)
	}
	for _, of := range cases {
		confs, err := s.conferencesOf(ctx, of)
		if err != nil {
			return nil, s.fail("read the meetings", err)
		}
		for _, c := range confs {
			for _, part := range c.Participants {
				if part.Guest == kind && part.RevokedAt == nil && s.joinable(c) {
					raw, _ := s.invitationToken(c, part)
					out := &personaOutput{}
					out.Body.Open = "/join#" + raw
					return out, nil
				}
			}
		}
	}
	return nil, problem(http.StatusConflict, "no-guest-seat", "Book a meeting with a guest first")
}

func (s *Server) getDemoMail(_ context.Context, _ *struct{}) (*demoMailOutput, error) {
	received, err := s.sink.Messages()
	if err != nil {
		return nil, s.fail("read the demo's mail", err)
	}
	out := &demoMailOutput{}
	out.Body.Messages = []DemoMail{}
	for _, m := range received {
		out.Body.Messages = append(out.Body.Messages, DemoMail{
			ID: m.ID, At: m.At.Add(time.Duration(s.clock.shift.Load())).UTC().Format(time.RFC3339), From: m.From, To: m.To, Subject: m.Subject, Text: m.Text,
			Calendar: string(m.Calendar), Method: m.Method, Links: m.Links,
		})
	}
	return out, nil
}

// createDemoRoom makes a throwaway meeting that runs now, for load and smoke tests: n links, nobody's calendar.
func (s *Server) createDemoRoom(ctx context.Context, in *demoRoomInput) (*demoRoomOutput, error) {
	now := s.now()
	id := newID(s.random)
	c := conference.Conference{
		ID: conference.ConferenceID("m_" + id), MeetingCode: conference.NewMeetingCode(s.random), UID: id + "@" + s.mailDomain(), Purpose: conference.PurposeTest,
		Start: now, End: now.Add(4 * time.Hour), State: conference.Booked, BookedAt: now, SchemaVersion: 1,
	}
	for i := range in.Body.People {
		c.Participants = append(c.Participants, conference.Participant{
			Key: "k_" + newID(s.random), Seat: conference.SeatID("seat-" + strconv.Itoa(i+1)), Need: conference.Optional,
			Name: "Test " + strconv.Itoa(i+1), Org: "Demo", Reply: conference.NoReply, Host: true,
		})
	}
	booked, err := s.store.Book(ctx, store.Booking{Conference: c, Idempotency: store.Idempotency{Key: "room-" + id}, Invitations: s.invitationKeys(c)})
	if err != nil {
		return nil, s.fail("make a test room", err)
	}
	out := &demoRoomOutput{}
	out.Body.Conference, out.Body.Links = booked.ID, []string{}
	for _, part := range booked.Participants {
		raw, _ := s.invitationToken(booked, part)
		out.Body.Links = append(out.Body.Links, s.link("join", raw))
	}
	s.log.Info("test room made", slog.Int("people", in.Body.People))
	return out, nil
}
