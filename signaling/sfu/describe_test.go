package sfu

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
)

// chromium is what Chromium 156 offers, shortened: a microphone, a camera in three encodings, and a slot of each kind.
const chromium = "v=0\r\no=- 2001562203047040843 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" +
	"a=group:BUNDLE 0 1 2 3\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9\r\n" + chromiumTransport + "a=mid:0\r\n" + chromiumSound +
	"a=sendonly\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n" +
	"a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:9 G722/8000\r\na=ssrc:209595698 cname:44tF9KXXCaUVRDrO\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 98 96 97\r\n" + chromiumTransport + "a=mid:1\r\n" + chromiumPicture +
	"a=sendonly\r\na=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n" + chromiumTransport + "a=mid:2\r\n" + chromiumSound +
	"a=recvonly\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=rtcp-fb:111 nack\r\n" +
	"a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 98 96 97\r\n" + chromiumTransport + "a=mid:3\r\n" + chromiumPicture + "a=recvonly\r\n"

const (
	chromiumTransport = "c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:AwiG\r\na=ice-pwd:d3pg/OewaGEBwvjeUFFe1/t1\r\na=ice-options:trickle\r\n" +
		"a=fingerprint:sha-256 D5:90:E7:83:DF:B6:AF:0B:33:C4:E4:E8:0F:C5:67:5F:20:51:80:36:0A:3A:C6:DA:94:9F:3E:EF:37:85:87:F3\r\n" +
		"a=setup:actpass\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\n"
	chromiumSound = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n" +
		"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	chromiumPicture = "a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\na=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n" +
		"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" +
		"a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n" +
		"a=rtpmap:98 VP9/90000\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\n" +
		"a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
)

var chromiumPublished = []Published{{"0", Microphone}, {"1", Camera}}

// answerTo is the answer to an offer without a connection.
func answerTo(d *description) string {
	l := local{session: 7, version: 1, ufrag: "ours", pwd: "ours", fingerprint: "sha-256 AA", candidates: []string{"1 1 udp 1 192.0.2.1 7882 typ host"}}
	for i, s := range d.sections {
		if s.receiving {
			to := &slot{line: s.Line, stream: fmt.Sprintf("slot%d", i), ssrc: uint32(100 * i)}
			if s.formats.rtx != 0 {
				to.repairSSRC = to.ssrc + 1
			}
			l.slots = append(l.slots, to)
		}
	}
	return l.describe(d)
}

func TestAnswerLines(t *testing.T) {
	d, err := readOffer(Offer{SDP: chromium, Published: chromiumPublished}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a=mid:0|a=rtcp-mux|a=rtcp-rsize|a=recvonly|a=rtpmap:63 red/48000/2|a=fmtp:63 111/111|a=rtpmap:111 opus/48000/2|" +
			"a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=24000;stereo=0|a=rtcp-fb:111 transport-cc|" +
			"a=extmap:1 " + uriAudioLevel + "|a=extmap:3 " + uriTransport + "|a=extmap:4 " + uriMid + "|" +
			"a=ice-ufrag:ours|a=ice-pwd:ours|a=fingerprint:sha-256 AA|a=setup:active|a=candidate:1 1 udp 1 192.0.2.1 7882 typ host|a=end-of-candidates",
		"a=mid:1|a=rtcp-mux|a=rtcp-rsize|a=recvonly|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96|" +
			"a=rtcp-fb:96 transport-cc|a=rtcp-fb:96 nack|a=rtcp-fb:96 nack pli|a=rtcp-fb:96 ccm fir|" +
			"a=extmap:3 " + uriTransport + "|a=extmap:4 " + uriMid + "|a=extmap:10 " + uriRid + "|a=extmap:11 " + uriRepairedRid + "|" +
			"a=rid:q recv|a=rid:h recv|a=rid:f recv|a=simulcast:recv q;h;f",
		"a=mid:2|a=rtcp-mux|a=rtcp-rsize|a=sendonly|a=rtpmap:111 opus/48000/2|a=fmtp:111 minptime=10;useinbandfec=1|" +
			"a=rtpmap:63 red/48000/2|a=fmtp:63 111/111|a=rtcp-fb:111 transport-cc|a=rtcp-fb:111 nack|a=extmap:3 " + uriTransport +
			"|a=msid:slot2 slot2audio|a=ssrc:200 cname:slot2",
		"a=mid:3|a=rtcp-mux|a=rtcp-rsize|a=sendonly|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96|" +
			"a=rtcp-fb:96 transport-cc|a=rtcp-fb:96 nack|a=rtcp-fb:96 nack pli|a=rtcp-fb:96 ccm fir|a=extmap:3 " + uriTransport +
			"|a=msid:slot3 slot3video|a=ssrc-group:FID 300 301|a=ssrc:300 cname:slot3|a=ssrc:301 cname:slot3",
	}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(answerTo(d)); err != nil {
		t.Fatal(err)
	}
	if group, _ := parsed.Attribute("group"); group != "BUNDLE 0 1 2 3" {
		t.Errorf("group %q", group)
	}
	for i, m := range parsed.MediaDescriptions {
		var lines []string
		for _, a := range m.Attributes {
			if a.Value == "" {
				lines = append(lines, "a="+a.Key)
			} else {
				lines = append(lines, "a="+a.Key+":"+a.Value)
			}
		}
		if got := strings.Join(lines, "|"); got != want[i] {
			t.Errorf("line %d:\n%s, want\n%s", i, strings.ReplaceAll(got, "|", "\n"), strings.ReplaceAll(want[i], "|", "\n"))
		}
	}
	if got := parsed.MediaDescriptions[0].MediaName.Formats; !slices.Equal(got, []string{"63", "111"}) {
		t.Errorf("formats %v are not in the client's order", got)
	}
}

// What is not offered on a line is not answered on it; the client's words decide.
func TestAnswerFollowsOffer(t *testing.T) {
	answered := func(name, old, with string, has, hasNot []string) {
		t.Helper()
		if !strings.Contains(chromium, old) {
			t.Fatalf("%s: no %q to replace", name, old)
		}
		d, err := readOffer(Offer{SDP: strings.ReplaceAll(chromium, old, with), Published: chromiumPublished}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		text := answerTo(d)
		for _, part := range has {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q in\n%s", name, part, text)
			}
		}
		for _, part := range hasNot {
			if strings.Contains(text, part) {
				t.Errorf("%s: %q in\n%s", name, part, text)
			}
		}
	}
	answered("as it is", "m=", "m=", nil, []string{"remb", "VP9", "G722", "a=ptime", "abs-send-time", "toffset", "stereo=1"})
	answered("no level", "a=extmap:1 ", "a=x-map:1 ", []string{"opus"}, []string{uriAudioLevel})
	answered("no feedback", "a=rtcp-fb:", "a=x-fb:", []string{"VP8"}, []string{"a=rtcp-fb"})
	answered("feedback of all formats", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:* nack pli", []string{"a=rtcp-fb:96 nack pli"}, nil)
	answered("whole reports", "a=rtcp-rsize\r\n", "", nil, []string{"rsize"})
	answered("RED of something else", "a=fmtp:63 111/111", "a=fmtp:63 9/9", []string{"a=rtpmap:111"}, []string{"red/"})
	answered("RED of many", "a=fmtp:63 111/111", "a=fmtp:63 111/111/111", []string{"a=fmtp:63 111/111\r\n"}, nil)
	answered("no repairs", "apt=96", "apt=98", []string{"VP8"}, []string{"rtx", "FID"})
	answered("client begins", "a=setup:actpass", "a=setup:active", []string{"a=setup:passive"}, nil)
	answered("client waits", "a=setup:actpass", "a=setup:passive", []string{"a=setup:active"}, nil)
	answered("long packets", "a=rtcp-xr:rcvr-rtt=all", "a=ptime:60", []string{"a=ptime:60"}, nil)
	answered("odd packets", "a=rtcp-xr:rcvr-rtt=all", "a=ptime:7", nil, []string{"a=ptime"})
	answered("one encoding pauses", "q;h;f", "q;~h;f", []string{"a=simulcast:recv q;~h;f\r\n", "a=rid:h recv"}, nil)
	answered("two encodings", "a=rid:f send\r\na=simulcast:send q;h;f", "a=simulcast: send q;h", []string{"recv q;h\r\n"}, nil)
	answered("one way extensions", "a=extmap:10 ", "a=extmap:10/sendonly ", []string{"a=extmap:10/recvonly " + uriRid}, nil)
	answered("extensions the other way", "a=extmap:3 ", "a=extmap:3/inactive ", nil, []string{uriTransport})
	answered("no encodings", "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n", "", nil, []string{"rid", uriRid, uriRepairedRid})
	answered("bundled only", "m=video 9 UDP/TLS/RTP/SAVPF 98 96 97\r\nc=IN IP4 0.0.0.0\r\n",
		"m=video 0 UDP/TLS/RTP/SAVPF 98 96 97\r\nc=IN IP4 0.0.0.0\r\na=bundle-only\r\n", []string{"m=video 9 "}, []string{"bundle-only"})
}

func TestRefusedEncodings(t *testing.T) {
	refused := func(name, old, with string) {
		t.Helper()
		if !strings.Contains(chromium, old) {
			t.Fatalf("%s: no %q to replace", name, old)
		}
		if _, err := readOffer(Offer{SDP: strings.Replace(chromium, old, with, 1), Published: chromiumPublished}, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	refused("alternatives", "q;h;f", "q,h;f")
	refused("received", "a=simulcast:send q;h;f", "a=simulcast:recv q;h;f")
	refused("both ways", "q;h;f", "q;h;f recv q")
	refused("received encoding", "a=rid:q send", "a=rid:q recv")
	refused("encoding without a name", "a=rid:q send", "a=rid: send")
	refused("twice", "q;h;f", "q;h;h")
	refused("not declared", "q;h;f", "q;h;x")
	refused("not listed", "q;h;f", "q;h")
	refused("declared twice", "a=rid:q send", "a=rid:q send\r\na=rid:q send")
	refused("two lists", "a=simulcast:send q;h;f", "a=simulcast:send q;h;f\r\na=simulcast:send q;h;f")
	refused("four", "a=rid:f send\r\na=simulcast:send q;h;f", "a=rid:f send\r\na=rid:g send\r\na=simulcast:send q;h;f;g")
	refused("nothing to know them by", "a=extmap:10 ", "a=extmap:99 ")
	refused("of sound", "a=sendonly", "a=sendonly\r\na=rid:q send\r\na=simulcast:send q")
	refused("of a slot", "a=recvonly", "a=recvonly\r\na=rid:q send\r\na=simulcast:send q")
}

// firefox is an offer as Firefox writes them: the certificate stands above all lines, extensions have directions, and sound
// has no numbers for the whole connection.
const firefox = "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 5471 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" +
	"a=fingerprint:sha-256 d5:90:E7:83:DF:B6:AF:0B:33:C4:E4:E8:0F:C5:67:5F:20:51:80:36:0A:3A:C6:DA:94:9F:3E:EF:37:85:87:F3\r\n" +
	"a=group:BUNDLE 0 1\r\na=ice-options:trickle\r\na=msid-semantic:WMS *\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 109 101\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\n" +
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level\r\n" +
	"a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\na=fmtp:101 0-15\r\n" +
	"a=ice-pwd:d3b07384d113edec49eaa6238ad5ff00\r\na=ice-ufrag:c157a79f\r\na=mid:0\r\na=msid:{6fd1} {0a4c}\r\na=rtcp-mux\r\n" +
	"a=rtpmap:109 opus/48000/2\r\na=rtpmap:101 telephone-event/8000/1\r\na=setup:actpass\r\na=ssrc:1937 cname:{d1a3}\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\na=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" +
	"a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n" +
	"a=extmap:8/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n" +
	"a=fmtp:120 max-fs=12288;max-fr=60\r\na=fmtp:124 apt=120\r\na=ice-pwd:d3b07384d113edec49eaa6238ad5ff00\r\na=ice-ufrag:c157a79f\r\na=mid:1\r\n" +
	"a=rid:q send\r\na=rid:h send\r\na=rtcp-fb:120 nack\r\na=rtcp-fb:120 nack pli\r\na=rtcp-fb:120 ccm fir\r\na=rtcp-fb:120 goog-remb\r\n" +
	"a=rtcp-fb:120 transport-cc\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:120 VP8/90000\r\na=rtpmap:124 rtx/90000\r\na=setup:actpass\r\n" +
	"a=simulcast:send q;h\r\na=ssrc:11 cname:{d1a3}\r\na=ssrc:12 cname:{d1a3}\r\na=ssrc:13 cname:{d1a3}\r\na=ssrc:14 cname:{d1a3}\r\n" +
	"a=ssrc-group:FID 11 12\r\na=ssrc-group:FID 13 14\r\n"

func TestAnswerToFirefox(t *testing.T) {
	d, err := readOffer(Offer{SDP: firefox, Published: chromiumPublished}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sound, picture, _ := strings.Cut(answerTo(d), "m=video")
	if strings.Contains(sound, "rtcp-fb") || strings.Contains(sound, uriTransport) || strings.Contains(sound, "rsize") {
		t.Errorf("sound has more than was offered: %s", sound)
	}
	for _, part := range []string{
		"a=extmap:8/recvonly " + uriRid, "a=extmap:9/recvonly " + uriRepairedRid, "a=extmap:7 " + uriTransport, "a=simulcast:recv q;h\r\n", " 120 124\r\n",
	} {
		if !strings.Contains(picture, part) {
			t.Errorf("no %q in %s", part, picture)
		}
	}
	if len(d.sections[1].ssrcs) != 0 {
		t.Errorf("encodings that are told apart by SSRC: %v", d.sections[1].ssrcs)
	}
}
