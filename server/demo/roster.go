package demo

// plans are the duty plans of the region's rosters: their titles name who is on duty. They agree with the duty calendars that
// the same people have of their own, except where an override came after these. In each week there is one thing to mend for
// their owner: Sunday's back-up is a locum whom the region does not know, and the night after it nobody has.
func plans() map[string]agenda {
	plan := func(by producer, entries ...string) agenda { return agenda{by: by, kind: shifts, entries: entries} }
	return map[string]agenda{
		"roster-onkologvakt": plan(
			outlook,
			"Mon,Tue,Thu 08:00-08:00 Kaja Nes | week=0/2", "Wed 08:00-08:00 Ragnhild Eide | week=0/2",
			"Fri,Sat 08:00-08:00 Simen Lie | week=0/2", "Sun 08:00-22:00 Kaja Nes | week=0/2",
			"Mon,Tue,Thu 08:00-08:00 Simen Lie | week=1/2", "Wed,Fri 08:00-08:00 Kaja Nes | week=1/2",
			"Sat 08:00-08:00 Ragnhild Eide | week=1/2", "Sun 08:00-22:00 Simen Lie | week=1/2",
			// On Fridays, when patients go home, there are two to back up.
			"Mon,Tue,Fri 08:00-08:00 [L2] Ragnhild Eide", "Wed-Sat 08:00-08:00 [L2] Stein Foss", "Sun 08:00-22:00 [L2] Aksel Rønning",
		),
		"roster-onkologvakt-bytter": plan(google, "Tue 16:00-22:00 Simen Lie for Kaja Nes | week=0/2", "Tue 16:00-22:00 Kaja Nes for Simen Lie | week=1/2"),
		// Wednesday's doctor teaches; it was decided after everybody had put their shifts into their own calendar.
		"roster-onkologvakt-endringer": plan(nextcloud, "Wed 12:00-16:00 Simen Lie"),
		"roster-ytterveret-legevakt":   plan(nextcloud, "Mon-Sun allday Anna Kowalska"),
	}
}
