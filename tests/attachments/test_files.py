"""Parts of messages, and documents turned into text: plain values in and out."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from memories.attachments.documents import MAX_CHARACTERS, read_document, shortened
from memories.attachments.kinds import IMAGE, MDX, PDF, TXT, Unreadable, media_type
from memories.attachments.mdx import strip_mdx
from memories.attachments.parts import parse_content
from tests.files import SVG, pdf, png

LIMIT = 10_000


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def part(kind: str, url: Any) -> dict[str, Any]:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hi.", "Hi."),
        ("", ""),
        ({"type": "text", "text": "Hi."}, "Hi."),
        ([{"type": "text", "text": "Hi."}, "You.", {"type": "text", "text": ""}], "Hi.\nYou.\n"),
    ],
)
def test_text_is_text_however_it_is_sent(content: Any, text: str) -> None:
    assert parse_content(content, max_bytes=LIMIT).text == text
    assert parse_content(content, max_bytes=LIMIT).attachments == ()


@pytest.mark.parametrize("kind", [IMAGE, PDF, TXT, MDX])
def test_addresses_are_taken_as_they_are(kind: str) -> None:
    found = parse_content([part(kind, " https://example.com/a?b=c "), {"type": "text", "text": "x"}], max_bytes=1)
    (attached,) = found.attachments
    assert (attached.kind, attached.url, attached.content) == (kind, "https://example.com/a?b=c", None)
    assert found.text == "x"


def test_an_address_may_stand_without_the_object_around_it() -> None:
    url = "HTTPS://example.com/a.png"
    assert parse_content({"type": "image_url", "image_url": url}, max_bytes=1).attachments[0].url == url


@pytest.mark.parametrize(
    ("sent", "content", "kind"),
    [
        (part("image", f"data:image/png;base64,{b64(png())}"), png(), "image/png"),
        (part("image", f"data:image/jpeg;base64,{b64(png())}"), png(), "image/png"),
        (part("image", b64(png())), png(), "image/png"),
        (part("pdf", b64(pdf("Hi"))), pdf("Hi"), "application/pdf"),
        (part("txt", b64(b"Hi there")), b"Hi there", "text/plain"),
        (part("mdx", b64(b"Hi there?>").rstrip("=").replace("/", "_")), b"Hi there?>", "text/plain"),
        (part("txt", "data:,Hi%20there"), b"Hi there", "text/plain"),
        (
            part("txt", 'data:text/plain;charset="Shift_JIS";base64,' + b64(b"Hi")),
            b"Hi",
            "text/plain; charset=shift_jis",
        ),
    ],
)
def test_what_is_sent_along_is_decoded_and_known_by_its_content(sent: Any, content: bytes, kind: str) -> None:
    (attached,) = parse_content(sent, max_bytes=LIMIT).attachments
    assert (attached.content, attached.media_type, attached.url) == (content, kind, "")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (part("audio", "https://example.com/a.mp3"), "'audio_url' can't be read"),
        ({"type": ["x"]}, "can't be read"),
        ({"type": "text"}, "can't be read"),
        ([7], "'int' can't be read"),
        (None, "'NoneType' can't be read"),
        (part("image", ""), "needs"),
        (part("image", None), "needs"),
        ({"type": "image_url"}, "needs"),
        (part("image", "https://"), "not an address"),
        (part("image", "http://[::1/x"), "not an address"),
        (part("image", "https://example.com/" + "x" * 5000), "more than 4096"),
        (part("image", "file:///etc/passwd"), "Send an http"),
        (part("image", "data:image/png;base64"), "no comma"),
        (part("image", "data:image/png;base64,???"), "base64"),
        (part("image", "data:image/png;base64,"), "empty"),
        (part("image", f"data:image/svg+xml;base64,{b64(SVG)}"), "not a PNG"),
        (part("image", b64(pdf("x"))), "not a PNG"),
        (part("pdf", b64(png())), "not a PDF"),
        (part("txt", b64(png())), "not a text"),
        (part("mdx", b64(pdf("x"))), "not a text"),
        (part("txt", b64(b"x" * (LIMIT + 1))), "larger than 10000"),
        (part("txt", "data:," + "x" * (LIMIT + 1)), "larger than 10000"),
    ],
)
def test_a_part_that_can_not_be_read_is_refused_with_a_reason(sent: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_content(sent, max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_images_are_known_by_their_first_bytes(beginning: bytes, kind: str) -> None:
    assert media_type(IMAGE, beginning) == kind


def test_a_charset_that_is_no_name_is_left_out() -> None:
    assert media_type(TXT, b"x", "utf-8\r\nSet-Cookie: a=b") == "text/plain"


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ("I live in Malmö.".encode(), "text/plain", "I live in Malmö."),
        ("I live in Malmö.".encode(), "text/plain; charset=iso-8859-1", "I live in Malmö."),
        ("I live in Malmö.".encode("utf-8-sig"), "text/plain", "I live in Malmö."),
        ("大阪に住んでいます。".encode("utf-16"), "text/plain", "大阪に住んでいます。"),
        ("大阪に住んでいます。".encode("shift_jis"), "text/plain; charset=shift_jis", "大阪に住んでいます。"),
        ("我住在大阪。".encode("gb18030"), "text/plain; charset=gb18030", "我住在大阪。"),
        ("妹は京都で働いていて、毎週末に大阪の家へ帰ってきます。".encode("euc-jp") * 3, "text/plain", "妹は京都"),
        ("Anaïs drinks café au lait.".encode("latin-1"), "text/plain", "Anaïs drinks café au lait."),
        ("Я живу в Москве и люблю чай.".encode("cp1251"), "text/plain", "Я живу в Москве"),
        ("東京".encode("cp932"), "text/plain", "東京"),
        (b"a\x00b \xc3\xa9", "text/plain", "ab é"),
        (b"x", "text/plain; charset=punycode", "x"),
    ],
)
def test_texts_are_read_in_their_encoding(content: bytes, kind: str, text: str) -> None:
    reading = read_document(TXT, content, kind)
    assert reading.text.startswith(text)
    assert reading.complete


@pytest.mark.parametrize("content", [b" \n\t", b"\xff\x00\x01\xfe\x00" * 20])
def test_what_holds_no_words_is_no_text(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_document(TXT, content, "text/plain")


def test_a_long_text_is_cut_and_says_so() -> None:
    reading = shortened("x" * (MAX_CHARACTERS + 1))
    assert (len(reading.text), reading.complete) == (MAX_CHARACTERS, False)
    assert shortened("x" * MAX_CHARACTERS).complete
    assert not read_document(MDX, b"{/* " + b"x" * MAX_CHARACTERS * 5 + b" */} hi", "text/plain").complete


def test_a_pdf_is_read_page_by_page() -> None:
    reading = read_document(PDF, pdf("I live in Osaka.", "My sister is Kana."), "application/pdf")
    assert reading.text == "I live in Osaka.\n\nMy sister is Kana."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (pdf(""), "no text"),
        (b"%PDF-1.4 nothing else", "could not be read"),
        (pdf("I live in Osaka.")[:120], "could not be read"),
    ],
)
def test_a_pdf_that_can_not_be_read_says_why(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_document(PDF, content, "application/pdf")


def test_reading_a_pdf_ends_when_it_takes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memories.attachments.pdf.SECONDS", 0.001)
    with pytest.raises(Unreadable, match="too long"):
        read_document(PDF, pdf("I live in Osaka."), "application/pdf")


DOCUMENT = """\
import { Card } from "@/components"
import Plain from './plain';
import './page.css'
import {
  One,
  Two,
} from "many"

export const meta = {
  title: "hidden",
}

# Where Ann lives {/* not for readers */}

import duties are high, she says.

<Card title="My flat" icon={<Home a={1} />} onClick={() => { go() }}>
  I live in **Osaka**. 1 < 2 and 3 > 2.
</Card>
<Plain />
<>Fragment</>

```js
import x from "y"
<Card />
```
"""


def test_mdx_is_read_without_its_program() -> None:
    text = strip_mdx(DOCUMENT)
    for kept in ("# Where Ann lives", "import duties are high", "My flat", "I live in **Osaka**. 1 < 2 and 3 > 2."):
        assert kept in text
    for gone in ("@/components", "plain", "page.css", "many", "hidden", "not for readers", "onClick", "Home", "<>"):
        assert gone not in text
    assert '```js\nimport x from "y"\n<Card />\n```' in text
    assert "Fragment" in text


@pytest.mark.parametrize(
    "piece", ["<A ", '<A "', "{", "<A {", "<A {{", "import {", "import  ", "```", "\nexport const a\n", "{/*", "<!--"]
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.monotonic()
    strip_mdx(piece * (MAX_CHARACTERS * 4 // len(piece)))
    assert time.monotonic() - started < 5
