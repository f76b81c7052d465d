package store

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// reachKept is how long it is remembered when somebody was last rung, and how far ahead quiet may last: as long as a consult.
const reachKept = consultKept

var (
	//go:embed reach_set.lua
	reachSetLua    string
	reachSetScript = redis.NewScript(reachSetLua)

	//go:embed present.lua
	presentLua    string
	presentScript = redis.NewScript(presentLua)
)

// Reach is what is kept about reaching a person. Zero times: never.
type Reach struct {
	QuietUntil time.Time // do not disturb
	LastRang   time.Time
}

func (s *Store) reachKey(person conference.PersonID) string { return s.core("reach:" + string(person)) }

func (s *Store) presentKey(person conference.PersonID) string {
	return s.core("present:" + string(person))
}

// SetQuiet keeps until when a person does not want to be disturbed and says so in the event stream; the zero time ends it.
func (s *Store) SetQuiet(ctx context.Context, person conference.PersonID, until time.Time) error {
	text := ""
	if !until.IsZero() {
		text = milliseconds(until)
	}
	return s.setReach(ctx, person, "quiet", text, "quiet")
}

// NoteRang keeps when somebody rang a person last. Nobody's page waits to hear of it.
func (s *Store) NoteRang(ctx context.Context, person conference.PersonID, at time.Time) error {
	return s.setReach(ctx, person, "rang", milliseconds(at), "")
}

func (s *Store) setReach(ctx context.Context, person conference.PersonID, field, text, what string) error {
	said, err := s.run(ctx, reachSetScript, []string{s.reachKey(person), s.eventsKey()}, field, text, reachKept.Milliseconds(), what, eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: %s of %s: %w", field, person, err)
	}
	return nil
}

// Reach returns what is kept about each of these people, the zero value for whom nothing is.
func (s *Store) Reach(ctx context.Context, people ...conference.PersonID) (map[conference.PersonID]Reach, error) {
	found := make(map[conference.PersonID]Reach, len(people))
	if len(people) == 0 {
		return found, nil
	}
	pipe := s.read.Pipeline()
	replies := make([]*redis.SliceCmd, len(people))
	for i, p := range people {
		replies[i] = pipe.HMGet(ctx, s.reachKey(p), "quiet", "rang")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("store: reach: %w", err)
	}
	for i, p := range people {
		var r Reach
		for field, at := range []*time.Time{&r.QuietUntil, &r.LastRang} {
			text, ok := replies[i].Val()[field].(string)
			if !ok {
				continue
			}
			var err error
			if *at, err = fromMilliseconds(text); err != nil {
				return nil, err
			}
		}
		found[p] = r
	}
	return found, nil
}

// NotePresent notes that these people have a page open on a node, and that it is so for as long as is said: the node says it
// again before that is over. When the node dies, they are gone by themselves.
func (s *Store) NotePresent(ctx context.Context, node string, people []conference.PersonID, lasting time.Duration) error {
	if lasting < time.Millisecond {
		return fmt.Errorf("store: presence for %s", lasting)
	}
	if len(people) == 0 {
		return nil
	}
	keys := make([]string, len(people))
	for i, p := range people {
		keys[i] = s.presentKey(p)
	}
	now := s.now()
	said, err := s.run(ctx, presentScript, keys, node, milliseconds(now), milliseconds(now.Add(lasting)))
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: note %d people as present: %w", len(people), err)
	}
	return nil
}

// NoteGone notes that a person's last page on a node is closed. What other nodes have noted stays.
func (s *Store) NoteGone(ctx context.Context, node string, person conference.PersonID) error {
	if err := s.write.ZRem(ctx, s.presentKey(person), node).Err(); err != nil {
		return fmt.Errorf("store: note %s as gone: %w", person, err)
	}
	return nil
}

// Present reports which of these people have a page open on any node.
func (s *Store) Present(ctx context.Context, people ...conference.PersonID) (map[conference.PersonID]bool, error) {
	now := milliseconds(s.now())
	found, err := s.countAll(ctx, people, func(pipe redis.Pipeliner, p conference.PersonID) *redis.IntCmd {
		return pipe.ZCount(ctx, s.presentKey(p), "("+now, "+inf")
	})
	if err != nil {
		return nil, fmt.Errorf("store: who is present: %w", err)
	}
	return found, nil
}

// countAll asks for a number for each person in one round trip and tells whose is not 0.
func (s *Store) countAll(
	ctx context.Context, people []conference.PersonID, count func(redis.Pipeliner, conference.PersonID) *redis.IntCmd,
) (map[conference.PersonID]bool, error) {
	found := make(map[conference.PersonID]bool, len(people))
	if len(people) == 0 {
		return found, nil
	}
	pipe := s.read.Pipeline()
	replies := make([]*redis.IntCmd, len(people))
	for i, p := range people {
		replies[i] = count(pipe, p)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	for i, p := range people {
		if replies[i].Val() > 0 {
			found[p] = true
		}
	}
	return found, nil
}
