package feed

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// fetch reads a file, or by CalDAV where the address or what came of it before says so.
func (c *session) fetch(ctx context.Context, s Source) (Result, error) {
	known, ok := c.recall(s)
	if ok || c.dav {
		return c.collect(ctx, s, known)
	}
	result, err := c.file(ctx, s)
	if err == nil || !mayBeCollection(err) {
		return result, err
	}
	if result, davErr := c.collect(ctx, s, state{}); davErr == nil || ctx.Err() != nil {
		return result, davErr
	}
	return Result{}, err // the first answer tells more
}

// collect brings the objects of CalDAV calendars up to date and joins them.
func (c *session) collect(ctx context.Context, s Source, known state) (Result, error) {
	now := time.Now()
	if len(known.Collections) == 0 || (!known.Found.IsZero() && now.Sub(known.Found) >= findEvery) {
		next, err := c.choose(ctx, now)
		if err != nil {
			return Result{}, err
		}
		known.Found, known.Collections = next.Found, inherit(next.Collections, known.Collections)
	}
	missing := 0
	size := int64(0)
	for _, k := range known.Collections {
		if err := c.refresh(ctx, k, s); err != nil {
			return Result{}, err
		}
		missing += k.Strange
		for _, o := range k.Objects {
			if size += int64(len(o.text)); len(o.text) == 0 {
				missing++
			}
		}
		if size > c.fetcher.maxBytes {
			return Result{}, ErrTooLarge
		}
	}
	body := join(known.Collections)
	kept, err := c.keep(known, body)
	if err != nil {
		return Result{}, fmt.Errorf("feed: keep the state: %w", err)
	}
	result := Result{Body: body, State: kept, Missing: missing}
	if bytes.Equal(body, s.Body) {
		result.Body, result.NotModified = nil, true
	}
	return result, nil
}

// choose finds the calendars that count: the one that the address names, or all that hold events which make their owner busy.
func (c *session) choose(ctx context.Context, now time.Time) (state, error) {
	places, itself, err := c.find(ctx)
	if err != nil {
		return state{}, err
	}
	var chosen state
	if !itself {
		chosen.Found = now
	}
	for _, p := range places {
		k := &collection{
			URL: p.at.String(), Token: validator(p.text(propToken)), CTag: validator(p.text(propCTag)),
			Components: p.property(propComponents).names, at: p.at, fresh: true,
		}
		if itself || (!p.is(propCounts, nsCalDAV, "transparent") && (k.holds("VEVENT") || k.holds("VFREEBUSY") || k.holds("VAVAILABILITY"))) {
			chosen.Collections = append(chosen.Collections, k)
		}
	}
	if len(chosen.Collections) == 0 {
		return state{}, errNoCalendars
	}
	return chosen, nil
}

// holds tells whether a component may be in the collection. That it is possible, and not said, is taken for VEVENT only.
func (k *collection) holds(component string) bool {
	return slices.Contains(k.Components, component) || (len(k.Components) == 0 && component == "VEVENT")
}

// inherit gives the collections that were found what is known of them.
func inherit(found, known []*collection) []*collection {
	for i, k := range found {
		if j := slices.IndexFunc(known, func(old *collection) bool { return old.URL == k.URL }); j >= 0 {
			known[j].Components = k.Components
			found[i] = known[j]
		}
	}
	return found
}

// refresh brings a collection up to date: by what changed since its token, else, where its ctag or the window is another, by
// the list of its objects. Only those are fetched whose ETag is not known.
func (c *session) refresh(ctx context.Context, k *collection, s Source) error {
	objects := make(map[string]object, len(k.Objects))
	for _, o := range k.Objects {
		objects[o.Name] = o
	}
	current, err := c.update(ctx, k, s, objects)
	if err != nil {
		return err
	}
	var wanted []string
	for name, o := range objects {
		if tag, listed := current[name]; listed && (tag == "" || tag != o.ETag) {
			o.Name, o.ETag = name, ""
			objects[name] = o
		}
		if objects[name].ETag == "" {
			wanted = append(wanted, name)
		}
	}
	slices.Sort(wanted)
	if err := c.obtain(ctx, k, objects, current, wanted); err != nil {
		return err
	}
	k.take(objects)
	return nil
}

// update asks which objects there are, enters the new ones and removes those that are gone. It returns the versions that the
// server told of, which are all of them, or the changed ones.
func (c *session) update(ctx context.Context, k *collection, s Source, objects map[string]object) (version, error) {
	covered := k.covers(s.From, s.To)
	if !k.fresh && covered && k.Token != "" {
		news, err := c.sync(ctx, k)
		if err == nil {
			k.Token = news.token
			for name := range news.removed {
				delete(objects, name)
			}
			return enter(objects, news.changed)
		}
		if !isRefusal(err) {
			return nil, err
		}
	}
	if !k.fresh {
		now, err := c.properties(ctx, k.at)
		if err != nil {
			return nil, err
		}
		if !isCalendarCollection(now.resource) {
			return nil, errNoCalendars
		}
		tag, before := validator(now.text(propCTag)), k.CTag
		refused := k.Token != "" && covered
		k.Token, k.CTag = validator(now.text(propToken)), tag
		if covered && !refused && tag != "" && tag == before {
			return version{}, nil
		}
	}
	listed, w, err := c.list(ctx, k, around(s.From, s.To))
	if err != nil {
		return nil, err
	}
	if len(listed) == 0 && k.Strange > 0 {
		return nil, fmt.Errorf("%w: the server lists objects that are not in the calendar", ErrNotCalendar)
	}
	k.setWindow(w)
	for name := range objects {
		if _, still := listed[name]; !still {
			delete(objects, name)
		}
	}
	return enter(objects, listed)
}

func enter(objects map[string]object, listed version) (version, error) {
	for name := range listed {
		if _, known := objects[name]; !known {
			objects[name] = object{Name: name}
		}
	}
	if len(objects) > maxObjects {
		return nil, fmt.Errorf("%w: more than %d objects", ErrTooLarge, maxObjects)
	}
	return listed, nil
}

// obtain fetches objects. One that is gone in the meantime is removed; one that is not handed out keeps the text it had.
func (c *session) obtain(ctx context.Context, k *collection, objects map[string]object, current version, names []string) error {
	asked := make(map[string]bool, len(names))
	for _, name := range names {
		asked[name] = true
	}
	return c.multiget(ctx, k, names, func(name string, r resource) error {
		data := r.property(propData)
		switch {
		case !asked[name]:
		case r.status == http.StatusNotFound, r.status == http.StatusGone:
			delete(objects, name)
		case data.name == propData:
			o := object{Name: name, ETag: validator(r.text(propETag)), text: part(data.text)}
			if o.ETag == "" {
				o.ETag = current[name]
			}
			objects[name] = o
		}
		return nil
	})
}
