"""Profiles: each line rests on memories that still say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Project, User
from memories.models import EndUser, Memory, Profile, ProfileLine, ProfileRequest
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity, forget, purge, restore
from memories.services.profiles import make_profile, refresh_profiles
from memories.services.revise import Revision, revise
from tests.conftest import Remember, api_client
from tests.providers.wire import OpenAIWire, chat, error

pytestmark = pytest.mark.django_db
JOBS = "/v2/profiles/jobs/"
SETTINGS = "/v2/profiles/settings/"
SCHEMA = {
    "type": "object",
    "properties": {
        "style": {"type": "string", "description": "How the user likes to be addressed"},
        "goals": {"type": "array", "items": {"type": "string"}, "description": "What the user wants"},
    },
}
ALICE = Actor(label="alice")


@pytest.fixture
def api(alice_api: APIClient) -> APIClient:
    """Alice's key, with profiles switched on."""
    assert alice_api.post(SETTINGS, {"enabled": True}).status_code == 200
    return alice_api


def with_category(memory: Memory, *categories: str) -> Memory:
    Memory.objects.filter(pk=memory.pk).update(categories=list(categories))
    return memory


def trigger(api: APIClient, name: str = "ann", key: str = "", **more: Any) -> Any:
    body = {"operation": "trigger", "entity_type": "user", "entity_id": name, **more}
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return api.post(JOBS, body, **headers)


def make_all() -> None:
    for profile in Profile.objects.unfinished():
        make_profile(profile.pk)


def profile(api: APIClient, name: str = "ann") -> dict[str, Any]:
    answer = api.get(f"/v2/entities/user/{name}/profile/")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


class TestSettings:
    def test_they_are_kept_field_by_field_and_cleared_by_null(self, alice_api: APIClient) -> None:
        first = alice_api.get(SETTINGS).json()
        assert (first["enabled"], first["entities"]["user"]["schema"]) == (False, None)
        alice_api.post(SETTINGS, {"enabled": True, "entities": {"user": {"schema": SCHEMA}}})
        alice_api.post(SETTINGS, {"entities": {"user": {"custom_instructions": "Be kind."}}})
        stored = alice_api.post(SETTINGS, {}).json()
        assert stored["enabled"] is True
        assert stored["entities"]["user"] == {"schema": SCHEMA, "custom_instructions": "Be kind."}
        cleared = {"entities": {"user": {"schema": None, "custom_instructions": None}}}
        assert alice_api.post(SETTINGS, cleared).json()["entities"]["user"] == {
            "schema": None,
            "custom_instructions": None,
        }

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            ({"schema": SCHEMA}, "Unsupported settings: schema"),
            ({"entities": {"agent": {"schema": SCHEMA}}}, "Only users have profiles"),
            ({"entities": {"user": {"schema": {"type": "object", "properties": {"a": {}}}}}}, "needs a description"),
            ({"entities": {"user": {"schema": {"type": "string"}}}}, "that of an object"),
            ({"enabled": "perhaps"}, "enabled"),
        ],
    )
    def test_what_is_not_understood_is_refused(self, alice_api: APIClient, body: Any, complaint: str) -> None:
        answer = alice_api.post(SETTINGS, body)
        assert answer.status_code == 400
        assert complaint in answer.json()["detail"]

    def test_only_an_unlimited_admin_changes_them(self, alice: User) -> None:
        for key in ({"scope": "write"}, {"end_user_name": "ann"}):
            assert api_client(alice, **key).post(SETTINGS, {"enabled": True}).status_code == 403


class TestWithoutAModel:
    def test_statements_by_category_newest_first_with_their_memories(self, api: APIClient, remember: Remember) -> None:
        tea = with_category(remember("I like green tea"), "food")
        bread = with_category(remember("I bake bread"), "food", "hobbies")
        job = trigger(api).json()
        assert (job["status"], job["entity_count_reserved"], job["replayed"]) == ("pending", 1, False)
        assert profile(api)["status"] == "pending"
        make_all()
        found = profile(api)
        assert found["status"] == "succeeded"
        assert found["profile"] == {"food": ["I bake bread", "I like green tea"], "hobbies": ["I bake bread"]}
        assert found["citations"]["food"] == [[str(bread.pk)], [str(tea.pk)]]
        assert (found["entity_id"], found["generation_count"]) == ("ann", 1)
        assert "without a language model" in found["notes"][0]
        assert api.get(job["status_url"]).json()["job"] == {
            "id": job["job_id"],
            "operation": "trigger",
            "entity_type": "user",
            "status": "succeeded",
            "total": 1,
            "enumeration_complete": True,
            "completed": 1,
            "succeeded": 1,
            "failed": 0,
            "skipped": 0,
        }

    def test_every_status(self, alice_api: APIClient, alice_project: Project, remember: Remember) -> None:
        assert alice_api.get("/v2/entities/user/ann/profile/").status_code == 404
        assert alice_api.get("/v2/entities/agent/bot/profile/").status_code == 400
        remember("I like green tea")
        assert profile(alice_api)["status"] == "not_enabled"
        assert trigger(alice_api).status_code == 400
        alice_api.post(SETTINGS, {"enabled": True})
        assert profile(alice_api)["status"] == "pending", "the hourly refresh will make it"
        EndUser.objects.create(project=alice_project, name="nobody")
        assert profile(alice_api, "nobody")["status"] == "insufficient_data"
        trigger(alice_api, "nobody")
        make_all()
        assert profile(alice_api, "nobody")["status"] == "insufficient_data"

    def test_a_sample_takes_those_of_whom_most_is_remembered(self, api: APIClient, remember: Remember) -> None:
        for name, count in {"ann": 1, "ben": 3, "cleo": 2}.items():
            for n in range(count):
                remember(f"{name} says {n}", user_id=name)
        job = api.post(JOBS, {"operation": "sample", "entity_type": "user", "limit": 2}).json()
        assert (job["sampled"], sorted(job["entity_ids"])) == (2, ["ben", "cleo"])
        assert {row["entity_id"] for row in job["results"]} == {"ben", "cleo"}
        make_all()
        state = api.get(job["status_url"]).json()["job"]
        assert (state["total"], state["completed"]) == (2, 2)
        assert api.post(JOBS, {"operation": "sample", "limit": 11}).status_code == 400
        assert api.post(JOBS, {"operation": "regenerate"}).status_code == 400

    def test_the_same_idempotency_key_is_the_same_job(self, api: APIClient, remember: Remember) -> None:
        remember("I like green tea")
        first, again = trigger(api, key="k1").json(), trigger(api, key="k1").json()
        assert (again["job_id"], again["replayed"]) == (first["job_id"], True)
        assert Profile.objects.count() == 1
        assert trigger(api).json()["job_id"] != trigger(api).json()["job_id"]
        remember("I am Ben", user_id="ben")
        other = trigger(api, "ben", key="k1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert Profile.objects.count() == 3
        assert trigger(api, key="k" * 256).status_code == 400

    def test_a_name_with_slashes_and_one_that_ends_in_profile(self, api: APIClient, remember: Remember) -> None:
        remember("I like tea", user_id="a/b")
        remember("I like tea", user_id="a/b/profile")
        assert profile(api, "a/b")["entity_id"] == "a/b"
        assert profile(api, "a/b/profile")["entity_id"] == "a/b/profile"
        assert api.delete("/v2/entities/user/a/b/profile/").status_code == 200
        assert list(EndUser.objects.values_list("name", flat=True)) == ["a/b"]


class TestForgetting:
    @pytest.fixture
    def memory(self, api: APIClient, remember: Remember) -> Memory:
        memory = with_category(remember("I like green tea"), "food")
        with_category(remember("I play chess"), "hobbies")
        trigger(api)
        make_all()
        assert set(profile(api)["profile"]) == {"food", "hobbies"}
        return memory

    def test_a_deleted_memorys_line_leaves_and_a_restored_ones_waits_for_the_next(
        self, api: APIClient, memory: Memory
    ) -> None:
        this = Memory.objects.filter(pk=memory.pk)
        forget(memories=this, actor=ALICE)
        assert set(profile(api)["profile"]) == {"hobbies"}
        restore(memories=this, actor=ALICE)
        trigger(api)
        make_all()
        assert set(profile(api)["profile"]) == {"food", "hobbies"}
        assert ProfileLine.objects.count() == 2
        assert profile(api)["generation_count"] == 2

    def test_a_corrected_memory_no_longer_supports_its_line(self, api: APIClient, memory: Memory) -> None:
        revise(memory=memory, revision=Revision(text="I like black tea"), actor=ALICE)
        assert "food" not in profile(api)["profile"]

    def test_purging_removes_the_line_itself(self, memory: Memory) -> None:
        purge(memories=Memory.objects.filter(pk=memory.pk), actor=ALICE)
        assert list(ProfileLine.objects.values_list("field", flat=True)) == ["hobbies"]

    def test_a_person_goes_with_profile_and_requests(self, api: APIClient, memory: Memory) -> None:
        assert memory.end_user is not None
        erase_entity(entity=memory.end_user, actor=ALICE)
        for model in (Profile, ProfileLine, ProfileRequest):
            assert not model.objects.exists()


class TestWithALanguageModel:
    @pytest.fixture
    def model(self, api: APIClient, wire: OpenAIWire) -> OpenAIWire:
        api.post(SETTINGS, {"entities": {"user": {"schema": SCHEMA, "custom_instructions": "Be kind."}}})
        return wire

    def test_lines_with_citations_and_none_without(
        self, api: APIClient, remember: Remember, model: OpenAIWire
    ) -> None:
        first, second = remember("I want to run a marathon"), remember("Keep it short, please")
        cited = [{"value": "run a marathon", "memories": [1]}, {"value": "be rich", "memories": []}]
        invented = [{"value": "fly", "memories": [99]}]
        model.reply_with(lambda request: {"style": [{"value": "terse", "memories": [0]}], "goals": cited + invented})
        trigger(api)
        make_all()
        found = profile(api)
        assert found["profile"] == {"style": "terse", "goals": ["run a marathon"]}
        assert found["citations"] == {"style": [str(second.pk)], "goals": [[str(first.pk)]]}
        assert found["generated_by"] == "gpt-test"
        assert found["notes"] == ["2 lines were left out: they cite no memory, or break the schema."]
        assert "Be kind." in model.chats[0]["messages"][0]["content"]

    def test_failures_wait_or_say_why(self, api: APIClient, remember: Remember, model: OpenAIWire) -> None:
        remember("I want to run a marathon")
        model.script(error(500, "Oops."), error(401, "Incorrect API key."))
        job = trigger(api).json()
        make_all()
        assert Profile.objects.get().error_code == "ProviderUnavailable"
        assert profile(api)["status"] == "pending"
        Profile.objects.update(available_at=timezone.now())
        make_all()
        found = profile(api)
        assert (found["status"], bool(found["error"])) == ("failed", True)
        state = api.get(job["status_url"]).json()["job"]
        assert (state["status"], state["failed"]) == ("failed", 1)

    def test_what_was_made_before_stands_while_the_next_one_fails(
        self, api: APIClient, remember: Remember, model: OpenAIWire
    ) -> None:
        model.script(chat({"style": [], "goals": [{"value": "run", "memories": [0]}]}), error(401, "No."))
        for text in ("I want to run a marathon", "I want to swim"):
            remember(text)
            trigger(api)
            make_all()
        found = profile(api)
        assert (found["status"], found["profile"]) == ("failed", {"goals": ["run"]})


class TestRefreshing:
    def test_only_those_whose_memories_changed_are_made_again(
        self, api: APIClient, alice_project: Project, remember: Remember, charlie: User
    ) -> None:
        remember("I like green tea")
        remember("I am Ben", user_id="ben")
        assert refresh_profiles() == 2
        assert refresh_profiles() == 0, "they are under way"
        make_all()
        assert refresh_profiles() == 0
        Memory.objects.filter(end_user__name="ben").update(updated_at=timezone.now() + timedelta(seconds=5))
        assert refresh_profiles() == 1
        assert Profile.objects.unfinished().get().end_user.name == "ben"

    def test_projects_without_profiles_are_left_alone(self, remember: Remember) -> None:
        remember("I like green tea")
        assert refresh_profiles() == 0
