#!/bin/sh
# Run all tests, in two halves of about the same length at the same time: the machines of today have two cores.
# What the second one prints is shown after the first one's. Each has a Postgres of its own (tests/embedded.py), so that
# with TEST_DATABASE_URL, which names one, it is one run.
set -u
[ -z "${TEST_DATABASE_URL:-}" ] || exec .venv/bin/python -m pytest
FIRST="tests/access tests/api tests/attachments"
SECOND=var/tests-second.log

ignored=""
for folder in $FIRST; do ignored="$ignored --ignore=$folder"; done
mkdir -p var
# shellcheck disable=SC2086 (words)
TEST_DATA=test-second .venv/bin/python -m pytest $ignored >"$SECOND" 2>&1 &
second=$!
trap 'kill -INT "$second" 2>/dev/null; wait "$second"; exit 130' INT TERM
# shellcheck disable=SC2086
.venv/bin/python -m pytest $FIRST
first_ended=$?
wait "$second"
second_ended=$?
cat "$SECOND"
[ "$first_ended" -eq 0 ] && [ "$second_ended" -eq 0 ]
