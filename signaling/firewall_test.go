package signaling_test

import (
	"net"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling"
	"github.com/samtale/samtale/signaling/client"
	"github.com/samtale/samtale/signaling/sfu"
	"github.com/samtale/samtale/signaling/turn"
)

// freePort is one that nobody listens on by UDP or TCP.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at := l.Addr().String()
		p, err := net.ListenPacket("udp", at)
		_ = l.Close()
		if err == nil {
			_ = p.Close()
			return at
		}
	}
	t.Fatal("no port is free")
	return ""
}

// TestRelay: whom nothing but the relay lets through hears and sees, and is heard and seen, by the credentials of the welcome.
func TestRelay(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			at := freePort(t)
			var relay *turn.Server
			h := openAs(t, sfu.Config{DisconnectedWait: time.Second}, func(o *signaling.Options) {
				var err error
				relay, err = turn.New(turn.Config{
					UDPAddr: at, TCPAddr: at, URLs: []string{"turn:" + at + "?transport=" + transport}, Secret: []byte("0123456789abcdef"),
					Media: o.Media.Addresses,
				})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = relay.Close() })
				o.Relay = func(session string) *signaling.Relay {
					c := relay.Credentials(session, time.Now())
					return &signaling.Relay{URLs: c.URLs, Username: c.Username, Credential: c.Password, Seconds: int(c.Valid.Seconds())}
				}
			})
			near := h.enter(nurse)
			far := h.enter(doctor, func(c *client.Config) { c.Way = client.RelayOnly })
			h.sees(far, "the nurse", hearsAndSees(nurse.Key))
			h.sees(near, "the doctor", hearsAndSees(doctor.Key))
			h.sees(near, "the doctor's way", func(s client.State) bool { return lineOf(s, doctor.Key).Path == "relay-"+transport })
			s := h.sees(far, "the room", in)
			relay.Revoke(s.Welcome.Session)
			h.sees(near, "the doctor cut off", func(s client.State) bool { return lineOf(s, doctor.Key).Word == signaling.WordLost })
		})
	}
}

// TestTCP: whom no UDP gets through to speaks to the media server by TCP.
func TestTCP(t *testing.T) {
	t.Parallel()
	h := openWith(t, 0, sfu.Config{TCPAddr: "127.0.0.1:0"})
	near := h.enter(nurse)
	far := h.enter(doctor, func(c *client.Config) { c.Way = client.DirectTCP })
	h.sees(far, "the nurse", hearsAndSees(nurse.Key))
	h.sees(near, "the doctor", hearsAndSees(doctor.Key))
	h.sees(near, "the doctor's way", func(s client.State) bool { return lineOf(s, doctor.Key).Path == "tcp" })
}
