#!/bin/sh
# Brings what the tests drive and Python packages don't carry: a browser, fonts for it, and gettext.
# Nothing here is needed to run MemoryHub. Where it can't be had, the tests that need it skip and say so.
set -eu

have_browser() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        ls "$HOME"/.cache/ms-playwright/chromium* >/dev/null 2>&1
}

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    wanted=""
    have_browser || wanted="chromium fonts-noto-cjk"
    command -v msgfmt >/dev/null || wanted="$wanted gettext"
    if [ -n "$wanted" ]; then
        echo "Installing for the tests: $wanted …"
        # shellcheck disable=SC2086 # a list of packages
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $wanted >/dev/null 2>&1 ||
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $wanted >/dev/null; } ||
            echo "Could not install: $wanted." >&2
    fi
fi
have_browser || .venv/bin/python -m playwright install chromium-headless-shell ||
    echo "No browser could be had; the tests that walk the pages will skip." >&2
