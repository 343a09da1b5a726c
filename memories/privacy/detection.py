"""Finding secrets and personal details in a text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from memories.privacy import kinds, numbers, passwords, personal, tokens
from memories.privacy.folding import fold
from memories.privacy.marks import MARK

Detector = Callable[[str], Iterable[tuple[int, int]]]

# What is found first keeps its place, so the surer ones come first.
DETECTORS: dict[str, Detector] = {
    kinds.PRIVATE_KEY: tokens.private_keys,
    kinds.ACCESS_KEY: tokens.access_keys,
    kinds.BANK_ACCOUNT: numbers.bank_accounts,
    kinds.NATIONAL_ID: numbers.national_ids,
    kinds.CARD_NUMBER: numbers.card_numbers,
    kinds.PASSWORD: passwords.passwords,
    kinds.EMAIL: personal.emails,
    kinds.IP_ADDRESS: personal.ip_addresses,
    kinds.BIRTH_DATE: personal.birth_dates,
    kinds.PHONE: personal.phones,
    kinds.ADDRESS: personal.addresses,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of a kind from `start` up to `end` in a text; what it says is not in it."""

    kind: str
    start: int
    end: int


def find(text: str, wanted: Collection[str]) -> list[Finding]:
    """Return what of the `wanted` kinds is in `text`, in order, none overlapping another or a mark of ours."""
    folded = fold(text)
    taken = [match.span() for match in MARK.finditer(text)]
    found: list[Finding] = []
    for kind, detector in DETECTORS.items():
        if kind not in wanted:
            continue
        for start, end in detector(folded.text):
            span = start, end = folded.span(start, end)
            if all(end <= other_start or other_end <= start for other_start, other_end in taken):
                taken.append(span)
                found.append(Finding(kind, *span))
    return sorted(found, key=lambda finding: finding.start)
