"""Details that tell who and where a person is."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from memories.extraction.script import HAN, KANA

Span = tuple[int, int]

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![A-Za-z0-9])")
_IP = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:]|\.\d)")
_DIGITS = re.compile(r"\d\D{0,3}\d\D{0,3}\d\D{0,3}\d\D{0,3}\d\D{0,3}\d")

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = (
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?"
    r"|(?:(?:\d{4}|(?:昭和|平成|令和|大正)(?:\d{1,2}|元))年)?\d{1,2}月\d{1,2}[日号]"
)
_BORN = re.compile(
    r"(?:\bborn\b|birth ?da(?:y|te)|date of birth|\bd\.?o\.?b\b|生年月日|誕生日|出生|生日|geboren|geburtstag"
    rf"|née? le|date de naissance|fecha de nacimiento|nac[ií])[^\d\n]{{0,25}}?(?P<after>{_DATE})"
    rf"|(?P<before>{_DATE})(?:に|の)?(?:生まれ|出生|誕生)",
    re.I,
)
_STREET = (
    r"street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|terrace|place|pl|way|crescent"
)
_ADDRESS = re.compile(
    rf"""(?<!\w)\d{{1,5}}[A-Za-z]?\ (?:[NSEW]\.?\ )?(?:[A-Z][\w'.-]*\ |\d+(?:st|nd|rd|th)\ ){{1,4}}(?i:{_STREET})\b\.?
        (?:,?\ (?:Apt|Apartment|Unit|Suite|Flat|\#)\.?\ ?\w+)?
      | (?<!\w)\d{{1,4}}(?:\ ?(?:bis|ter))?,?
        \ (?i:rue|avenue|boulevard|place|chemin|calle|via|viale|piazza)\ [^\W\d_][\w' -]{{2,40}}
      | (?<!\w)(?:[A-ZÄÖÜ][\w.-]*\ )?[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|weg|platz|gasse|allee)\ \d{{1,4}}[a-z]?
      | 〒\ ?\d{{3}}-?\d{{4}}
      | (?:[^\W\d_]{{2,3}}[都道府県])?[^\W\d_、。はがをにで]{{1,8}}[市区町村郡][^\s、。,]{{0,20}}?
        \d{{1,4}}(?:丁目\d{{0,4}}|番地?\d{{0,4}}|号|-\d{{1,4}}(?:-\d{{1,4}}){{0,2}})
        (?:番地?|号|番\d{{1,3}}号)?(?:-\d{{1,4}})*
      | (?:[^\W\d_，。]{{2,8}}[省市区县])*[^\W\d_，。、]{{1,10}}(?:路|街|道|巷|弄)\d{{1,5}}号
        (?:[^\s，。、]{{0,12}}?[室楼栋]|)""",
    re.VERBOSE,
)


def emails(text: str) -> Iterator[Span]:
    """Yield e-mail addresses (RFC 5322's dot-atom form)."""
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def phones(text: str) -> Iterator[Span]:
    """Yield telephone numbers that may exist, after Google's libphonenumber.

    A number without a country's code is read as one of the country that the script suggests: Japan for kana, China
    for Chinese characters, else the United States.
    """
    if not _DIGITS.search(text):
        return
    import phonenumbers

    region = "JP" if KANA.search(text) else "CN" if HAN.search(text) else "US"
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        yield match.start, match.end


def addresses(text: str) -> Iterator[Span]:
    """Yield what looks like a house's address in English, French, German, Spanish, Italian, Japanese or Chinese."""
    if any(c.isdigit() for c in text):
        yield from (match.span() for match in _ADDRESS.finditer(text))


def ip_addresses(text: str) -> Iterator[Span]:
    """Yield addresses of the Internet Protocol, versions 4 and 6."""
    for match in _IP.finditer(text):
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        yield match.span()


def birth_dates(text: str) -> Iterator[Span]:
    """Yield dates beside a word that says that somebody was born then."""
    for match in _BORN.finditer(text):
        yield match.span("after" if match.group("after") else "before")
