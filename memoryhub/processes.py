"""Child processes that live and die with us."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)
PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SECONDS = 20.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A process that ran this long was all right; its next end starts the pauses afresh.
SETTLED_SECONDS = 60.0


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent goes, even by `kill -9`; elsewhere than on Linux do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One supervised program: started, restarted with growing pauses when it ends, stopped in the end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started_at: float = 0.0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that a terminal's Ctrl-C reaches only us and we stop it in order."""
        self.process = subprocess.Popen(  # noqa: S603 (our own commands)
            self.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.started_at = time.monotonic()

    def tend(self) -> None:
        """Restart it if it has ended and its pause is over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.pause = FIRST_PAUSE if now - self.started_at > SETTLED_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            logger.error("%s ended (%s); starting it again in %.0f s.", self.name, _how(code), self.pause)
            self.kill_group()  # what it started must not hold on to its port, or work beside its successor
            self.process = None
            self.not_before = now + self.pause
        if now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def make_stop(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then kill it and everything it started."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("%s did not stop in time and is killed.", self.name)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """Kill it and everything it started that is still there."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(children: Sequence[Child]) -> None:
    """Stop the children together, the slow ones by force after STOP_SECONDS."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.make_stop(deadline)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
