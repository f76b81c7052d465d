package store

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/redisd"
)

const (
	historyRound   = 20_000 // operations, on a server of its own
	historyWriters = 24
	roundKills     = 3 // of the server, and as many of a writing process
)

// TestHistory lets many writers do random things to the same few people while their requests are given up, their lines are cut,
// their processes are killed and the server is killed too. What each meant to do and was told is logged; afterwards the log is
// held against the store: nobody was booked twice at any instant, nothing is there in part, nothing that was acknowledged is
// gone. SAMTALE_HISTORY_OPS sets how many operations, 20,000 when it is empty.
func TestHistory(t *testing.T) {
	want := historyRound
	if text := os.Getenv("SAMTALE_HISTORY_OPS"); text != "" {
		want = must[int](t)(strconv.Atoi(text))
	}
	total, done, began := map[string]int{}, 0, time.Now()
	for round := 0; done < want && !t.Failed(); round++ {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) { done += historyOf(t, min(historyRound, want-done), total) })
		if round%10 == 9 {
			t.Logf("%d operations in %s", done, time.Since(began).Round(time.Second))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%8d %s", total[what], what)
	}
	t.Logf("%d operations in %s", done, time.Since(began).Round(time.Second))
}

// historyOf plays one round and returns how many operations it had.
func historyOf(t *testing.T, ops int, total map[string]int) int {
	dir := t.TempDir()
	daemon, err := redisd.Start(t.Context(), redisd.Config{Dir: filepath.Join(dir, "redis")})
	needServer(t, err)
	defer func() {
		if err := daemon.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	b := openBench(t, daemon.URL(), nil)
	for i := range caseCount {
		must[conference.Case](t)(b.CreateCase(t.Context(), newCase(conference.CaseID(fmt.Sprint("c_", i)), fmt.Sprint("CODE", i)), Idempotency{}))
	}
	line := newRoughLine(t, strings.TrimPrefix(daemon.URL(), "unix://"))
	log := must[*historyLog](t)(openHistory(filepath.Join(dir, "log")))
	var writers, others sync.WaitGroup
	over, stop := context.WithCancel(t.Context())
	list := b.writersOn(t, line, log)
	line.rough.Store(true)
	for _, w := range list {
		writers.Go(func() {
			for log.ops.Load() < int64(ops) {
				w.step(t.Context())
			}
		})
	}
	paths, killed := []string{log.file.Name()}, make(chan struct{})
	others.Go(func() {
		for i := range roundKills {
			path := filepath.Join(dir, fmt.Sprint("log-", i))
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Error(err)
			}
			paths = append(paths, path)
			killWriter(t, b, path, 200+rand.IntN(400))
		}
	})
	others.Go(func() { // the server dies when a quarter, a half and three quarters are done
		defer close(killed)
		for i := range roundKills {
			log.await(over, int64(ops*(i+1)/(roundKills+1)))
			b.kill(t)
		}
	})
	var looks atomic.Int64
	others.Go(func() {
		for n := int64(0); over.Err() == nil; n += 500 {
			log.await(over, n)
			b.look(t, &looks)
		}
	})
	writers.Wait()
	<-killed
	stop()
	others.Wait()
	var history []attempt
	for i, path := range paths {
		history = append(history, readHistory(t, path)...)
		if i == 0 {
			total["operations of processes that were killed"] -= len(history)
		}
	}
	total["operations of processes that were killed"] += len(history)
	v := checkHistory(history, b.outcome(t))
	for _, fault := range v.faults {
		t.Error(fault)
	}
	for what, n := range v.counts {
		total[what] += n
	}
	total["looks at the whole store"] += int(looks.Load())
	total["answers cut off"] += int(line.cuts.Load())
	return len(history)
}

// writersOn opens the stores of all writers of this process; half of them are at the end of a rough line.
func (b bench) writersOn(t *testing.T, line *roughLine, log *historyLog) []*historyWriter {
	t.Helper()
	shared := newPool()
	list := make([]*historyWriter, historyWriters)
	for i := range list {
		address := b.url
		if i%2 == 0 {
			address = "redis://" + line.listener.Addr().String()
		}
		list[i] = &historyWriter{
			s: open(t, address, Options{Tag: b.tag}), log: log, pool: shared, r: rand.New(rand.NewPCG(rand.Uint64(), 2)), name: fmt.Sprint("w", i),
			back: pinger(t, b.url),
		}
	}
	return list
}

// await returns when n operations were answered, or when ctx ends.
func (l *historyLog) await(ctx context.Context, n int64) {
	for l.ops.Load() < n && ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		<-wait.Done()
		cancel()
	}
}

// killWriter starts a process that writes and kills it after about so many operations.
func killWriter(t *testing.T, b bench, path string, ops int) {
	child := exec.Command(os.Args[0], "-test.run=^TestHistoryWriter$")
	child.Env = append(os.Environ(), fmt.Sprintf("SAMTALE_HISTORY_WRITER=%s %s %s", b.url, b.tag, path))
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Error(err)
		return
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, text, ok := strings.Cut(lines.Text(), "ops "); ok {
			if n, err := strconv.Atoi(text); err == nil && n >= ops {
				break
			}
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
}

// lookLua returns, at one instant, all reservations of the people, and the meetings for which they are.
var lookLua = redis.NewScript(`
local seen, all = {}, {}
for _, k in ipairs(KEYS) do
  local list = redis.call('ZRANGE', k, 0, -1, 'WITHSCORES')
  all[#all + 1] = list
  for i = 1, #list, 2 do seen[string.match(list[i], '|(.*)$')] = true end
end
local meetings = {}
for id in pairs(seen) do meetings[#meetings + 1] = redis.call('HGET', ARGV[1] .. id, 'json') end
return {all, meetings}`)

// look checks the reservations against the meetings while everything is going on.
func (b bench) look(t *testing.T, looks *atomic.Int64) {
	o := outcome{meetings: map[string]conference.Conference{}, busy: map[conference.PersonID][]reservation{}, mails: map[string]int{}}
	keys := make([]string, crowdSize)
	for i := range keys {
		keys[i] = b.busyKey(crowdPerson(i))
	}
	said, err := lookLua.Run(t.Context(), b.read, keys, b.conferenceKey("")).Slice()
	if err != nil {
		return // the server is just being killed
	}
	for i, list := range said[0].([]any) {
		for pair := range slices.Chunk(list.([]any), 2) {
			r, err := parseReservation(pair[0].(string), pair[1].(string))
			if err != nil {
				t.Error(err)
			}
			o.busy[crowdPerson(i)] = append(o.busy[crowdPerson(i)], r)
		}
	}
	for _, text := range said[1].([]any) {
		var c conference.Conference
		if err := json.Unmarshal([]byte(text.(string)), &c); err != nil {
			t.Error(err)
		}
		o.meetings[string(c.ID)] = c
		for sequence := range c.Sequence + 1 { // mails are counted at the end
			o.mails[fmt.Sprint(c.ID, " ", sequence)] = 1
		}
		c.Case = ""
		c.Revision = int64(c.Sequence) + 1
		o.meetings[string(c.ID)] = c
	}
	var v verdict
	checkWhole(&v, o)
	for _, fault := range v.faults {
		t.Error("while it ran: ", fault)
	}
	looks.Add(1)
}

// outcome reads everything that the check needs.
func (b bench) outcome(t *testing.T) outcome {
	ctx := t.Context()
	o := outcome{meetings: map[string]conference.Conference{}, busy: map[conference.PersonID][]reservation{}, mails: map[string]int{}, cases: map[string][]string{}}
	client := rawClient(t, b.url)
	keys := client.Scan(ctx, 0, b.conferenceKey("*"), 1000).Iterator()
	for keys.Next(ctx) {
		c := must[conference.Conference](t)(b.Conference(ctx, conference.ConferenceID(strings.TrimPrefix(keys.Val(), b.conferenceKey("")))))
		o.meetings[string(c.ID)] = c
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	people := crowd(1<<crowdSize - 1).people()
	for i, list := range must[[][]reservation](t)(b.reservations(ctx, people, noon.Add(-time.Hour), noon.Add(1000*time.Hour))) {
		o.busy[people[i]] = list
	}
	for _, m := range must[[]redis.XMessage](t)(client.XRange(ctx, b.outboxKey(), "-", "+").Result()) {
		var row OutboxMail
		if err := json.Unmarshal([]byte(m.Values["row"].(string)), &row); err != nil {
			t.Fatal(err)
		}
		o.mails[fmt.Sprint(row.Conference, " ", row.Sequence)]++
	}
	for i := range caseCount {
		c := must[conference.Case](t)(b.Case(ctx, conference.CaseID(fmt.Sprint("c_", i))))
		for _, id := range c.Conferences {
			o.cases[string(c.ID)] = append(o.cases[string(c.ID)], string(id))
		}
	}
	return o
}

// roughLine passes requests on and now and then is cut: before a request arrives, or before its answer does.
type roughLine struct {
	listener net.Listener
	server   string
	group    sync.WaitGroup
	rough    atomic.Bool
	cuts     atomic.Int64
}

func newRoughLine(t *testing.T, server string) *roughLine {
	t.Helper()
	l := &roughLine{listener: must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0")), server: server}
	l.group.Go(func() {
		for {
			client, err := l.listener.Accept()
			if err != nil {
				return
			}
			l.group.Go(func() { l.serve(client) })
		}
	})
	t.Cleanup(func() { // after those of the stores at the other end, which are opened later
		_ = l.listener.Close()
		l.group.Wait()
	})
	return l
}

func (l *roughLine) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", l.server)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	pass := func(to, from net.Conn, oneIn int) {
		defer client.Close()
		defer server.Close()
		for packet := make([]byte, 1<<16); ; {
			n, err := from.Read(packet)
			if err != nil {
				return
			}
			if l.rough.Load() && rand.IntN(oneIn) == 0 {
				l.cuts.Add(1)
				return
			}
			if _, err := to.Write(packet[:n]); err != nil {
				return
			}
		}
	}
	both.Go(func() { pass(server, client, 400) })
	both.Go(func() { pass(client, server, 200) })
	both.Wait()
}
