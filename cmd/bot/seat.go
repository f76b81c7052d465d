package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/samtale/samtale/signaling/client"
)

const (
	askWithin = 15 * time.Second
	maxAnswer = 1 << 20 // bytes
)

// seat is one person's way into the call.
type seat struct {
	conference string
	socket     string
	origin     string
	header     http.Header // the session cookie
	way        client.Way
}

func (s seat) config() client.Config {
	return client.Config{URL: s.socket, Origin: s.origin, Header: s.header, Conference: s.conference, Way: s.way}
}

// makeRoom asks the demo for a throwaway meeting and returns its join links.
func makeRoom(ctx context.Context, o options) ([]string, error) {
	base := o.url
	if base == "" {
		base = "http://localhost:8080"
	}
	var made struct {
		Links []string `json:"links"`
	}
	ask := map[string]int{"people": o.people}
	if err := call(ctx, &http.Client{Timeout: askWithin}, "POST", strings.TrimSuffix(base, "/")+"/demo/rooms", ask, &made); err != nil {
		return nil, fmt.Errorf("make a room: %w", err)
	}
	if len(made.Links) != o.people {
		return nil, fmt.Errorf("make a room: %d links for %d people", len(made.Links), o.people)
	}
	return made.Links, nil
}

func takeSeats(ctx context.Context, o options) ([]seat, error) {
	var seats []seat
	for i, link := range o.links {
		s, err := takeSeat(ctx, o.url, link)
		if err != nil {
			return nil, fmt.Errorf("link %d: %w", i+1, err)
		}
		s.way = o.way
		seats = append(seats, s)
	}
	return seats, nil
}

// takeSeat enters by a personal link, as the join page does. Errors do not hold the link: it is a secret.
func takeSeat(ctx context.Context, base, link string) (seat, error) {
	page, err := url.Parse(link)
	if err != nil || page.Host == "" || page.Fragment == "" {
		return seat{}, errors.New("not a join link: https://host/join#…")
	}
	origin := page.Scheme + "://" + page.Host
	if base == "" {
		base = origin
	}
	at, err := url.Parse(base)
	if err != nil {
		return seat{}, errors.New("--url is not an address")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return seat{}, fmt.Errorf("cookies: %w", err)
	}
	browser := &http.Client{Jar: jar, Timeout: askWithin}
	var session struct {
		Conference string `json:"conference"`
	}
	if err := call(ctx, browser, "POST", at.JoinPath("v1/invitations", page.Fragment, "session").String(), nil, &session); err != nil {
		return seat{}, fmt.Errorf("enter: %w", err)
	}
	var conference struct {
		Socket string `json:"socket"`
	}
	if err := call(ctx, browser, "GET", at.JoinPath("v1/conferences", session.Conference).String(), nil, &conference); err != nil {
		return seat{}, fmt.Errorf("meeting %s: %w", session.Conference, err)
	}
	s := seat{conference: session.Conference, socket: at.JoinPath(conference.Socket).String(), origin: origin, header: http.Header{}}
	for _, cookie := range jar.Cookies(at) {
		s.header.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	return s, nil
}

// call sends JSON and reads JSON; headers come in pairs. Errors name the status and the problem, not the address.
func call(ctx context.Context, browser *http.Client, method, address string, ask, answer any, headers ...string) error {
	body, isText := ask.([]byte)
	if ask != nil && !isText {
		var err error
		if body, err = json.Marshal(ask); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("not an address")
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := browser.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // without the address, which may hold a token
		}
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode/100 != 2 {
		var problem struct {
			Title string `json:"title"`
		}
		_ = json.Unmarshal(text, &problem) // what is no problem has no title
		return fmt.Errorf("HTTP %d %s", response.StatusCode, problem.Title)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
