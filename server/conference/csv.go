package conference

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"strings"
	"time"
)

// byteOrderMark makes Excel read the file as UTF-8.
const byteOrderMark = "\uFEFF"

// CSV renders an attendance for a spreadsheet: UTF-8 with a byte order mark, semicolons as Norwegian spreadsheets expect,
// one row for each stay (one without times for whoever was not there), times in zone as ISO 8601 with offset, minutes
// with one decimal.
func CSV(a Attendance, zone *time.Location) []byte {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(&b)
	w.Comma = ';'
	w.UseCRLF = true
	row := func(fields ...string) {
		for i := range fields {
			fields[i] = harmless(fields[i])
		}
		_ = w.Write(fields) // a bytes.Buffer takes everything
	}
	row("meeting", "name", "role", "organisation", "seat", "need", "from", "to", "minutes", "gap_seconds", "end_known_by", "total_minutes")
	for _, p := range a.People {
		role := string(p.Role.Role)
		if p.Guest != "" {
			role = p.Guest
		}
		who := []string{a.Conference.MeetingCode, p.Name, role, p.Org, string(p.Seat), string(p.Need)}
		total := minutes(p.Total())
		if len(p.Stays) == 0 {
			row(append(who, "", "", "0.0", "0", "", total)...)
			continue
		}
		for _, s := range p.Stays {
			row(append(append([]string{}, who...), s.Start.In(zone).Format(time.RFC3339), s.End.In(zone).Format(time.RFC3339),
				minutes(s.End.Sub(s.Start)-s.Gap), fmt.Sprint(int(s.Gap.Seconds())), string(s.EndSource), total)...)
		}
	}
	w.Flush()
	return b.Bytes()
}

func minutes(d time.Duration) string {
	return fmt.Sprintf("%.1f", math.Round(d.Minutes()*10)/10)
}

// harmless keeps a spreadsheet from running a name as a formula.
func harmless(field string) string {
	if field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0])) {
		return "'" + field
	}
	return field
}
