package server

import (
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
)

// Inputs and outputs of the operations in routes.go, beside each other so that the shape of the API can be read at once.

type sessionOutput struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      SessionView
}

type signInRequest struct {
	Body struct {
		Email    string `json:"email" format:"email" maxLength:"254"`
		Language string `json:"language,omitempty" enum:",nb,en"`
	}
}

type tokenInput struct {
	Body struct {
		Token string `json:"token" minLength:"20" maxLength:"100"`
	}
}

type setupInput struct {
	Body struct {
		Token string `json:"token" minLength:"20" maxLength:"100"`
		Name  string `json:"name" minLength:"1" maxLength:"120"`
		Email string `json:"email" format:"email" maxLength:"254"`
	}
}

type signOutOutput struct {
	SetCookie []string `header:"Set-Cookie"`
}

type regionInput struct {
	RawBody []byte `contentType:"application/yaml"`
}

type regionOutput struct {
	Body struct {
		Name   string `json:"name"`
		Units  int    `json:"units"`
		People int    `json:"people"`
	}
}

type boardInput struct {
	Unit conference.UnitID `query:"unit" maxLength:"64" doc:"Empty: the caller's own unit"`
}

type boardOutput struct{ Body Board }

type caseInput struct {
	ID conference.CaseID `path:"id" maxLength:"64"`
}

type caseOutput struct {
	ETag string `header:"ETag"`
	Body CaseDetail
}

type createCaseInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewCase
}

type patchCaseInput struct {
	ID      conference.CaseID `path:"id" maxLength:"64"`
	IfMatch string            `header:"If-Match" doc:"The ETag seen; 428 without"`
	Body    CasePatch
}

type bookInput struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body           NewConference
}

type conferenceInput struct {
	ID conference.ConferenceID `path:"id" maxLength:"64"`
}

type conferenceOutput struct {
	ETag string `header:"ETag"`
	Body ConferenceView
}

type cancelInput struct {
	ID      conference.ConferenceID `path:"id" maxLength:"64"`
	IfMatch string                  `header:"If-Match" doc:"The ETag seen; 428 without"`
}

type replyBody struct {
	Reply conference.Reply `json:"reply" enum:"accepted,declined,tentative"`
}

type replyInput struct {
	ID   conference.ConferenceID `path:"id" maxLength:"64"`
	Body replyBody
}

type linksOutput struct {
	Body struct {
		Links []GuestLink `json:"links"`
	}
}

// GuestLink is a personal join link to be read out, shown as QR code or copied.
type GuestLink struct {
	Participant string    `json:"participant"`
	Name        string    `json:"name"`
	URL         string    `json:"url"`
	Code        string    `json:"code" doc:"To be read out: opens the same seat at /join"`
	Used        bool      `json:"used" doc:"The link has opened a browser: another one needs a new link"`
	Expires     time.Time `json:"expires" doc:"Ten minutes after the end"`
}

type attendanceInput struct {
	ID     conference.ConferenceID `path:"id" maxLength:"64"`
	Accept string                  `header:"Accept" doc:"text/csv for CSV"`
}

type attendanceOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               any
}

type invitationInput struct {
	Token string `path:"token" minLength:"20" maxLength:"100"`
}

type useInvitationInput struct {
	Token       string `path:"token" minLength:"20" maxLength:"100"`
	Guest       string `cookie:"samtale-guest"`
	SecureGuest string `cookie:"__Host-samtale-guest"`
}

type invitationOutput struct{ Body InvitationView }

type invitationReplyInput struct {
	Token string `path:"token" minLength:"20" maxLength:"100"`
	Body  replyBody
}

type directoryInput struct {
	Query string            `query:"q" maxLength:"80"`
	Unit  conference.UnitID `query:"unit" maxLength:"64"`
}

type directoryOutput struct {
	Body struct {
		People []Person `json:"people"`
	}
}

type unitsOutput struct {
	Body struct {
		Units []UnitDetail `json:"units"`
	}
}

// UnitDetail is a unit with its place in the tree.
type UnitDetail struct {
	UnitRef
	Parent conference.UnitID `json:"parent,omitempty"`
}

type personasOutput struct {
	Body struct {
		Now      string        `json:"now"`
		Personas []DemoPersona `json:"personas"`
	}
}

// DemoPersona is somebody to be for a while.
type DemoPersona struct {
	ID    string            `json:"id"`
	Name  string            `json:"name"`
	Role  map[string]string `json:"role" doc:"by language"`
	Story map[string]string `json:"story" doc:"by language"`
	Guest bool              `json:"guest"`
}

type personaInput struct {
	Body struct {
		Persona string `json:"persona" minLength:"1" maxLength:"64"`
	}
}

type personaOutput struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      struct {
		Open string `json:"open" doc:"Where to go next"`
	}
}

type demoMailOutput struct {
	Body struct {
		Messages []DemoMail `json:"messages"`
	}
}

// DemoMail is one mail that the demo has sent, as its recipient would see it.
type DemoMail struct {
	ID       string   `json:"id"`
	At       string   `json:"at"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Subject  string   `json:"subject"`
	Text     string   `json:"text"`
	Calendar string   `json:"calendar,omitempty" doc:"The text/calendar part"`
	Method   string   `json:"method,omitempty"`
	Links    []string `json:"links"`
}

type demoRoomInput struct {
	Body struct {
		People int `json:"people" minimum:"1" maximum:"100"`
	}
}

type demoRoomOutput struct {
	Body struct {
		Conference conference.ConferenceID `json:"conference"`
		Links      []string                `json:"links"`
	}
}

type findInput struct{ Body slots.Request }

type findOutput struct{ Body slots.Answer }
