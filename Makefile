# Two commands matter: `make run` and `make test`. Each sets up what it needs and can be repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## Start the bot in a sandbox: one page where you are customer, agent and manager
	@$(BIN)/yingxu sandbox $(ARGS)

test: $(READY) ## Run the whole test suite
	@$(BIN)/python -m pytest $(ARGS)

check: $(READY) ## Everything a commit must pass: format, lint, types, layers, tests with coverage
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

bench: $(READY) ## Measure speed against the bare server and peers, as ratios; writes docs/benchmarks.md
	@$(BIN)/python -m tests.bench $(ARGS)

bench-search: $(READY) ## Measure searching among 10,000 and 1,000,000 requests on both databases (four minutes)
	@$(BIN)/python -m tests.bench.search $(ARGS)

torture: $(READY) ## kill -9 the server twenty times in a burst of 2,000 messages, and count what was lost
	@$(BIN)/python -m tests.torture $(ARGS)

setup: $(READY) ## Only set up the virtual environment

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info

$(READY): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up (a minute or two the first time) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

.PHONY: help run test check bench bench-search torture setup clean
