package identity

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/samtale/samtale/server/conference"
)

// readMatrix returns cell[action][access] of testdata/permissions.txt.
func readMatrix(t *testing.T) map[Action]map[conference.Access]string {
	t.Helper()
	data, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	columns := []conference.Access{
		conference.AccessClinician, conference.AccessCoordinator, conference.AccessInterpreter,
		conference.AccessAuditor, conference.AccessAdministrator, guest,
	}
	matrix := map[Action]map[conference.Access]string{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) != len(columns)+1 {
			t.Fatalf("line %q has %d cells", line, len(fields)-1)
		}
		row := map[conference.Access]string{}
		for i, access := range columns {
			row[access] = fields[i+1]
		}
		matrix[Action(fields[0])] = row
	}
	return matrix
}

// declaredActions reads the Action constants from the source, so that a new one cannot escape the matrix.
func declaredActions(t *testing.T) []Action {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "permission.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []Action
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Action" {
			return true
		}
		for _, v := range spec.Values {
			text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			actions = append(actions, Action(text))
		}
		return true
	})
	return actions
}

func TestCan_matrix(t *testing.T) {
	matrix := readMatrix(t)
	actions := declaredActions(t)
	if len(actions) < 32 || len(actions) != len(matrix) {
		t.Fatalf("%d actions are declared, the matrix has %d", len(actions), len(matrix))
	}
	letters := map[Relation]string{RelationOwnUnit: "o", RelationInvited: "i", RelationGuest: "g", RelationSelf: "s"}
	all := RelationOwnUnit | RelationInvited | RelationGuest | RelationSelf
	checked := 0
	for _, act := range actions {
		row, ok := matrix[act]
		if !ok {
			t.Errorf("%s is not in the matrix", act)
			continue
		}
		for access, cell := range row {
			for rel := RelationNone; rel <= all; rel++ {
				want := cell == "*"
				for one, letter := range letters {
					want = want || (rel&one != 0 && strings.Contains(cell, letter))
				}
				if got := Can(access, rel, act); got != want {
					t.Errorf("Can(%q, %04b, %s) = %t, the matrix says %q", access, rel, act, got, cell)
				}
				checked++
			}
		}
	}
	if want := 33 * 6 * 16; checked != want {
		t.Errorf("checked %d combinations, want %d", checked, want)
	}
}

func TestCan_unknown(t *testing.T) {
	for rel := range Relation(16) {
		if Can("superuser", rel, ViewCase) || Can(conference.AccessClinician, rel, "delete_everything") {
			t.Errorf("an unknown access or action is allowed with relation %04b", rel)
		}
	}
}

func TestRelationTo(t *testing.T) {
	units := []conference.Unit{
		{ID: "region"},
		{ID: "sykehus", Parent: "region"},
		{ID: "med-a", Parent: "sykehus"},
		{ID: "med-b", Parent: "sykehus"},
		{ID: "langneset", Parent: "region"},
		{ID: "ln-hjemmesykepleie", Parent: "langneset"},
		{ID: "ln-legekontor", Parent: "langneset"},
		{ID: "ln-sone-nord", Parent: "ln-hjemmesykepleie"},
		{ID: "storvik", Parent: "region"},
	}
	c := conference.Case{ID: "c1", Origin: "med-a", Municipality: "langneset", Receiver: "ln-hjemmesykepleie"}
	meeting := func(of conference.CaseID, state conference.State, people ...conference.PersonID) conference.Conference {
		conf := conference.Conference{Case: of, State: state}
		for _, p := range people {
			conf.Participants = append(conf.Participants, conference.Participant{Person: p})
		}
		return conf
	}
	confs := []conference.Conference{
		meeting("c1", conference.Booked, "p_gp", ""), meeting("c1", conference.Cancelled, "p_formerly"), meeting("c2", conference.Booked, "p_elsewhere"),
	}
	check := func(name string, id conference.PersonID, want Relation, at ...conference.UnitID) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			person := conference.Person{ID: id}
			for _, unit := range at {
				person.Roles = append(person.Roles, conference.RoleAt{Role: "gp", Unit: unit})
			}
			if got := RelationTo(person, units, c, confs); got != want {
				t.Errorf("got %04b, want %04b", got, want)
			}
		})
	}
	check("origin", "p", RelationOwnUnit, "med-a")
	check("another_ward", "p", RelationNone, "med-b")
	check("hospital_above_the_origin", "p", RelationOwnUnit, "sykehus")
	check("receiver", "p", RelationOwnUnit, "ln-hjemmesykepleie")
	check("below_the_receiver", "p", RelationNone, "ln-sone-nord")
	check("municipality", "p", RelationOwnUnit, "langneset")
	check("office_in_the_municipality", "p", RelationNone, "ln-legekontor")
	check("above_the_municipality", "p", RelationOwnUnit, "region")
	check("another_municipality", "p", RelationNone, "storvik")
	check("one_role_of_two", "p", RelationOwnUnit, "storvik", "med-a")
	check("no_role", "p", RelationNone)
	check("unit_unknown_to_the_region", "p", RelationNone, "gone")
	check("invited", "p_gp", RelationInvited, "ln-legekontor")
	check("invited_from_the_own_unit", "p_gp", RelationInvited|RelationOwnUnit, "med-a")
	check("invited_to_a_cancelled_meeting", "p_formerly", RelationNone)
	check("invited_to_another_case", "p_elsewhere", RelationNone)
	check("nobody_is_not_a_guest_seat", "", RelationNone)
}

func TestRelationTo_circle_of_units(t *testing.T) {
	units := []conference.Unit{{ID: "a", Parent: "b"}, {ID: "b", Parent: "a"}}
	person := conference.Person{ID: "p", Roles: []conference.RoleAt{{Unit: "b"}}}
	if got := RelationTo(person, units, conference.Case{Origin: "a"}, nil); got != RelationOwnUnit {
		t.Errorf("got %04b, want own unit", got)
	}
	if got := concernedUnits(nil, conference.Case{Origin: "x"}); !slices.Equal(got, []conference.UnitID{"x"}) {
		t.Errorf("units without a region: %v", got)
	}
}
