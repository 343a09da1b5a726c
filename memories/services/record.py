"""Receiving a conversation: stored whole before anything is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Project
from accounts.principal import Principal
from memories.attachments.kinds import Attached
from memories.dispatch import ring_on_commit
from memories.models import Attachment, Event, Message
from memories.models.attachment import content_fields
from memories.privacy.screening import Withheld, told
from memories.services.at_once import expect_no_more, record_at_once
from memories.services.entities import belong, existing_entities, resolve_entities
from memories.services.fresh import fresh
from memories.services.ingest import ingest
from memories.services.privacy import is_incognito, nothing_kept, screen_conversation
from memories.services.quotas import check_quotas


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
    Returns the event as it stands. Raises QuotaExceeded if the project may not be sent more, and Changed, with nothing
    stored, if the principal's key has.
    """
    if is_incognito(project, conversation):
        expect_no_more()
        principal.confirm()
        return _store_nothing(principal, project, conversation)
    conversation, withheld = screen_conversation(project, conversation)
    if is_simple(conversation):
        rows = _rows(principal, project, conversation, withheld)
        if done := record_at_once(principal, project, conversation.entities, *rows):
            return done
    expect_no_more()
    principal.confirm()
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


def _store(
    principal: Principal, project: Project, conversation: Conversation, withheld: Withheld
) -> tuple[Event, bool]:
    event, messages = _rows(principal, project, conversation, withheld)
    scope = resolve_entities(project=project, names=conversation.entities)
    belong([event, *messages], scope)
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
    event = fresh(
        Event,
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
        fresh(
            Message,
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
