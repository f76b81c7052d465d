package store

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

//go:embed duty_put.lua
var dutyPutLua string

var dutyPutScript = redis.NewScript(dutyPutLua)

func (s *Store) dutiesKey() string { return s.core("duties") }

// PutDeclaration keeps that somebody said "I am in" or "I am out", until it ends, and says so in the event stream. It replaces
// what they said before about this role. It lives from At to Until, counted from now, whatever the server's clock says.
func (s *Store) PutDeclaration(ctx context.Context, d duty.Declaration) error {
	left := d.Until.Sub(d.At)
	if left < time.Millisecond {
		return fmt.Errorf("store: declaration of %s ends before it begins", d.Person)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("store: declaration of %s: %w", d.Person, err)
	}
	what := "out"
	if d.In {
		what = "in"
	}
	return s.putDuty(ctx, d.Covers, d.Person, milliseconds(s.now().Add(left))+" "+string(text), what)
}

// DropDeclaration forgets what a person said about a role: the plan holds again. Forgetting what is not there is no error.
func (s *Store) DropDeclaration(ctx context.Context, covers conference.RoleAt, person conference.PersonID) error {
	return s.putDuty(ctx, covers, person, "", "plan")
}

func (s *Store) putDuty(ctx context.Context, covers conference.RoleAt, person conference.PersonID, entry, what string) error {
	said, err := s.run(ctx, dutyPutScript, []string{s.dutiesKey(), s.eventsKey()},
		covers.String()+" "+string(person), entry, milliseconds(s.now()), what, string(covers.Unit), eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: declaration of %s: %w", person, err)
	}
	return nil
}

// Declarations returns what people have said about these roles and what has not ended, by role and person.
func (s *Store) Declarations(ctx context.Context, covers ...conference.RoleAt) ([]duty.Declaration, error) {
	all, err := s.AllDeclarations(ctx)
	return slices.DeleteFunc(all, func(d duty.Declaration) bool { return !slices.Contains(covers, d.Covers) }), err
}

// AllDeclarations returns what people have said about any role and what has not ended, by role and person.
func (s *Store) AllDeclarations(ctx context.Context) ([]duty.Declaration, error) {
	entries, err := s.read.HVals(ctx, s.dutiesKey()).Result()
	if err != nil {
		return nil, fmt.Errorf("store: declarations: %w", err)
	}
	now := s.now()
	declared := make([]duty.Declaration, 0, len(entries))
	for _, entry := range entries {
		ends, text, _ := strings.Cut(entry, " ")
		end, err := fromMilliseconds(ends)
		if err != nil {
			return nil, err
		}
		if !end.After(now) {
			continue
		}
		var d duty.Declaration
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return nil, fmt.Errorf("store: declaration: %w", err)
		}
		declared = append(declared, d)
	}
	slices.SortFunc(declared, func(a, b duty.Declaration) int {
		return cmp.Or(cmp.Compare(a.Covers.String(), b.Covers.String()), cmp.Compare(a.Person, b.Person))
	})
	return declared, nil
}
