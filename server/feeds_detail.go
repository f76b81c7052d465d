package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// detailAhead is what a feed's page shows.
	detailAhead = 4 * 7 * 24 * time.Hour
	// sourceLetters is how much of a line that was not understood is shown.
	sourceLetters = 200
	// Somebody who presses refresh asks their calendar's server and not ours alone.
	refreshPresses = 10
	refreshPeriod  = 10 * time.Minute
	// refreshPatience is how long a press waits for a fetch of the same feed that runs already; no fetch takes longer.
	refreshPatience = 15 * time.Second
	refreshLook     = 200 * time.Millisecond
)

func (s *Server) getFeed(ctx context.Context, in *feedInput) (*feedOutput, error) {
	p, f, rel, err := s.feedFor(ctx, in.ID, identity.ViewFeeds)
	if err != nil {
		return nil, err
	}
	return s.showFeed(ctx, p, f, rel)
}

// showFeed reads a feed for the next four weeks. What it says is shown to its owner alone.
func (s *Server) showFeed(ctx context.Context, p *principal, f feedState, rel identity.Relation) (*feedOutput, error) {
	now := s.now()
	out := &feedOutput{Body: FeedDetail{FeedView: s.feedView(p, f), Window: calendar.Interval{Start: now, End: now.Add(detailAhead)}}}
	d := &out.Body
	d.Busy, d.Tentative, d.Duty, d.Unknown, d.WarningLines = []calendar.Interval{}, []calendar.Interval{}, []calendar.Interval{}, []calendar.Interval{}, []FeedWarning{}
	if !identity.Can(p.person.Access, rel, identity.ViewFeedContent) {
		return out, nil
	}
	if f.ref.origin == originPainted {
		if painted := s.calendars.Load().people[f.ref.person.ID].painted; painted != nil {
			d.Duty = append(d.Duty, calendar.Intersect(hoursIn(painted, s.region.Load().zoneOf(f.ref.person), d.Window), []calendar.Interval{d.Window})...)
		}
		return out, nil
	}
	body, _, err := s.store.FeedCopy(ctx, f.ref.key)
	if errors.Is(err, store.ErrNotFound) {
		d.Unknown = append(d.Unknown, d.Window)
		return out, nil
	}
	if err != nil {
		return nil, s.fail("read a feed's copy", err)
	}
	reading, err := calendar.Read(body, d.Window, s.readingOptions(f.ref))
	if err != nil { // a newer reader may refuse what an older one kept
		d.Unknown = append(d.Unknown, d.Window)
		return out, nil
	}
	d.Busy, d.Tentative = append(d.Busy, reading.Busy...), append(d.Tentative, reading.Tentative...)
	d.Duty, d.Unknown = append(d.Duty, reading.Duty...), append(d.Unknown, reading.Unknown...)
	d.WarningLines = warningLines(body, reading.Warnings, f.record.Missing)
	return out, nil
}

// codeMissing is the one warning that is the fetcher's and not the reader's.
const codeMissing = "missing"

// warningLines puts the line of the feed beside each warning.
func warningLines(body []byte, warnings []calendar.Warning, missing int) []FeedWarning {
	found := make([]FeedWarning, 0, len(warnings)+1)
	if missing > 0 {
		found = append(found, FeedWarning{Code: codeMissing, Text: fmt.Sprintf("%d entries are listed by the server and not handed out", missing)})
	}
	if len(warnings) == 0 {
		return found
	}
	lines := linesOf(body)
	for _, w := range warnings {
		view := FeedWarning{Code: w.Code, Line: w.Line, UID: w.UID, Text: w.Text}
		if w.Line > 0 && w.Line <= len(lines) {
			at := offendingLine(lines, w.Line-1, w.Code)
			view.Line, view.Source = at+1, shownLine(unfolded(lines[at:]))
		}
		found = append(found, view)
	}
	return found
}

// offenders are the properties that a warning about a whole event can be about.
var offenders = map[string][]string{
	calendar.CodeStart: {"DTSTART"}, calendar.CodeEnd: {"DTEND", "DURATION"}, calendar.CodeZone: {"DTSTART", "DTEND"}, calendar.CodeDate: {"RECURRENCE-ID", "RDATE", "EXDATE"},
	calendar.CodeRule: {"RRULE"}, calendar.CodeRulePart: {"RRULE"}, calendar.CodeBudget: {"RRULE"},
}

// offendingLine finds, for a warning that names the first line of an event, the line in it that the warning is about, if there
// is one.
func offendingLine(lines [][]byte, begin int, code string) int {
	if !bytes.HasPrefix(lines[begin], []byte("BEGIN:")) {
		return begin
	}
	for i := begin + 1; i < len(lines) && !bytes.HasPrefix(lines[i], []byte("END:")); i++ {
		end := bytes.IndexAny(lines[i], ":;")
		if end > 0 && slices.Contains(offenders[code], strings.ToUpper(string(lines[i][:min(end, len("RECURRENCE-ID"))]))) {
			return i
		}
	}
	return begin
}

// unfolded joins a line with those that continue it (RFC 5545 section 3.1), as far as it is shown.
func unfolded(lines [][]byte) []byte {
	line := bytes.TrimSuffix(lines[0], []byte("\r"))
	for _, more := range lines[1:] {
		if len(more) == 0 || (more[0] != ' ' && more[0] != '\t') || len(line) > utf8.UTFMax*sourceLetters {
			break
		}
		line = append(slices.Clip(line), bytes.TrimSuffix(more[1:], []byte("\r"))...)
	}
	return line
}

// linesOf splits a feed as the reader counts its lines: from its first BEGIN:VCALENDAR on, at LF, or at CR where there is no LF. Of UTF-16
// the zeros are dropped, which leaves what is ASCII readable.
func linesOf(body []byte) [][]byte {
	if head := body[:min(len(body), 4)]; bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		body = bytes.ReplaceAll(body, []byte{0}, nil)
	}
	const begin = "BEGIN:VCALENDAR"
	for i := 0; i+len(begin) <= len(body); i++ {
		if strings.EqualFold(string(body[i:i+len(begin)]), begin) {
			body = body[i:]
			break
		}
	}
	if bytes.IndexByte(body, '\n') < 0 {
		return bytes.Split(body, []byte("\r"))
	}
	return bytes.Split(body, []byte("\n"))
}

// shownLine makes a stranger's bytes fit to be shown: Latin-1 where they are not UTF-8, no control characters, not too long.
func shownLine(line []byte) string {
	if most := utf8.UTFMax * sourceLetters; len(line) > most {
		line = line[:most]
		for i := 0; i < utf8.UTFMax && !utf8.RuneStart(line[len(line)-1]); i++ {
			line = line[:len(line)-1]
		}
		if line[len(line)-1] >= utf8.RuneSelf { // the start of a letter that was cut
			line = line[:len(line)-1]
		}
	}
	letters := []rune(string(line))
	if !utf8.Valid(line) {
		letters = letters[:0]
		for _, c := range line {
			letters = append(letters, rune(c))
		}
	}
	letters = slices.DeleteFunc(letters, unicode.IsControl)
	return string(letters[:min(len(letters), sourceLetters)])
}

// refreshFeed fetches a feed now. Of its owner it also takes an answer that has lost nearly everything: they know whether it
// may. When the server has asked to be left alone, it is.
func (s *Server) refreshFeed(ctx context.Context, in *feedInput) (*feedOutput, error) {
	p, f, rel, err := s.feedFor(ctx, in.ID, identity.RefreshFeed)
	if err != nil {
		return nil, err
	}
	if f.ref.origin == originUploaded || f.ref.origin == originPainted {
		return nil, problem(http.StatusConflict, "feed-not-fetched", "An uploaded file and painted hours are not fetched from anywhere")
	}
	if err := s.limit(ctx, "feed:"+f.ref.id, refreshPresses, refreshPeriod); err != nil {
		return nil, err
	}
	if err := s.pressRefresh(ctx, f.ref, rel&identity.RelationSelf != 0); err != nil {
		return nil, err
	}
	if _, f, _, err = s.feedFor(ctx, in.ID, identity.ViewFeeds); err != nil {
		return nil, err // removed meanwhile
	}
	return s.showFeed(ctx, p, f, rel)
}

// pressRefresh waits for its turn. A fetch by another node or the worker that ended after the press is as good as its own, unless
// the owner must say that the calendar may be so empty.
func (s *Server) pressRefresh(ctx context.Context, ref feedRef, owner bool) error {
	pressed, name := s.now(), s.boot+"."+newID(s.random)
	record, err := s.leaseInTime(ctx, ref, name)
	switch {
	case errors.Is(err, store.ErrLease):
		return errTooMany
	case err != nil:
		return s.fail("lease a feed", err)
	case s.now().Before(record.RestUntil):
		if err := s.store.ReleaseFeed(ctx, ref.key, name); err != nil {
			return s.fail("release a feed", err)
		}
		return errTooMany
	case record.CheckedAt.After(pressed) && (record.Shrunk == 0 || !owner):
		err = s.store.ReleaseFeed(ctx, ref.key, name)
	default:
		err = s.fetchLeased(ctx, ref, record, name, owner)
	}
	if err != nil {
		return s.fail("refresh a feed", err)
	}
	return s.feedChanged(ctx)
}

// leaseInTime tries to lease a feed for as long as a fetch that runs already can take.
func (s *Server) leaseInTime(ctx context.Context, ref feedRef, name string) (store.FeedRecord, error) {
	for left := refreshPatience; ; left -= refreshLook {
		record, err := s.store.LeaseFeed(ctx, ref.key, name, leaseFor)
		if !errors.Is(err, store.ErrLease) || left <= 0 || ctx.Err() != nil {
			if record.Person == "" {
				record = ref.emptyRecord()
			}
			return record, err
		}
		wait(ctx, refreshLook)
	}
}

// feedChanged brings the snapshot up to date and tells the pages and the other nodes.
func (s *Server) feedChanged(ctx context.Context) error {
	if _, err := s.readChanged(ctx); err != nil {
		return s.fail("read the calendars", err)
	}
	if err := s.store.Announce(ctx, store.Change{Kind: "feed", What: s.boot}); err != nil {
		return s.fail("announce a feed", err)
	}
	return nil
}
