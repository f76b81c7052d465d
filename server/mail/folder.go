package mail

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxKept is how many mails stay; the oldest go first. A demo of a day writes some hundred.
const maxKept = 500

const (
	suffix     = ".eml"
	unfinished = ".unfinished-"
)

// folder is a directory of .eml files, named by the time they came so that names sort by age. The files are the truth:
// one that is put in or taken out by hand shows.
type folder struct {
	dir string
	log *slog.Logger

	mu     sync.Mutex // guards parsed and the order of writes
	last   int64      // the newest name's time: names grow even when the clock does not
	parsed map[string]Received
}

// openFolder makes dir when it is missing and clears away what a crash left half written.
func openFolder(dir string, log *slog.Logger) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail: make the folder: %w", err)
	}
	f := &folder{dir: dir, log: log, parsed: map[string]Received{}}
	left, err := filepath.Glob(filepath.Join(dir, unfinished+"*"))
	if err != nil {
		return nil, fmt.Errorf("mail: look into the folder: %w", err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("mail: clear the folder: %w", err)
		}
	}
	ids, err := f.ids()
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		f.last = timeOf(ids[len(ids)-1]).UnixNano()
	}
	return f, nil
}

// ids lists the kept mails, oldest first.
func (f *folder) ids() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("mail: list the folder: %w", err)
	}
	var ids []string
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), suffix)
		if ok && e.Type().IsRegular() && !timeOf(id).IsZero() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// keep writes one mail whole or not at all, with the trace of RFC 5321 section 4.4 above it, and lets the oldest go.
func (f *folder) keep(from string, to []string, data []byte, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = max(f.last+1, now.UnixNano())
	id := fmt.Sprintf("%020d-%s", f.last, strings.ToLower(rand.Text()[:8]))
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", from)
	for _, address := range to {
		fmt.Fprintf(&b, "Delivered-To: %s\r\n", address)
	}
	fmt.Fprintf(&b, "Received: by localhost with ESMTP id %s; %s\r\n", id, now.Format(time.RFC1123Z))
	b.Write(data)
	if err := f.write(id+suffix, b.Bytes()); err != nil {
		return fmt.Errorf("mail: keep a message: %w", err)
	}
	return f.letGo()
}

func (f *folder) write(name string, data []byte) error {
	file, err := os.CreateTemp(f.dir, unfinished) // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.dir, name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

func (f *folder) letGo() error {
	ids, err := f.ids()
	if err != nil {
		return err
	}
	for _, id := range ids[:max(0, len(ids)-maxKept)] {
		delete(f.parsed, id)
		if err := os.Remove(filepath.Join(f.dir, id+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("mail: let an old message go: %w", err)
		}
	}
	return nil
}

// messages returns the kept mails, newest first. A file that cannot be read as a mail is left out and said once.
func (f *folder) messages() ([]Received, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids, err := f.ids()
	if err != nil {
		return nil, err
	}
	found := make([]Received, 0, len(ids))
	for _, id := range slices.Backward(ids) {
		r, ok := f.parsed[id]
		if !ok {
			if r, err = f.read(id); err != nil {
				f.log.Warn("kept mail not readable", slog.String("id", id), slog.Any("err", err))
			}
			f.parsed[id] = r
		}
		if r.ID != "" {
			found = append(found, r)
		}
	}
	return found, nil
}

func (f *folder) read(id string) (Received, error) {
	path := filepath.Join(f.dir, id+suffix)
	info, err := os.Stat(path)
	if err != nil {
		return Received{}, err
	}
	if info.Size() > 2*maxMessage {
		return Received{}, fmt.Errorf("mail: a file of %d bytes", info.Size())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Received{}, err
	}
	r, err := parseReceived(data)
	if err != nil {
		return Received{}, err
	}
	r.ID, r.At = id, timeOf(id)
	return r, nil
}

// timeOf reads the time in an id; zero when it is not one of ours.
func timeOf(id string) time.Time {
	digits, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || len(digits) != 20 || n <= 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
