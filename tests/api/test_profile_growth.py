"""A profile grows with what is new: a model reads that beside the lines there are, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from memories.derivation import profile_model
from memories.models import Memory, Profile
from memories.services.changes import Actor
from memories.services.forgetting import forget, restore
from memories.services.profiles import make_profile
from memories.services.revise import Revision, revise
from tests.api.test_profiles import SCHEMA, SETTINGS, make_all, profile, trigger
from tests.conftest import Remember
from tests.providers.wire import OpenAIWire

pytestmark = pytest.mark.django_db
ALICE = Actor(label="alice")
Reads = Callable[[], list[str]]


def line(value: str, *memories: int, **more: Any) -> dict[str, Any]:
    return {"value": value, "memories": list(memories), **more}


@pytest.fixture
def api(alice_api: APIClient) -> APIClient:
    alice_api.post(SETTINGS, {"enabled": True, "entities": {"user": {"schema": SCHEMA}}})
    return alice_api


@pytest.fixture
def reads(wire: OpenAIWire) -> Reads:
    """What the model was given in its last call: the memories' words."""

    def reads() -> list[str]:
        said = wire.chats[-1]["messages"][1]["content"]
        rows = said.split("<memories>\n")[1].split("\n</memories>")[0].splitlines()
        return [json.loads(row)["text"] for row in rows]

    return reads


def answer(wire: OpenAIWire, *, style: list[Any] = [], goals: list[Any] = []) -> None:  # noqa: B006
    wire.reply_with(lambda request: {"style": style, "goals": goals})


def make(api: APIClient) -> dict[str, Any]:
    trigger(api)
    make_all()
    return profile(api)


@pytest.fixture
def run(api: APIClient, remember: Remember, wire: OpenAIWire) -> Memory:
    """A profile of two lines: terse, and a goal that rests on the memory."""
    memory = remember("I want to run a marathon")
    remember("Keep it short, please")
    answer(wire, style=[line("terse", 0)], goals=[line("run a marathon", 1)])
    make(api)
    assert len(wire.chats) == 1
    assert "extends" not in json.dumps(wire.chats[0]), "there is nothing to extend yet"
    return memory


def test_only_what_is_new_is_read_and_the_lines_stay(
    api: APIClient, remember: Remember, wire: OpenAIWire, reads: Reads, run: Memory
) -> None:
    swim = remember("I want to swim")
    answer(wire, goals=[line("swim", 0, extends=[], replaces=[])])
    found = make(api)
    assert reads() == ["I want to swim"]
    assert found["profile"] == {"style": "terse", "goals": ["swim", "run a marathon"]}
    assert found["citations"]["goals"] == [[str(swim.pk)], [str(run.pk)]]
    known = wire.chats[1]["messages"][1]["content"].split("</profile>")[0]
    assert [json.loads(row)["value"] for row in known.splitlines()[1:]] == ["run a marathon", "terse"]


def test_nothing_new_costs_nothing(api: APIClient, wire: OpenAIWire, run: Memory) -> None:
    revise(memory=run, revision=Revision(pinned=True, layer="session"), actor=ALICE)
    assert profile(api)["profile"]["goals"] == ["run a marathon"], "it says what it said"
    found = make(api)
    assert (found["profile"]["goals"], found["generated_by"], len(wire.chats)) == (["run a marathon"], "gpt-test", 1)
    assert found["generation_count"] == 2


def test_a_line_can_grow_and_then_rests_on_both(
    api: APIClient, remember: Remember, wire: OpenAIWire, run: Memory
) -> None:
    tokyo = remember("The marathon shall be Tokyo's")
    answer(wire, goals=[line("run Tokyo's marathon", 0, extends=[0], replaces=[])])
    assert make(api)["citations"]["goals"] == [[str(tokyo.pk), str(run.pk)]]
    forget(memories=Memory.objects.filter(pk=run.pk), actor=ALICE)
    assert "goals" not in profile(api)["profile"]


def test_a_line_that_is_no_longer_true_is_replaced(
    api: APIClient, remember: Remember, wire: OpenAIWire, run: Memory
) -> None:
    rest = remember("I gave up running")
    terse = [line("chatty", 0, extends=[], replaces=[])]
    answer(wire, style=terse, goals=[line("take a rest", 0, extends=[], replaces=[1, 0, 99])])
    found = make(api)
    assert found["profile"] == {"style": "chatty", "goals": ["take a rest"]}
    assert found["citations"]["goals"] == [[str(rest.pk)]]


def test_what_else_a_fallen_line_rested_on_is_read_again(
    api: APIClient, remember: Remember, wire: OpenAIWire, reads: Reads, run: Memory
) -> None:
    tokyo = remember("The marathon shall be Tokyo's")
    answer(wire, goals=[line("run Tokyo's marathon", 0, extends=[0], replaces=[])])
    make(api)
    this = Memory.objects.filter(pk=run.pk)
    forget(memories=this, actor=ALICE)
    answer(wire, goals=[line("Tokyo", 0, extends=[], replaces=[])])
    assert make(api)["citations"]["goals"] == [[str(tokyo.pk)]]
    assert reads() == ["The marathon shall be Tokyo's"]
    restore(memories=this, actor=ALICE)
    make(api)
    assert reads() == ["I want to run a marathon"], "it was not there when the profile was made"


def test_a_corrected_memory_is_read_as_new(api: APIClient, wire: OpenAIWire, reads: Reads, run: Memory) -> None:
    revise(memory=run, revision=Revision(text="I want to run 10 km"), actor=ALICE)
    answer(wire, goals=[line("run 10 km", 0, extends=[], replaces=[])])
    assert make(api)["profile"] == {"style": "terse", "goals": ["run 10 km"]}
    assert reads() == ["I want to run 10 km"]


@pytest.mark.parametrize(
    "changed",
    [
        {"custom_instructions": "Be kind."},
        {"schema": {"type": "object", "properties": {**SCHEMA["properties"], "job": {"description": "Work"}}}},  # type: ignore[dict-item]
    ],
)
def test_another_schema_or_wish_begins_anew(
    api: APIClient, wire: OpenAIWire, reads: Reads, run: Memory, changed: dict[str, Any]
) -> None:
    api.post(SETTINGS, {"entities": {"user": changed}})
    wire.reply_with(lambda request: {"style": [], "goals": [line("run", 1)], "job": []})
    if "schema" not in changed:
        answer(wire, goals=[line("run", 1)])
    assert make(api)["profile"] == {"goals": ["run"]}
    assert len(reads()) == 2


def test_when_all_is_forgotten_so_is_the_profile(api: APIClient, wire: OpenAIWire, run: Memory) -> None:
    forget(memories=Memory.objects.all(), actor=ALICE)
    found = make(api)
    assert (found["profile"], found["status"], len(wire.chats)) == ({}, "insufficient_data", 1)


def test_more_than_a_call_carries_is_read_in_turns_oldest_first(
    api: APIClient, remember: Remember, wire: OpenAIWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_model, "portions", lambda facts: [[fact] for fact in facts])
    monkeypatch.setattr(profile_model, "MOST_CALLS", 2)
    for text in ("I want to run", "I want to swim", "I want to ski"):
        remember(text)
    seen: list[str] = []

    def reply(request: dict[str, Any]) -> dict[str, Any]:
        row = json.loads(request["messages"][1]["content"].split("<memories>\n")[1].splitlines()[0])
        seen.append(row["text"])
        return {"style": [], "goals": [line(row["text"][10:], 0, extends=[], replaces=[])]}

    def first_then_more(request: dict[str, Any]) -> dict[str, Any]:
        found = reply(request)
        if len(seen) == 1:
            found["goals"] = [{key: found["goals"][0][key] for key in ("value", "memories")}]
        return found

    wire.reply_with(first_then_more)
    found = make(api)
    assert seen == ["I want to swim", "I want to ski"]
    assert found["profile"]["goals"] == ["ski", "swim"]
    assert found["notes"] == ["Made from the newest 2 of 3 memories."]
    assert make_profile(Profile.objects.latest("created_at").pk) is None
