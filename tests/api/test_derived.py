"""Summary, feedback, figures, filter values and instructions: right, honest, and only of what one may see."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from memories.models import Feedback, Memory
from tests.conftest import Remember, api_client
from tests.providers.wire import OpenAIWire, error

pytestmark = pytest.mark.django_db
ANN = {"filters": {"user_id": "ann"}}


class TestSummary:
    def test_without_a_model_it_counts_and_quotes_and_says_so(self, alice_api: APIClient, remember: Remember) -> None:
        memory = remember("I like green tea")
        remember("I like green tea")
        Memory.objects.filter(pk=memory.pk).update(categories=["food"])
        remember("I am Ben", user_id="ben")
        answer = alice_api.post("/v1/summary/", ANN).json()
        assert answer["summary"] == "1 memory: food (1).\nSaid last:\n- I like green tea"
        assert (answer["generated_by"], answer["total_memories"]) == ("digest", 1)
        assert "No language model" in answer["note"]
        assert [shape["id"] for shape in answer["most_supported"]] == [str(memory.pk)]

    def test_with_a_model_it_is_written(self, alice_api: APIClient, remember: Remember, wire: OpenAIWire) -> None:
        remember("I like green tea")
        wire.reply_with(lambda request: {"summary": "Ann likes tea."})
        answer = alice_api.post("/v1/summary/", ANN).json()
        assert (answer["summary"], answer["generated_by"], answer["note"]) == ("Ann likes tea.", "gpt-test", None)
        assert "I like green tea" in wire.chats[0]["messages"][1]["content"]

    def test_a_model_that_fails_is_503_and_nothing_to_say_needs_no_model(
        self, alice_api: APIClient, remember: Remember, wire: OpenAIWire
    ) -> None:
        assert alice_api.post("/v1/summary/", ANN).json()["summary"] == "Nothing is remembered here."
        assert wire.chats == []
        remember("I like green tea")
        wire.reply_with(lambda request: error(401, "Incorrect API key."))
        assert alice_api.post("/v1/summary/", ANN).status_code == 503

    def test_it_must_say_whose(self, alice_api: APIClient) -> None:
        assert "Say whose" in alice_api.post("/v1/summary/", {}).json()["detail"]
        assert alice_api.post("/v1/summary/", {"filters": None}).status_code == 400


class TestFeedback:
    def give(self, api: APIClient, memory: Memory, **body: Any) -> Any:
        return api.post("/v1/feedback/", {"memory_id": str(memory.pk), **body})

    def test_one_opinion_per_author_the_last_one_counts_and_null_clears(
        self, alice: User, alice_api: APIClient, remember: Remember
    ) -> None:
        memory = remember("I like green tea")
        first = self.give(alice_api, memory, feedback="POSITIVE", feedback_reason=None).json()
        assert (first["feedback"], first["feedback_reason"]) == ("POSITIVE", None)
        second = self.give(alice_api, memory, feedback="very_negative", feedback_reason="She hates it").json()
        assert second == {"id": first["id"], "feedback": "VERY_NEGATIVE", "feedback_reason": "She hates it"}
        self.give(api_client(alice), memory, feedback="POSITIVE")
        assert Feedback.objects.count() == 2
        cleared = self.give(alice_api, memory, feedback=None, feedback_reason=None)
        assert (cleared.status_code, cleared.json()["feedback"]) == (200, None)
        assert Feedback.objects.get().value == "POSITIVE"
        entries = AuditEntry.objects.filter(action="memory.feedback")
        assert entries.count() == 4
        assert "She hates it" not in str(list(entries.values()))

    def test_another_value_is_400_and_names_the_allowed(self, alice_api: APIClient, remember: Remember) -> None:
        answer = self.give(alice_api, remember("I like green tea"), feedback="SUPER")
        assert answer.status_code == 400
        assert "POSITIVE, NEGATIVE, VERY_NEGATIVE" in answer.json()["detail"]

    def test_it_goes_with_the_memory(self, alice_api: APIClient, remember: Remember) -> None:
        memory = remember("I like green tea")
        self.give(alice_api, memory, feedback="NEGATIVE")
        alice_api.delete("/v2/entities/user/ann/")
        assert not Feedback.objects.exists()
        assert self.give(alice_api, memory, feedback="NEGATIVE").status_code == 404


class TestFigures:
    def test_what_there_is_and_what_happens(self, alice_api: APIClient, remember: Remember) -> None:
        memory = remember("I like green tea", agent_id="bot")
        remember("I am Ben", user_id="ben")
        Memory.objects.filter(pk=memory.pk).update(categories=["food", "hobbies"])
        alice_api.delete(f"/v1/memories/{Memory.objects.get(text='I am Ben').pk}/")
        alice_api.post("/v3/memories/search/", {"query": "tea", **ANN})
        alice_api.post("/v1/feedback/", {"memory_id": str(memory.pk), "feedback": "POSITIVE"})
        stats = alice_api.get("/v1/stats/").json()
        assert stats["total_memories"] == 1
        assert stats["memories_by_state"] == {"active": 1, "deleted": 1}
        assert stats["memories_by_category"] == {"food": 1, "hobbies": 1}
        assert stats["entities"] == {"user": 2, "agent": 1, "app": 0, "run": 0}
        assert (stats["total_events"], stats["events_by_status"]) == (2, {"SUCCEEDED": 2})
        assert (stats["total_searches"], stats["feedback"]) == (1, {"POSITIVE": 1})
        assert len(stats["over_time"]) == 30
        assert (stats["over_time"][-1]["adds"], stats["over_time"][-1]["searches"]) == (2, 1)

    def test_a_limited_key_and_a_stranger_count_their_own(
        self, alice: User, charlie_api: APIClient, remember: Remember
    ) -> None:
        remember("I like green tea")
        remember("I am Ben", user_id="ben")
        ben = api_client(alice, end_user_name="ben").get("/v1/stats/").json()
        assert (ben["total_memories"], ben["entities"]["user"], ben["total_searches"]) == (1, 1, None)
        assert charlie_api.get("/v1/stats/").json()["total_memories"] == 0

    def test_what_to_filter_by(self, alice: User, alice_api: APIClient, remember: Remember) -> None:
        memory = remember("I like green tea", metadata={"mood": "good", "place": "home"}, run_id="r1")
        remember("I am Ben", user_id="ben", metadata={"mood": "bad"})
        Memory.objects.filter(pk=memory.pk).update(categories=["food"])
        Memory.objects.exclude(pk=memory.pk).update(categories=[])
        assert alice_api.get("/v1/entities/filters/").json() == {
            "user_id": ["ann", "ben"],
            "agent_id": [],
            "app_id": [],
            "run_id": ["r1"],
            "categories": ["food"],
            "metadata_keys": ["mood", "place"],
        }
        ben = api_client(alice, end_user_name="ben").get("/v1/entities/filters/").json()
        assert (ben["user_id"], ben["run_id"], ben["categories"], ben["metadata_keys"]) == (["ben"], [], [], ["mood"])


class TestInstructions:
    def test_without_a_model_a_template_that_says_so(self, alice_api: APIClient) -> None:
        for path in ("/v1/generate-instructions/", "/generate-instructions"):
            answer = alice_api.post(path, {"use_case": "a running coach"}).json()
            assert "a running coach" in answer["custom_instructions"]
            assert answer["test_message"]
            assert (answer["generated_by"], "template" in answer["note"]) == ("template", True)

    def test_with_a_model_one_call(self, alice_api: APIClient, wire: OpenAIWire) -> None:
        written = {"custom_instructions": "Keep training plans.", "test_message": "I ran 10 km."}
        wire.reply_with(lambda request: written)
        answer = alice_api.post("/v1/generate-instructions/", {"use_case": "a running coach"}).json()
        assert answer == {**written, "generated_by": "gpt-test"}
        assert len(wire.chats) == 1

    def test_a_use_case_is_needed(self, alice_api: APIClient) -> None:
        assert alice_api.post("/v1/generate-instructions/", {}).status_code == 400
