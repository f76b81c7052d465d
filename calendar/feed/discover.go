package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	wellKnown = "/.well-known/caldav" // RFC 6764 section 5
	// maxCalendars is more than people have.
	maxCalendars = 50
	// maxName bounds what is kept of a calendar's name, in bytes.
	maxName = 200
)

var (
	errNoCalendars = fmt.Errorf("%w: no CalDAV calendars are found there", ErrNotCalendar)
	color          = regexp.MustCompile(`^#[0-9A-Fa-f]{6}`) // Apple adds two digits of opacity
)

// place is a resource and where it is.
type place struct {
	resource
	at *url.URL
}

// calendars lists what find finds.
func (c *session) calendars(ctx context.Context) ([]Calendar, error) {
	places, _, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	var list []Calendar
	for _, p := range places {
		calendar := Calendar{
			URL: calDAVAddress(p.at), Name: p.text(propName), Color: strings.ToLower(color.FindString(p.text(propColor))),
			Components: p.property(propComponents).names, Transparent: p.is(propCounts, nsCalDAV, "transparent"),
		}
		for len(calendar.Name) > maxName {
			_, size := utf8.DecodeLastRuneInString(calendar.Name)
			calendar.Name = calendar.Name[:len(calendar.Name)-size]
		}
		list = append(list, calendar)
	}
	return list, nil
}

// find looks for calendars from the source's address on: itself, what it holds, or, by its principal and that one's home,
// those of the user (RFC 6764 section 6). itself says that the address is that of a calendar.
func (c *session) find(ctx context.Context) (found []place, itself bool, err error) {
	start, err := c.properties(ctx, c.first)
	root := c.first.Path == "" || c.first.Path == "/"
	if (err != nil && isRefusal(err) && (c.dav || root)) || (root && err == nil && len(start.property(propPrincipal).hrefs) == 0) {
		known := *c.first
		known.Path, known.RawPath, known.RawQuery = wellKnown, "", ""
		other, otherErr := c.properties(ctx, &known)
		if otherErr == nil {
			start, err, root = other, nil, true
		}
	}
	if err != nil {
		return nil, false, err
	}
	if isCalendarCollection(start.resource) {
		return []place{start}, true, nil
	}
	homes := start.property(propHome).hrefs
	if len(homes) == 0 && !root && start.is(propType, nsDAV, "collection") {
		if found, err = c.children(ctx, start.at); err != nil || len(found) > 0 {
			return found, false, err
		}
	}
	if principals := start.property(propPrincipal).hrefs; len(homes) == 0 && len(principals) > 0 {
		at, err := beside(start.at, principals[0])
		if err != nil {
			return nil, false, err
		}
		if start, err = c.properties(ctx, at); err != nil {
			return nil, false, err
		}
		homes = start.property(propHome).hrefs
	}
	for _, href := range homes {
		at, err := beside(start.at, href)
		if err != nil {
			return nil, false, err
		}
		some, err := c.children(ctx, at)
		if err != nil {
			return nil, false, err
		}
		if found = append(found, some...); len(found) > maxCalendars {
			return nil, false, fmt.Errorf("%w: more than %d calendars", ErrTooLarge, maxCalendars)
		}
	}
	if len(found) == 0 {
		return nil, false, errNoCalendars
	}
	return found, false, nil
}

func isCalendarCollection(r resource) bool { return r.is(propType, nsCalDAV, "calendar") }

const propfindCollection = `<D:propfind` + namespaces + `><D:prop><D:resourcetype/><D:displayname/><D:sync-token/><D:current-user-principal/>` +
	`<C:calendar-home-set/><C:supported-calendar-component-set/><C:schedule-calendar-transp/><S:getctag/><A:calendar-color/></D:prop></D:propfind>`

// properties asks for those of one resource.
func (c *session) properties(ctx context.Context, at *url.URL) (place, error) {
	var first *resource
	at, _, err := c.ask(ctx, methodPropfind, at, "0", propfindCollection, func(r resource) error {
		if first == nil && (r.status == 0 || isSuccess(r.status)) {
			first = &r
		}
		return nil
	})
	switch {
	case err != nil:
		return place{}, err
	case first == nil:
		return place{}, errNoCalendars
	}
	if first.is(propType, nsDAV, "collection") {
		at = withSlash(at)
	}
	return place{*first, at}, nil
}

// children lists the calendars that a collection holds, without those whose events a server takes from elsewhere.
func (c *session) children(ctx context.Context, home *url.URL) ([]place, error) {
	var found []place
	home, _, err := c.ask(ctx, methodPropfind, withSlash(home), "1", propfindCollection, func(r resource) error {
		if !isCalendarCollection(r) || (r.status != 0 && !isSuccess(r.status)) {
			return nil
		}
		if found = append(found, place{resource: r}); len(found) > maxCalendars {
			return fmt.Errorf("%w: more than %d calendars", ErrTooLarge, maxCalendars)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range found {
		at, err := beside(home, found[i].href)
		if err != nil {
			return nil, err
		}
		found[i].at = withSlash(at)
	}
	slices.SortFunc(found, func(a, b place) int { return strings.Compare(a.at.Path, b.at.Path) })
	return slices.CompactFunc(found, func(a, b place) bool { return a.at.Path == b.at.Path }), nil
}

func withSlash(at *url.URL) *url.URL {
	if strings.HasSuffix(at.Path, "/") {
		return at
	}
	with := *at
	with.Path += "/"
	if with.RawPath != "" {
		with.RawPath += "/"
	}
	return &with
}

// beside is the address that a server's href names on that server: of an href with a host, the path alone is used, since
// servers behind proxies do not know how they are called. Another host is refused: credentials are not taken there.
func beside(at *url.URL, href string) (*url.URL, error) {
	u, err := url.Parse(href)
	switch {
	case err != nil, !strings.HasPrefix(u.Path, "/"), len(href) > maxHref:
		return nil, errNoCalendars
	case u.Host != "" && !strings.EqualFold(u.Hostname(), at.Hostname()):
		return nil, fmt.Errorf("%w: the calendars are at another host, %s", ErrAddressRefused, Redact("https://"+u.Host))
	}
	return &url.URL{Scheme: at.Scheme, Host: at.Host, Path: u.Path, RawPath: u.RawPath}, nil
}

// mayBeCollection tells from the failure to read a file whether its address may be that of a CalDAV collection.
func mayBeCollection(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return true
		}
		return false
	}
	return errors.Is(err, ErrNotCalendar)
}
