package mail

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

// page is what a mail says, once for both of its forms.
type page struct {
	Language string // of the sentences, for the html element's lang
	Title    string
	Intro    string
	Facts    []fact
	LinkText string // what the button says; with Link empty there is none
	Link     string
	Notes    []string
}

type fact struct{ Name, Value string }

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// html renders the page with inline styles and nothing remote: no image, font or style sheet.
func (p page) html() (string, error) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return "", fmt.Errorf("mail: render the page: %w", err)
	}
	return b.String(), nil
}

// text renders the page for readers without HTML; the link stands alone on its line.
func (p page) text() string {
	var b strings.Builder
	b.WriteString(p.Title + "\n\n" + p.Intro + "\n")
	for i, f := range p.Facts {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	if p.Link != "" {
		b.WriteString("\n" + p.LinkText + ":\n" + p.Link + "\n")
	}
	for _, n := range p.Notes {
		b.WriteString("\n" + n + "\n")
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

// fill renders p as the message's two bodies.
func (m *Message) fill(p page) error {
	html, err := p.html()
	if err != nil {
		return err
	}
	m.Text, m.HTML = p.text(), html
	return nil
}
