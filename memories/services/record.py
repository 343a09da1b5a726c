"""Receiving a conversation: stored whole before anything is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Project
from accounts.prepared import AnyInProject, Prepared
from accounts.principal import Principal
from memories.attachments.kinds import Attached
from memories.dispatch import ring_on_commit
from memories.ingestion.work import Ingestion
from memories.models import Agent, App, Attachment, EndUser, Event, Message, Run
from memories.models.attachment import content_fields
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS, Scoped
from memories.privacy.screening import Withheld, told
from memories.services.ingest import ingest, outcome, take_steps
from memories.services.inserting import insert, together
from memories.services.privacy import is_incognito, nothing_kept, screen_conversation
from memories.services.quotas import check_quotas
from memories.services.reconcile import write
from memories.services.webhooks.telling import tell_of_outcome
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it arrives, in words and attachments. `said_at` defaults to the time of its conversation."""

    role: str
    text: str
    speaker: str = ""
    said_at: datetime | None = None
    external_id: str = ""
    attachments: Sequence[Attached] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one call of an app brings.

    `entities` maps user_id, agent_id, app_id and run_id to names; at least one is given. `options` holds
    what ingestion must know later: see memories/ingestion/options.py. `wait` says that the sender waits until
    it is ingested, `incognito` that nothing of it is to be kept. `import_key` makes a second recording of the same
    conversation return the first one's event.
    """

    said: Sequence[Said]
    entities: Mapping[str, str]
    said_at: datetime | None = None
    infer: bool = True
    wait: bool = False
    incognito: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    import_key: str | None = None


def record(*, principal: Principal, project: Project, conversation: Conversation) -> Event:
    """Store the conversation as an event with its messages, and see that it is ingested.

    What the project withholds is masked or left out before anything is stored. Of an incognito conversation, or one
    in an incognito run, only an event without words is kept, which has succeeded.

    With `infer` a worker is told once the transaction is on disk. Without it, or with `wait`, the event is
    ingested before this returns; if a model fails it stays waiting and a worker tries again.
    Returns the event as it stands. Raises QuotaExceeded if the project may not be sent more.
    """
    if is_incognito(project, conversation):
        return _store_nothing(principal, project, conversation)
    conversation, withheld = screen_conversation(project, conversation)
    if is_simple(conversation) and (done := _record_at_once(principal, project, conversation, withheld)):
        return done
    with transaction.atomic():
        event, created = _store(principal, project, conversation, withheld)
        if created:
            check_quotas(project)
        at_once = conversation.wait or not conversation.infer
        if created and not at_once:
            ring_on_commit(event.pk)
    if created and at_once:
        ingest(event.pk)
        event.refresh_from_db()
    return event


def _store_nothing(principal: Principal, project: Project, conversation: Conversation) -> Event:
    """Keep that there was a conversation: with whom only if they are known already, and no word of it."""
    known = existing_entities(project=project, names=conversation.entities)
    fields = {
        **known,
        **nothing_kept(len(conversation.said)),
        "infer": conversation.infer,
        "said_at": conversation.said_at or timezone.now(),
        "status": Event.Status.SUCCEEDED,
        "user": principal.user,
        "api_key": principal.api_key,
    }
    if conversation.import_key:
        event, created = Event.objects.get_or_create(
            project=project, import_key=conversation.import_key, defaults=fields
        )
    else:
        event, created = Event.objects.create(project=project, **fields), True
    if created:
        event.completed_at = event.created_at
        event.save(update_fields=["completed_at"])
    return event


def is_simple(conversation: Conversation) -> bool:
    """Tell whether the conversation is kept as it is: there is nothing to extract, to fetch or to recognize."""
    attached = any(turn.attachments for turn in conversation.said)
    return not (conversation.infer or conversation.import_key or attached)


def _record_at_once(
    principal: Principal, project: Project, conversation: Conversation, withheld: Withheld
) -> Event | None:
    """Store the conversation and its memories in one transaction; None if a model failed, and nothing is stored.

    Models are asked before it begins. As nobody else can know of the event, it needs neither a claim nor a lease.
    """
    event, messages = _rows(principal, project, conversation, withheld)
    work = Ingestion(event=event, messages=messages, stored=False)
    try:
        take_steps(work)
    except ProviderError:
        return None
    for name, value in outcome(work).items():
        setattr(event, name, value)
    event.status, event.attempts, event.tries = Event.Status.SUCCEEDED, 1, 1
    event.created_at = event.started_at = event.available_at
    event.completed_at = timezone.now()
    with transaction.atomic():
        scope = resolve_entities(project=project, names=conversation.entities)
        _place(scope, [event, *messages])
        # A pipeline: what follows is sent without waiting for an answer to each statement, but where one is needed.
        # Nothing in it may rely on an error to come at once, as making an entity that somebody else makes does.
        with AnyInProject.asked_once(), connection.connection.pipeline():
            with together():
                insert([event])
                insert(messages)
                check_quotas(project)
                write(work)
            if work.refusals:
                event.refusals = outcome(work)["refusals"]
                # Not save(): in a pipeline the number of rows is not known yet, which it takes for none.
                Event.objects.filter(pk=event.pk).update(refusals=event.refusals)
            tell_of_outcome(event)
    _place(scope, [version.memory for version in work.versions])
    event.written = work.versions
    return event


def _store(
    principal: Principal, project: Project, conversation: Conversation, withheld: Withheld
) -> tuple[Event, bool]:
    event, messages = _rows(principal, project, conversation, withheld)
    scope = resolve_entities(project=project, names=conversation.entities)
    _place(scope, [event, *messages])
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        if conversation.import_key is None:
            raise
        return Event.objects.get(project=project, import_key=conversation.import_key), False
    Message.objects.bulk_create(messages)
    for message, turn in zip(messages, conversation.said, strict=True):
        _attach(message, turn.attachments, {"project": project, **scope})
    return event, True


def _rows(
    principal: Principal, project: Project, conversation: Conversation, withheld: Withheld
) -> tuple[Event, list[Message]]:
    """Build the event and its messages, which belong to nobody yet."""
    said_at = conversation.said_at or timezone.now()
    event = Event(
        project=project,
        infer=conversation.infer,
        options=dict(conversation.options),
        withheld=told(withheld),
        import_key=conversation.import_key,
        said_at=said_at,
        user=principal.user,
        api_key=principal.api_key,
    )
    messages = [
        Message(
            project=project,
            event=event,
            position=position,
            role=turn.role,
            speaker=turn.speaker,
            text=turn.text,
            external_id=turn.external_id,
            said_at=turn.said_at or said_at,
        )
        for position, turn in enumerate(conversation.said)
    ]
    return event, messages


def _place(scope: Mapping[str, NamedScope], rows: Sequence[Scoped]) -> None:
    """Say whose the rows are."""
    for row in rows:
        for name, entity in scope.items():
            setattr(row, name, entity)


def _attach(message: Message, attachments: Sequence[Attached], scope: Mapping[str, Any]) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            **scope,
            message=message,
            position=position,
            kind=attached.kind,
            source_url=attached.url,
            **(content_fields(attached.content, attached.media_type) if attached.content else {}),
        )
        for position, attached in enumerate(attachments)
    )


def resolve_entities(*, project: Project, names: Mapping[str, str]) -> dict[str, NamedScope]:
    """Return the end user, agent, app and run that `names` names, created where new, by field name."""
    found = existing_entities(project=project, names=names)
    for key, field_name in ENTITY_FIELDS.items():
        if (name := names.get(key)) and field_name not in found:
            model, _query = _NAMED[field_name]
            found[field_name], _created = model._default_manager.get_or_create(project=project, name=name)
    return found


def existing_entities(*, project: Project, names: Mapping[str, str]) -> dict[str, NamedScope]:
    """Return those of the end user, agent, app and run that `names` names and that there are, by field name."""
    return {
        field_name: row
        for key, field_name in ENTITY_FIELDS.items()
        if (name := names.get(key))
        for row in _NAMED[field_name][1](project=project.pk, name=name)
    }


def _named(model: type[NamedScope]) -> Prepared[NamedScope]:
    return Prepared(
        lambda project, name: model._default_manager.filter(project=project, name=name).order_by(),
        {"project": UUID, "name": str},
    )


_NAMED: dict[str, tuple[type[NamedScope], Prepared[NamedScope]]] = {
    field_name: (model, _named(model))
    for field_name, model in (("end_user", EndUser), ("agent", Agent), ("app", App), ("run", Run))
}
