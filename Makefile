# Two commands: `make demo` plays a programme, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo up test check bench languages screenshots journeys lock clean

demo: .venv/ready
	$(BIN)/testbuy demo

up: .venv/ready
	$(BIN)/testbuy up

test: .venv/ready-dev
	.ci/judges
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: .venv/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports

languages: .venv/ready
	$(BIN)/python -m portal.catalogues update

bench: .venv/ready-dev
	$(BIN)/python -m bench

# Every page at two sizes, by day and night, in each language, into build/screenshots/index.html.
# ONLY=board takes the pages whose name holds the word, WAYS=phone-dark the ways of looking.
screenshots: .venv/ready-dev
	$(BIN)/python -m docs.screenshots "$(ONLY)" "$(WAYS)"

# What each person's day costs in clicks, keys and waiting, written to docs/journeys.md.
journeys: .venv/ready-dev
	JOURNEYS=write $(BIN)/python -m pytest tests/portal/journeys

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

# As a constraint too: else a library asked for with an extra (prefect wants sqlalchemy[asyncio]) is
# taken at its newest, which the hashes then refuse.
.venv/ready: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements.lock -c requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock -c requirements-dev.lock
	touch $@

# Needs uv. Writes hashes and no index address.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv
