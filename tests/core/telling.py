"""Telling something as an app does that has it kept as it is, and several apps at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import Event
from memories.services.record import Conversation, Said, record

Tell = Callable[..., Event]


def teller(user: User, project: Project) -> Tell:
    """Return what tells texts as `user`; entities are given by their kind and name."""
    principal = Principal(user=user)

    def tell(*texts: str, **names: str) -> Event:
        entities = {f"{kind}_id": name for kind, name in names.items()}
        conversation = Conversation(said=[Said("user", text) for text in texts], entities=entities, infer=False)
        return record(principal=principal, project=project, conversation=conversation)

    return tell


def at_the_same_time(work: Callable[[Any], Any], items: Sequence[Any], threads: int = 6) -> list[Any]:
    """Do `work` for each item, and close each thread's connection after its last."""

    def closing(item: Any) -> Any:
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(closing, items))
