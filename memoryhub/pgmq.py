"""Celery's transport on PGMQ, less the DDL and an idle wait.

kombu's own declares its queues anew with each connection. There, declaring replaces the queue's triggers, which locks
the queue's table against every sender and reader, so that processes which start together stop one another as
deadlocks. Here `broker.install_schema` declares the one queue while nothing else runs, and a connection only sends,
reads and listens.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

from kombu.transport import pgmq

# kombu knows it, and says so by `catch_warnings`, which other threads undo.
warnings.filterwarnings("ignore", message=r"list_queues\(\) now returns", category=UserWarning)
# How often a worker that has taken all it may looks whether it may take more.
FULL_SECONDS = 0.02


class Channel(pgmq.Channel):
    def _new_queue(self, queue: str, **options: Any) -> None:
        """Do nothing: the queue is there before any process connects."""

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Listen to the queue; that it notifies is set where it is declared."""
        if self.use_notify:
            self.connection._register_notify_queue(queue_name or self._queue_name(queue))

    @property
    def is_full(self) -> bool:
        """Tell whether it consumes, and may take nothing before something is acknowledged."""
        return bool(self._consumers) and not self.qos.can_consume()


class Transport(pgmq.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Deliver what waits; raise TimeoutError when nothing came in time, or soon if nothing more may be taken.

        What threads have begun is acknowledged between two of these calls, by the loop that makes them. To wait here
        for more, as kombu's own does, is to wait in vain: of a queue of hundreds, a few would be taken every 2 s.
        """
        if any(channel.is_full for channel in self.channels):
            time.sleep(FULL_SECONDS)
            raise TimeoutError
        super().drain_events(connection, timeout=timeout)  # type: ignore[no-untyped-call]
