"""The text of a PDF, read in a process of its own with limits on its time and memory.

A PDF is a program's worth of formats and comes from strangers: one that is made to take forever, or all memory,
must not take the worker along.
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from memories.attachments.kinds import Unreadable

SECONDS = 30
MEMORY = 1024**3


def pdf_text(content: bytes, *, max_characters: int) -> str:
    """Return the text of the PDF `content`, up to the page on which it passes `max_characters`.

    Raises Unreadable if there is none.
    """
    command = [sys.executable, "-m", "memories.attachments.pdf", str(max_characters)]
    root = Path(__file__).resolve().parents[2]
    # No keys or passwords of ours.
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        child = subprocess.run(  # noqa: S603 (our own module)
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS * 2,
            cwd=root,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("Reading the PDF took too long.") from error
    if child.returncode:
        # A limit ends it without a word.
        reason = " ".join(child.stderr.decode(errors="replace").split())[:200].rstrip(".")
        raise Unreadable(f"The PDF could not be read: {reason or 'it took too much time or memory'}.")
    text = child.stdout.decode().strip()
    if not text:
        raise Unreadable("The PDF holds no text; it may be a scan.")
    return text


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(content: bytes, limit: int) -> str:
    from pypdf import PdfReader, filters

    filters.JBIG2DEC_BINARY = None  # text needs no other programs
    pages: list[str] = []
    length = 0
    for page in PdfReader(BytesIO(content)).pages:
        pages.append(page.extract_text())
        length += len(pages[-1])
        if length > limit:
            break
    return "\n\n".join(pages)


def main() -> None:
    """Write the text of the PDF on standard input to standard output."""
    _limit()
    logging.disable()
    try:
        text = _read(sys.stdin.buffer.read(), int(sys.argv[1]))
    except MemoryError:
        sys.exit(1)
    except Exception as error:  # whatever is wrong with a stranger's file, it is told in one line
        sys.exit(str(error) or type(error).__name__)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
