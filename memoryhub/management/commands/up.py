"""Run the whole product: Postgres if it is ours, web, worker and scheduler."""

from __future__ import annotations

import fcntl
import io
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from memoryhub import broker, embedded_postgres, first_run
from memoryhub.processes import Child, stop_all

READY_SECONDS = 60.0
WEB_STOP_SECONDS = 10  # for the requests in progress; less than processes.STOP_SECONDS


class Stop(Exception):
    """Somebody asked us to stop."""


class Command(BaseCommand):
    """Start everything, look after it, stop everything."""

    help = "Runs MemoryHub: the embedded Postgres (unless DATABASE_URL is set), web, worker and scheduler."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        postgres = None
        children: list[Child] = []
        try:
            lock = _lock(Path(settings.DATA_DIR))
            call_command("check", stdout=io.StringIO())  # silent unless something is wrong
            call_command("check", stdout=io.StringIO(), deploy=True, tags=["services"])
            _require_free_port()
            postgres = _start_postgres()
            self._prepare()
            children = _children()
            for child in children:
                child.start()
            self._announce(first_run.ensure_first_account(_url()))
            self._watch(children)
            lock.close()
        except Stop:
            self.stderr.write("Stopping.")
        finally:
            for sig in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sig, signal.SIG_IGN)
            stop_all(children)
            if postgres is not None:
                connection.close()
                postgres.cleanup()

    def _prepare(self) -> None:
        try:
            call_command("prepare", verbosity=0)
        except OperationalError as error:
            raise CommandError(
                f"The database at {_database()} can't be used: {str(error).strip()}\n"
                "Check DATABASE_URL (postgres://user:password@host:5432/name), or unset it for the embedded one."
            ) from error

        try:
            broker.verify()
        except broker.BrokerError as error:
            raise CommandError(
                f"{error}\nCheck CELERY_BROKER_URL, or unset it to keep the queue in Postgres."
            ) from error
        try:
            caches["default"].get("memoryhub")
        except Exception as error:  # each cache has its own errors, and all mean the same here
            raise CommandError(f"The cache can't be used: {error}\nCheck CACHE_URL, or unset it.") from error

    def _announce(self, account: dict[str, str] | None) -> None:
        _wait_until_ready()
        lines = ["", f"  MemoryHub is up at {_url()}"]
        if account:
            lines += [
                f"  Sign in with   {account['email']}",
                f"  Password       {account['password']}",
                f"  API key        {account['api_key']}",
                f"  Written to     {first_run.path()}",
            ]
        elif first_run.path().exists():
            lines += [f"  How to sign in: {first_run.path()}"]
        lines += ["  Forgot the password? manage.py reset_password EMAIL", "  Ctrl-C stops it.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _watch(self, children: list[Child]) -> None:
        while True:
            time.sleep(0.5)
            if settings.EMBEDDED_POSTGRES and not embedded_postgres.is_running(settings.EMBEDDED_POSTGRES):
                self.stderr.write("PostgreSQL has gone; starting it again.")
                embedded_postgres.restart(settings.EMBEDDED_POSTGRES)
            for child in children:
                child.tend()


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def _url() -> str:
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104 (only named)
    return f"http://{host}:{settings.PORT}"


def _database() -> str:
    database = settings.DATABASES["default"]
    return f"{database.get('HOST') or 'localhost'}:{database.get('PORT') or 5432}/{database['NAME']}"


def _lock(folder: Path) -> IO[str]:
    """Hold the data folder for as long as we run, so that two of us never share it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("a")
    except OSError as error:
        raise CommandError(
            f"Cannot write to {folder}: {error.strerror}. "
            "Give this account the folder, or set MEMORYHUB_DATA to one it can write."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CommandError(
            f"MemoryHub is running on {folder} already. Stop that one first, or set MEMORYHUB_DATA to another folder."
        ) from error
    return lock


def _require_free_port() -> None:
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. "
                f"Stop what uses it, or choose another: PORT={settings.PORT + 1} make run"
            ) from error


def _start_postgres() -> Any:
    if settings.EMBEDDED_POSTGRES is None:
        return None
    try:
        server = embedded_postgres.start(settings.EMBEDDED_POSTGRES)
    except embedded_postgres.EmbeddedPostgresError as error:
        raise CommandError(str(error)) from error
    settings.DATABASES["default"]["HOST"] = str(embedded_postgres.socket_dir(settings.EMBEDDED_POSTGRES))
    return server


def _children() -> list[Child]:
    web = [
        *(sys.executable, "-m", "memoryhub.web", "--interface", "wsgi", "memoryhub.wsgi:application"),
        *("--host", settings.HOST, "--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(settings.WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(WEB_STOP_SECONDS), "--log-level", "warning"),
    ]
    # Celery warns of running as root, which in a container is what one does.
    celery = [sys.executable, "-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "-q", "-A", "memoryhub"]
    return [
        Child("web", web),
        Child("worker", [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]),
        Child("scheduler", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]),
    ]


def _wait_until_ready() -> None:
    """Return when the web server takes connections; say so if it doesn't."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104 (only named)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, settings.PORT), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The web server did not come up within {READY_SECONDS:.0f} s; its messages are above.")
