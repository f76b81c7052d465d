package redisd

import (
	"crypto/rand"
	"fmt"
	"net/url"

	"github.com/alicebob/miniredis/v2"
)

// Memory starts a store inside this process in which nothing is kept: for a demo on a machine without a server. It listens
// on a loopback port behind a random password, for other users of the machine can reach that port.
func Memory() (*Daemon, error) {
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		return nil, fmt.Errorf("redisd: in-memory store: %w", err)
	}
	m.ClockTTL(true) // without it nothing ever expires
	password := rand.Text()
	m.RequireAuth(password)
	address := url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: m.Addr()}
	return &Daemon{url: address.String(), memory: m, done: make(chan struct{})}, nil
}
