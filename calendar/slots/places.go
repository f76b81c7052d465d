package slots

// Ranking goes by kinds, each of which outweighs all that follow it together: inside hours, known, slack before the deadline,
// wanted seats, guests, continuity, the burden of work after hours, preferences (and, without a deadline, the wait), and
// free time left in one piece. A kind is counted in small units, and a unit is worth one more than everything below it can
// make up: the digits of a number whose base changes from place to place. How much a lower kind can make up depends on the
// request, so a short request has small points.
type places struct {
	outside, unknown, slack, want, guest, continuity, burden, preference, snug int
}

// The most units of each kind. All of them together stay below 2^53, which is what a browser counts exactly:
// 5 · 5 · 8 · 1001 · 41 · 501 · 301 · 530 · 10 = 6.6e15.
const (
	tierCap       = 4    // people outside hours, and unknown
	wantCap       = 1000 // weights of the wanted seats that are filled
	guestYes      = 2
	guestIfNeeded = 1
	continuityCap = 250 // for the usual people; the same again against stand-ins and tentative time
	burdenCap     = 300
	preferenceCap = 250 // for what is preferred, the same against what is to be avoided
	soonDays      = 28  // without a deadline; the wait counts in whole days
	snugCap       = 9   // people for whom the meeting lies next to another engagement
)

// Units of continuity.
const (
	firstChoice   = 60 // the first in a need's prefer
	choiceStep    = 10 // less for each further one, down to half of the first
	tentativeCost = 10
)

// burdenNorm: an hour outside hours costs 10 units when the person has had none lately, and 210 after ten hours.
const burdenNorm = 360

// slackSteps are the minutes before the deadline at which one more unit of slack is earned. They double: the first hours are
// worth most, and more than a day is worth no more.
var slackSteps = [...]int64{15, 30, 60, 120, 240, 480, 1440}

// placesOf works out the places of a request.
func (f *finder) placesOf() places {
	seats, up, down := 0, 0, 0
	for i := range f.needs {
		n := &f.needs[i]
		seats += n.k
		for rank := range min(n.k, len(n.preferred)) {
			up += choiceUnits(rank)
		}
		down += n.k * n.cost
		if f.Policy.Tentative == TakeAsFree {
			down += n.k * tentativeCost
		}
	}
	wants := 0
	for i := range f.wants {
		wants += f.wants[i].weight
	}
	var p places
	next := 1
	place := func(of *int, most int) {
		*of = next
		next *= most + 1
	}
	place(&p.snug, min(seats, snugCap))
	place(&p.preference, weights(f.Prefer)+weights(f.Avoid)+soonDays*bit(f.Deadline == nil))
	place(&p.burden, burdenCap*bit(f.Policy.OutsideHours != Never))
	place(&p.continuity, min(up, continuityCap)+min(down, continuityCap))
	place(&p.guest, guestYes*len(f.Guests))
	place(&p.want, min(wants, wantCap))
	place(&p.slack, len(slackSteps)*bit(f.Deadline != nil))
	place(&p.unknown, tierCap)
	place(&p.outside, tierCap)
	return p
}

func weights(of []Preference) int {
	sum := 0
	for i := range of {
		sum += of[i].Weight
	}
	return min(sum, preferenceCap)
}

func choiceUnits(rank int) int { return max(firstChoice-choiceStep*rank, firstChoice/2) }

// prices are the places by which a cast is chosen: counted per person, for as many people as there are seats, so that who
// comes is whoever gives the start its best score. Beyond crowd seats the places are those of crowd, and a lower kind could
// outweigh a higher one; the sums stay below unreached.
type prices struct{ outside, unknown, want, continuity, burden, snug int64 }

const crowd = 50

func (f *finder) pricesOf() prices {
	seats := int64(len(f.wants))
	for i := range f.needs {
		seats += int64(f.needs[i].k)
	}
	n := min(seats, crowd)
	p := prices{snug: 1, burden: n + 1}
	p.continuity = p.burden * (burdenCap*n + 1)
	p.want = p.continuity * ((firstChoice+100+tentativeCost)*n + 1)
	p.unknown = p.want * (100*int64(len(f.wants)) + 1)
	p.outside = p.unknown * (n + 1)
	return p
}
