"""Each option of a call does what it says, or the answer says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from memories.models import Event, Memory
from tests.conftest import Remember
from tests.extraction.replies import statement
from tests.providers.wire import OpenAIWire, chat

pytestmark = pytest.mark.django_db
ADD = "/v3/memories/add/"
LIST = "/v3/memories/"
SEARCH = "/v3/memories/search/"
ANN = {"user_id": "ann"}


def texts(answer: Any) -> list[str]:
    return [memory["memory"] for memory in answer.json()["results"]]


@pytest.mark.parametrize("option", ["includes", "excludes"])
def test_what_should_be_kept_out_is_not_stored_when_nobody_can_tell(alice_api: APIClient, option: str) -> None:
    for infer in (True, False):
        answer = alice_api.post(ADD, {"messages": "I have diabetes.", **ANN, option: "health", "infer": infer})
        assert answer.status_code == 400
        assert "Only a language model can follow this" in answer.json()["detail"]
    assert not Event.objects.exists()


def test_instructions_that_nobody_follows_are_named(alice_api: APIClient) -> None:
    answer = alice_api.post(
        ADD, {"messages": "I sing.", **ANN, "custom_instructions": "Be brief.", "async_mode": False}
    )
    assert answer.json()["results"]
    assert "custom_instructions: only a language model can follow this" in answer.json()["warnings"][0]


@pytest.mark.parametrize("option", ["structured_data_schema", "prompt_profile_id"])
def test_what_there_is_not_is_refused(alice_api: APIClient, option: str) -> None:
    answer = alice_api.post(ADD, {"messages": "I sing.", **ANN, option: {"a": 1}})
    assert answer.status_code == 400
    assert option in answer.json()["detail"]
    assert not Event.objects.exists()


def test_unknown_extras_are_tolerated(alice_api: APIClient) -> None:
    extras = {"source": "OTHERS", "version": "v2", "enable_graph": True, "frob": 1}
    assert alice_api.post(ADD, {"messages": "I sing.", **ANN, **extras}).status_code == 200
    assert alice_api.post(SEARCH, {"query": "x", "filters": ANN, **extras}).status_code == 200


@pytest.mark.usefixtures("llm")
class TestWithAModel:
    @pytest.fixture
    def llm(self, settings: Any) -> Any:
        with OpenAIWire() as wire:
            chat = {
                "BACKEND": "providers.openai_chat.OpenAIChat",
                "OPTIONS": {"api_key": "sk-test", "base_url": wire.url, "model": "wire", "timeout": 5.0},
            }
            settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat}
            yield wire

    def test_wishes_reach_it(self, alice_api: APIClient, llm: OpenAIWire) -> None:
        llm.script(chat({"statements": [statement("Ann sings.", 0)]}))
        wishes = {
            "custom_instructions": "Be brief.",
            "agent_custom_instructions": "Mind the agent.",
            "includes": "music",
            "excludes": "health",
            "timezone": "Asia/Tokyo",
            "timestamp": 1700000000,
        }
        body = {"messages": "Ann sings.", **ANN, "agent_id": "coach", **wishes, "async_mode": False}
        answer = alice_api.post(ADD, body)
        assert "warnings" not in answer.json()
        sent = str(llm.chats[-1]["messages"])
        for wish in ("Be brief.", "Mind the agent.", "music", "health"):
            assert wish in sent
        assert "2023-11-15T07:13" in sent  # 22:13 on the day before, in London


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"timestamp": 1700000000}, "2023-11-14T22:13:20Z"),
        ({"observation_datetime": "2023-11-14T22:13:20Z"}, "2023-11-14T22:13:20Z"),
        ({"observation_date": "2023-11-14"}, "2023-11-14T00:00:00Z"),
        ({"observation_date": "2023-11-14", "timezone": "Asia/Tokyo"}, "2023-11-13T15:00:00Z"),
    ],
)
def test_the_time_of_a_conversation(alice_api: APIClient, when: dict[str, Any], said: str) -> None:
    added = alice_api.post(ADD, {"messages": "I sing.", **ANN, "infer": False, **when}).json()
    assert alice_api.get(f"/v1/memories/{added['results'][0]['id']}/").json()["timestamp"] == said


def test_a_time_zone_must_be_one(alice_api: APIClient) -> None:
    answer = alice_api.post(ADD, {"messages": "I sing.", **ANN, "timezone": "Mars/Olympus"})
    assert answer.status_code == 400


def test_an_immutable_memory_is_not_changed_but_can_go(alice_api: APIClient) -> None:
    added = alice_api.post(ADD, {"messages": "I sing.", **ANN, "infer": False, "immutable": True}).json()
    path = f"/v1/memories/{added['results'][0]['id']}/"
    assert alice_api.get(path).json()["immutable"] is True
    refused = alice_api.put(path, {"text": "I dance."})
    assert refused.status_code == 409
    assert "immutable" in refused.json()["detail"]
    assert alice_api.get(path).json()["memory"] == "I sing."
    assert alice_api.delete(path).status_code == 200


class TestChangesAtOnce:
    def test_the_second_of_two_writers_is_told(self, alice_api: APIClient, remember: Remember) -> None:
        path = f"/v1/memories/{remember('I like tea').pk}/"
        tag = alice_api.get(path)["ETag"]
        first = alice_api.put(path, {"text": "I like coffee"}, headers={"If-Match": tag})
        assert (first.status_code, first["ETag"]) == (200, '"2"')
        for late in ({"headers": {"If-Match": tag}}, {"data": {"text": "I like milk", "version": 1}}):
            body = late.pop("data", {"text": "I like milk"})
            answer = alice_api.put(path, body, **late)
            assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")
        assert alice_api.get(path).json()["memory"] == "I like coffee"

    def test_any_version_will_do_and_nonsense_will_not(self, alice_api: APIClient, remember: Remember) -> None:
        path = f"/v1/memories/{remember('I like tea').pk}/"
        assert alice_api.put(path, {"text": "I like milk"}, headers={"If-Match": "*"}).status_code == 200
        assert alice_api.put(path, {"text": "I like rum"}, headers={"If-Match": '"latest"'}).status_code == 400

    def test_what_has_changed_since_is_not_deleted(self, alice_api: APIClient, remember: Remember) -> None:
        path = f"/v1/memories/{remember('I like tea').pk}/"
        tag = alice_api.get(path)["ETag"]
        alice_api.put(path, {"text": "I like coffee"})
        late = alice_api.delete(path, headers={"If-Match": tag})
        assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
        assert alice_api.delete(path, headers={"If-Match": "the last one"}).status_code == 400
        assert alice_api.get(path).json()["memory"] == "I like coffee"
        assert alice_api.delete(path, headers={"If-Match": alice_api.get(path)["ETag"]}).status_code == 200
        assert alice_api.get(path).status_code == 404

    def test_without_a_version_both_are_in_the_history(self, alice_api: APIClient, remember: Remember) -> None:
        path = f"/v1/memories/{remember('I like tea').pk}/"
        for text in ("I like coffee", "I like milk"):
            alice_api.put(path, {"text": text})
        changes = [change["new_memory"] for change in alice_api.get(f"{path}history/").json()]
        assert changes == ["I like tea", "I like coffee", "I like milk"]


def test_an_update_can_move_the_time(alice_api: APIClient, remember: Remember) -> None:
    path = f"/v1/memories/{remember('I like tea').pk}/"
    assert alice_api.put(path, {"timestamp": 1700000000}).json()["timestamp"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("path", [LIST, SEARCH, "/v2/memories/", "/v1/memories/search/"])
def test_fields_are_what_is_returned(alice_api: APIClient, remember: Remember, path: str) -> None:
    remember("I like tea")
    answer = alice_api.post(path, {"query": "tea", "filters": ANN, "fields": ["memory", "user_id"]}).json()
    (found,) = answer if isinstance(answer, list) else answer["results"]
    assert set(found) == {"id", "memory", "user_id"}
    refused = alice_api.post(path, {"query": "tea", "filters": ANN, "fields": ["colour"]})
    assert refused.status_code == 400
    assert "A memory has no colour. Its fields are id, memory" in refused.json()["detail"]


def test_expired_memories_come_when_asked_for_and_as_of_a_day(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea", expiration_date=(timezone.now() - timedelta(days=10)).date().isoformat())
    for path in (LIST, SEARCH):
        assert texts(alice_api.post(path, {"query": "tea", "filters": ANN})) == []
        assert texts(alice_api.post(path, {"query": "tea", "filters": ANN, "show_expired": True})) == ["I like tea"]
        then = (timezone.now() - timedelta(days=20)).date().isoformat()
        assert texts(alice_api.post(path, {"query": "tea", "filters": ANN, "reference_date": then})) == ["I like tea"]
    assert alice_api.post(LIST, {"filters": ANN, "reference_date": "soon"}).status_code == 400


def test_latest_only_leaves_out_what_was_superseded(alice_api: APIClient, remember: Remember) -> None:
    old = remember("I live in Osaka")
    remember("I live in Kyoto")
    Memory.objects.filter(pk=old.pk).update(state=Memory.State.SUPERSEDED)
    for path in (LIST, SEARCH):
        body = {"query": "live", "filters": ANN}
        assert texts(alice_api.post(path, body)) == ["I live in Kyoto"]
        assert set(texts(alice_api.post(path, {**body, "latest_only": False}))) == {
            "I live in Kyoto",
            "I live in Osaka",
        }


def test_categories_and_metadata_narrow(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea", metadata={"kind": "drink"})
    sporty = remember("I run")
    Memory.objects.filter(pk=sporty.pk).update(categories=["sports"])
    for path in (LIST, SEARCH):
        assert texts(alice_api.post(path, {"query": "I", "filters": ANN, "categories": ["sports"]})) == ["I run"]
        assert texts(alice_api.post(path, {"query": "I", "filters": ANN, "metadata": {"kind": "drink"}})) == [
            "I like tea"
        ]


def test_a_search_by_meaning_alone(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea")
    of_words = {"bm25", "window", "session"}
    for wanted, signals in ((None, of_words), (True, of_words), (False, set())):
        answer = alice_api.post(SEARCH, {"query": "tea", "filters": ANN, "keyword_search": wanted}).json()
        breakdown = answer["results"][0]["score_breakdown"]
        assert of_words & set(breakdown) == signals
        assert breakdown["semantic"]["rank"] == 1


def test_filter_memories_drops_what_has_nothing_to_do_with_it(alice_api: APIClient, remember: Remember) -> None:
    remember("I drink green tea every morning")
    remember("My landlord is called Petrov")
    body = {"query": "What does she have for breakfast with tea?", "filters": ANN}
    assert len(texts(alice_api.post(SEARCH, body))) == 2
    assert texts(alice_api.post(SEARCH, {**body, "filter_memories": True})) == ["I drink green tea every morning"]


@pytest.mark.parametrize("option", ["only_metadata_based_search", "use_criteria"])
def test_searches_that_there_are_not_are_refused(alice_api: APIClient, option: str) -> None:
    assert alice_api.post(SEARCH, {"query": "x", "filters": ANN, option: True}).status_code == 400
    assert alice_api.post(SEARCH, {"query": "x", "filters": ANN, option: False}).status_code == 200


def test_reranking_without_a_reranker_is_told(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea")
    answer = alice_api.post(SEARCH, {"query": "tea", "filters": ANN, "rerank": True}).json()
    assert answer["results"]
    assert "no reranking model" in answer["warnings"][0]


def test_delete_linked_takes_none_along_and_says_so(alice_api: APIClient, remember: Remember) -> None:
    path = f"/v1/memories/{remember('I like tea').pk}/"
    assert alice_api.delete(f"{path}?delete_linked=true").json()["cascade_count"] == 0


def test_user_and_agent_together_are_found_by_both_together(alice_api: APIClient) -> None:
    """The hosted service files such a memory under one of the two, and finds it by neither pair."""
    alice_api.post(ADD, {"messages": "I like tea.", **ANN, "agent_id": "coach", "async_mode": False})
    for filters in ({**ANN, "agent_id": "coach"}, {"AND": [ANN, {"agent_id": "coach"}]}, ANN, {"agent_id": "coach"}):
        assert texts(alice_api.post(LIST, {"filters": filters})) == ["I like tea."]
