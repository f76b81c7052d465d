package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// sealedScheme begins what stands in the store in place of a calendar's address, which is a secret: the address's hash, by
// which its last good copy is found even when it cannot be opened, and the sealed address. A path on this server is none.
const sealedScheme = "sealed:"

// putRegionSealed writes a region whose calendars' addresses nobody can read in the store or its backups.
func putRegionSealed(ctx context.Context, st *store.Store, sealer *identity.Sealer, random io.Reader, r conference.Region) error {
	r.People = slices.Clone(r.People)
	for i := range r.People {
		p := &r.People[i]
		p.Feeds = slices.Clone(p.Feeds)
		for j := range p.Feeds {
			if address := &p.Feeds[j].URL; !strings.HasPrefix(*address, "/") {
				*address = sealedScheme + store.URLHash(*address) + ":" + sealer.Seal(random, []byte(*address), regionFeed(p.ID, j))
			}
		}
	}
	if _, err := st.PutRegion(ctx, r); err != nil {
		return fmt.Errorf("write the region: %w", err)
	}
	return nil
}

// openAddresses puts the addresses back. Those sealed under another secret stay as they are: such a calendar is unknown until
// the region is imported again.
func (s *Server) openAddresses(r conference.Region) {
	lost := 0
	for i := range r.People {
		p := &r.People[i]
		for j := range p.Feeds {
			if !strings.HasPrefix(p.Feeds[j].URL, sealedScheme) {
				continue
			}
			_, sealed, _ := strings.Cut(strings.TrimPrefix(p.Feeds[j].URL, sealedScheme), ":")
			plain, err := s.sealer.Open(sealed, regionFeed(p.ID, j))
			if err != nil {
				lost++
				continue
			}
			p.Feeds[j].URL = string(plain)
		}
	}
	if lost > 0 {
		s.log.Error("addresses of calendars were sealed under another secret: import the region again", slog.Int("calendars", lost))
	}
}

// hashOfAddress is that of the address, also of one that could not be opened.
func hashOfAddress(address string) string {
	if rest, ok := strings.CutPrefix(address, sealedScheme); ok {
		hash, _, _ := strings.Cut(rest, ":")
		return hash
	}
	return store.URLHash(address)
}

// regionFeed is what a sealed address belongs to, so that it cannot be moved to somebody else.
func regionFeed(person conference.PersonID, index int) string {
	return "region\x00" + string(person) + "\x00" + strconv.Itoa(index)
}
