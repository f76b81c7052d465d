package mail

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	message "github.com/emersion/go-message"
	gomessage "github.com/emersion/go-message/mail"
)

// Received is a mail as its recipient sees it.
type Received struct {
	ID       string    // the file's name without .eml; later mails have greater ones
	At       time.Time // when the sink took it, UTC
	From, To string    // as a reader shows them, with names
	Subject  string
	Text     string // the text/plain body, empty when there is none
	HTML     string
	Calendar []byte   // the text/calendar part, nil when there is none
	Method   string   // the method parameter of that part's Content-Type
	Links    []string // in order, each once
}

// maxPart bounds what is read of one part; the sink takes no larger message anyway.
const maxPart = maxMessage

// parseReceived reads one message. Parts in a character set that is not known are kept as they are.
func parseReceived(data []byte) (Received, error) {
	entity, err := message.Read(bytes.NewReader(data))
	if err != nil && !message.IsUnknownCharset(err) {
		return Received{}, fmt.Errorf("mail: read a message: %w", err)
	}
	header := gomessage.Header{Header: entity.Header}
	var r Received
	if r.Subject, err = header.Subject(); err != nil {
		r.Subject = header.Get("Subject")
	}
	r.From, r.To = people(header, "From"), people(header, "To")
	if err := entity.Walk(r.take); err != nil {
		return Received{}, fmt.Errorf("mail: read a message: %w", err)
	}
	r.Links = links(r.Text, r.HTML)
	return r, nil
}

// people lists the addresses of a field; what is not one is shown as it stands.
func people(h gomessage.Header, field string) string {
	list, err := h.AddressList(field)
	if err != nil {
		return h.Get(field)
	}
	shown := make([]string, len(list))
	for i, a := range list {
		shown[i] = a.Address
		if a.Name != "" {
			shown[i] = a.Name + " <" + a.Address + ">"
		}
	}
	return strings.Join(shown, ", ")
}

// take keeps the first body of each kind and leaves attachments alone.
func (r *Received) take(_ []int, part *message.Entity, err error) error {
	if err != nil && !message.IsUnknownCharset(err) {
		return err
	}
	kind, params, err := part.Header.ContentType()
	if err != nil || strings.HasPrefix(kind, "multipart/") {
		return nil
	}
	if disposition, _, err := part.Header.ContentDisposition(); err == nil && disposition == "attachment" {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(part.Body, maxPart))
	if err != nil {
		return err
	}
	switch {
	case kind == "text/plain" && r.Text == "":
		r.Text = strings.ReplaceAll(string(body), "\r\n", "\n")
	case kind == "text/html" && r.HTML == "":
		r.HTML = strings.ReplaceAll(string(body), "\r\n", "\n")
	case kind == "text/calendar" && r.Calendar == nil:
		r.Calendar, r.Method = body, strings.ToUpper(params["method"])
	}
	return nil
}

var (
	textLink = regexp.MustCompile(`https?://[^\s<>"]+`)
	htmlLink = regexp.MustCompile(`(?i)<a\s[^>]*href="(https?://[^"]+)"`)
)

func links(text, markup string) []string {
	found := []string{}
	add := func(link string) {
		if link != "" && !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	for _, link := range textLink.FindAllString(text, -1) {
		add(strings.TrimRight(link, ".,;:!?)'"))
	}
	for _, match := range htmlLink.FindAllStringSubmatch(markup, -1) {
		add(html.UnescapeString(match[1]))
	}
	return found
}
