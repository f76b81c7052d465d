// Package identity says who may do what: one permission table, how a person stands to a case, tokens that are stored only
// as hashes, what is stored only encrypted, and the session cookie. It is pure but for LoadSecret; it refuses to know sessions, HTTP routes and the store.
//
// Access follows need to know, by unit and invitation and never by profession: there is no "see everything". Whoever is
// at work on a case, at its origin or its receiving side, handles it; whoever is invited sees it and meets; a guest sees
// one meeting. Auditors see the audit log and nothing else, administrators set up and see no case.
package identity

import "github.com/samtale/samtale/server/conference"

// Relation is how somebody stands to what they ask about. It is a set: a ward nurse who is also invited is
// RelationOwnUnit | RelationInvited and has the rights of both.
type Relation uint8

// RelationNone is the empty set: signed in, and nothing to do with it. Its rights are everybody's of that access.
const RelationNone Relation = 0

// The relations. Own unit and invited come from RelationTo; the server knows guests and a person's own record itself.
const (
	RelationOwnUnit Relation = 1 << iota // a role in the case's origin, receiver or municipality, or in a unit above one
	RelationInvited                      // a participant, signed in
	RelationGuest                        // came by a personal link: one meeting, no account
	RelationSelf                         // the record is one's own, for example a calendar feed
)

// Action is what somebody asks to do. The text is what an audit log shows.
type Action string

// The actions of the server. Some have a further condition that only the server can know, noted beside them.
const (
	ViewBoard        Action = "view_board"
	ViewCase         Action = "view_case"
	CreateCase       Action = "create_case" // relation to the case's origin
	EditCase         Action = "edit_case"
	TellReceiver     Action = "tell_receiver"
	Acknowledge      Action = "acknowledge" // and works on the receiving side
	FindTime         Action = "find_time"
	BookConference   Action = "book_conference"
	CancelConference Action = "cancel_conference"
	ViewConference   Action = "view_conference"
	JoinConference   Action = "join_conference" // and in one's own seat
	AdmitGuests      Action = "admit_guests"    // and Participant.Host
	ViewAttendance   Action = "view_attendance"
	Reply            Action = "reply" // for oneself
	ViewDirectory    Action = "view_directory"
	ViewFeeds        Action = "view_feeds"        // never the address, which may hold a secret
	ViewFeedContent  Action = "view_feed_content" // its intervals, and the lines that were not understood
	RefreshFeed      Action = "refresh_feed"
	EditOwnFeeds     Action = "edit_own_feeds" // add, remove, paint working hours
	ViewDuty         Action = "view_duty"
	DeclareDuty      Action = "declare_duty" // in a role of one's own
	ViewRosters      Action = "view_rosters" // gaps, old calendars; unknown names for the owner alone
	AskNow           Action = "ask_now"      // ring whoever is on duty, knock at a door
	AnswerNow        Action = "answer_now"   // and is rung, or inherits the note
	VisitTalk        Action = "visit_talk"   // an improvised one: waits outside until a host admits
	WalkIn           Action = "walk_in"      // into a team's standing room
	InviteGuest      Action = "invite_guest" // and, when invited oneself, Participant.Host
	KeepConsent      Action = "keep_consent" // and Participant.Host: tick it, withdraw it
	AddByHand        Action = "add_by_hand"  // and Participant.Host
	TestLine         Action = "test_line"    // hear one's own microphone, and a relay to hear it by
	ViewAudit        Action = "view_audit"
	ManageRegion     Action = "manage_region"
	ManageAccounts   Action = "manage_accounts"
)

// guest is the access of somebody without an account.
const guest conference.Access = ""

// grant is one cell of the table: to everybody of that access, or to those in one of the relations.
type grant struct {
	everybody bool
	to        Relation
}

// handling is what one does with the cases of one's unit. Clinicians and coordinators share it.
var handling = map[Action]grant{
	ViewBoard:        {to: RelationOwnUnit},
	ViewCase:         {to: RelationOwnUnit | RelationInvited},
	CreateCase:       {to: RelationOwnUnit},
	EditCase:         {to: RelationOwnUnit},
	TellReceiver:     {to: RelationOwnUnit},
	Acknowledge:      {to: RelationOwnUnit},
	FindTime:         {to: RelationOwnUnit},
	BookConference:   {to: RelationOwnUnit},
	CancelConference: {to: RelationOwnUnit},
	ViewConference:   {to: RelationOwnUnit | RelationInvited},
	JoinConference:   {to: RelationInvited},
	AdmitGuests:      {to: RelationInvited},
	ViewAttendance:   {to: RelationOwnUnit | RelationInvited},
	Reply:            {to: RelationInvited},
	ViewDirectory:    {everybody: true},
	ViewFeeds:        {to: RelationOwnUnit | RelationSelf},
	ViewFeedContent:  {to: RelationSelf},
	RefreshFeed:      {to: RelationSelf},
	EditOwnFeeds:     {to: RelationSelf},
	ViewDuty:         {everybody: true},
	DeclareDuty:      {to: RelationSelf},
	ViewRosters:      {to: RelationOwnUnit | RelationSelf},
	AskNow:           {everybody: true},
	AnswerNow:        {to: RelationSelf},
	VisitTalk:        {everybody: true},
	WalkIn:           {to: RelationOwnUnit},
	InviteGuest:      {to: RelationOwnUnit | RelationInvited},
	KeepConsent:      {to: RelationInvited},
	AddByHand:        {to: RelationInvited},
	TestLine:         {everybody: true},
}

// table is the whole policy: what is not in it is refused.
var table = map[conference.Access]map[Action]grant{
	conference.AccessClinician:   handling,
	conference.AccessCoordinator: handling,
	conference.AccessInterpreter: {
		TestLine:        {everybody: true},
		AnswerNow:       {to: RelationSelf}, // the interpreters' line is rung as duty doctors are
		DeclareDuty:     {to: RelationSelf},
		ViewDuty:        {everybody: true},
		ViewConference:  {to: RelationInvited},
		JoinConference:  {to: RelationInvited},
		Reply:           {to: RelationInvited},
		ViewFeeds:       {to: RelationSelf},
		ViewFeedContent: {to: RelationSelf},
		RefreshFeed:     {to: RelationSelf},
		EditOwnFeeds:    {to: RelationSelf},
	},
	conference.AccessAuditor: {
		ViewAudit: {everybody: true},
	},
	conference.AccessAdministrator: {
		TestLine:        {everybody: true},
		ViewConference:  {to: RelationInvited}, // as anyone who is invited, but never the case behind the meeting
		JoinConference:  {to: RelationInvited},
		Reply:           {to: RelationInvited},
		ViewDirectory:   {everybody: true},
		ViewFeeds:       {everybody: true}, // they mend broken ones
		ViewFeedContent: {to: RelationSelf},
		RefreshFeed:     {everybody: true},
		EditOwnFeeds:    {to: RelationSelf},
		ViewDuty:        {everybody: true},
		ViewRosters:     {everybody: true}, // they mend them
		ManageRegion:    {everybody: true},
		ManageAccounts:  {everybody: true},
	},
	guest: {
		TestLine:       {everybody: true},
		ViewConference: {to: RelationGuest},
		JoinConference: {to: RelationGuest},
		AdmitGuests:    {to: RelationGuest}, // staff who came by the link in their mail and hold a host's seat
		Reply:          {to: RelationGuest},
	},
}

// Can reports whether somebody with access a (empty: no account), who stands in the relations of rel to the object, may
// do act. For actions without an object pass RelationNone. Unknown accesses and actions may nothing.
func Can(a conference.Access, rel Relation, act Action) bool {
	g, ok := table[a][act]
	return ok && (g.everybody || g.to&rel != 0)
}
