# Two commands: `make run` serves the product, `make test` checks it. Only make and python3 are needed before.

UV := .venv/bin/uv
PYTHON := .venv/bin/python
CLIENTS := tests/conformance/clients
UV_VERSION := 0.13.8

.PHONY: help run test lint format bench messages install clean

help:
	@echo "make run       install what is needed and serve http://127.0.0.1:8000 (PORT=… HOST=… to change)"
	@echo "make test      install what is needed, lint and run every test"
	@echo "make lint      ruff, mypy, import-linter, templates, migrations, translations"
	@echo "make format    rewrite the code as ruff wants it"
	@echo "make messages  collect the strings to translate into locale/"
	@echo "make bench     measure quality and speed (slow)"

run: .venv/run
	@exec $(PYTHON) manage.py up

test: .venv/test lint
	@$(PYTHON) scripts/test.py

lint: .venv/test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	MEMORYHUB_DATA=var/lint $(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.translations

format: .venv/test
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

messages: .venv/test
	$(PYTHON) manage.py makemessages --all --no-location --ignore '.venv' --ignore 'var'
	$(PYTHON) manage.py compilemessages --ignore '.venv' --ignore 'var'

bench: .venv/test
	$(PYTHON) -m benchmarks

install: .venv/run

# The stamps say that the environment matches the lock file, so that a second run starts at once.
.venv/run: .venv/uv pyproject.toml uv.lock
	$(UV) sync --frozen --no-dev --inexact --quiet
	@touch $@

.venv/test: .venv/run pyproject.toml uv.lock $(wildcard scripts/test-*.sh $(CLIENTS)/*.txt $(CLIENTS)/*/package-lock.json)
	$(UV) sync --frozen --inexact --quiet
	@sh scripts/test-tools.sh
	@sh scripts/test-clients.sh
	@touch $@

.venv/uv:
	@sh scripts/bootstrap.sh $(UV_VERSION)
	@touch $@

clean:
	rm -rf .venv var
