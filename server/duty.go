package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
)

const (
	// declaredFor is how long somebody is in who has no shift that would end it.
	declaredFor  = 8 * time.Hour
	declaredMost = 24 * time.Hour
)

// getDuty lists the roles that may be rung with whoever is on duty, those that the caller most likely wants first.
func (s *Server) getDuty(ctx context.Context, in *dutyInput) (*dutyOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if !p.may(identity.ViewDuty) {
		return nil, errForbidden
	}
	roles, err := s.dutyRoles(ctx, p, in.Unit)
	if err != nil {
		return nil, s.fail("read who is on duty", err)
	}
	out := &dutyOutput{}
	out.Body.Now, out.Body.Roles = s.now(), []DutyRole{}
	query := strings.ToLower(strings.TrimSpace(in.Query))
	for _, role := range roles {
		if query == "" || role.matches(query) {
			out.Body.Roles = append(out.Body.Roles, role)
		}
	}
	return out, nil
}

func (r DutyRole) matches(query string) bool {
	text := strings.ReplaceAll(string(r.Role), "_", " ") + " " + r.Unit.Name + " " + r.Unit.Organization
	for _, on := range r.On {
		text += " " + on.Person.Name
	}
	return strings.Contains(strings.ToLower(text), query)
}

// dutyRoles reads all declarations and everybody's reach once, whatever the number of roles.
func (s *Server) dutyRoles(ctx context.Context, p *principal, unit conference.UnitID) ([]DutyRole, error) {
	region, now := s.region.Load(), s.now()
	declared, err := s.store.AllDeclarations(ctx)
	if err != nil {
		return nil, err
	}
	var all []conference.RoleAt
	plans := map[conference.RoleAt]duty.Plan{}
	on := map[conference.RoleAt][]duty.OnDuty{}
	var ids []conference.PersonID
	for _, covers := range region.roles() {
		if _, ok := region.ringable(covers.String()); !ok || (unit != "" && !region.within(covers.Unit, unit)) {
			continue
		}
		plan := s.planWith(covers, ofRole(declared, covers))
		all, plans[covers], on[covers] = append(all, covers), plan, plan.At(now)
		for _, o := range on[covers] {
			ids = append(ids, o.Person)
		}
	}
	slices.Sort(ids)
	reach, err := s.reachOf(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b conference.RoleAt) int {
		return cmp.Compare(region.nearness(p.person, a), region.nearness(p.person, b))
	})
	roles := make([]DutyRole, 0, len(all))
	for _, covers := range all {
		role := s.dutyRole(p, covers, plans[covers], on[covers], reach)
		if d := role.Deputy; d != nil {
			d.OnDuty = len(on[parseCovers(d.Covers)])
		}
		roles = append(roles, role)
	}
	return roles, nil
}

func ofRole(all []duty.Declaration, covers conference.RoleAt) []duty.Declaration {
	return slices.DeleteFunc(slices.Clone(all), func(d duty.Declaration) bool { return d.Covers != covers })
}

// roles lists every role that somebody holds or that has a duty plan, in the order of the region's file.
func (v *regionView) roles() []conference.RoleAt {
	var all []conference.RoleAt
	seen := map[conference.RoleAt]bool{}
	add := func(r conference.RoleAt) {
		if !seen[r] {
			seen[r], all = true, append(all, r)
		}
	}
	for i := range v.Rosters {
		add(v.Rosters[i].Covers)
	}
	for i := range v.People {
		for _, r := range v.People[i].Roles {
			add(r)
		}
	}
	return all
}

// nearness orders roles for whoever looks for one: duty plans of the hospital, then those of the own municipality or hospital,
// then other plans; roles without a plan after them, the own house first.
func (v *regionView) nearness(p *conference.Person, covers conference.RoleAt) int {
	planned, own := v.rosters[covers] != nil, v.sameHouse(p, covers.Unit)
	hospital := v.units[v.house(covers.Unit)].Kind == conference.KindHospital
	switch {
	case planned && hospital:
		return 0
	case planned && own:
		return 1
	case planned:
		return 2
	case own:
		return 3
	case hospital:
		return 4
	}
	return 5
}

// house is the hospital or municipality that a unit belongs to.
func (v *regionView) house(unit conference.UnitID) conference.UnitID {
	for range 8 { // as in within
		u, ok := v.units[unit]
		if !ok || u.Parent == "" {
			return unit
		}
		unit = u.Parent
	}
	return unit
}

func (v *regionView) sameHouse(p *conference.Person, unit conference.UnitID) bool {
	return slices.ContainsFunc(p.Roles, func(r conference.RoleAt) bool { return v.house(r.Unit) == v.house(unit) })
}

func (s *Server) dutyRole(p *principal, covers conference.RoleAt, plan duty.Plan, on []duty.OnDuty, reach map[conference.PersonID]Reachable) DutyRole {
	region, now := s.region.Load(), s.now()
	v := DutyRole{
		Covers: covers.String(), Role: covers.Role, Unit: region.unitRef(covers.Unit), On: []OnDutyView{}, Phone: region.units[covers.Unit].Phone,
		Mine: slices.Contains(p.person.Roles, covers),
	}
	for _, o := range on {
		person := region.people[o.Person]
		if person == nil {
			continue
		}
		v.On = append(v.On, OnDutyView{
			Person: region.refOf(person), Level: o.Level, Since: o.Since, Until: o.Until, Source: dutySource(o.Source), Reach: reach[o.Person],
			Phone: person.Phone, You: o.Person == p.person.ID,
		})
	}
	if len(v.On) == 0 {
		v.Next = s.nextOnDuty(plan, now)
	}
	if roster := region.rosters[covers]; roster != nil {
		v.Phone = cmp.Or(roster.Phone, v.Phone)
		if d := roster.Deputy; d.Role != "" {
			v.Deputy = &DutyDeputy{Covers: d.String(), Role: d.Role, Unit: region.unitRef(d.Unit)}
		}
	}
	if v.Mine {
		if end, ok := plan.ShiftEnd(p.person.ID, now); ok {
			v.ShiftEnd = instant(end)
		}
		for _, d := range plan.Declarations {
			if d.Person == p.person.ID && now.Before(d.Until) {
				v.Declared = &DeclaredView{In: d.In, Until: d.Until}
			}
		}
	}
	return v
}

func dutySource(source duty.Source) DutySource {
	return DutySource{Origin: source.Origin, ReadAt: instant(source.ReadAt), Stale: source.Stale}
}

// nextOnDuty is when somebody is on duty next, within a week.
func (s *Server) nextOnDuty(plan duty.Plan, now time.Time) *DutyNext {
	start, people, ok := plan.Next(now, planAhead)
	if !ok {
		return nil
	}
	next := &DutyNext{Start: start, People: []PersonRef{}}
	for _, id := range people {
		next.People = append(next.People, s.region.Load().personRef(id))
	}
	return next
}

func (s *Server) deputyOf(ctx context.Context, covers conference.RoleAt) (*DutyDeputy, error) {
	region := s.region.Load()
	roster := region.rosters[covers]
	if roster == nil || roster.Deputy.Role == "" {
		return nil, nil
	}
	on, err := s.onDuty(ctx, roster.Deputy)
	return &DutyDeputy{Covers: roster.Deputy.String(), Role: roster.Deputy.Role, Unit: region.unitRef(roster.Deputy.Unit), OnDuty: len(on)}, err
}

// declareDuty takes somebody's own word: in or out. It beats the plan, and ends with the shift.
func (s *Server) declareDuty(ctx context.Context, in *declareInput) (*dutyRoleOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	covers := parseCovers(in.Covers)
	switch {
	case !p.may(identity.DeclareDuty):
		return nil, errForbidden
	case !slices.Contains(p.person.Roles, covers):
		return nil, errNotFound
	}
	if in.Body.State == "plan" {
		err = s.store.DropDeclaration(ctx, covers, p.person.ID)
	} else {
		d := duty.Declaration{Person: p.person.ID, Covers: covers, In: in.Body.State == "in", At: s.now()}
		if d.Until, err = s.declaredUntil(ctx, p, covers, in.Body.Until); err != nil {
			return nil, err
		}
		err = s.store.PutDeclaration(ctx, d)
	}
	if err != nil {
		return nil, s.fail("write who is in", err)
	}
	plan, err := s.planOf(ctx, covers)
	if err != nil {
		return nil, s.fail("read who is on duty", err)
	}
	on := plan.At(s.now())
	ids := make([]conference.PersonID, 0, len(on))
	for _, o := range on {
		ids = append(ids, o.Person)
	}
	reach, err := s.reachOf(ctx, ids)
	if err != nil {
		return nil, s.fail("see who can be reached", err)
	}
	return &dutyRoleOutput{Body: s.dutyRole(p, covers, plan, on, reach)}, nil
}

func (s *Server) declaredUntil(ctx context.Context, p *principal, covers conference.RoleAt, asked *time.Time) (time.Time, error) {
	now := s.now()
	if asked != nil {
		if until := asked.UTC(); until.After(now) && !until.After(now.Add(declaredMost)) {
			return until, nil
		}
		return now, invalid("until must lie within the next 24 hours")
	}
	plan, err := s.planOf(ctx, covers)
	if err != nil {
		return now, s.fail("read who is on duty", err)
	}
	if end, ok := plan.ShiftEnd(p.person.ID, now); ok {
		return end, nil
	}
	return now.Add(declaredFor), nil
}

// dutiesNow lists what each person is on duty for.
func (s *Server) dutiesNow(ctx context.Context) (map[conference.PersonID][]PersonDuty, error) {
	declared, err := s.store.AllDeclarations(ctx)
	now := s.now()
	duties := map[conference.PersonID][]PersonDuty{}
	for _, covers := range s.region.Load().roles() {
		for _, o := range s.planWith(covers, ofRole(declared, covers)).At(now) {
			duties[o.Person] = append(duties[o.Person], PersonDuty{Covers: covers.String(), Role: covers.Role, Until: o.Until, Source: dutySource(o.Source)})
		}
	}
	return duties, err
}
