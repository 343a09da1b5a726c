"""How soon after an app has sent it a statement can be found."""

from __future__ import annotations

import argparse
import time

from benchmarks.product import Client, fresh_product
from benchmarks.report import Report, percentile

GIVE_UP_SECONDS = 60.0
PAUSE_SECONDS = 0.005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("-n", type=int, default=100, help="statements to add, one after the other (default 100)")


def run(options: argparse.Namespace) -> Report:
    """Add statements with `infer` (no language model), and search for each until it is found."""
    accepted: list[float] = []
    found: list[float] = []
    with fresh_product() as product:
        client = Client(product)
        _add_and_find(client, 0)  # the first one wakes everything up
        for number in range(1, options.n + 1):
            answered, seen = _add_and_find(client, number)
            accepted.append(answered * 1000)
            found.append(seen * 1000)
    report = Report("latency", "From add to searchable, over HTTP", ["", "median (ms)", "p95 (ms)", "worst (ms)"])
    for what, values in (("add answered", accepted), ("statement found by a search", found)):
        report.rows.append((what, percentile(values, 0.5), percentile(values, 0.95), max(values)))
    report.notes = [f"{options.n} statements, one at a time, extracted without a language model by a worker."]
    report.details = {"accepted_ms": accepted, "found_ms": found}
    return report


def _add_and_find(client: Client, number: int) -> tuple[float, float]:
    """Return the seconds until the add was answered and until a search had the statement."""
    locker = f"locker {90_000 + number}"
    began = time.perf_counter()
    client.add([{"role": "user", "content": f"I keep my climbing shoes in {locker}."}], user_id="ann")
    answered = time.perf_counter() - began
    while time.perf_counter() - began < GIVE_UP_SECONDS:
        hits = client.search(f"climbing shoes in {locker}", user_id="ann", top_k=5)
        if any(locker in hit["memory"] for hit in hits):
            return answered, time.perf_counter() - began
        time.sleep(PAUSE_SECONDS)
    raise SystemExit(f"Statement {number} was not found within {GIVE_UP_SECONDS:.0f} s.")
