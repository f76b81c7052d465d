package push

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The example of RFC 8291 section 5 and appendix A.
const (
	rfcBody    = "When I grow up, I want to be a watermelon"
	rfcOurs    = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
	rfcTheirs  = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	rfcPrivate = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
	rfcSalt    = "DGv6ra1nlYgDCS1FRnbzlw"
	rfcAuth    = "BTBZMqHH6r4Tts7J_aSIgg"
	rfcSealed  = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

func TestEncrypt_RFC8291(t *testing.T) {
	_, r, err := Subscription{Endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", P256dh: rfcTheirs, Auth: rfcAuth}.parse(false)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := ecdh.P256().NewPrivateKey(bytesOf(t, rfcOurs))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := encrypt([]byte(rfcBody), 0, r, ours, bytesOf(t, rfcSalt))
	if err != nil || base64.RawURLEncoding.EncodeToString(sealed) != rfcSealed {
		t.Errorf("%v:\n%s, want\n%s", err, base64.RawURLEncoding.EncodeToString(sealed), rfcSealed)
	}
	theirs, err := ecdh.P256().NewPrivateKey(bytesOf(t, rfcPrivate))
	if err != nil {
		t.Fatal(err)
	}
	record, err := browser{private: theirs, auth: r.auth}.decrypt(bytesOf(t, rfcSealed)) // the test's own reader is right
	if err != nil || plain(t, record) != rfcBody {
		t.Errorf("%q, %v", record, err)
	}
}

func TestSeal_fresh(t *testing.T) {
	_, r, err := Subscription{Endpoint: "https://push.example", P256dh: rfcTheirs, Auth: rfcAuth}.parse(false)
	if err != nil {
		t.Fatal(err)
	}
	first, err := seal([]byte("a"), r)
	if err != nil {
		t.Fatal(err)
	}
	second, err := seal([]byte("a"), r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first[:16], second[:16]) || bytes.Equal(first[21:86], second[21:86]) {
		t.Error("a salt or a key is used twice")
	}
}

func TestKeys(t *testing.T) {
	secret := bytes.Repeat([]byte("s"), 32)
	// Pinned: another value makes every subscription there is worthless.
	const want = "BGZOdB7JIjKxIoeFDCm4l24HPRSAfsBrKYr4LCQ2qJQBPUQFkx5GuPJsjaJ6bH_6PMqdUuida2p5NEjKwxVAHJ0"
	if got := NewKeys(secret).PublicKey(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if point := bytesOf(t, want); len(point) != 65 || point[0] != 4 {
		t.Errorf("%d bytes, the first is %d", len(point), point[0])
	}
	if NewKeys(bytes.Repeat([]byte("o"), 32)).PublicKey() == want {
		t.Error("another secret has the same keys")
	}
	// Neither zero nor what is above the curve's order is a scalar.
	tries := 0
	if keysFrom(func(try int) []byte {
		tries++
		return bytes.Repeat([]byte{[]byte{0, 0xff, 1}[try]}, 32)
	}).PublicKey() == "" || tries != 3 {
		t.Errorf("%d tries", tries)
	}
	defer func() {
		if recover() == nil {
			t.Error("a secret of 8 bytes was taken")
		}
	}()
	NewKeys([]byte("too weak"))
}

func TestAuthorization(t *testing.T) {
	begin := time.Date(2026, 11, 26, 2, 30, 0, 0, time.UTC)
	all := &tokens{keys: NewKeys(make([]byte, 32)), subject: "mailto:a@b.example", byOrigin: map[string]token{}}
	first := map[string]string{}
	asks := func(name, endpoint, origin string, now time.Time, kept bool) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(endpoint)
			if err != nil {
				t.Fatal(err)
			}
			header, err := all.authorization(u, now)
			if err != nil {
				t.Fatal(err)
			}
			_, _, claims, err := readAuthorization(header)
			expires, _ := claims["exp"].(float64)
			if left := time.Unix(int64(expires), 0).Sub(now); err != nil || claims["aud"] != origin || left < time.Hour || left > 12*time.Hour {
				t.Errorf("%v, claims %v, %s left", err, claims, left)
			}
			if same := first[origin] == header; same != kept {
				t.Errorf("kept: %t, want %t", same, kept)
			}
			first[origin] = header
		})
	}
	const google = "https://fcm.googleapis.com"
	asks("first", google+"/fcm/send/a", google, begin, false)
	asks("another_browser", google+"/fcm/send/b", google, begin.Add(10*time.Hour), true)
	asks("capitals_and_port", "https://FCM.GoogleAPIs.com:443/fcm/send/c", google, begin.Add(10*time.Hour), true)
	asks("another_service", "https://web.push.apple.com/a", "https://web.push.apple.com", begin.Add(10*time.Hour), false)
	asks("another_port", google+":8443/a", google+":8443", begin, false)
	asks("last_hour", google+"/fcm/send/a", google, begin.Add(11*time.Hour), false)
	asks("clock_put_right", google+"/fcm/send/a", google, begin, false)
	asks("plain_http", "http://push.example:80/a", "http://push.example", begin, false)
	asks("ipv6", "https://[2001:db8::1]:443/a", "https://[2001:db8::1]", begin, false)
	for i := range 1000 {
		u := &url.URL{Scheme: "https", Host: strings.Repeat("a", i+1) + ".example"}
		if _, err := all.authorization(u, begin); err != nil {
			t.Fatal(err)
		}
	}
	if len(all.byOrigin) > 64 {
		t.Errorf("%d tokens are kept", len(all.byOrigin))
	}
}

func TestSubscription_Check(t *testing.T) {
	good := Subscription{Endpoint: "https://push.example/a", P256dh: rfcTheirs, Auth: rfcAuth}
	is := func(name string, s Subscription, allowHTTP, ok bool) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			if err := s.Check(allowHTTP); (err == nil) != ok || (err != nil && !errors.Is(err, ErrSubscription)) {
				t.Error(err)
			}
		})
	}
	at := func(endpoint string) Subscription { return Subscription{endpoint, good.P256dh, good.Auth} }
	key := func(p256dh string) Subscription { return Subscription{good.Endpoint, p256dh, good.Auth} }
	auth := func(auth string) Subscription { return Subscription{good.Endpoint, good.P256dh, auth} }
	is("good", good, false, true)
	is("empty", Subscription{}, true, false)
	is("http", at("http://push.example/a"), false, false)
	is("http_allowed", at("http://push.example/a"), true, true)
	is("other_scheme", at("ftp://push.example/a"), true, false)
	is("no_host", at("https:///a"), false, false)
	is("opaque", at("https:push.example"), false, false)
	is("relative", at("/a"), false, false)
	is("credentials", at("https://a:b@push.example/a"), false, false)
	is("fragment", at("https://push.example/a#b"), false, false)
	is("control", at("https://push.example/a\nb"), false, false)
	is("long", at("https://push.example/"+strings.Repeat("a", 2048)), false, false)
	is("key_short", key(rfcTheirs[:80]), false, false)
	is("key_padded", key(rfcTheirs+"="), false, false)
	is("key_compressed", key("A"+strings.Repeat("A", 43)), false, false)
	is("key_off_curve", key("BA"+strings.Repeat("A", 85)), false, false)
	is("key_infinite", key("AA"), false, false)
	is("auth_short", auth("AAAA"), false, false)
	is("auth_long", auth(strings.Repeat("A", 24)), false, false)
	is("auth_no_base64", auth(strings.Repeat("*", 22)), false, false)
}

// FuzzSubscriptionCheck reads what a page sends: what passes can be sent to, and no error repeats it.
func FuzzSubscriptionCheck(f *testing.F) {
	f.Add("https://push.example/a", rfcTheirs, rfcAuth, false)
	f.Add("http://127.0.0.1:8080/secret", rfcTheirs, rfcAuth, true)
	f.Add("https://[::1%25lo]/", "BA", "", false)
	f.Fuzz(func(t *testing.T, endpoint, p256dh, auth string, allowHTTP bool) {
		s := Subscription{endpoint, p256dh, auth}
		err := s.Check(allowHTTP)
		if err != nil {
			if !errors.Is(err, ErrSubscription) || (len(endpoint) > 60 && strings.Contains(err.Error(), endpoint)) {
				t.Fatal(err)
			}
			return
		}
		u, r, err := s.parse(allowHTTP)
		if err != nil || (u.Scheme != "https" && !allowHTTP) || originOf(u) == u.Scheme+"://" {
			t.Fatalf("%q: %v", endpoint, err)
		}
		if sealed, err := seal([]byte("x"), r); err != nil || len(sealed) != 86+maxBody+17 {
			t.Fatalf("%d bytes, %v", len(sealed), err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	_, r, err := Subscription{Endpoint: "https://push.example", P256dh: rfcTheirs, Auth: rfcAuth}.parse(false)
	if err != nil {
		b.Fatal(err)
	}
	body := Ring("call1").Body
	b.ReportAllocs()
	for b.Loop() {
		if _, err := seal(body, r); err != nil {
			b.Fatal(err)
		}
	}
}
