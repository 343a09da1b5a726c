"""What a worker has noted in English is read in the language of the page."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from memories.models import Event
from memories.templatetags.stored import SENTENCES, told
from tests.conftest import Remember
from tests.pages.markup import text_of

ROOT = Path(__file__).resolve().parents[2] / "memories"
# Where notes are written, and how each begins there.
WRITTEN = [
    ("extraction/validation.py", "It "),
    ("ingestion/privacy.py", "It "),
    ("derivation/exports.py", "Made "),
    ("derivation/profiles.py", "Made "),
    ("services/exports.py", "Only the newest"),
    ("services/relating.py", "It no longer"),
    ("services/relating.py", "Something said"),
]


def sentences_in(path: str, start: str) -> set[str]:
    """The literals of a module that begin so, with a 7 in each gap."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts if isinstance(part, ast.expr)
        )
        if text.startswith(start) and text.endswith((".", "7", "fit.")):
            found.add(text)
    return found


@pytest.mark.parametrize(("path", "start"), WRITTEN)
@pytest.mark.parametrize("language", ["ja", "zh-hans"])
def test_every_sentence_that_is_noted_is_translated(path: str, start: str, language: str) -> None:
    noted = sentences_in(path, start)
    assert noted
    with translation.override(language):
        assert [text for text in noted if told(text) == text] == []


@pytest.mark.parametrize("language", ["en", "ja", "zh-hans"])
def test_what_stands_in_the_gaps_is_kept_and_others_words_are_left_alone(language: str) -> None:
    with translation.override(language):
        assert "4, 9" in told("It cites messages that do not exist: 4, 9.")
        assert told("I was wrong. It is empty.") == "I was wrong. It is empty."
    with translation.override("en"):
        assert [told(sentence) for sentence in SENTENCES if "%" not in sentence] == [
            s for s in SENTENCES if "%" not in s
        ]


def test_a_job_tells_its_refusals_in_the_readers_language(remember: Remember, alice_client: Client) -> None:
    event = remember("I like tea").sources.get().event
    Event.objects.update(refusals=[{"text": "x", "reason": "It cites no message."}])
    page = text_of(alice_client.get(f"/jobs/{event.pk}/", headers={"Accept-Language": "ja"}))
    assert "It cites no message." not in page
    with translation.override("ja"):
        assert told("It cites no message.") in page
