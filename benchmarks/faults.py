"""Whether anything is lost or doubled when the worker is killed, the broker emptied, and the model fails.

Events are sent over HTTP while the worker is killed (SIGKILL) at random moments, all messages of the broker are
deleted, and the language model fails a share of its calls: with 429, 500, a time-out, an answer that is cut short,
of the wrong shape or no JSON, or a dropped connection. What failed for good is then tried again, by API. In the end
each turn is to be found as one memory with one version, one vector and one audit entry.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.adversity import Outcome, Plan, endure
from benchmarks.product import folder
from benchmarks.report import Report
from benchmarks.rows import rows
from benchmarks.unreliable import ANSWERED
from benchmarks.verdict import Verdict

ATTEMPTS = "SELECT sum(attempts), max(attempts) FROM memories_event"
AGES = """
    SELECT percentile_disc(ARRAY[.5, .95, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - created_at))
    FROM memories_event
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--events", type=int, default=1000, help="events to send (default 1000)")
    parser.add_argument("--people", type=int, default=40, help="people they are about (default 40)")
    parser.add_argument("--kills", type=int, default=20, help="times that the worker is killed (default 20)")
    parser.add_argument("--emptied", type=int, default=2, help="times that the broker is emptied (default 2)")
    parser.add_argument("--failing", type=float, default=1 / 3, help="share of the model's calls that fail (a third)")
    parser.add_argument("--seed", type=int, default=1, help="another one kills and fails at other moments")


def run(options: argparse.Namespace) -> Report:
    """Do all that to a new product, and report what is amiss in the end."""
    plan = Plan(options.events, options.people, options.kills, options.emptied, options.failing, options.seed)
    report = Report("faults", f"{plan.events} events under adversity, seed {plan.seed}", ["what", "number"])
    with folder() as data:
        outcome = endure(plan, data, look=lambda product: report.rows.extend(_done(product.data)))
    verdict = outcome.verdict
    report.rows = [*_given(outcome), *report.rows, *_amiss(verdict)]
    report.details = {"lost": verdict.lost, "doubled": verdict.doubled, "made up": verdict.made_up}
    report.notes = ["Nothing is lost, nothing is doubled." if verdict.is_clean else "SOMETHING IS AMISS."]
    return report


def _given(outcome: Outcome) -> Iterator[tuple[str, str | int]]:
    yield "turns of users, facts in them", f"{outcome.facts.said}, {outcome.facts.memories}"
    yield "times the worker was killed", outcome.killed
    yield "events it had in hand then", outcome.interrupted
    yield "times the broker was emptied", outcome.emptied
    yield "rings lost so", outcome.rings
    failed = sorted((kind, number) for kind, number in outcome.calls.items() if kind != ANSWERED)
    yield "calls the model answered", outcome.calls[ANSWERED]
    yield "calls it failed", ", ".join(f"{number} {kind}" for kind, number in failed)
    dead = ", ".join(f"{number} {code}" for code, number in sorted(outcome.dead.items()))
    yield "events that failed for good, then tried again by API", dead or 0


def _done(data: Path) -> Iterator[tuple[str, str]]:
    attempts, most = rows(data, ATTEMPTS)[0]
    yield "attempts, most of one event", f"{attempts}, {most}"
    yield (
        "seconds from sending to remembering, p50, p95, most",
        ", ".join(f"{age:.0f}" for age in rows(data, AGES)[0][0]),
    )


def _amiss(verdict: Verdict) -> Iterator[tuple[str, int]]:
    yield "turns lost or changed", len(verdict.turns_lost)
    yield "facts lost", len(verdict.lost)
    yield "facts doubled", len(verdict.doubled)
    yield "memories of no fact", len(verdict.made_up)
    yield from verdict.faults.items()
