// Package redisd runs a private redis-server (or valkey-server) child for a single node that was given no REDIS_URL: one
// command and still durable. It refuses to know what is kept there; it uses go-redis for the health check and the clean
// stop only.
//
//	Start -> lock <dir>/lock -> child (unix socket, every write fsynced) -> ready
//	child dies  -> started again after a pause
//	we die      -> SIGTERM to the child (parent-death signal); it keeps the lock until it is gone
//	Stop        -> SHUTDOWN, lock released, nothing left running
//
// The lock is needed: two servers on one data directory both start and write to the same append-only file.
package redisd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// ErrNoBinary means that neither valkey-server nor redis-server is in PATH or beside our own binary.
var ErrNoBinary = errors.New("redisd: no valkey-server or redis-server is installed")

// ErrInUse means that another process runs on the data directory. The wrapped text names the directory.
var ErrInUse = errors.New("redisd: the data directory is in use")

// ErrNotRunning means that no server runs on the directory that Attach was given.
var ErrNotRunning = errors.New("redisd: no server runs on this directory")

// Config says where the data lies. A nil Logger discards.
type Config struct {
	Dir    string // made with mode 0700 when missing
	Logger *slog.Logger
}

// Daemon is a running private server. Its methods may be called from any goroutine. Whoever started it calls Stop.
type Daemon struct {
	url     string
	dir     string // empty for Memory
	binary  string
	socket  string
	tempDir string // made by us for a short socket path; empty otherwise
	log     *slog.Logger
	lock    *os.File
	memory  *miniredis.Miniredis

	stopOnce sync.Once
	stopping chan struct{}
	done     chan struct{} // closed when no child runs and none will be started again

	mu    sync.Mutex // guards child and err
	child *os.Process
	err   error
}

// Start locks cfg.Dir, starts the server and returns when it answers; it waits while the server loads its data. ctx bounds
// the start only: afterwards the server runs until Stop. Errors: ErrNoBinary, ErrInUse, or what the server said.
func Start(ctx context.Context, cfg Config) (*Daemon, error) {
	binary, err := findBinary()
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("redisd: directory %q: %w", cfg.Dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("redisd: make the data directory: %w", err)
	}
	d := &Daemon{binary: binary, dir: dir, log: cfg.Logger, stopping: make(chan struct{}), done: make(chan struct{})}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.lock, err = takeLock(ctx, dir); err != nil {
		return nil, err
	}
	if err := d.chooseSocket(); err != nil {
		d.release()
		return nil, err
	}
	ready := make(chan error, 1)
	go d.supervise(ready)
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = fmt.Errorf("redisd: start: %w", context.Cause(ctx))
	}
	if err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), killAfter)
		defer cancel()
		return nil, errors.Join(err, d.Stop(stopping))
	}
	return d, nil
}

// URL is where the server listens, in the form that store.Open takes.
func (d *Daemon) URL() string { return d.url }

// Done is closed when the server is gone for good: after Stop, or when it died again and again. Err then says why.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// Err is why the server is gone for good, nil while it runs and after a wanted Stop.
func (d *Daemon) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Stop ends the server cleanly and returns when it is gone; when ctx ends first it is killed. Calling it again waits for the
// same end.
func (d *Daemon) Stop(ctx context.Context) error {
	if d.memory != nil {
		d.stopOnce.Do(func() { d.memory.Close(); close(d.done) })
		return nil
	}
	var err error
	d.stopOnce.Do(func() {
		close(d.stopping)
		d.mu.Lock()
		child := d.child
		d.mu.Unlock()
		if child != nil {
			err = d.shutdown(ctx, child)
		}
		<-d.done
		d.release()
	})
	<-d.done
	return err
}

// release gives the directory back.
func (d *Daemon) release() {
	_ = os.Remove(filepath.Join(d.dir, addressFile))
	if d.tempDir != "" {
		_ = os.RemoveAll(d.tempDir)
	}
	_ = d.lock.Truncate(0)
	_ = d.lock.Close() // the child is gone, so this is the last holder
}

// killAfter is how long a server that must go is waited for.
const killAfter = 5 * time.Second
