"""How a search and a page of a list slow down as the store grows, and as one person remembers more."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import psycopg

from benchmarks.product import PLAIN, Client, folder
from benchmarks.report import Report, percentile
from benchmarks.sentences import questions, sentences
from tests.product.running import Product, running

BATCH = 200
OTHERS = 100  # memories of each other person
WARM = 20
# Another person's memories are copies of a hundred of the first one's, which costs a second per 10,000.
PEOPLE = """
INSERT INTO memories_enduser SELECT copied.* FROM memories_enduser AS ann, generate_series(%s::int, %s::int) AS number,
    LATERAL jsonb_populate_record(
        ann, jsonb_build_object('id', gen_random_uuid(), 'name', 'other-' || number)) AS copied
WHERE ann.name = %s
"""
MEMORIES = """
INSERT INTO memories_memory SELECT copied.* FROM memories_enduser AS other,
    (SELECT memory.* FROM memories_memory AS memory JOIN memories_enduser AS ann ON ann.id = end_user_id
     WHERE ann.name = %s ORDER BY memory.id LIMIT %s) AS original,
    LATERAL jsonb_populate_record(original::memories_memory,
        jsonb_build_object('id', gen_random_uuid(), 'end_user_id', other.id)) AS copied
WHERE other.name LIKE 'other-%%' AND NOT EXISTS (SELECT FROM memories_memory WHERE end_user_id = other.id)
"""
VECTORS = """
INSERT INTO memories_memoryvector (memory_id, embedder, embedding)
SELECT memory.id, vector.embedder, vector.embedding
FROM memories_memory AS memory
JOIN memories_enduser AS other ON other.id = memory.end_user_id AND other.name LIKE 'other-%%'
JOIN memories_memory AS original ON original.digest = memory.digest
JOIN memories_enduser AS ann ON ann.id = original.end_user_id AND ann.name = %s
JOIN memories_memoryvector AS vector ON vector.memory_id = original.id
WHERE NOT EXISTS (SELECT FROM memories_memoryvector AS there WHERE there.memory_id = memory.id)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--person", type=int, default=10_000, help="memories of one person (default 10000)")
    parser.add_argument("--stores", default="10000,100000", help="memories in the store, rising")
    parser.add_argument("--calls", type=int, default=200, help="calls per row (default 200)")


def run(options: argparse.Namespace) -> Report:
    """Load one person, then fill the store step by step and measure at each."""
    report = Report(
        "growth",
        f"One person with {options.person} memories, others with {OTHERS} each, in a growing store, over HTTP",
        ["", "in the store", "p50 (ms)", "p95 (ms)", "first (ms)"],
    )
    who = "ann"
    asked = questions(min(300, options.person), about=options.person)
    env = {**PLAIN, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "RATE_LIMIT_PER_KEY": "60000000/min"}
    with folder() as data, running(data, **env) as product:
        client = Client(product)
        loaded = _load(client, who, options.person)
        for size in map(int, options.stores.split(",")):
            _fill(product, who, (size - options.person) // OTHERS)
            for title, call in _calls(client, who, options.person, asked).items():
                first, times = _measure(call, options.calls)
                report.rows.append((title, size, percentile(times, 0.5), percentile(times, 0.95), first))
    report.notes = [
        f"Loading the person: {options.person / loaded:.0f} memories/s in calls of {BATCH} (infer=false, one client). "
        "One client, an embedder of constant time. `first` is the first call of its kind: of searches, the one for "
        "which a web process reads the person's memories into its index.",
    ]
    return report


def _calls(client: Client, who: str, count: int, asked: list[str]) -> dict[str, Callable[[int], object]]:
    last = count // 100

    def page(number: int) -> object:
        body = {"filters": {"user_id": who}, "page_size": 100, "page": number}
        return client.http.post("/v3/memories/", json=body).raise_for_status()

    return {
        "ping": lambda _i: client.http.get("/v1/ping/").raise_for_status(),
        f"search of {count}": lambda i: client.search(asked[i % len(asked)], user_id=who),
        f"search of {OTHERS}": lambda i: client.search(asked[i % len(asked)], user_id="other-1"),
        "first page of 100": lambda _i: page(1),
        "last page of 100": lambda _i: page(last),
    }


def _measure(call: Callable[[int], object], count: int) -> tuple[float, list[float]]:
    """Return the milliseconds of the first call, and of those after it."""
    times = []
    for number in range(count + WARM):
        began = time.perf_counter()
        call(number)
        times.append((time.perf_counter() - began) * 1000)
    return times[0], times[WARM:]


def _load(client: Client, who: str, count: int) -> float:
    texts = sentences(count)
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        messages = [{"role": "user", "content": text} for text in texts[start : start + BATCH]]
        client.add(messages, user_id=who, infer=False)
    return time.perf_counter() - began


def _fill(product: Product, who: str, people: int) -> None:
    """See that there are so many other people."""
    address = {"host": str(product.data / "postgres"), "user": "postgres", "dbname": "memoryhub"}
    with psycopg.connect(**address, autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM memories_enduser WHERE name LIKE 'other-%'").fetchone()
        there = found[0] if found else 0
        connection.execute(PEOPLE, [there + 1, max(people, 1), who])
        connection.execute(MEMORIES, [who, OTHERS])
        connection.execute("ANALYZE memories_memory, memories_enduser")
        connection.execute(VECTORS, [who])
        connection.execute("VACUUM ANALYZE")
