package feed

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// file fetches a calendar that is one file.
func (c *session) file(ctx context.Context, s Source) (Result, error) {
	q := request{method: http.MethodGet, header: http.Header{"Accept": {"text/calendar, */*;q=0.5"}}}
	tag, since := validator(s.ETag), validator(s.LastModified)
	if tag != "" {
		q.header.Set("If-None-Match", tag)
	}
	if since != "" {
		q.header.Set("If-Modified-Since", since)
	}
	response, _, err := c.send(ctx, c.first, q)
	if err != nil {
		return Result{}, err
	}
	defer response.Body.Close()
	result := Result{ETag: validator(response.Header.Get("ETag")), LastModified: validator(response.Header.Get("Last-Modified"))}
	switch response.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
		result.Body, err = readFile(response, c.fetcher.maxBytes)
		return result, err
	case http.StatusNotModified:
		if tag == "" && since == "" {
			return Result{}, statusError(response)
		}
		result.NotModified = true
		if result.ETag == "" && result.LastModified == "" { // what held still holds
			result.ETag, result.LastModified = tag, since
		}
		return result, nil
	}
	return Result{}, statusError(response)
}

func readFile(response *http.Response, maxBytes int64) ([]byte, error) {
	if response.ContentLength > maxBytes {
		return nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1)) // the transport decompresses: the limit is behind it
	switch {
	case int64(len(body)) > maxBytes:
		return nil, ErrTooLarge
	case err != nil:
		return nil, err
	case !isCalendar(body):
		return nil, ErrNotCalendar
	}
	return body, nil
}

// isCalendar looks at the content and not at its declared type, of which servers are careless: near the beginning stands
// BEGIN:VCALENDAR, in any case, and in any encoding that has ASCII in it, UTF-16 too; and it does not begin like a page. What
// else may stand before it (blank lines, a server's complaint) is for the reader of calendars to skip.
func isCalendar(body []byte) bool {
	const near = 64 << 10
	head := bytes.ReplaceAll(body[:min(len(body), near)], []byte{0}, nil)
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		head = bytes.TrimPrefix(head, []byte(mark))
	}
	head = bytes.TrimSpace(head)
	return !bytes.HasPrefix(head, []byte("<")) && bytes.Contains(bytes.ToUpper(head), []byte("BEGIN:VCALENDAR"))
}

// maxValidator is far more than ETags and dates have; a longer one is not worth keeping.
const maxValidator = 1024

// validator returns an ETag or a date as it may stand in a header (RFC 9110 section 5.5), or nothing.
func validator(value string) string {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	if len(value) > maxValidator || strings.ContainsFunc(value, control) {
		return ""
	}
	return value
}

// maxRetryAfter bounds what a server can ask for.
const maxRetryAfter = 7 * 24 * time.Hour

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3), 0 when it is neither or has passed.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(now), maxRetryAfter))
}
