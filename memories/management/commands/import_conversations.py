"""Read conversations from a file into a project."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.models import Membership, Project
from accounts.principal import Principal
from memories.models import Event, Memory
from memories.samples.conversations import read_samples
from memories.services.importing import conversations
from memories.services.ingest import ingest
from memories.services.quotas import QuotaExceeded
from memories.services.record import Conversation, record


class Command(BaseCommand):
    """`manage.py import_conversations FILE --project ID`."""

    help = (
        "Imports LoCoMo-format JSON: one end user per conversation, one run per session, each with its own date. "
        "What has been imported already is skipped, so an interrupted import is simply run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="the project's id, as first-run.json has it")
        parser.add_argument("--verbatim", action="store_true", help="keep every turn as one memory; extract nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Record every session, help the workers ingest them, and say what came of it."""
        project = _project(options["project"])
        principal = _owner(project)
        sessions = _sessions(options["file"], infer=not options["verbatim"])
        started = time.monotonic()
        before = Memory.objects.in_project(project).count()
        try:
            events = [
                record(principal=principal, project=project, conversation=session)
                for session in tqdm(sessions, desc="Recording", unit="session")
            ]
        except QuotaExceeded as error:
            raise CommandError(f"{error} What was recorded before that is kept.") from error
        failed = self._ingest([event.pk for event in events if event.status != Event.Status.SUCCEEDED])
        seconds = time.monotonic() - started
        added = Memory.objects.in_project(project).count() - before
        self.stdout.write(
            f"{len(events)} sessions, {added} new memories in {seconds:.1f} s ({added / seconds:.0f} memories/s)."
        )
        if failed:
            raise CommandError(f"{failed} sessions failed; the jobs page says why and tries them again.")

    def _ingest(self, events: list[UUID]) -> int:
        """Work through the events beside any running worker, wait for those in its hands, return the failures."""
        for event_id in tqdm(events, desc="Ingesting", unit="session"):
            ingest(event_id)
        while Event.objects.filter(pk__in=events, status=Event.Status.RUNNING).exists():
            time.sleep(0.2)
        waiting = Event.objects.filter(pk__in=events, status=Event.Status.PENDING)
        for event in waiting:
            self.stderr.write(f"Session {event} will be tried again by a worker: {event.error}")
        return Event.objects.filter(pk__in=events, status=Event.Status.FAILED).count()


def _project(project_id: str) -> Project:
    try:
        return Project.objects.get(pk=project_id)
    except (Project.DoesNotExist, ValidationError) as error:
        raise CommandError(
            f"There is no project {project_id}. first-run.json and the home page have its id."
        ) from error


def _owner(project: Project) -> Principal:
    owners = Membership.objects.filter(organization=project.organization_id, role=Membership.Role.OWNER)
    membership = owners.select_related("user").order_by("created_at").first()
    if membership is None:
        raise CommandError(f"The organization of project {project} has no owner to import for.")
    return Principal(user=membership.user)


def _sessions(file: Path, *, infer: bool) -> Iterable[Conversation]:
    try:
        sessions = [
            session
            for sample in read_samples(file)
            for session in conversations(sample, end_user=_name(sample), infer=infer)
        ]
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from error
    if not sessions:
        raise CommandError(f"{file} holds no session with a turn in it.")
    return sessions


def _name(sample: dict[str, Any]) -> str:
    """Return what the sample's end user is called."""
    if not (name := str(sample.get("sample_id") or "")):
        raise ValueError('a sample has no "sample_id", which names its end user.')
    return name
