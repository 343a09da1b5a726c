"""Searches through the whole application but without a server or a network: what it takes in its own process.

`python -m benchmarks.inside` answers each line of JSON on its input with one; benchmarks start it by `Inside`.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from benchmarks import clock
from benchmarks.report import percentile
from tests.product.running import ROOT, Product, environment

PATH = "/v3/memories/search/"
# The first calls of a process compile what later ones find compiled.
WARM = 20
PARAMETERS = {"host", "port", "dbname", "user", "password"}


class Inside:
    """A process of the application beside a running product, on the same database."""

    def __init__(self, process: subprocess.Popen[str], key: str) -> None:
        self._process, self._key = process, key

    def search(self, person: str, questions: Sequence[str], *, parts: bool = False) -> dict[str, Any]:
        """Search, one question after the other; return the milliseconds and hits of each.

        With `parts` also, for the parts of a search: the median milliseconds in all, in SQL, and of the same
        statements in psycopg alone.
        """
        asked = {"person": person, "questions": list(questions), "key": self._key, "parts": parts}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The application's own process ended.")
        return dict(json.loads(line))


@contextmanager
def inside(product: Product, **settings: str) -> Iterator[Inside]:
    """Start the application in a process of its own for the length of a block."""
    command = [sys.executable, "-m", "benchmarks.inside"]
    env = environment(product.data, product.port, **settings)
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Inside(process, product.api_key)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def main() -> None:
    """Answer each line until there is none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    clock.install()
    for line in sys.stdin:
        print(json.dumps(_answered(application, json.loads(line))), flush=True)


def _answered(application: Callable[..., Any], asked: dict[str, Any]) -> dict[str, Any]:
    def call(question: str) -> tuple[float, int]:
        body = {"query": question, "filters": {"user_id": asked["person"]}, "top_k": 10}
        began = time.perf_counter()
        answer = _post(application, asked["key"], body)
        return (time.perf_counter() - began) * 1000, len(answer["results"])

    for question in asked["questions"][:WARM]:
        call(question)
    called = [call(question) for question in asked["questions"]]
    answer: dict[str, Any] = {"times": [ms for ms, _found in called], "found": [found for _ms, found in called]}
    if asked["parts"]:
        answer["parts"] = _parts(call, asked["questions"])
    return answer


def _post(application: Callable[..., Any], key: str, body: dict[str, Any]) -> Any:
    data = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Token {key}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    said: list[str] = []
    response = application(environ, lambda status, _headers, _error=None: said.append(status))
    text = b"".join(response)
    response.close()
    if not said[0].startswith("200"):
        raise SystemExit(f"{said[0]}: {text.decode()[:500]}")
    return json.loads(text)


def _parts(call: Callable[[str], object], questions: Sequence[str]) -> dict[str, dict[str, float]]:
    clocks: list[clock.Clock] = []
    alone: list[dict[str, float]] = []
    with _psycopg() as connection:
        for question in [*questions[:WARM], *questions]:
            with clock.clocked() as one:
                call(question)
            clocks.append(one)
            # At once, because the machine may be busier later.
            alone.append(_sent(connection, one.statements))
    # The first ones have the statements prepared.
    clocks, alone = clocks[-len(questions) :], alone[-len(questions) :]
    return {
        name: {
            "ms": percentile([one.spent(name) for one in clocks], 0.5) * 1000,
            "sql": percentile([one.seconds.get((name, clock.SQL), 0.0) for one in clocks], 0.5) * 1000,
            "alone": percentile([one.get(name, 0.0) for one in alone], 0.5) * 1000,
            "statements": percentile([sum(each.part == name for each in one.statements) for one in clocks], 0.5),
        }
        for name in (clock.REST, *clock.PARTS)
    }


def _psycopg() -> psycopg.Connection[Any]:
    """Return a connection of psycopg's own to the application's database, which takes the same values."""
    from django.db import connection

    parameters = {key: value for key, value in connection.get_connection_params().items() if key in PARAMETERS}
    return psycopg.connect(**parameters, autocommit=True, context=connection.connection)


def _sent(connection: psycopg.Connection[Any], statements: Sequence[clock.Statement]) -> dict[str, float]:
    """Send the statements once more; return the seconds that those of each part take."""
    took: dict[str, float] = defaultdict(float)
    for one in statements:
        cursor = psycopg.RawCursor(connection) if one.raw else connection.cursor()
        cursor.format = one.format
        began = time.perf_counter()
        cursor.execute(one.text, one.params)
        if cursor.description:
            cursor.fetchall()
        took[one.part] += time.perf_counter() - began
    return took


if __name__ == "__main__":
    main()
