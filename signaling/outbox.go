package signaling

import "sync"

// outbox holds what a connection has still to send. There are two classes: what must arrive is queued, and what the next
// of its kind replaces has a place for each kind, in which only the last one stays however slow the peer is.
type outbox struct {
	more chan struct{} // holds a token while there may be something

	mu     sync.Mutex
	must   [][]byte
	bytes  int // in must
	latest []latest
}

// latest is the last message of a kind; text is nil when it has been sent.
type latest struct {
	kind string
	text []byte
}

func newOutbox() *outbox { return &outbox{more: make(chan struct{}, 1)} }

// put queues what must arrive. It reports false when the peer is too far behind.
func (o *outbox) put(text []byte) bool {
	o.mu.Lock()
	fits := len(o.must) < outboxMessages && o.bytes+len(text) <= outboxBytes
	if fits {
		o.must = append(o.must, text)
		o.bytes += len(text)
	}
	o.mu.Unlock()
	o.signal()
	return fits
}

// replace puts text in the place of the last message of that kind, if that one still waits.
func (o *outbox) replace(kind string, text []byte) {
	o.mu.Lock()
	at := -1
	for i := range o.latest {
		if o.latest[i].kind == kind {
			at = i
		}
	}
	if at < 0 {
		at = len(o.latest)
		o.latest = append(o.latest, latest{kind: kind})
	}
	o.latest[at].text = text
	o.mu.Unlock()
	o.signal()
}

func (o *outbox) signal() {
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// take removes what is to be sent next, and what must arrive first: "slots" makes sense before "downlink", and a peer that
// is behind needs the room before it needs who speaks. Nil: there is nothing.
func (o *outbox) take() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.must) > 0 {
		text := o.must[0]
		o.must[0] = nil
		o.must = o.must[1:]
		o.bytes -= len(text)
		return text
	}
	for i := range o.latest {
		if text := o.latest[i].text; text != nil {
			o.latest[i].text = nil
			return text
		}
	}
	return nil
}
