"""Rates as operators write them: `600/min`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNITS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}
UNLIMITED = "none"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in each window of so many seconds; windows begin at multiples of that since 1970."""

    requests: int
    seconds: int


@lru_cache
def parse_rate(text: str) -> Rate | None:
    """Read `600/min`; `none` or nothing is None, no limit. Raises ValueError for anything else."""
    if text in ("", UNLIMITED):
        return None
    written = re.fullmatch(rf"([1-9]\d{{0,8}})/({'|'.join(UNITS)})", text)
    if written is None:
        raise ValueError(f"{text!r} is not a rate. Write 600/min (or /sec, /hour, /day), or {UNLIMITED}.")
    return Rate(requests=int(written[1]), seconds=UNITS[written[2]])


def validate_rate(text: str) -> None:
    """Check a field that holds a rate; raise ValidationError."""
    try:
        parse_rate(text)
    except ValueError as error:
        raise ValidationError(
            _("Write a rate such as 600/min (or /sec, /hour, /day), or “none” for no limit.")
        ) from error
