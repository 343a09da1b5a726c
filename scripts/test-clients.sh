#!/bin/sh
# Brings the mem0 clients that the conformance tests drive, each into an environment of its own under .venv/clients.
# Nothing here is needed to run MemoryHub. What can't be had is skipped by the tests, which say so.
set -eu

here=tests/conformance/clients
there=.venv/clients
mkdir -p "$there"
for name in py1 llamaindex cli; do
    .venv/bin/uv venv --quiet --allow-existing --python .venv/bin/python "$there/$name" &&
        .venv/bin/uv pip sync --quiet --python "$there/$name/bin/python" "$here/$name.txt" ||
        { echo "Could not install the client $name." >&2; rm -rf "${there:?}/$name"; }
done
if ! command -v npm >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing for the tests: nodejs npm …"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null 2>&1 ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; } ||
        echo "Could not install nodejs." >&2
fi
for name in ts2 ts3 langchain; do
    command -v npm >/dev/null || { echo "There is no npm; the TypeScript clients are not tested." >&2; break; }
    mkdir -p "$there/$name"
    cp "$here/$name/package.json" "$here/$name/package-lock.json" "$there/$name/"
    (cd "$there/$name" && npm ci --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts) ||
        { echo "Could not install the client $name." >&2; rm -rf "${there:?}/$name"; }
done
