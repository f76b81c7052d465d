package store

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

var (
	//go:embed mail_queue.lua
	mailQueueLua    string
	mailQueueScript = redis.NewScript(mailQueueLua)

	//go:embed mail_done.lua
	mailDoneLua    string
	mailDoneScript = redis.NewScript(mailDoneLua)

	//go:embed mail_due.lua
	mailDueLua    string
	mailDueScript = redis.NewScript(mailDueLua)
)

const (
	mailGroup = "senders"
	// mailClaim is how long a row may be in the hands of a sender that says nothing before another takes it. It is longer
	// than any attempt to send.
	mailClaim = 2 * time.Minute
	deadKept  = 10_000
	dueMoved  = 64
)

// The states of a mail.
const (
	MailQueued = "queued"
	MailSent   = "sent"
	MailFailed = "failed"
)

// Mail is a row for the outbox: what to write and to whom, by ids. Addresses, links and text are made by the sender from
// what is true then, so no row holds any.
type Mail struct {
	Kind        string                  `json:"kind"` // "request", "cancel", "signin" …: the sender knows them
	Conference  conference.ConferenceID `json:"conference,omitempty"`
	Participant string                  `json:"participant,omitempty"` // Participant.Key
	Sequence    int                     `json:"sequence,omitempty"`    // iCalendar SEQUENCE
	Link        int                     `json:"link,omitempty"`        // Participant.Link: a link made anew is another mail
	Subject     string                  `json:"subject,omitempty"`     // a person's or account's id where there is no conference
	Language    string                  `json:"language,omitempty"`
}

// OutboxMail is a row that a sender has in hand until MailSent, MailFailed or MailDead.
type OutboxMail struct {
	Mail
	ID       string    `json:"id"` // the same at every attempt: the Message-ID is made of it
	Queued   time.Time `json:"queued"`
	Attempts int       `json:"attempts,omitempty"` // that failed so far
	entry    string    // position in the stream
}

// MailStatus is what became of the latest mail to one participant.
type MailStatus struct {
	State    string // MailQueued, MailSent or MailFailed
	Kind     string
	Sequence int
	At       time.Time
	Reason   string // code of a failure
}

// pendingMail remembers which consumers have already looked through what they had in hand when they last stopped.
type pendingMail struct {
	mu     sync.Mutex // guards cursor
	cursor map[string]string
}

func (s *Store) outboxKey() string                          { return s.core("outbox") }
func (s *Store) mailsKey(id conference.ConferenceID) string { return s.core("mails:" + string(id)) }

// makeMailGroup makes the group of senders with its stream.
func (s *Store) makeMailGroup(ctx context.Context) error {
	err := s.write.XGroupCreateMkStream(ctx, s.outboxKey(), mailGroup, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return fmt.Errorf("store: make the outbox: %w", err)
	}
	return nil
}

// mailRows makes the five script arguments of each mail.
func (s *Store) mailRows(mails []Mail) ([]any, error) {
	rows := make([]any, 0, 5*len(mails))
	for _, m := range mails {
		if m.Kind == "" || strings.ContainsAny(m.Kind+m.Participant, " \n") { // the status is a line of words
			return nil, fmt.Errorf("store: mail of kind %q to %q", m.Kind, m.Participant)
		}
		row := OutboxMail{Mail: m, ID: mailID(m), Queued: s.now().UTC()}
		text, err := json.Marshal(row)
		if err != nil {
			return nil, fmt.Errorf("store: mail %q: %w", m.Kind, err)
		}
		rows = append(rows, m.Participant, m.Sequence, m.Kind, milliseconds(row.Queued), text)
	}
	return rows, nil
}

// mailID is the same for the same mail, so that clients that get one twice see that it is one.
func mailID(m Mail) string {
	if m.Conference == "" {
		return rand.Text()
	}
	id := fmt.Sprintf("%s.%s.%d.%s", m.Conference, m.Kind, m.Sequence, m.Participant)
	if m.Link > 0 {
		id += fmt.Sprintf(".%d", m.Link)
	}
	return id
}

// QueueMail queues a mail that belongs to no other change, such as a sign-in link.
func (s *Store) QueueMail(ctx context.Context, m Mail) error {
	rows, err := s.mailRows([]Mail{m})
	if err != nil {
		return err
	}
	said, err := s.run(ctx, mailQueueScript, []string{s.outboxKey(), s.mailsKey(m.Conference)}, append([]any{string(m.Conference)}, rows...)...)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: queue a mail %q: %w", m.Kind, err)
	}
	return nil
}

// NextMail hands out one mail to send: first what this consumer had in hand when it last stopped, then what is due again or
// was left by a consumer that is gone, then what is new. It waits up to block; ErrNotFound when there is none. Consumers
// that run at the same time need different names.
func (s *Store) NextMail(ctx context.Context, consumer string, block time.Duration) (OutboxMail, error) {
	m, err := s.nextMail(ctx, consumer, block)
	if err != nil && strings.HasPrefix(err.Error(), "NOGROUP") { // the server was emptied
		err = errors.Join(ErrNotFound, s.makeMailGroup(ctx))
	}
	if err != nil {
		return OutboxMail{}, fmt.Errorf("store: next mail: %w", err)
	}
	return s.rowOf(ctx, m)
}

func (s *Store) nextMail(ctx context.Context, consumer string, block time.Duration) (redis.XMessage, error) {
	if m, ok, err := s.leftInHand(ctx, consumer); ok || err != nil {
		return m, err
	}
	if err := mailDueScript.Run(ctx, s.write, []string{s.outboxKey(), s.core("outbox:due")}, milliseconds(s.now()), dueMoved).Err(); err != nil {
		return redis.XMessage{}, err
	}
	claimed, _, err := s.write.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: s.outboxKey(), Group: mailGroup, Consumer: consumer, MinIdle: mailClaim, Start: "0-0", Count: 1,
	}).Result()
	if err != nil || len(claimed) > 0 {
		return first(claimed), err
	}
	var found []redis.XMessage
	err = s.inSlices(ctx, block, func(slice time.Duration) (bool, error) {
		var err error
		found, err = s.readMail(ctx, consumer, ">", slice)
		return len(found) > 0, err
	})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	return first(found), err
}

func first(messages []redis.XMessage) redis.XMessage {
	if len(messages) == 0 {
		return redis.XMessage{}
	}
	return messages[0]
}

// leftInHand gives, once in the life of this store, each row that the consumer had not finished in an earlier life.
func (s *Store) leftInHand(ctx context.Context, consumer string) (redis.XMessage, bool, error) {
	s.mail.mu.Lock()
	after, known := s.mail.cursor[consumer]
	s.mail.mu.Unlock()
	if known && after == "" {
		return redis.XMessage{}, false, nil
	}
	if !known {
		after = "0"
	}
	left, err := s.readMail(ctx, consumer, after, -1)
	if err != nil {
		return redis.XMessage{}, false, err
	}
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	if s.mail.cursor == nil {
		s.mail.cursor = map[string]string{}
	}
	s.mail.cursor[consumer] = first(left).ID // empty when there are no more
	return first(left), len(left) > 0, nil
}

func (s *Store) readMail(ctx context.Context, consumer, after string, block time.Duration) ([]redis.XMessage, error) {
	streams, err := s.wait.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: mailGroup, Consumer: consumer, Streams: []string{s.outboxKey(), after}, Count: 1, Block: block,
	}).Result()
	if errors.Is(err, redis.Nil) || (err == nil && len(streams) == 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return streams[0].Messages, nil
}

// rowOf reads a row. One that cannot be read is put aside as dead, else it would come back for ever.
func (s *Store) rowOf(ctx context.Context, m redis.XMessage) (OutboxMail, error) {
	var row OutboxMail
	text, _ := m.Values["row"].(string)
	err := json.Unmarshal([]byte(text), &row)
	row.entry = m.ID
	if err != nil {
		return OutboxMail{}, errors.Join(fmt.Errorf("store: outbox row %s: %w", m.ID, err), s.MailDead(ctx, OutboxMail{entry: m.ID}, "unreadable", s.now()))
	}
	return row, nil
}

// MailSent marks a mail as sent and forgets its row. Saying it twice is no fault.
func (s *Store) MailSent(ctx context.Context, m OutboxMail, at time.Time) error {
	return s.mailDone(ctx, m, MailSent, "", at, time.Time{})
}

// MailFailed puts a mail back until retryAt, a time of the wall clock. Its status stays queued.
func (s *Store) MailFailed(ctx context.Context, m OutboxMail, retryAt time.Time) error {
	m.Attempts++
	return s.mailDone(ctx, m, MailQueued, "", m.Queued, retryAt)
}

// MailDead gives a mail up and keeps its row aside. why is a short code.
func (s *Store) MailDead(ctx context.Context, m OutboxMail, why string, at time.Time) error {
	return s.mailDone(ctx, m, MailFailed, why, at, time.Time{})
}

func (s *Store) mailDone(ctx context.Context, m OutboxMail, state, why string, at, retryAt time.Time) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("store: mail %q: %w", m.Kind, err)
	}
	keys := []string{s.outboxKey(), s.mailsKey(m.Conference), s.core("outbox:due"), s.core("outbox:dead"), s.eventsKey()}
	said, err := s.run(ctx, mailDoneScript, keys, mailGroup, m.entry, string(m.Conference), m.Participant, m.Sequence, state, milliseconds(at), m.Kind, why,
		text, milliseconds(retryAt), deadKept, eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: mark a mail %q as %s: %w", m.Kind, state, err)
	}
	return nil
}

// OutboxStatus says, by participant key, what became of the latest mail about a meeting. Whoever was mailed nothing is not
// in it.
func (s *Store) OutboxStatus(ctx context.Context, id conference.ConferenceID) (map[string]MailStatus, error) {
	fields, err := s.read.HGetAll(ctx, s.mailsKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("store: mails of %s: %w", id, err)
	}
	found := make(map[string]MailStatus, len(fields))
	for participant, text := range fields {
		parts := append(strings.Fields(text), "") // sequence, state, time, kind, reason
		if len(parts) < 5 {
			return nil, fmt.Errorf("store: mails of %s: status %q", id, text)
		}
		sequence, err := strconv.Atoi(parts[0])
		if err != nil {
			return nil, fmt.Errorf("store: mails of %s: status %q: %w", id, text, err)
		}
		at, err := fromMilliseconds(parts[2])
		if err != nil {
			return nil, err
		}
		found[participant] = MailStatus{State: parts[1], Kind: parts[3], Sequence: sequence, At: at, Reason: parts[4]}
	}
	return found, nil
}

// OutboxSize counts mails: not sent yet, waiting for another attempt, given up.
type OutboxSize struct{ Waiting, Retrying, Dead int64 }

// OutboxSize tells how the outbox stands.
func (s *Store) OutboxSize(ctx context.Context) (OutboxSize, error) {
	pipe := s.read.Pipeline()
	waiting, retrying, dead := pipe.XLen(ctx, s.outboxKey()), pipe.ZCard(ctx, s.core("outbox:due")), pipe.XLen(ctx, s.core("outbox:dead"))
	if _, err := pipe.Exec(ctx); err != nil {
		return OutboxSize{}, fmt.Errorf("store: size of the outbox: %w", err)
	}
	return OutboxSize{Waiting: waiting.Val(), Retrying: retrying.Val(), Dead: dead.Val()}, nil
}
