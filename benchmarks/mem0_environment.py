"""mem0 in an environment of its own, and a database for it beside the product's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from psycopg import sql

from benchmarks.copies import connect
from memoryhub.embedded_postgres import USER, socket_dir
from tests.product.running import ROOT, Product

ENVIRONMENT = ROOT / ".venv" / "mem0"
PYTHON = ENVIRONMENT / "bin" / "python"
REQUIREMENTS = ROOT / "benchmarks" / "mem0.txt"


def install() -> None:
    """See that mem0 and its stores are there, in the versions of mem0.txt."""
    uv = ROOT / ".venv" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", ENVIRONMENT], check=True)
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", PYTHON, REQUIREMENTS], check=True)


def database(product: Product, name: str = "mem0") -> str:
    """Make an empty database on the product's Postgres; return how to connect to it."""
    with connect(product.data) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        # An index on 100,000 vectors is built in this, rather than in minutes.
        connection.execute(sql.SQL("ALTER DATABASE {} SET maintenance_work_mem = '1GB'").format(sql.Identifier(name)))
    return f"host={socket_dir(Path(product.data) / 'postgres')} user={USER} dbname={name}"
