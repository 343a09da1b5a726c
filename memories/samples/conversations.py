"""Reading conversations in the format of LoCoMo: sessions with a date, turns with a speaker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROLES = frozenset({"user", "assistant", "system"})

_SESSION = re.compile(r"session_(\d+)\Z")
_DATE = re.compile(r"\s*(\d{1,2}):(\d\d)\s*([ap])m\s+on\s+(\d{1,2})\s+([a-z]+),?\s+(\d{4})\s*\Z", re.IGNORECASE)
# Not strptime: it would read the names of the months in the server's language.
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class SessionTurn:
    """One message. `role` is "user" unless the file says otherwise: in LoCoMo both speakers are people."""

    dia_id: str
    speaker: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of a conversation; `started_at` is timezone-aware, in UTC as the format names none."""

    number: int
    started_at: datetime
    turns: tuple[SessionTurn, ...]


def read_samples(path: str | Path) -> list[dict[str, Any]]:
    """Return the samples in a JSON file that holds a list of them or a single one; raise ValueError."""
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}.") from error
    samples = content if isinstance(content, list) else [content]
    if not samples:
        raise ValueError(f"{path} holds no conversations.")
    for number, sample in enumerate(samples, start=1):
        if not isinstance(sample, dict) or not isinstance(sample.get("conversation"), dict):
            raise ValueError(f'{path}: entry {number} is no sample: it has no "conversation" object.')
    return samples


def iter_sessions(sample: dict[str, Any]) -> Iterator[Session]:
    """Yield the sessions of `sample` by number, without those that have no turns; raise ValueError."""
    name = str(sample.get("sample_id", "unnamed"))
    conversation = sample.get("conversation")
    if not isinstance(conversation, dict):
        raise ValueError(f'Sample {name}: it has no "conversation" object.')
    numbers = sorted(int(match[1]) for key in conversation if (match := _SESSION.match(key)))
    for number in numbers:
        where = f"Sample {name}, session {number}"
        turns = conversation[f"session_{number}"]
        if not isinstance(turns, list):
            raise ValueError(f"{where}: its turns are not a list.")
        if turns:
            started_at = _date(conversation.get(f"session_{number}_date_time"), where)
            read = (_turn(turn, f"D{number}:{i}", where) for i, turn in enumerate(turns, start=1))
            yield Session(number, started_at, tuple(turn for turn in read if turn.text))


def _date(value: object, where: str) -> datetime:
    match = _DATE.match(value) if isinstance(value, str) else None
    try:
        if match is None:
            raise ValueError
        hour12, minute, half, day, month, year = match.groups()
        if not 1 <= int(hour12) <= 12:
            raise ValueError
        hour = int(hour12) % 12 + (12 if half.lower() == "p" else 0)
        return datetime(int(year), _MONTHS.index(month.lower()) + 1, int(day), hour, int(minute), tzinfo=UTC)
    except ValueError:
        raise ValueError(f'{where}: its date is {value!r}, not like "1:56 pm on 8 May, 2023".') from None


def _turn(turn: object, dia_id: str, where: str) -> SessionTurn:
    """Read one turn. What a picture shows counts as said, since people talk about it in the next turns."""
    if not isinstance(turn, dict) or not isinstance(turn.get("text", ""), str):
        raise ValueError(f"{where}: turn {dia_id} is not an object with a text.")
    role = turn.get("role", "user")
    if role not in ROLES:
        known = ", ".join(sorted(ROLES))
        raise ValueError(f"{where}: turn {dia_id} has the role {role!r}; not one of {known}.")
    caption = turn.get("blip_caption")
    shown = f"[image: {caption.strip()}]" if isinstance(caption, str) and caption.strip() else ""
    text = " ".join(filter(None, [turn.get("text", "").strip(), shown]))
    return SessionTurn(str(turn.get("dia_id") or dia_id), str(turn.get("speaker", "")), role, text)
