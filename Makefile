# What a stranger needs: `make demo` and `make test`. The rest is for daily work.
# Go, Node (20.19 or newer) and npm must be there; everything else is installed by scripts/setup or says what to run.

GO      ?= go
NPM     ?= npm
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

UI_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/index.html frontend/vite.config.ts frontend/tsconfig.json
GO_SOURCES := $(shell find calendar cmd frontend server signaling -type f -not -path '*/node_modules/*' -not -path 'frontend/dist/*' -not -path 'frontend/src/*' -not -path 'frontend/test-results/*' 2>/dev/null) go.mod go.sum

.PHONY: demo run build test test-go test-ui e2e e2e-links quick-links lint fix bench bench-calls dist types lint-types setup-demo setup-test setup-links clean

demo: setup-demo build
	@SAMTALE_DATA_DIR=$${SAMTALE_DATA_DIR:-.data/demo} exec ./bin/samtale demo $(DEMO_FLAGS)

run: build
	@SAMTALE_DATA_DIR=$${SAMTALE_DATA_DIR:-.data/serve} exec ./bin/samtale serve

build: bin/samtale

bin/samtale: frontend/dist/index.html $(GO_SOURCES)
	@echo "==> Building samtale (the first build fetches and compiles the Go modules: one to three minutes)"
	@$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/samtale ./cmd/samtale

bin/bot: $(GO_SOURCES)
	@$(GO) build -trimpath -o bin/bot ./cmd/bot

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	@echo "==> Installing the front end's packages"
	@cd frontend && $(NPM) ci --no-fund --no-audit --loglevel=error && touch node_modules/.package-lock.json

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(UI_SOURCES)
	@echo "==> Building the front end"
	@cd frontend && $(NPM) run -s build -- --logLevel warn && touch dist/index.html dist/.gitkeep

setup-demo setup-test setup-links:
	@scripts/setup $(@:setup-%=%)

# Every test there is: Go with the race detector, the front end's units, and browsers walking the whole path.
test: setup-test lint-types test-go test-ui e2e quick-links

test-go:
	@echo "==> Go tests"
	@$(GO) test -race -timeout 10m ./...

test-ui: frontend/node_modules/.package-lock.json
	@echo "==> Front-end tests"
	@cd frontend && $(NPM) run -s test

e2e: build
	@echo "==> End-to-end tests in Chromium"
	@cd frontend && $(NPM) run -s e2e

# The OpenAPI document in the repository and the types made from it must be what the server declares.
types: frontend/node_modules/.package-lock.json
	@$(GO) run ./cmd/samtale openapi > frontend/openapi.json
	@cd frontend && $(NPM) run -s types

lint-types: frontend/node_modules/.package-lock.json
	@echo "==> The API's types are fresh"
	@$(GO) run ./cmd/samtale openapi | diff -q - frontend/openapi.json >/dev/null || { echo "frontend/openapi.json is stale: run make types"; exit 1; }
	@cd frontend && npx --no-install openapi-typescript openapi.json -o node_modules/.schema.fresh.ts >/dev/null && diff -q node_modules/.schema.fresh.ts src/api/schema.gen.ts >/dev/null || { echo "frontend/src/api/schema.gen.ts is stale: run make types"; exit 1; }

lint: frontend/node_modules/.package-lock.json
	@echo "==> Linting"
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	@test -z "$$($(GO) tool -modfile=tools/go.mod gofumpt -l $$(git ls-files '*.go'))" || { $(GO) tool -modfile=tools/go.mod gofumpt -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) vet ./...
	@$(GO) tool -modfile=tools/go.mod staticcheck ./...
	@cd frontend && $(NPM) run -s lint

fix:
	@$(GO) tool -modfile=tools/go.mod gofumpt -w $$(git ls-files '*.go')

# What a packet of a call costs the server, beside the bare encrypting and sending of one (docs/calls-cost.md). Two minutes.
bench-calls: build bin/bot
	@scripts/bench-calls

# The short lines of e2e-links, where this machine lets us make networks.
quick-links: build
	@if [ "$$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then $(MAKE) --no-print-directory e2e-links QUICK=1; \
	else echo "==> Calls on bad links are left out: they need root and network namespaces (make e2e-links)"; fi

# Calls on bad links (docs/links.md), in network namespaces: as root, or it says what is missing. QUICK=1: the short lines.
e2e-links: setup-links build bin/bot bin/line
	@echo "==> Calls on bad links in Chromium"
	@cd frontend && npx --no-install playwright test -c e2e/links/playwright.config.ts $(if $(ONLY),-g '$(ONLY)')

bin/line: $(GO_SOURCES)
	@$(GO) build -trimpath -o bin/line ./frontend/e2e/links/line

# First what calls cost; then how fast calendars are read, beside libical (a C program that is built for it; left out where libical-dev or cc is missing)
# and go-ical with rrule-go; then every other benchmark.
bench: bench-calls
	@$(GO) test -run '^$$' -bench . ./calendar/compare
	@$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./calendar/... | grep -v /compare$$) ./signaling/... ./server/ ./server/store/

# Archives for linux on amd64 and arm64, with checksums, in dist/.
dist: frontend/dist/index.html
	@rm -rf dist && mkdir -p dist
	@for arch in amd64 arm64; do \
	  echo "==> linux/$$arch"; \
	  CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/samtale-linux-$$arch/samtale ./cmd/samtale && \
	  cp README.md LICENSE dist/samtale-linux-$$arch/ && \
	  tar -C dist -czf dist/samtale-$(VERSION)-linux-$$arch.tar.gz samtale-linux-$$arch && rm -r dist/samtale-linux-$$arch || exit 1; \
	done
	@cd dist && sha256sum *.tar.gz > SHA256SUMS && cat SHA256SUMS

clean:
	@rm -rf bin dist frontend/node_modules frontend/dist/assets frontend/dist/index.html
