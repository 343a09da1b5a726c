"""The kinds of attachments, and what a file must be to count as one."""

from __future__ import annotations

import re
from dataclasses import dataclass

IMAGE, PDF, TXT, MDX = "image", "pdf", "txt", "mdx"
# What mem0's clients call the parts of a message, and the kind of each.
PART_TYPES = {"image_url": IMAGE, "pdf_url": PDF, "txt_url": TXT, "mdx_url": MDX}

# File servers that don't know a file's type say this; the content decides then.
_UNKNOWN = ("application/octet-stream", "binary/octet-stream")
_TEXT = ("text/plain", "text/markdown", "text/x-markdown", "text/mdx", "application/mdx", "text/csv", *_UNKNOWN)
# The media types under which a server may offer each kind.
OFFERED_AS = {
    IMAGE: ("image/", *_UNKNOWN),
    PDF: ("application/pdf", "application/x-pdf", *_UNKNOWN),
    TXT: _TEXT,
    MDX: _TEXT,
}
# The first bytes of what browsers and models both show. SVG is not among them: it is a program.
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
IMAGE_TYPES = (*_IMAGES.values(), "image/webp")
_CHARSET = re.compile(r"[\w.:-]{1,40}")


class Unreadable(Exception):
    """There is nothing in it that could be read; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment as a call brings it: the address where it is, or its content and media type."""

    kind: str
    url: str = ""
    content: bytes | None = None
    media_type: str = ""


def media_type(kind: str, content: bytes, charset: str = "") -> str:
    """Return what `content` is, judged by itself; raise Unreadable if that isn't `kind`.

    `charset` is what the sender says of a text; it is kept beside the type.
    """
    if not content:
        raise Unreadable("It is empty.")
    if kind == IMAGE:
        return _image_type(content)
    if kind == PDF:
        # Readers look for the mark in the first kilobyte, for some programs write something before it.
        if b"%PDF-" not in content[:1024]:
            raise Unreadable("It is not a PDF file.")
        return "application/pdf"
    if b"%PDF-" in content[:8] or _is_image(content):
        raise Unreadable("It is not a text file.")
    return f"text/plain; charset={charset.lower()}" if _CHARSET.fullmatch(charset) else "text/plain"


def _image_type(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for beginning, name in _IMAGES.items():
        if content.startswith(beginning):
            return name
    raise Unreadable("It is not a PNG, JPEG, GIF or WebP image.")


def _is_image(content: bytes) -> bool:
    try:
        return bool(_image_type(content))
    except Unreadable:
        return False
