"""Correcting, deleting and restoring by hand: nothing is lost, whoever else is at it."""

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import AuditEntry, Project
from accounts.principal import Principal
from memories.models import Memory, MemoryVersion
from memories.services.changes import Actor
from memories.services.forgetting import forget
from memories.services.revise import Revision, revise
from tests.pages.markup import text_of
from tests.pages.test_memories import UNREACHABLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(remember):
    return remember("Ann lives in Lisbon.")


@pytest.fixture
def actor(alice):
    return Actor.of(Principal(user=alice))


def url(memory, name="memory_edit"):
    return reverse(name, args=[memory.pk])


def form(memory, **changes):
    """Return what the edit form sends, as it is filled in for `memory` but for `changes`."""
    day = memory.expiration_date.isoformat() if memory.expiration_date else ""
    return {
        "text": memory.text,
        "categories": ", ".join(memory.categories),
        "expiration_date": day,
        "reason": "",
        "version": memory.version,
    } | changes


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_form_starts_from_what_is(alice_client, memory, actor):
    memory = revise(memory=memory, revision=Revision(categories=["home", "family"]), actor=actor)
    page = text_of(alice_client.get(url(memory)))
    assert "Ann lives in Lisbon.</textarea>" in page
    assert 'value="home, family"' in page
    assert re.search(r'name="version" value="2"', page)


def test_saving_writes_a_version_with_its_author_and_reason(alice_client, alice, memory):
    changed = form(
        memory,
        text=" Ann lives in Porto. ",
        categories="home，家族、 home",
        expiration_date="2031-01-02",
        reason="Moved",
    )
    response = alice_client.post(url(memory), changed)
    assert response.status_code == 302
    assert response.url == url(memory, "memory_detail")
    assert said(response) == ["Saved as version 2."]
    memory.refresh_from_db()
    assert (memory.text, memory.categories, str(memory.expiration_date)) == (
        "Ann lives in Porto.",
        ["home", "家族"],
        "2031-01-02",
    )
    version = memory.versions.get(number=2)
    assert (version.actor, version.user, version.reason) == (str(alice), alice, "Moved")
    assert AuditEntry.objects.filter(action="memory.update", object_id=str(memory.pk)).count() == 1


def test_a_new_text_is_found_by_search_at_once(alice_client, memory):
    alice_client.post(url(memory), form(memory, text="Ann lives in Porto."))
    page = text_of(alice_client.get("/memories/", {"q": "Porto"}))
    assert "Ann lives in Porto." in page
    assert re.search(r"Words\s+no\. 1", page)


def test_emptying_the_last_day_removes_it(alice_client, memory):
    alice_client.post(url(memory), form(memory, expiration_date="2031-01-02"))
    memory.refresh_from_db()
    alice_client.post(url(memory), form(memory, expiration_date=""))
    memory.refresh_from_db()
    assert memory.expiration_date is None
    assert memory.version == 3


def test_a_category_with_a_comma_survives_an_edit_of_the_text(alice_client, memory, actor):
    memory = revise(memory=memory, revision=Revision(categories=["home, sweet home"]), actor=actor)
    alice_client.post(url(memory), form(memory, text="Ann lives in Porto."))
    memory.refresh_from_db()
    assert memory.categories == ["home, sweet home"]


def test_no_change_writes_no_version(alice_client, memory):
    response = alice_client.post(url(memory), form(memory))
    assert said(response) == ["Nothing was changed."]
    assert MemoryVersion.objects.filter(memory=memory).count() == 1


def test_line_ends_as_browsers_send_them_are_no_change(alice_client, remember):
    memory = remember("Two\nlines.")
    alice_client.post(url(memory), form(memory, text="Two\r\nlines."))
    memory.refresh_from_db()
    assert (memory.text, memory.version) == ("Two\nlines.", 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "  "}, "This field is required."),
        ({"expiration_date": "soon"}, "Enter a valid date."),
        ({"categories": "x" * 101}, "A category has at most 100 characters."),
        ({"reason": "x" * 501}, "Ensure this value has at most 500 characters"),
        ({"version": ""}, "This page is out of date."),
        ({"version": "0"}, "This page is out of date."),
    ],
)
def test_what_cannot_be_saved_is_refused_and_kept_on_the_form(alice_client, memory, changes, message):
    response = alice_client.post(url(memory), form(memory, **({"text": "My new text"} | changes)))
    assert response.status_code == 422
    page = text_of(response)
    assert message in page
    if "text" not in changes:
        assert "My new text</textarea>" in page
    memory.refresh_from_db()
    assert memory.version == 1


def test_two_at_once_end_in_a_merge_and_lose_nothing(alice_client, memory, actor):
    theirs = Revision(text="Ann lives in Porto.", categories=["home"])
    revise(memory=memory, revision=theirs, actor=Actor(label="support-bot"))
    response = alice_client.post(url(memory), form(memory, text="Ann works in Lisbon.", reason="I asked her"))
    assert response.status_code == 409
    page = text_of(response)
    assert "version 1" in page
    assert "Ann lives in <del>Lisbon</del><ins>Porto</ins>." in page
    assert "Ann <del>lives</del><ins>works</ins> in Lisbon." in page
    assert "support-bot" in page
    # Mine where I changed something, theirs where I did not.
    assert "Ann works in Lisbon.</textarea>" in page
    assert 'value="home"' in page
    assert 'value="I asked her"' in page
    assert re.search(r'name="version" value="2"', page)
    memory.refresh_from_db()
    assert memory.text == "Ann lives in Porto."

    merged = form(memory, text="Ann works in Lisbon and lives in Porto.", version=2, reason="I asked her")
    assert alice_client.post(url(memory), merged).status_code == 302
    memory.refresh_from_db()
    assert (memory.text, memory.categories, memory.version) == (
        "Ann works in Lisbon and lives in Porto.",
        ["home"],
        3,
    )


def test_a_merge_over_a_cleared_last_day_keeps_it_cleared(alice_client, memory, actor):
    alice_client.post(url(memory), form(memory, expiration_date="2031-01-02"))
    memory.refresh_from_db()
    mine = form(memory, expiration_date="")
    revise(memory=memory, revision=Revision(text="Ann lives in Porto."), actor=actor)
    page = text_of(alice_client.post(url(memory), mine))
    assert "Ann lives in Porto.</textarea>" in page
    assert 'value="2031-01-02"' not in page


def test_a_version_that_never_was_is_a_conflict_too(alice_client, memory):
    response = alice_client.post(url(memory), form(memory, text="New.", version=99))
    assert response.status_code == 409
    assert "New.</textarea>" in text_of(response)


def test_an_embedder_that_is_away_saves_nothing_and_keeps_what_was_written(alice_client, memory, settings):
    settings.PROVIDERS = {"embedder": UNREACHABLE}
    Project.objects.update(embedder="m")
    response = alice_client.post(url(memory), form(memory, text="Ann lives in Porto."))
    assert response.status_code == 503
    page = text_of(response)
    assert "Ann lives in Porto.</textarea>" in page
    assert "Not saved" in page
    memory.refresh_from_db()
    assert (memory.text, memory.version) == ("Ann lives in Lisbon.", 1)


def test_what_is_in_the_trash_is_restored_before_it_is_changed(alice_client, memory, actor):
    forget(memories=Memory.objects.filter(pk=memory.pk), actor=actor)
    memory.refresh_from_db()
    for response in (alice_client.get(url(memory)), alice_client.post(url(memory), form(memory, text="New."))):
        assert response.status_code == 302
        assert response.url == url(memory, "memory_detail")
    memory.refresh_from_db()
    assert memory.text == "Ann lives in Lisbon."


def test_deleting_shows_what_goes_and_changes_nothing_yet(alice_client, memory, settings):
    settings.TRASH_DAYS = 7
    page = text_of(alice_client.get(url(memory, "memory_delete")))
    assert "Ann lives in Lisbon." in page
    assert "for 7 days" in page
    memory.refresh_from_db()
    assert memory.state == "active"


def test_deleting_can_be_undone_from_the_message(alice_client, memory, alice):
    response = alice_client.post(url(memory, "memory_delete"), follow=True)
    page = text_of(response)
    assert response.redirect_chain == [("/memories/", 302)]
    assert f'action="{url(memory, "memory_restore")}"' in page
    assert "Ann lives in Lisbon." not in page
    memory.refresh_from_db()
    assert memory.state == "deleted"
    assert memory.sources.count() == 1
    assert memory.versions.first().actor == str(alice)

    undone = alice_client.post(url(memory, "memory_restore"))
    assert undone.url == url(memory, "memory_detail")
    memory.refresh_from_db()
    assert (memory.state, memory.deleted_at) == ("active", None)


def test_deleting_and_restoring_twice_do_no_harm(alice_client, memory):
    assert said(alice_client.post(url(memory, "memory_restore"))) == [
        "This memory is where it was: neither in the trash nor archived."
    ]
    alice_client.post(url(memory, "memory_delete"))
    again = alice_client.post(url(memory, "memory_delete"))
    assert said(again)[-1] == "This memory is in the trash already."
    memory.refresh_from_db()
    assert memory.version == 2


def test_only_a_post_restores(alice_client, memory):
    assert alice_client.get(url(memory, "memory_restore")).status_code == 405
