"""The times that a language model writes, as far as they can be believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


def moment(written: object, zone: tzinfo | None) -> datetime | None:
    """Return the moment that an ISO 8601 text names; None for what is none.

    A year, month or day stands for its beginning. Without an offset it is by `zone`, where the people spoke, or UTC.
    """
    if not isinstance(written, str):
        return None
    written = written.strip()
    try:
        if partial := _PARTIAL.match(written):
            year, month, day = (int(part or 1) for part in partial.groups())
            found = datetime(year, month, day)
        else:
            found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone or UTC)


def validity(
    begins: datetime | None, ends: datetime | None, happened: datetime | None, *, said_at: datetime | None
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return from when and until when a statement holds, and when what it tells took place.

    What was said holds at least when it was said: a later beginning belongs to a plan, and is when that takes
    place; an end that was over by then is told by the words ("lived in Paris until 2021"), which go on holding.
    """
    if said_at is None:
        return begins, ends, happened
    if begins and begins > said_at:
        happened, begins = happened or begins, None
    if ends and ends <= said_at:
        ends = None
    return begins, ends, happened
