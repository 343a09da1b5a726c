"""The sample conversations, the format they are in, and what the verbatim extractor makes of whole conversations."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memories.extraction.types import Turn
from memories.samples import SAMPLES, load_sample
from memories.samples.conversations import Session, iter_sessions, read_samples
from tests.extraction.reading import extract

CJK = Path(__file__).parent / "cjk-dev.json"


def statements(session: Session) -> Iterator[tuple[str, str]]:
    """Each statement of a session with the id of the turn it rests on."""
    turns = [Turn(i, turn.role, turn.text, turn.speaker) for i, turn in enumerate(session.turns)]
    for statement in extract(*turns).statements:
        yield session.turns[statement.evidence[0]].dia_id, statement.text


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_a_year_in_three_sittings(name: str) -> None:
    sessions = list(iter_sessions(load_sample(name)))
    assert [session.number for session in sessions] == [1, 2, 3]
    assert all(datetime(2026, 1, 1, tzinfo=UTC) < s.started_at < datetime(2026, 11, 1, tzinfo=UTC) for s in sessions)
    assert sessions == sorted(sessions, key=lambda session: session.started_at)
    for session in sessions:
        assert 8 <= len(session.turns) <= 14
        assert {turn.role for turn in session.turns} == {"user", "assistant"}
        assert [turn.dia_id for turn in session.turns] == [
            f"D{session.number}:{i + 1}" for i in range(len(session.turns))
        ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_teaches_something_and_never_from_the_assistant(name: str) -> None:
    found = [one for session in iter_sessions(load_sample(name)) for one in statements(session)]
    roles = {turn.dia_id: turn.role for session in iter_sessions(load_sample(name)) for turn in session.turns}
    assert {roles[dia_id] for dia_id, _ in found} == {"user"}
    assert 12 <= len(found) <= 40


@pytest.mark.parametrize(
    ("name", "facts", "chatter"),
    [
        ("en", ["allergic to walnuts", "switched to green tea"], ["Yes please", "checklist", "Wish me luck"]),
        ("ja", ["くるみアレルギー", "抹茶をやめて", "松本に転勤"], ["ありがとう", "いいですね", "もらえますか"]),
        ("zh", ["青霉素过敏", "同济医院", "铁观音"], ["谢谢", "好久不见", "厦门的冬天冷吗"]),
    ],
)
def test_the_facts_of_a_sample_survive_and_its_chatter_does_not(
    name: str, facts: list[str], chatter: list[str]
) -> None:
    kept = "\n".join(text for session in iter_sessions(load_sample(name)) for _, text in statements(session))
    assert [fact for fact in facts if fact not in kept] == []
    assert [line for line in chatter if line in kept] == []


def test_there_is_no_other_sample() -> None:
    with pytest.raises(ValueError, match=r"no sample called '\.\./en'"):
        load_sample("../en")


@pytest.mark.parametrize("sample", read_samples(CJK), ids=lambda sample: str(sample["sample_id"]))
def test_floors_on_two_conversations_between_friends(sample: dict[str, Any]) -> None:
    kept = {dia_id for session in iter_sessions(sample) for dia_id, _ in statements(session)}
    every = {turn.dia_id for session in iter_sessions(sample) for turn in session.turns}
    questions = [question for question in sample["qa"] if question["category"] < 5]
    evidence = {dia_id for q in questions for dia_id in re.findall(r"D\d+:\d+", " ".join(q["evidence"]))} & every
    small_talk = set(sample["not_worth_remembering"])
    assert len(evidence & kept) >= 0.9 * len(evidence)
    assert len(small_talk - kept) >= 0.8 * len(small_talk)


def sample(**conversation: Any) -> dict[str, Any]:
    return {"sample_id": "s-1", "conversation": {"speaker_a": "Ann", "speaker_b": "Bob", **conversation}}


TURN = {"speaker": "Ann", "dia_id": "D1:1", "text": "I live in Oslo."}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1:56 pm on 8 May, 2023", datetime(2023, 5, 8, 13, 56, tzinfo=UTC)),
        ("12:05 am on 31 December, 2025", datetime(2025, 12, 31, 0, 5, tzinfo=UTC)),
        ("12:30 PM on 1 february 2024", datetime(2024, 2, 1, 12, 30, tzinfo=UTC)),
    ],
)
def test_dates(written: str, expected: datetime) -> None:
    (session,) = iter_sessions(sample(session_1_date_time=written, session_1=[TURN]))
    assert session.started_at == expected


@pytest.mark.parametrize(
    "written",
    [
        None,
        7,
        "",
        "yesterday",
        "13:56 pm on 8 May, 2023",
        "0:10 am on 8 May, 2023",
        "1:56 pm on 31 June, 2023",
        "1:56 pm on 8 Mai, 2023",
    ],
)
def test_a_date_that_is_none_is_named(written: object) -> None:
    with pytest.raises(ValueError, match=r"Sample s-1, session 1: its date is .*, not like"):
        list(iter_sessions(sample(session_1_date_time=written, session_1=[TURN])))


def test_sessions_come_by_number_and_empty_ones_not_at_all() -> None:
    date = "1:56 pm on 8 May, 2023"
    dates = {f"session_{number}_date_time": date for number in (2, 3, 10)}
    given = sample(session_10=[TURN], session_3=[], session_2=[TURN], **dates)
    assert [session.number for session in iter_sessions(given)] == [2, 10]


def test_turns_have_defaults_and_what_a_picture_shows() -> None:
    turns = [
        {"speaker": "Ann", "text": " Look! ", "blip_caption": "a photo of a dog"},
        {"speaker": "Bob", "dia_id": "X", "text": "", "blip_caption": "a cat"},
        {"speaker": "assistant", "role": "assistant", "text": "Nice."},
        {"speaker": "Bob", "text": "  "},
    ]
    (session,) = iter_sessions(sample(session_4_date_time="1:56 pm on 8 May, 2023", session_4=turns))
    assert [(t.dia_id, t.speaker, t.role, t.text) for t in session.turns] == [
        ("D4:1", "Ann", "user", "Look! [image: a photo of a dog]"),
        ("X", "Bob", "user", "[image: a cat]"),
        ("D4:3", "assistant", "assistant", "Nice."),
    ]


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ("hello", "its turns are not a list"),
        (["hello"], "turn D1:1 is not an object with a text"),
        ([{"speaker": "Ann", "text": 3}], "turn D1:1 is not an object with a text"),
        ([{"speaker": "Ann", "text": "x", "role": "god"}], "role 'god'; not one of assistant, system, user"),
    ],
)
def test_broken_turns_are_named(turns: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"Sample s-1, session 1: .*{re.escape(message)}"):
        list(iter_sessions(sample(session_1_date_time="1:56 pm on 8 May, 2023", session_1=turns)))


def test_a_sample_without_a_conversation_is_named() -> None:
    with pytest.raises(ValueError, match="Sample s-9"):
        list(iter_sessions({"sample_id": "s-9"}))


def test_a_file_holds_one_sample_or_a_list(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    for content in (sample(), [sample()]):
        path.write_text(json.dumps(content), encoding="utf-8")
        assert read_samples(path) == [sample()]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[]", "holds no conversations"),
        (b"3", "entry 1 is no sample"),
        (b'[{"conversation": {}}, {"conversation": 2}]', "entry 2 is no sample"),
    ],
)
def test_other_files_are_refused_clearly(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_samples(path)
