"""How many events a second become memories through a language model, and what its tokens cost.

Real conversations are sent over HTTP a few turns at a time, as apps do, to a product whose language model is a
server on this machine that answers at once or after a while. Each row is a product of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import psutil

from benchmarks import load
from benchmarks.product import PLAIN, folder
from benchmarks.reader import PRICES, read
from benchmarks.report import Report, percentile
from benchmarks.rows import postmaster, rows
from memories.samples import SAMPLES, load_sample
from memories.samples.conversations import iter_sessions, read_samples
from tests.product.running import Product, eventually, running
from tests.providers.wire import OpenAIWire

CLIENTS = 4
PATIENCE_SECONDS = 1800.0
COLUMNS = (
    *("model answers after", "threads", "turns each", "events", "events/s", "turns/s", "first claim p50 (s)"),
    *("model p50 (ms)", "own work p50 (ms)", "CPU of worker, Postgres (ms)", "tokens in", "out", "$"),
)
UNFINISHED = "SELECT count(*) FROM memories_event WHERE status IN ('PENDING', 'RUNNING')"
OUTCOMES = "SELECT status, count(*) FROM memories_event GROUP BY status"
SPAN = "SELECT extract(epoch FROM max(completed_at) - min(created_at)) FROM memories_event"
TIMES = """
    SELECT extract(epoch FROM e.started_at - e.created_at), extract(epoch FROM e.completed_at - e.started_at), c.model
    FROM memories_event e
    JOIN (SELECT job_id, sum(duration) AS model FROM memories_modelcall GROUP BY job_id) c ON c.job_id = e.id
"""
TOKENS = "SELECT sum(input_tokens), sum(output_tokens), sum(cost) FROM memories_modelcall"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    said = "conversations, LoCoMo-format JSON; the shipped samples when left out"
    parser.add_argument("--file", type=Path, action="append", help=said)
    parser.add_argument("--turns", type=int, nargs="+", default=[2, 10], help="turns to an event (default 2 10)")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 500], help="of the model, ms (default 0 500)")
    parser.add_argument("--threads", type=int, nargs="+", default=[4], help="WORKER_CONCURRENCY (default 4)")
    parser.add_argument("--most", type=int, default=1000, help="events per row at most (default 1000)")


def run(options: argparse.Namespace) -> Report:
    """Send everything at once and wait until it is remembered, for each combination of the options."""
    samples = [sample for path in options.file or [] for sample in read_samples(path)]
    samples = samples or [load_sample(name) for name in SAMPLES]
    report = Report("ingestion", "Events through a language model", COLUMNS)
    for latency in options.latency:
        for threads in options.threads:
            for turns in options.turns:
                bodies = list(exchanges(samples, turns))[: options.most]
                report.rows.append(_measure(bodies, latency=latency, threads=threads, turns=turns))
    report.notes = [
        f"Tokens and dollars per 1,000 turns, at {PRICES} for a million tokens; tokens are estimated, see "
        "benchmarks/reader.py. Own work is what an event took from its claim without the model."
    ]
    return report


def exchanges(samples: list[dict[str, Any]], turns: int) -> Iterator[dict[str, Any]]:
    """Yield the bodies of calls that add `turns` turns each, the conversations side by side."""
    return (body for body in chain.from_iterable(zip_longest(*(_bodies(one, turns) for one in samples))) if body)


def _bodies(sample: dict[str, Any], turns: int) -> Iterator[dict[str, Any]]:
    person = str(sample["sample_id"])
    for session in iter_sessions(sample):
        for start in range(0, len(session.turns), turns):
            part = session.turns[start : start + turns]
            yield {
                "messages": [{"role": turn.role, "content": turn.text, "name": turn.speaker} for turn in part],
                "user_id": person,
                "run_id": f"{person}/session-{session.number}",
                "timestamp": int(session.started_at.timestamp()) + start,
            }


def _measure(bodies: list[dict[str, Any]], *, latency: int, threads: int, turns: int) -> list[str | float | int]:
    settings = {"OPENAI_API_KEY": "none", "MODEL_PRICES": PRICES, "WORKER_CONCURRENCY": str(threads)}
    with OpenAIWire() as wire, folder() as data:
        wire.reply_with(partial(read, seconds=latency / 1000))
        with running(data, **{**PLAIN, **settings, "OPENAI_BASE_URL": wire.url}) as product:
            worker, postgres = psutil.Process(product.find("worker").pid), postmaster(data)
            before = _cpu(worker), _cpu(postgres)
            _send(product, bodies)
            eventually(lambda: rows(data, UNFINISHED) == [(0,)], seconds=PATIENCE_SECONDS, every=0.2)
            spent = [(_cpu(one) - used) / len(bodies) for one, used in zip((worker, postgres), before, strict=True)]
            cpu = ", ".join(f"{seconds * 1000:.0f}" for seconds in spent)
            return [f"{latency} ms", threads, turns, *_figures(data, bodies, cpu)]


def _send(product: Product, bodies: list[dict[str, Any]]) -> None:
    path = "/v3/memories/add/"
    calls = [
        load.request("POST", path, host="127.0.0.1", key=product.api_key, body=json.dumps(body).encode())
        for body in bodies
    ]
    load.run(("127.0.0.1", product.port), calls, clients=CLIENTS)


def _figures(data: Path, bodies: list[dict[str, Any]], cpu: str) -> Iterator[str | float | int]:
    outcomes = dict(rows(data, OUTCOMES))
    if outcomes != {"SUCCEEDED": len(bodies)}:
        raise SystemExit(f"Not all of {len(bodies)} events succeeded: {outcomes}.")
    said = sum(len(body["messages"]) for body in bodies)
    seconds = float(rows(data, SPAN)[0][0])
    waits, works, models = zip(*((float(a), float(b), float(c)) for a, b, c in rows(data, TIMES)), strict=True)
    own = [work - model for work, model in zip(works, models, strict=True)]
    yield len(bodies)
    yield len(bodies) / seconds
    yield said / seconds
    yield percentile(waits, 0.5)
    yield percentile(models, 0.5) * 1000
    yield percentile(own, 0.5) * 1000
    yield cpu
    tokens_in, tokens_out, cost = rows(data, TOKENS)[0]
    yield round(tokens_in / said * 1000)
    yield round(tokens_out / said * 1000)
    yield float(cost) / said * 1000


def _cpu(process: psutil.Process) -> float:
    """Return the seconds of CPU that a process has used, with its children's, those that have ended included."""
    times = process.cpu_times()
    living = sum(_own(child) for child in process.children())
    return float(times.user + times.system + times.children_user + times.children_system) + living


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
