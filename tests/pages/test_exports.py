"""The exports page, and the buttons that ask whether a memory is right."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Project
from memories.models import Feedback, MemoryExport
from tests.conftest import Remember


@pytest.fixture
def export(alice_project: Project) -> MemoryExport:
    filters = {"user_id": "ann"}
    return MemoryExport.objects.create(
        project=alice_project,
        schema={"type": "object"},
        filters=filters,
        requester="my key",
        status="SUCCEEDED",
        result={"food": ["抹茶が好き"]},
        notes=["Not filled: age."],
    )


def test_the_list_is_empty_at_first_and_then_shows_what_came_of_each(
    alice_client: Client, alice_project: Project, export: MemoryExport
) -> None:
    MemoryExport.objects.create(
        project=alice_project, schema={}, filters={}, status="FAILED", error_code="ProviderRejected", error="Wrong key"
    )
    page = alice_client.get("/exports/").content.decode()
    for text in ("my key", "user_id", "Not filled: age.", "ProviderRejected", "Wrong key", f"{export.pk}/download/"):
        assert text in page
    MemoryExport.objects.all().delete()
    assert "No exports yet" in alice_client.get("/exports/").content.decode()


def test_the_file_is_the_result_and_its_download_is_noted(alice_client: Client, export: MemoryExport) -> None:
    answer = alice_client.get(f"/exports/{export.pk}/download/")
    assert answer["Content-Type"].startswith("application/json")
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.content) == {"food": ["抹茶が好き"]}
    assert AuditEntry.objects.get(object_id=str(export.pk)).action == "export.read"


def test_an_unfinished_export_keeps_the_page_asking_and_has_no_file(
    alice_client: Client, export: MemoryExport
) -> None:
    assert "every 2s" not in alice_client.get("/exports/").content.decode()
    MemoryExport.objects.update(status="RUNNING")
    assert "every 2s" in alice_client.get("/exports/").content.decode()
    assert alice_client.get(f"/exports/{export.pk}/download/").status_code == 404


def test_it_can_be_deleted_before_its_time(alice_client: Client, export: MemoryExport) -> None:
    assert alice_client.post(f"/exports/{export.pk}/delete/").status_code == 302
    assert not MemoryExport.objects.exists()


def test_an_auditor_reads_and_has_no_buttons(auditor_client: Client, export: MemoryExport) -> None:
    page = auditor_client.get("/exports/").content.decode()
    assert "/download/" in page
    assert "/delete/" not in page


class TestFeedback:
    def post(self, client: Client, url: str, value: str, **headers: Any) -> Any:
        return client.post(url, {"value": value}, headers=headers)

    def test_a_person_says_so_and_takes_it_back(self, alice_client: Client, remember: Remember) -> None:
        memory = remember("I like green tea")
        page = f"/memories/{memory.pk}/"
        assert "Is this right?" in alice_client.get(page).content.decode()
        assert self.post(alice_client, f"{page}feedback/", "NEGATIVE").status_code == 302
        opinion = Feedback.objects.get()
        assert (opinion.value, opinion.author) == ("NEGATIVE", "alice@example.com")
        assert 'aria-pressed="true"' in alice_client.get(page).content.decode()
        part = self.post(alice_client, f"{page}feedback/", "", **{"HX-Request": "true"})
        assert part.status_code == 200
        assert "<html" not in part.content.decode()
        assert 'aria-pressed="true"' not in part.content.decode()
        assert not Feedback.objects.exists()
        assert self.post(alice_client, f"{page}feedback/", "SUPER").status_code == 404

    def test_an_auditor_sees_what_others_think(
        self, alice_client: Client, auditor_client: Client, remember: Remember
    ) -> None:
        memory = remember("I like green tea")
        self.post(alice_client, f"/memories/{memory.pk}/feedback/", "POSITIVE")
        page = auditor_client.get(f"/memories/{memory.pk}/").content.decode()
        assert "Helpful" in page
        assert "Is this right?" not in page
