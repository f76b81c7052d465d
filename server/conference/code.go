package conference

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// alphabet has no 0/O, 1/I/L, 5/S, 8/B or U/V pairs that are misheard or misread; 23 letters and digits, a prime number,
// so that the weighted sum below finds every single substitution and every swap of neighbours.
const alphabet = "234679ACDEFGHJKMNPQRTWX"

const (
	codeLength    = 5
	noteMost      = 280
	meetingLength = 8
)

// ErrCode is returned for a text that is no case code: mistyped, or never one.
var ErrCode = errors.New("conference: not a case code")

// ErrNoteTooLong is returned for a note of more than 280 characters.
var ErrNoteTooLong = errors.New("conference: the note is longer than 280 characters")

// ErrNoteNumber is returned for a note that holds an 11-digit number, the form of a national identity number.
var ErrNoteNumber = errors.New("conference: the note holds an 11-digit number")

// NewCode draws a case code: four characters and a check character.
func NewCode(random io.Reader) (string, error) {
	body, err := draw(random, codeLength-1)
	if err != nil {
		return "", fmt.Errorf("conference: draw a code: %w", err)
	}
	return CodeOf(body)
}

// CodeOf completes four characters of the alphabet by their check character.
func CodeOf(body string) (string, error) {
	if len(body) != codeLength-1 {
		return "", fmt.Errorf("%w: %d characters before the check character", ErrCode, len(body))
	}
	sum, ok := weigh(body)
	if !ok {
		return "", fmt.Errorf("%w: a character outside the alphabet", ErrCode)
	}
	return body + string(alphabet[sum]), nil
}

// CheckCode refuses a mistyped code. Lower case is not accepted: codes are read out and shown in capitals.
func CheckCode(code string) error {
	if len(code) != codeLength {
		return fmt.Errorf("%w: it has %d characters", ErrCode, len(code))
	}
	want, err := CodeOf(code[:codeLength-1])
	if err != nil {
		return err
	}
	if want != code {
		return fmt.Errorf("%w: the check character does not fit", ErrCode)
	}
	return nil
}

// weigh sums position times value modulo 23. Weights 2 to 5 differ by one between neighbours and the check character
// counts with weight -1, so a changed character or a swapped pair always changes the sum.
func weigh(body string) (int, bool) {
	sum := 0
	for i, r := range body {
		value := strings.IndexRune(alphabet, r)
		if value < 0 {
			return 0, false
		}
		sum += (codeLength - i) * value
	}
	return sum % len(alphabet), true
}

// NewMeetingCode draws a meeting's code, two groups of four small letters and digits: it looks unlike a case code, and it
// may stand in a mail. It panics when random fails, which crypto/rand.Reader never does.
func NewMeetingCode(random io.Reader) string {
	body, err := draw(random, meetingLength)
	if err != nil {
		panic(fmt.Sprintf("conference: draw a meeting code: %v", err))
	}
	body = strings.ToLower(body)
	return body[:meetingLength/2] + "-" + body[meetingLength/2:]
}

// draw picks n characters evenly.
func draw(random io.Reader, n int) (string, error) {
	limit := byte(256 - 256%len(alphabet)) // bytes above would favour the first characters
	text := make([]byte, 0, n)
	var b [1]byte
	for len(text) < n {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", err
		}
		if b[0] < limit {
			text = append(text, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(text), nil
}

// An identity number is also written with blanks or hyphens in it.
var elevenDigits = regexp.MustCompile(`(?:^|\D)\d(?:[ .\-]?\d){10}(?:\D|$)`)

// CheckNote refuses free text that is too long or holds an 11-digit number.
func CheckNote(note string) error {
	switch {
	case utf8.RuneCountInString(note) > noteMost:
		return ErrNoteTooLong
	case elevenDigits.MatchString(note):
		return ErrNoteNumber
	}
	return nil
}
