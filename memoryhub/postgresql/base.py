"""The database backend that settings.DATABASES names."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, except for how it sees whether a connection still stands.

    Django asks each connection `SELECT 1` once per request. But between queries Postgres says nothing, unless it
    closes the connection: so one with nothing to read stands, and only the others are asked.
    """

    def is_usable(self) -> bool:
        """Tell whether the connection can take a query."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or bool(super().is_usable())
