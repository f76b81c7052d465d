package server

import (
	"context"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
)

// getAttendance folds the meeting's stream into who was there. It is computed anew each time: the stream is the truth.
func (s *Server) getAttendance(ctx context.Context, in *attendanceInput) (*attendanceOutput, error) {
	c, _, _, err := s.conferenceFor(ctx, in.ID, identity.ViewAttendance)
	if err != nil {
		return nil, err
	}
	events, err := s.store.Attendance(ctx, c.ID)
	if err != nil {
		return nil, s.fail("read the attendance", err)
	}
	now := s.now()
	a := conference.Fold(c, events, now)
	if wantsCSV(in.Accept) {
		return &attendanceOutput{
			ContentType:        "text/csv; charset=utf-8",
			ContentDisposition: `attachment; filename="attendance-` + c.MeetingCode + `.csv"`,
			Body:               conference.CSV(a, s.region.Load().zone),
		}, nil
	}
	return &attendanceOutput{ContentType: "application/json", Body: s.attendanceView(c, a, now)}, nil
}

// wantsCSV: the media type stands in Accept before any JSON.
func wantsCSV(accept string) bool {
	csv := strings.Index(accept, "text/csv")
	json := strings.Index(accept, "application/json")
	return csv >= 0 && (json < 0 || csv < json)
}

func (s *Server) attendanceView(c conference.Conference, a conference.Attendance, now time.Time) AttendanceView {
	v := AttendanceView{
		Conference: c.ID, MeetingCode: c.MeetingCode, PlannedStart: c.Start, PlannedEnd: c.End, Running: s.stateOf(c) == "running",
		Attended: make([]Attended, 0, len(a.People)), Together: make([]AttendanceInterval, 0, len(a.Together)),
		TogetherSeconds: int(a.TogetherTotal().Seconds()), Quorate: a.Quorate, MissingSeats: a.MissingSeats, Refused: make([]Refused, 0, len(a.Refused)),
	}
	if v.MissingSeats == nil {
		v.MissingSeats = []conference.SeatID{}
	}
	for _, p := range a.People {
		v.Attended = append(v.Attended, attendedView(p))
	}
	for _, t := range a.Together {
		source := conference.FromEvent
		if !t.End.Before(now) {
			source = conference.FromNow
		}
		v.Together = append(v.Together, AttendanceInterval{Start: t.Start, End: t.End, EndSource: string(source)})
	}
	for _, r := range a.Refused {
		v.Refused = append(v.Refused, Refused{Key: r.Key, Name: r.Name, At: r.At})
	}
	return v
}

func attendedView(p conference.Attendee) Attended {
	total := p.Total()
	v := Attended{
		Key: p.Key, Name: p.Name, Role: p.Role.Role, Org: p.Org, Guest: p.Guest, Seat: p.Seat, Need: p.Need, Present: p.Present,
		Seconds: int(total.Round(time.Second).Seconds()), Minutes: int(total.Round(time.Minute).Minutes()), LobbySeconds: int(p.Lobby.Seconds()),
		Intervals: make([]AttendanceInterval, 0, len(p.Stays)),
	}
	for _, stay := range p.Stays {
		v.Intervals = append(v.Intervals, AttendanceInterval{
			Start: stay.Start, End: stay.End, StartSource: string(stay.StartSource), EndSource: string(stay.EndSource),
			GapSeconds: int(stay.Gap.Seconds()), Media: stay.Media,
		})
	}
	return v
}
