"""Undo, restoring a version, reading the past and rolling back, on pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from memories.models import Event, Memory, MemoryVersion, Rollback
from memories.providers import get_embedder
from memories.services import rollbacks
from memories.services.changes import Actor
from memories.services.revise import Revision, revise
from providers.errors import ProviderError
from tests.conftest import Remember
from tests.pages.markup import text_of


def rewrite(memory: Memory, text: str, actor: Actor | None = None) -> Memory:
    return revise(memory=memory, revision=Revision(text=text), actor=actor or Actor(label="bob"))


@pytest.fixture
def memory(remember: Remember) -> Memory:
    return rewrite(remember("I live in Osaka"), "I live in Kyoto")


class TestGoingBack:
    def test_an_older_version_is_restored_from_the_history(self, memory: Memory, bob_client: Client) -> None:
        path = f"/memories/{memory.pk}/"
        page = text_of(bob_client.get(path))
        assert f"{path}versions/1/restore/" in page
        assert f"{path}versions/2/restore/" not in page
        answer = text_of(bob_client.post(f"{path}versions/1/restore/", follow=True))
        assert "Saved as version 3." in answer
        memory.refresh_from_db()
        assert memory.text == "I live in Osaka"
        assert bob_client.post(f"{path}versions/9/restore/").status_code == 404

    def test_the_last_change_is_undone_once(self, memory: Memory, alice_client: Client) -> None:
        path = f"/memories/{memory.pk}/undo/"
        alice_client.post(path, {"version": 2})
        again = text_of(alice_client.post(path, {"version": 2}, follow=True))
        assert "Somebody has just changed this memory." in again
        memory.refresh_from_db()
        assert (memory.text, memory.version) == ("I live in Osaka", 3)

    def test_a_failing_model_is_told_of(
        self, memory: Memory, alice_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(texts: object) -> list[list[float]]:
            raise ProviderError("The embedder is away.")

        monkeypatch.setattr(get_embedder(), "embed", fail)
        answer = alice_client.post(f"/memories/{memory.pk}/undo/", {"version": 2}, follow=True)
        assert "The embedder is away." in text_of(answer)

    def test_an_auditor_is_offered_neither(self, memory: Memory, auditor_client: Client) -> None:
        page = text_of(auditor_client.get(f"/memories/{memory.pk}/"))
        assert "Undo last change" not in page
        assert "Restore version" not in page

    def test_the_page_says_what_took_its_place(self, memory: Memory, remember: Remember, alice_client: Client) -> None:
        successor = remember("I live in Kobe")
        until = datetime(2026, 3, 1, tzinfo=UTC)
        Memory.objects.filter(pk=memory.pk).update(state="superseded", superseded_by=successor, valid_until=until)
        page = text_of(alice_client.get(f"/memories/{memory.pk}/"))
        assert "It held until" in page
        assert f'href="/memories/{successor.pk}/"' in page


class TestThePast:
    @pytest.fixture
    def yesterday(self, memory: Memory) -> str:
        """Say that the first version was written the day before yesterday, the second today."""
        then = timezone.now() - timedelta(days=2)
        MemoryVersion.objects.filter(memory=memory, number=1).update(created_at=then)
        return (timezone.now() - timedelta(days=1)).date().isoformat()

    def test_it_is_shown_in_the_words_of_that_day(
        self, yesterday: str, remember: Remember, bob_client: Client, charlie_client: Client
    ) -> None:
        remember("I like tea", "ben")
        page = text_of(bob_client.get(f"/memories/as-of/?on={yesterday}"))
        assert "I live in Osaka" in page
        assert "version 1 of 2" in page
        assert "I live in Kyoto" not in page
        assert "I like tea" not in page
        assert "I live in" not in text_of(charlie_client.get(f"/memories/as-of/?on={yesterday}"))

    def test_without_a_day_it_is_now_and_a_person_narrows_it(
        self, memory: Memory, remember: Remember, alice_client: Client
    ) -> None:
        remember("I like tea", "ben")
        page = text_of(alice_client.get("/memories/as-of/?end_user=ben"))
        assert "I like tea" in page
        assert "I live in" not in page
        assert "I live in Kyoto" in text_of(alice_client.get("/memories/as-of/"))
        assert "?end_user=ben" in text_of(alice_client.get("/memories/?end_user=ben"))

    @pytest.mark.parametrize("day", ["1000-01-01", "9999-12-31", "0001-01-01"])
    def test_any_day_can_be_asked_for(self, day: str, memory: Memory, alice_client: Client) -> None:
        found = "I live in Kyoto" in text_of(alice_client.get(f"/memories/as-of/?on={day}"))
        assert found == day.startswith("9")

    def test_what_is_no_day_is_refused(self, alice_client: Client) -> None:
        assert alice_client.get("/memories/as-of/?on=then").status_code == 422


class TestRollbacks:
    @pytest.fixture
    def key(self, alice: User, alice_project: Project, memory: Memory) -> ApiKey:
        key, _secret = ApiKey.issue(project=alice_project, name="importer", created_by=alice)
        rewrite(memory, "I live in Kiel", Actor.of(Principal(api_key=key)))
        return key

    def test_it_is_looked_at_then_done(self, key: ApiKey, memory: Memory, bob_client: Client) -> None:
        asked = {"kind": "source_key", "source": key.prefix, "since": ""}
        page = text_of(bob_client.get("/rollbacks/", asked))
        assert "1 memory is as it was before." in page
        assert "I live in Kyoto" in page
        answer = bob_client.post("/rollbacks/create/", {**asked, "reason": "wrong"}, follow=True)
        assert "Succeeded" in text_of(answer)
        memory.refresh_from_db()
        assert memory.text == "I live in Kyoto"
        assert "bob@example.com" in text_of(bob_client.get("/rollbacks/"))

    def test_conflicts_are_shown_and_left_alone_or_not(
        self, key: ApiKey, memory: Memory, alice_client: Client
    ) -> None:
        rewrite(memory, "I live in Kobe")
        asked = {"kind": "source_key", "source": key.prefix}
        page = text_of(alice_client.get("/rollbacks/", asked))
        assert "1 memory was changed or said by somebody else" in page
        assert "include_conflicts" in page
        answer = text_of(alice_client.post("/rollbacks/create/", asked, follow=True))
        assert "Look at what was left alone" in answer
        memory.refresh_from_db()
        assert memory.text == "I live in Kobe"
        alice_client.post("/rollbacks/create/", {**asked, "include_conflicts": "on"})
        memory.refresh_from_db()
        assert memory.text == "I live in Kyoto"

    def test_a_job_leads_to_its_rollback(self, memory: Memory, alice_client: Client) -> None:
        event = Event.objects.get()
        link = f"/rollbacks/?kind=event&amp;source={event.pk}"
        assert link in text_of(alice_client.get(f"/jobs/{event.pk}/"))
        assert "I live in Kyoto" in text_of(alice_client.get(f"/rollbacks/?kind=event&source={event.pk}"))

    @pytest.mark.parametrize("kind", ["app", "run", "source_key", "event"])
    def test_what_is_not_there_is_not_found(self, kind: str, alice_client: Client) -> None:
        asked = {"kind": kind, "source": "nobody"}
        assert "none of this name" in text_of(alice_client.get("/rollbacks/", asked))
        assert alice_client.post("/rollbacks/create/", asked).status_code == 422
        assert not Rollback.objects.exists()

    def test_a_stranger_can_name_none_of_alices_sources(self, key: ApiKey, charlie_client: Client) -> None:
        for asked in (
            {"kind": "source_key", "source": key.prefix},
            {"kind": "event", "source": Event.objects.get().pk},
        ):
            page = text_of(charlie_client.get("/rollbacks/", asked))
            assert "none of this name" in page
            assert "I live in" not in page

    def test_a_large_one_shows_how_far_it_is(
        self, key: ApiKey, alice_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rollbacks, "BATCH", 0)
        answer = alice_client.post("/rollbacks/create/", {"kind": "source_key", "source": key.prefix}, follow=True)
        assert 'hx-trigger="every 2s"' in text_of(answer)
        monkeypatch.setattr(rollbacks, "BATCH", 1)
        job = Rollback.objects.get()
        rollbacks.work(job.pk)
        part = text_of(alice_client.get(f"/rollbacks/{job.pk}/", headers={"HX-Request": "true"}))
        assert "Succeeded" in part
        assert "<html" not in part
        assert "every 2s" not in part
