"""What a measured product's own Postgres says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import psycopg

from memoryhub.embedded_postgres import DATABASE, USER, socket_dir


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of `query`, asked of the Postgres in a product's folder; changes of it are kept."""
    with psycopg.connect(host=str(socket_dir(data / "postgres")), user=USER, dbname=DATABASE) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(data: Path) -> psutil.Process:
    """Return the process that a product's Postgres started with."""
    return psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))
