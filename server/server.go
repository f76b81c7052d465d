// Package server is the only place where all of Samtale meets: it serves HTTP and WebSockets, runs the workers that fetch
// calendars, send mails and keep the attendance, and wires store, calls, finder and identity together. It decides nothing
// that the pure packages below it can decide.
//
//	request -> principal -> permission -> store / snapshot -> view
//	feeds   -> snapshot (never in a request)
//	outbox  -> mail
//	socket  -> room -> ledger -> attendance
package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/mail"
	"github.com/samtale/samtale/server/push"
	"github.com/samtale/samtale/server/store"
	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/sfu"
	"github.com/samtale/samtale/signaling/turn"
)

// Server holds what the handlers and workers share. Everything in it is either immutable, safe for many goroutines, or
// guarded by the mutex above it.
type Server struct {
	config    config.Config
	log       *slog.Logger
	clock     *clock
	random    io.Reader
	ctx       context.Context // ends when the server drains
	boot      string          // random, one a process: tells sessions of a killed server apart
	secret    []byte
	ephemeral bool

	store     *store.Store
	rooms     *signaling.Rooms
	media     *sfu.Server
	relay     *turn.Server // nil: there is none
	lineTests *lineTests
	fetcher   *feed.Fetcher    // of calendars that the region's file names by a path on this server
	outside   *feed.Fetcher    // of all others
	sealer    *identity.Sealer // of addresses and passwords of calendars
	sender    *mail.Sender
	sink      *mail.Sink // demo only
	hub       *hub
	metrics   *metrics
	ledger    chan ledgerEntry
	moved     chan conference.ConferenceID // rooms that somebody has come into or left, see watchRooms
	pages     *counts                      // people with a page open here
	talking   *counts                      // people in a call or its lobby here
	pusher    *push.Sender
	pushKey   string // VAPID, for browsers
	pushes    []chan pushJob
	out       io.Writer // what people read in the terminal

	region    atomic.Pointer[regionView]
	calendars atomic.Pointer[calendars]

	ownAddress string // where feeds with a path are fetched from: this server, by loopback
	refreshNow chan struct{}
	forcedMu   sync.Mutex
	forced     map[conference.PersonID]bool
}

// clock is the wall clock, shifted in the demo so that it is Friday.
type clock struct{ shift atomic.Int64 }

func (s *Server) now() time.Time { return time.Now().Add(time.Duration(s.clock.shift.Load())).UTC() }

// say prints for the person at the terminal; the log is for machines.
func (s *Server) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

// newID returns 80 random bits in lower-case base 32.
func newID(random io.Reader) string {
	var b [10]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic(fmt.Sprintf("server: no randomness: %v", err))
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

func newServer(ctx context.Context, cfg config.Config, log *slog.Logger, st *store.Store, ephemeral bool, secret []byte) *Server {
	s := &Server{
		config: cfg, log: log, clock: &clock{}, random: rand.Reader, ctx: ctx, secret: secret, ephemeral: ephemeral,
		store: st, hub: newHub(), ledger: make(chan ledgerEntry, ledgerQueue), moved: make(chan conference.ConferenceID, moves), lineTests: newLineTests(), pages: newCounts(), talking: newCounts(), pushes: newLanes(), out: io.Discard,
		fetcher: newFetcher(cfg.FeedAllow, cfg.FeedHTTP), outside: newFetcher(cfg.FeedAllow, cfg.FeedHTTP), sealer: feedSealer(secret),
		refreshNow: make(chan struct{}, 1), forced: map[conference.PersonID]bool{},
	}
	s.boot = newID(s.random)
	s.metrics = newMetrics(func() float64 {
		if s.rooms == nil {
			return 0
		}
		n := 0
		for _, present := range s.rooms.Present() {
			n += len(present)
		}
		return float64(n)
	})
	empty, err := newRegionView(conference.Region{Zone: "Europe/Oslo"}, 0)
	if err != nil {
		panic(err) // the zone data is embedded
	}
	s.region.Store(empty)
	nothing, err := slots.NewSnapshot(nil, slots.Window{From: s.now(), To: s.now().Add(timeWindow)}, slots.Options{})
	if err != nil {
		panic(err) // it holds nobody
	}
	s.calendars.Store(&calendars{now: s.now, region: empty, free: nothing})
	return s
}

// feedSealer encrypts the addresses and passwords of calendars.
func feedSealer(secret []byte) *identity.Sealer { return identity.NewSealer(secret, "feeds") }

// handler builds the whole HTTP surface.
func (s *Server) handler(version string) (http.Handler, error) {
	built, err := loadPages()
	if err != nil {
		return nil, fmt.Errorf("server: front end: %w", err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if err := engine.SetTrustedProxies(s.config.TrustedProxies); err != nil {
		return nil, fmt.Errorf("server: trusted proxies: %w", err)
	}
	engine.Use(s.logRequests, s.guardHeaders, attachRemote, s.attachPrincipal)
	engine.GET("/livez", s.livez)
	engine.GET("/readyz", s.readyz)
	engine.GET("/metrics", s.metrics.handler())
	engine.GET("/v1/live", s.live)
	engine.GET("/ws", s.call)
	if s.config.NodePath != "" {
		engine.GET(s.config.NodePath+"/ws", s.call)
	}
	if s.config.Demo {
		engine.GET("/demo/ics/:name", gin.WrapH(s.demoCalendars()))
	}
	s.register(humagin.New(engine, apiConfig(version)))
	engine.NoRoute(built.serve)
	guard := http.NewCrossOriginProtection() // cross-site POST, PUT, PATCH and DELETE are refused
	if err := guard.AddTrustedOrigin(s.config.PublicURL.String()); err != nil {
		return nil, fmt.Errorf("server: public URL: %w", err)
	}
	return guard.Handler(engine), nil
}

func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Samtale", version)
	c.DocsPath = ""     // the documentation page would load scripts from elsewhere
	c.SchemasPath = ""  // schemas are in the document
	c.CreateHooks = nil // no $schema members in answers
	c.OpenAPIPath = "/openapi"
	c.Info.Description = "Errors are application/problem+json (RFC 9457) with a stable type. Instants are RFC 3339."
	return c
}

// OpenAPI returns the OpenAPI 3.1 document, demo operations included, as the front end's types are made from it.
func OpenAPI(version string) ([]byte, error) {
	gin.SetMode(gin.ReleaseMode)
	s := &Server{config: config.Config{Demo: true}}
	api := humagin.New(gin.New(), apiConfig(version))
	s.register(api)
	document, err := api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("server: OpenAPI: %w", err)
	}
	var readable bytes.Buffer
	if err := json.Indent(&readable, document, "", "  "); err != nil {
		return nil, fmt.Errorf("server: OpenAPI: %w", err)
	}
	readable.WriteByte('\n')
	return readable.Bytes(), nil
}

// socketPolicy says which pages may open a WebSocket here: ours.
func (s *Server) socketPolicy() signaling.Policy {
	return signaling.Policy{Origins: []string{s.config.PublicURL.String()}}
}

// loopback is the address of our own listener as seen from this machine.
func loopback(listen net.Addr) string {
	_, port, err := net.SplitHostPort(listen.String())
	if err != nil {
		return ""
	}
	return "http://127.0.0.1:" + port
}
