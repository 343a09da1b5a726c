"""A product that is sent events while its worker is killed, its broker emptied and its language model fails."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.facts import Facts, facts
from benchmarks.product import PLAIN
from benchmarks.rows import rows
from benchmarks.unreliable import TIMEOUT_SECONDS, Unreliable
from benchmarks.verdict import Verdict, judge
from tests.product.running import Product, eventually, running
from tests.providers.wire import OpenAIWire

MODEL_SECONDS = 0.2
PATIENCE_SECONDS = 1800.0
# A time-out must not take long, and a dead worker's lease neither. The rest is as it comes.
SETTINGS = {"OPENAI_API_KEY": "none", "OPENAI_TIMEOUT": str(TIMEOUT_SECONDS), "EVENT_LEASE_SECONDS": "6"}
UNFINISHED = "SELECT count(*) FROM memories_event WHERE status IN ('PENDING', 'RUNNING')"
RUNNING = "SELECT count(*) FROM memories_event WHERE status = 'RUNNING'"
FAILED = "SELECT error_code, count(*) FROM memories_event WHERE status = 'FAILED' GROUP BY error_code"
EMPTIED = "SELECT pgmq.purge_queue('memoryhub')"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to the product. The same `seed` fails the same share of calls, not the same ones: threads race."""

    events: int = 1000
    people: int = 40
    kills: int = 20
    emptied: int = 2
    failing: float = 1 / 3
    seed: int = 1
    # How long a worker may work before it is killed, in seconds.
    least: float = 0.0
    most: float = 5.0


@dataclass(slots=True)
class Outcome:
    """What was done, and what came of it: `dead` are the events that failed for good at first, by cause."""

    facts: Facts
    killed: int = 0
    interrupted: int = 0
    emptied: int = 0
    rings: int = 0
    dead: dict[str, int] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)


def endure(plan: Plan, data: Path, *, look: Callable[[Product], None] = lambda product: None) -> Outcome:
    """Do it to a new product on `data`, have it try again what failed for good, and judge what it remembers.

    `look` is called with the product in the end, while it still runs. Raises AssertionError if events are still
    unfinished after PATIENCE_SECONDS.
    """
    model = Unreliable(share=plan.failing, seconds=MODEL_SECONDS, seed=plan.seed)
    outcome = Outcome(facts(plan.events, people=plan.people), calls=model.outcomes)
    with OpenAIWire() as wire:
        wire.reply_with(model)
        with running(data, **{**PLAIN, **SETTINGS, "OPENAI_BASE_URL": wire.url}) as product:
            _torment(product, plan, outcome)
            _wait(product)
            outcome.dead = dict(rows(data, FAILED))
            model.share = 0.0
            _try_again(product)
            outcome.verdict = judge(product, outcome.facts)
            look(product)
    return outcome


def _torment(product: Product, plan: Plan, outcome: Outcome) -> None:
    """Send the calls in parts, and kill the worker after each; empty the broker after some, while rings are in it."""
    chance = random.Random(plan.seed)
    calls = outcome.facts.calls
    parts = plan.kills + 1
    emptying = {round(plan.kills * number / (plan.emptied + 1)) for number in range(1, plan.emptied + 1)}
    for number in range(parts):
        _send(product, calls[len(calls) * number // parts : len(calls) * (number + 1) // parts])
        if number == plan.kills:
            return
        if number in emptying:
            outcome.rings += rows(product.data, EMPTIED)[0][0]
            outcome.emptied += 1
        outcome.interrupted += _kill(product, plan, chance)
        outcome.killed += 1


def _send(product: Product, calls: list[dict[str, Any]]) -> None:
    with product.http() as http:
        for body in calls:
            http.post("/v3/memories/add/", json=body).raise_for_status()


def _kill(product: Product, plan: Plan, chance: random.Random) -> int:
    """Kill the worker some time after it has begun to work, and return how many events it had in hand."""
    worker = eventually(lambda: _worker(product), seconds=PATIENCE_SECONDS, every=0.05)
    since = time.time()
    eventually(
        lambda: _in_hand(product, since) or rows(product.data, UNFINISHED) == [(0,)],
        seconds=PATIENCE_SECONDS,
        every=0.05,
    )
    time.sleep(chance.uniform(plan.least, plan.most))
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    return _in_hand(product, since)


def _worker(product: Product) -> psutil.Process | None:
    try:
        worker = product.find("worker")
    except (AssertionError, psutil.NoSuchProcess):
        return None
    return worker if worker.status() != psutil.STATUS_ZOMBIE else None


def _in_hand(product: Product, since: float) -> int:
    """Return how many events are held that were claimed after `since`, in seconds of the epoch."""
    return int(rows(product.data, f"{RUNNING} AND started_at > to_timestamp({since})")[0][0])


def _wait(product: Product) -> None:
    eventually(lambda: rows(product.data, UNFINISHED) == [(0,)], seconds=PATIENCE_SECONDS, every=0.5)


def _try_again(product: Product) -> None:
    with product.http() as http:
        http.post("/v1/events/retry/", json={}).raise_for_status()
    _wait(product)
