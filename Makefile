# Thin on purpose: what these do is written in tools/bootstrap.py and in the scripts they name.
# `make demo` and `make test` are all the set-up there is.

PYTHON ?= python3
RUN := .venv/bin/python
TESTS ?=
BENCH ?=

# Taken literally (no expansion of $ signs) and handed on through the environment, so that a photo's name or a
# dream may hold any character.
override PHOTO := $(value PHOTO)
override DREAM := $(value DREAM)
override OUT := $(value OUT)
export PHOTO DREAM OUT

.PHONY: help demo setup test lint format lock bench docs-images clean python
.DEFAULT_GOAL := help

help:
	@echo 'make demo [PHOTO=my.jpg] [DREAM="…"] [OUT=…]   a video from a photo and a dream'
	@echo 'make test [TESTS=tests/…]                      the test suite'
	@echo 'make lint      ruff, pyright and the layers of the house'
	@echo 'make format    let ruff format and mend what it safely can'
	@echo 'make lock      pin the requirement sets anew (needs uv)'
	@echo 'make bench [BENCH=--quick]                     measure against peers, in one run'
	@echo 'make docs-images   draw the pictures of the documentation'
	@echo 'make clean     remove what was built; dreams/ stays'

python:
	@command -v "$(PYTHON)" >/dev/null || { echo "Dreamreel needs Python 3.11 or newer, and there is no $(PYTHON) here: install it (Debian and Ubuntu: apt-get install python3 python3-venv)." >&2; exit 1; }

demo: python
	@"$(PYTHON)" tools/bootstrap.py demo

setup: python
	@"$(PYTHON)" tools/bootstrap.py run

test: python
	@"$(PYTHON)" tools/bootstrap.py test
	@$(RUN) -m pytest -n auto --dist loadgroup $(TESTS)

lint: python
	@"$(PYTHON)" tools/bootstrap.py lint
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check -q
	@$(RUN) -m pyright --warnings
	@.venv/bin/lint-imports --no-logo

format: python
	@"$(PYTHON)" tools/bootstrap.py lint
	@$(RUN) -m ruff check --fix
	@$(RUN) -m ruff format

lock: python
	@"$(PYTHON)" tools/bootstrap.py lock

bench: python
	@"$(PYTHON)" tools/bootstrap.py test
	@$(RUN) benchmarks/run.py $(BENCH)

docs-images: python
	@"$(PYTHON)" tools/bootstrap.py test
	@$(RUN) examples/docs_images.py
	@$(RUN) -m tests.studio.web.pictures

clean:
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests tools examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
