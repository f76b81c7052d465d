package redisd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lockFile    = "lock"    // flocked by whoever runs on the directory; holds the supervisor's process id
	addressFile = "address" // path of the socket while a server runs
	socketFile  = "redis.sock"

	// maxSocketPath is below the 108 bytes of sun_path on Linux (unix(7)), with room for the final NUL.
	maxSocketPath = 100

	// orphanWait is how long the child of a killed parent may take to write its last bytes and end.
	orphanWait = 10 * time.Second
	lockPoll   = 20 * time.Millisecond
)

// takeLock locks dir for this process. The file is handed to the child as well, so that an orphaned child still holds the
// lock: such an orphan is waited for, a living owner is not.
func takeLock(ctx context.Context, dir string) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, orphanWait)
	defer cancel()
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("redisd: open the lock: %w", err)
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = file.Close()
			return nil, fmt.Errorf("redisd: lock %s: %w", dir, err)
		}
		if owner := lockOwner(file); owner > 0 && alive(owner) {
			_ = file.Close()
			return nil, fmt.Errorf("%w: %s is used by process %d", ErrInUse, dir, owner)
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("%w: %s is still held by the server of an earlier run", ErrInUse, dir)
		case <-time.After(lockPoll):
		}
	}
	if err := errors.Join(file.Truncate(0), writeAt(file, strconv.Itoa(os.Getpid()))); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("redisd: write the lock: %w", err)
	}
	return file, nil
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

// lockOwner reads the supervisor's process id, 0 when there is none.
func lockOwner(file *os.File) int {
	var text [20]byte
	n, _ := file.ReadAt(text[:], 0) // a short read is the rule
	pid, err := strconv.Atoi(string(text[:n]))
	if err != nil {
		return 0
	}
	return pid
}

// alive reports whether a process runs. EPERM means that it exists and is another user's. One that was killed and that
// nobody has waited for yet still has its number, but is dead (state Z in proc(5)).
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true // no /proc to look into
	}
	_, state, _ := strings.Cut(string(stat), ") ") // after "pid (name"
	return !strings.HasPrefix(state, "Z")
}

// chooseSocket puts the socket into the data directory, or into a short temporary one when that path is too long for a
// socket, and notes where for Attach.
func (d *Daemon) chooseSocket() error {
	d.socket = filepath.Join(d.dir, socketFile)
	if len(d.socket) > maxSocketPath {
		temp, err := os.MkdirTemp("", "samtale-")
		if err == nil && len(temp)+1+len(socketFile) > maxSocketPath {
			_ = os.Remove(temp)
			temp, err = os.MkdirTemp("/tmp", "samtale-")
		}
		if err != nil {
			return fmt.Errorf("redisd: directory for the socket: %w", err)
		}
		d.tempDir, d.socket = temp, filepath.Join(temp, socketFile)
	}
	if err := os.WriteFile(filepath.Join(d.dir, addressFile), []byte(d.socket), 0o600); err != nil {
		return fmt.Errorf("redisd: note the socket: %w", err)
	}
	d.url = socketURL(d.socket)
	return nil
}

func socketURL(path string) string {
	address := url.URL{Scheme: "unix", Path: path}
	return address.String()
}

// Attach returns the URL of the server that another process of ours runs on dir, so that a command line tool can work on
// the same store. Without one the error is ErrNotRunning.
func Attach(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("redisd: directory %q: %w", dir, err)
	}
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%w: %s", ErrNotRunning, dir)
	}
	if err != nil {
		return "", fmt.Errorf("redisd: open the lock: %w", err)
	}
	defer file.Close() // gives a lock taken below back at once
	if owner := lockOwner(file); owner <= 0 || !alive(owner) {
		return "", fmt.Errorf("%w: %s", ErrNotRunning, dir)
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return "", fmt.Errorf("%w: %s", ErrNotRunning, dir)
	}
	path, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrNotRunning, dir, err)
	}
	return socketURL(strings.TrimSpace(string(path))), nil
}
