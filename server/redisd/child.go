package redisd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	// longRun is how long a server must have run for its death to count as the first one again.
	longRun = time.Minute
	// mostDeaths in a row end the supervision: something is wrong that starting again does not mend.
	mostDeaths = 10
	readyPoll  = 10 * time.Millisecond
	// answerWithin is how long a server that is not loading may take from its start to its first answer.
	answerWithin = 15 * time.Second
)

// findBinary looks beside our own binary, as release archives are laid out, then in PATH.
func findBinary() (string, error) {
	names := []string{"valkey-server", "redis-server"}
	if own, err := os.Executable(); err == nil {
		for _, name := range names {
			if path, err := exec.LookPath(filepath.Join(filepath.Dir(own), "libexec", name)); err == nil {
				return path, nil
			}
		}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBinary
}

// supervise runs children one after the other until Stop. The parent-death signal belongs to the thread that forked
// (prctl(2), PR_SET_PDEATHSIG), so this goroutine keeps its thread for as long as a child lives.
func (d *Daemon) supervise(ready chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(d.done)
	pause, deaths := firstPause, 0
	for {
		began := time.Now()
		err := d.runChild(ready)
		ready = nil // only the first child reports to Start
		if d.isStopping() {
			return
		}
		if time.Since(began) > longRun {
			pause, deaths = firstPause, 0
		}
		if deaths++; deaths >= mostDeaths {
			d.mu.Lock()
			d.err = fmt.Errorf("redisd: the server died %d times in a row: %w", deaths, err)
			d.mu.Unlock()
			d.log.Error("private redis-server given up", slog.Any("err", err))
			return
		}
		d.log.Error("private redis-server died and is started again", slog.Any("err", err), slog.Duration("pause", pause))
		select {
		case <-d.stopping:
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

func (d *Daemon) isStopping() bool {
	select {
	case <-d.stopping:
		return true
	default:
		return false
	}
}

// runChild starts one server and returns when it has ended. ready, when not nil, learns whether it came up; a first child
// that does not come up is not tried again.
func (d *Daemon) runChild(ready chan<- error) error {
	_ = os.Remove(d.socket) // left by a server that was killed
	said := &output{log: d.log}
	cmd := exec.Command(d.binary, "-")
	cmd.Dir = d.dir
	cmd.Stdin = strings.NewReader(configuration(d.socket))
	cmd.Stdout, cmd.Stderr = said, said
	cmd.ExtraFiles = []*os.File{d.lock}
	// A group of its own keeps the terminal's Ctrl-C away from it: we drain first and stop it last.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}

	d.mu.Lock()
	if d.isStopping() {
		d.mu.Unlock()
		return nil
	}
	err := cmd.Start()
	if err == nil {
		d.child = cmd.Process
	}
	d.mu.Unlock()
	if err != nil {
		err = fmt.Errorf("redisd: start %s: %w", d.binary, err)
		report(ready, err)
		return err
	}
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		err := d.awaitReady(ended)
		if err != nil && !errors.Is(err, errEnded) {
			d.log.Error("private redis-server does not answer", slog.Any("err", err))
			_ = cmd.Process.Kill()
		}
		if err == nil {
			d.log.Debug("private redis-server ready", slog.Int("pid", cmd.Process.Pid))
			report(ready, nil)
		}
	})
	err = cmd.Wait()
	close(ended)
	watch.Wait()
	d.mu.Lock()
	d.child = nil
	d.mu.Unlock()
	err = fmt.Errorf("redisd: %s ended (%w): %s", filepath.Base(d.binary), orClean(err), said.lastLine())
	report(ready, err)
	return err
}

var (
	errEnded = errors.New("redisd: the server ended")
	errClean = errors.New("exit status 0")
)

func orClean(err error) error {
	if err == nil {
		return errClean
	}
	return err
}

// report tells Start once; later reports fall away.
func report(ready chan<- error, err error) {
	if ready == nil {
		return
	}
	select {
	case ready <- err:
	default:
	}
}

// client is for the health check and the stop only.
func (d *Daemon) client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Network: "unix", Addr: d.socket, MaxRetries: -1, PoolSize: 1, DialTimeout: time.Second, ReadTimeout: time.Second, ContextTimeoutEnabled: true,
		DialerRetries: 1, DisableIdentity: true, MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// awaitReady returns when the server answers. While it says LOADING there is no limit: a large file takes its time.
func (d *Daemon) awaitReady(ended <-chan struct{}) error {
	client := d.client()
	defer client.Close()
	began := time.Now()
	for {
		err := d.ping(client)
		switch {
		case err == nil:
			return nil
		case strings.HasPrefix(err.Error(), "LOADING"):
			began = time.Now()
		case time.Since(began) > answerWithin:
			return fmt.Errorf("redisd: no answer for %s: %w", answerWithin, err)
		}
		select {
		case <-ended:
			return errEnded
		case <-time.After(readyPoll):
		}
	}
}

// ping asks once. The socket is tried first by itself, for go-redis prints every failure to connect.
func (d *Daemon) ping(client *redis.Client) error {
	conn, err := net.Dial("unix", d.socket)
	if err != nil {
		return err
	}
	_ = conn.Close()
	return client.Ping(context.Background()).Err()
}

// shutdown ends the child: SHUTDOWN writes the last of the append-only file; then SIGTERM, which means the same; at the end
// of ctx SIGKILL.
func (d *Daemon) shutdown(ctx context.Context, child *os.Process) error {
	client := d.client()
	defer client.Close()
	if err := client.Shutdown(ctx).Err(); err != nil { // the closed connection of a successful one is no error
		_ = child.Signal(syscall.SIGTERM)
	}
	select {
	case <-d.done:
		return nil
	case <-ctx.Done():
	}
	if err := child.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("redisd: kill the server: %w", err)
	}
	<-d.done
	return fmt.Errorf("redisd: the server had to be killed: %w", context.Cause(ctx))
}

// configuration is given by stdin, so that no file of ours can be edited into something less safe by mistake.
func configuration(socket string) string {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(socket) + `"`
	return strings.Join([]string{
		"port 0", "unixsocket " + quoted, "unixsocketperm 600", "daemonize no", `logfile ""`, "databases 1",
		"appendonly yes", "appendfsync always", "aof-use-rdb-preamble yes", "aof-load-truncated yes", `save ""`,
		"maxmemory-policy noeviction", "",
	}, "\n")
}

// output passes the server's lines on to the log: warnings as such, the rest as debug.
type output struct {
	log *slog.Logger

	mu   sync.Mutex // guards rest and last
	rest []byte
	last string
}

// Write takes what the server prints.
func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rest = append(o.rest, data...)
	for {
		line, rest, whole := bytes.Cut(o.rest, []byte("\n"))
		if !whole {
			break
		}
		o.rest = rest
		if text := strings.TrimSpace(string(line)); text != "" {
			o.last = text
			o.pass(text)
		}
	}
	return len(data), nil
}

// pass sorts a line. A truncated append-only file must be seen by somebody: the last write of a power loss is gone.
func (o *output) pass(line string) {
	level := slog.LevelDebug
	if strings.Contains(line, "Truncating the AOF") || strings.Contains(line, "truncated") {
		level = slog.LevelWarn
	}
	o.log.Log(context.Background(), level, "private redis-server", slog.String("line", line))
}

func (o *output) lastLine() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}
