# The two commands of Broadsheet are `make run` and `make test`. Both may be run again and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
TORCH_INDEX ?=
PACKAGES := aggregator rankers web

.PHONY: run test lint types imports docs pytest bench long messages clean

# SEMANTIC=full|light|none chooses by hand what finds entries of like meaning; else memory, disk and languages do.
run: $(VENV)/.product
	@chosen="$${SEMANTIC:-$$($(BIN)/broadsheet models --choose feeds.opml)}"; engine="$${chosen%% *}"; \
	if [ "$$engine" = full ] && ! $(MAKE) --no-print-directory $(VENV)/.semantic; then \
		[ -z "$$SEMANTIC" ] || exit 1; chosen="light, as full could not be installed"; engine=light; \
	fi; \
	echo "broadsheet: meaning is found by: $$chosen (change it with SEMANTIC=full|light|none make run)"; \
	$(BIN)/broadsheet init --data $(DATA) --starter feeds.opml >/dev/null; \
	BROADSHEET_SEMANTIC="$$engine" exec $(BIN)/broadsheet up --data $(DATA)  # it prints the link where one is needed

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

# torch for CPUs alone: from PyTorch's public index, unless pip was told of indexes or folders of its own.
$(VENV)/.semantic: $(VENV)/.product
	@index="$(TORCH_INDEX)"; \
	if [ -z "$$index" ] && ! $(BIN)/python -m pip config list | grep -qE 'index-url|find-links'; then \
		index=https://download.pytorch.org/whl/cpu; \
	fi; \
	$(BIN)/python -m pip install --quiet --constraint constraints.txt $${index:+--extra-index-url "$$index"} \
		--editable ".[semantic]"
	@touch $@

$(VENV)/.developer: $(VENV)/.product
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[postgres]" --group dev
	@touch $@

messages: $(VENV)/.developer
	$(BIN)/pybabel -q extract -F web/babel.cfg -k _l -k lazy_gettext --no-location --omit-header --sort-output -w 120 \
		-o web/translations/messages.pot web

clean:
	rm -rf $(VENV) docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
