package store

import (
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// TestHistoryCheck breaks a good history in every way that matters: the check must see each.
func TestHistoryCheck(t *testing.T) {
	at := func(id string, rev int64, people crowd, start, end int) attempt {
		return attempt{Kind: "book", ID: id, Key: "k" + id, Casts: []crowd{people}, Want: standing{Start: start, End: end}, Said: "ok", GotID: id, Got: standing{Rev: rev, Start: start, End: end, People: people}}
	}
	good := func() ([]attempt, outcome) {
		a, b := at("m_1", 1, 3, 0, 2), at("m_2", 1, 3, 2, 4)
		a.Began, a.Ended, b.Began, b.Ended = 1, 2, 3, 4
		o := outcome{meetings: map[string]conference.Conference{}, busy: map[conference.PersonID][]reservation{}, mails: map[string]int{"m_1 0": 1, "m_2 0": 1}}
		for _, x := range []attempt{a, b} {
			c := conference.Conference{
				ID: conference.ConferenceID(x.ID), Start: slotTime(x.Want.Start), End: slotTime(x.Want.End), State: conference.Booked, Revision: 1,
				Participants: castOf("", x.Got.People).Participants,
			}
			o.meetings[x.ID] = c
			for _, p := range staffOf(c) {
				o.busy[p] = append(o.busy[p], reservation{c.ID, c.Start, c.End})
			}
		}
		return []attempt{a, b}, o
	}
	try := func(name, want string, spoil func([]attempt, *outcome) []attempt) {
		t.Helper()
		history, o := good()
		v := checkHistory(spoil(history, &o), o)
		if want == "" && len(v.faults) != 0 || want != "" && !strings.Contains(strings.Join(v.faults, "\n"), want) {
			t.Errorf("%s: %q, want %q", name, v.faults, want)
		}
	}
	change := func(o *outcome, id string, f func(*conference.Conference)) {
		c := o.meetings[id]
		f(&c)
		o.meetings[id] = c
	}
	try("good", "", func(h []attempt, _ *outcome) []attempt { return h })
	try("an answer was lost", "", func(h []attempt, _ *outcome) []attempt { h[0].Said = "lost"; return h })
	try("lost meeting", "lost: revision 1", func(h []attempt, o *outcome) []attempt { delete(o.meetings, "m_1"); return h })
	try("lost change", "lost: revision 2", func(h []attempt, _ *outcome) []attempt {
		return append(h, attempt{Kind: "cancel", ID: "m_1", Said: "ok", GotID: "m_1", Got: standing{Rev: 2, Cancelled: true}})
	})
	try("a refused one was written", "booked by nobody", func(h []attempt, _ *outcome) []attempt { h[0].Said = "revision"; return h })
	try("written twice", "one request made", func(h []attempt, _ *outcome) []attempt { h[1].Key = h[0].Key; return h })
	try("told twice", "acknowledged twice", func(h []attempt, _ *outcome) []attempt { x := h[0]; x.Key = "other"; return append(h, x) })
	try("other content", "the log allows", func(h []attempt, o *outcome) []attempt {
		change(o, "m_1", func(c *conference.Conference) { c.Start = c.Start.Add(-time.Hour) })
		return h
	})
	try("overlap at the end", "overlap: p_00", func(h []attempt, o *outcome) []attempt { o.busy["p_00"][0].end = slotTime(3); return h })
	try("overlap in between", "certainly at the same instant", func(h []attempt, _ *outcome) []attempt {
		x := at("m_3", 1, 1, 1, 3)
		x.Began, x.Ended = 5, 6
		return append(h, x, attempt{Kind: "cancel", ID: "m_3", Want: standing{Rev: 1}, Said: "ok", GotID: "m_3", Got: standing{Rev: 2, Cancelled: true}, Began: 7, Ended: 8})
	})
	try("booked over a hold", "certainly at the same instant", func(h []attempt, _ *outcome) []attempt {
		return append(h, attempt{Kind: "hold", ID: "h_1", Said: "ok", GotID: "h_1", Got: standing{Rev: 1, Start: 1, End: 2, People: 2}, Until: 3, Began: 1, Ended: 1})
	})
	try("one reservation is missing", "is not reserved", func(h []attempt, o *outcome) []attempt { o.busy["p_01"] = o.busy["p_01"][1:]; return h })
	try("a reservation is left", "is reserved for m_1", func(h []attempt, o *outcome) []attempt {
		change(o, "m_1", func(c *conference.Conference) { c.State = conference.Cancelled })
		return h
	})
	try("no mail", "0 mails about m_2", func(h []attempt, o *outcome) []attempt { delete(o.mails, "m_2 0"); return h })
	try("two mails", "2 mails about m_2", func(h []attempt, o *outcome) []attempt { o.mails["m_2 0"] = 2; return h })
	try("not in its case", "its case c_1 has", func(h []attempt, o *outcome) []attempt {
		change(o, "m_1", func(c *conference.Conference) { c.Case = "c_1" })
		return h
	})
	try("refused for nothing", "which nobody has made", func(h []attempt, _ *outcome) []attempt {
		return append(h, attempt{Kind: "book", ID: "m_9", Said: "taken", Named: named{Kind: "booked", ID: "m_8"}, Began: 9, Ended: 9})
	})
}
