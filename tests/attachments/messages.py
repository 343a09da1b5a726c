"""Messages that bring something, and what became of them."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.attachments.kinds import Attached
from memories.models import Event, Memory
from memories.services.ingest import ingest
from memories.services.record import Conversation, Said, record


def is_look(request: dict[str, Any]) -> bool:
    return request["model"] == "sees"


def at(kind: str, url: str) -> Attached:
    return Attached(kind=kind, url=url)


def tell(user: User, text: str, *attachments: Attached, role: str = "user", **more: Any) -> Event:
    said = [Said(role=role, text=text, attachments=attachments), *more.pop("then", [])]
    conversation = Conversation(said=said, entities={"user_id": "ann"}, **more)
    return record(principal=Principal(user=user), project=personal_project(user=user), conversation=conversation)


def done(event: Event) -> Event:
    ingest(event.pk)
    event.refresh_from_db()
    return event


def texts() -> list[str]:
    return sorted(Memory.objects.values_list("text", flat=True))
