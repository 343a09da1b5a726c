"""`manage.py evaluate_extraction`: the configured extractor, scored on conversations that people have labelled."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from memories.models import Conflict, EndUser, Event, Memory, Message
from tests.core.reading import model_on_the_wire
from tests.providers.wire import error

CJK = Path(__file__).parents[1] / "extraction" / "cjk-dev.json"
SAMPLE = {
    "sample_id": "s-1",
    "conversation": {
        "speaker_a": "Ann",
        "speaker_b": "Bob",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Ann", "dia_id": "D1:1", "text": "I live in Osaka."},
            {"speaker": "Bob", "dia_id": "D1:2", "text": "Wow, great!"},
            {"speaker": "Ann", "dia_id": "D1:3", "text": "My brother Ken is a nurse."},
        ],
        "session_2_date_time": "1:56 pm on 8 July, 2023",
        "session_2": [{"speaker": "Ann", "dia_id": "D2:1", "text": "I live in Kyoto."}],
    },
    "updates": [{"old": "D1:1", "new": "D2:1"}],
    "not_worth_remembering": ["D1:2"],
    "third_party": ["D1:3"],
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scored.json"
    path.write_text(json.dumps([SAMPLE]), encoding="utf-8")
    return path


def run(*files: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate_extraction", "--json", "--data", *map(str, files), stdout=out)
    return dict(json.loads(out.getvalue()))


def test_our_own_extractor_proposes_what_it_cannot_decide(file: Path) -> None:
    found = run(file)
    assert (found["extractor"], found["model"], found["input_tokens"]) == ("verbatim", "", 0)
    shares = found["conversations"]["s-1"]
    assert {name: share for name, share in shares.items() if name != "counts"} == {
        "precision": 1.0,
        "junk_rate": 0.0,
        "facts_kept": 1.0,
        "supersession": 0.0,
        "proposed": 1.0,
        "language_kept": 1.0,
        "about_others": 1.0,
    }
    assert "all" not in found["conversations"]


def test_a_language_model_decides_and_may_err(file: Path, settings: Any) -> None:
    with model_on_the_wire(settings) as reader:
        reader.finds(
            "I live in Kyoto.", ("I live in Kyoto.", {"relation": "contradicts", "related": "I live in Osaka."})
        )
        found = run(file)
    shares = found["conversations"]["s-1"]
    assert (shares["supersession"], shares["proposed"]) == (1.0, 0.0)
    assert (shares["precision"], shares["junk_rate"]) == (3 / 4, 1 / 4)
    assert (found["model"], found["input_tokens"], found["output_tokens"]) == ("wire-model-1", 22, 14)


def test_it_leaves_nothing_behind_also_when_it_fails(file: Path, settings: Any) -> None:
    run(file)
    with model_on_the_wire(settings) as reader:
        reader.wire.reply_with(lambda request: error(401, "no such key"))
        with pytest.raises(CommandError, match=r"s-1/session-1: \w+"):
            run(file)
    for model in (User, Organization, EndUser, Event, Message, Memory, Conflict):
        assert not model.objects.exists()


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Cannot read .*none\.json"):
        run(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(CommandError, match="is not JSON"):
        run(broken)


def test_the_table_says_the_same_and_floors_hold(capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()
    call_command("evaluate_extraction", "--data", str(CJK), stdout=out)
    header, ja, zh, every, *_, last = out.getvalue().strip().splitlines()
    names, shares = header.split()[1:-1], dict(zip(header.split(), every.split(), strict=True))
    assert names == [
        "precision",
        "junk_rate",
        "facts_kept",
        "supersession",
        "proposed",
        "language_kept",
        "about_others",
    ]
    assert (ja.split()[0], zh.split()[0], shares["conversation"]) == ("ja-1", "zh-1", "all")
    assert float(shares["precision"]) >= 0.95
    assert float(shares["junk_rate"]) <= 0.04
    assert float(shares["facts_kept"]) >= 0.95
    assert float(shares["proposed"]) >= 0.25
    assert shares["language_kept"] == "1.000"
    assert last.startswith("Extractor verbatim; 0 tokens in")
