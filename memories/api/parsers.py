"""Reading bodies into what the database can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import JSONParser

# Escapes that JSON allows and UTF-8 text in Postgres does not: NUL, and halves of surrogate pairs.
SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class StorableJSONParser(JSONParser):
    """JSON in which every string can be stored: NUL is left out, half a surrogate pair becomes `?`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the decoded body; raise ParseError if it isn't JSON."""
        body = _Kept(stream)
        parsed: dict[str, Any] = super().parse(body, media_type, parser_context)  # type: ignore[arg-type]
        mended: dict[str, Any] = storable(parsed) if body.suspicious else parsed
        return mended


class _Kept:
    """A stream that notes whether what is read from it needs mending, so that hardly any body is walked."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream
        self.suspicious = False

    def read(self, size: int = -1) -> bytes:
        block: bytes = self.stream.read()
        self.suspicious = self.suspicious or SUSPICIOUS.search(block) is not None
        return block


def storable(value: Any) -> Any:
    """Return `value` with every string in it made storable."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value
