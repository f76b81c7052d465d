package compare

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// answer is the busy time of a feed: merged and clipped, tentative without what is busy.
type answer struct{ busy, tentative []calendar.Interval }

func (a answer) String() string {
	var b strings.Builder
	for _, list := range []struct {
		name  string
		spans []calendar.Interval
	}{{"busy", a.busy}, {"tentative", a.tentative}} {
		for _, i := range list.spans {
			fmt.Fprintf(&b, "%s %s/%s\n", list.name, i.Start.Format("Mon 0102T150405"), i.End.Format("0102T150405"))
		}
	}
	return b.String()
}

// without returns the answer outside of the spans.
func (a answer) without(spans []calendar.Interval) answer {
	return answer{calendar.Subtract(a.busy, spans), calendar.Subtract(a.tentative, spans)}
}

// partner is another engine in a child process. It answers one feed at a time.
type partner struct {
	name    string
	command []string
	child   *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	spent   time.Duration // the processor's time for all answers, where the partner tells
}

// errPartner is what an engine says of a feed that it does not read, or that has ended it.
var errPartner = errors.New("not read")

// read asks the partner what calendar.Read is asked. An error that is errPartner is an answer: the engine refuses the feed,
// or died of it and has been started again.
func (p *partner) read(feed []byte, window span) (answer, error) {
	if _, err := fmt.Fprintf(p.in, "%d %d %d %s\n%s", window.start.Unix(), window.end.Unix(), len(feed), owner, feed); err != nil {
		return answer{}, fmt.Errorf("asking %s: %w", p.name, err)
	}
	var a answer
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			died := p.child.Wait()
			if err := p.start(); err != nil {
				return answer{}, err
			}
			return answer{}, fmt.Errorf("%s: %w: %w", p.name, errPartner, died)
		}
		var kind string
		var start, end int64
		n, _ := fmt.Sscan(line, &kind, &start, &end)
		span := calendar.Interval{Start: time.Unix(start, 0).UTC(), End: time.Unix(end, 0).UTC()}
		switch {
		case kind == "done":
			p.spent += time.Duration(start) * time.Microsecond
			within := calendar.Interval{Start: window.start, End: window.end}
			busy := calendar.Clip(a.busy, within)
			return answer{busy, calendar.Subtract(calendar.Clip(a.tentative, within), busy)}, nil
		case kind == "error":
			return answer{}, fmt.Errorf("%s: %w: %s", p.name, errPartner, strings.TrimSpace(line))
		case kind == "busy" && n == 3:
			a.busy = append(a.busy, span)
		case kind == "tentative" && n == 3:
			a.tentative = append(a.tentative, span)
		default:
			return answer{}, fmt.Errorf("%s: %q is no answer", p.name, line)
		}
	}
}

// run starts a partner, which ends when the test does.
func run(t testing.TB, name string, command ...string) *partner {
	t.Helper()
	p := &partner{name: name, command: command}
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.in.Close() // it ends when there is nothing more to read
		if err := p.child.Wait(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return p
}

func (p *partner) start() error {
	p.child = exec.Command(p.command[0], p.command[1:]...)
	p.child.Stderr = os.Stderr
	in, err := p.child.StdinPipe()
	if err != nil {
		return err
	}
	out, err := p.child.StdoutPipe()
	if err != nil {
		return err
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := p.child.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	return nil
}

// missing skips a test whose partner is not installed; in CI, where scripts/setup has run, it fails.
func missing(t testing.TB, what, install string) {
	t.Helper()
	text := fmt.Sprintf("%s is missing; scripts/setup test installs it (Debian: %s)", what, install)
	if os.Getenv("CI") != "" {
		t.Fatal(text)
	}
	t.Skip(text)
}

// libical builds the C program and starts it.
func libical(t testing.TB) *partner {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		missing(t, "a C compiler", "gcc libc6-dev")
	}
	header := exec.Command(cc, "-E", "-x", "c", "-include", "libical/ical.h", os.DevNull)
	if err := header.Run(); err != nil {
		missing(t, "libical", "libical-dev")
	}
	program := filepath.Join(t.TempDir(), "busy")
	build := exec.Command(cc, "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, filepath.Join("testdata", "libical", "busy.c"), "-lical")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building on libical: %v\n%s", err, text)
	}
	return run(t, "libical", program)
}

// recurring starts python3-recurring-ical-events, on the first Python that has it.
func recurring(t testing.TB) *partner {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} { // a Python of one's own does not see Debian's packages
		if exec.Command(python, "-c", "import recurring_ical_events").Run() == nil {
			return run(t, "recurring-ical-events", python, filepath.Join("testdata", "rie", "busy.py"))
		}
	}
	missing(t, "recurring-ical-events", "python3-recurring-ical-events")
	return nil
}
