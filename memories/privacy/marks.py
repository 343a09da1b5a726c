"""What stands in the place of words that are not kept."""

from __future__ import annotations

import re

from memories.privacy.kinds import SECRETS

MARK = re.compile(r"\[(masked|refused):(\w+)\]")
# In the place of words that were erased.
ERASED = "[erased]"


def mask_mark(kind: str) -> str:
    """Return what stands in the place of something masked."""
    return f"[masked:{kind}]"


def refusal_mark(kind: str) -> str:
    """Return what stands in the place of a text that is refused."""
    return f"[refused:{kind}]"


def is_refused(text: str) -> bool:
    """Tell whether the text was refused or erased, and this mark is what is left."""
    match = MARK.fullmatch(text.strip())
    return text.strip() == ERASED or (match is not None and match.group(1) == "refused")


def masked_secrets(text: str) -> list[str]:
    """Return the kinds of secrets that were masked in `text`."""
    return [kind for done, kind in MARK.findall(text) if done == "masked" and kind in SECRETS]


def without_marks(text: str) -> str:
    """Return `text` without the marks, so that they are no words to be found by."""
    return MARK.sub(" ", text)
