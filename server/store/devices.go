package store

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// devicesMost is how many devices of one person are pushed to: every phone and PC of a busy ward, not every browser ever used.
const devicesMost = 10

var (
	//go:embed device_put.lua
	devicePutLua    string
	devicePutScript = redis.NewScript(devicePutLua)

	//go:embed device_drop.lua
	deviceDropLua    string
	deviceDropScript = redis.NewScript(deviceDropLua)

	//go:embed device_note.lua
	deviceNoteLua    string
	deviceNoteScript = redis.NewScript(deviceNoteLua)
)

// Device is a browser that may be pushed to when its page is closed (RFC 8030).
type Device struct {
	ID       string              `json:"id"` // hash of the endpoint; holds no colon
	Person   conference.PersonID `json:"person"`
	Sealed   string              `json:"sealed"` // endpoint and keys, encrypted: the store cannot read them
	Name     string              `json:"name"`
	Added    time.Time           `json:"added"`
	LastOK   time.Time           `json:"-"` // when a push was last taken; zero: never
	Failures int                 `json:"-"` // pushes in a row that were not
}

func (s *Store) devicesKey() string { return s.access("devices") }

func (s *Store) devicesOfKey(person conference.PersonID) string {
	return s.access("devices:" + string(person))
}

// PutDevice keeps a device. Kept again it has its new keys and what is known of its pushes stays. A browser belongs to one
// person: on a shared PC it leaves whoever had it before. Of more than devicesMost the one that was added first goes.
func (s *Store) PutDevice(ctx context.Context, d Device) error {
	if d.ID == "" || d.Person == "" || strings.Contains(d.ID, ":") {
		return fmt.Errorf("store: device %q of %q", d.ID, d.Person)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("store: device of %s: %w", d.Person, err)
	}
	for range retryChange { // the owner is read first, for a script must be told every key
		owner, err := s.read.HGet(ctx, s.devicesKey(), d.ID).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("store: keep a device of %s: %w", d.Person, err)
		}
		before := owner
		if before == string(d.Person) {
			before = ""
		}
		said, err := s.run(ctx, devicePutScript, []string{s.devicesKey(), s.devicesOfKey(d.Person), s.devicesOfKey(conference.PersonID(before))},
			d.ID, string(d.Person), owner, milliseconds(d.Added), text, devicesMost)
		if err == nil {
			err = said.outcome()
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, ErrRevision):
			return fmt.Errorf("store: keep a device of %s: %w", d.Person, err)
		}
	}
	return fmt.Errorf("store: keep a device of %s: %w", d.Person, errBusyEntity)
}

// Devices returns a person's devices, the one that was added last first.
func (s *Store) Devices(ctx context.Context, person conference.PersonID) ([]Device, error) {
	fields, err := s.read.HGetAll(ctx, s.devicesOfKey(person)).Result()
	if err != nil {
		return nil, fmt.Errorf("store: devices of %s: %w", person, err)
	}
	var devices []Device
	for id, entry := range fields {
		if strings.Contains(id, ":") {
			continue
		}
		d, err := deviceOf(entry, fields[id+":ok"], fields[id+":failed"])
		if err != nil {
			return nil, fmt.Errorf("store: devices of %s: %w", person, err)
		}
		devices = append(devices, d)
	}
	slices.SortFunc(devices, func(a, b Device) int { return cmp.Or(b.Added.Compare(a.Added), cmp.Compare(a.ID, b.ID)) })
	return devices, nil
}

func deviceOf(entry, ok, failed string) (Device, error) {
	var d Device
	_, text, _ := strings.Cut(entry, " ")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, err
	}
	var err error
	if ok != "" {
		if d.LastOK, err = fromMilliseconds(ok); err != nil {
			return d, err
		}
	}
	if failed != "" {
		d.Failures, err = strconv.Atoi(failed)
	}
	return d, err
}

// DropDevice forgets a device: its owner wants no pushes there, or the push service says that it is gone. Forgetting what is
// not there is no error.
func (s *Store) DropDevice(ctx context.Context, person conference.PersonID, id string) error {
	said, err := s.run(ctx, deviceDropScript, []string{s.devicesKey(), s.devicesOfKey(person)}, id, string(person))
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: drop a device of %s: %w", person, err)
	}
	return nil
}

// NoteDevice keeps how a push to a device went. Of a device that was dropped meanwhile nothing is kept.
func (s *Store) NoteDevice(ctx context.Context, person conference.PersonID, id string, ok bool, at time.Time) error {
	taken := ""
	if ok {
		taken = "1"
	}
	said, err := s.run(ctx, deviceNoteScript, []string{s.devicesOfKey(person)}, id, taken, milliseconds(at))
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: note a push to %s: %w", person, err)
	}
	return nil
}

// HasDevices reports which of these people have a device that can be pushed to.
func (s *Store) HasDevices(ctx context.Context, people ...conference.PersonID) (map[conference.PersonID]bool, error) {
	found, err := s.countAll(ctx, people, func(pipe redis.Pipeliner, p conference.PersonID) *redis.IntCmd {
		return pipe.HLen(ctx, s.devicesOfKey(p))
	})
	if err != nil {
		return nil, fmt.Errorf("store: who has devices: %w", err)
	}
	return found, nil
}
