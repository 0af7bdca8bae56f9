# From a fresh clone: `make run` or `make test`, nothing before it. Needs git, make and Python >= 3.11 with venv.
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PROJECT := pyproject.toml constraints.txt
ARGS ?=

.PHONY: help setup run test check docs bench clean

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: .venv/run.stamp  ## make .venv with .venv/bin/liveroom

run: .venv/run.stamp  ## run the service on http://127.0.0.1:9000 (ARGS="--port 9100")
	@exec $(BIN)/liveroom serve $(ARGS)

test: .venv/dev.stamp  ## run all tests, on private MariaDB and Redis servers (ARGS="tests/store -k rooms")
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check: .venv/dev.stamp  ## ruff, mypy, import-linter, generated pages, promises: what CI checks beside the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/liveroom docs --check
	$(BIN)/python -m pytest -q tests/test_promises.py

docs: .venv/dev.stamp  ## write the generated pages of docs/ anew
	$(BIN)/liveroom docs

bench: .venv/dev.stamp  ## measure what calls cost, on private servers, and write docs/performance.md (ARGS=--brief: a look)
	@sh scripts/get-test-servers.sh
	@$(BIN)/python -m tests.bench.measure $(ARGS)

clean:  ## throw away what make and the tools made; your data folder stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

.venv/run.stamp: $(PROJECT) | .venv/bin/python
	@echo 'Installing liveroom into .venv'
	@$(PIP) install -e . -c constraints.txt
	@touch $@

.venv/dev.stamp: $(PROJECT) | .venv/bin/python
	@echo 'Installing liveroom and its tools into .venv'
	@$(PIP) install -e '.[dev]' -c constraints.txt
	@touch .venv/run.stamp $@

.venv/bin/python:
	@sh scripts/make-venv.sh
