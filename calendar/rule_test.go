package calendar

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRule lists the first starts of a rule, as dates or as dates with times.
func TestRule(t *testing.T) {
	check := func(start, text, want string) {
		t.Helper()
		t.Run(text, func(t *testing.T) {
			t.Helper()
			if got := starts(t, start, text, strings.Count(want, " ")+1); got != want {
				t.Errorf("from %s\n got %s\nwant %s", start, got, want)
			}
		})
	}
	// RFC 5545 section 3.3.10 and what it leaves open.
	check("20260302", "FREQ=MONTHLY;BYDAY=MO,2TU;COUNT=6", "20260302 20260309 20260310 20260316 20260323 20260330")
	check("20260304", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=4", "20260304 20260309 20260311 20260316")
	check("20260304", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "20260331 20260430 20260529")
	check("20260331", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=3", "20260331 20260401 20260430")
	check("20260513", "FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "20260513 20270519 20280517")
	check("20260513", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2", "20270517 20280515")
	check("20260101", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU;COUNT=4", "20260104 20270104 20270110 20280103")
	check("20260101", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=2", "20270101 20321231")
	check("20260101", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH;COUNT=2", "20261231 20271230")
	check("20260302", "FREQ=YEARLY;BYMONTHDAY=29;COUNT=3", "20260329 20270329 20280329")
	check("20240229", "FREQ=YEARLY;COUNT=3", "20240229 20280229 20320229")
	check("20240229", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=3", "20240229 20250301 20260301")
	check("20240229", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;COUNT=3", "20240229 20250228 20260228")
	check("20260131", "FREQ=MONTHLY;COUNT=3", "20260131 20260331 20260531")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=3", "20260131 20260228 20260331")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31,1;COUNT=4", "20260131 20260201 20260301 20260331")
	check("20260331", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", "20260331 20260501 20260531 20260701")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=2", "20260131 20260331")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=30,31;COUNT=4", "20260131 20260301 20260330 20260331")
	check("20260130", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=30,31;BYSETPOS=-1;COUNT=3", "20260131 20260228 20260331")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31;BYDAY=SU;COUNT=3", "20260301 20260531 20270131")
	check("20260131", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;INTERVAL=3;COUNT=3", "20260131 20260501 20260731")
	check("20240229", "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;SKIP=FORWARD;COUNT=2", "20240301 20250301")
	check("20240229", "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;SKIP=BACKWARD;COUNT=2", "20240229 20250228")
	check("20260331", "RSCALE=GREGORIAN;FREQ=DAILY;BYMONTHDAY=31;SKIP=BACKWARD;COUNT=2", "20260331 20260531")
	check("20260302", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "20260331 20260430 20260531")
	check("20260302", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "20260313 20261113")
	check("20260302", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "20260327 20260424")
	check("20260302", "FREQ=YEARLY;BYDAY=20MO,-1SU;COUNT=3", "20260518 20261227 20270517")
	check("20260302", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=2", "20260329 20270328")
	check("20260302", "FREQ=YEARLY;BYYEARDAY=100,-1;COUNT=3", "20260410 20261231 20270410")
	check("20260302", "FREQ=YEARLY;BYYEARDAY=366;COUNT=2", "20281231 20321231")
	check("20260302", "FREQ=DAILY;BYMONTH=12;BYMONTHDAY=24,25,26;COUNT=3", "20261224 20261225 20261226")
	check("20260805", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=3", "20260809 20260818 20260823")
	check("20260805", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=3", "20260816 20260818 20260830")
	check("20260302", "FREQ=WEEKLY;INTERVAL=3;COUNT=2", "20260302 20260323")
	check("20260302T090000", "FREQ=DAILY;BYHOUR=9,9;COUNT=3", "20260302T090000 20260303T090000 20260304T090000")
	check("20260302T090000", "FREQ=DAILY;BYHOUR=9,15;BYMINUTE=0,30;COUNT=5", "20260302T090000 20260302T093000 20260302T150000 20260302T153000 20260303T090000")
	check("20260302T090000", "FREQ=DAILY;BYHOUR=9,15;BYSETPOS=-1;COUNT=2", "20260302T150000 20260303T150000")
	check("20260302T090000", "FREQ=HOURLY;INTERVAL=3;COUNT=3", "20260302T090000 20260302T120000 20260302T150000")
	check("20260302T090000", "FREQ=HOURLY;BYDAY=FR;BYHOUR=10,11;COUNT=3", "20260306T100000 20260306T110000 20260313T100000")
	check("20260302T090000", "FREQ=MINUTELY;INTERVAL=90;BYHOUR=9,10,11,12;COUNT=4", "20260302T090000 20260302T103000 20260302T120000 20260303T090000")
	check("20260302T090000", "FREQ=SECONDLY;INTERVAL=45;BYMINUTE=1;COUNT=2", "20260302T090130 20260302T100130")
	check("20260302", "FREQ=MONTHLY;BYDAY=5MO;COUNT=2", "20260330 20260629")
	check("99990101", "FREQ=YEARLY", "99990101")
}

// starts lists up to n starts of a rule.
func starts(t *testing.T, start, text string, n int) string {
	t.Helper()
	m, _, ok := parseMoment([]byte(start))
	r, _, err := parseRule([]byte(text))
	if !ok || err != nil {
		t.Fatalf("%s from %s: %v", text, start, err)
	}
	var w walk
	steps := int64(ruleBudget)
	if !w.prepare(r, m, &steps) {
		t.Fatalf("%s from %s cannot be followed", text, start)
	}
	var list []string
	w.each(farPast, endOfTime, farFuture, &steps, func(civil int64) bool {
		at := time.Unix(civil, 0).UTC()
		if m.form == formDay {
			list = append(list, at.Format("20060102"))
		} else {
			list = append(list, at.Format("20060102T150405"))
		}
		return len(list) < n
	})
	return strings.Join(list, " ")
}

// walkedRule is a weekly or monthly rule for the walk over every day that the generator is compared with.
type walkedRule struct {
	monthly             bool
	interval, weekStart int
	weekdays            []int // as parseWeekday counts them
	ordinals            []int // one for each weekday, 0 for none
	monthDays           []int
	positions           []int
	count               int
	until               int64 // day, 0 for none
}

var weekdayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func randomRule(rng *rand.Rand, start int64) walkedRule {
	w := walkedRule{monthly: rng.IntN(2) == 0, interval: 1 + rng.IntN(4), weekStart: rng.IntN(7)}
	for range rng.IntN(4) {
		ordinal := 0
		if w.monthly && rng.IntN(2) == 0 {
			ordinal = []int{1, 2, 3, 4, 5, -1, -2, -5}[rng.IntN(8)]
		}
		w.weekdays, w.ordinals = append(w.weekdays, rng.IntN(7)), append(w.ordinals, ordinal)
	}
	if w.monthly {
		for range rng.IntN(3) {
			w.monthDays = append(w.monthDays, []int{1, 5, 13, 28, 29, 30, 31, -1, -2, -31}[rng.IntN(10)])
		}
	}
	if rng.IntN(3) == 0 {
		w.positions = append(w.positions, []int{1, 2, 3, -1, -2}[rng.IntN(5)], 1+rng.IntN(2))
	}
	switch rng.IntN(3) {
	case 0:
		w.count = 1 + rng.IntN(60)
	case 1:
		w.until = start + rng.Int64N(900)
	}
	return w
}

func (w walkedRule) String() string {
	parts := []string{"FREQ=WEEKLY"}
	if w.monthly {
		parts[0] = "FREQ=MONTHLY"
	}
	parts = append(parts, fmt.Sprintf("INTERVAL=%d", w.interval), "WKST="+weekdayNames[w.weekStart])
	var days []string
	for i, d := range w.weekdays {
		name := weekdayNames[d]
		if w.ordinals[i] != 0 {
			name = fmt.Sprintf("%d%s", w.ordinals[i], name)
		}
		days = append(days, name)
	}
	if len(days) > 0 {
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	for name, list := range map[string][]int{"BYMONTHDAY": w.monthDays, "BYSETPOS": w.positions} {
		if len(list) > 0 {
			parts = append(parts, name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]"))
		}
	}
	if w.count > 0 {
		parts = append(parts, fmt.Sprintf("COUNT=%d", w.count))
	}
	if w.until > 0 {
		parts = append(parts, "UNTIL="+time.Unix(w.until*day, 0).UTC().Format("20060102"))
	}
	return strings.Join(parts, ";")
}

// period numbers the week or the month that a day is in; of numbers the rule takes those that INTERVAL divides.
func (w walkedRule) period(date, start int64) int64 {
	if !w.monthly {
		monday := func(d int64) int64 { return d - int64((weekdayOf(d)-w.weekStart+7)%7) }
		return (monday(date) - monday(start)) / 7
	}
	a, b := time.Unix(date*day, 0).UTC(), time.Unix(start*day, 0).UTC()
	return int64((a.Year()-b.Year())*12 + int(a.Month()) - int(b.Month()))
}

// allows tests one day.
func (w walkedRule) allows(date, start int64) bool {
	at, first := time.Unix(date*day, 0).UTC(), time.Unix(start*day, 0).UTC()
	length := time.Date(at.Year(), at.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if len(w.monthDays) > 0 && !slices.Contains(w.monthDays, at.Day()) && !slices.Contains(w.monthDays, at.Day()-length-1) {
		return false
	}
	if len(w.weekdays) == 0 {
		if w.monthly {
			return len(w.monthDays) > 0 || at.Day() == first.Day()
		}
		return at.Weekday() == first.Weekday()
	}
	for i, weekday := range w.weekdays {
		n := w.ordinals[i]
		if int(at.Weekday()) == weekday && (n == 0 || n == (at.Day()-1)/7+1 || n == -((length-at.Day())/7+1)) {
			return true
		}
	}
	return false
}

// walk looks at every day from the start of DTSTART's period on.
func (w walkedRule) walk(start, end int64) []int64 {
	var all, set []int64
	counted, current := 0, int64(0)
	flush := func() {
		for i, date := range set {
			if len(w.positions) > 0 && !slices.Contains(w.positions, i+1) && !slices.Contains(w.positions, i-len(set)) {
				continue
			}
			if date < start || (w.until > 0 && date > w.until) {
				continue
			}
			if counted++; w.count > 0 && counted > w.count {
				continue
			}
			all = append(all, date)
		}
		set = set[:0]
	}
	for date := start - 31; date < end; date++ {
		period := w.period(date, start)
		if period < 0 {
			continue
		}
		if period != current {
			flush()
			current = period
		}
		if period%int64(w.interval) == 0 && w.allows(date, start) {
			set = append(set, date)
		}
	}
	flush()
	return all
}

// TestRuleAgainstWalk compares weekly and monthly rules, read through Read, with a walk over every day. The window opens long
// after DTSTART, so that what is passed over by arithmetic is compared too.
func TestRuleAgainstWalk(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		start := daysOf(2024, 1, 1) + rng.Int64N(366)
		w := randomRule(rng, start)
		from := start + rng.Int64N(700)
		to := from + 60
		text := oneEvent("DTSTART;VALUE=DATE:"+time.Unix(start*day, 0).UTC().Format("20060102"), "RRULE:"+w.String())
		r, err := Read([]byte(text), Interval{Start: time.Unix(from*day, 0), End: time.Unix(to*day, 0)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := []Interval{}
		add := func(date int64) {
			if date >= from && date < to {
				at := time.Unix(date*day, 0).UTC()
				want = append(want, Interval{Start: at, End: at.AddDate(0, 0, 1)})
			}
		}
		add(start)
		for _, date := range w.walk(start, to+31) {
			add(date)
		}
		if got, want := brief(r.Busy), brief(Merge(want)); got != want {
			t.Fatalf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestRuleAge counts the steps of rules that began in the year 1, in 1601, in 1970 and this year: the cost does not grow with age,
// but for a COUNT of a rule that has more instances in one period than in another.
func TestRuleAge(t *testing.T) {
	steps := func(year, text string) int64 {
		t.Helper()
		data := []byte(oneEvent("DTSTART:"+year+"0101T080000Z", "DURATION:PT1S", "RRULE:"+text))
		o := Options{Zone: time.UTC}
		r := newReader(window(t, "2026-03-02/2026-04-27"), o)
		if err := r.scan(data); err != nil {
			t.Fatal(err)
		}
		r.evaluate()
		if len(r.warnings) > 0 {
			t.Errorf("%s since %s: %v", text, year, r.warnings)
		}
		return r.granted - r.budget
	}
	for _, text := range []string{
		"FREQ=SECONDLY;INTERVAL=997", "FREQ=SECONDLY;BYHOUR=8;BYMINUTE=0;BYSECOND=0", "FREQ=SECONDLY;INTERVAL=3600;COUNT=999999999999",
		"FREQ=MINUTELY;INTERVAL=61", "FREQ=MINUTELY;BYDAY=MO;BYHOUR=8;BYMINUTE=1,2", "FREQ=MINUTELY;INTERVAL=60;COUNT=99999999999",
		"FREQ=HOURLY", "FREQ=HOURLY;INTERVAL=5", "FREQ=HOURLY;BYHOUR=8;BYMONTH=3", "FREQ=HOURLY;COUNT=999999999",
		"FREQ=DAILY", "FREQ=DAILY;INTERVAL=13", "FREQ=DAILY;BYDAY=MO,WE", "FREQ=DAILY;COUNT=9999999", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=SU", "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=999999", "FREQ=WEEKLY;UNTIL=20260401",
		"FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=2TU,3TH;COUNT=999999", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=999999", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1",
		"FREQ=YEARLY", "FREQ=YEARLY;BYWEEKNO=12", "FREQ=YEARLY;BYYEARDAY=80", "FREQ=YEARLY;BYDAY=12MO", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=9999",
		"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYMONTHDAY=31",
	} {
		young := steps("2026", text)
		for _, year := range []string{"0001", "1601", "1970"} {
			if old := steps(year, text); old > 2*young+50 {
				t.Errorf("%s: %d steps since %s, %d since 2026", text, old, year, young)
			}
		}
	}
}

// TestRuleCountAgainstWalk compares rules whose COUNT is jumped over with the same rules walked from DTSTART on.
func TestRuleCountAgainstWalk(t *testing.T) {
	for _, text := range []string{
		"FREQ=MONTHLY;BYDAY=2TU,3TH", "FREQ=MONTHLY;BYDAY=-1MO,-4FR", "FREQ=MONTHLY;BYMONTHDAY=1,15,28", "FREQ=MONTHLY;BYMONTHDAY=-28,-1;INTERVAL=5",
		"FREQ=YEARLY;BYMONTH=2,6;BYMONTHDAY=3,28", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=4SU;INTERVAL=2", "FREQ=YEARLY", "FREQ=MONTHLY;BYHOUR=3,9;BYMONTHDAY=10",
		"FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYDAY=1MO,-4MO", "FREQ=MONTHLY;BYMONTHDAY=15,-14", "FREQ=MONTHLY;BYMONTHDAY=29", "FREQ=YEARLY;BYDAY=52MO", "FREQ=MONTHLY;BYDAY=MO",
	} {
		m, _, _ := parseMoment([]byte("19030217T090000"))
		r, _, err := parseRule([]byte(text + ";COUNT=300"))
		if err != nil {
			t.Fatal(err)
		}
		list := func(from int64) (all []int64) {
			var w walk
			steps := int64(ruleBudget)
			w.prepare(r, m, &steps)
			w.each(from, endOfTime, farFuture, &steps, func(civil int64) bool {
				all = append(all, civil)
				return true
			})
			return all
		}
		whole := list(farPast)
		if len(whole) != 300 {
			t.Errorf("%s: %d starts", text, len(whole))
		}
		for from := m.at - day; from < whole[len(whole)-1]+400*day; from += 997*day + 5*hour {
			rest := whole
			for len(rest) > 0 && rest[0] < from {
				rest = rest[1:]
			}
			if got := list(from); !slices.Equal(got, rest) {
				t.Fatalf("%s from %d: %v, want %v", text, from, got, rest)
			}
		}
	}
}
