"""Celery's transport on PGMQ, less the DDL: kombu's own declares its queues anew with each connection.

There, declaring replaces the queue's triggers, which locks the queue's table against every sender and
reader, so that processes which start together stop one another as deadlocks. Here `broker.install_schema`
declares the one queue while nothing else runs, and a connection only sends, reads and listens.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import pgmq


class Channel(pgmq.Channel):
    def _new_queue(self, queue: str, **options: Any) -> None:
        """Do nothing: the queue is there before any process connects."""

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Listen to the queue; that it notifies is set where it is declared."""
        if self.use_notify:
            self.connection._register_notify_queue(queue_name or self._queue_name(queue))


class Transport(pgmq.Transport):
    Channel = Channel
