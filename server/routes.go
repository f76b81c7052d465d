package server

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// register declares every /v1 operation on one screen. A handler that needs somebody signed in calls s.principal(ctx)
// and then the permission table; POST operations that create take an Idempotency-Key; changes take If-Match.
func (s *Server) register(api huma.API) {
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
	huma.Register(api, op("POST", "/v1/find/why", "findWhy", "Why a start works or not, seat by seat", 200), s.findWhy)
	huma.Register(api, op("POST", "/v1/find/grid", "findGrid", "People by time: free, busy, tentative, on duty, outside hours, not known", 200), s.findGrid)
	huma.Register(api, op("GET", "/v1/holds", "getHolds", "What is held for a case", 200), s.getHolds)
	huma.Register(api, op("POST", "/v1/holds", "createHold", "Hold a start for five minutes", 201), s.createHold)
	huma.Register(api, op("PUT", "/v1/holds/{id}", "extendHold", "Five minutes more, at most twice", 200), s.extendHold)
	huma.Register(api, op("DELETE", "/v1/holds/{id}", "deleteHold", "Let a held start go", 204), s.deleteHold)
	huma.Register(api, op("GET", "/v1/waiting", "getWaiting", "What a case waits for", 200), s.getWaiting)
	huma.Register(api, op("POST", "/v1/waiting", "createWaiting", "Wait for a start to become free, until the deadline", 201), s.createWaiting)
	huma.Register(api, op("DELETE", "/v1/waiting/{id}", "deleteWaiting", "Wait no longer", 204), s.deleteWaiting)
	huma.Register(api, op("POST", "/v1/conferences", "book", "Book a meeting in one step", 201), s.book)
	huma.Register(api, op("GET", "/v1/conferences/{id}", "getConference", "A meeting's page", 200), s.getConference)
	huma.Register(api, op("DELETE", "/v1/conferences/{id}", "cancelConference", "Cancel a meeting and tell everyone", 200), s.cancelConference)
	huma.Register(api, op("PUT", "/v1/conferences/{id}/time", "moveConference", "Move a meeting in one step", 200), s.moveConference)
	huma.Register(api, op("PUT", "/v1/conferences/{id}/cast", "swapParticipant", "Put another person into a seat in one step", 200), s.swapParticipant)
	huma.Register(api, op("GET", "/v1/conferences/{id}/repair", "getRepair", "Somebody has declined or has a clash: a deputy, or another time", 200), s.getRepair)
	huma.Register(api, op("PUT", "/v1/conferences/{id}/reply", "reply", "Accept or decline for yourself", 200), s.reply)
	huma.Register(api, op("GET", "/v1/conferences/{id}/links", "getLinks", "Join links of guests without an address, for whoever booked", 200), s.getLinks)
	huma.Register(api, op("GET", "/v1/conferences/{id}/attendance", "getAttendance", "Who was there: JSON, or CSV by Accept: text/csv", 200), s.getAttendance)

	huma.Register(api, op("GET", "/v1/invitations/{token}", "getInvitation", "What a personal join link is for; reading changes nothing", 200), s.getInvitation)
	huma.Register(api, op("POST", "/v1/invitations/{token}/session", "useInvitation", "Enter the meeting with a personal join link", 200), s.useInvitation)
	huma.Register(api, op("PUT", "/v1/invitations/{token}/reply", "replyByInvitation", "Accept or decline by a personal join link", 200), s.replyByInvitation)

	huma.Register(api, relayOp(), s.createRelayCredentials)
	huma.Register(api, op("POST", "/v1/line-tests", "createLineTest", "Hear one's own microphone by the way that a call will take", 200), s.createLineTest)

	huma.Register(api, op("GET", "/v1/directory", "getDirectory", "Who is who", 200), s.getDirectory)
	huma.Register(api, op("GET", "/v1/units", "getUnits", "All units of the region", 200), s.getUnits)
	s.registerTalk(api)
}

// registerTalk declares what talking now needs, then calendars and the demo.
func (s *Server) registerTalk(api huma.API) {
	huma.Register(api, op("GET", "/v1/duty", "getDuty", "Who is on duty, role by role", 200), s.getDuty)
	huma.Register(api, op("PUT", "/v1/duty/{covers}/me", "declareDuty", "Say that one is in or out; ends with the shift", 200), s.declareDuty)
	huma.Register(api, op("GET", "/v1/rosters", "getRosters", "Duty plans that the caller owns or that are their unit's: gaps, unknown names, old calendars", 200), s.getRosters)

	huma.Register(api, op("GET", "/v1/consults", "getConsults", "What rings, what was promised, what was missed", 200), s.getConsults)
	huma.Register(api, op("POST", "/v1/consults", "createConsult", "Ring whoever is on duty, knock at somebody's door, or ring oneself for practice", 201), s.createConsult)
	huma.Register(api, op("GET", "/v1/consults/{id}", "getConsult", "One consult", 200), s.getConsult)
	huma.Register(api, op("DELETE", "/v1/consults/{id}", "cancelConsult", "Hang up", 200), s.cancelConsult)
	huma.Register(api, op("PUT", "/v1/consults/{id}/answer", "answerConsult", "Answer a ring; the first accept wins", 200), s.answerConsult)
	huma.Register(api, op("PUT", "/v1/consults/{id}/seen", "seeConsult", "Say that a page shows the ring", 200), s.seeConsult)
	huma.Register(api, op("PUT", "/v1/consults/{id}/override", "overrideKnock", "Make a soft knock loud, once, with a reason", 200), s.overrideKnock)
	huma.Register(api, op("PUT", "/v1/consults/{id}/note", "putNote", "Mark a missed call as read or taken", 200), s.putNote)
	huma.Register(api, op("POST", "/v1/consults/{id}/callback", "callBack", "Ring the caller of a missed call, or their role if they have left", 201), s.callBack)
	huma.Register(api, op("POST", "/v1/consults/{id}/booking", "bookTalk", "Book ten minutes today instead", 201), s.bookTalk)

	huma.Register(api, op("GET", "/v1/reach", "getReach", "How one can be reached", 200), s.getReach)
	huma.Register(api, op("PUT", "/v1/reach", "putReach", "Be quiet for a while, or no longer", 200), s.putReach)
	huma.Register(api, op("POST", "/v1/reach/devices", "addDevice", "Let this phone or PC ring when no page is open", 201), s.addDevice)
	huma.Register(api, op("DELETE", "/v1/reach/devices/{id}", "deleteDevice", "Let it ring no longer", 204), s.deleteDevice)

	huma.Register(api, op("GET", "/v1/doors", "getDoors", "Standing rooms of the local teams", 200), s.getDoors)
	huma.Register(api, op("POST", "/v1/doors/{unit}", "enterDoor", "Open today's standing room of a team", 200), s.enterDoor)

	huma.Register(api, op("POST", "/v1/conferences/{id}/guests", "addGuest", "A personal link for a guest: mailed, shown, or read out as a code", 201), s.addGuest)
	huma.Register(api, op("DELETE", "/v1/conferences/{id}/guests/{key}", "revokeGuest", "End a guest's link at once and close the seat", 200), s.revokeGuest)
	huma.Register(api, op("POST", "/v1/conferences/{id}/guests/{key}/link", "renewGuestLink", "A new link for a guest; the old one is dead", 200), s.renewGuestLink)
	huma.Register(api, op("PUT", "/v1/conferences/{id}/consent", "putConsent", "The patient is in the room, has consented, or withdraws", 200), s.putConsent)
	huma.Register(api, op("POST", "/v1/conferences/{id}/people", "addByHand", "Add somebody who is there by phone or in the room", 201), s.addByHand)
	huma.Register(api, op("DELETE", "/v1/conferences/{id}/people/{key}", "endByHand", "Somebody added by hand has left", 200), s.endByHand)
	huma.Register(api, op("POST", "/v1/invitations/code", "findByCode", "The link that a code which was read out stands for", 200), s.findByCode)

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

func op(method, path, id, summary string, status int) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status}
}

// limited sets another limit of the body than huma's 1 MiB.
func limited(o huma.Operation, maxBytes int64) huma.Operation {
	o.MaxBodyBytes = maxBytes
	o.BodyReadTimeout = 30 * time.Second // 5 MiB over a rural line
	return o
}
