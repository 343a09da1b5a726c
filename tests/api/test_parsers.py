"""Bodies are read quickly where that makes no difference."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from memories.api import parsers
from memories.api.parsers import StorableJSONParser

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
ODD = [
    *(b"-0", b"-0.0", b"1E5", b"1e-400", b" 1 ", b'{"a": 1, "a": 2}', b'"\\u0041\\/"', b"\xef\xbb\xbf[1]"),
    *(b"18446744073709551615", b"18446744073709551616", b"123456789012345678901234567890", b"0.12345678901234567890"),
    *(b'"\\ud83d\\ude00"', b'"\\ud800"', b'"a\\u0000b"', b"[" * 100 + b"]" * 100),
]
WRONG = [
    b"",
    b"[]x",
    b"01",
    b"[1,]",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b'["\xff"]',
    b'"\n"',
    b"{1: 2}",
    b"[" * 101 + b"]" * 101,
]


def read(body: bytes) -> Any:
    return StorableJSONParser().parse(io.BytesIO(body))


def closely(body: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read it by Python's own reader."""
    with monkeypatch.context() as patched:
        patched.setattr(parsers, "_quickly", lambda body: parsers.UNREAD)
        return read(body)


@given(values)
def test_what_was_written_is_read(value: Any) -> None:
    for body in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert repr(read(body.encode())) == repr(parsers.storable(json.loads(body)))


@pytest.mark.parametrize("body", ODD)
def test_it_makes_no_difference(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(read(body)) == repr(closely(body, monkeypatch))


@pytest.mark.parametrize("body", WRONG)
def test_what_is_wrong_is_told_alike(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParseError) as quick:
        read(body)
    with pytest.raises(ParseError) as close:
        closely(body, monkeypatch)
    assert str(quick.value) == str(close.value)


def test_hardly_any_body_is_read_twice() -> None:
    assert (
        parsers._quickly(b'{"messages": [{"role": "user", "content": "\xe6\x8a\xb9\xe8\x8c\xb6"}]}') != parsers.UNREAD
    )


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_taken_at_its_word(encoding: str) -> None:
    body = io.BytesIO('"ü"'.encode(encoding))
    assert StorableJSONParser().parse(body, parser_context={"encoding": encoding}) == "ü"
