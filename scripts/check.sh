#!/bin/sh
# Format, lint, types, import contracts, migrations, translations. Stops at the first fault.
set -eu
ruff format --check --quiet . && ruff check --quiet .
mypy .
lint-imports --no-logo >/tmp/tongchou-imports.$$ 2>&1 || { cat /tmp/tongchou-imports.$$; rm -f /tmp/tongchou-imports.$$; exit 1; }
rm -f /tmp/tongchou-imports.$$
npm run --silent check
python -m embedded --folder var/test exec -- sh -c 'python manage.py makemigrations --check --dry-run && python manage.py check --fail-level WARNING'
python scripts/check_messages.py
printf 'checks passed\n'
