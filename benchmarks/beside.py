"""A search beside mem0's own library in the same run, in each of its stores, in a store of many people."""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import mem0_environment
from benchmarks.copies import connect, fill
from benchmarks.growth import BATCH, ENV
from benchmarks.inside import Inside, inside
from benchmarks.product import Client, folder
from benchmarks.report import Report, percentile
from benchmarks.sentences import questions, sentences
from tests.product.running import ROOT, Product, running

STORES = ("pgvector", "pgvector-hnsw", "chroma", "qdrant", "faiss")
SAID = {
    "pgvector": "mem0, pgvector without an index",
    "pgvector-hnsw": "mem0, pgvector with HNSW, its server's default",
    "chroma": "mem0, Chroma",
    "qdrant": "mem0, Qdrant, local",
    "faiss": "mem0, FAISS",
}
ORIGINALS = 10
ASKED = 100
WARM = 20
# A slow store answers as many questions of a round as fit into this, but some.
SECONDS, LEAST = 10.0, 5
COLUMNS = ("", "found of 10", "p50 (ms)", "p95 (ms)", "times ours over HTTP", "times ours in process")


@dataclass(slots=True)
class Measured:
    """What searches took, in milliseconds, and how much they found, round by round."""

    rounds: list[list[float]] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    def add(self, times: Sequence[float], found: Sequence[int]) -> None:
        """Note a round."""
        self.rounds.append(list(times))
        self.found += found

    @property
    def median(self) -> float:
        """Return that of the last round."""
        return percentile(self.rounds[-1], 0.5)

    @property
    def times(self) -> list[float]:
        """Return all of them."""
        return [one for each in self.rounds for one in each]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--people", type=int, default=100, help="people, in tens (default 100)")
    parser.add_argument("--memories", type=int, default=1000, help="memories of each (default 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="times that each is measured, in turns (default 3)")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=STORES, help="of mem0's (default all)")


def run(options: argparse.Namespace) -> Report:
    """Load all, then let ours and each of mem0's stores answer in turns."""
    total = options.people * options.memories
    report = Report("beside", f"Searching one of {options.people} people in a store of {total} memories", COLUMNS)
    mem0_environment.install()
    asked = questions(ASKED, about=options.memories * ORIGINALS)
    with folder() as data, running(data, **ENV) as product, inside(product, **ENV) as application:
        _load(product, options)
        database = mem0_environment.database(product)
        first = _first_searches(Client(product), asked)
        ours = {"MemoryHub, over HTTP": Measured(), "MemoryHub, in process": Measured()}
        rows: list[tuple[str, Measured, Any]] = []
        for store in options.stores:
            with _mem0(store, database, data.parent, options) as search:
                theirs, ratios = Measured(), []
                for number in range(options.rounds):
                    person = f"person{number}"
                    ours["MemoryHub, over HTTP"].add(*_over_http(Client(product), person, asked))
                    ours["MemoryHub, in process"].add(*_in_process(application, person, asked))
                    theirs.add(*search(f"person{number}", asked))
                    ratios.append([theirs.median / one.median for one in ours.values()])
                rows.append((SAID[store], theirs, list(zip(*ratios, strict=True))))
    for title, measured in ours.items():
        report.rows.append((title, *_figures(measured), "", ""))
    report.rows.append(("MemoryHub, over HTTP, a person's first search", 10, *first, "", ""))
    for title, measured, ratios in rows:
        told = [f"{min(each):.1f} … {max(each):.1f}" for each in ratios]
        report.rows.append((title, *_figures(measured), *told))
        report.details[title] = measured.rounds
    report.notes = [
        "mem0 2.2.1: `Memory.search(top_k=10, threshold=0)` in its own process. Ours: over HTTP with key, rate limit "
        "and access log; and the same call to the whole application in its own process, without server and network. "
        "An embedder of constant time for all. Ratios are of medians of rounds one right after the other, least to "
        "most. spaCy and fastembed are not installed for mem0, without which it looks for words in pgvector only.",
    ]
    return report


def _figures(measured: Measured) -> tuple[float, float, float]:
    found = sum(measured.found) / len(measured.found)
    return found, percentile(measured.times, 0.5), percentile(measured.times, 0.95)


def _load(product: Product, options: argparse.Namespace) -> None:
    client = Client(product)
    people = [f"person{number}" for number in range(ORIGINALS)]
    texts = sentences(options.memories * ORIGINALS)
    for number, person in enumerate(people):
        said = texts[number::ORIGINALS]
        for start in range(0, len(said), BATCH):
            messages = [{"role": "user", "content": text} for text in said[start : start + BATCH]]
            client.add(messages, user_id=person, infer=False)
    with connect(product.data) as connection:
        fill(connection, people, copies=options.people // ORIGINALS - 1)


def _first_searches(client: Client, asked: Sequence[str]) -> tuple[float, float]:
    """Return p50 and p95 of searches of people about whom nothing was asked before."""
    for question in asked[:WARM]:
        client.search(question, user_id="person0")
    times = [_timed(client, f"person{number}-1", asked[number])[0] for number in range(3, ORIGINALS)]
    return percentile(times, 0.5), percentile(times, 0.95)


def _timed(client: Client, person: str, question: str) -> tuple[float, int]:
    began = time.perf_counter()
    found = client.search(question, user_id=person)
    return (time.perf_counter() - began) * 1000, len(found)


def _over_http(client: Client, person: str, asked: Sequence[str]) -> tuple[list[float], list[int]]:
    for question in asked[:WARM]:
        client.search(question, user_id=person)
    timed = [_timed(client, person, question) for question in asked]
    return [ms for ms, _found in timed], [found for _ms, found in timed]


def _in_process(application: Inside, person: str, asked: Sequence[str]) -> tuple[list[float], list[int]]:
    answer = application.search(person, asked)
    return answer["times"], answer["found"]


@contextmanager
def _mem0(
    store: str, database: str, parent: Path, options: argparse.Namespace
) -> Iterator[Callable[[str, Sequence[str]], tuple[list[float], list[int]]]]:
    """Run mem0 with a store, loaded; yield what searches it."""
    words = ["-m", "benchmarks.mem0_search", store, database, str(parent), options.people, options.memories]
    command = [str(word) for word in (mem0_environment.PYTHON, *words)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(person: str, asked: Sequence[str]) -> dict[str, Any]:
            print(json.dumps({"person": person, "questions": asked}), file=process.stdin, flush=True)
            return dict(json.loads(process.stdout.readline()))  # type: ignore[union-attr]

        def search(person: str, asked: Sequence[str]) -> tuple[list[float], list[int]]:
            tried = ask(person, asked[:1])["times"][0] / 1000
            answer = ask(person, asked[: max(LEAST, min(len(asked), int(SECONDS / tried)))])
            return answer["times"], answer["found"]

        try:
            process.stdout.readline()  # loaded
            yield search
        finally:
            process.stdin.close()
