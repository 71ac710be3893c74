# One line each; every command sets up what it needs on a fresh machine. .ci/run calls the same.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench screenshots messages lock

demo: .venv/run                ## a living company to look at, then its address
	$(BIN)/amiable demo

test: .venv/dev chromium       ## everything: SQLite, PostgreSQL, processes, pages in a browser
	tests/both-rounds

check: .venv/dev               ## style, types, layers
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && git diff --check

bench: .venv/dev               ## figures, none of them a test
	$(BIN)/python -m bench

screenshots: .venv/dev chromium ## the pictures of the README, from the demo
	$(BIN)/python -m bench.screenshots

messages: .venv/dev            ## collect what is to be translated (needs gettext)
	command -v xgettext >/dev/null || tests/system-packages gettext
	cd src/amiable && ../../$(BIN)/django-admin makemessages --locale fr --no-location --settings tests.settings --pythonpath ../..

lock: .venv/dev                ## pin every dependency with its hashes, without addresses
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt

.venv/uv: requirements/uv.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

.venv/run: .venv/uv requirements/run.txt pyproject.toml $(wildcard src/amiable/locale/*/LC_MESSAGES/*.po)
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --no-deps --editable .
	$(BIN)/pybabel --quiet compile --domain django --directory src/amiable/locale
	touch $@

.venv/dev: .venv/run requirements/dev.txt
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || tests/system-packages chromium
