package duty

import (
	"slices"
	"strings"
)

// The words are written as plainOf leaves them. They keep a label from being taken for a part of a name; one that is missing costs the
// owner of a roster a colon behind it.
var (
	// standIns part who is on duty from whom they stand in for, the longest first.
	standIns = [][]string{
		{"i", "stedet", "for"},
		{"i", "staden", "for"},
		{"istedet", "for"},
		{"in", "place", "of"},
		{"instead", "of"},
		{"istedenfor"},
		{"istadenfor"},
		{"istf"},
		{"for"},
	}
	absences   = []string{"absent", "avspasering", "ferie", "fravaer", "fri", "leave", "permisjon", "sick", "syk", "sykmeldt", "sykemeldt", "vacation"}
	dutyStarts = []string{
		"anest", "backup", "duty", "endokrin", "ergoterap", "farmas", "fysioterap", "gastro", "geriat", "gynekolog", "hematolog", "infeksjon", "jordmor", "kardiolog", "kirurg",
		"konsul", "koordinat", "legevakt", "medisin", "nefrolog", "nevrolog", "nurse", "oncall", "oncolog", "onkolog", "ortoped", "overlege", "palliat", "pediatr",
		"physio", "poliklinikk", "primaer", "primary", "psykiat", "radiolog", "reumatolog", "secondary", "sekundaer", "specialist", "spesialist", "surge", "sykehus", "sykepleie", "urolog", "vakt",
	}
	dutyEnds  = []string{"avdeling", "avdelinga", "avdelingen", "klinikken", "lege", "legen", "pleier", "senter", "seksjon", "team", "teamet", "vakt", "vakta", "vakten", "vakter"}
	dutyWords = []string{
		"avd", "back", "bytte", "byttet", "call", "center", "centre", "dag", "day", "doctor", "doktor", "dr", "ekstra", "evening", "extra", "ettermiddag", "formiddag", "fra", "helg", "hos",
		"kl", "kveld", "ledig", "lis", "med", "mob", "mobil", "morgen", "natt", "night", "on", "ortopedi", "prof", "professor", "swap", "tba", "tbd", "tel", "telefon", "tlf", "til", "tilstede",
		"uke", "up", "vacant", "vakant", "veke", "vikar", "ward", "week", "weekend", "ved",
		"mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lordag", "sondag", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	}
)

// isDutyWord tells the words of rosters from names.
func isDutyWord(plain string) bool {
	switch {
	case slices.Contains(dutyWords, plain), slices.Contains(absences, plain):
		return true
	case slices.ContainsFunc(standIns, func(phrase []string) bool { return slices.Contains(phrase, plain) && plain != "i" }):
		return true
	case slices.ContainsFunc(dutyStarts, func(s string) bool { return strings.HasPrefix(plain, s) }):
		return true
	}
	return slices.ContainsFunc(dutyEnds, func(s string) bool { return strings.HasSuffix(plain, s) })
}

// isAbsence tells a shift that says who is away.
func isAbsence(w word) bool { return slices.Contains(absences, w.plain) }

// markOf returns the level that words give: 2 for a back-up, 1 for who is rung first, 0 for neither.
func markOf(words []word) int {
	for i, w := range words {
		switch {
		case strings.HasPrefix(w.plain, "bakvakt"), strings.HasPrefix(w.plain, "backup"), startsWith(words[i:], []string{"back", "up"}):
			return 2
		case strings.HasPrefix(w.plain, "forvakt"), strings.HasPrefix(w.plain, "primaervakt"), w.plain == "primary":
			return 1
		}
	}
	return 0
}
