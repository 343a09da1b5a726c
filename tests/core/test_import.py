"""Conversations from files and the samples: through the same pipeline, resumable, idempotent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Project, User
from accounts.principal import Principal
from memories.management.commands import import_conversations
from memories.models import App, EndUser, Event, Memory, Message, Run
from memories.samples import SAMPLES
from memories.services.ingest import ingest
from memories.services.samples import load_samples, remove_samples, samples_loaded
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
SAMPLE: dict[str, Any] = {
    "sample_id": "conv-1",
    "conversation": {
        "speaker_a": "Ann",
        "speaker_b": "Ben",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Ann", "dia_id": "D1:1", "text": "I keep bees on the roof."},
            {"speaker": "Ben", "dia_id": "D1:2", "text": "How lovely!"},
        ],
        "session_2_date_time": "9:05 am on 20 June, 2023",
        "session_2": [{"speaker": "Ben", "dia_id": "D2:1", "text": "I moved to Kyoto last week."}],
    },
    "qa": [],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([SAMPLE]))
    return path


def load(file: Path, project: Project, *options: str) -> str:
    out = StringIO()
    call_command("import_conversations", str(file), "--project", str(project.pk), *options, stdout=out)
    return out.getvalue()


def test_each_session_comes_in_with_its_own_date(file: Path, alice_project: Project) -> None:
    assert "2 sessions, 2 new memories" in load(file, alice_project)
    bees = Memory.objects.get(text="I keep bees on the roof.")
    assert bees.said_at == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert (bees.end_user.name, bees.run.name) == ("conv-1", "conv-1/session-1")
    turns = [(m.speaker, m.external_id, m.text) for m in Message.objects.order_by("said_at", "position")]
    assert turns == [
        ("Ann", "D1:1", "I keep bees on the roof."),
        ("Ben", "D1:2", "How lovely!"),
        ("Ben", "D2:1", "I moved to Kyoto last week."),
    ]


def test_a_second_import_changes_nothing(file: Path, alice_project: Project) -> None:
    load(file, alice_project)
    assert "2 sessions, 0 new memories" in load(file, alice_project)
    assert (Event.objects.count(), Memory.objects.count(), Message.objects.count()) == (2, 2, 3)


def test_an_interrupted_import_is_taken_up_where_it_stopped(
    file: Path, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []

    def interrupted(event_id: object) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(event_id)
        ingest(event_id)

    monkeypatch.setattr(import_conversations, "ingest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(file, alice_project)
    assert Memory.objects.count() == 1
    monkeypatch.undo()
    load(file, alice_project)
    assert (Event.objects.count(), Memory.objects.count()) == (2, 2)


def test_verbatim_keeps_every_turn(file: Path, alice_project: Project) -> None:
    assert "3 new memories" in load(file, alice_project, "--verbatim")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "JSON"),
        ("[]", "no conversation"),
        (json.dumps([{"sample_id": "x", "conversation": {}}]), "no session"),
        (json.dumps([{"conversation": {}}]), "sample"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_imports_nothing(
    tmp_path: Path, alice_project: Project, content: str, complaint: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(CommandError, match=complaint) as failure:
        load(path, alice_project)
    assert str(path) in str(failure.value)
    assert not Event.objects.exists()


def test_a_missing_file_says_so(tmp_path: Path, alice_project: Project) -> None:
    with pytest.raises(CommandError, match="No such file"):
        load(tmp_path / "none.json", alice_project)


def test_samples_come_with_their_people_and_go_without_a_trace(
    alice: User, alice_project: Project, remember: Remember
) -> None:
    kept = remember("I keep bees", app_id="mine")
    ours = {"principal": Principal(user=alice), "project": alice_project}
    load_samples(**ours)
    load_samples(**ours)
    assert samples_loaded(alice_project)
    assert EndUser.objects.filter(is_sample=True).count() == len(SAMPLES) == 3
    for event in Event.objects.unfinished():
        ingest(event.pk)
    assert not Event.objects.exclude(status="SUCCEEDED").exists()
    assert Memory.objects.filter(text__contains="抹茶").exists()
    assert Memory.objects.filter(text__contains="医院").exists()
    assert remove_samples(**ours) > 20
    assert not samples_loaded(alice_project)
    assert list(Memory.objects.all()) == [kept]
    assert list(App.objects.values_list("name", flat=True)) == ["mine"]
    assert [Run.objects.count(), Event.objects.count(), Message.objects.count()] == [0, 1, 1]
