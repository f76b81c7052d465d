package server

import (
	"log/slog"
	"net/netip"

	"github.com/samtale/samtale/server/config"
	"github.com/samtale/samtale/signaling/sfu"
)

// openMedia starts the media server.
func openMedia(c config.Config, log *slog.Logger) (*sfu.Server, error) {
	return sfu.New(sfu.Config{UDPAddr: c.MediaUDP, TCPAddr: c.MediaTCP, Announce: c.MediaAddresses, IncludeLoopback: !c.Production, Logger: log})
}

// mediaAddresses is where media listens, for TURN.
func mediaAddresses(media *sfu.Server, _ config.Config) func() []netip.AddrPort {
	return media.Addresses
}
