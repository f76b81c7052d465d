package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// mostGridPeople bounds a grid: a page shows no more.
const mostGridPeople = 60

// findWhy says for one start, seat by seat, why it works or not: the class of what somebody's time holds, never a title.
func (s *Server) findWhy(ctx context.Context, in *whyInput) (*whyOutput, error) {
	if err := s.mayFind(ctx); err != nil {
		return nil, err
	}
	verdict, err := s.judge(ctx, in.Body.Find, in.Body.Start, nil)
	if err != nil {
		return nil, err
	}
	return &whyOutput{Body: verdict}, nil
}

func (s *Server) mayFind(ctx context.Context) error {
	p, err := s.signedIn(ctx)
	if err == nil && !p.may(identity.FindTime) {
		err = errForbidden
	}
	return err
}

// findGrid shows people by time.
func (s *Server) findGrid(ctx context.Context, in *gridInput) (*gridOutput, error) {
	if err := s.mayFind(ctx); err != nil {
		return nil, err
	}
	request := in.Body
	request.List = slots.ListStarts
	answer, err := s.search(ctx, request)
	if err != nil {
		return nil, err
	}
	cs := s.calendars.Load()
	ids, err := askedFor(cs.region, request)
	if err != nil {
		return nil, err
	}
	window := calendar.Interval{Start: request.Window.From, End: request.Window.To}
	booked, _, err := s.engagements(ctx, ids, window)
	if err != nil {
		return nil, s.fail("read who is booked", err)
	}
	people := cs.knownTime(ids, window)
	for i := range people {
		people[i].Booked = booked[conference.PersonID(people[i].ID)]
	}
	held, err := s.store.HoldsOf(ctx, ids, window.Start, window.End)
	if err != nil {
		return nil, s.fail("read what is held", err)
	}
	out := &gridOutput{Body: GridView{From: window.Start.UTC(), To: window.End.UTC(), People: []GridPerson{}, Starts: []time.Time{}}}
	out.Body.Starts = append(out.Body.Starts, answer.Starts...)
	places := seatsByPerson(request, people)
	for _, p := range people {
		if len(places[p.ID]) > 0 && len(out.Body.People) < mostGridPeople {
			out.Body.People = append(out.Body.People, s.gridPerson(p, places[p.ID], window, held[conference.PersonID(p.ID)]))
		}
	}
	order := map[string]int{}
	for i, n := range request.Need {
		order[n.ID] = i
	}
	for i, w := range request.Want {
		order[w.ID] = len(request.Need) + i
	}
	slices.SortStableFunc(out.Body.People, func(a, b GridPerson) int { return cmp.Compare(order[a.Seats[0]], order[b.Seats[0]]) })
	return out, nil
}

// seatsByPerson lists which needs and wants each person could fill, in the order of the search.
func seatsByPerson(request slots.Request, people []slots.Person) map[string][]string {
	places := map[string][]string{}
	add := func(id string, anyOf []string, role string) {
		for _, p := range people {
			if (slices.Contains(anyOf, p.ID) || (role != "" && slices.Contains(p.Roles, role))) && !slices.Contains(places[p.ID], id) {
				places[p.ID] = append(places[p.ID], id)
			}
		}
	}
	for _, n := range request.Need {
		add(n.ID, n.AnyOf, n.Role)
		if n.Substitute != nil {
			add(n.ID, n.Substitute.AnyOf, n.Substitute.Role)
		}
	}
	for _, w := range request.Want {
		add(w.ID, w.AnyOf, w.Role)
	}
	return places
}

func (s *Server) gridPerson(p slots.Person, places []string, window calendar.Interval, held []store.Held) GridPerson {
	region := s.region.Load()
	v := GridPerson{Person: region.personRef(conference.PersonID(p.ID)), Seats: places, Spans: []GridSpan{}}
	if person, ok := region.people[conference.PersonID(p.ID)]; ok {
		v.Calendar = s.calendars.Load().stateOf(person)
	}
	add := func(state string, list []calendar.Interval) {
		for _, i := range calendar.Intersect(calendar.Merge(slices.Clone(list)), []calendar.Interval{window}) {
			v.Spans = append(v.Spans, GridSpan{Interval: i, State: state})
		}
	}
	add("duty", p.Duty)
	if p.HasHours {
		inside := append(slices.Clone(p.Open), p.Duty...)
		inside = append(inside, s.weekly(p, window)...)
		add("outside_hours", calendar.Subtract([]calendar.Interval{window}, calendar.Merge(inside)))
	}
	add("unknown", p.Unknown)
	add("tentative", p.Tentative)
	add("busy", p.Busy)
	add("booked", p.Booked)
	for _, h := range held {
		by := region.personRef(h.By)
		v.Spans = append(v.Spans, GridSpan{Interval: calendar.Interval{Start: h.Start, End: h.End}, State: "held", HeldBy: &by})
	}
	slices.SortStableFunc(v.Spans, func(a, b GridSpan) int { return a.Start.Compare(b.Start) })
	return v
}

// weekly are a person's weekly hours within a window; a holiday has a Sunday's.
func (s *Server) weekly(p slots.Person, window calendar.Interval) []calendar.Interval {
	hours := make([]conference.Hours, 0, len(p.Hours))
	for _, h := range p.Hours {
		hours = append(hours, conference.Hours{Days: h.Days, From: h.From, To: h.To})
	}
	if len(hours) == 0 {
		return nil
	}
	return duty.Needed(hours, window, p.Zone, s.region.Load().holidays)
}
