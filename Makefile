# The two commands of Broadsheet are `make run` and `make test`. Both may be run again and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
PACKAGES := aggregator rankers web

.PHONY: run test lint types imports docs pytest bench long messages clean

run: $(VENV)/.product
	@$(BIN)/broadsheet init --data $(DATA) --starter feeds.opml >/dev/null  # `up` prints the link where one is needed
	@$(BIN)/broadsheet up --data $(DATA)

test: lint types imports docs pytest

lint: $(VENV)/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.developer
	$(BIN)/mypy

imports: $(VENV)/.developer
	$(BIN)/lint-imports

docs: $(VENV)/.developer
	$(BIN)/sphinx-build -q -W -b html docs docs/_build

pytest: $(VENV)/.developer
	$(BIN)/pytest -n auto --dist loadfile

bench: $(VENV)/.developer
	$(BIN)/python -m tests.benchmarks

# Slow proofs, not part of CI: the figures are quoted in docs/benchmarks.md.
long: $(VENV)/.developer
	$(BIN)/python -m tests.long

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.product: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.product
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[postgres]" --group dev
	@touch $@

messages: $(VENV)/.developer
	$(BIN)/pybabel -q extract -F web/babel.cfg -k _l -k lazy_gettext --no-location --omit-header --sort-output -w 120 \
		-o web/translations/messages.pot web

clean:
	rm -rf $(VENV) docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
