package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	const token = "a-secret-of-43-characters"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"title":"No such thing"}`))
	}))
	defer server.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	check := func(name string, code int, says string, args ...string) {
		t.Helper()
		var out, err strings.Builder
		if got := run(context.Background(), args, &out, &err); got != code || !strings.Contains(err.String(), says) || out.Len() > 0 {
			t.Errorf("%s: exit %d, %q, %q", name, got, out.String(), err.String())
		}
		if strings.Contains(err.String(), token) {
			t.Errorf("%s tells the secret: %q", name, err.String())
		}
	}
	check("unknown option", 2, "not defined", "--nonsense")
	check("nobody", 2, "1 to 500 people", "--people", "0")
	check("a crowd", 2, "1 to 500 people", "--people", "501")
	check("no time", 2, "at least 1 second", "--seconds", "0")
	check("too few to ring", 2, "at least 4 people", "--people", "7", "--hunts", "2")
	check("rings in a call", 2, "no links", "--people", "8", "--hunts", "2", "--link", server.URL+"/join#"+token)
	check("a word too many", 2, "nothing else", "now")
	check("no such way", 2, "not a way", "--way", "pigeon")
	check("no such shape", 2, "one of 1x4, 1x8", "--shape", "2x2")
	check("a process without a load", 2, "need a --shape", "--pid", "1")
	check("a load by link", 2, "no links", "--shape", "1x4", "--link", server.URL+"/join#"+token)
	check("no such process", 1, "--pid", "--url", server.URL, "--shape", "1x4", "--pid", "999999999")
	check("a load, but not a demo", 1, "HTTP 404 No such thing", "--url", server.URL, "--shape", "1x4")
	check("not a demo", 1, "HTTP 404 No such thing", "--url", server.URL)
	check("no server", 1, "make a room", "--url", gone.URL)
	check("a link to nothing", 1, "link 1: enter: HTTP 404", "--link", server.URL+"/join#"+token)
	check("a link to no server", 1, "link 1: enter", "--link", gone.URL+"/join#"+token)
	check("no link", 1, "not a join link", "--link", server.URL+"/join/"+token)
}
