"""How many calls a second the API answers, beside mem0's own library served over HTTP."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from benchmarks import load, mem0_environment
from benchmarks.product import PLAIN, folder
from benchmarks.report import Report
from benchmarks.sentences import questions, sentences
from tests.product.running import Product, free_port, running

SERVER = Path(__file__).resolve().parent / "mem0_server.py"
START_SECONDS = 60.0
PAGE = 100
# Calls that are not counted, and at least as many that are.
WARM, LEAST = 50, 100
# What is called, and how many memories one call is about.
ADDS = {"add": 1, "add 10 at once": 10, "add 50 at once": 50}
CALLS = {"get": 1, "list": 1, "search": 1, **ADDS}
# The call's name, and the requests for it: method, path, body.
Requests = Iterator[tuple[str, str, object]]


@dataclass(frozen=True, slots=True)
class Target:
    """A server to call: how each call is written, and whom it has memories of."""

    port: int
    key: str
    requests: dict[str, Callable[[], Requests]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--people", type=int, default=100, help="people (default 100)")
    parser.add_argument("--memories", type=int, default=100, help="memories of each (default 100)")
    parser.add_argument("--calls", type=int, default=1500, help="calls per row (default 1500)")
    parser.add_argument("--clients", type=int, default=8, help="clients at once (default 8)")
    parser.add_argument("--rounds", type=int, default=3, help="times that each is measured, in turns (default 3)")
    parser.add_argument("--without-mem0", action="store_true", help="measure MemoryHub only")


def run(options: argparse.Namespace) -> Report:
    """Load both with the same memories, then call one after the other, several times over."""
    report = Report(
        "throughput",
        f"Calls over HTTP, {options.clients} clients, {options.people} people with {options.memories} memories each",
        ["", "MemoryHub /s", "p50 (ms)", "p95 (ms)", "mem0 /s", "p50 (ms)", "p95 (ms)", "ratio (least … most)"],
    )
    env = {**PLAIN, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "RATE_LIMIT_PER_KEY": "60000000/min"}
    with folder() as data, running(data, **env) as product, ExitStack() as stack:
        targets = [memoryhub(product, options)]
        if not options.without_mem0:
            targets.append(stack.enter_context(start_mem0(product, data.parent, options)))
        _analyze(product)
        for call in CALLS:
            _measure(report, call, targets, options)
    report.notes = [
        "MemoryHub with 2 web workers, key and rate limit checked at each call; mem0 (pgvector without its HNSW "
        "index, so that ten of ten are found; no login) in one uvicorn process, as its server starts it. The same "
        "Postgres, and an embedder of constant time, for both. Ratios are of rounds measured one after the other.",
    ]
    return report


def _analyze(product: Product) -> None:
    """Do at once what Postgres does by itself within a minute of such a load: count what is there, to plan by it."""
    socket = str(product.data / "postgres")
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
    for (name,) in names:
        with psycopg.connect(host=socket, user="postgres", dbname=name, autocommit=True) as connection:
            connection.execute("ANALYZE")


def _measure(report: Report, call: str, targets: list[Target], options: argparse.Namespace) -> None:
    loads: list[list[load.Load]] = [[] for _ in targets]
    for _round in range(options.rounds):
        for target, done in zip(targets, loads, strict=True):
            made = itertools.islice(target.requests[call](), WARM + max(options.calls // CALLS[call], LEAST))
            written = [
                load.request(method, path, host="127.0.0.1", key=target.key, body=_json(body))
                for method, path, body in made
            ]
            load.run(("127.0.0.1", target.port), written[:WARM], clients=options.clients)
            done.append(load.run(("127.0.0.1", target.port), written[WARM:], clients=options.clients))
    row: list[str | float | int] = [call]
    for done in loads:
        best = max(done, key=lambda one: one.per_second)
        row += [best.per_second * CALLS[call], best.milliseconds(0.5), best.milliseconds(0.95)]
    if len(loads) == 2:
        ratios = [mine.per_second / theirs.per_second for mine, theirs in zip(*loads, strict=True)]
        row.append(f"{min(ratios):.1f} … {max(ratios):.1f}")
    report.rows.append(row)
    report.details[call] = [[one.per_second for one in done] for done in loads]


def _json(body: object) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def _messages(texts: list[str]) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


class Sample:
    """Whom and what calls are about: the same for both servers, and never the same call twice in a row."""

    def __init__(self, options: argparse.Namespace) -> None:
        texts = sentences(options.people * options.memories)
        self.said = {f"person{i}": texts[i :: options.people] for i in range(options.people)}
        self.ids: list[str] = []
        self._asked = questions(min(400, len(texts) // 3), about=len(texts))
        self._chance = random.Random(1)
        self._number = itertools.count()

    def memory_id(self) -> str:
        """Return the id of one of the memories that were stored."""
        return self._chance.choice(self.ids)

    def person(self) -> str:
        """Return somebody with memories."""
        return self._chance.choice(list(self.said))

    def query(self) -> str:
        """Return a question."""
        return self._chance.choice(self._asked)

    def notes(self, count: int) -> dict[str, object]:
        """Return what a call adds, and for whom."""
        texts = [f"Note {next(self._number)}" for _ in range(count)]
        return {"messages": _messages(texts), "user_id": f"new-{self.person()}"}


def _repeated(calls: dict[str, Callable[[], tuple[str, str, object]]]) -> dict[str, Callable[[], Requests]]:
    """Return for each call what makes requests of it, one after the other."""

    def endless(make: Callable[[], tuple[str, str, object]]) -> Callable[[], Requests]:
        return lambda: (make() for _ in itertools.count())

    return {name: endless(make) for name, make in calls.items()}


def memoryhub(product: Product, options: argparse.Namespace) -> Target:
    """Load our product and return how to call it."""
    sample = Sample(options)
    with product.http() as http:
        for person, texts in sample.said.items():
            body = {"messages": _messages(texts), "user_id": person, "infer": False}
            stored = http.post("/v3/memories/add/", json=body).raise_for_status().json()
            sample.ids += [result["id"] for result in stored["results"]]

    def of_somebody() -> dict[str, object]:
        return {"filters": {"user_id": sample.person()}}

    calls: dict[str, Callable[[], tuple[str, str, object]]] = {
        "get": lambda: ("GET", f"/v1/memories/{sample.memory_id()}/", None),
        "list": lambda: ("POST", "/v3/memories/", {**of_somebody(), "page_size": PAGE}),
        "search": lambda: ("POST", "/v3/memories/search/", {**of_somebody(), "query": sample.query(), "top_k": 10}),
    }

    def adding(count: int) -> Callable[[], tuple[str, str, object]]:
        return lambda: ("POST", "/v3/memories/add/", {**sample.notes(count), "infer": False})

    calls |= {name: adding(count) for name, count in ADDS.items()}
    return Target(product.port, product.api_key, _repeated(calls))


@contextmanager
def start_mem0(product: Product, parent: Path, options: argparse.Namespace) -> Iterator[Target]:
    """Serve mem0 on the product's Postgres, in a database of its own, and load it."""
    mem0_environment.install()
    database = mem0_environment.database(product)
    port = free_port()
    command = [mem0_environment.PYTHON, SERVER, str(port), database, str(parent)]
    with subprocess.Popen([str(word) for word in command]) as process:
        try:
            _wait(port)
            yield _mem0(port, options)
        finally:
            process.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/docs")
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise SystemExit(f"mem0 did not start within {START_SECONDS:.0f} s.") from None
            time.sleep(0.2)
        else:
            return


def _mem0(port: int, options: argparse.Namespace) -> Target:
    sample = Sample(options)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
        for person, texts in sample.said.items():
            stored = http.post("/memories", json={"messages": _messages(texts), "user_id": person})
            sample.ids += [result["id"] for result in stored.raise_for_status().json()["results"]]
    calls: dict[str, Callable[[], tuple[str, str, object]]] = {
        "get": lambda: ("GET", f"/memories/{sample.memory_id()}", None),
        "list": lambda: ("GET", f"/memories?user_id={sample.person()}", None),
        "search": lambda: ("POST", "/search", {"query": sample.query(), "filters": {"user_id": sample.person()}}),
    }

    def adding(count: int) -> Callable[[], tuple[str, str, object]]:
        return lambda: ("POST", "/memories", sample.notes(count))

    calls |= {name: adding(count) for name, count in ADDS.items()}
    return Target(port, "", _repeated(calls))
