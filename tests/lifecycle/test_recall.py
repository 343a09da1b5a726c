"""What a search in a run looks through, and how decay ranks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Project, User
from memories.models import Memory
from tests.conftest import Remember, api_client
from tests.lifecycle.conftest import Settings, aged, of_layer

pytestmark = pytest.mark.django_db
SEARCH = "/v3/memories/search/"
IN_RUN = {"user_id": "alex", "run_id": "trip"}


def found(api: APIClient, filters: dict[str, Any], url: str = SEARCH, **more: Any) -> set[str]:
    answer = api.post(url, {"query": "hotel", "filters": filters, "top_k": 50, **more})
    assert answer.status_code == 200, answer.json()
    rows = answer.json()
    return {row["memory"].removesuffix(" hotel") for row in (rows if isinstance(rows, list) else rows["results"])}


class TestLayers:
    @pytest.fixture(autouse=True)
    def hotels(self, remember: Remember) -> None:
        for name, user, run, layer in (
            ("boutique", "alex", "old", "user"),
            ("quiet", "alex", None, "user"),
            ("tonight's", "alex", "trip", "session"),
            ("that", "alex", "trip", "conversation"),
            ("last year's", "alex", "old", "session"),
            ("unplaced", "alex", None, "session"),
            ("bea's", "bea", "trip", "user"),
            ("bea's tonight", "bea", "trip", "session"),
            ("approved", "bea", None, "organization"),
        ):
            remember(f"{name} hotel", user_id=user, layer=layer, **({"run_id": run} if run else {}))

    def test_names_alone_mean_what_they_mean_at_mem0(self, alice_api: APIClient) -> None:
        sessions = {"tonight's", "that", "last year's", "unplaced"}
        assert found(alice_api, {"user_id": "alex"}) == {"boutique", "quiet", *sessions}
        assert found(alice_api, IN_RUN) == {"tonight's", "that"}

    @pytest.mark.parametrize(
        "filters",
        [
            IN_RUN,
            {"AND": [{"user_id": "alex"}, {"run_id": "trip"}]},
            {"userId": "alex", "AND": [{"AND": [{"runId": "trip"}]}]},
        ],
    )
    def test_a_search_in_a_run_has_all_layers_and_no_other_session(
        self, alice_api: APIClient, filters: dict[str, Any]
    ) -> None:
        expected = {"boutique", "quiet", "tonight's", "that", "approved"}
        assert found(alice_api, filters, combine_layers=True) == expected

    def test_the_rest_of_the_filter_holds_of_every_layer(self, alice_api: APIClient) -> None:
        no_quiet = {**IN_RUN, "NOT": {"text": "quiet"}}
        assert found(alice_api, no_quiet, combine_layers=True) == {"boutique", "tonight's", "that", "approved"}
        of_bea = {"AND": [IN_RUN, {"OR": [{"user_id": "bea"}]}]}
        assert found(alice_api, of_bea, combine_layers=True) == {"approved"}
        contradiction = {"AND": [{"user_id": "alex"}, {"user_id": "bea"}, {"run_id": "trip"}]}
        assert found(alice_api, contradiction, combine_layers=True) <= {"approved"}
        assert found(alice_api, {**IN_RUN, "layer": ["session"]}, combine_layers=True) == {"tonight's"}

    def test_a_run_of_nobody_in_particular_opens_nobodys_user_memories(self, alice_api: APIClient) -> None:
        of_the_run = {"tonight's", "that", "bea's", "bea's tonight"}
        assert found(alice_api, {"run_id": "trip"}, combine_layers=True) == of_the_run | {"approved"}
        for_any = {"run_id": "trip", "user_id": "*"}
        assert found(alice_api, for_any, combine_layers=True) == of_the_run | {"approved"}

    @pytest.mark.parametrize("filters", [{"user_id": "alex"}, {"user_id": "alex", "run_id": {"in": ["trip", "old"]}}])
    def test_without_a_run_there_is_nothing_to_combine(self, alice_api: APIClient, filters: dict[str, Any]) -> None:
        answer = alice_api.post(SEARCH, {"query": "hotel", "filters": filters, "combine_layers": True})
        assert answer.status_code == 400
        assert "Name the run" in answer.json()["detail"]

    def test_the_project_can_make_it_the_rule_and_a_call_the_exception(
        self, alice_api: APIClient, settings_are: Settings
    ) -> None:
        settings_are(combine_layers=True)
        combined = {"boutique", "quiet", "tonight's", "that", "approved"}
        assert found(alice_api, IN_RUN) == combined
        assert found(alice_api, {}, url="/v1/memories/search/", **IN_RUN) == combined
        assert found(alice_api, IN_RUN, combine_layers=False) == {"tonight's", "that"}
        assert "last year's" in found(alice_api, {"user_id": "alex"})
        listed = alice_api.post("/v3/memories/", {"filters": IN_RUN}).json()
        assert listed["count"] == 2, "a list is no recall"

    def test_a_limited_key_gets_nothing_of_others(self, alice: User, charlie_api: APIClient) -> None:
        limited = api_client(alice, end_user_name="alex")
        assert found(limited, IN_RUN, combine_layers=True) == {"boutique", "quiet", "tonight's", "that"}
        assert found(charlie_api, IN_RUN, combine_layers=True) == set()

    def test_what_lasts_ranks_before_what_passes(self, alice_api: APIClient) -> None:
        body = {"query": "hotel", "filters": IN_RUN, "combine_layers": True, "explain": True}
        answer = alice_api.post(SEARCH, body).json()
        share = {
            row["layer"]: row["score_breakdown"].get("layer", {"score": 0.0})["score"] for row in answer["results"]
        }
        assert share == {"user": 1.0, "organization": 1.0, "session": 0.5, "conversation": 0.0}
        assert answer["explanation"]["weights"]["layer"] == 1.0

    def test_an_expected_memory_of_another_session_is_said_to_be_left_out(self, alice_api: APIClient) -> None:
        other = Memory.objects.get(text="last year's hotel")
        body = {"query": "hotel", "filters": IN_RUN, "combine_layers": True, "explain": True, "expected": [other.pk]}
        (expected,) = alice_api.post(SEARCH, body, format="json").json()["explanation"]["expected"]
        assert "filters" in expected["reason"]


class TestWriting:
    def test_an_app_says_the_layer_and_changes_it(self, alice_api: APIClient) -> None:
        body = {"messages": "Gate 12", "user_id": "ann", "infer": False, "layer": "session"}
        memory = Memory.objects.get(pk=alice_api.post("/v3/memories/add/", body).json()["results"][0]["id"])
        assert memory.layer == "session"
        url = f"/v1/memories/{memory.pk}/"
        answer = alice_api.put(url, {"layer": "user", "pinned": True}).json()
        assert (answer["layer"], answer["pinned"], answer["version"]) == ("user", True, 2)
        assert (answer["recall_count"], answer["last_recalled_at"]) == (0, None)
        assert alice_api.put(url, {"layer": "attic"}).status_code == 400
        assert [version.pinned for version in memory.versions.order_by("number")] == [False, True]

    def test_a_limited_key_writes_nothing_for_all(self, alice: User, remember: Remember) -> None:
        limited = api_client(alice, end_user_name="ann")
        memory = remember("I like tea")
        body = {"messages": "Buy my tea!", "user_id": "ann", "infer": False, "layer": "organization"}
        item = {"memory_id": str(memory.pk), "layer": "organization"}
        assert limited.post("/v3/memories/add/", body).status_code == 403
        assert limited.put(f"/v1/memories/{memory.pk}/", {"layer": "organization"}).status_code == 403
        assert limited.put("/v1/batch/", {"memories": [item]}).status_code == 403
        memory.refresh_from_db()
        assert (memory.layer, Memory.objects.count()) == ("user", 1)

    def test_how_an_immutable_memory_is_kept_may_change(self, alice_api: APIClient, remember: Remember) -> None:
        url = f"/v1/memories/{remember('I like tea', immutable=True).pk}/"
        assert alice_api.put(url, {"pinned": True, "layer": "session"}).status_code == 200
        assert alice_api.put(url, {"pinned": False, "text": "I like jam"}).status_code == 409
        assert alice_api.get(url).json()["pinned"] is True

    def test_filters_by_layer_and_pin(self, alice_api: APIClient, remember: Remember) -> None:
        of_layer(remember("I like tea"), "session", pinned=True)
        remember("I like jam")
        for condition, expected in (({"layer": "session"}, "I like tea"), ({"pinned": False}, "I like jam")):
            body = {"filters": {"user_id": "ann", **condition}}
            assert [row["memory"] for row in alice_api.post("/v3/memories/", body).json()["results"]] == [expected]


class TestDecay:
    @pytest.fixture
    def stale(self, remember: Remember) -> Memory:
        memory = aged(remember("I drink green tea"), 300)
        remember("I drink green tea, too")
        Memory.objects.exclude(pk=memory.pk).update(text="I drink green tea")
        return memory

    def ids(self, api: APIClient) -> list[str]:
        answer = api.post(SEARCH, {"query": "green tea", "filters": {"user_id": "ann"}}).json()
        return [row["id"] for row in answer["results"]]

    def test_it_moves_what_nobody_asks_for_back_and_drops_nothing(
        self, alice_api: APIClient, alice_project: Project, stale: Memory
    ) -> None:
        before = self.ids(alice_api)
        alice_project.decay = True
        alice_project.save()
        assert self.ids(alice_api)[-1] == str(stale.pk)
        assert set(self.ids(alice_api)) == set(before)
        alice_project.decay = False
        alice_project.save()
        assert self.ids(alice_api) == before

    @pytest.mark.parametrize(
        "kept", [{"pinned": True}, {"visited_at": timezone.now()}, {"updated_at": timezone.now()}, {"visits": 2**20}]
    )
    def test_what_is_pinned_or_recalled_stays_fresh(
        self, alice_api: APIClient, alice_project: Project, stale: Memory, kept: dict[str, Any]
    ) -> None:
        alice_project.decay = True
        alice_project.save()
        Memory.objects.filter(pk=stale.pk).update(**kept)
        answer = alice_api.post(SEARCH, {"query": "green tea", "filters": {"user_id": "ann"}}).json()
        shares = {row["id"]: row["score_breakdown"]["freshness"]["score"] for row in answer["results"]}
        assert shares[str(stale.pk)] > 0.7

    def test_the_half_life_is_the_projects(self, alice_api: APIClient, stale: Memory, settings_are: Settings) -> None:
        project = settings_are(half_life_days=300.0)
        project.decay = True
        project.save()
        answer = alice_api.post(SEARCH, {"query": "green tea", "filters": {"user_id": "ann"}}).json()
        shares = sorted(row["score_breakdown"]["freshness"]["score"] for row in answer["results"])
        assert shares == pytest.approx([0.5, 1.0], abs=0.01)

    def test_a_search_asks_postgres_no_more_often(
        self, alice_api: APIClient, alice_project: Project, stale: Memory, settings_are: Settings
    ) -> None:
        from django.db import connection

        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                self.ids(alice_api)
            return len(captured)

        queries()
        queries()
        plain = queries()
        settings_are(combine_layers=True).decay = True
        Project.objects.update(decay=True)
        queries()
        assert queries() == plain


def test_a_day_in_the_past_is_shown_and_an_earlier_one_still_finds_it(
    alice_api: APIClient, remember: Remember, settings_are: Settings
) -> None:
    """What has outlived its layer is out of the way, not out of the house."""
    from memories.services.consolidation.expiring import expire

    project = settings_are(layer_days={"session": 7})
    aged(of_layer(remember("It is hotel night"), "session"), 10)
    assert expire(project) == 1
    filters = {"user_id": "ann"}
    assert found(alice_api, filters) == set()
    assert len(found(alice_api, filters, show_expired=True)) == 1
    earlier = (timezone.now() - timedelta(days=2)).date().isoformat()
    assert len(found(alice_api, filters, reference_date=earlier)) == 1
