package store

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed account_put.lua
var accountPutLua string

var accountPutScript = redis.NewScript(accountPutLua)

// Account is an administrator who was made by a one-time link and stands outside the region, so that no import can remove
// the last one.
type Account struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	Created time.Time `json:"created"`
}

// emailField hides addresses in the index. It is no secret-keeping: whoever reads the store reads the accounts too.
func emailField(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return hex.EncodeToString(sum[:])
}

// PutAccount creates or replaces an account. ErrEmailTaken when another one has its address.
func (s *Store) PutAccount(ctx context.Context, a Account) error {
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("store: account %s: %w", a.ID, err)
	}
	said, err := s.run(ctx, accountPutScript, []string{s.access("accounts"), s.access("account-emails")}, a.ID, emailField(a.Email), text)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: write account %s: %w", a.ID, err)
	}
	return nil
}

// Account finds an account by its id.
func (s *Store) Account(ctx context.Context, id string) (Account, error) {
	var a Account
	text, err := s.read.HGet(ctx, s.access("accounts"), id).Bytes()
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		return a, fmt.Errorf("store: account %s: %w", id, notFound(err))
	}
	return a, nil
}

// AccountByEmail finds an account by its address, in any case of letters.
func (s *Store) AccountByEmail(ctx context.Context, email string) (Account, error) {
	id, err := s.read.HGet(ctx, s.access("account-emails"), emailField(email)).Result()
	if err != nil {
		return Account{}, fmt.Errorf("store: account by address: %w", notFound(err))
	}
	return s.Account(ctx, id)
}

// CountAdministrators says how many accounts there are. With none, serve prints a link for the first.
func (s *Store) CountAdministrators(ctx context.Context) (int, error) {
	n, err := s.read.HLen(ctx, s.access("accounts")).Result()
	if err != nil {
		return 0, fmt.Errorf("store: count the accounts: %w", err)
	}
	return int(n), nil
}
