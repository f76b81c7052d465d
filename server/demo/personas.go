package demo

import (
	"slices"

	"github.com/samtale/samtale/server/conference"
)

// Persona is somebody a visitor may be with one click. A member of staff has a Person of the region; a guest has none and
// is a kind of guest instead, who comes by the link of a meeting.
type Persona struct {
	ID     string
	Person conference.PersonID
	Guest  string            // conference.GuestPatient or another kind; empty for staff
	Name   string            // of a guest; staff have theirs in the region
	Role   map[string]string // by language: "nb", "en"
	Story  map[string]string // one sentence, by language
}

// Personas lists who a visitor may be, in the order in which the demo shows them.
func Personas() []Persona {
	return slices.Concat(staff(), onDuty(), guests())
}

func words(nb, en string) map[string]string { return map[string]string{"nb": nb, "en": en} }

func staff() []Persona {
	return []Persona{
		{
			ID: "ward-nurse", Person: "marte-solli", Role: words("Sykepleier, Med A", "Ward nurse, Med A"),
			Story: words("Har tolv pasienter, og én skal hjem til Elvemo om to timer uten at noen der vet det.",
				"Has twelve patients, and one goes home to Elvemo in two hours without anybody there knowing."),
		},
		{
			ID: "registrar", Person: "henrik-dahl", Role: words("Lege i spesialisering, Med A", "Registrar, Med A"),
			Story: words("Kjenner pasientene på Med A, men er alltid på vei et annet sted; telefonen er kontoret.",
				"Knows the patients on Med A but is always on the way elsewhere; the phone is the office."),
		},
		{
			ID: "palliative-consultant", Person: "ragnhild-eide", Role: words("Overlege, palliativt team", "Consultant, palliative team"),
			Story: words("Står på tre turnuslister og vil ha ett trykk mellom spørsmålet og samtalen.",
				"Stands on three rosters and wants one tap between the question and the talk."),
		},
		{
			ID: "oncology-nurse", Person: "kari-lunde", Role: words("Kreftsykepleier 60 %, Elvemo", "Oncology nurse 60 %, Elvemo"),
			Story: words("Arbeider mandag til onsdag og vil vite det tidlig, ikke høre det fra hjemmesykepleien på fredag kveld.",
				"Works Monday to Wednesday and wants to know early, not to hear it from home nursing on a Friday evening."),
		},
		{
			ID: "district-nurse", Person: "siv-nygard", Role: words("Hjemmesykepleier kveld, Kaldbukt", "District nurse on evenings, Kaldbukt"),
			Story: words("Er alene på vakt fra 15 til 22 og trenger nummer som gjelder nå.",
				"Is alone on duty from 15 to 22 and needs numbers that are valid now."),
		},
		{
			ID: "gp", Person: "odd-berg", Role: words("Fastlege, Langneset", "GP, Langneset"),
			Story: words("Har ti minutter per pasient, en av dem i stolen foran seg og et spørsmål til onkologen nå; kalenderlenken hans er brutt.",
				"Has ten minutes a patient, one of them in the chair before him and a question for the oncologist now; the link to his calendar is broken."),
		},
		{
			ID: "locum", Person: "anna-kowalska", Role: words("Vikarlege og legevakt, Ytterværet", "Locum GP and on call, Ytterværet"),
			Story: words("Ny denne uken, både fastlege og legevakt; kalenderen hennes er 26 timer gammel.",
				"New this week, GP and on call at once; her calendar is 26 hours old."),
		},
		{
			ID: "sami-nurse", Person: "maret-somby", Role: words("Samisktalende hjemmesykepleier, Boazojávri", "Sámi-speaking district nurse, Boazojávri"),
			Story: words("Møter pasienten på morsmålet og vil ha tolken i samtalen, ikke etterpå.",
				"Meets the patient in the mother tongue and wants the interpreter in the talk, not after it."),
		},
		{
			ID: "physiotherapist", Person: "eirik-vik", Role: words("Fysioterapeut, Elvemo", "Physiotherapist, Elvemo"),
			Story: words("Er en del av teamet med egne mål for pasienten, og blir lett glemt i invitasjonen.",
				"Is part of the team with goals of his own for the patient, and is easily forgotten in the invitation."),
		},
		{
			ID: "allocation-officer", Person: "grete-haugen", Role: words("Tildelingskontoret, Langneset", "Allocation office, Langneset"),
			Story: words("Finner plass og tjenester, og må vite dagen før hvem som kommer.",
				"Finds beds and services and must know the day before who is coming."),
		},
		{
			ID: "coordinator", Person: "lise-falk", Role: words("Utskrivningskoordinator, Havnes sykehus", "Discharge coordinator, Havnes hospital"),
			Story: words("Ser alle avdelingene, ordner tid, transport og hull i vaktplanen, og leser ingenting klinisk.",
				"Sees all wards, arranges time, transport and gaps in the duty plan, and reads nothing clinical."),
		},
		{
			ID: "interpreter", Person: "inga-sara", Role: words("Tolk, nordsamisk", "Interpreter, Northern Sámi"),
			Story: words("Ser bare de møtene hun er invitert til.", "Sees only the meetings she is invited to."),
		},
		{
			ID: "privacy-officer", Person: "tor-lindgren", Role: words("Personvernombud, Havnes sykehus", "Privacy officer, Havnes hospital"),
			Story: words("Ser hvem som har sett hva, og ingen saker.", "Sees who has seen what, and no case."),
		},
	}
}

// onDuty are those whom "specialist now" rings for a patient with cancer: two take turns, and one stands behind them.
func onDuty() []Persona {
	return []Persona{
		{
			ID: "oncologist", Person: "kaja-nes", Role: words("Onkologvakt, Havnes sykehus", "Oncologist on duty, Havnes hospital"),
			Story: words("Går mellom mottaket og telefonen, og vil vite hvem som spør og om pasienten sitter der.",
				"Goes between admissions and the phone, and wants to know who asks and whether the patient is in the room."),
		},
		{
			ID: "second-oncologist", Person: "simen-lie", Role: words("Onkologvakt annenhver gang, Havnes sykehus", "Oncologist on duty in turn, Havnes hospital"),
			Story: words("Bytter vakt så ofte at bare vaktplanen vet hvem som har den nå.", "Swaps shifts so often that only the duty plan knows whose it is now."),
		},
		{
			ID: "back-up", Person: "stein-foss", Role: words("Bakvakt, palliativt team", "Back-up consultant, palliative team"),
			Story: words("Har bakvakt hjemmefra, ringes når den første ikke svarer, og vil at det tier straks en annen tar den.",
				"Is the back-up at home, is rung when the first does not answer, and wants silence as soon as another takes it."),
		},
	}
}

// guests are the patient and the daughter, two links for two chairs at one kitchen table.
func guests() []Persona {
	return []Persona{
		{
			ID: "patient", Guest: conference.GuestPatient, Name: "Pasient", Role: words("Pasient, gjest", "Patient, guest"),
			Story: words("Har en lenke, en lydprøve og et ansikt å se på; ingen konto.", "Has a link, a sound check and a face to look at; no account."),
		},
		{
			ID: "daughter", Guest: conference.GuestKin, Name: "Datter", Role: words("Datter, gjest", "Daughter, guest"),
			Story: words("Er med fra en annen by og venter til noen slipper henne inn.", "Takes part from another town and waits until somebody lets her in."),
		},
	}
}
