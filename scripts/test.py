"""Run all tests: those that start the whole product, which wait much, beside the others, which compute.

What the former print is shown after the others. Each have a Postgres of their own (tests/embedded.py), so that with
TEST_DATABASE_URL, which names one, it is one run. Python, as what shells start in the background is deaf to Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest"]
WHOLE = ["tests/browser", "tests/conformance", "tests/product"]
PRINTED = Path("var/tests-of-the-whole.log")


def main() -> int:
    """Return 0 if all went well."""
    if os.environ.get("TEST_DATABASE_URL"):
        return _ended([subprocess.Popen(PYTEST)])
    PRINTED.parent.mkdir(exist_ok=True)
    others = subprocess.Popen([*PYTEST, *(f"--ignore={folder}" for folder in WHOLE)])
    with PRINTED.open("wb") as printed:
        environment = {**os.environ, "TEST_DATA": "test-of-the-whole"}
        whole = subprocess.Popen([*PYTEST, *WHOLE], env=environment, stdout=printed, stderr=subprocess.STDOUT)
    ended = _ended([others, whole])
    sys.stdout.write(PRINTED.read_text(errors="replace"))
    return ended


def _ended(runs: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait for all, however often they are told to stop, so that each cleans up; return the first that isn't 0."""

    def stop(_number: int, _frame: object) -> None:
        for run in runs:
            run.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from now on; Ctrl-C reaches the runs by itself
    return next((code for code in [run.wait() for run in runs] if code), 0)


if __name__ == "__main__":
    sys.exit(main())
