"""What is said and looked for in the tests of recall's index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.principal import Principal
from memories.models import Memory
from memories.recall.resident.shelf import SHELF
from memories.services.changes import Actor
from memories.services.record import Conversation, Said, record

ACTOR = Actor(label="a test")
Find = Callable[..., list[str]]
TALK = (
    "My cat is called Biscuit",
    "Is it raining?",
    "I moved to Osaka in May",
    "去年の春に京都へ引っ越した",
    "Green tea",
)
QUERIES = ("When did Ann move?", "cat", "京都", "tea or rain?", "nothing like that", "Biscuit 2026")


def given(**filters: str) -> dict[str, Any]:
    return {"filters": filters, "latest_only": True, "show_expired": False}


def say(key: Principal, *texts: str, user_id: str = "ann", **entities: str) -> list[Memory]:
    assert key.api_key is not None
    conversation = Conversation(
        said=[Said(role="user", text=text, speaker="Ann") for text in texts],
        entities={"user_id": user_id, **entities},
        infer=False,
    )
    event = record(principal=key, project=key.api_key.project, conversation=conversation)
    return list(Memory.objects.filter(versions__event=event).order_by("place"))


def kept() -> list[int]:
    """Return the sizes of the indexes that are kept."""
    return [one.index.size for one in SHELF._kept.values() if one.index]
