#!/bin/sh
# Run all tests: those that start the whole product, which wait much, beside the others, which compute.
# What the former print is shown after the others. Each have a Postgres of their own (tests/embedded.py), so that with
# TEST_DATABASE_URL, which names one, it is one run.
set -u
[ -z "${TEST_DATABASE_URL:-}" ] || exec .venv/bin/python -m pytest

WHOLE="tests/browser tests/conformance tests/product"
PRINTED=var/tests-of-the-whole.log

mkdir -p var
# shellcheck disable=SC2086 (words)
TEST_DATA=test-of-the-whole .venv/bin/python -m pytest $WHOLE >"$PRINTED" 2>&1 &
whole=$!
trap 'kill -INT "$whole" 2>/dev/null; wait "$whole"; exit 130' INT TERM
ignored=""
for folder in $WHOLE; do ignored="$ignored --ignore=$folder"; done
# shellcheck disable=SC2086
.venv/bin/python -m pytest $ignored
others_ended=$?
wait "$whole"
whole_ended=$?
cat "$PRINTED"
[ "$others_ended" -eq 0 ] && [ "$whole_ended" -eq 0 ]
