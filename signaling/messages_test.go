package signaling

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// kinds has an empty payload for every kind of message; nil: a kind without fields.
var kinds = map[string]func() any{
	KindHello: func() any { return &Hello{} }, KindOffer: func() any { return &Offer{} }, KindState: func() any { return &DeviceState{} },
	KindAdmit: func() any { return &PersonRef{} }, KindDeny: func() any { return &PersonRef{} }, KindRemove: func() any { return &PersonRef{} },
	KindLower: func() any { return &PersonRef{} }, KindUnshare: func() any { return &PersonRef{} },
	KindEnd: nil, KindPing: func() any { return &Ping{} }, KindBye: nil,
	KindWelcome: func() any { return &Welcome{} }, KindWaiting: func() any { return &Waiting{} }, KindAdmitted: func() any { return &Admitted{} },
	KindRoster: func() any { return &Roster{} }, KindLobby: func() any { return &Lobby{} }, KindNeed: func() any { return &Need{} },
	KindSlots: func() any { return &Slots{} }, KindRestart: func() any { return &Reason{} }, KindRebuild: func() any { return &Reason{} },
	KindAnswer: func() any { return &Answer{} }, KindSpeakers: func() any { return &Speakers{} }, KindPong: func() any { return &Pong{} },
	KindView: func() any { return &View{} }, KindLine: func() any { return &LineReport{} }, KindDownlink: func() any { return &Downlink{} },
	KindUplink: func() any { return &Uplink{} }, KindLines: func() any { return &Lines{} }, KindRelay: func() any { return &Relay{} },
	KindOK: nil, KindChanged: nil, KindError: func() any { return &Refusal{} },
}

const examples = "testdata/messages"

// TestExamples reads every example of the protocol into our structs and writes it again: nothing is lost, nothing added.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob(examples + "/*.json")
	if err != nil || len(files) != len(kinds) {
		t.Fatalf("%d examples of %d kinds: %v", len(files), len(kinds), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(text)
			if err != nil || m.T+".json" != filepath.Base(file) {
				t.Fatalf("%+v: %v", m, err)
			}
			if build := kinds[m.T]; build == nil {
				if m.D != nil {
					t.Errorf("%s has fields: %s", m.T, m.D)
				}
			} else {
				d := build()
				if err := m.read(d); err != nil {
					t.Fatal(err)
				}
				m.D = payload(d)
			}
			same(t, payload(m), text)
			if m.ID == 0 {
				same(t, envelope(m.T, m.Re, m.Seq, m.D), text)
			}
		})
	}
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("wrote %s", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "nonsense", "[]", "{}", `"hello"`, `{"t":4}`, `{"t":"ping","id":-1}`, `{"t":"ping","id":1.5}`, `{"t":"ping"} {}`} {
		if m, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

// FuzzMessages: whatever comes is refused, or is read and written without loss.
func FuzzMessages(f *testing.F) {
	files, _ := filepath.Glob(examples + "/*.json")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"t":"hello","id":18446744073709551615,"d":{"v":1,"resume":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse(text)
		if err != nil {
			return
		}
		build := kinds[m.T]
		if build == nil {
			return
		}
		d := build()
		if m.read(d) != nil {
			return
		}
		if h, ok := d.(*Hello); ok && h.check() == nil && !isName(h.Device) {
			t.Errorf("device %q", h.Device)
		}
		if o, ok := d.(*Offer); ok {
			if lines, err := o.lines(); err == nil && len(lines) > 3 {
				t.Errorf("%d published lines", len(lines))
			}
		}
		if v, ok := d.(*View); ok && v.check() == nil {
			for _, line := range v.Lines {
				if line.Mid == "" || line.Height < 0 || line.Height > maxHeight {
					t.Errorf("view of %+v", line)
				}
			}
		}
		if l, ok := d.(*LineReport); ok && l.check() == nil && (l.GapPermille < 0 || l.GapPermille > 1000 || l.RTTMs < 0 || l.UpKbps > maxReported) {
			t.Errorf("line %+v", l)
		}
		again := build()
		if err := (Message{T: m.T, D: payload(d)}).read(again); err != nil || !bytes.Equal(payload(d), payload(again)) {
			t.Errorf("%+v came back as %+v: %v", d, again, err)
		}
	})
}
