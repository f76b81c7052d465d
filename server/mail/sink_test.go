package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runSink starts a sink on dir and returns it with a function that ends it and waits.
func runSink(t *testing.T, dir string) (*Sink, func()) {
	t.Helper()
	s, err := NewSink(SinkConfig{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	ended := false
	end := func() {
		t.Helper()
		cancel()
		if ended {
			return
		}
		ended = true
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(end)
	return s, end
}

func sender(t *testing.T, url string) *Sender {
	t.Helper()
	s, err := NewSender(url, SenderConfig{From: "moter@samtale.example"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kept(t *testing.T, s *Sink) []Received {
	t.Helper()
	messages, err := s.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestSink_round_trip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s, end := runSink(t, dir)
	invited, err := Invitation(invite(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	asked, err := SignIn(letter(nil))
	if err != nil {
		t.Fatal(err)
	}
	out := sender(t, s.URL())
	before := time.Now()
	for _, m := range []Message{invited, asked} {
		if err := out.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	messages := kept(t, s)
	if len(messages) != 2 || messages[0].Subject != "Logg inn i Samtale" || messages[1].Subject != "Videomøte K7Q2F" {
		t.Fatalf("not the two mails, newest first: %+v", messages)
	}
	r := messages[1]
	if r.From != "Samtale <moter@samtale.example>" || r.To != "Åse Sørbø-Ødegård <ase@langneset.example>" {
		t.Errorf("from %q to %q", r.From, r.To)
	}
	if r.Text != strings.ReplaceAll(invited.Text, "\r\n", "\n") || strings.TrimSpace(r.HTML) != strings.TrimSpace(invited.HTML) {
		t.Errorf("bodies differ:\n%s\n%s", r.Text, r.HTML)
	}
	if !bytes.Equal(r.Calendar, invited.Calendar) || r.Method != "REQUEST" {
		t.Errorf("method %q, calendar\n%s", r.Method, r.Calendar)
	}
	if len(r.Links) != 1 || r.Links[0] != joinURL {
		t.Errorf("links %q", r.Links)
	}
	if r.At.Before(before.Add(-time.Second)) || r.At.After(time.Now().Add(time.Second)) {
		t.Errorf("came at %v", r.At)
	}
	raw, err := os.ReadFile(filepath.Join(dir, r.ID+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Return-Path: <" + invited.EnvelopeFrom + ">\r\nDelivered-To: ase@langneset.example\r\n"; !strings.HasPrefix(string(raw), want) {
		t.Errorf("the envelope is not kept:\n%.200s", raw)
	}
	if info, err := os.Stat(filepath.Join(dir, r.ID+".eml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	end()
	again, _ := runSink(t, dir)
	if after := kept(t, again); len(after) != 2 || after[1].ID != r.ID || !bytes.Equal(after[1].Calendar, r.Calendar) {
		t.Errorf("after a restart: %d mails", len(after))
	}
}

func TestSink_refuses_too_large(t *testing.T) {
	s, _ := runSink(t, t.TempDir())
	m, err := Notice(letter(nil))
	if err != nil {
		t.Fatal(err)
	}
	m.Text = strings.Repeat("a line of text\r\n", maxMessage/16+1)
	var refused *PermanentError
	if err := sender(t, s.URL()).Send(t.Context(), m); !errors.As(err, &refused) || refused.Code != 552 {
		t.Errorf("got %v, want SMTP 552", err)
	}
	if n := len(kept(t, s)); n != 0 {
		t.Errorf("%d mails kept", n)
	}
}

func TestSink_refuses_what_is_no_mail(t *testing.T) {
	s, _ := runSink(t, t.TempDir())
	c, err := smtp.Dial(s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	err = c.SendMail("a@b.example", []string{"c@d.example"}, strings.NewReader("no colon in this header\r\n\r\nbody\r\n"))
	var refused *smtp.SMTPError
	if !errors.As(err, &refused) || refused.Code != 554 {
		t.Errorf("got %v, want 554", err)
	}
}

func TestSink_end_with_open_connections(t *testing.T) {
	s, end := runSink(t, t.TempDir())
	silent, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	if _, err := silent.Read(make([]byte, 64)); err != nil { // the greeting: its goroutine runs
		t.Fatal(err)
	}
	end() // goleak counts what is left
	if err := s.Close(); err != nil {
		t.Errorf("Close after Run: %v", err)
	}
	if err := sender(t, s.URL()).Send(t.Context(), mustNotice(t)); err == nil {
		t.Error("a mail was taken after the end")
	}
}

func mustNotice(t *testing.T) Message {
	t.Helper()
	m, err := Notice(letter(nil))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFolder_keeps_the_newest(t *testing.T) {
	dir := t.TempDir()
	f, err := openFolder(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i := range maxKept + 3 { // the clock stands still, and once goes back
		at := now
		if i == maxKept {
			at = now.Add(-time.Hour)
		}
		if err := f.keep("a@b.example", nil, fmt.Appendf(nil, "Subject: %d\r\n\r\n\r\n", i), at); err != nil {
			t.Fatal(err)
		}
	}
	messages, err := f.messages()
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) != maxKept || messages[0].Subject != fmt.Sprint(maxKept+2) || messages[maxKept-1].Subject != "3" {
		t.Errorf("%d mails from %q to %q", len(messages), messages[len(messages)-1].Subject, messages[0].Subject)
	}
}

func TestFolder_after_a_crash(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(unfinished+"123", "half a ma")
	write("01764000000000000000-abc.eml", "Subject: whole\r\n\r\nSee https://a.example/x, and https://a.example/x.\r\n")
	write("01764000000000000001-abc.eml", "broken")
	write("notes.eml", "Subject: not ours\r\n\r\n")
	write("README", "Subject: no mail\r\n\r\n")
	var log bytes.Buffer
	f, err := openFolder(dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		messages, err := f.messages()
		if err != nil || len(messages) != 1 || messages[0].Subject != "whole" {
			t.Fatalf("%+v, %v", messages, err)
		}
		if links := messages[0].Links; len(links) != 1 || links[0] != "https://a.example/x" {
			t.Errorf("links %q", links)
		}
	}
	if n := strings.Count(log.String(), "01764000000000000001-abc"); n != 1 {
		t.Errorf("the broken mail is said %d times:\n%s", n, log.String())
	}
	if _, err := os.Stat(filepath.Join(dir, unfinished+"123")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-written file stays: %v", err)
	}
}

func FuzzParseReceived(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?m=C3=B8te?=\r\nContent-Type: text/html\r\n\r\n<a href=\"https://a.example/?a=1&amp;b\">x</a>"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/calendar; method=reply\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: nonsense\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseReceived(data)
		if err != nil && (r.Subject != "" || r.Links != nil) {
			t.Errorf("an error with half a mail: %+v", r)
		}
	})
}
