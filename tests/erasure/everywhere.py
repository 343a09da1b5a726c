"""Every table of the database, read as text."""

from __future__ import annotations

import re

from django.db import connection


def tables_saying(words: str) -> list[str]:
    """Return the tables of which some row, in any column, says `words`, whatever their case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in sorted(names):
            # Bytes are written in hexadecimal there.
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{name}" AS row WHERE row::text ILIKE %s OR row::text ILIKE %s)',
                [f"%{words}%", f"%{words.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(name)
    return found


def words_of(page: str) -> str:
    """Return a page's words without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
