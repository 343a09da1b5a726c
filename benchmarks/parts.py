"""Where the time of a search goes: its parts, their SQL, and the same SQL in psycopg alone."""

from __future__ import annotations

import argparse

from benchmarks.copies import connect, fill
from benchmarks.growth import BATCH, ENV
from benchmarks.inside import inside
from benchmarks.product import Client, folder
from benchmarks.report import Report, percentile
from benchmarks.sentences import questions, sentences
from tests.product.running import running

FEW = 100
COLUMNS = ("", "part", "ms", "share", "of it SQL (ms)", "statements", "psycopg alone (ms)")
# How recall reads: from its index in memory, and as other filters and several people have it.
WAYS = {"index": "", "SQL": "0"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--memories", type=int, default=10_000, help="memories of the one person (default 10000)")
    parser.add_argument("--store", type=int, default=0, help="memories in the store besides (default none)")
    parser.add_argument("--searches", type=int, default=100, help="searches measured (default 100)")


def run(options: argparse.Namespace) -> Report:
    """Search in one process, first timed as a whole, then with a clock in the parts."""
    report = Report("parts", "Where the time of a search goes", COLUMNS)
    asked = questions(options.searches, about=options.memories)
    with folder() as data, running(data, **ENV) as product:
        client = Client(product)
        for person, count in (("ann", options.memories), ("bob", FEW)):
            texts = sentences(count)
            for start in range(0, count, BATCH):
                messages = [{"role": "user", "content": text} for text in texts[start : start + BATCH]]
                client.add(messages, user_id=person, infer=False)
        with connect(data) as connection:
            fill(connection, ["bob"], copies=options.store // FEW)
        for way, megabytes in WAYS.items():
            settings = {**ENV, **({"RECALL_INDEX_MEGABYTES": megabytes} if megabytes else {})}
            with inside(product, **settings) as application:
                for person, count in (("ann", options.memories), ("bob", FEW)):
                    found = application.search(person, asked, parts=True)
                    _tell(report, f"{way}, of {count}", found)
    report.notes = [
        "One process, no server, one call after the other; medians, so that the parts don't quite add up. `whole` is "
        "timed without the clock. The embedder takes constant time, the embedded model 1.4 to 1.7 ms a question. The "
        "last column is the same statements with the same values by psycopg's own cursors, prepared."
    ]
    return report


def _tell(report: Report, what: str, found: dict[str, object]) -> None:
    times, parts = found["times"], found["parts"]
    assert isinstance(times, list)
    assert isinstance(parts, dict)
    total = sum(part["ms"] for part in parts.values())
    for name, part in parts.items():
        if part["ms"] > total / 1000:
            sql = part["sql"], int(part["statements"]), part["alone"]
            report.rows.append((what, name, part["ms"], f"{100 * part['ms'] / total:.0f} %", *sql))
    sums = [sum(part[key] for part in parts.values()) for key in ("sql", "statements", "alone")]
    report.rows.append((what, "whole", percentile(times, 0.5), "", sums[0], int(sums[1]), sums[2]))
    report.details[what] = found
