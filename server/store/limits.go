package store

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed limit.lua
var limitLua string

var limitScript = redis.NewScript(limitLua)

// Allow reports whether one more of something may happen now, at most n at once and n in a period in the long run. If not,
// it says when to come again. Whoever is refused is not counted. The key must not hold an address: hash it.
func (s *Store) Allow(ctx context.Context, key string, n int, per time.Duration) (bool, time.Duration, error) {
	if n < 1 || per < time.Millisecond {
		return false, 0, fmt.Errorf("store: limit of %d in %s", n, per)
	}
	said, err := s.run(ctx, limitScript, []string{s.tag + ":limit:{" + key + "}"}, s.now().UnixMicro(), n, per.Microseconds())
	if err != nil {
		return false, 0, fmt.Errorf("store: limit: %w", err)
	}
	again, err := strconv.ParseInt(said.at(0), 10, 64)
	if err != nil {
		return false, 0, fmt.Errorf("store: limit: %w", err)
	}
	return said[0] == "ok", time.Duration(again) * time.Microsecond, nil
}
