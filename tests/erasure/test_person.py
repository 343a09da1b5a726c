"""A person is erased from every table, with a certificate; others are not."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, Project, User
from memories.models import (
    AccessLog,
    EndUser,
    ErasureCertificate,
    Event,
    Memory,
    MemoryExport,
    Run,
    SavedFilter,
    Tombstone,
)
from memories.services import forgetting
from memories.services.erasure.fingerprints import fingerprint
from memories.services.erasure.stores import STORES
from memories.services.forgetting import erase_entity
from tests.api.test_projects import key_to
from tests.conftest import Remember, api_client
from tests.erasure.conftest import ACTOR, NAME, WORD
from tests.erasure.everywhere import tables_saying, words_of
from tests.pages.markup import text_of


def test_nothing_in_the_database_names_them_or_says_what_they_said(person: EndUser) -> None:
    assert len(tables_saying(NAME)) > 5
    erase_entity(entity=person, actor=ACTOR)
    assert tables_saying(NAME) == tables_saying(WORD) == []


def test_the_certificate_counts_every_store_and_names_nobody(person: EndUser, alice_project: Project) -> None:
    certificate = erase_entity(entity=person, actor=ACTOR)
    assert set(certificate.counts) == {store.label for store in STORES}
    assert certificate.counts["memories.Memory"] == {"erased": 1, "left": 0}
    assert certificate.counts["memories.SavedFilter"] == {"erased": 2, "left": 0}
    assert certificate.counts["accounts.ApiKey"] == {"erased": 1, "left": 0}
    assert (certificate.memories, certificate.subject) == (1, "end_user")
    assert certificate.digest == fingerprint(alice_project.pk, f" {NAME.upper()} ")
    assert certificate.digest != fingerprint(alice_project.pk, "somebody else")
    entry = AuditEntry.objects.get(action="entity.erase")
    assert entry.details == {"memories": 1, "certificate": str(certificate.pk)}


def test_others_keep_what_is_theirs(
    person: EndUser, remember: Remember, alice: User, alice_project: Project, charlie: User
) -> None:
    ben = remember("I like tea", user_id="ben", run_id="shared", app_id="zoo")
    remember("I sing", user_id=NAME, run_id="shared")
    namesake = remember("I sing", user_id=NAME, user=charlie, project=api_project(charlie))
    SavedFilter.objects.create(user=alice, project=alice_project, name="Ben", filters={"user_id": "ben"})
    MemoryExport.objects.create(project=alice_project, schema={}, filters={"user_id": "ben"})
    AccessLog.objects.create(project=alice_project, reader="k", query="zarathustras", memory_ids=[ben.pk])
    erase_entity(entity=person, actor=ACTOR)
    assert set(Memory.objects.all()) == {ben, namesake}
    assert [saved.name for saved in SavedFilter.objects.all()] == ["Ben"]
    assert [run.name for run in Run.objects.all()] == ["shared"]
    assert MemoryExport.objects.count() == AccessLog.objects.count() == 1
    assert EndUser.objects.filter(name=NAME).count() == 1


def api_project(user: User) -> Project:
    return Project.objects.get(organization__memberships__user=user, is_default=True)


def test_a_key_that_reaches_only_them_stops_working_and_reaches_nobody(person: EndUser, limited: ApiKey) -> None:
    erase_entity(entity=person, actor=ACTOR)
    limited.refresh_from_db()
    assert limited.revoked_at is not None
    assert limited.end_user_name == "[erased]"


@pytest.mark.parametrize("name", ["田中", "a.b+c@example.com", "x (y) [z] \\w", "%_"])
def test_names_of_any_kind_are_taken_out_of_queries(name: str, remember: Remember, alice_project: Project) -> None:
    person = remember("I sing", user_id=name).end_user
    for query in (f"what does {name} like?", "what of others?"):
        AccessLog.objects.create(project=alice_project, reader="k", query=query, memory_ids=[])
    erase_entity(entity=person, actor=ACTOR)
    left = list(AccessLog.objects.values_list("query", flat=True))
    # Names of a letter or two are in too many queries that are about something else.
    assert left == ["what of others?"] if len(name) > 2 or not name.isascii() else len(left) == 2


def test_what_could_not_be_erased_is_said_at_every_door(
    person: EndUser, alice_client: Client, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "erase_names", lambda traces: None)
    page = text_of(alice_client.post(f"/people/{person.pk}/erase/", {"typed": NAME}, follow=True))
    assert "Nothing was erased, because not everything could be" in page
    answer = alice_api.delete(f"/v2/entities/user/{NAME}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_erased")
    assert "memories.SavedFilter: 2" in answer.json()["detail"]
    assert Memory.objects.filter(end_user=person).exists()
    assert not ErasureCertificate.objects.exists()


@pytest.mark.parametrize("end_user_name", ["", NAME])
def test_it_takes_a_key_that_may_administer_made_by_somebody_who_may(
    end_user_name: str, person: EndUser, alice: User, bob: User, alice_project: Project
) -> None:
    path = f"/v2/entities/user/{NAME}/"
    assert api_client(alice, scope="write", end_user_name=end_user_name).delete(path).status_code == 403
    bobs = key_to(alice_project, bob, end_user_name=end_user_name)
    assert bobs.delete(path).status_code == 403
    assert EndUser.objects.filter(pk=person.pk).exists()
    assert api_client(alice, end_user_name=end_user_name).delete(path).status_code == 200


class TestPages:
    def test_one_finds_the_person_sees_what_goes_and_types_the_name(
        self, person: EndUser, alice_client: Client
    ) -> None:
        way = alice_client.get("/erasures/", {"name": NAME})
        assert way["Location"] == f"/people/{person.pk}/erase/"
        page = text_of(alice_client.get(way["Location"]))
        assert "Memories 1" in words_of(page)
        assert "Saved filters 2" in words_of(page)
        wrong = alice_client.post(way["Location"], {"typed": "ann"})
        assert wrong.status_code == 422
        assert EndUser.objects.filter(pk=person.pk).exists()
        page = text_of(alice_client.post(way["Location"], {"typed": NAME}, follow=True))
        assert "Certificate of erasure" in page
        certificate = ErasureCertificate.objects.get()
        assert str(certificate.pk) in page
        assert NAME not in page
        assert str(certificate.pk) in alice_client.get("/erasures/").content.decode()

    def test_it_can_be_had_as_json(self, person: EndUser, alice_client: Client) -> None:
        certificate = erase_entity(entity=person, actor=ACTOR)
        answer = alice_client.get(f"/erasures/{certificate.pk}/download/")
        assert answer["Content-Disposition"] == f'attachment; filename="erasure-{certificate.pk}.json"'
        told = answer.json()
        assert (told["total_left"], told["stores"]["memories.Memory"]["erased"]) == (0, 1)
        assert told["total_erased"] > 15

    def test_nobody_of_that_name_is_said(self, person: EndUser, alice_client: Client, bob_client: Client) -> None:
        page = alice_client.get("/erasures/", {"name": "nobody"})
        assert page.status_code == 404
        assert "There is no end user “nobody”" in text_of(page)
        page = text_of(bob_client.get("/erasures/"))
        assert "Only owners and admins may do that" in page
        assert NAME not in page


class TestApi:
    def test_a_preview_takes_nothing_and_erasing_answers_with_the_certificate(
        self, person: EndUser, alice_api: APIClient
    ) -> None:
        preview = alice_api.post("/v1/erasures/preview/", {"user_id": NAME}).json()
        assert preview["stores"]["memories.Memory"] == 1
        assert EndUser.objects.filter(pk=person.pk).exists()
        answer = alice_api.delete(f"/v2/entities/user/{NAME}/").json()
        assert answer["count"] == 1
        certificate = alice_api.get(f"/v1/erasures/{answer['certificate_id']}/").json()
        for label, count in preview["stores"].items():
            assert certificate["stores"][label] == {"erased": count, "left": 0}, label
        assert alice_api.get("/v1/erasures/").json()["results"] == [certificate]
        assert tables_saying(NAME) == []

    def test_one_is_named(self, alice_api: APIClient, person: EndUser) -> None:
        for body in ({}, {"user_id": NAME, "app_id": "zoo"}):
            assert alice_api.post("/v1/erasures/preview/", body).status_code == 400
        assert alice_api.post("/v1/erasures/preview/", {"user_id": "nobody"}).status_code == 404

    def test_a_limited_key_sees_its_own_persons_preview_and_no_certificates(
        self, alice: User, alice_api: APIClient, person: EndUser
    ) -> None:
        mine, other = api_client(alice, end_user_name=NAME), api_client(alice, end_user_name="ben")
        assert mine.post("/v1/erasures/preview/", {"user_id": NAME}).status_code == 200
        assert other.post("/v1/erasures/preview/", {"user_id": NAME}).status_code == 404
        assert mine.post("/v1/erasures/preview/", {"app_id": "zoo"}).status_code == 403
        answer = alice_api.delete(f"/v2/entities/user/{NAME}/").json()
        assert other.get("/v1/erasures/").json()["count"] == 0
        assert other.get(f"/v1/erasures/{answer['certificate_id']}/").status_code == 404

    def test_an_app_is_erased_with_what_was_recorded_under_it(self, alice_api: APIClient, person: EndUser) -> None:
        answer = alice_api.delete("/v2/entities/app/zoo/").json()
        certificate = alice_api.get(f"/v1/erasures/{answer['certificate_id']}/").json()
        assert (certificate["subject"], certificate["stores"]["memories.App"]["erased"]) == ("app", 1)
        assert EndUser.objects.filter(pk=person.pk).exists()
        assert Memory.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_is_writing_at_that_moment_goes_along(
    alice: User, alice_project: Project, remember: Remember
) -> None:
    first = remember("I sing", user_id=NAME)
    event = Event.objects.get()
    writing, wrote = threading.Event(), []

    def write() -> None:
        try:
            with transaction.atomic():
                Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
                writing.set()
                time.sleep(0.5)
                wrote.append(Memory.objects.create(**{**again(first), "text": f"I keep a {WORD}"}))
        finally:
            connection.close()

    worker = threading.Thread(target=write)
    worker.start()
    assert writing.wait(10)
    certificate = erase_entity(entity=first.end_user, actor=ACTOR)
    worker.join()
    assert (len(wrote), certificate.memories) == (1, 2)
    assert tables_saying(NAME) == tables_saying(WORD) == []
    assert Tombstone.objects.filter(object_id=wrote[0].pk).exists()


def again(memory: Memory) -> dict[str, object]:
    """The columns of a memory like another."""
    skipped = {"id", "superseded_by"}
    return {f.attname: getattr(memory, f.attname) for f in memory._meta.concrete_fields if f.name not in skipped}
