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
	r.People, r.Rosters = slices.Clone(r.People), slices.Clone(r.Rosters)
	for i := range r.People {
		r.People[i].Feeds = slices.Clone(r.People[i].Feeds)
	}
	for i := range r.Rosters {
		r.Rosters[i].Feeds = slices.Clone(r.Rosters[i].Feeds)
	}
	eachAddress(r, func(address *string, place string) {
		if !strings.HasPrefix(*address, "/") {
			*address = sealedScheme + store.URLHash(*address) + ":" + sealer.Seal(random, []byte(*address), place)
		}
	})
	if _, err := st.PutRegion(ctx, r); err != nil {
		return fmt.Errorf("write the region: %w", err)
	}
	return nil
}

// openAddresses puts the addresses back. Those sealed under another secret stay as they are: such a calendar is unknown until
// the region is imported again.
func (s *Server) openAddresses(r conference.Region) {
	lost := 0
	eachAddress(r, func(address *string, place string) {
		if !strings.HasPrefix(*address, sealedScheme) {
			return
		}
		_, sealed, _ := strings.Cut(strings.TrimPrefix(*address, sealedScheme), ":")
		plain, err := s.sealer.Open(sealed, place)
		if err != nil {
			lost++
			return
		}
		*address = string(plain)
	})
	if lost > 0 {
		s.log.Error("addresses of calendars were sealed under another secret: import the region again", slog.Int("calendars", lost))
	}
}

// eachAddress calls do with every calendar's address and what it belongs to, so that a sealed one cannot be moved elsewhere.
func eachAddress(r conference.Region, do func(address *string, place string)) {
	for i := range r.People {
		p := &r.People[i]
		for j := range p.Feeds {
			do(&p.Feeds[j].URL, "region\x00"+string(p.ID)+"\x00"+strconv.Itoa(j))
		}
	}
	for i := range r.Rosters {
		roster := &r.Rosters[i]
		for j := range roster.Feeds {
			do(&roster.Feeds[j].URL, "roster\x00"+string(roster.ID)+"\x00"+strconv.Itoa(j))
		}
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
