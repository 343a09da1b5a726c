"""How a search and a page of a list slow down as the store grows, and as one person remembers more."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.copies import connect, fill
from benchmarks.product import PLAIN, Client, folder
from benchmarks.report import Report, percentile
from benchmarks.sentences import questions, sentences
from tests.product.running import Product, running

BATCH = 200
WHO = "ann"
# Others, of whom the rest of the store are copies.
OTHERS = tuple(f"other{number}" for number in range(10))
EACH = 100
WARM = 20
# The calls are measured in turns, so that what else the machine does is the same for all.
ROUNDS = 5
PING = "ping"
ENV = {**PLAIN, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "RATE_LIMIT_PER_KEY": "60000000/min"}
COLUMNS = ("", "in the store", "p50 (ms)", "p95 (ms)", "first (ms)", "in pings", "against the smallest store")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--person", type=int, default=10_000, help="memories of one person (default 10000)")
    parser.add_argument("--stores", default="10000,100000", help="memories in the store, rising")
    parser.add_argument("--calls", type=int, default=200, help="calls per row (default 200)")
    parser.add_argument("--data", type=Path, help="keep the store here, and go on with it and with what was measured")


def run(options: argparse.Namespace) -> Report:
    """Load one person, then fill the store step by step and measure at each."""
    report = Report(
        "growth", f"One person with {options.person} memories, others with {EACH} each, over HTTP", COLUMNS
    )
    with _place(options.data) as data:
        kept = data.parent / "growth.json"
        measured: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
        with running(data, **ENV) as product:
            _load(Client(product), options.person)
        for size in map(int, options.stores.split(",")):
            if str(size) in measured:
                continue
            # Started anew at each size, so that the first search of a person finds no index of theirs.
            with running(data, **ENV) as product:
                with connect(data) as connection:
                    filled = fill(connection, OTHERS, copies=(size - options.person) // (EACH * len(OTHERS)) - 1)
                measured[str(size)] = {**_measured(product, options), "filled": filled, **_size(data)}
            kept.write_text(json.dumps(measured))
    _tell(report, measured)
    return report


@contextmanager
def _place(given: Path | None) -> Iterator[Path]:
    if given is None:
        with folder() as data:
            yield data
    else:
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve() / "data"


def _load(client: Client, count: int) -> None:
    """Store what the copies are made of, and one person's memories, unless they are there."""
    texts = sentences(count + EACH * len(OTHERS))
    people = {name: texts[count + i :: len(OTHERS)][:EACH] for i, name in enumerate(OTHERS)} | {WHO: texts[:count]}
    for name, said in people.items():
        for start in range(_stored(client, name), len(said), BATCH):
            messages = [{"role": "user", "content": text} for text in said[start : start + BATCH]]
            client.add(messages, user_id=name, infer=False)


def _stored(client: Client, name: str) -> int:
    body = {"filters": {"user_id": name}, "page_size": 1}
    return int(client.http.post("/v3/memories/", json=body).raise_for_status().json()["count"])


def _size(data: Path) -> dict[str, Any]:
    with connect(data) as connection:
        found = connection.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())), (SELECT count(*) FROM memories_memory)"
        ).fetchone()
    return dict(zip(("size", "memories"), found or (), strict=True))


def _calls(client: Client, options: argparse.Namespace) -> dict[str, Callable[[int], object]]:
    asked = questions(min(300, options.person), about=options.person)

    def page(number: int) -> object:
        body = {"filters": {"user_id": WHO}, "page_size": 100, "page": number}
        return client.http.post("/v3/memories/", json=body).raise_for_status()

    return {
        PING: lambda _i: client.http.get("/v1/ping/").raise_for_status(),
        f"search of {options.person}": lambda i: client.search(asked[i % len(asked)], user_id=WHO),
        f"search of {EACH}": lambda i: client.search(asked[i % len(asked)], user_id=OTHERS[1]),
        "first page of 100": lambda _i: page(1),
        "last page of 100": lambda _i: page(options.person // 100),
    }


def _measured(product: Product, options: argparse.Namespace) -> dict[str, Any]:
    """Return the milliseconds of each call, the first one of its kind apart."""
    calls = _calls(Client(product), options)
    first = {title: _milliseconds(call, 0) for title, call in calls.items()}
    times: dict[str, list[float]] = {title: [] for title in calls}
    for call in calls.values():
        for number in range(WARM):
            call(number)
    for turn in range(ROUNDS):
        for title, call in calls.items():
            share = range(turn, options.calls, ROUNDS)
            times[title] += [_milliseconds(call, number) for number in share]
    return {"first": first, "times": times}


def _milliseconds(call: Callable[[int], object], number: int) -> float:
    began = time.perf_counter()
    call(number)
    return (time.perf_counter() - began) * 1000


def _tell(report: Report, measured: dict[str, Any]) -> None:
    least: dict[str, float] = {}
    for title in next(iter(measured.values()))["times"]:
        for done in measured.values():
            times = done["times"][title]
            pings = percentile(times, 0.5) / percentile(done["times"][PING], 0.5)
            against = pings / least.setdefault(title, pings)
            told = percentile(times, 0.5), percentile(times, 0.95), done["first"][title]
            report.rows.append((title, done["memories"], *told, pings, against))
    fills = "; ".join(f"{one['memories']}: {one['filled']:.0f} s, {one['size']}" for one in measured.values())
    report.notes = [
        "One client, an embedder of constant time. `first` is the first call of its kind since the product started: "
        "of searches, the one for which a web process reads the person's memories into its index. The last two "
        "columns are in pings of the same minutes, because the machine isn't equally busy at all sizes.",
        f"Filling the store up to so many memories, and its size on disk: {fills}.",
    ]
    report.details = measured
