package store

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed commit.lua
var commitLua string

// commitScript makes a script that commits time: what all of them share, then its own part.
func commitScript(own string) *redis.Script { return redis.NewScript(commitLua + own) }

// Cap is how many meetings a person may be booked for that begin within [From, To): an ISO week of the region's zone. The
// reservations themselves are counted, so that there is no counter that could go wrong; holds count too. A person has one.
type Cap struct {
	Person   conference.PersonID
	From, To time.Time
	Most     int
}

// ConflictKind says what keeps a person from a meeting.
type ConflictKind string

// The kinds of conflict.
const (
	KindBooked ConflictKind = "booked" // another meeting
	KindHeld   ConflictKind = "held"   // somebody else is about to book them
	KindCap    ConflictKind = "cap"    // as many meetings that week as they may have
)

// Conflict is one reason why one person cannot take part.
type Conflict struct {
	Person     conference.PersonID
	Kind       ConflictKind
	Start, End time.Time               // of the other meeting or hold; of the week that is full
	Conference conference.ConferenceID // booked: the other meeting
	Hold       HoldID                  // held: by whom and until when, on the wall clock
	By         conference.PersonID
	Unit       conference.UnitID
	Until      time.Time
	Most       int // cap
}

// ConflictError lists everybody who is in the way of a cast, of all casts when several were asked for; nothing was written.
type ConflictError struct{ Conflicts []Conflict }

// Error names how many, not who.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("store: %d conflicts", len(e.Conflicts))
}

// commit gathers what a script gets, in the order in which commit.lua reads it.
type commit struct {
	keys []string
	args []any
}

func (c *commit) key(names ...string) { c.keys = append(c.keys, names...) }
func (c *commit) arg(values ...any)   { c.args = append(c.args, values...) }

func (s *Store) newCommit(k Idempotency) *commit {
	c := &commit{}
	c.key(s.idempotencyKey(k), s.eventsKey())
	c.arg(k.Key, k.BodyHash, answersKept.Milliseconds(), eventsKept)
	return c
}

// claim is who is wanted from when to when, and the asker's own time that is not in the way.
type claim struct {
	start, end time.Time
	people     []conference.PersonID // each once
	mine       string                // a reservation that is given up; empty: none
	hold       HoldID                // a hold that is used up or replaced
	caps       []Cap
}

func (s *Store) addClaim(c *commit, want claim) {
	var weeks strings.Builder
	for i, p := range want.people {
		c.key(s.busyKey(p), s.heldKey(p))
		if at := slices.IndexFunc(want.caps, func(x Cap) bool { return x.Person == p }); at >= 0 {
			x := want.caps[at]
			fmt.Fprintf(&weeks, "%d %d %d %d ", i+1, x.From.UnixMilli(), x.To.UnixMilli(), x.Most)
		}
	}
	c.arg(
		s.now().UnixMilli(), want.start.UnixMilli(), want.end.UnixMilli(), want.mine, string(want.hold), len(want.people), words(want.people), weeks.String(),
	)
}

// candidate is one of the casts among which a script chooses.
type candidate struct {
	text        []byte // what is stored when this one is chosen
	people      []conference.PersonID
	invitations []InvitationKey
	booked      time.Time // when their lifetimes begin
	mails       []Mail
}

func (s *Store) addCandidates(c *commit, want claim, list []candidate) error {
	c.arg(len(list))
	for _, x := range list {
		numbers := make([]string, len(x.people))
		for i, p := range x.people {
			numbers[i] = strconv.Itoa(slices.Index(want.people, p) + 1)
		}
		c.arg(x.text, strings.Join(numbers, " "), len(x.invitations))
		for _, i := range x.invitations {
			c.key(s.invitationKey(i.Hash))
		}
		c.arg(invitationRows(x.invitations, x.booked)...)
		rows, err := s.mailRows(x.mails)
		if err != nil {
			return err
		}
		c.arg(len(x.mails))
		for r := range slices.Chunk(rows, 5) { // participant, sequence, kind, queued, row
			c.arg(r[0], fmt.Sprintf("%d %s %s %s", r[1], MailQueued, r[3], r[2]), r[4])
		}
	}
	return nil
}

// everybody lists the people of all candidates, each once, the first cast first.
func everybody(list []candidate) []conference.PersonID {
	var people []conference.PersonID
	for _, x := range list {
		for _, p := range x.people {
			if !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
	}
	return people
}

// committed reads what a script said: the number of the cast that was free, from 0, or the text of an earlier answer.
func (a answer) committed(want claim) (cast int, earlier string, err error) {
	switch a[0] {
	case "ok":
		n, err := strconv.Atoi(a.at(0))
		return n - 1, "", err
	case "replay":
		return 0, a.at(0), nil
	case "taken":
		return 0, "", conflictsOf(want.people, a[1:])
	}
	return 0, "", a.outcome()
}

// conflictsOf reads six parts for each conflict: the person's number, the kind, start, end, what, and for a hold until when and
// whose.
func conflictsOf(people []conference.PersonID, parts []string) error {
	found := &ConflictError{}
	for t := range slices.Chunk(parts, 6) {
		if len(t) < 6 {
			return fmt.Errorf("store: conflict %q", t)
		}
		i, err := strconv.Atoi(t[0])
		if err != nil || i < 1 || i > len(people) {
			return fmt.Errorf("store: conflict %q", t)
		}
		c := Conflict{Person: people[i-1], Kind: ConflictKind(t[1])}
		if c.Start, err = fromMilliseconds(t[2]); err == nil {
			c.End, err = fromMilliseconds(t[3])
		}
		switch c.Kind {
		case KindBooked:
			c.Conference = conference.ConferenceID(t[4])
		case KindHeld:
			c.Hold = HoldID(t[4])
			until, whose, _ := strings.Cut(t[5], " ")
			by, unit, _ := strings.Cut(whose, " ")
			c.By, c.Unit = conference.PersonID(by), conference.UnitID(unit)
			if err == nil {
				c.Until, err = fromMilliseconds(until)
			}
		case KindCap:
			if err == nil {
				c.Most, err = strconv.Atoi(t[4])
			}
		}
		if err != nil {
			return fmt.Errorf("store: conflict %q: %w", t, err)
		}
		found.Conflicts = append(found.Conflicts, c)
	}
	return found
}
