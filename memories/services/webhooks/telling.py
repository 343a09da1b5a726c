"""What happened, written down for each webhook that wants to know, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.prepared import AnyInProject
from memories.dispatch import ring_for_webhooks
from memories.models import Event, Memory, MemoryVersion, Webhook, WebhookDelivery
from memories.models.stated import State
from memories.models.webhook import PING, EventType

CHANGES = (EventType.MEMORY_ADD, EventType.MEMORY_UPDATE, EventType.MEMORY_DELETE)
# States in which a memory is not there for apps.
UNSEEN = (State.PENDING, State.DELETED)
# As mem0 writes them in the body.
WORDS: dict[str, str] = {
    EventType.MEMORY_ADD: "ADD",
    EventType.MEMORY_UPDATE: "UPDATE",
    EventType.MEMORY_DELETE: "DELETE",
}
# Content is gone, so nobody is told any.
ERASED = ""

Told = tuple[UUID, EventType, UUID, dict[str, Any]]


def tell_of_changes(memories: Sequence[Memory]) -> None:
    """Tell of memories that were changed, and of those that got other categories by it.

    What awaits review is for the people who review: nobody is told of it before it is approved.
    """
    webhooks = _listening({memory.project_id for memory in memories}, *CHANGES, EventType.MEMORY_CATEGORIZE)
    if not webhooks:
        return
    before = _before(memories)
    kinds = [(m, _kind(m, before.get(m.pk))) for m in memories]
    told: list[Told] = [
        (m.project_id, kind, m.pk, memory_payload(kind, m.pk, m.text)) for m, kind in kinds if kind is not None
    ]
    told += [
        (m.project_id, EventType.MEMORY_CATEGORIZE, m.pk, _categories_payload(m))
        for m, kind in kinds
        if kind in (EventType.MEMORY_ADD, EventType.MEMORY_UPDATE) and _categorized(m, before.get(m.pk))
    ]
    _write(webhooks, told)


def _kind(memory: Memory, before: MemoryVersion | None) -> EventType | None:
    """Return what a change is for those who don't see the trash or what awaits review; None for nothing."""
    was, is_now = before is not None and before.state not in UNSEEN, memory.state not in UNSEEN
    if is_now:
        return EventType.MEMORY_UPDATE if was else EventType.MEMORY_ADD
    return EventType.MEMORY_DELETE if was else None


def tell_of_erasure(memories: Sequence[Memory]) -> None:
    """Tell of memories that are erased at once, without having been in the trash; what they said is not told."""
    webhooks = _listening({memory.project_id for memory in memories}, EventType.MEMORY_DELETE)
    kind = EventType.MEMORY_DELETE
    _write(webhooks, [(m.project_id, kind, m.pk, memory_payload(kind, m.pk, ERASED)) for m in memories])


def tell_of_outcome(event: Event) -> None:
    """Tell that a job has succeeded, wholly or in part, or failed; the row says which."""
    kind = EventType.INGEST_JOB_COMPLETED
    if event.status == Event.Status.FAILED:
        kind = EventType.INGEST_JOB_FAILED
    elif event.refusals:
        kind = EventType.INGEST_JOB_PARTIALLY_COMPLETED
    if webhooks := _listening({event.project_id}, kind):
        _write(webhooks, [(event.project_id, kind, event.pk, _job_payload(kind, event))])


def tell_of_cancelled(events: Sequence[Event]) -> None:
    """Tell of jobs that are erased before they are done."""
    kind = EventType.INGEST_JOB_CANCELLED
    if webhooks := _listening({event.project_id for event in events}, kind):
        _write(webhooks, [(event.project_id, kind, event.pk, _job_payload(kind, event)) for event in events])


def send_test(webhook: Webhook) -> WebhookDelivery:
    """Have the webhook sent a delivery that tells of nothing."""
    payload = {"event_details": {"event": "PING", "webhook_id": str(webhook.pk), "name": webhook.name}}
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
        ring_for_webhooks()
        return WebhookDelivery.objects.create(
            webhook=webhook,
            project_id=webhook.project_id,
            event_type=PING,
            payload=payload,
            available_at=webhook.first_in_line,
        )


def memory_payload(kind: EventType, memory_id: UUID, text: str) -> dict[str, Any]:
    """Return the body for a memory that was added, changed or deleted, as mem0 writes it."""
    return {"event_details": {"id": str(memory_id), "data": {"memory": text}, "event": WORDS[kind]}}


def _categories_payload(memory: Memory) -> dict[str, Any]:
    return {
        "event_details": {"event": "CATEGORIZE", "memory_id": str(memory.pk), "categories": list(memory.categories)}
    }


def _job_payload(kind: EventType, event: Event) -> dict[str, Any]:
    """Return the body for a job: ids and its cause of failure, no content."""
    details: dict[str, Any] = {"id": str(event.pk), "event": kind.upper(), "status": event.status}
    if kind == EventType.INGEST_JOB_CANCELLED:
        details["status"] = "CANCELLED"
    elif kind == EventType.INGEST_JOB_FAILED:
        details |= {"error": event.error, "error_code": event.error_code}
    else:
        added = event.versions.filter(change=MemoryVersion.Change.ADD).order_by("id")
        details["memory_ids"] = [str(pk) for pk in added.values_list("memory_id", flat=True)]
        details["refused"] = len(event.refusals)
    return {"event_details": details}


def _before(memories: Sequence[Memory]) -> dict[UUID, MemoryVersion]:
    """Return each memory's previous version; none for a new one."""
    ids = [memory.pk for memory in memories]
    previous = MemoryVersion.objects.filter(memory__in=ids, number=F("memory__version") - 1)
    return {version.memory_id: version for version in previous.only("memory_id", "state", "categories")}


def _categorized(memory: Memory, before: MemoryVersion | None) -> bool:
    """Tell whether the categories are other than those that were told of last."""
    seen = before is not None and before.state != State.PENDING
    return memory.categories != (before.categories if before is not None and seen else [])


_any_webhook = AnyInProject(Webhook)


def _listening(projects: Iterable[UUID], *kinds: EventType) -> list[Webhook]:
    if not any(_any_webhook(project=project) for project in projects):
        return []
    return Webhook.objects.filter(project__in=list(projects)).told_of(*kinds).held()


def _write(webhooks: Sequence[Webhook], told: Sequence[Told]) -> None:
    """Write a delivery for each pair of webhook and event that belong together, and ring on commit."""
    deliveries = [
        WebhookDelivery(webhook=webhook, project_id=project, event_type=kind, object_id=object_id, payload=payload)
        for project, kind, object_id, payload in told
        for webhook in webhooks
        if webhook.project_id == project and kind in webhook.event_types
    ]
    if deliveries:
        WebhookDelivery.objects.bulk_create(deliveries, batch_size=1000)
        ring_for_webhooks()
