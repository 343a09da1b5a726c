"""`python -m memoryhub.web`: granian, with workers that stop when they are told to or their master is gone.

Granian forks its workers. Until they have loaded the application they keep their master's signal handlers, which do
nothing in them, so that a stop right after the start would wait for the time-out; and if the master were killed, they
would go on listening on the port.
"""

from __future__ import annotations

import os
import signal

from granian.cli import entrypoint

from memoryhub.processes import die_with_parent


def _obey() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent()


if __name__ == "__main__":
    os.register_at_fork(after_in_child=_obey)
    entrypoint()  # type: ignore[no-untyped-call]
