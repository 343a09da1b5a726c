"""The database connection of whoever ingests."""

from __future__ import annotations

from django.db import connection


def release() -> None:
    """Give the connection back before waiting for others: slow answers would starve the rest.

    The next query takes a new one. A connection with a transaction in it is kept.
    """
    if not connection.in_atomic_block:
        connection.close()
