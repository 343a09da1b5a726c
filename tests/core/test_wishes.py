"""What the extractor is told: the call's own options, else the project's settings."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Project, User
from memories.extraction.categories import DEFAULT_CATEGORIES
from memories.ingestion.wishes import wishes
from memories.models import Event, Memory
from memories.services.ingest import ingest
from tests.core.test_ingest import tell, wire
from tests.providers.wire import OpenAIWire

__all__ = ["wire"]
pytestmark = pytest.mark.django_db
SETTINGS = {
    "custom_instructions": "project's",
    "agent_custom_instructions": "project's for agents",
    "inclusion_prompt": "exams",
    "exclusion_prompt": "phones",
    "custom_categories": [{"lessons": "taught"}, {"homework": ""}],
}


@pytest.fixture
def configured(alice_project: Project) -> Project:
    Project.objects.filter(pk=alice_project.pk).update(**SETTINGS)
    return alice_project


def told(user: User, **more: Any) -> dict[str, Any]:
    event = tell(user, "I sing.", **more)
    return wishes(Event.objects.select_related("project").get(pk=event.pk))


def test_without_settings_there_are_default_categories_and_nothing_else(alice: User) -> None:
    assert told(alice) == {"instructions": "", "includes": "", "excludes": "", "categories": DEFAULT_CATEGORIES}


def test_the_projects_settings_hold(alice: User, configured: Project) -> None:
    assert told(alice) == {
        "instructions": "project's",
        "includes": "exams",
        "excludes": "phones",
        "categories": {"lessons": "taught", "homework": ""},
    }


def test_excluded_topics_are_excluded_whatever_the_call_says(alice: User, configured: Project) -> None:
    Project.objects.update(excluded_topics=["health: diabetes", "salary"])
    assert told(alice)["excludes"] == "phones\nhealth: diabetes\nsalary"
    assert told(alice, options={"excludes": "prices"})["excludes"] == "prices\nhealth: diabetes\nsalary"


def test_a_calls_own_option_wins(alice: User, configured: Project) -> None:
    own = {
        "custom_instructions": "call's",
        "includes": "songs",
        "excludes": "prices",
        "custom_categories": [{"music": "sung"}],
    }
    assert told(alice, options=own) == {
        "instructions": "call's",
        "includes": "songs",
        "excludes": "prices",
        "categories": {"music": "sung"},
    }


@pytest.mark.parametrize(
    ("entities", "options", "instructions"),
    [
        ({"agent_id": "bot"}, {}, "project's for agents"),
        ({"agent_id": "bot", "user_id": "ann"}, {}, "project's"),
        ({"run_id": "r"}, {}, "project's"),
        ({"agent_id": "bot"}, {"custom_instructions": "call's"}, "call's"),
        ({"agent_id": "bot"}, {"custom_instructions": "call's", "agent_custom_instructions": "both"}, "both"),
        ({"user_id": "ann"}, {"agent_custom_instructions": "not for ann"}, "project's"),
    ],
)
def test_an_agent_on_its_own_follows_the_agents_instructions(
    alice: User, configured: Project, entities: dict[str, str], options: dict[str, str], instructions: str
) -> None:
    assert told(alice, entities=entities, options=options)["instructions"] == instructions


@pytest.mark.django_db(transaction=True)
def test_a_language_model_is_told_all_of_it(alice: User, configured: Project, wire: OpenAIWire) -> None:
    Project.objects.filter(pk=configured.pk).update(usecase="a tutor", memory_depth="essentials")
    ingest(tell(alice, "I keep bees.").pk)
    prompt = wire.chats[0]["messages"][0]["content"]
    for words in ("project's", "exams", "phones", "- lessons: taught", "What the app is for: a tutor", "essentials"):
        assert words in prompt
    assert "- food" not in prompt


def test_without_a_model_only_the_categories_named_apply(alice: User, configured: Project) -> None:
    Project.objects.filter(pk=configured.pk).update(custom_categories=[{"food": "Meals"}])
    ingest(tell(alice, "I love fresh bread.").pk)
    assert Memory.objects.get().categories == ["food"]
