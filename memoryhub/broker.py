"""Celery's broker on PostgreSQL: the PGMQ schema and how its transport is told to connect."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

CONNECT_SECONDS = 5.0


class BrokerError(RuntimeError):
    """The broker can't be used; the message says why."""


def pgmq_options(database: dict[str, Any]) -> dict[str, Any]:
    """Return kombu's transport options for PGMQ on the Django database settings `database`.

    A keyword conninfo rather than a URL, because the URL form loses `?host=/socket/folder`.
    """
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    conninfo = {names[key]: database[key] for key in names if database.get(key)}
    # What follows the question mark in DATABASE_URL, such as sslmode, is libpq's own; the rest is Django's.
    conninfo |= {key: value for key, value in database.get("OPTIONS", {}).items() if key in _libpq_options()}
    return {
        "conn_string": make_conninfo(**conninfo),
        "init_extension": False,
        "use_notify": True,
        "wait_time_seconds": 0,
        "polling_interval": 1,
        "visibility_timeout": 300,
        "pool_size": 4,
    }


def _libpq_options() -> set[str]:
    return {option.keyword.decode() for option in Conninfo.get_defaults()}


def install_schema(queue: str) -> None:
    """Install the PGMQ schema into the default database, and `queue` with its notifications, each once.

    Safe to call at each start. The processes that use the queue declare nothing: see `memoryhub.pgmq`.
    """
    from django.db import connection
    from pgmq.install import get_embedded_install_sql

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone()[0] is None:
            cursor.execute(get_embedded_install_sql())
        cursor.execute("SELECT 1 FROM pgmq.list_queues() WHERE queue_name = %s", [queue])
        if cursor.fetchone() is None:
            cursor.execute("SELECT pgmq.create(%s)", [queue])
        # Each insert notifies at once: what is throttled waits for the worker's next look, a second later.
        cursor.execute("SELECT 1 FROM pgmq.notify_insert_throttle WHERE queue_name = %s", [queue])
        if cursor.fetchone() is None:
            cursor.execute("SELECT pgmq.enable_notify_insert(%s, 0)", [queue])


def verify() -> None:
    """Connect to the broker once; raise BrokerError if that fails."""
    from celery import current_app
    from django.conf import settings

    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=CONNECT_SECONDS)
    except Exception as error:  # whatever the transport raises, an unknown transport's KeyError included
        raise BrokerError(
            f"The broker at {settings.CELERY_BROKER_URL.rpartition('@')[2]} can't be used: {error}"
        ) from error
