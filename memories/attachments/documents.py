"""Documents turned into text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from memories.attachments.kinds import PDF, TXT, Unreadable
from memories.attachments.mdx import strip_mdx
from memories.attachments.pdf import pdf_text

# Some 20 pages: what a model reads at once together with a conversation.
MAX_CHARACTERS = 50_000
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BY_MARK = dict(zip(_MARKS, ("utf-8-sig", "utf-16", "utf-16"), strict=True))
# Python knows others by name that are no encodings of texts.
_ENCODINGS = re.compile(r"(?:utf|iso|windows|cp|shift|sjis|euc|gb|big5|koi8|latin|us-ascii|ascii|mac)[\w.:-]*\Z")
# Other alphabets than the Latin one have letters beyond ASCII side by side.
_RUN = re.compile(rb"[\x80-\xff]{2}")
# What texts are in that are neither UTF-8 nor say what they are. Among all there are, the rare ones fit by chance.
LIKELY = ["cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; not `complete` if there is more of it than is kept."""

    text: str
    complete: bool = True


def read_document(kind: str, content: bytes, media_type: str) -> Reading:
    """Return the text of a PDF, text or MDX document; raise Unreadable if it has none."""
    if kind == PDF:
        return shortened(pdf_text(content, max_characters=MAX_CHARACTERS))
    text = _decoded(content, media_type.partition("charset=")[2])
    if kind == TXT:
        return shortened(text)
    # Of the source more is looked at than is kept, for what is not said is taken out of it.
    looked_at = text[: MAX_CHARACTERS * 4]
    reading = shortened(strip_mdx(looked_at))
    return Reading(reading.text, reading.complete and looked_at == text)


def shortened(text: str) -> Reading:
    """Return as much of `text` as is kept, in a form that a database takes; raise Unreadable if it is blank.

    What can't be stored is NUL, and halves of surrogate pairs.
    """
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not clean:
        raise Unreadable("There are no words in it.")
    return Reading(clean[:MAX_CHARACTERS], len(clean) <= MAX_CHARACTERS)


def _decoded(content: bytes, charset: str) -> str:
    """Return a text in the encoding that it begins with, UTF-8, the one it is said to have, or the likeliest."""
    marked = next((name for mark, name in _BY_MARK.items() if content.startswith(mark)), "")
    said = charset if _ENCODINGS.match(charset) else ""
    for name in filter(None, (marked, "utf-8", said)):
        try:
            return content.decode(name)
        except (UnicodeError, LookupError):
            continue
    if b"\x00" in content:
        raise Unreadable("It is not a text file.")
    if not _RUN.search(content):
        return content.decode("cp1252", "replace")
    guess = from_bytes(content[:100_000], cp_isolation=LIKELY).best()
    if guess is None:
        raise Unreadable("It is not a text file, or in an encoding that is not known.")
    return content.decode(guess.encoding, "replace")
