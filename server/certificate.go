package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// rereadEvery is how often a handshake looks whether the certificate's files have changed: whoever renews it restarts nothing.
const rereadEvery = 10 * time.Second

// certificate is the server's, read again when its files change on disk. One that cannot be read leaves the last one standing.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time
	current           atomic.Pointer[tls.Certificate]

	mu      sync.Mutex
	looked  time.Time
	version string // of the files that were read last, well or not
}

func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	c.looked, c.version = c.now(), c.versionOfFiles()
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("SAMTALE_TLS_CERT, SAMTALE_TLS_KEY: %w", err)
	}
	return c, nil
}

// config speaks HTTP/2 and HTTP/1.1, TLS 1.2 and up.
func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
}

// get answers a handshake. One of them looks after the files, the others do not wait for it.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c.mu.TryLock() {
		defer c.mu.Unlock()
		c.reread()
	}
	return c.current.Load(), nil
}

// reread takes over files that have changed; a pair that is being replaced fits again at the next look.
func (c *certificate) reread() {
	now := c.now()
	if now.Sub(c.looked) < rereadEvery {
		return
	}
	c.looked = now
	version := c.versionOfFiles()
	if version == c.version {
		return
	}
	c.version = version
	if err := c.read(); err != nil {
		c.log.Error("the certificate's files have changed and are of no use; the last one stays", slog.Any("err", err))
		return
	}
	c.log.Info("certificate read again", slog.Time("until", c.current.Load().Leaf.NotAfter))
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	if left := pair.Leaf.NotAfter.Sub(c.now()); left < 7*24*time.Hour {
		c.log.Warn("the certificate ends soon, or has ended", slog.Time("until", pair.Leaf.NotAfter))
	}
	c.current.Store(&pair)
	return nil
}

// versionOfFiles changes when one of the files does.
func (c *certificate) versionOfFiles() (version string) {
	for _, path := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(path)
		if err != nil {
			version += err.Error()
			continue
		}
		version += fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size(), "\n")
	}
	return version
}
