# setup · run · test · check · bench · pictures · verifier · clean; each sets up what it needs first.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
WORKERS ?= 2
.PHONY: setup setup-dev run test check format bench bench-scoring pictures messages lock verifier clean

setup:
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

run: setup
	@$(BIN)/python -m embedded serve --port $(PORT)

test: setup-dev
	@$(BIN)/python -m embedded --folder var/test exec -- $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup-dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check.sh

format: setup-dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && npx prettier --log-level warn --write static/src frontend

bench: setup-dev
	@$(BIN)/python -m embedded --folder var/bench exec -- $(BIN)/python -m bench

bench-scoring: setup-dev
	@$(BIN)/python -m bench scoring mediator

pictures: setup-dev
	@$(BIN)/python -m embedded --folder var/pictures exec -- $(BIN)/python scripts/screenshots.py

messages: setup-dev
	@$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --no-wrap --ignore 'node_modules/*' --ignore 'var/*' --ignore '.venv/*' --ignore 'tests/*' --verbosity 0

lock: setup-dev
	@sh scripts/lock.sh

verifier:
	@$(PYTHON) scripts/verifier.py

clean:
	rm -rf .venv node_modules static/dist var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
