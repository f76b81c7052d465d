package calendar

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// customZone is a VTIMEZONE as Outlook writes it, here two hours east in winter so that it can be told from Oslo.
func customZone(id string) string {
	return "BEGIN:VTIMEZONE\r\nTZID:" + id + "\r\n" +
		"BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n" +
		"END:VTIMEZONE\r\n"
}

func eventIn(id string) string {
	return "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=" + id + ":20260302T090000\r\nDTEND;TZID=" + id + ":20260302T100000\r\nEND:VEVENT"
}

// TestZone follows TZID to an hour: 09:00 on 2 March, read by an owner in New York, where it is 14:00Z.
func TestZone(t *testing.T) {
	check := checker(t, "2026-03-02/2026-03-09", Options{Zone: mustZone(t, "America/New_York")})
	oslo, utc, owner := "0302T0800/0302T0900", "0302T0900/0302T1000", "0302T1400/0302T1500"
	two := "0302T0700/0302T0800"
	check("IANA", feed(eventIn("Europe/Oslo")), oslo, "")
	check("IANA quoted", feed(eventIn(`"Europe/Oslo"`)), oslo, "")
	check("IANA in lower case", feed(eventIn("europe/oslo")), oslo, "")
	check("IANA with a space", feed(eventIn("America/New York")), owner, "")
	check("Windows", feed(eventIn("W. Europe Standard Time")), oslo, "")
	check("Windows quoted", feed(eventIn(`"W. Europe Standard Time"`)), oslo, "")
	check("Windows numbered", feed(eventIn("W. Europe Standard Time 1")), oslo, "")
	check("Windows with definition", feed(customZone("W. Europe Standard Time")+eventIn("W. Europe Standard Time")), two, CodeZoneDiffer)
	check("custom with definition", feed(customZone("Customized Time Zone")+eventIn("Customized Time Zone")), two, "")
	check("custom without definition", feed(eventIn("Customized Time Zone")), owner, CodeZone)
	check("definition after the event", feed(eventIn("Mine")+"\r\n"+customZone("Mine")), two, "")
	check("definition of another calendar", feed(customZone("Mine"))+feed(eventIn("Mine")), owner, CodeZone)
	check("two calendars with one name", feed(customZone("Mine")+eventIn("Mine"))+feed("X:1"), two, "")
	check("path of Evolution", feed(eventIn("/freeassociation.sourceforge.net/Europe/Oslo")), oslo, "")
	check("path of Mozilla", feed(eventIn("/mozilla.org/20050126_1/Europe/Oslo")), oslo, "")
	check("path with three parts", feed(eventIn("/x.example/America/Argentina/Buenos_Aires")), "0302T1200/0302T1300", "")
	check("path with definition", feed(customZone("/x.example/Europe/Oslo")+eventIn("/x.example/Europe/Oslo")), two, CodeZoneDiffer)
	check("Local", feed(eventIn("Local")), owner, CodeZone)
	check("localtime", feed(eventIn("localtime")), owner, CodeZone)
	check("a path of the machine", feed(eventIn("../../etc/localtime")), owner, CodeZone)
	check("Z", feed(eventIn("Z")), utc, "")
	check("UTC", feed(eventIn("UTC")), utc, "")
	check("UTC+01:00", feed(eventIn(`"UTC+01:00"`)), oslo, "")
	check("UTC+01:00 without quotes", feed(eventIn("UTC+01:00")), oslo, "")
	check("GMT+0100", feed(eventIn("GMT+0100")), oslo, "")
	check("GMT-5", feed(eventIn("GMT-5")), owner, "")
	check("+05:30", feed(eventIn(`"+05:30"`)), "0302T0330/0302T0430", "")
	check("Etc/GMT-1", feed(eventIn("Etc/GMT-1")), oslo, "")
	check("display name", feed(eventIn(`"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"`)), oslo, "")
	check("display name of another hand", feed(eventIn(`"(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna"`)), oslo, CodeZone)
	check("display name not known", feed(eventIn(`"(UTC+01:00) Ringerike"`)), oslo, CodeZone)
	check("display name not known, the owner's offset", feed(eventIn(`"(UTC-05:00) Springfield"`)), owner, CodeZone)
	check("display name in the definition", feed(customZone(`(UTC+01:00) Amsterdam\, Ringerike`)+eventIn(`"(UTC+01:00) Amsterdam, Ringerike"`)), two, "")
	check("Exchange UTC", feed(eventIn(`"tzone://Microsoft/Utc"`)), utc, "")
	check("Exchange custom", feed(eventIn(`"tzone://Microsoft/Custom"`)), owner, CodeZone)
	check("the file wins", feed(customZone("Europe/Oslo")+eventIn("Europe/Oslo")), two, CodeZoneDiffer)
	check("empty TZID is floating", feed(eventIn("")), owner, "")
	check("floating", oneEvent("DTSTART:20260302T090000", "DTEND:20260302T100000"), owner, "")
	check("X-WR-TIMEZONE", feed("X-WR-TIMEZONE:Europe/Oslo\r\nBEGIN:VEVENT\r\nDTSTART:20260302T090000\r\nDTEND:20260302T100000\r\nEND:VEVENT"), oslo, "")
	check("X-WR-TIMEZONE at the end", feed("BEGIN:VEVENT\r\nDTSTART:20260302T090000\r\nDTEND:20260302T100000\r\nEND:VEVENT\r\nX-WR-TIMEZONE:Europe/Oslo"), oslo, "")
	check("X-WR-TIMEZONE not known", feed("X-WR-TIMEZONE:Nowhere\r\nBEGIN:VEVENT\r\nDTSTART:20260302T090000\r\nDTEND:20260302T100000\r\nEND:VEVENT"), owner, CodeZone)
	check("X-WR-TIMEZONE leaves whole days to the owner", feed("X-WR-TIMEZONE:Europe/Oslo\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260302\r\nEND:VEVENT"), "0302T0500/0303T0500", "")
	check("end in another zone", oneEvent("DTSTART;TZID=Europe/Oslo:20260302T090000", "DTEND;TZID=Europe/London:20260302T090000"), oslo, "")
	check("floating end", oneEvent("DTSTART;TZID=Europe/Oslo:20260302T090000", "DTEND:20260302T100000"), oslo, "")
}

// TestZoneChange holds RFC 5545 section 3.3.5: a time that is left out or comes twice has the offset before the change.
func TestZoneChange(t *testing.T) {
	hourAt := func(zone, at string) string {
		return oneEvent("DTSTART;TZID="+zone+":"+at, "DURATION:PT1H")
	}
	check := checker(t, "2026-01-01/2027-01-01", Options{})
	check("gap in Oslo", hourAt("Europe/Oslo", "20260329T023000"), "0329T0130/0329T0230", "")
	check("before the gap in Oslo", hourAt("Europe/Oslo", "20260329T015959"), "0329T005959/0329T015959", "")
	check("after the gap in Oslo", hourAt("Europe/Oslo", "20260329T030000"), "0329T0100/0329T0200", "")
	check("overlap in Oslo", hourAt("Europe/Oslo", "20261025T023000"), "1025T0030/1025T0130", "")
	check("before the overlap in Oslo", hourAt("Europe/Oslo", "20261025T015959"), "1024T235959/1025T005959", "")
	check("after the overlap in Oslo", hourAt("Europe/Oslo", "20261025T030000"), "1025T0200/1025T0300", "")
	check("gap in New York", hourAt("America/New_York", "20260308T023000"), "0308T0730/0308T0830", "")
	check("overlap in New York", hourAt("America/New_York", "20261101T013000"), "1101T0530/1101T0630", "")
	check("half an hour in Lord Howe", hourAt("Australia/Lord_Howe", "20260405T014500"), "0404T1445/0404T1545", "")
	check("gap of a definition", feed(customZone("Mine")+"BEGIN:VEVENT\r\nDTSTART;TZID=Mine:20260329T023000\r\nDURATION:PT1H\r\nEND:VEVENT"), "0329T0030/0329T0130", "")
	check("overlap of a definition", feed(customZone("Mine")+"BEGIN:VEVENT\r\nDTSTART;TZID=Mine:20261025T023000\r\nDURATION:PT1H\r\nEND:VEVENT"), "1024T2330/1025T0030", "")
	check("a day without midnight in Beirut", oneEvent("DTSTART;TZID=Asia/Beirut:20260329T000000", "DURATION:PT1H"), "0328T2200/0328T2300", "")
}

// TestZoneDefinition reads a VTIMEZONE in a window without any other help: the id is no known name.
func TestZoneDefinition(t *testing.T) {
	define := func(lines string) string {
		return feed("BEGIN:VTIMEZONE\r\nTZID:Mine\r\n" + lines + "END:VTIMEZONE\r\n" + eventIn("Mine"))
	}
	standard := func(lines string) string {
		return "BEGIN:STANDARD\r\n" + lines + "END:STANDARD\r\n"
	}
	check := checker(t, "2026-03-02/2026-03-09", Options{})
	owner := "0302T0900/0302T1000"
	check("no rule", define(standard("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0300\r\n")), "0302T0600/0302T0700", "")
	check("begins later", define(standard("DTSTART:20300101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0300\r\n")), "0302T0800/0302T0900", "")
	check("offset with seconds", define(standard("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+005328\r\n")), "0302T080632/0302T090632", "")
	check("list of RDATE", define(standard("DTSTART:20240101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRDATE:20250101T000000,20260301T000000\r\n")+
		"BEGIN:DAYLIGHT\r\nDTSTART:20240601T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRDATE:20250601T000000\r\nRDATE:20260101T000000\r\nEND:DAYLIGHT\r\n"), "0302T0700/0302T0800", "")
	check("rule that ended", define(standard("DTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20151025T010000Z\r\n")+
		"BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20160327T010000Z\r\nEND:DAYLIGHT\r\n"), "0302T0700/0302T0800", "")
	check("no offset", define(standard("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n")), owner, CodeZone)
	check("no observance", define(""), owner, CodeZone)
	check("a rule that cannot be followed", define(standard("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0300\r\nRRULE:FREQ=YEARLY;COUNT=0\r\n")), owner, CodeZone)
	check("too many changes", define(standard("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0300\r\nRRULE:FREQ=SECONDLY\r\n")), owner, CodeZone)
	check("a broken one and a known name", feed("BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\nEND:VTIMEZONE\r\n"+eventIn("Europe/Oslo")), "0302T0800/0302T0900", CodeZone)
}

// TestZonesAgree compares local times with time.Date, which agrees except where a time comes twice or never.
func TestZonesAgree(t *testing.T) {
	for _, name := range []string{"Europe/Oslo", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "UTC", "Africa/Casablanca", "Antarctica/Troll"} {
		t.Run(name, func(t *testing.T) {
			l := mustZone(t, name)
			z := newZone(l)
			for civil := daysOf(1880, 1, 1) * day; civil < daysOf(2100, 1, 1)*day; civil += 11*hour + 17*minute {
				first, last := z.both(civil)
				year, month, dayOfMonth := dateOf(floorDiv(civil, day))
				std := time.Date(year, time.Month(month), dayOfMonth, 0, 0, int(civil-floorDiv(civil, day)*day), 0, l).Unix()
				if z.local(first) == civil && std != first && std != last {
					t.Fatalf("local %d: %d to %d, time.Date says %d", civil, first, last, std)
				}
				if z.local(first) == civil && z.local(last) != civil {
					t.Fatalf("local %d: the last instant %d is %d", civil, last, z.local(last))
				}
			}
		})
	}
}

// TestZoneNames loads every zone that the tables name.
func TestZoneNames(t *testing.T) {
	known := knownZones()
	if len(known.iana) < 590 || len(known.windows) < 135 || len(known.displays) < 160 {
		t.Fatalf("%d, %d and %d names", len(known.iana), len(known.windows), len(known.displays))
	}
	for _, table := range []map[string]string{known.iana, known.windows, known.displays} {
		for name := range table {
			if p, known := placeOf(name); known != knownZone || p.zone() == nil {
				t.Errorf("%q names no zone", name)
			}
		}
	}
}

// TestWindowsTable makes the table of Windows zones anew and compares: what is embedded is what its source says.
func TestWindowsTable(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is not installed")
	}
	fresh := filepath.Join(t.TempDir(), "windows.tsv")
	if out, err := exec.Command(goTool, "run", "tools/windows.go", "data/windowsZones.xml", fresh).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != windowsTable {
		t.Error("data/windows.tsv is not what data/windowsZones.xml says: run go generate ./calendar")
	}
}
