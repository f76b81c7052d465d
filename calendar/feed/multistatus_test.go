package feed

import (
	"errors"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

// TestMultistatus_memory: the worst half megabyte of XML does not take a hundred.
func TestMultistatus_memory(t *testing.T) {
	check := func(name, text string) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := multistatus(strings.NewReader(text), func(resource) error { return nil }); err != nil && !errors.Is(err, ErrNotCalendar) {
				t.Error(err)
			}
			runtime.ReadMemStats(&after)
			const most = 48 << 20 // allocated in all; what is held at once is less
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d MB", n>>20)
			} else {
				t.Logf("%d MB", n>>20)
			}
		})
	}
	const size = 512 << 10
	head := strings.TrimSuffix(multi(), "</multistatus>")
	check("attributes", head+"<a "+strings.Repeat("a='' ", size/5)+"/>")
	check("depth", head+strings.Repeat("<a>", size/3))
	check("tags", head+strings.Repeat("<a/>", size/4))
	check("responses", head+strings.Repeat("<response/>", size/11))
	check("hrefs", head+"<response>"+strings.Repeat("<href>/</href>", size/14)+"</response>")
	check("properties", head+"<response><propstat><prop>"+strings.Repeat("<a/>", size/4))
	check("inside", head+"<response><propstat><prop><p>"+strings.Repeat("<a/>", size/4))
	check("text", head+"<response><href>"+strings.Repeat("a", size))
	check("comment", head+"<!--"+strings.Repeat("a", size))
}

func FuzzMultistatus(f *testing.F) {
	text := eventText("a", "20261101T080000Z", "first")
	for _, seed := range []string{
		multi(), multi(found("/cal/", calendarType)), multi(listed("a.ics", "1"), gone("/cal/b.ics"), "<sync-token>t</sync-token>"), multi(data("a.ics", "1", text)),
		multi(`<response><href>/a</href><href>/b</href><status>HTTP/1.1 507 x</status></response>`), multi(found("/cal/", "<current-user-principal><href>/a</href></current-user-principal>")),
		multi(data("a.ics", "1", "<![CDATA["+text+"]]>")), "<!DOCTYPE a [<!ENTITY b 'c'>]>" + multi("&b;"), strings.ToUpper(multi(listed("a", "1"))),
	} {
		f.Add(seed)
	}
	at, _ := url.Parse("https://cal.example/cal/")
	f.Fuzz(func(t *testing.T, text string) {
		k := &collection{at: at}
		visits := 0
		_, err := multistatus(strings.NewReader(text), func(r resource) error {
			visits++
			if len(r.href) > maxHref || len(r.properties) > maxProperties {
				t.Errorf("%d bytes of href, %d properties", len(r.href), len(r.properties))
			}
			if name, ok := k.nameOf(r.href); ok && name != "" {
				if back, ok := k.nameOf(k.hrefOf(name)); !ok || back != name {
					t.Errorf("%q is %q, which is %q", r.href, name, back)
				}
			}
			if b := part(r.property(propData).text); b != nil {
				if first, last, open := calendarsIn(b); first != 0 || last != len(b) || open != 0 {
					t.Errorf("%q may not stand between others", b)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrNotCalendar) {
			t.Error(err)
		}
		if visits > len(text)/len("<href/>") {
			t.Errorf("%d visits from %d bytes", visits, len(text))
		}
	})
}

// BenchmarkMultistatus parses what comes of a chunk of a calendar, of common size.
func BenchmarkMultistatus(b *testing.B) {
	var parts []string
	for range chunk {
		parts = append(parts, data("d3b07384-d113-4ec6-a5b1-1d1c54c0f2a7.ics", "&quot;c157a79031e1c40f85931829bc5fc552&quot;", eventText("a", "20261101T080000Z", "first")))
	}
	text := multi(parts...)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		objects := 0
		_, err := multistatus(strings.NewReader(text), func(r resource) error {
			if len(part(r.property(propData).text)) > 0 {
				objects++
			}
			return nil
		})
		if err != nil || objects != chunk {
			b.Fatal(objects, err)
		}
	}
}
