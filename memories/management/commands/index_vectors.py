"""Make the indexes on vectors that are due, and tell how they stand."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from memories.models import MemoryVector, VectorIndex
from memories.services.vector_indexes import is_there, keep_indexes


class Command(BaseCommand):
    """`manage.py index_vectors [--all]`."""

    help = (
        "Makes the indexes on vectors for which searches had use, which workers do by themselves, too. With --all "
        "also those for which none had use yet: before a large store is opened. Its exit status tells of failures."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take whether to wait for searches."""
        parser.add_argument("--all", action="store_true", help="for every embedder that projects use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, then print each."""
        if options["all"]:
            for embedder in Project.objects.values_list("embedder", flat=True).distinct():
                if (vector := MemoryVector.objects.filter(embedder=embedder).first()) is not None:
                    VectorIndex.objects.ask(embedder, len(vector.embedding))
        VectorIndex.objects.exclude(error="").update(tried_at=None)
        keep_indexes()
        missing = [index for index in VectorIndex.objects.order_by("embedder") if not self._tell(index)]
        if missing:
            raise CommandError(f"Not there: {', '.join(map(str, missing))}.")

    def _tell(self, index: VectorIndex) -> bool:
        there = is_there(index)
        what = f"made in {index.seconds:.0f} s" if there and index.seconds is not None else index.error
        self.stdout.write(f"{index}: {index.name}, {'there' if there else 'missing'}. {what}".rstrip())
        return there
