package duty

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

var oncologist = conference.RoleAt{Role: "oncologist", Unit: "ahus-onk"}

// peopleOf makes people of "id Name"; those with a star hold the role. An address is id@havnes.example.
func peopleOf(lines ...string) []conference.Person {
	var people []conference.Person
	for _, line := range lines {
		id, name, _ := strings.Cut(line, " ")
		id, holds := strings.CutPrefix(id, "*")
		p := conference.Person{ID: conference.PersonID(id), Name: name, Email: id + "@Havnes.example"}
		if holds {
			p.Roles = []conference.RoleAt{{Role: "nurse", Unit: "med-a"}, oncologist}
		}
		people = append(people, p)
	}
	return people
}

var staff = peopleOf("*kaja.nes Kaja Nes", "*simen Simen Lie", "*asa Åse-Marie Bjørgø", "*per Per Olav Hansen", "*inga Inga Čállo", "*nils Nils Gáŋŋa Sáŧŧer", "*obrien Maeve O’Brien",
	"olav Olav Hansen", "knut Knut Lie", "turid Turid Nes Dahl", "*van Jan van der Berg", "dag Dag Vakt")

// matched writes shifts as "kaja:1 simen:2>kaja" and what is unknown as "?why".
func matched(shifts []Shift, unknown []UnknownName) string {
	var words []string
	for _, s := range shifts {
		w := fmt.Sprintf("%s:%d", s.Person, s.Level)
		if s.Instead != "" {
			w += ">" + string(s.Instead)
		}
		words = append(words, w)
	}
	for _, u := range unknown {
		words = append(words, "?"+string(u.Why))
	}
	return strings.Join(words, " ")
}

func entry(title string, addresses ...string) Entry {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return Entry{Interval: calendar.Interval{Start: at, End: at.Add(8 * time.Hour)}, Title: title, Addresses: addresses, Layer: conference.LayerBase}
}

func TestTitles(t *testing.T) {
	check := func(title, want string) {
		t.Helper()
		t.Run(title, func(t *testing.T) {
			t.Helper()
			for _, form := range []norm.Form{norm.NFC, norm.NFD} {
				if got := matched(Match([]Entry{entry(form.String(title))}, staff, oncologist, Source{Origin: FromRoster})); got != want {
					t.Errorf("%q is %s, want %s", form.String(title), got, want)
				}
			}
		})
	}
	const kaja, both = "kaja.nes:1", "kaja.nes:1 simen:1"

	check("Kaja Nes", kaja)
	check("  kaja   NES ", kaja)
	check("KAJA NES", kaja)
	check("Nes, Kaja", kaja)
	check("NES KAJA", kaja)
	check("Kaja\u00a0Nes", kaja)
	check("Ka\u00adja Nes\u200e", kaja)
	check("kaja.nes@havnes.example", kaja)
	check("Kaja Nes <kaja.nes@HAVNES.example>", kaja)
	check("Kaja Nes (kaja@gmail.example)", kaja)
	check("Onkologvakt: kaja.nes@havnes.example.", kaja)
	check("K. Nes", kaja)
	check("K Nes", kaja)
	check("Dr. K. Nes", kaja)
	check("dr K.Nes", kaja)
	check("Nes, K.", kaja)
	check("Kaja M. Nes", kaja)
	check("Kaja Marie Nes", kaja)
	check("Onkologvakt Kaja Nes", kaja)
	check("Onkologvakt Nes, Kaja", kaja)
	check("Vakt 08:00-15:30 Kaja Nes", kaja)
	check("08:00 - 15:30 Kaja Nes", kaja)
	check("Kaja Nes, tlf. 404 12 345", kaja)
	check("Kaja Nes på telefon", kaja)
	check("Kaja Nes (Havnes Sykehus)", kaja)
	check("Kaja Nes – Havnes", kaja)
	check("AHUS Kaja Nes LIS3", kaja)
	check("D Kaja Nes", kaja)
	check("Oncologist Kaja Nes", kaja)
	check("Vakt for onkologi: Kaja Nes", kaja)
	check("Palliativt Senter: Kaja Nes", kaja)
	check("Grønn Linje: Kaja Nes", kaja)
	check("Kaja Nes / Kaja Nes", kaja)

	check("Kaja Nes / Simen Lie", both)
	check("Kaja Nes/Simen Lie", both)
	check("Kaja Nes, Simen Lie", both)
	check("Nes, Kaja, Lie, Simen", both)
	check("Nes, Kaja / Lie, Simen", both)
	check("Kaja Nes og Simen Lie", both)
	check("Kaja Nes and Simen Lie", both)
	check("Kaja Nes & Simen Lie", both)
	check("Kaja Nes + Simen Lie", both)
	check("Kaja Nes - Simen Lie", both)
	check("Kaja Nes Simen Lie", both)
	check("Vakt: Kaja Nes; Simen Lie", both)

	check("[L2] Simen Lie", "simen:2")
	check("[L1] Simen Lie", "simen:1")
	check("[l0] Simen Lie", "simen:1")
	check("Simen Lie [L9]", "simen:9")
	check("[L1] Kaja Nes [L2] Simen Lie", "kaja.nes:1 simen:2")
	check("Kaja Nes [L1] / Simen Lie [L2]", "kaja.nes:1 simen:2")
	check("[L3] Kaja Nes, Simen Lie", "kaja.nes:3 simen:3")
	check("[L1] Bakvakt: Simen Lie", "simen:1")
	check("Bakvakt: Simen Lie", "simen:2")
	check("BAKVAKT Simen Lie", "simen:2")
	check("Simen Lie (bakvakt)", "simen:2")
	check("Simen Lie bakvakt", "simen:2")
	check("Bakvaktlege Simen Lie", "simen:2")
	check("Backup: Simen Lie", "simen:2")
	check("Back-up: Simen Lie", "simen:2")
	check("Kaja Nes / Simen Lie (bakvakt)", "kaja.nes:1 simen:2")
	check("Simen Lie (bakvakt), Kaja Nes", "simen:2 kaja.nes:1")
	check("Forvakt: Kaja Nes, bakvakt: Simen Lie", "kaja.nes:1 simen:2")
	check("Bakvakt: Simen Lie / Forvakt: Kaja Nes", "simen:2 kaja.nes:1")
	check("Bakvakt Kaja Nes, Simen Lie", "kaja.nes:2 simen:2")

	check("Simen Lie for Kaja Nes", "simen:1>kaja.nes")
	check("Simen Lie i stedet for Kaja Nes", "simen:1>kaja.nes")
	check("Simen Lie istedenfor Kaja Nes", "simen:1>kaja.nes")
	check("Simen Lie instead of Kaja Nes", "simen:1>kaja.nes")
	check("Simen Lie (for Kaja Nes)", "simen:1>kaja.nes")
	check("Simen Lie (vikar for Kaja Nes)", "simen:1>kaja.nes")
	check("Simen Lie, for Kaja Nes, for Inga Čállo", "simen:1>kaja.nes simen:1>inga")
	check("Simen Lie for Kaja Nes (syk)", "simen:1>kaja.nes")
	check("Bakvakt: S. Lie for K. Nes", "simen:2>kaja.nes")
	check("Simen Lie for Kaja Nes, Åse-Marie Bjørgø for Per Olav Hansen", "simen:1>kaja.nes asa:1>per")
	check("Simen Lie for Kaja Nes og Inga Čállo", "simen:1>kaja.nes inga:1")
	check("Simen Lie for Xenia Ås", "simen:1 ?unknown")
	check("Simen Lie for Simen Lie", "simen:1")
	check("Simen Lie for Havnes", "simen:1")
	check("Vikar for Kaja Nes", "?empty")
	check("Xenia Ås for Kaja Nes", "?unknown")

	check("Åse-Marie Bjørgø", "asa:1")
	check("Ase Marie Bjorgo", "asa:1")
	check("Aase Marie Bjoergoe", "?unknown") // a final oe stays
	check("aase-marie bjørgø", "asa:1")
	check("ÅSE BJØRGØ", "asa:1")
	check("Å. M. Bjørgø", "asa:1")
	check("Inga Callo", "inga:1")
	check("Nils Ganna Satter", "nils:1")
	check("Nils Sáŧŧer", "nils:1")
	check("Maeve O'Brien", "obrien:1")
	check("Maeve Obrien", "obrien:1")
	check("J. van der Berg", "van:1")
	check("van der Berg, Jan", "van:1")
	check("Turid Dahl", "turid:1")
	check("Turid Nes-Dahl", "turid:1")
	check("Nes Dahl, Turid", "turid:1")
	check("Dag Vakt", "dag:1")
	check("Per Olav Hansen", "per:1")
	check("P. O. Hansen", "per:1")
	check("Olav Hansen", "olav:1")

	check("", "?empty")
	check(" - ", "?empty")
	check("Bakvakt", "?empty")
	check("Ledig vakt 08-16", "?empty")
	check("Kaja Nes - ferie", "?empty")
	check("Syk: Kaja Nes", "?empty")
	check("Kaja", "?unknown")
	check("Dr. Nes", "?unknown")
	check("Xenia Ås", "?unknown")
	check("ukjent@havnes.example", "?unknown")
	check("Anne Kaja Nes", "?unknown") // somebody else
	check("anne kaja nes", "?unknown")
	check("Kaja Marie Sofie Nes", "?unknown")
	check("Xenia Ås (bakvakt), Kaja Nes", "kaja.nes:1 ?unknown")
	check("Kaja Nes Simonsen", "?unknown")
	check("Kaja Nes / Xenia Ås", "kaja.nes:1 ?unknown")
	check("Kaja Nes / Xenia", "kaja.nes:1 ?unknown")
	check("Kaja Nes, Xenia Ås", "kaja.nes:1 ?unknown")
	check("Xenia Ås: bakvakt, Kaja Nes: forvakt", "kaja.nes:1 ?unknown")
	check("Kaja "+strings.Repeat("x ", 500)+"Nes", "?unknown")
	check(strings.Repeat("Kaja Nes / ", 90), "kaja.nes:1 ?unknown") // more than anybody reads
	check("Kaja Nes for hele huset", kaja)
	check("Simen Lie, på telefon (bakvakt)", "simen:2")
}

func TestAmbiguous(t *testing.T) {
	check := func(name, title, want string, people ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			if got := matched(Match([]Entry{entry(title)}, peopleOf(people...), oncologist, Source{})); got != want {
				t.Errorf("%q is %s, want %s", title, got, want)
			}
		})
	}
	check("two with a name", "Kaja Nes", "?ambiguous", "a Kaja Nes", "b Kaja Nes")
	check("two who hold the role", "Kaja Nes", "?ambiguous", "*a Kaja Nes", "*b Kaja Nes", "c Kaja Nes")
	check("one holds the role", "Kaja Nes", "b:1", "a Kaja Nes", "*b Kaja Nes", "c Kaja Nes")
	check("two initials", "K. Nes", "?ambiguous", "*a Kaja Nes", "*b Knut Nes")
	check("an initial of the role", "K. Nes", "b:1", "a Kaja Nes", "*b Knut Nes")
	check("an accent decides", "Kari Bo", "b:1", "*a Kari Bø", "*b Kari Bo")
	check("the accent decides", "Kari Bø", "a:1", "*a Kari Bø", "*b Kari Bo")
	check("no accent decides", "KARI BOE", "?unknown", "*a Kari Bø", "*b Kari Bo")
	check("a middle name decides", "Kari Anne Nes", "b:1", "*a Kari Nes", "*b Kari Anne Nes", "*c Kari Ane Nes")
	check("which middle name", "Kari Nes", "?ambiguous", "*b Kari Anne Nes", "*c Kari Ane Nes")
	check("one of two is clear", "K. Nes / Simen Lie", "c:1 ?ambiguous", "*a Kaja Nes", "*b Knut Nes", "*c Simen Lie")
	check("a replaced one is not", "Simen Lie for K. Nes", "c:1 ?ambiguous", "*a Kaja Nes", "*b Knut Nes", "*c Simen Lie")
	check("two with an address", "", "?empty", "a Kaja Nes", "a Kaja Nes")
}

func TestAttendees(t *testing.T) {
	check := func(name, title, addresses, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			if got := matched(Match([]Entry{entry(title, strings.Fields(addresses)...)}, staff, oncologist, Source{})); got != want {
				t.Errorf("%q with %s is %s, want %s", title, addresses, got, want)
			}
		})
	}
	check("alone", "", "kaja.nes@havnes.example simen@havnes.example", "kaja.nes:1 simen:1")
	check("beside a label", "Bakvakt", "kaja.nes@havnes.example", "kaja.nes:2")
	check("beside a level", "[L3]", "kaja.nes@havnes.example", "kaja.nes:3")
	check("before the title", "Simen Lie", "kaja.nes@havnes.example", "kaja.nes:1")
	check("levels by name", "Kaja Nes / Simen Lie (bakvakt)", "simen@havnes.example kaja.nes@havnes.example", "simen:2 kaja.nes:1")
	check("unknown", "Vakt", "locum@agency.example", "?unknown")
	check("unknown beside a name", "Kaja Nes", "vakt@havnes.example", "kaja.nes:1")
	check("one is known", "Vakt", "vakt@havnes.example kaja.nes@havnes.example", "kaja.nes:1")
	check("both are invited to a swap", "Simen Lie for Kaja Nes", "kaja.nes@havnes.example simen@havnes.example", "simen:1>kaja.nes")
	check("a swap without a name", "for Kaja Nes", "simen@havnes.example", "simen:1>kaja.nes")
	check("on leave", "Kaja Nes ferie", "kaja.nes@havnes.example", "?empty")
}

// TestMatch looks at what is beside the names.
func TestMatch(t *testing.T) {
	read := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	source := Source{Origin: FromRoster, ReadAt: read}
	swap, override, none, unsure := entry("Simen Lie for Kaja Nes"), entry("Simen Lie for Kaja Nes"), entry("Kaja Nes"), entry("Kaja Nes")
	override.Layer, none.End, unsure.Unsure = conference.LayerOverride, none.Start, true
	shifts, unknown := Match([]Entry{swap, override, none, unsure}, staff, oncologist, source)
	if len(shifts) != 2 || shifts[0].Layer != conference.LayerSwap || shifts[1].Layer != conference.LayerOverride || shifts[1].Instead != "" || shifts[0].Interval != swap.Interval || shifts[0].Source != source {
		t.Errorf("shifts are %+v", shifts)
	}
	if len(unknown) != 1 || unknown[0] != (UnknownName{"Kaja Nes", unsure.Start, WhyUnsure}) {
		t.Errorf("unknown are %+v", unknown)
	}
	lost, plain := entry("Simen Lie for Xenia Ås"), entry("Simen Lie")
	lost.Layer, plain.Layer = conference.LayerSwap, conference.LayerSwap
	shifts, _ = Match([]Entry{lost, plain}, staff, oncologist, source)
	if len(shifts) != 2 || shifts[0].Layer != conference.LayerBase || shifts[1].Layer != conference.LayerSwap {
		t.Errorf("a swap with somebody unknown: %+v", shifts)
	}
	if got := Entries([]calendar.Shift{{Interval: swap.Interval, Title: "a", Addresses: []string{"b"}, Unsure: true}}, conference.LayerSwap); len(got) != 1 || got[0].Title != "a" || got[0].Layer != conference.LayerSwap || !got[0].Unsure || got[0].Addresses[0] != "b" || got[0].Interval != swap.Interval {
		t.Errorf("entries are %+v", got)
	}
}

// FuzzTitle reads strangers' titles: people are those of the region, every entry gives somebody or a reason, in one spelling of accents or
// the other.
func FuzzTitle(f *testing.F) {
	for _, title := range []string{"Kaja Nes", "Nes, Kaja", "[L2] Simen Lie for K. Nes / Åse-Marie Bjørgø (bakvakt)", "Kaja Nes <kaja.nes@havnes.example>, Lie", "Bakvakt: Simen Lie (for Nes, Kaja)", "ferie", "08:00/16:00 - x & y og z"} {
		f.Add(title, "simen@havnes.example")
		f.Add(title, "")
	}
	known := map[conference.PersonID]bool{}
	for _, p := range staff {
		known[p.ID] = true
	}
	f.Fuzz(func(t *testing.T, title, address string) {
		e := entry(title, address)
		shifts, unknown := Match([]Entry{e}, staff, oncologist, Source{Origin: FromRoster})
		if len(shifts)+len(unknown) == 0 {
			t.Errorf("%q is nothing", title)
		}
		for _, s := range shifts {
			if !known[s.Person] || s.Level < 1 || s.Level > 9 || s.Interval != e.Interval || s.Instead == s.Person || (s.Instead != "" && !known[s.Instead]) {
				t.Errorf("%q is %+v", title, s)
			}
		}
		if got, want := matched(Match([]Entry{entry(norm.NFD.String(title), address)}, staff, oncologist, Source{})), matched(shifts, unknown); got != want && norm.NFC.String(title) == title {
			t.Errorf("%q is %s, decomposed it is %s", title, want, got)
		}
	})
}
