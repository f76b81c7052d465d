package sfu

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

func FuzzStartsKeyFrame(f *testing.F) {
	for _, seed := range [][]byte{frame(true, 0x7fff, 9, 1), frame(false, 1, 1), {0x10, 0}, {0x90, 0x80, 0x11, 0}, {0x90, 0xf0, 0x81, 0x22, 3, 4, 0}, {0x80}, {}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		key := startsKeyFrame(payload)
		before, length, ok := readPicture(payload)
		if !ok {
			if key {
				t.Error("a key frame without a descriptor")
			}
			return
		}
		changed := slices.Clone(payload)
		before.write(changed, before.id, before.level)
		if !bytes.Equal(changed, payload) {
			t.Errorf("%x written back is %x", payload, changed)
		}
		before.write(changed, before.id+1, before.level+1)
		after, lengthAfter, ok := readPicture(changed)
		if !ok || lengthAfter != length || !bytes.Equal(changed[length:], payload[length:]) {
			t.Errorf("%x with other numbers is %x", payload, changed)
		}
		if before.idAt != 0 && before.wide && after.id != (before.id+1)&0x7fff {
			t.Errorf("picture %d after %d", after.id, before.id)
		}
		if startsKeyFrame(changed) != key {
			t.Error("numbers change what the frame is")
		}
	})
}

func TestStartsKeyFrame(t *testing.T) {
	check := func(name string, payload []byte, want bool) {
		t.Helper()
		if got := startsKeyFrame(payload); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	check("no extension", []byte{0x10, 0x00}, true)
	check("no extension, inter frame", []byte{0x10, 0x01}, false)
	check("middle of a partition", []byte{0x00, 0x00}, false)
	check("second partition", []byte{0x11, 0x00}, false)
	check("short picture id", []byte{0x90, 0x80, 0x11, 0x00}, true)
	check("long picture id", []byte{0x90, 0x80, 0x81, 0x11, 0x00}, true)
	check("all there can be", []byte{0x90, 0xf0, 0x81, 0x11, 0x05, 0x60, 0x00}, true)
	check("all there can be, inter frame", []byte{0x90, 0xf0, 0x81, 0x11, 0x05, 0x60, 0x01}, false)
	check("ends in the descriptor", []byte{0x90, 0xf0, 0x81, 0x11, 0x05, 0x60}, false)
	check("nothing", nil, false)
}

func FuzzReadHeader(f *testing.F) {
	ids := extensions{mid: 1, transport: 3, level: 2}
	for _, twoByte := range []uint16{rtp.ExtensionProfileOneByte, rtp.ExtensionProfileTwoByte} {
		p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, PayloadType: 96, SequenceNumber: 7, Timestamp: 8, SSRC: 9, CSRC: []uint32{1}}, Payload: []byte{1, 2, 3}}
		p.Extension, p.ExtensionProfile = true, twoByte
		for id, value := range map[uint8][]byte{1: []byte("0"), 2: {0x85}, 3: {1, 2}} {
			if err := p.SetExtension(id, value); err != nil {
				f.Fatal(err)
			}
		}
		p.Padding, p.PaddingSize = true, 4
		raw, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, ok := readHeader(raw, ids)
		var p rtp.Packet
		if p.Unmarshal(slices.Clone(raw)) != nil || p.Version != 2 {
			return // pion has dropped it before it comes to us
		}
		if !ok {
			if p.Padding {
				return // of a size that pion forgives
			}
			t.Fatalf("%x is refused", raw)
		}
		if h.ssrc != p.SSRC || h.seq != p.SequenceNumber || h.ts != p.Timestamp || h.marker != p.Marker || h.payloadType != p.PayloadType || !bytes.Equal(h.payload, p.Payload) {
			t.Fatalf("%x is read as %+v, pion reads %v", raw, h, p.Header)
		}
	})
}

func TestReadHeaderExtensions(t *testing.T) {
	p := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: []byte{1}}
	for id, value := range map[uint8][]byte{1: []byte("mic"), 2: {0x85}, 3: {1, 2}, 4: {9}} {
		if err := p.SetExtension(id, value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	h, ok := readHeader(raw, extensions{mid: 1, level: 2, transport: 3})
	if !ok || string(h.mid) != "mic" || !h.hasLevel || h.level != 5 || !h.hasTransport || h.transport != 0x102 {
		t.Errorf("read as %+v, %v", h, ok)
	}
	if h, ok := readHeader(raw, extensions{}); !ok || h.mid != nil || h.hasLevel || h.hasTransport {
		t.Errorf("without ids read as %+v, %v", h, ok)
	}
}

func FuzzReadOffer(f *testing.F) {
	s := newServer(f, nil)
	c := newClient(f, s, []Content{Microphone, Camera}, 2)
	o := c.offer(nil)
	f.Add(o.SDP, "0", "1", "")
	f.Add(without(o.SDP, "a=ssrc"), "0", "", "1")
	f.Add(o.SDP, "1", "0", "2")
	f.Add(chromium, "0", "1", "")
	f.Add(strings.ReplaceAll(chromium, "q;h;f", "q,h;~f recv x"), "0", "1", "")
	f.Add("v=0\r\n", "", "", "")
	f.Fuzz(func(t *testing.T, text, sound, picture, page string) {
		o := Offer{SDP: text}
		for content, mid := range map[Content]string{Microphone: sound, Camera: picture, Screen: page} {
			if mid != "" {
				o.Published = append(o.Published, Published{Mid: mid, Content: content})
			}
		}
		d, err := readOffer(o, nil)
		if err != nil {
			if !errors.Is(err, ErrBadOffer) {
				t.Errorf("error %v", err)
			}
			return
		}
		if _, err := readOffer(o, d); err != nil {
			t.Errorf("the same offer again: %v", err)
		}
		more := *d
		more.sections = append(slices.Clip(d.sections), section{})
		if _, err := readOffer(o, &more); err == nil {
			t.Error("a line has gone away")
		}
		answer := answerTo(d)
		var parsed sdp.SessionDescription
		if err := parsed.UnmarshalString(answer); err != nil || len(parsed.MediaDescriptions) != len(d.sections) {
			t.Errorf("the answer is not read: %v\n%s", err, answer)
		}
	})
}
