"""Reading bodies into what the database can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, get_encoding  # type: ignore[attr-defined]
from rest_framework.utils import json

from memories.api.exceptions import BodyTooLarge

# Escapes that JSON allows and UTF-8 text in Postgres does not: NUL, and halves of surrogate pairs. And numbers that
# orjson would round.
SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\d{18}")
UNREAD = object()

# What is deeper than Python's stack can be neither read nor, once stored, written out again.
MAX_DEPTH = 100
TOO_DEEP = f"JSON parse error - it is nested more than {MAX_DEPTH} levels deep"


class StorableJSONParser(JSONParser):
    """JSON in which every string can be stored: NUL is left out, half a surrogate pair becomes `?`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the decoded body; raise ParseError if it isn't JSON, BodyTooLarge if it is over the limit."""
        body = _read(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        encoding = get_encoding(parser_context or {}).lower()
        # Some clients begin with a byte order mark; RFC 8259, 8.1 lets a reader pass over it.
        encoding = "utf-8-sig" if encoding in ("utf-8", "utf8") else encoding
        suspicious = SUSPICIOUS.search(body) is not None
        parsed: Any = UNREAD if suspicious or encoding != "utf-8-sig" else _quickly(body)
        try:
            if parsed is UNREAD:
                parsed = json.loads(
                    body.decode(encoding), parse_constant=json.strict_constant, parse_float=_float, parse_int=_int
                )
        except RecursionError as error:
            raise ParseError(TOO_DEEP) from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _is_deep(parsed):
            raise ParseError(TOO_DEEP)
        mended: dict[str, Any] = storable(parsed) if suspicious else parsed
        return mended


def _read(stream: IO[Any], limit: int) -> bytes:
    # One byte more than allowed tells a body that is too long, also one that doesn't state its length.
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


def _quickly(body: bytes) -> Any:
    """Read what nearly all bodies are in a fifth of the time; UNREAD if it takes a closer look, or isn't JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return UNREAD


def _float(digits: str) -> float:
    """Return a number; raise ValueError for one so great that it would become infinity, which JSON doesn't know."""
    number = float(digits)
    if not isfinite(number):
        raise ValueError(f"the number {digits[:20]} is too great")
    return number


def _int(digits: str) -> int:
    _float(digits)
    return int(digits)


def _is_deep(value: Any) -> bool:
    """Tell whether lists and objects are nested more than MAX_DEPTH levels deep, without descending into them."""
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [item for whole in level for item in _parts(whole) if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _parts(whole: Any) -> Iterable[Any]:
    if isinstance(whole, dict):
        return whole.values()
    return whole if isinstance(whole, list) else ()


def storable(value: Any) -> Any:
    """Return `value` with every string in it made storable."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value
