"""Bring the database to the state that this version of the code needs; safe to run at each start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from memories.providers import remember_embedder
from memoryhub.broker import install_schema


class Command(BaseCommand):
    """Migrate, create what migrations don't (the broker's schema and the cache table), and note the embedder."""

    help = "Migrates the database, installs the broker's schema and the cache table, and notes the embedder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every step; each does nothing where it has been done."""
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=options["verbosity"])
        _renumber_changes()
        remember_embedder()
        if settings.CELERY_BROKER_URL.startswith("pgmq"):
            install_schema(settings.CELERY_TASK_DEFAULT_QUEUE)


def _renumber_changes() -> None:
    """Have recall's indexes see changes again in a database that was restored where transactions count from anew.

    A memory would seem to be written by a transaction that has yet to come; the trigger gives it the present one.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE memories_memory SET changed_in = '0' WHERE changed_in > pg_current_xact_id()")
