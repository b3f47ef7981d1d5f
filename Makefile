# Every target sets up what it needs by itself, from files pinned by hash. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
BROWSER ?= yes
FUZZ ?= 20
SELECT := not slow$(if $(filter no,$(BROWSER)), and not browser)
PAGES := README.md $(shell grep -ls '\[\[\[cog' docs/*.md)
export PYTHON

.PHONY: help demo test check bench docs slow fuzz lock format clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 10

demo: .venv/runtime ## draw the sample company's map into demo/
	$(BIN)/trod demo --out demo

test: .venv/dev $(if $(filter no,$(BROWSER)),,.cache/system) ## run tests and doctests (BROWSER=no without Chromium and Debian's packages)
	@# Three on two cores: one of them waits for the disk, a server or a process.
	$(BIN)/pytest -n 3 --dist worksteal -m "$(SELECT)"

check: .venv/dev ## format, lint, types, layers, and documents in sync with the code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check -I tools -P $(PAGES)

bench: .venv/runtime .venv-bench/bench ## Trod beside its peers at 1 and 10 million touchpoints
	$(BIN)/python -m benchmarks --peers .venv-bench/bin/python

docs: .venv/dev .venv/docs ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

slow: .venv/dev .cache/system ## the long campaigns
	TROD_TESTS=campaign $(BIN)/pytest -n 2 -m "slow or not browser" -o faulthandler_timeout=0

fuzz: .venv-fuzz/fuzz ## readers fed with bytes that nobody wrote, 20 seconds each (FUZZ=600 for longer)
	PYTHONPATH=src .venv-fuzz/bin/python -m tests.fuzz.campaign $(FUZZ)

format: .venv/dev ## write what `make check` would complain about
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/cog -r -I tools -P $(PAGES)

lock: .cache/lock/lock ## compile requirements/*.txt from pyproject.toml again
	tools/lock .cache/lock/bin/uv

clean: ## remove everything that make made
	rm -rf .venv .venv-bench .venv-fuzz .cache site demo dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/%: requirements/%.txt pyproject.toml
	tools/environment .venv $<

.venv-bench/%: requirements/%.txt
	tools/environment .venv-bench $<

.venv-fuzz/%: requirements/%.txt
	tools/environment .venv-fuzz $<

.cache/lock/%: requirements/%.txt
	tools/environment .cache/lock $<

.cache/system: tools/system
	tools/system
