package conference

import (
	"testing"
	"time"
)

func TestWeek(t *testing.T) {
	check := func(days, from, to, on string, minutes ...int) {
		t.Helper()
		w, err := Hours{Days: days, From: from, To: to}.Week()
		if (err == nil) != (on != "") {
			t.Errorf("%s %s to %s: %v", days, from, to, err)
			return
		}
		if err != nil {
			return
		}
		got := ""
		for day := time.Sunday; day <= time.Saturday; day++ {
			if w.Has(day) {
				got += day.String()[:2]
			}
		}
		if got != on || w.From != minutes[0] || w.To != minutes[1] {
			t.Errorf("%s %s to %s: %s, %d to %d", days, from, to, got, w.From, w.To)
		}
	}
	check("Mon-Fri", "08:00", "15:30", "MoTuWeThFr", 480, 930)
	check("Sat", "00:00", "24:00", "Sa", 0, 1440)
	check("Mon-Sun", "08:00", "08:01", "SuMoTuWeThFrSa", 480, 481)
	check("Sun", "23:59", "24:00", "Su", 1439, 1440)
	check("Sat-Mon", "08:00", "16:00", "")
	check("Mandag", "08:00", "16:00", "")
	check("", "08:00", "16:00", "")
	check("Mon-", "08:00", "16:00", "")
	check("Mon", "16:00", "08:00", "")
	check("Mon", "08:00", "08:00", "")
	check("Mon", "8:00", "16:00", "")
	check("Mon", "08:00", "24:01", "")
	check("Mon", "08:60", "16:00", "")
	check("Mon", "08.00", "16:00", "")
}
