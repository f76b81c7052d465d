package demo

import "slices"

// kind says what the entries of a calendar mean, as conference.FeedKind does.
type kind int

const (
	engagements kind = iota
	shifts           // a roster or somebody's part of one, written out shift by shift
	presence         // working hours
)

// agenda is one calendar: in which program it is kept and what stands in it.
type agenda struct {
	by      producer
	kind    kind
	entries []string
}

// The feeds that do not do their duty: one is gone, one has not answered for 26 hours.
const (
	brokenFeed = "odd-berg"
	staleFeed  = "anna-kowalska"
)

// agendas are all calendars of the region by name, without ".ics". The Fridays of those whom the first case needs leave
// 13:00 to 13:30 and 14:00 to 14:30 open, and nothing else of the afternoon.
func agendas() map[string]agenda {
	all := map[string]agenda{}
	for _, part := range []map[string]agenda{hospital(), palliative(), gps(), homeNursing(), therapists(), dutyLists(), plans()} {
		for name, a := range part {
			all[name] = a
		}
	}
	return all
}

// with adds what is somebody's own to what a group shares.
func with(shared []string, own ...string) []string { return append(slices.Clone(shared), own...) }

func busyIn(by producer, shared []string, own ...string) agenda {
	return agenda{by: by, kind: engagements, entries: with(shared, own...)}
}

func hospital() map[string]agenda {
	nurse := []string{"Mon-Fri 07:30-08:00 Rapport", "Mon-Fri 09:00-10:30 Visitt", "Mon-Fri 14:30-15:00 Rapport"}
	doctor := []string{"Mon-Fri 08:00-08:30 Morgenmøte", "Mon-Fri 09:00-11:30 Visitt"}
	office := []string{"Mon-Fri 08:30-09:00 Dagens tavle", "Wed 12:30-14:00 Samarbeidsmøte"}
	return map[string]agenda{
		"marte-solli": busyIn(outlook, nurse, "Fri 13:30-14:00 Medisinrunde", "Tue 13:00-14:00 Fagtime | week=0/2"),
		"tone-bakken": busyIn(outlook, nurse, "Fri 12:30-14:30 Ledermøte", "Mon 12:00-13:00 Turnusplan"),
		"henrik-dahl": busyIn(outlook, doctor, "Fri 12:00-13:00 Pre- og postvisitt", "Fri 13:30-14:00 Veiledning",
			"Wed 13:00-14:00 Tverrfaglig møte | moved=14:30 skipped", "Tue 12:30-13:30 Undervisning", "Thu 15:00-15:30 Journalklubb | declined"),
		"sunniva-aas":   busyIn(outlook, doctor, "Fri 12:00-15:30 Poliklinikk", "Mon 12:30-14:00 Poliklinikk", "Thu 14:00-15:00 Styringsgruppe | tentative"),
		"nina-holm":     busyIn(nextcloud, nurse, "Thu 13:00-14:00 Fagtime"),
		"ane-kvalvik":   busyIn(outlook, nurse, "Tue 12:30-14:00 Ledermøte"),
		"jan-erik-ness": busyIn(outlook, doctor, "Mon,Wed 12:30-15:30 Poliklinikk"),
		"liv-torgersen": busyIn(google, doctor, "Thu 12:30-14:00 Kurs | week=1/2"),
		"oda-ruud":      busyIn(nextcloud, nurse, "Wed 12:30-13:30 Fagtime"),
		"trond-hagen":   busyIn(outlook, nurse, "Tue 12:30-14:00 Ledermøte"),
		"maja-sund":     busyIn(outlook, doctor, "Tue,Thu 12:00-15:30 Bronkoskopi"),
		"ola-brekke":    busyIn(apple, doctor, "Fri 12:30-13:30 Undervisning"),
		"lise-falk":     busyIn(outlook, office, "Fri 12:00-13:00 Sengepost-runde"),
		"pia-strom":     busyIn(outlook, office, "Mon-Fri 10:00-11:30 Legemiddelgjennomgang"),
		"geir-sande":    busyIn(outlook, office, "Tue,Thu 10:00-12:00 Samtaler"),
		"inga-sara":     busyIn(google, nil, "Mon-Fri 08:30-11:00 Tolkeoppdrag", "Tue 12:00-15:00 Tolkeoppdrag", "Fri 12:30-14:30 Tolkeoppdrag"),
		"jovnna-eira":   busyIn(google, nil, "Mon-Wed 09:00-11:30 Tolkeoppdrag", "Wed 13:00-15:00 Tolkeoppdrag | tentative"),
	}
}

// palliative: the team, and the consultant who stands on three rosters kept in three programs.
func palliative() map[string]agenda {
	team := []string{"Mon-Fri 08:30-09:30 Teammøte", "Thu 13:00-14:00 Regional konferanse"}
	return map[string]agenda{
		"ragnhild-eide":       busyIn(apple, team, "Fri 12:00-15:00 Poliklinikk Tindvik", "Mon 10:00-12:00 Tilsyn"),
		"ragnhild-eide-hours": {by: outlook, kind: presence, entries: []string{"Mon,Tue,Fri 08:00-15:30 Palliativt team"}},
		"ragnhild-eide-duty":  {by: nextcloud, kind: shifts, entries: []string{"Wed 08:00-08:00 Onkologvakt | week=0/2", "Sat 08:00-08:00 Onkologvakt | week=1/2"}},
		"stein-foss":          busyIn(google, team, "Mon-Thu 10:00-11:30 Tilsyn"),
		"hilde-moe":           busyIn(google, team, "Mon,Wed 12:30-15:00 Hjemmebesøk"),
		"randi-voll":          busyIn(apple, team, "Tue,Thu 10:00-12:00 Hjemmebesøk", "Fri 13:00-14:00 Telefontid"),
		"kaja-nes":            busyIn(google, nil, "Mon-Fri 13:20-14:00 Mottak", "Mon-Fri 08:00-08:30 Morgenmøte"),
		"kaja-nes-duty": {by: nextcloud, kind: shifts, entries: []string{
			"Mon,Thu 08:00-08:00 Onkologvakt | week=0/2", "Tue 08:00-16:00 Onkologvakt | week=0/2", "Tue 22:00-08:00 Onkologvakt | week=0/2",
			"Sun 08:00-22:00 Onkologvakt | week=0/2", "Wed,Fri 08:00-08:00 Onkologvakt | week=1/2", "Tue 16:00-22:00 Onkologvakt, byttet | week=1/2",
		}},
		"simen-lie": busyIn(outlook, nil, "Mon-Fri 13:30-14:10 Mottak", "Mon-Fri 08:00-08:30 Morgenmøte"),
		"simen-lie-duty": {by: nextcloud, kind: shifts, entries: []string{
			"Fri,Sat 08:00-08:00 Onkologvakt | week=0/2", "Mon,Thu 08:00-08:00 Onkologvakt | week=1/2", "Tue 08:00-16:00 Onkologvakt | week=1/2",
			"Tue 22:00-08:00 Onkologvakt | week=1/2", "Sun 08:00-22:00 Onkologvakt | week=1/2", "Tue 16:00-22:00 Onkologvakt, byttet | week=0/2",
		}},
	}
}

// gps have ten-minute appointments, as their practice systems export them: each a series of its own.
func gps() map[string]agenda {
	booked := []string{"Mon-Fri 08:00-11:30 Time | slots=10", "Mon-Thu 12:30-14:00 Time | slots=10"}
	afternoon := "Fri 12:30-14:50 Time | slots=10"
	return map[string]agenda{
		"arne-lian":        busyIn(nextcloud, booked, afternoon, "Tue 14:00-15:00 Kommunemøte"),
		"eva-marie-tangen": busyIn(google, booked, afternoon),
		"bjorn-hauge":      busyIn(nextcloud, booked, afternoon, "Thu 14:00-15:30 Helsestasjon"),
		"silje-ro":         busyIn(apple, booked, afternoon),
		"ida-nilsen":       busyIn(outlook, booked, "Fri 12:20-13:00 Time | slots=10", "Fri 13:30-14:00 Time | slots=10"),
		"per-strand":       busyIn(nextcloud, booked, "Tue 14:00-15:30 Sykebesøk"),
		"gunnar-holte":     busyIn(google, booked, afternoon, "Wed 14:00-15:00 Sykestua"),
		"sofie-lange":      busyIn(google, booked, afternoon, "Thu 14:00-15:30 Veiledning"),
		"anna-kowalska":    busyIn(google, booked, "Fri 12:30-14:00 Time | slots=10"),
		"anders-utsi":      busyIn(outlook, booked, afternoon),
		"ellen-gaup":       busyIn(google, booked, afternoon),
		"knut-mikkelsen":   busyIn(nextcloud, booked),
		"hanne-strom":      busyIn(outlook, booked, afternoon),
		"arvid-krogh":      busyIn(outlook, nil, "Mon-Thu 09:00-11:30 Visitt", "Tue 12:30-15:00 Legekontoret"),
	}
}

// homeNursing: leaders and specialist nurses of the municipalities; their colleagues' shifts are in rosters.
func homeNursing() map[string]agenda {
	lead := []string{"Mon-Fri 07:30-08:30 Rapport og fordeling", "Mon-Fri 14:30-15:00 Rapport kveldsvakt"}
	specialist := []string{"Mon-Fri 08:00-08:30 Rapport", "Mon-Fri 09:00-11:30 Hjemmebesøk"}
	return map[string]agenda{
		"anita-fjeld":      busyIn(google, specialist, "Fri 12:30-14:00 Hjemmebesøk"),
		"rune-sletten":     busyIn(nextcloud, lead, "Tue 12:00-13:00 Ledermøte"),
		"elin-skog":        busyIn(nextcloud, lead, "Wed 12:30-14:00 Pårørendegruppe"),
		"kari-lunde":       busyIn(google, specialist, "Tue 12:30-13:30 Kreftnettverk"),
		"kari-lunde-hours": {by: nextcloud, kind: presence, entries: []string{"Mon-Wed 08:00-15:30 Til stede"}},
		// The conference is no engagement: she has marked it free and is at work.
		"solveig-hoel": busyIn(outlook, lead, "Fri 12:30-13:00 Lunsj med vikarene", "Fri 13:30-14:00 Turnus", "Fri allday Konferanse: hjemmesykepleie i nord | free"),
		"line-moen":    busyIn(google, nil, "Mon-Fri 08:30-13:00 Hjemmebesøk", "Mon-Fri 13:30-14:00 Hjemmebesøk"),
		"britt-olsen":  busyIn(nextcloud, lead, "Thu 12:30-14:00 Tildelingsmøte"),
		"wenche-ravn":  busyIn(nextcloud, lead, "Mon-Fri 09:00-11:00 Visitt sykestua"),
		"marit-skar":   busyIn(google, lead, "Wed 12:00-13:30 Båten | week=1/2"),
		"maret-somby":  busyIn(apple, nil, "Mon-Fri 07:30-08:00 Rapport", "Mon-Fri 08:30-11:00 Hjemmebesøk", "Thu 12:00-14:00 Hjemmebesøk"),
		"risten-bals":  busyIn(outlook, lead, "Mon 12:30-13:30 Tildelingsmøte"),
		"elle-nutti":   busyIn(google, specialist, "Tue,Thu 12:00-15:30 Langneset"),
		"jorunn-eik":   busyIn(google, specialist, "Mon 12:30-14:00 Samtalegruppe"),
		"aslaug-nes":   busyIn(nextcloud, lead, "Wed 12:00-14:00 Ledermøte"),
	}
}

func therapists() map[string]agenda {
	therapist := []string{"Mon-Fri 08:30-11:30 Behandling", "Tue,Thu 12:30-13:30 Treningsgruppe"}
	desk := []string{"Mon-Fri 09:00-10:30 Vedtak", "Wed 12:30-14:30 Tildelingsmøte"}
	return map[string]agenda{
		"eirik-vik":    busyIn(google, therapist, "Fri 13:00-14:00 Sykebesøk"),
		"pal-engen":    busyIn(google, therapist),
		"vilde-aune":   busyIn(apple, therapist, "Fri 12:00-14:00 Hjelpemiddellager"),
		"synne-rui":    busyIn(apple, therapist, "Mon,Wed 12:30-15:00 Reinvatn"),
		"berit-ness":   busyIn(outlook, desk),
		"astrid-lund":  busyIn(outlook, desk, "Fri 13:00-13:30 Telefontid"),
		"grete-haugen": busyIn(outlook, desk, "Thu 12:00-13:00 Boligtildeling"),
	}
}

// dutyLists are people's own: day 07:30-15:00, evening 14:45-22:15, night 22:00-08:00, out-of-hours doctors around the clock.
func dutyLists() map[string]agenda {
	roster := func(entries ...string) agenda { return agenda{by: nextcloud, kind: shifts, entries: entries} }
	// three takes turns: days, evenings and nights, each for a week.
	three := func(turn int) agenda {
		week := func(n int) string { return " | week=" + string(rune('0'+(turn+n)%3)) + "/3" }
		return roster("Mon-Sun 07:30-15:00 Dagvakt"+week(0), "Mon-Sun 14:45-22:15 Kveldsvakt"+week(1), "Mon-Sun 22:00-08:00 Nattvakt"+week(2))
	}
	// two share days and evenings; nights are on call from the neighbour.
	two := func(turn string, other string) agenda {
		return roster("Mon-Sun 07:30-15:00 Dagvakt | week="+turn+"/2", "Mon-Sun 14:45-22:15 Kveldsvakt | week="+other+"/2")
	}
	return map[string]agenda{
		"jonas-myhre-duty":   roster("Mon-Thu 07:30-15:00 Dagvakt | week=0/2", "Thu-Sun 14:45-22:15 Kveldsvakt | week=1/2"),
		"mona-lid-duty":      three(0),
		"kim-andre-bo-duty":  three(1),
		"turid-haga-duty":    three(2),
		"line-moen-duty":     two("0", "1"),
		"roar-tveit-duty":    roster("Mon-Thu 14:45-22:15 Kveldsvakt | week=0/2", "Fri-Sun 22:00-08:00 Nattvakt"),
		"siv-nygard-duty":    roster("Mon-Fri 14:45-22:15 Kveldsvakt, alene"),
		"leif-dahle-duty":    roster("Mon-Thu 07:30-15:00 Dagvakt", "Sat-Sun 14:45-22:15 Kveldsvakt"),
		"frode-vaag-duty":    two("0", "1"),
		"heidi-skjaer-duty":  two("1", "0"),
		"tone-vaag-duty":     roster("Mon-Thu 22:00-08:00 Nattvakt"),
		"emil-oy-duty":       roster("Fri-Sun 22:00-08:00 Nattvakt"),
		"terje-lien-duty":    two("0", "1"),
		"mia-solbakk-duty":   two("1", "0"),
		"sander-vold-duty":   {by: outlook, kind: shifts, entries: []string{"Mon-Thu 15:30-08:00 Legevakt", "Fri 15:30-08:00 Legevakt", "Sat-Sun 08:00-08:00 Legevakt | week=0/2"}},
		"nils-viken-duty":    {by: outlook, kind: shifts, entries: []string{"Mon,Wed,Fri 15:30-08:00 Legevakt", "Sat-Sun 08:00-08:00 Legevakt | week=1/2"}},
		"jens-brox-duty":     {by: outlook, kind: shifts, entries: []string{"Mon-Fri 15:30-08:00 Legevakt", "Sat-Sun 08:00-08:00 Legevakt"}},
		"anna-kowalska-duty": {by: outlook, kind: shifts, entries: []string{"Mon-Sun 08:00-08:00 Legekontor og legevakt"}},
	}
}
