"""Change projects to the configured embedder, or see how far that is."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from memories.models import EmbedderChange
from memories.services.embedders.asking import CannotChange, ask_all, cancel, to_change, try_again
from memories.services.embedders.telling import standing
from providers.errors import ProviderError

REQUESTER = "manage.py change_embedder"


class Command(BaseCommand):
    """`manage.py change_embedder [PROJECT …|--all] [--retry|--cancel]`; workers do the work."""

    help = (
        "Changes projects to the configured embedder: their memories are embedded by it beside what is in use, then "
        "the project is switched. Without arguments it prints how far that is; its exit status tells of failures."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take which projects, and what to do with them."""
        parser.add_argument("projects", nargs="*", metavar="project", help="ids of projects")
        parser.add_argument("--all", action="store_true", help="every project that it concerns")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--retry", action="store_true", help="try failed changes again")
        what.add_argument("--cancel", action="store_true", help="cancel what is not switched yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked, then print how it stands."""
        chosen = self._chosen(options["projects"], everything=options["all"])
        try:
            if options["retry"] or options["cancel"]:
                for change in EmbedderChange.objects.open().filter(project__in=chosen):
                    try_again(change) if options["retry"] else cancel(change, requester=REQUESTER)
            else:
                concerned = {project.pk for project in to_change()} if options["all"] else {p.pk for p in chosen}
                if asked := [project for project in chosen if project.pk in concerned]:
                    ask_all(projects=asked, requester=REQUESTER)
        except (CannotChange, ProviderError) as error:
            raise CommandError(str(error)) from error
        self._tell()

    def _chosen(self, ids: list[str], *, everything: bool) -> list[Project]:
        if everything:
            return list(Project.objects.order_by("pk"))
        try:
            found = list(Project.objects.filter(pk__in=ids))
        except ValidationError as error:
            raise CommandError("Projects are named by their ids, which are UUIDs.") from error
        if missing := set(ids) - {str(project.pk) for project in found}:
            raise CommandError(f"There is no project {', '.join(sorted(missing))}.")
        return found

    def _tell(self) -> None:
        for change in EmbedderChange.objects.open().select_related("project").order_by("created_at"):
            left = f", {change.seconds_left:.0f} s left" if change.seconds_left is not None else ""
            self.stdout.write(
                f"{change.project_id} {change.project}: {change} {change.status} {change.phase} "
                f"{change.done}/{change.total}{left} {change.error}".rstrip()
            )
        for project in to_change():
            self.stdout.write(f"{project.pk} {project}: {project.embedder}, not changed yet")
        now = standing()
        self.stdout.write(f"{now.status}: {now.configured} is configured.")
        if now.failed:
            raise CommandError("Mend what is named above, then run it again with --retry.")
