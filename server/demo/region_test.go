package demo

import (
	"slices"
	"testing"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/region"
)

// havnes reads the region as an import would.
func havnes(t *testing.T) conference.Region {
	t.Helper()
	r, err := region.Parse(RegionYAML)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegionHasNoMistakes(t *testing.T) {
	r := havnes(t)
	municipalities := 0
	for _, u := range r.Units {
		if u.Kind == conference.KindMunicipality {
			municipalities++
		}
	}
	if municipalities != 6 || len(r.People) < 70 || r.Zone != zoneName || r.Holidays != "NO" {
		t.Errorf("%d municipalities, %d people, zone %q, holidays %q", municipalities, len(r.People), r.Zone, r.Holidays)
	}
}

// Every seat of every template must have somebody who can fill it, wherever the case comes from.
func TestEverySeatCanBeFilled(t *testing.T) {
	r := havnes(t)
	holders := map[conference.RoleAt]int{}
	for _, p := range r.People {
		for _, role := range p.Roles {
			holders[role]++
		}
	}
	for _, template := range r.Templates {
		for _, ward := range []conference.UnitID{"med-a", "onk-b", "lunge-c"} {
			for _, seat := range template.Seats {
				fillers := 0
				for _, role := range seat.AnyOf {
					if role.Unit == conference.Origin {
						role.Unit = ward
					}
					if holders[role] == 0 {
						t.Errorf("%s %s from %s: nobody is %s", template.Municipality, template.Destination, ward, role)
					}
					fillers += holders[role]
				}
				if seat.Guest == "" && fillers == 0 {
					t.Errorf("%s %s: nobody can fill %s", template.Municipality, template.Destination, seat.ID)
				}
			}
		}
	}
}

func TestPersonasAreInTheRegion(t *testing.T) {
	r := havnes(t)
	seen := map[string]bool{}
	for _, p := range Personas() {
		if seen[p.ID] {
			t.Errorf("persona %q stands twice", p.ID)
		}
		seen[p.ID] = true
		i := slices.IndexFunc(r.People, func(x conference.Person) bool { return x.ID == p.Person })
		switch {
		case (p.Person == "") == (p.Guest == ""):
			t.Errorf("%s: either a person or a guest", p.ID)
		case p.Guest != "" && p.Name == "":
			t.Errorf("%s: a guest without a name", p.ID)
		case p.Person != "" && i < 0:
			t.Errorf("%s: no person %q", p.ID, p.Person)
		}
		for _, language := range []string{"nb", "en"} {
			if p.Role[language] == "" || p.Story[language] == "" {
				t.Errorf("%s: role or story is missing in %s", p.ID, language)
			}
		}
	}
	for _, id := range []string{"ward-nurse", "oncology-nurse", "privacy-officer", "interpreter", "oncologist", "second-oncologist", "back-up"} {
		if !seen[id] {
			t.Errorf("persona %q is missing", id)
		}
	}
}
