package feed

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	methodPropfind = "PROPFIND" // RFC 4918 section 9.1
	methodReport   = "REPORT"   // RFC 3253 section 3.6

	// chunk is how many objects are asked for at once: an answer of some hundred kilobytes.
	chunk = 100
	// maxPages bounds the truncated answers to one sync-collection.
	maxPages = 100
	// maxBroken bounds the answers that are broken: to find one bad object of a chunk takes seven.
	maxBroken = 50
	// maxHalvings bounds how a window is halved when a server truncates what it lists: two years become eleven days.
	maxHalvings = 6
)

// ask sends a request of WebDAV and hands the resources of its multistatus to visit. It returns the address that answered.
func (c *session) ask(ctx context.Context, method string, at *url.URL, depth, body string, visit func(resource) error) (*url.URL, string, error) {
	q := request{method: method, body: []byte(body), header: http.Header{
		"Content-Type": {"application/xml; charset=utf-8"}, "Accept": {"application/xml, text/xml"}, "Depth": {depth},
	}}
	response, at, err := c.send(ctx, at, q)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	answer := &rationed{from: response.Body, left: &c.left}
	if response.StatusCode != http.StatusMultiStatus {
		const small = 16 << 10
		if _, err := io.CopyN(io.Discard, answer, small); errors.Is(err, ErrTooLarge) { // read to its end, the connection can be kept
			return nil, "", err
		}
		if isSuccess(response.StatusCode) { // a page for people
			return nil, "", errXML
		}
		return nil, "", statusError(response)
	}
	token, err := multistatus(answer, visit)
	if err != nil {
		return nil, "", err
	}
	return at, token, nil
}

// rationed reads from what is left for the whole session.
type rationed struct {
	from io.Reader
	left *int64
}

// Read returns ErrTooLarge when nothing is left.
func (r *rationed) Read(b []byte) (int, error) {
	if *r.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := r.from.Read(b[:min(int64(len(b)), *r.left)])
	*r.left -= int64(n)
	return n, err
}

// isRefusal tells a server's no to a kind of question from its no to anything: another question may be answered.
func isRefusal(err error) bool {
	var status *StatusError
	if errors.Is(err, ErrNotCalendar) {
		return true
	}
	if !errors.As(err, &status) {
		return false
	}
	switch status.Code {
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return false
	}
	return true
}

const namespaces = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"`

// version is the name and the ETag of each object that was listed.
type version map[string]string

// list returns the objects of a collection that touch the window, as calendar-queries (RFC 4791 section 7.8) or, where the
// server refuses one, all of them. It says which window that was. What recurs is asked for apart and without the window:
// servers (Xandikos 0.2.8) place a series where its first event is.
func (c *session) list(ctx context.Context, k *collection, w window) (version, window, error) {
	listed := version{}
	k.Strange = 0
	err := c.query(ctx, k, w, maxHalvings, listed, func(w window) string { return component("VEVENT", w.filter()) })
	whole := func(filter string) {
		if err == nil {
			err = c.query(ctx, k, window{}, 0, listed, func(window) string { return filter })
		}
	}
	if w != (window{}) {
		whole(component("VEVENT", `<C:prop-filter name="RRULE"/>`))
		whole(component("VEVENT", `<C:prop-filter name="RDATE"/>`))
	}
	for _, name := range []string{"VFREEBUSY", "VAVAILABILITY"} { // few, and nothing that servers agree on the time of
		if k.holds(name) {
			whole(component(name, ""))
		}
	}
	if err == nil {
		return listed, w, nil
	}
	if !isRefusal(err) {
		return nil, window{}, err
	}
	clear(listed)
	k.Strange = 0
	body := `<D:propfind` + namespaces + `><D:prop><D:getetag/><D:resourcetype/></D:prop></D:propfind>`
	_, _, err = c.ask(ctx, methodPropfind, k.at, "1", body, func(r resource) error {
		if r.is(propType, nsDAV, "collection") {
			return nil
		}
		return listed.add(k, r)
	})
	return listed, window{}, err
}

var errPartial = fmt.Errorf("%w: the server lists only a part of the calendar", ErrTooLarge)

// component is a filter for objects with such a component.
func component(name, filter string) string {
	return `<C:comp-filter name="` + name + `">` + filter + `</C:comp-filter>`
}

// query asks for the objects that the filter lets through, which may depend on the window. When the server has too many to
// list (507, as RFC 6352 section 8.6.2 has it for address books), it asks for the halves of the window.
func (c *session) query(ctx context.Context, k *collection, w window, halvings int, listed version, filter func(window) string) error {
	body := `<C:calendar-query` + namespaces + `><D:prop><D:getetag/></D:prop><C:filter>` + component("VCALENDAR", filter(w)) + `</C:filter></C:calendar-query>`
	partial := false
	_, _, err := c.ask(ctx, methodReport, k.at, "1", body, func(r resource) error {
		if r.status == http.StatusInsufficientStorage {
			partial = true
			return nil
		}
		return listed.add(k, r)
	})
	var status *StatusError
	if errors.As(err, &status) && status.Code == http.StatusInsufficientStorage {
		partial, err = true, nil
	}
	if err != nil || !partial {
		return err
	}
	if halvings == 0 || w.from.IsZero() || w.to.IsZero() {
		return errPartial
	}
	middle := w.from.Add(w.to.Sub(w.from) / 2).Truncate(time.Second)
	if err := c.query(ctx, k, window{w.from, middle}, halvings-1, listed, filter); err != nil {
		return err
	}
	return c.query(ctx, k, window{middle, w.to}, halvings-1, listed, filter)
}

// add keeps an object of the collection, and counts what is listed and lies elsewhere: nobody is asked for that.
func (v version) add(k *collection, r resource) error {
	if r.status == http.StatusInsufficientStorage {
		return errPartial
	}
	name, ok := k.nameOf(r.href)
	switch {
	case !ok:
		k.Strange++
		return nil
	case name == "", r.status != 0 && !isSuccess(r.status):
		return nil
	}
	if v[name] = validator(r.text(propETag)); len(v) > maxObjects {
		return fmt.Errorf("%w: more than %d objects", ErrTooLarge, maxObjects)
	}
	return nil
}

// changes is what a sync-collection report says has changed since a token.
type changes struct {
	changed version
	removed map[string]bool
	token   string
}

// sync asks what has changed since the collection's token (RFC 6578 section 3.2), in as many pages as the server makes of it
// (section 3.6). A token that is no longer valid (a refusal) means that all has to be listed.
func (c *session) sync(ctx context.Context, k *collection) (changes, error) {
	all := changes{changed: version{}, removed: map[string]bool{}, token: k.Token}
	for range maxPages {
		partial := false
		body := `<D:sync-collection` + namespaces + `><D:sync-token>` + escaped(all.token) +
			`</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`
		_, token, err := c.ask(ctx, methodReport, k.at, "0", body, func(r resource) error {
			name, ok := k.nameOf(r.href)
			switch {
			case r.status == http.StatusInsufficientStorage:
				partial = true
			case !ok:
				return errXML
			case name == "":
			case (r.status == http.StatusNotFound || r.status == http.StatusGone):
				all.removed[name] = true
				delete(all.changed, name)
			default:
				delete(all.removed, name)
				return all.changed.add(k, r)
			}
			if len(all.removed) > maxObjects {
				return fmt.Errorf("%w: more than %d objects", ErrTooLarge, maxObjects)
			}
			return nil
		})
		if err != nil {
			return changes{}, err
		}
		if token == "" || (partial && token == all.token) {
			return changes{}, errXML // without a next token, or stuck: to be listed
		}
		if all.token = token; !partial {
			return all, nil
		}
	}
	return changes{}, errXML
}

// multiget fetches objects by name (RFC 4791 section 7.9) and hands over what the server says of each. Where one of them
// breaks the answer, the others are fetched without it.
func (c *session) multiget(ctx context.Context, k *collection, names []string, visit func(name string, r resource) error) error {
	for len(names) > 0 {
		part := names[:min(chunk, len(names))]
		names = names[len(part):]
		if err := c.multigetPart(ctx, k, part, visit); err != nil {
			return err
		}
	}
	return nil
}

func (c *session) multigetPart(ctx context.Context, k *collection, names []string, visit func(string, resource) error) error {
	var body strings.Builder
	body.WriteString(`<C:calendar-multiget` + namespaces + `><D:prop><D:getetag/><C:calendar-data/></D:prop>`)
	for _, name := range names {
		body.WriteString(`<D:href>` + escaped(k.hrefOf(name)) + `</D:href>`)
	}
	body.WriteString(`</C:calendar-multiget>`)
	_, _, err := c.ask(ctx, methodReport, k.at, "1", body.String(), func(r resource) error {
		if name, ok := k.nameOf(r.href); ok && name != "" {
			return visit(name, r)
		}
		return nil
	})
	if err == nil || !breaks(err) {
		return err
	}
	if c.broken++; c.broken > maxBroken {
		return err
	}
	if len(names) == 1 {
		return nil // the caller sees that nothing came
	}
	half := len(names) / 2
	if err := c.multigetPart(ctx, k, names[:half], visit); err != nil {
		return err
	}
	return c.multigetPart(ctx, k, names[half:], visit)
}

// breaks tells whether one of several objects may be the reason: its text is not XML, or the server fails over it.
func breaks(err error) bool {
	var status *StatusError
	return errors.Is(err, ErrNotCalendar) || (errors.As(err, &status) && status.Code == http.StatusInternalServerError)
}

func escaped(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return b.String()
}
