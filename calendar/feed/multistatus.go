package feed

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The namespaces of what CalDAV servers say: WebDAV (RFC 4918), CalDAV (RFC 4791), and what Apple's server added to them.
const (
	nsDAV      = "DAV:"
	nsCalDAV   = "urn:ietf:params:xml:ns:caldav"
	nsServer   = "http://calendarserver.org/ns/"
	nsAppleCal = "http://apple.com/ns/ical/"
)

var (
	propETag       = xml.Name{Space: nsDAV, Local: "getetag"}
	propType       = xml.Name{Space: nsDAV, Local: "resourcetype"}
	propName       = xml.Name{Space: nsDAV, Local: "displayname"}
	propToken      = xml.Name{Space: nsDAV, Local: "sync-token"} // RFC 6578 section 4
	propPrincipal  = xml.Name{Space: nsDAV, Local: "current-user-principal"}
	propHome       = xml.Name{Space: nsCalDAV, Local: "calendar-home-set"}
	propComponents = xml.Name{Space: nsCalDAV, Local: "supported-calendar-component-set"}
	propCounts     = xml.Name{Space: nsCalDAV, Local: "schedule-calendar-transp"} // RFC 6638 section 9.1
	propData       = xml.Name{Space: nsCalDAV, Local: "calendar-data"}
	propCTag       = xml.Name{Space: nsServer, Local: "getctag"}
	propColor      = xml.Name{Space: nsAppleCal, Local: "calendar-color"}
)

const (
	// maxXMLDepth: a component of supported-calendar-component-set is the sixth element.
	maxXMLDepth = 16
	// maxXMLToken bounds a tag with its attributes, and a run of text: an object without large attachments. The decoder
	// takes up to 60 times the memory of a tag that is all attributes.
	maxXMLToken = 1 << 20
	// maxProperties and maxInside are far more than is asked for.
	maxProperties = 32
	maxInside     = 32
	maxHref       = 2048
)

// errXML says that an answer is no multistatus. Nothing of the answer is shown.
var errXML = fmt.Errorf("%w: the server's XML cannot be read", ErrNotCalendar)

// resource is one response of a multistatus (RFC 4918 section 14.24): what the server says of one of its resources.
type resource struct {
	href       string
	status     int        // of the resource, 0 where only its properties have one
	properties []property // those that the server has
}

// property is one that a resource has.
type property struct {
	name   xml.Name
	text   string
	inside []xml.Name // the elements that stand in it
	hrefs  []string   // in it
	names  []string   // the name attributes of its elements
}

func (r *resource) property(name xml.Name) property {
	for _, p := range r.properties {
		if p.name == name {
			return p
		}
	}
	return property{}
}

func (r *resource) text(name xml.Name) string { return strings.TrimSpace(r.property(name).text) }

// is tells whether a property holds an element: a resourcetype collection, for example.
func (r *resource) is(name xml.Name, space, local string) bool {
	return slices.Contains(r.property(name).inside, xml.Name{Space: space, Local: local})
}

// multistatus parses an answer, which need not be trusted: it has no entities of its own (the decoder knows none), is not
// deep, and no tag is long. visit is called with each resource as it comes; its error ends the parsing. The token is that of
// a sync-collection report, or empty.
func multistatus(from io.Reader, visit func(resource) error) (token string, err error) {
	bytes := &pacedReader{from: bufio.NewReader(from)}
	p := multistatusParser{decoder: xml.NewDecoder(bytes), visit: visit}
	for {
		bytes.left = maxXMLToken
		t, err := p.decoder.Token()
		if errors.Is(err, io.EOF) && p.done {
			return p.token, nil
		}
		switch {
		case bytes.err != nil:
			return "", bytes.err
		case err != nil:
			return "", errXML
		}
		if err := p.take(t); err != nil {
			return "", err
		}
	}
}

// multistatusParser knows where in the answer it stands by the elements that are open.
type multistatusParser struct {
	decoder *xml.Decoder
	visit   func(resource) error
	open    []xml.Name
	text    []byte // since the last element began that matters
	token   string
	done    bool // the multistatus has ended

	resource resource
	hrefs    []string   // of the response that is open: several share a status (RFC 4918 section 14.24)
	found    []property // of the propstat that is open
	status   int        // of it
}

func (p *multistatusParser) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		if len(p.open) >= maxXMLDepth || p.done || (len(p.open) == 0 && t.Name != dav("multistatus")) {
			return errXML
		}
		p.open = append(p.open, t.Name)
		p.start(t)
	case xml.CharData:
		if len(p.open) > 1 {
			if p.text = append(p.text, t...); len(p.text) > maxXMLToken {
				return errLongToken
			}
		}
	case xml.EndElement: // the decoder has matched it
		err := p.end()
		p.open = p.open[:len(p.open)-1]
		p.done = len(p.open) == 0
		return err
	}
	return nil
}

func dav(local string) xml.Name { return xml.Name{Space: nsDAV, Local: local} }

// within tells whether these elements, from the outermost below the root, hold all the open ones that come after them.
func (p *multistatusParser) within(locals ...string) bool {
	if len(p.open) < len(locals)+2 {
		return false
	}
	for i, local := range locals {
		if p.open[i+1] != dav(local) {
			return false
		}
	}
	return true
}

// directlyIn is within for the innermost element alone.
func (p *multistatusParser) directlyIn(locals ...string) bool {
	return len(p.open) == len(locals)+2 && p.within(locals...)
}

func (p *multistatusParser) start(t xml.StartElement) {
	switch {
	case p.directlyIn():
		p.resource, p.hrefs = resource{}, p.hrefs[:0]
	case p.directlyIn("response"):
		p.found, p.status = nil, 0
	case p.directlyIn("response", "propstat", "prop"):
		if len(p.found) < maxProperties {
			p.found = append(p.found, property{name: t.Name})
		}
	case p.within("response", "propstat", "prop") && len(p.found) > 0:
		last := &p.found[len(p.found)-1]
		if len(last.inside) < maxInside {
			last.inside = append(last.inside, t.Name)
			for _, a := range t.Attr {
				if a.Name.Local == "name" && len(a.Value) <= maxHref && len(last.names) < maxInside {
					last.names = append(last.names, a.Value)
				}
			}
		}
	}
	p.text = p.text[:0]
}

func (p *multistatusParser) end() error {
	name := p.open[len(p.open)-1]
	switch {
	case p.directlyIn() && name == dav("sync-token"):
		p.token = validator(p.trimmed())
	case p.directlyIn() && name == dav("response"):
		return p.visitAll()
	case p.directlyIn("response"):
		p.endInResponse(name)
	case p.directlyIn("response", "propstat") && name == dav("status"):
		p.status = statusOf(p.text)
	case p.directlyIn("response", "propstat", "prop"):
		if n := len(p.found); n > 0 && p.found[n-1].name == name {
			p.found[n-1].text = string(p.text)
		}
	case p.within("response", "propstat", "prop") && name == dav("href") && len(p.found) > 0 && len(p.text) <= maxHref:
		if last := &p.found[len(p.found)-1]; len(last.hrefs) < maxInside {
			last.hrefs = append(last.hrefs, p.trimmed())
		}
	}
	return nil
}

func (p *multistatusParser) endInResponse(name xml.Name) {
	switch name {
	case dav("href"):
		if len(p.text) <= maxHref && len(p.hrefs) < maxObjects {
			p.hrefs = append(p.hrefs, p.trimmed())
		}
	case dav("status"):
		p.resource.status = statusOf(p.text)
	case dav("propstat"):
		if (p.status == 0 || isSuccess(p.status)) && len(p.resource.properties)+len(p.found) <= maxProperties {
			p.resource.properties = append(p.resource.properties, p.found...)
		}
	}
}

func (p *multistatusParser) visitAll() error {
	for _, href := range p.hrefs {
		p.resource.href = href
		if err := p.visit(p.resource); err != nil {
			return err
		}
	}
	return nil
}

func (p *multistatusParser) trimmed() string { return strings.TrimSpace(string(p.text)) }

// statusOf reads "HTTP/1.1 200 OK"; what cannot be read is a failure.
func statusOf(line []byte) int {
	fields := strings.Fields(string(line[:min(len(line), 64)]))
	if len(fields) >= 2 {
		if code, err := strconv.ParseUint(fields[1], 10, 10); err == nil {
			return int(code)
		}
	}
	return 500
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

var errLongToken = fmt.Errorf("%w: a part of the server's XML is too long", ErrNotCalendar)

// pacedReader gives the decoder no more than it is allowed for the next token. As an io.ByteReader it is not read ahead of.
type pacedReader struct {
	from *bufio.Reader
	left int
	err  error // why reading failed, other than by its end
}

// ReadByte returns the next byte.
func (p *pacedReader) ReadByte() (byte, error) {
	if p.left == 0 {
		p.err = errLongToken
		return 0, p.err
	}
	p.left--
	b, err := p.from.ReadByte()
	if err != nil && !errors.Is(err, io.EOF) {
		p.err = err
	}
	return b, err
}

// Read is there for xml.NewDecoder, which asks for an io.Reader and uses an io.ByteReader.
func (p *pacedReader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	c, err := p.ReadByte()
	if err != nil {
		return 0, err
	}
	b[0] = c
	return 1, nil
}
