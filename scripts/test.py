"""Run all tests: those that start the whole product, which wait much, beside the others, which compute.

What the former print is shown after the others. Each have a Postgres of their own (tests/embedded.py), so that with
TEST_DATABASE_URL, which names one, it is one run. Python, as what shells start in the background is deaf to Ctrl-C.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest"]
WHOLE = ["tests/browser", "tests/conformance", "tests/product"]
PRINTED = Path("var/tests-of-the-whole.log")


def main() -> int:
    """Return 0 if all went well."""
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.run(PYTEST).returncode
    PRINTED.parent.mkdir(exist_ok=True)
    others = [*PYTEST, *(f"--ignore={folder}" for folder in WHOLE)]
    with (
        PRINTED.open("wb") as printed,
        subprocess.Popen(
            [*PYTEST, *WHOLE],
            env={**os.environ, "TEST_DATA": "test-of-the-whole"},
            stdout=printed,
            stderr=subprocess.STDOUT,
        ) as whole,
        subprocess.Popen(others) as first,
    ):
        # Ctrl-C reaches both by themselves; here it is only waited for them to clean up.
        for run in (first, whole):
            while run.returncode is None:
                with suppress(KeyboardInterrupt):
                    run.wait()
    sys.stdout.write(PRINTED.read_text(errors="replace"))
    return first.returncode or whole.returncode


if __name__ == "__main__":
    sys.exit(main())
