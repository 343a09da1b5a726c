"""What each version of a memory changed, as people read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Protocol

from memories.models import Memory, MemoryVersion
from memories.pages.diffs import Piece, diff


class Stand(Protocol):
    """A memory as it stood at some time: the row itself, one of its versions, or somebody's draft."""

    text: str
    categories: list[str]
    metadata: dict[str, Any]
    state: str
    layer: str
    pinned: bool
    expiration_date: date | None


@dataclass(slots=True)
class Draft:
    """A memory as somebody would have it."""

    text: str
    categories: list[str]
    expiration_date: date | None
    metadata: dict[str, Any] = field(default_factory=dict)
    state: str = Memory.State.ACTIVE
    layer: str = Memory.Layer.USER
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """A value that became another; None where there was, or is, none."""

    name: str
    old: str | date | None
    new: str | date | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two stands; whatever is empty stayed as it was."""

    text: list[Piece] = field(default_factory=list)
    categories_added: list[str] = field(default_factory=list)
    categories_removed: list[str] = field(default_factory=list)
    metadata: list[Turned] = field(default_factory=list)
    state: Turned | None = None
    layer: Turned | None = None
    pinned: bool | None = None
    expiration_date: Turned | None = None

    def __bool__(self) -> bool:
        lists = (self.text, self.categories_added, self.categories_removed, self.metadata)
        turned = (self.state, self.layer, self.expiration_date)
        return any(lists) or any(turned) or self.pinned is not None


@dataclass(frozen=True, slots=True)
class Step:
    """A version with what it changed; `changes` is None for the first, which has nothing before it."""

    version: MemoryVersion
    changes: Changes | None


def compare(old: Stand, new: Stand) -> Changes:
    """Return what leads from `old` to `new`."""
    return Changes(
        text=diff(old.text, new.text) if old.text != new.text else [],
        categories_added=[name for name in new.categories if name not in old.categories],
        categories_removed=[name for name in old.categories if name not in new.categories],
        metadata=_metadata(old.metadata, new.metadata),
        state=_turned("state", _state(old), _state(new)),
        layer=_turned("layer", _layer(old), _layer(new)),
        pinned=new.pinned if new.pinned != old.pinned else None,
        expiration_date=_turned("expiration_date", old.expiration_date, new.expiration_date),
    )


def steps(versions: Sequence[MemoryVersion], *, more: bool) -> list[Step]:
    """Return each version, newest first as given, with what it changed.

    With `more`, the last of them only serves as what the one before it is compared with.
    """
    found = [Step(version, compare(before, version)) for version, before in pairwise(versions)]
    if versions and not more:
        found.append(Step(versions[-1], None))
    return found


def _state(stand: Stand) -> str:
    return str(Memory.State(stand.state).label)


def _layer(stand: Stand) -> str:
    return str(Memory.Layer(stand.layer).label)


def _metadata(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Turned]:
    before, after = dict(readable(old)), dict(readable(new))
    turned = (_turned(key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after]))
    return [change for change in turned if change is not None]


def readable(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return metadata as lines: text as it is, everything else as JSON."""
    return [
        (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in metadata.items()
    ]


def _turned(name: str, old: str | date | None, new: str | date | None) -> Turned | None:
    return Turned(name, old, new) if old != new else None
