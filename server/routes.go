package server

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// register declares every /v1 operation on one screen. A handler that needs somebody signed in calls s.principal(ctx)
// and then the permission table; POST operations that create take an Idempotency-Key; changes take If-Match.
func (s *Server) register(api huma.API) {
	op := func(method, path, id, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status}
	}
	huma.Register(api, op("GET", "/v1/session", "getSession", "Who is signed in", 200), s.getSession)
	huma.Register(api, op("POST", "/v1/session/link", "requestSignIn", "Mail a sign-in link; the answer never says whether the address is known", 202), s.requestSignIn)
	huma.Register(api, op("POST", "/v1/session", "confirmSignIn", "Sign in with the token of a mailed link, once", 200), s.confirmSignIn)
	huma.Register(api, op("DELETE", "/v1/session", "signOut", "Sign out", 204), s.signOut)
	huma.Register(api, op("POST", "/v1/setup", "createAdministrator", "Create the first administrator with the one-time link of `serve`", 201), s.createAdministrator)
	huma.Register(api, op("PUT", "/v1/region", "putRegion", "Replace the region by a REGION.yaml", 200), s.putRegion)

	huma.Register(api, op("GET", "/v1/board", "getBoard", "A unit's coming discharges", 200), s.getBoard)
	huma.Register(api, op("POST", "/v1/cases", "createCase", "Open a case", 201), s.createCase)
	huma.Register(api, op("GET", "/v1/cases/{id}", "getCase", "A case with its seats, meetings and flags", 200), s.getCase)
	huma.Register(api, op("PATCH", "/v1/cases/{id}", "patchCase", "Change a case", 200), s.patchCase)
	huma.Register(api, op("POST", "/v1/cases/{id}/notice", "tellReceiver", "Tell the receiving unit", 200), s.tellReceiver)
	huma.Register(api, op("POST", "/v1/cases/{id}/acknowledgement", "acknowledge", "Acknowledge as a named receiver", 200), s.acknowledge)

	huma.Register(api, op("POST", "/v1/find", "find", "Find a time", 200), s.find)
	huma.Register(api, op("POST", "/v1/conferences", "book", "Book a meeting in one step", 201), s.book)
	huma.Register(api, op("GET", "/v1/conferences/{id}", "getConference", "A meeting's page", 200), s.getConference)
	huma.Register(api, op("DELETE", "/v1/conferences/{id}", "cancelConference", "Cancel a meeting and tell everyone", 200), s.cancelConference)
	huma.Register(api, op("PUT", "/v1/conferences/{id}/reply", "reply", "Accept or decline for yourself", 200), s.reply)
	huma.Register(api, op("GET", "/v1/conferences/{id}/links", "getLinks", "Join links of guests without an address, for whoever booked", 200), s.getLinks)
	huma.Register(api, op("GET", "/v1/conferences/{id}/attendance", "getAttendance", "Who was there: JSON, or CSV by Accept: text/csv", 200), s.getAttendance)

	huma.Register(api, op("GET", "/v1/invitations/{token}", "getInvitation", "What a personal join link is for; reading changes nothing", 200), s.getInvitation)
	huma.Register(api, op("POST", "/v1/invitations/{token}/session", "useInvitation", "Enter the meeting with a personal join link", 200), s.useInvitation)
	huma.Register(api, op("PUT", "/v1/invitations/{token}/reply", "replyByInvitation", "Accept or decline by a personal join link", 200), s.replyByInvitation)

	huma.Register(api, op("GET", "/v1/directory", "getDirectory", "Who is who", 200), s.getDirectory)
	huma.Register(api, op("GET", "/v1/units", "getUnits", "All units of the region", 200), s.getUnits)
	huma.Register(api, op("GET", "/v1/feeds", "getFeeds", "Calendar feeds and their age", 200), s.getFeeds)
	huma.Register(api, op("POST", "/v1/feeds", "addFeed", "Add a calendar of one's own by its address; it is read at once", 201), s.addFeed)
	huma.Register(api, limited(op("POST", "/v1/feeds/file", "uploadFeed", "Add a calendar of one's own as a file", 201), maxUpload), s.uploadFeed)
	huma.Register(api, op("GET", "/v1/feeds/hours", "getHours", "One's own weekly working hours", 200), s.getHours)
	huma.Register(api, op("PUT", "/v1/feeds/hours", "putHours", "Paint one's own weekly working hours, in place of the region's", 200), s.putHours)
	huma.Register(api, op("DELETE", "/v1/feeds/hours", "deleteHours", "Go back to the region's working hours", 200), s.deleteHours)
	huma.Register(api, op("GET", "/v1/feeds/{id}", "getFeed", "The next four weeks as a feed says, and what in it was not understood", 200), s.getFeed)
	huma.Register(api, op("DELETE", "/v1/feeds/{id}", "deleteFeed", "Remove a calendar of one's own with all that was read of it", 204), s.deleteFeed)
	huma.Register(api, op("POST", "/v1/feeds/{id}/refresh", "refreshFeed", "Fetch a feed now", 200), s.refreshFeed)
	if s.config.Demo {
		huma.Register(api, op("GET", "/demo/api/personas", "getPersonas", "Personas of the demo region", 200), s.getPersonas)
		huma.Register(api, op("POST", "/demo/api/session", "becomePersona", "Become a persona", 200), s.becomePersona)
		huma.Register(api, op("GET", "/demo/api/mail", "getDemoMail", "Mails the demo has sent", 200), s.getDemoMail)
		huma.Register(api, op("POST", "/demo/rooms", "createDemoRoom", "A throwaway meeting with n personal join links", 201), s.createDemoRoom)
	}
}

// limited sets another limit of the body than huma's 1 MiB.
func limited(op huma.Operation, maxBytes int64) huma.Operation {
	op.MaxBodyBytes = maxBytes
	op.BodyReadTimeout = 30 * time.Second // 5 MiB over a rural line
	return op
}
