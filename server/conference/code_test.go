package conference

import (
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestCodeFindsEveryTypingMistake(t *testing.T) {
	for range 300 {
		code, err := NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckCode(code); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		for i := range code {
			for _, other := range alphabet {
				if wrong := code[:i] + string(other) + code[i+1:]; wrong != code && CheckCode(wrong) == nil {
					t.Errorf("%s passes for %s", wrong, code)
				}
			}
			if i > 0 && code[i] != code[i-1] {
				swapped := code[:i-1] + string(code[i]) + string(code[i-1]) + code[i+1:]
				if CheckCode(swapped) == nil {
					t.Errorf("%s passes for %s", swapped, code)
				}
			}
		}
	}
}

func TestCheckCodeRefuses(t *testing.T) {
	for _, text := range []string{"", "2346", "23467A", "O0I1L", "abcde", "23 46"} {
		if err := CheckCode(text); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMeetingCodeLooksUnlikeACaseCode(t *testing.T) {
	form := regexp.MustCompile(`^[2-9a-z]{4}-[2-9a-z]{4}$`)
	for range 100 {
		if code := NewMeetingCode(rand.Reader); !form.MatchString(code) || CheckCode(strings.ToUpper(code[:5])) == nil {
			t.Errorf("meeting code %q", code)
		}
	}
}

func TestCheckNote(t *testing.T) {
	refused := func(name, note string, want error) {
		t.Run(name, func(t *testing.T) {
			if err := CheckNote(note); !errors.Is(err, want) || (want == nil && err != nil) {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
	refused("empty", "", nil)
	refused("phone numbers are fine", "Ring vakttelefon 78 12 34 56 eller 911 22 333", nil)
	refused("280 characters", strings.Repeat("å", 280), nil)
	refused("281 characters", strings.Repeat("å", 281), ErrNoteTooLong)
	refused("eleven digits", "gjelder 01017012345", ErrNoteNumber)
	refused("eleven digits with a blank", "010170 12345 kommer", ErrNoteNumber)
	refused("twelve digits are no identity number", "ordre 010170123456", nil)
}
