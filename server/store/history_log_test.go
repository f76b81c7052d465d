package store

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// The world of the histories: so few people and hours that writers meet all the time.
const (
	crowdSize  = 24
	slotCount  = 160
	slotLength = 15 * time.Minute
	weekCap    = 30
	caseCount  = 40
	livingGoal = 60 // meetings; with more of them more are cancelled
)

// crowd is a set of the people of a history.
type crowd uint32

func (c crowd) has(i int) bool { return c&(1<<i) != 0 }

func (c crowd) people() []conference.PersonID {
	var list []conference.PersonID
	for i := range crowdSize {
		if c.has(i) {
			list = append(list, crowdPerson(i))
		}
	}
	return list
}

func crowdPerson(i int) conference.PersonID { return conference.PersonID(fmt.Sprintf("p_%02d", i)) }

func crowdOf(people []conference.PersonID) crowd {
	var c crowd
	for _, p := range people {
		var i int
		if _, err := fmt.Sscanf(string(p), "p_%d", &i); err == nil {
			c |= 1 << i
		}
	}
	return c
}

func slotTime(i int) time.Time { return noon.Add(time.Duration(i) * slotLength) }
func slotOf(t time.Time) int   { return int(t.Sub(noon) / slotLength) }

// standing is what a meeting or hold is at one revision.
type standing struct {
	Rev        int64 `json:"r,omitempty"`
	Start, End int   `json:",omitempty"` // slots
	People     crowd `json:"p,omitempty"`
	Cancelled  bool  `json:"x,omitempty"`
}

func standingOf(c conference.Conference) standing {
	return standing{Rev: c.Revision, Start: slotOf(c.Start), End: slotOf(c.End), People: crowdOf(staffOf(c)), Cancelled: c.State == conference.Cancelled}
}

// attempt is one request of a writer: first logged with what it wants, then again with what it was told. Times are microseconds
// of the machine's clock, which all processes share.
type attempt struct {
	N     int64    `json:"n"`
	Kind  string   `json:"o,omitempty"`
	Key   string   `json:"k,omitempty"` // of idempotency: the same in a repetition
	ID    string   `json:"i,omitempty"` // meeting or hold
	Want  standing `json:"w,omitzero"`  // Rev is the one expected
	Casts []crowd  `json:"c,omitempty"`
	Out   crowd    `json:"l,omitempty"`
	Hold  string   `json:"h,omitempty"` // used up by it
	For   string   `json:"m,omitempty"` // the meeting that a hold is for: they are not in each other's way
	Began int64    `json:"b,omitempty"`

	Said  string   `json:"s,omitempty"` // "ok", "lost" when nobody knows, else how it was refused
	GotID string   `json:"j,omitempty"`
	Got   standing `json:"g,omitzero"`
	Until int64    `json:"u,omitempty"` // of a hold
	Named named    `json:"f,omitzero"`
	Ended int64    `json:"e,omitempty"`

	extended int // how often a granted hold was extended
}

// named is the first conflict that a refusal told of.
type named struct {
	Kind, ID   string `json:",omitempty"`
	Start, End int    `json:",omitempty"`
}

// historyLog is written with one call for each line, so that what a killed process meant to do is there.
type historyLog struct {
	mu   sync.Mutex // guards file
	file *os.File
	n    atomic.Int64
	ops  atomic.Int64 // answered
}

func openHistory(path string) (*historyLog, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &historyLog{file: file}, err
}

func (l *historyLog) write(a attempt) {
	line, err := json.Marshal(a)
	if err == nil {
		l.mu.Lock()
		_, err = l.file.Write(append(line, '\n'))
		l.mu.Unlock()
	}
	if err != nil {
		panic(err) // a history with a hole proves nothing
	}
}

// pool is the meetings that the writers of one process know of, as they were when one of them last heard of them.
type pool struct {
	mu    sync.Mutex // guards the rest
	ids   []conference.ConferenceID
	known map[conference.ConferenceID]standing
}

func newPool() *pool { return &pool{known: map[conference.ConferenceID]standing{}} }

// learn notes what a meeting is; one that is new to the pool is added.
func (p *pool) learn(id conference.ConferenceID, now standing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.known[id]; !known {
		p.ids = append(p.ids, id)
	}
	p.known[id] = now
}

func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ids)
}

func (p *pool) get(id conference.ConferenceID) (standing, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was, ok := p.known[id]
	return was, ok
}

// pick returns a random meeting; take removes it.
func (p *pool) pick(r *rand.Rand, take bool) (conference.ConferenceID, standing, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ids) == 0 {
		return "", standing{}, false
	}
	i := r.IntN(len(p.ids))
	id := p.ids[i]
	was := p.known[id]
	if take {
		p.ids[i] = p.ids[len(p.ids)-1]
		p.ids = p.ids[:len(p.ids)-1]
		delete(p.known, id)
	}
	return id, was, true
}

// readHistory puts what was wanted and what was told together. A request that was never answered counts as lost.
func readHistory(t *testing.T, path string) []attempt {
	t.Helper()
	file := must[*os.File](t)(os.Open(path))
	defer file.Close()
	at := map[int64]int{}
	var list []attempt
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var a attempt
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		i, known := at[a.N]
		if !known {
			at[a.N] = len(list)
			a.Said, a.Ended = "lost", math.MaxInt64
			list = append(list, a)
			continue
		}
		x := &list[i]
		x.Said, x.GotID, x.Got, x.Until, x.Named, x.Ended = a.Said, a.GotID, a.Got, a.Until, a.Named, a.Ended
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
