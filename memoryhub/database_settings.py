"""Which database is used, read from the environment: the operator's own, or the embedded one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from memoryhub import embedded_postgres
from memoryhub.environment import Environment, address

ENGINE = "memoryhub.postgresql"
ADVICE = (
    "DATABASE_URL is not the address of a PostgreSQL database. "
    "Write it as postgres://user:password@host:5432/name, or unset it for the embedded one."
)


def database(env: Environment, folder: Path) -> tuple[dict[str, Any], Path | None]:
    """Return settings.DATABASES["default"], and where the embedded Postgres keeps its files if that is what is used.

    Ends the program with advice if DATABASE_URL is not the address of a PostgreSQL database.
    """
    files = None if env.str("DATABASE_URL", default="") else folder / "postgres"
    named = _embedded(files) if files else _own(env)
    return {
        **named,
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=600),
        # A connection that Postgres dropped is noticed and replaced, so a restart needs none of ours.
        "CONN_HEALTH_CHECKS": True,
        # The same few statements come again and again: prepared, Postgres need not plan them anew.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 2,
            **named.get("OPTIONS", {}),
            "connect_timeout": 5,
        },
    }, files


def _own(env: Environment) -> dict[str, Any]:
    named: dict[str, Any] = address(lambda: env.db("DATABASE_URL"), ADVICE)
    if not named.get("NAME") or not named.get("ENGINE", "").endswith("postgresql"):
        raise SystemExit(ADVICE)
    return {**named, "ENGINE": ENGINE}


def _embedded(files: Path) -> dict[str, Any]:
    return {
        "ENGINE": ENGINE,
        "NAME": embedded_postgres.DATABASE,
        "USER": embedded_postgres.USER,
        "HOST": str(embedded_postgres.socket_dir(files)),
    }
