package redisd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// helperDir, set in the environment, turns the test binary into the process that the tests kill.
const helperDir = "SAMTALE_TEST_REDISD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		os.Exit(writeUntilKilled(dir))
	}
	goleak.VerifyTestMain(m)
}

// writeUntilKilled starts a server on dir and prints the number of every write that was acknowledged.
func writeUntilKilled(dir string) int {
	ctx := context.Background()
	d, err := Start(ctx, Config{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: d.socket, MaxRetries: -1})
	for i := 0; ; i++ {
		if err := client.Set(ctx, "k"+strconv.Itoa(i), i, 0).Err(); err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println(i)
	}
}

// needServer skips where no server is installed; in CI that is a failure.
func needServer(t *testing.T) {
	t.Helper()
	if _, err := findBinary(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server must be installed in CI")
		}
		t.Skip("redis-server is not installed (apt install redis-server)")
	}
}

func start(t *testing.T, cfg Config) *Daemon {
	t.Helper()
	d, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return d
}

// connect returns a client that keeps trying while the server is away.
func connect(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries, options.MinRetryBackoff, options.MaxRetryBackoff = 100, 10*time.Millisecond, 100*time.Millisecond
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func serverPID(t *testing.T, client *redis.Client) int {
	t.Helper()
	info, err := client.Info(t.Context(), "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "process_id:")
	line, _, _ := strings.Cut(rest, "\r\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("no process id in %q", info)
	}
	return pid
}

func TestStartKeepsNothingRunning(t *testing.T) {
	needServer(t)
	dir := filepath.Join(t.TempDir(), "redis")
	d, err := Start(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	client := connect(t, d.URL())
	for name, want := range map[string]string{"appendonly": "yes", "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction", "port": "0"} {
		if got := client.ConfigGet(t.Context(), name).Val()[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if info, err := os.Stat(d.socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, mode %v, want 0600", err, info.Mode())
	}
	pid := serverPID(t, client)
	if err := client.Set(t.Context(), "kept", "yes", 0).Err(); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if alive(pid) {
		t.Errorf("process %d still runs after Stop", pid)
	}
	if err := d.Stop(t.Context()); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if d.Err() != nil {
		t.Errorf("Err after a wanted stop: %v", d.Err())
	}
	again := start(t, Config{Dir: dir})
	if got := connect(t, again.URL()).Get(t.Context(), "kept").Val(); got != "yes" {
		t.Errorf("after a clean restart kept=%q", got)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	needServer(t)
	dir := t.TempDir()
	start(t, Config{Dir: dir})
	_, err := Start(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("second start: %v, want ErrInUse naming %s", err, dir)
	}
}

func TestNoBinary(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := Start(t.Context(), Config{Dir: t.TempDir()}); !errors.Is(err, ErrNoBinary) {
		t.Errorf("without a binary: %v, want ErrNoBinary", err)
	}
}

// TestKilledParent kills the process that supervises and writes; the next start has every acknowledged write.
func TestKilledParent(t *testing.T) {
	needServer(t)
	dir := t.TempDir()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), helperDir+"="+dir)
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	acknowledged := -1
	for acknowledged < 300 && lines.Scan() {
		if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("helper: %s", lines.Text())
		}
	}
	address, err := Attach(dir)
	if err != nil {
		t.Fatalf("attach to the running server: %v", err)
	}
	orphan := serverPID(t, connect(t, address))
	if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("start beside the helper: %v, want ErrInUse", err)
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // what was acknowledged up to the kill
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			acknowledged = n
		}
	}
	d := start(t, Config{Dir: dir}) // before anybody has waited for the killed process
	_ = helper.Wait()
	client := connect(t, d.URL())
	if pid := serverPID(t, client); pid == orphan {
		t.Errorf("the orphan %d still serves", pid)
	}
	for i := 0; i <= acknowledged; i++ {
		if got := client.Get(t.Context(), "k"+strconv.Itoa(i)).Val(); got != strconv.Itoa(i) {
			t.Fatalf("k%d=%q after the crash, %d were acknowledged", i, got, acknowledged+1)
		}
	}
}

func TestDeadChildIsStartedAgain(t *testing.T) {
	needServer(t)
	d := start(t, Config{Dir: t.TempDir()})
	client := connect(t, d.URL())
	if err := client.Set(t.Context(), "kept", "yes", 0).Err(); err != nil {
		t.Fatal(err)
	}
	first := serverPID(t, client)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	got, err := client.Get(t.Context(), "kept").Result()
	if err != nil || got != "yes" {
		t.Errorf("after the child was killed: %q, %v", got, err)
	}
	if second := serverPID(t, client); second == first {
		t.Errorf("the killed server %d answers", first)
	}
}

func TestLongPathGetsAShortSocket(t *testing.T) {
	needServer(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("a long name with spaces/", 5))
	d := start(t, Config{Dir: dir})
	if len(d.socket) > maxSocketPath {
		t.Errorf("socket path has %d bytes: %s", len(d.socket), d.socket)
	}
	if err := connect(t, d.URL()).Ping(t.Context()).Err(); err != nil {
		t.Errorf("ping: %v", err)
	}
	if address, err := Attach(dir); err != nil || address != d.URL() {
		t.Errorf("attach: %q, %v, want %q", address, err, d.URL())
	}
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.tempDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary directory was left: %v", err)
	}
}

func TestAttachToNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Attach(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("empty directory: %v, want ErrNotRunning", err)
	}
	needServer(t)
	d := start(t, Config{Dir: dir})
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after Stop: %v, want ErrNotRunning", err)
	}
}

// TestUnreadableData: a server that cannot load its file says why, and the start fails instead of beginning empty.
func TestUnreadableData(t *testing.T) {
	needServer(t)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "appendonlydir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest"), []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := Start(t.Context(), Config{Dir: dir}); err == nil {
		_ = d.Stop(context.Background())
		t.Fatal("started on an unreadable file")
	} else if !strings.Contains(err.Error(), "ended") {
		t.Errorf("error does not say what happened: %v", err)
	}
}

// TestTornTail: a power loss may leave half a command at the end of the file. It is cut off, and the log says so.
func TestTornTail(t *testing.T) {
	needServer(t)
	dir := t.TempDir()
	d := start(t, Config{Dir: dir})
	if err := connect(t, d.URL()).Set(t.Context(), "whole", "yes", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof"))
	if len(files) != 1 {
		t.Fatalf("append-only files: %v", files)
	}
	file, err := os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(file, "*3\r\n$3\r\nSET\r\n$4\r\nto")
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	var warned lines
	again := start(t, Config{Dir: dir, Logger: slog.New(slog.NewTextHandler(&warned, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if got := connect(t, again.URL()).Get(t.Context(), "whole").Val(); got != "yes" {
		t.Errorf("whole=%q after the torn tail", got)
	}
	if !strings.Contains(warned.String(), "AOF") {
		t.Errorf("no warning about the truncated file: %q", warned.String())
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestMemory(t *testing.T) {
	d, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	client := connect(t, d.URL())
	if err := client.Set(t.Context(), "k", "v", 20*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	expired := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for client.Exists(t.Context(), "k").Val() == 1 {
		select {
		case <-expired:
			t.Fatal("a key in memory does not expire")
		case <-tick.C:
		}
	}
	_ = client.Close()
	options, _ := redis.ParseURL(d.URL())
	options.Password, options.MaxRetries = "", -1
	stranger := redis.NewClient(options)
	defer stranger.Close()
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("the in-memory store answers without its password")
	}
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-d.Done()
}
