"""How long a search takes among many memories of one person, and how fast they are loaded."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.product import Client, fresh_product
from benchmarks.report import Report, percentile
from benchmarks.sentences import questions, sentences
from tests.product.running import Product

MANY, ONE = "ann", "bob"
BATCH = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--memories", type=int, default=10_000, help="memories of the person (default 10000)")
    parser.add_argument("--searches", type=int, default=300, help="searches per row (default 300)")
    parser.add_argument("--clients", type=int, default=4, help="clients at once in the last row (default 4)")


def run(options: argparse.Namespace) -> Report:
    """Load, then search: one client, and several at once."""
    report = Report(
        "search",
        f"Searching {options.memories} memories of one person, over HTTP",
        ["", "p50 (ms)", "p95 (ms)", "worst (ms)", "per second"],
    )
    asked = questions(options.searches, about=options.memories)
    with fresh_product() as product:
        client = Client(product)
        loaded = _load(client, options.memories)
        client.add([{"role": "user", "content": "Bob plays the cello."}], user_id=ONE, infer=False)
        for question in asked[:20]:
            client.search(question, user_id=MANY)
        rows: list[tuple[str, int, Callable[[Client, str], object]]] = [
            ("no search: ping with an API key", 1, lambda c, _q: c.http.get("/v1/ping/").raise_for_status()),
            ("search of a person with 1 memory", 1, lambda c, q: c.search(q, user_id=ONE)),
            (f"search of {options.memories}, 1 client", 1, lambda c, q: c.search(q, user_id=MANY)),
            (
                f"search of {options.memories}, {options.clients} clients",
                options.clients,
                lambda c, q: c.search(q, user_id=MANY),
            ),
        ]
        for title, clients, call in rows:
            times, seconds = _measure(product, asked, clients, call)
            row = (percentile(times, 0.5), percentile(times, 0.95), max(times), len(times) / seconds)
            report.rows.append((title, *row))
            report.details[title] = times
    report.notes = [
        f"Loading: {options.memories} memories in {loaded:.1f} s, {options.memories / loaded:.0f} memories/s "
        f"(infer=false, {BATCH} messages per call, one client). Top 10; English, Japanese and Chinese in equal parts.",
        "The first two rows tell the cost of HTTP and the key, and that of embedding the query, from the rest.",
    ]
    report.details["loading_seconds"] = loaded
    return report


def _load(client: Client, count: int) -> float:
    """Store `count` memories and return the seconds it took; all of them must be there."""
    texts = sentences(count)
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        messages = [{"role": "user", "content": text} for text in texts[start : start + BATCH]]
        stored = client.add(messages, user_id=MANY, infer=False)["results"]
        if len(stored) != len(messages):
            raise SystemExit(f"{len(messages)} messages became {len(stored)} memories.")
    return time.perf_counter() - began


def _measure(
    product: Product, asked: list[str], clients: int, call: Callable[[Client, str], object]
) -> tuple[list[float], float]:
    """Return each call's milliseconds, and the seconds that all took together."""

    def ask(share: list[str]) -> list[float]:
        client = Client(product)
        return [_milliseconds(client, question, call) for question in share]

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = list(pool.map(ask, [asked[i::clients] for i in range(clients)]))
    return [one for share in shares for one in share], time.perf_counter() - began


def _milliseconds(client: Client, question: str, call: Callable[[Client, str], object]) -> float:
    began = time.perf_counter()
    call(client, question)
    return (time.perf_counter() - began) * 1000
