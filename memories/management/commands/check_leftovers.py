"""Look for what should be gone, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from memories.services.erasure.leftovers import find_leftovers


class Command(BaseCommand):
    """`manage.py check_leftovers`; its exit status tells whether anything was found."""

    help = (
        "Searches every table for words of purged memories, rows that lead to them, vectors without a memory, names "
        "of erased people. Workers do it daily; run it after a backup has been restored. It prints where, never what."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Search, and print what was found."""
        check = find_leftovers()
        for leftover in check.found:
            self.stdout.write(f"{leftover['store']} {leftover['row']}: {leftover['what']}")
        if check.found:
            raise CommandError(f"{len(check.found)} leftovers in {check.looked_at} rows that were looked at.")
        self.stdout.write(f"Nothing is left of what was erased; {check.looked_at} rows were looked at.")
