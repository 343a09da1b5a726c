"""Every table in which somebody's words can be, and which of its rows an erasure concerns.

`tests/erasure/test_stores.py` walks all models: one that holds words, or leads to a memory or a person, is listed
here or in UNCONCERNED with the reason why not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext

from accounts.models import ApiKey
from memories.models import (
    AccessLog,
    Agent,
    App,
    Attachment,
    Conflict,
    EndUser,
    Event,
    Feedback,
    KeyedCall,
    Memory,
    MemoryExport,
    MemoryVector,
    MemoryVersion,
    Message,
    Profile,
    ProfileLine,
    ProfileRequest,
    Rollback,
    Run,
    SavedFilter,
    Suppression,
    WebhookDelivery,
)
from memories.models.webhook import EventType
from memories.privacy.marks import ERASED
from memories.services.erasure.naming import access_of, exports_naming, filters_naming
from memories.services.erasure.traces import Traces

Rows = Callable[[Traces], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Store:
    """A table: `rows` returns those that still hold what is to be erased, so that none may be left afterwards.

    Where rows stay and lose their words, `blanks` names the columns that are emptied and `leaves` those that never
    hold any. `texts` are columns that may say what a memory said, `names` those that may name somebody; both for the
    search for leftovers, which looks at rows from before the erasure by the column `made`.
    """

    model: type[Model]
    rows: Rows
    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    made: str = "created_at"

    @property
    def label(self) -> str:
        """Return the name under which certificates and checks list it."""
        return self.model._meta.label

    @property
    def title(self) -> str:
        """Return its name for people."""
        return (
            gettext("Links to messages")
            if self.model._meta.auto_created
            else str(self.model._meta.verbose_name_plural)
        )


def _of_memory(model: type[Model]) -> Rows:
    return lambda traces: model._default_manager.filter(memory__in=traces.memories)


def _named(model: type[Model], field: str) -> Rows:
    """Return the entity itself; of runs also those in which only the erased person takes part."""

    def rows(traces: Traces) -> QuerySet[Any]:
        ids = {traces.entity_id} if traces.field == field else set()
        return model._default_manager.filter(pk__in=ids | (set(traces.runs) if field == "run" else set()))

    return rows


def _exports(traces: Traces) -> QuerySet[MemoryExport]:
    return exports_naming(traces) | MemoryExport.objects.filter(memory_ids__overlap=list(traces.memories))


def _lines(traces: Traces) -> QuerySet[ProfileLine]:
    theirs = Q(profile__end_user=traces.entity_id) if traces.is_person else Q(pk=None)
    return ProfileLine.objects.filter(Q(memory_ids__overlap=list(traces.memories)) | theirs)


def _answers(traces: Traces) -> QuerySet[KeyedCall]:
    kept = KeyedCall.objects.filter(answer__isnull=False)
    if traces.entity_id is None:
        return kept.filter(subjects__overlap=list(traces.memories))
    # An answer may name an entity without any id by which it could be found.
    return kept.filter(project__in=traces.projects)


def _deliveries(traces: Traces) -> QuerySet[WebhookDelivery]:
    told = WebhookDelivery.objects.filter(object_id__in=traces.memories | traces.events, payload__isnull=False)
    # News of a deletion is still sent, without words; that of a job which is cancelled has none.
    told = told.exclude(event_type=EventType.INGEST_JOB_CANCELLED)
    return told.exclude(event_type=EventType.MEMORY_DELETE, payload__event_details__data__memory="")


def _turns(traces: Traces) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=traces.turns).exclude(text=ERASED)


def _requests(traces: Traces) -> QuerySet[ProfileRequest]:
    named = ProfileRequest.objects.filter(project__in=traces.projects, end_user_name=traces.name)
    return named if traces.is_person else named.none()


def _keys(traces: Traces) -> QuerySet[ApiKey]:
    limited = ApiKey.objects.filter(project__in=traces.projects, end_user_name=traces.name)
    return limited if traces.is_person else limited.none()


def _suppressed(traces: Traces) -> QuerySet[Suppression]:
    # Purging a memory leaves it, sealed: it is there to keep that memory from coming back.
    of_person = Suppression.objects.filter(end_user=traces.entity_id, end_user__isnull=False)
    return of_person if traces.is_person else of_person.none()


def _at_odds(traces: Traces) -> QuerySet[Conflict]:
    return Conflict.objects.filter(Q(older__in=traces.memories) | Q(newer__in=traces.memories))


def _rollbacks(traces: Traces) -> QuerySet[Rollback]:
    of_source = Q(event__in=traces.events)
    for kind in ("run", "app"):
        of_source |= Q(**{kind: traces.entity_id, f"{kind}__isnull": False})
    return Rollback.objects.filter(of_source)


STATED = ("text", "metadata")
STORES: tuple[Store, ...] = (
    Store(Memory, lambda traces: Memory.objects.filter(pk__in=traces.memories), texts=STATED),
    Store(MemoryVersion, _of_memory(MemoryVersion), texts=STATED),
    Store(MemoryVector, _of_memory(MemoryVector), made="memory__created_at"),
    Store(Memory.sources.through, _of_memory(Memory.sources.through), made="memory__created_at"),
    Store(Feedback, _of_memory(Feedback), texts=("reason",)),
    Store(
        Message,
        _turns,
        texts=("text",),
        blanks=("text",),
        leaves=("speaker", "external_id"),
        made="event__created_at",
    ),
    Store(Attachment, lambda traces: Attachment.objects.filter(message__in=traces.turns), texts=("text",)),
    Store(
        Event,
        lambda traces: Event.objects.filter(pk__in=traces.events),
        texts=("refusals", "options"),
        blanks=("options", "refusals", "notes"),
        leaves=("import_key", "withheld", "error", "error_code", "extractor", "model"),
    ),
    Store(Profile, lambda traces: Profile.objects.filter(end_user=traces.entity_id if traces.is_person else None)),
    Store(ProfileLine, _lines, texts=("value",), made="profile__created_at"),
    Store(ProfileRequest, _requests, names=("end_user_name",)),
    Store(MemoryExport, _exports, texts=("result",), names=("filters", "end_user_name")),
    Store(SavedFilter, filters_naming, names=("filters", "query"), made="updated_at"),
    Store(AccessLog, access_of, names=("query",)),
    Store(
        KeyedCall,
        _answers,
        texts=("answer",),
        blanks=("answer", "subjects"),
        leaves=("name", "fingerprint"),
    ),
    Store(
        WebhookDelivery,
        _deliveries,
        texts=("payload", "answer"),
        blanks=("payload", "answer"),
        leaves=("error",),
    ),
    Store(
        ApiKey,
        _keys,
        names=("end_user_name",),
        blanks=("end_user_name",),
        leaves=("name", "prefix", "digest", "rate_limit"),
    ),
    Store(Conflict, _at_odds),
    Store(Suppression, _suppressed, texts=("text",)),
    Store(Rollback, _rollbacks),
    Store(EndUser, _named(EndUser, "end_user"), names=("name",)),
    Store(Run, _named(Run, "run"), names=("name",)),
    Store(Agent, _named(Agent, "agent"), names=("name",)),
    Store(App, _named(App, "app"), names=("name",)),
)

# Holds nobody's words, or is itself the note that something is gone.
UNCONCERNED: dict[str, str] = {
    "accounts.User": "Somebody who signs in; an end user who is linked to one is another row.",
    "accounts.Organization": "The tenant's own name.",
    "accounts.Membership": "Who belongs to an organization.",
    "accounts.Project": "Its settings, written by those who administer it.",
    "accounts.ProjectMembership": "Who belongs to a project.",
    "accounts.AuditEntry": "Ids and numbers, never content; it stays to tell that something was erased.",
    "accounts.RequestCount": "Counts of calls.",
    "memories.EmbedderChange": "How far a project's vectors are made anew: ids, numbers and names of models.",
    "memories.KnownEmbedder": "How an embedder was configured.",
    "memories.ModelCall": "What a call of a model cost: ids, numbers and names of models.",
    "memories.ProfileSettings": "The shape of a project's profiles, written by those who administer it.",
    "memories.ReviewRule": "A rule of a project's, written by those who administer it.",
    "memories.SourceTrust": "How far an app, agent or key is trusted; it goes with that.",
    "memories.Webhook": "An address of an app.",
    "memories.Tombstone": "Keyed hashes of what was erased.",
    "memories.ErasureCertificate": "Counts of what was erased, and a keyed hash.",
    "memories.VectorIndex": "An index on an embedder's vectors; Postgres keeps it by the vectors themselves.",
    "memories.VisitMark": "How far reads have been counted: two numbers.",
    "memories.LeftoverCheck": "Where something was left, never what.",
}


def counted(traces: Traces) -> dict[str, int]:
    """Return how many rows of each store hold what an erasure would take, by label; stores without any left out."""
    counts = {store.label: store.rows(traces).count() for store in STORES}
    return {label: count for label, count in counts.items() if count}


def titles() -> dict[str, str]:
    """Return the stores' names for people, by label."""
    return {store.label: store.title for store in STORES}
