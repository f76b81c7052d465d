package identity

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrWeakSecret is returned by LoadSecret for a file that holds fewer than 32 bytes.
var ErrWeakSecret = errors.New("identity: the secret is shorter than 32 bytes")

// ErrOpenSecret is returned by LoadSecret for a file that others than its owner can read or write.
var ErrOpenSecret = errors.New("identity: the secret's file is open to others (chmod 600)")

// LoadSecret reads the secret of personal links from the file at path, and makes it first, with mode 0600, where there is
// none. Of several processes that make it at once, one wins and all return the same. White space around it is not part of
// it. Losing the file only makes links that were mailed before useless. This is the one place in the package with I/O.
func LoadSecret(path string) ([]byte, error) {
	secret, err := readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := makeSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("identity: make the secret: %w", err)
	}
	return readSecret(path)
}

func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("identity: read the secret: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o", ErrOpenSecret, path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("identity: read the secret: %w", err)
	}
	secret := bytes.TrimSpace(data)
	if len(secret) < secretBytes {
		return nil, fmt.Errorf("%w: %s holds %d", ErrWeakSecret, path, len(secret))
	}
	return secret, nil
}

// makeSecret writes the whole file beside path and links it into place: a link never replaces what another process made.
func makeSecret(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".secret-") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	var b [tokenBytes]byte
	if _, err := rand.Read(b[:]); err != nil {
		return errors.Join(err, f.Close())
	}
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(b[:]) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
