# `make run` shows Rota with a demo company; `make test` checks everything. Both begin on a bare
# machine: they need make and Python 3.11 or 3.12, and say in one line what else is missing.

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP_INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--python-version 3.11

# A module's tests stay together: they share the copy of the product that it starts.
ON_BOTH_CORES := --numprocesses 2 --dist loadfile --quiet

.PHONY: help run demo-reset test acceptance setup check fix lock
.DEFAULT_GOAL := help

help:
	@echo "make run         show Rota with a demo company; Ctrl-C stops it"
	@echo "make demo-reset  remove the demo's data"
	@echo "make test        check everything, run every test on PostgreSQL and on SQLite"
	@echo "make acceptance  let LibreOffice open a workbook, and hold Rota's requests against"
	@echo "                 PagerDuty's description (needs npm); by hand"
	@echo "make setup       only prepare $(VENV); then $(PYTHON) -m pytest works alone"
	@echo "make check       formatting, lint, templates, import rules, types"
	@echo "make fix         mend what ruff and djade can mend"
	@echo "make lock        compile requirements.txt and requirements-dev.txt"

run: $(VENV)/.run
	@ROTA_MODE=demo exec $(PYTHON) -m config.launch --with-parent

demo-reset: $(VENV)/.run
	@$(PYTHON) -m config.launch.reset

test: setup
	@$(PYTHON) -m tests.services.chromium
	@$(MAKE) --no-print-directory check
	@ROTA_TEST_DATABASE=postgresql $(PYTHON) -m pytest $(ON_BOTH_CORES)
	@ROTA_TEST_DATABASE=sqlite $(PYTHON) -m pytest $(ON_BOTH_CORES) -m database
	@$(PYTHON) -m tests.services.summary

acceptance: setup
	@ROTA_TEST_DATABASE=sqlite $(PYTHON) -m pytest --quiet -rs tests/acceptance/workbook.py
	@$(PYTHON) -m tests.acceptance.prism
	@ROTA_TEST_DATABASE=sqlite $(PYTHON) -m pytest --quiet tests/acceptance/pagerduty.py

setup: $(VENV)/.setup
	@:

check: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	@git ls-files -z 'templates/*.html' | xargs -0 -r $(VENV)/bin/djade --check --target-version 5.2
	$(VENV)/bin/lint-imports
	$(PYTHON) -m mypy

fix: setup
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	@git ls-files -z 'templates/*.html' | xargs -0 -r $(VENV)/bin/djade --target-version 5.2

lock: setup
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt

# The stamps: a second time nothing is installed. What the tests need holds all that Rota needs.
$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo "Installing what Rota needs into $(VENV) …"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.setup: requirements-dev.txt requirements.txt | $(VENV)/.made
	@echo "Installing what Rota and its tests need into $(VENV) …"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.run $@

$(VENV)/.made:
	@for python in python3 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then \
			$$python -m venv --clear $(VENV) >/dev/null && touch $@ && exit 0; \
			echo "$$python cannot make a virtual environment (Debian: apt install python3-venv)."; exit 1; \
		fi; \
	done; \
	echo "Rota needs Python 3.11 or 3.12: neither python3, python3.12 nor python3.11 is one."; exit 1
