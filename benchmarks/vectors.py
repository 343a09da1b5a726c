"""What exact search and an index on vectors cost and miss, by size of the store and number of people."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from benchmarks.product import PLAIN, folder
from benchmarks.report import Report, percentile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.planning.store import Store

EMBEDDER = "measured"
DIMENSIONS = 384
WORDS = 3
CANDIDATES = 400  # of which a search makes its answer
QUESTIONS = 20
WARM = 3
ADDED = 200
# Which share of the people is asked about, besides one of them alone.
SHARES = (0.05, 0.1, 0.2, 0.5, 1.0)
LEAST_SHARE = 0.02
ADD = """
INSERT INTO memories_memoryvector (memory_id, embedder, embedding)
SELECT memory_id, %s, embedding
FROM (SELECT memory_id, embedding FROM memories_memoryvector ORDER BY id LIMIT %s) AS few
"""
REMOVE = "DELETE FROM memories_memoryvector WHERE embedder = %s OR id > %s"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--stores", default="1000,100000", help="memories in the store (default 1000,100000)")
    parser.add_argument("--people", default="1,100,10000", help="people whose they are (default 1,100,10000)")
    parser.add_argument("--megabytes", type=int, default=1500, help="for making the index (default 1500)")


def run(options: argparse.Namespace) -> Report:
    """Fill a store of each size, make its index, and give its memories to more and more people."""
    report = Report(
        "vectors",
        f"The {CANDIDATES} nearest of {DIMENSIONS} dimensions within a scope, in Postgres",
        [
            *("memories", "people", "asked about", "in scope", "chosen"),
            *("exact p50 (ms)", "index p50 (ms)", "chosen p50 (ms)", "exact / chosen"),
            *("recall@10", "recall@400", "returned"),
        ],
    )
    with ExitStack() as stack:
        _start(stack.enter_context(folder()), stack, options.megabytes)
        for size in map(int, options.stores.split(",")):
            first, *others = [number for number in map(int, options.people.split(",")) if number <= size]
            _measure_store(report, size, first, others)
    report.notes = [
        f"Medians of {QUESTIONS} questions, exact and chosen in turn. Recall is of what was chosen, against the exact "
        "search. `returned` is the least that any question was given."
    ]
    return report


def _start(data: Path, stack: ExitStack, megabytes: int) -> None:
    """Have a database of our own, and Django on it."""
    os.environ.update(PLAIN, MEMORYHUB_DATA=str(data), VECTOR_INDEX_MEGABYTES=str(megabytes))
    os.environ.update(DJANGO_SETTINGS_MODULE="memoryhub.settings", CELERY_BROKER_URL="memory://")
    import django

    from memoryhub import embedded_postgres

    server = embedded_postgres.start(data / "postgres")
    stack.callback(server.cleanup)
    embedded_postgres.make_fast_and_unsafe(data / "postgres")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    stack.callback(connection.close)
    call_command("migrate", verbosity=0)


def _measure_store(report: Report, size: int, people: int, others: Sequence[int]) -> None:
    from accounts.models import User
    from accounts.services import personal_project
    from memories.models import VectorIndex
    from memories.services.vector_indexes import keep_indexes
    from tests.planning.store import Store, fill, give_to

    user = User.objects.create_user(f"{size}@example.com", "correct horse battery staple")
    embedder = f"{EMBEDDER}-{size}"
    store = Store(personal_project(user=user), size, people, DIMENSIONS, embedder, words=WORDS)
    fill(store)
    without = _adding(embedder)
    VectorIndex.objects.ask(embedder, DIMENSIONS)
    keep_indexes()
    index = VectorIndex.objects.get(pk=embedder)
    report.details[str(size)] = {
        "seconds to make the index": index.seconds,
        "megabytes of the index": _megabytes(index.name),
        "megabytes of the vectors": _megabytes("memories_memoryvector"),
        "ms to add a vector": without,
        "ms to add a vector that is indexed": _adding(embedder),
        "error": index.error,
    }
    print(report.details[str(size)], flush=True)
    for number in (people, *others):
        _measure_people(report, store if number == people else give_to(store, number))


def _measure_people(report: Report, store: Store) -> None:
    for asked in sorted({1, *(max(int(store.people * share), 1) for share in SHARES)}):
        row = _measure_scope(store, asked)
        report.rows.append((store.memories, store.people, asked, *row))
        print(*report.rows[-1], flush=True)


def _measure_scope(store: Store, asked: int) -> Sequence[str | float | int]:
    from django.conf import settings

    from memories.models import EndUser, Memory
    from memories.recall import nearest
    from memories.recall.scope import Scope
    from tests.planning.store import vectors

    people = EndUser.objects.filter(project=store.project, name__in=[f"p{number}" for number in range(asked)])
    memories = Memory.objects.in_project(store.project).holding()
    scope = Scope(memories if asked == store.people else memories.filter(end_user__in=people.values("pk")))
    count, total = scope.survey.count, store.memories
    given = [vector.tolist() for vector in next(vectors(QUESTIONS, DIMENSIONS, seed=7))]

    def exact(vector: list[float]) -> list[Any]:
        return scope.rows(nearest.EXACT, [str(vector), store.embedder, CANDIDATES])

    def by_index(vector: list[float]) -> list[Any]:
        return nearest.ask_index(scope, vector, embedder=store.embedder, limit=CANDIDATES, most=total)

    def chosen(vector: list[float]) -> list[Any]:
        return nearest.nearest(scope, vector, embedder=store.embedder, limit=CANDIDATES)

    (truth, slow), (found, fast) = _answers([exact, chosen], given)
    # Apart, because it leaves little of what the others read in the server's memory; and it would take minutes to
    # find what hardly anything in the store is.
    by = _answers([by_index], given)[0][1] if count >= total * LEAST_SHARE else "-"
    pays = count >= settings.VECTOR_INDEX_FROM and nearest.index_pays(count, total, CANDIDATES)
    recalls = (_recall(found, truth, k) for k in (10, CANDIDATES))
    times: tuple[float, float | str, float, float] = (slow, by, fast, slow / fast)
    return (count, "index" if pays else "exact", *times, *recalls, min(map(len, found)))


def _answers(
    ways: Sequence[Callable[[list[float]], list[Any]]], given: list[list[float]]
) -> list[tuple[list[list[Any]], float]]:
    """Return for each way the ids of its answers, and the median of the milliseconds they took; asked in turns."""
    answers: list[list[list[Any]]] = [[] for _ in ways]
    times: list[list[float]] = [[] for _ in ways]
    for number, vector in enumerate([*given[:WARM], *given]):
        for way, ask in enumerate(ways):
            began = time.perf_counter()
            rows = ask(vector)
            if number >= WARM:
                times[way].append((time.perf_counter() - began) * 1000)
                answers[way].append([row[0] for row in rows])
    return [(found, percentile(taken, 0.5)) for found, taken in zip(answers, times, strict=True)]


def _recall(found: list[list[Any]], truth: list[list[Any]], k: int) -> float:
    parts = [len(set(one[:k]) & set(other[:k])) / len(other[:k]) for one, other in zip(found, truth, strict=True)]
    return sum(parts) / len(parts)


def _adding(embedder: str) -> float:
    """Return the milliseconds that one more vector takes, of several that are written by one statement."""
    from tests.planning.store import unchecked

    with unchecked() as cursor:
        cursor.execute("ALTER TABLE memories_memoryvector DROP CONSTRAINT vector_once")
        cursor.execute("SELECT max(id) FROM memories_memoryvector")
        [last] = cursor.fetchone()
        times = []
        for _ in range(3):
            began = time.perf_counter()
            cursor.execute(ADD, [embedder, ADDED])
            times.append((time.perf_counter() - began) * 1000 / ADDED)
        cursor.execute(REMOVE, ["", last])
        cursor.execute("ALTER TABLE memories_memoryvector ADD CONSTRAINT vector_once UNIQUE (memory_id, embedder)")
    return percentile(times, 0.5)


def _megabytes(relation: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_relation_size(to_regclass(%s)), 0) / 1e6", [relation])
        return float(cursor.fetchone()[0])
