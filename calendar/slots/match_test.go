package slots

import (
	"math/rand/v2"
	"testing"
)

// TestCheapest compares the assignment with every possible one, on small tables of prices.
func TestCheapest(t *testing.T) {
	for seed := uint64(1); seed <= 2000; seed++ {
		rnd := rand.New(rand.NewPCG(seed, 3))
		members := 1 + rnd.IntN(6)
		type row struct {
			k      int
			pool   []int
			prices []int64
		}
		var rows []row
		places := 0
		for range 1 + rnd.IntN(4) {
			r := row{k: 1 + rnd.IntN(2)}
			for m := range members {
				if rnd.IntN(4) > 0 {
					price := int64(rnd.IntN(200) - 100)
					if rnd.IntN(5) == 0 {
						price = unreached
					}
					r.pool, r.prices = append(r.pool, m), append(r.prices, price)
				}
			}
			rows, places = append(rows, r), places+r.k
		}
		var least func(row, seat int, taken uint) int64
		least = func(i, seat int, taken uint) int64 {
			switch {
			case i == len(rows):
				return 0
			case seat == rows[i].k:
				return least(i+1, 0, taken)
			}
			best := int64(unreached)
			for n, m := range rows[i].pool {
				if taken>>m&1 == 0 && rows[i].prices[n] < unreached {
					best = min(best, rows[i].prices[n]+least(i, seat+1, taken|1<<m))
				}
			}
			return best
		}
		c := newCheapest(members)
		c.begin()
		for n, r := range rows {
			c.add(n, r.k, r.pool, func(index int) int64 { return r.prices[index] })
		}
		want := least(0, 0, 0)
		if want > unreached/2 {
			continue // cannot all be filled; the finder does not ask then
		}
		c.fill()
		var got int64
		taken := map[int]bool{}
		for _, p := range c.places {
			if p.held < 0 || taken[p.pool[p.held]] {
				t.Fatalf("seed %d: place of chair %d is empty or shared", seed, p.chair)
			}
			taken[p.pool[p.held]] = true
			got += c.costs[p.costs+p.held]
		}
		if got != want || len(c.places) != places {
			t.Fatalf("seed %d: cost %d, the cheapest is %d", seed, got, want)
		}
	}
}
