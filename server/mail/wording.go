package mail

import (
	"fmt"
	"strings"
	"time"
)

// wording holds every sentence of one language. None takes a word from outside but the meeting code, the time and the
// link: what cannot be filled in cannot leak.
type wording struct {
	tag                                           string // BCP 47
	meeting, invited, changed, cancelled          string // changed and cancelled stand before the meeting in a subject
	changedIntro, cancelledIntro                  string
	code, when, role, needed, optional, join      string
	personal, answer, noPatients, calendarRemoves string
	signInTitle, signInIntro, signInLink          string
	signInOnce, signInIgnore                      string
	noticeTitle, noticeIntro, noticeLink          string
	noticeSignIn                                  string
	days                                          [7]string // Sunday first, as time.Weekday
	months                                        [12]string
	day                                           func(w wording, t time.Time) string
	clock                                         string // layout of a time of day
	at                                            string // between day and time
}

// wordingIn returns the sentences in a language. Whoever has set none, or one that is not there yet, reads bokmål.
func wordingIn(language string) wording {
	if language == "en" || strings.HasPrefix(language, "en-") {
		return english
	}
	return bokmal
}

var bokmal = wording{
	tag:     "nb",
	meeting: "Videomøte", invited: "Du er invitert til et videomøte.", changed: "Endret: videomøte", cancelled: "Avlyst: videomøte",
	changedIntro:   "Møtet er endret. Dette gjelder nå:",
	cancelledIntro: "Møtet er avlyst. Du trenger ikke å gjøre noe.",
	code:           "Møte", when: "Tid", role: "Din plass",
	needed: "Du trengs for at møtet kan holdes", optional: "Bli med om du kan", join: "Åpne møtet",
	personal:        "Lenken er din alene. Ikke send den videre. Den virker til ti minutter etter møtet, og å åpne den forplikter ikke til noe.",
	answer:          "Si ja eller nei på siden bak lenken.",
	noPatients:      "Av hensyn til personvernet står det ikke hvem møtet handler om. Skriv aldri om pasienter på e-post.",
	calendarRemoves: "Er møtet lagt inn i kalenderen din, fjernes det av vedlegget.",
	signInTitle:     "Logg inn i Samtale", signInIntro: "Noen, forhåpentligvis du, ba om å logge inn med denne adressen.", signInLink: "Logg inn",
	signInOnce:   "Lenken virker én gang og i 15 minutter. Du bekrefter med et trykk på siden den åpner.",
	signInIgnore: "Var det ikke deg, kan du se bort fra denne e-posten.",
	noticeTitle:  "En utskrivning venter på kvittering", noticeIntro: "Enheten din er varslet om en utskrivning. Varselet gjelder først når noen hos dere kvitterer for det.", noticeLink: "Åpne tavlen",
	noticeSignIn: "Du må være innlogget for å se den. Denne e-posten erstatter ikke de lovpålagte meldingene.",
	days:         [7]string{"søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"},
	months:       [12]string{"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"},
	day: func(w wording, t time.Time) string {
		return fmt.Sprintf("%s %d. %s %d", w.days[t.Weekday()], t.Day(), w.months[t.Month()-1], t.Year())
	},
	clock: "15.04", at: " kl. ",
}

var english = wording{
	tag:     "en",
	meeting: "Video meeting", invited: "You are invited to a video meeting.", changed: "Changed: video meeting", cancelled: "Cancelled: video meeting",
	changedIntro:   "The meeting has changed. This now holds:",
	cancelledIntro: "The meeting is cancelled. You need not do anything.",
	code:           "Meeting", when: "Time", role: "Your seat",
	needed: "You are needed for the meeting to be held", optional: "Join if you can", join: "Open the meeting",
	personal:        "The link is yours alone. Do not pass it on. It works until ten minutes after the meeting, and opening it commits you to nothing.",
	answer:          "Say yes or no on the page behind the link.",
	noPatients:      "For privacy this does not say whom the meeting is about. Never write about patients by e-mail.",
	calendarRemoves: "If the meeting is in your calendar, the attachment removes it.",
	signInTitle:     "Sign in to Samtale", signInIntro: "Somebody, hopefully you, asked to sign in with this address.", signInLink: "Sign in",
	signInOnce:   "The link works once and for 15 minutes. You confirm by pressing a button on the page it opens.",
	signInIgnore: "If it was not you, ignore this e-mail.",
	noticeTitle:  "A discharge awaits acknowledgement", noticeIntro: "Your unit has been told of a discharge. It counts as told only when one of you acknowledges it.", noticeLink: "Open the board",
	noticeSignIn: "You must be signed in to see it. This e-mail does not replace the statutory messages.",
	days:         [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	months:       [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	day: func(w wording, t time.Time) string {
		return fmt.Sprintf("%s %d %s %d", w.days[t.Weekday()], t.Day(), w.months[t.Month()-1], t.Year())
	},
	clock: "15:04", at: ", ",
}

// period writes a meeting's time in zone, with the zone's name and offset: who reads it may be elsewhere.
func (w wording) period(start, end time.Time, zone *time.Location) string {
	start, end = start.In(zone), end.In(zone)
	from, to := w.day(w, start)+w.at+start.Format(w.clock), end.Format(w.clock)
	if start.YearDay() != end.YearDay() || start.Year() != end.Year() {
		to = " " + w.day(w, end) + w.at + to
		from += " "
	}
	offset := start.Format("UTC-07:00")
	if until := end.Format("UTC-07:00"); until != offset { // the clocks change in between
		offset += "/" + until
	}
	return fmt.Sprintf("%s–%s (%s, %s)", from, to, zone, offset)
}
