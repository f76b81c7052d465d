package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/mail"
	"github.com/samtale/samtale/server/redisd"
	"github.com/samtale/samtale/server/region"
	"github.com/samtale/samtale/server/store"
	"github.com/samtale/samtale/signaling"
)

// stopWithin is how long a clean end may take: calls are told, the ledger is written, the store is stopped.
const stopWithin = 4 * time.Second

// Run serves until ctx ends and returns when all that it started has ended.
func Run(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	return run(ctx, cfg, log, os.Stdout, func() {})
}

// run says on out what a person at the terminal should know, and calls ready once requests are answered.
func run(ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer, ready func()) error {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	kept, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer kept.close()
	secret, err := secretOf(cfg)
	if err != nil {
		return err
	}
	running, drain := context.WithCancel(context.WithoutCancel(ctx))
	defer drain()
	s := newServer(running, cfg, log, kept.store, kept.ephemeral, secret)
	s.out = out
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.serve(ctx, drain, ready, kept.watch)
}

// keptStore is an open store and what must be closed with it.
type keptStore struct {
	store     *store.Store
	ephemeral bool
	close     func()
	watch     func(context.Context) error // returns when ctx ends, or why the private server is gone for good
}

// openStore takes REDIS_URL, else a private redis-server child, else memory with a loud word about it.
func openStore(ctx context.Context, cfg config.Config, log *slog.Logger) (keptStore, error) {
	if cfg.RedisURL != "" {
		st, err := store.Open(ctx, cfg.RedisURL, store.Options{})
		if err != nil {
			return keptStore{}, fmt.Errorf("store at REDIS_URL: %w", err)
		}
		return keptStore{store: st, close: func() { _ = st.Close() }, watch: func(ctx context.Context) error { <-ctx.Done(); return nil }}, nil
	}
	daemon, err := redisd.Start(ctx, redisd.Config{Dir: filepath.Join(cfg.DataDir, "redis"), Logger: log})
	ephemeral := errors.Is(err, redisd.ErrNoBinary)
	switch {
	case errors.Is(err, redisd.ErrInUse):
		return keptStore{}, fmt.Errorf("the data directory %s is in use by another samtale: stop that one, or choose another SAMTALE_DATA_DIR", cfg.DataDir)
	case ephemeral && cfg.Production:
		return keptStore{}, errors.New("no redis-server or valkey-server is installed and REDIS_URL is not set: refused with SAMTALE_ENV=production, for nothing would be kept")
	case ephemeral:
		log.Warn("NOTHING IS KEPT: no redis-server or valkey-server is installed; the store is in memory. Install one (apt install redis-server) or set REDIS_URL")
		daemon, err = redisd.Memory()
	}
	if err != nil {
		return keptStore{}, fmt.Errorf("private redis-server: %w", err)
	}
	stop := func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		if err := daemon.Stop(stopping); err != nil {
			log.Warn("private redis-server not stopped cleanly", slog.Any("err", err))
		}
	}
	st, err := store.Open(ctx, daemon.URL(), store.Options{})
	if err != nil {
		stop()
		return keptStore{}, fmt.Errorf("private store: %w", err)
	}
	watch := func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case <-daemon.Done():
			return daemon.Err()
		}
	}
	return keptStore{store: st, ephemeral: ephemeral, close: func() { _ = st.Close(); stop() }, watch: watch}, nil
}

// secretOf returns what personal links are derived from.
func secretOf(cfg config.Config) ([]byte, error) {
	if cfg.Secret != "" {
		return []byte(cfg.Secret), nil
	}
	secret, err := identity.LoadSecret(filepath.Join(cfg.DataDir, "secret"))
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	return secret, nil
}

// prepare loads what must be there before the first request.
func (s *Server) prepare(ctx context.Context) error {
	if s.config.Demo {
		if err := s.prepareDemo(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := s.loadRegion(ctx); err != nil {
		return err
	}
	if s.config.Demo {
		return s.seedDemo(ctx)
	}
	return nil
}

// loadRegion swaps in the region that the store holds.
func (s *Server) loadRegion(ctx context.Context) error {
	r, revision, err := s.store.Region(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nothing imported yet
	}
	if err != nil {
		return fmt.Errorf("read the region: %w", err)
	}
	s.openAddresses(r)
	view, err := newRegionView(r, revision)
	if err != nil {
		return err
	}
	s.region.Store(view)
	if err := s.rereadCalendars(ctx); err != nil {
		return err
	}
	s.forceRefresh(nil)
	return nil
}

// serve listens, runs the workers and ends them all in order: no new requests, calls told, ledger written. A store that is gone
// for good ends it too: whoever started the process should start it again or be told.
func (s *Server) serve(ctx context.Context, drain context.CancelFunc, ready func(), watchStore func(context.Context) error) error {
	listening, err := s.open()
	if err != nil {
		return err
	}
	defer listening.close()
	s.media, s.relay = listening.media, listening.relay
	s.rooms = signaling.NewRooms(signaling.Options{Media: listening.media, Record: s.record, Logger: s.log, Relay: s.relayFor})
	s.ownAddress = listening.ownAddress()
	if err := errors.Join(s.prepareMail(), s.preparePush()); err != nil {
		return err
	}
	handler, err := s.handler("1")
	if err != nil {
		return err
	}
	http := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // it has addresses in it, and our handlers report their own faults
	}

	var workers, ledger sync.WaitGroup
	failed := make(chan error, 16) // one for each worker: none may wait for a reader
	run := func(group *sync.WaitGroup, name string, work func(context.Context) error) {
		group.Go(func() {
			if err := work(s.ctx); err != nil {
				failed <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	ledgerCtx, closeLedger := context.WithCancel(context.WithoutCancel(ctx))
	defer closeLedger()
	ledger.Go(func() { _ = s.keepLedger(ledgerCtx, 2*time.Second) })
	run(&workers, "store", watchStore)
	run(&workers, "events", s.followEvents)
	run(&workers, "feeds", s.refreshFeeds)
	run(&workers, "mail", s.sendMails)
	run(&workers, "heartbeat", s.beat)
	run(&workers, "hunts", s.hunt)
	run(&workers, "pushes", s.sendPushes)
	run(&workers, "presence", s.keepPresent)
	run(&workers, "rooms", s.watchRooms)
	run(&workers, "holds", s.expireHolds)
	run(&workers, "waiting", s.followFreed)
	if s.sink != nil {
		run(&workers, "mail sink", s.sink.Run)
	}
	for _, l := range listening.http() {
		workers.Go(func() {
			if err := http.Serve(l); err != nil && !isClosed(err) {
				failed <- err
			}
		})
	}
	if err := s.welcome(ctx); err != nil {
		s.log.Error("start", slog.Any("err", err))
	}
	ready()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	s.log.Info("stopping")
	drain()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, s.rooms.Shutdown(stopping), http.Shutdown(stopping))
	_ = http.Close() // whatever did not end by itself
	workers.Wait()
	s.lineTests.ended.Wait()
	closeLedger()
	ledger.Wait()
	return err
}

func isClosed(err error) bool {
	return errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed)
}

// prepareMail chooses where mail goes: to SAMTALE_SMTP_URL, in the demo else to the sink.
func (s *Server) prepareMail() error {
	address := s.config.SMTPURL
	if s.config.Demo {
		sink, err := mail.NewSink(mail.SinkConfig{Dir: filepath.Join(s.config.DataDir, "demo-mail"), Logger: s.log})
		if err != nil {
			return fmt.Errorf("mail sink: %w", err)
		}
		s.sink = sink
		if address == "" {
			address = sink.URL()
		}
	}
	if address == "" {
		s.log.Warn("SAMTALE_SMTP_URL is not set: invitations and sign-in links wait in the outbox")
	}
	sender, err := mail.NewSender(address, mail.SenderConfig{From: s.config.MailFrom})
	if err != nil {
		return fmt.Errorf("SAMTALE_SMTP_URL: %w", err)
	}
	s.sender = sender
	return nil
}

func (s *Server) welcome(ctx context.Context) error {
	if s.config.Demo {
		s.welcomeDemo()
		return nil
	}
	s.say("Samtale runs at %s\n", s.config.PublicURL)
	return s.printSetupLink(ctx)
}

// ImportRegion reads a REGION.yaml into the store: the running server's when there is one, else the store is started for
// the moment. The error of a faulty file has a method Mistakes with a line for each.
func ImportRegion(ctx context.Context, cfg config.Config, data []byte) (string, error) {
	parsed, err := region.Parse(data)
	if err != nil {
		return "", err
	}
	kept, err := attachStore(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer kept.close()
	secret, err := secretOf(cfg)
	if err != nil {
		return "", err
	}
	if err := putRegionSealed(ctx, kept.store, feedSealer(secret), rand.Reader, parsed); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %d units, %d people, %d templates", parsed.Name, len(parsed.Units), len(parsed.People), len(parsed.Templates)), nil
}

func attachStore(ctx context.Context, cfg config.Config) (keptStore, error) {
	if cfg.RedisURL == "" {
		if address, err := redisd.Attach(filepath.Join(cfg.DataDir, "redis")); err == nil {
			cfg.RedisURL = address
		}
	}
	cfg.Production = true // an import into memory would be lost at once
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return keptStore{}, fmt.Errorf("data directory: %w", err)
	}
	return openStore(ctx, cfg, slog.New(slog.DiscardHandler))
}
