"""Numbers that prove themselves: cards, bank accounts and national ids, each by its own checksum.

The checks are python-stdnum's, which cites the rule for each. A checksum of one digit lets one number in ten pass,
so what is nothing but digits counts only beside a word that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

Span = tuple[int, int]

_BEFORE, _AFTER = r"(?<![0-9A-Za-z])(?<![0-9][.,/-])", r"(?![0-9A-Za-z])(?![.,/-][0-9])"
# ISO/IEC 7812: 14 to 19 digits, in one piece or in the groups that are printed on cards.
_CARD = re.compile(
    rf"{_BEFORE}(?:\d{{14,19}}|\d{{4}}([ -])\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1\d{{1,3}})?"
    rf"|\d{{4}}([ -])\d{{6}}\2\d{{4,5}}){_AFTER}"
)
# Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Maestro.
_ISSUER = re.compile(
    r"4\d{15}(?:\d{3})?$|5[1-5]\d{14}$|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}$|3[47]\d{13}$"
    r"|3(?:0[0-5]|[68]\d)\d{11}$|6(?:011|4[4-9]\d|5\d\d)\d{12}$|35(?:2[89]|[3-8]\d)\d{12}$|62\d{14,17}$"
    r"|(?:5018|5020|5038|6304|6759|676[1-3])\d{8,15}$"
)
# ISO 13616, as printed in groups of four or in one piece.
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?: ?[0-9A-Za-z]{4}){2,7}(?: ?[0-9A-Za-z]{1,4})?(?![0-9A-Za-z])")
_ENOUGH_DIGITS = re.compile(r"\d(?:[ ./-]?\d){5}")
# How far before, and how little after, a number its name may stand.
_NEAR, _BEHIND = 40, 15


@dataclass(frozen=True, slots=True)
class NationalId:
    """How a country's number is written, which module of stdnum checks it, and what names it if it must be named."""

    written: re.Pattern[str]
    check: str
    named: re.Pattern[str] | None = None


def _id(written: str, check: str, named: str = "") -> NationalId:
    pattern = re.compile(rf"{_BEFORE}(?:{written}){_AFTER}", re.I)
    return NationalId(pattern, check, re.compile(named, re.I) if named else None)


NATIONAL_IDS = (
    _id(r"\d{4}[ -]?\d{4}[ -]?\d{4}", "jp.in_", r"マイナンバー|個人番号|my ?number|individual number"),
    # Region, date and a check of eleven values: enough to stand alone.
    _id(r"\d{6}[ -]?\d{8}[ -]?\d{3}[\dX]", "cn.ric"),
    _id(r"\d{3}-\d{2}-\d{4}", "us.ssn"),
    _id(r"\d{9}|\d{3} \d{2} \d{4}", "us.ssn", r"\bssn\b|social security"),
    _id(r"\d{8}[ -]?[A-Z]", "es.dni", r"\bdni\b|\bnif\b|documento nacional|spanish id"),
    _id(r"[XYZ][ -]?\d{7}[ -]?[A-Z]", "es.nie"),
    _id(r"[1-478] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-4]\d|[5-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", "fr.nir"),
    _id(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr", r"steuer-?(?:id|ident|nummer)|tax id|idnr"),
    _id(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
    _id(r"\d{9}|\d{4}[ .]\d{2}[ .]\d{3}", "nl.bsn", r"\bbsn\b|burgerservice|sofi-?num"),
    _id(r"\d{11}", "pl.pesel", r"pesel"),
    _id(r"(?:\d{2})?\d{6}[-+]\d{4}", "se.personnummer"),
    _id(r"(?:\d{2})?\d{10}", "se.personnummer", r"person-?(?:nummer|nr)|swedish id"),
    _id(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", "fi.hetu"),
    _id(
        r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}",
        "be.nn",
        r"rijksregister|registre national|\bniss\b|\binsz\b",
    ),
)


def card_numbers(text: str) -> Iterator[Span]:
    """Yield numbers that an issuer may have given out and whose Luhn digit is right (ISO/IEC 7812-1, annex B)."""
    if not _ENOUGH_DIGITS.search(text):
        return
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _ISSUER.match(digits) and _module("luhn").is_valid(digits):
            yield match.span()


def bank_accounts(text: str) -> Iterator[Span]:
    """Yield IBANs whose check digits are right."""
    for match in _IBAN.finditer(text):
        written = match.group()
        # What follows in the next group may be another word: give groups up until the number is right.
        while len(written) >= 15:
            if _module("iban").is_valid(written):
                yield match.start(), match.start() + len(written)
                break
            written = written.rpartition(" ")[0]


def national_ids(text: str) -> Iterator[Span]:
    """Yield national ids whose check is right; those that are nothing but digits only where they are named."""
    if not _ENOUGH_DIGITS.search(text) and not any(c.isdigit() for c in text):
        return
    for kind in NATIONAL_IDS:
        if kind.named is not None and not kind.named.search(text):
            continue
        for match in kind.written.finditer(text):
            if _is_named(kind, text, match) and _module(kind.check).is_valid(match.group()):
                yield match.span()


def _is_named(kind: NationalId, text: str, match: re.Match[str]) -> bool:
    if kind.named is None:
        return True
    before = text[max(0, match.start() - _NEAR) : match.start()]
    return bool(kind.named.search(before) or kind.named.search(text[match.end() : match.end() + _BEHIND]))


@cache
def _module(name: str) -> Any:
    """Return a module of python-stdnum, loaded when a number is first to be checked."""
    return import_module(f"stdnum.{name}")
