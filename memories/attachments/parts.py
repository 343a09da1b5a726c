"""The content of a message as mem0's and OpenAI's clients write it: text, an attachment, or a list of both."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from memories.attachments.kinds import PART_TYPES, Attached, Unreadable, media_type

LONGEST_URL = 4096
_CHARSET = re.compile(r";\s*charset=\"?([^\s\";]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says in words, and what is attached to it."""

    text: str
    attachments: tuple[Attached, ...] = ()


def parse_content(value: Any, *, max_bytes: int) -> Content:
    """Return the content of one message, with what it holds as base64 decoded and its type checked.

    Raises ValueError, with a sentence for the caller, if a part is malformed, of a kind that can't be read, or
    holds more than `max_bytes`. Addresses are not asked here.
    """
    parts = value if isinstance(value, list) else [value]
    texts: list[str] = []
    attachments: list[Attached] = []
    for part in parts:
        text = _text(part)
        if text is None:
            attachments.append(_attachment(part, max_bytes))
        else:
            texts.append(text)
    return Content("\n".join(texts), tuple(attachments))


def _text(part: Any) -> str | None:
    """Return the words of a part that is text, None for another."""
    text = part.get("text") if isinstance(part, dict) and part.get("type") == "text" else part
    return text if isinstance(text, str) else None


def _attachment(part: Any, max_bytes: int) -> Attached:
    name = part.get("type") if isinstance(part, dict) else type(part).__name__
    kind = PART_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        kinds = ", ".join(PART_TYPES)
        raise ValueError(
            f"Content of type {name!r} can't be read. Send a string, "
            f'{{"type": "text", "text": …}}, or {{"type": t, t: {{"url": …}}}} with t one of {kinds}.'
        )
    given = part.get(name)
    # OpenAI's newer clients write the address without the object around it.
    url = given.get("url") if isinstance(given, dict) else given
    if not isinstance(url, str) or not (url := url.strip()):
        raise ValueError(f'A part of type "{name}" needs {{"{name}": {{"url": …}}}}.')
    try:
        return _remote(kind, url) or _inline(kind, url, max_bytes)
    except Unreadable as reason:
        raise ValueError(f"The content of {name} can't be read. {reason}") from reason


def _remote(kind: str, url: str) -> Attached | None:
    """Return the attachment at an address; None for what isn't one."""
    if not url[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        named = len(url) <= LONGEST_URL and parts.hostname and parts.port != 0
    except ValueError:
        named = None
    if not named:
        raise Unreadable(f"{url[:80]!r} is not an address, or one of more than {LONGEST_URL} characters.")
    return Attached(kind=kind, url=url)


def _inline(kind: str, url: str, max_bytes: int) -> Attached:
    header, data = ";base64", url
    if url[:5].lower() == "data:":
        header, comma, data = url[5:].partition(",")
        if not comma:
            raise Unreadable("The data URL has no comma.")
    in_base64 = header.lower().rstrip().endswith(";base64")
    content = _decoded(data) if in_base64 else unquote_to_bytes(data)
    if len(content) > max_bytes:
        raise Unreadable(f"It is larger than {max_bytes} bytes.")
    charset = _CHARSET.search(header)
    return Attached(kind=kind, content=content, media_type=media_type(kind, content, charset[1] if charset else ""))


def _decoded(data: str) -> bytes:
    """Return base64 decoded, in the ordinary alphabet or that of URLs, with or without its padding."""
    letters = "".join(data.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("Send an http(s) address, a data URL or base64.") from error
