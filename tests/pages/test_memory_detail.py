"""One memory: where it comes from, how it came to say what it says, who read it."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import ApiKey
from accounts.principal import Principal
from memories.models import AccessLog, Memory
from memories.pages.memories.provenance import highlight
from memories.services.changes import Actor
from memories.services.forgetting import forget, restore
from memories.services.record import Conversation, Said, record
from memories.services.relating import end, supersede
from memories.services.revise import Revision, revise
from tests.pages.markup import text_of

pytestmark = pytest.mark.django_db


def url(memory, name="memory_detail"):
    return reverse(name, args=[memory.pk])


def page_of(client, memory, **query):
    response = client.get(url(memory), query)
    assert response.status_code == 200
    return text_of(response)


@pytest.fixture
def actor(alice):
    return Actor.of(Principal(user=alice))


@pytest.fixture
def moved(alice, alice_project):
    """A memory that came from the fifth of nine turns."""
    turns = [Said(role="system", text=f"Turn {i}.") for i in range(9)]
    turns[4] = Said(role="user", text="Good news: I moved to Porto. And you?", speaker="Ann")
    conversation = Conversation(said=turns, entities={"user_id": "ann", "run_id": "s1"}, infer=False)
    event = record(principal=Principal(user=alice), project=alice_project, conversation=conversation)
    memory = Memory.objects.get(sources__event=event)
    return revise(
        memory=memory, revision=Revision(text="I moved to Porto."), actor=Actor(label="reader"), reason="shorter"
    )


def test_it_shows_the_text_the_scope_and_the_facts(alice_client, remember, actor):
    memory = remember("Ann likes tea.", app_id="shop", metadata={"source": "chat", "tags": ["a", 1]})
    revise(memory=memory, revision=Revision(categories=["food"], expiration_date=date(2031, 5, 6)), actor=actor)
    page = page_of(alice_client, memory)
    for text in ("Ann likes tea.", "ann", "shop", "food", "2031-05-06", "source", "chat", str(memory.pk)):
        assert text in page
    assert "[&quot;a&quot;, 1]" in page
    assert f'<time datetime="{memory.said_at:%Y-%m-%dT%H:%M:%SZ}"' in page


def test_why_shows_the_message_with_its_words_marked_and_the_turns_around(alice_client, moved):
    page = page_of(alice_client, moved)
    assert "Good news: <mark>I moved to Porto.</mark> And you?" in page
    assert ">Ann</span>" in page
    around = "".join(re.findall(r'<details class="around">.*?</details>', page, re.DOTALL))
    assert [f"Turn {i}." in around for i in range(9)] == [False, True, True, True, False, True, True, True, False]
    assert "3 messages before" in page
    assert "3 messages after" in page
    assert reverse("job_detail", args=[moved.sources.get().event_id]) in page


def test_a_corrected_memory_still_marks_what_was_said(alice_client, moved, actor):
    revise(memory=moved, revision=Revision(text="Ann lives in Braga."), actor=actor)
    assert "<mark>I moved to Porto.</mark>" in page_of(alice_client, moved)


def test_more_sources_than_fit_are_counted(alice_client, remember):
    for _ in range(12):
        memory = remember("Ann likes tea.")
    page = page_of(alice_client, memory)
    assert page.count("bubble-source") == 10
    assert "2 later messages say the same." in page


@pytest.mark.parametrize(
    ("text", "wordings", "marked"),
    [
        ("I like tea.", ["like tea"], "like tea."),
        ("I LIKE\n  tea, you know", ["like tea."], "LIKE\n  tea"),
        ("昨日、京都へ引っ越した。", ["京都へ引っ越した。"], "京都へ引っ越した。"),
        ("I like tea.", ["likes coffee", "tea"], "tea."),
        ("I like tea.", ["likes coffee", " ", ""], None),
        ("a+b (c)", ["+b ("], "+b ("),
        ("İstanbul is home", ["is home"], "is home"),
    ],
)
def test_highlight_marks_the_first_wording_that_is_there(text, wordings, marked):
    found = highlight(text, wordings)
    assert "".join(stretch.text for stretch in found) == text
    assert [stretch.text for stretch in found if stretch.marked] == ([marked] if marked else [])


def test_versions_newest_first_with_who_why_and_what(alice_client, remember, actor):
    memory = remember("Ann lives in Lisbon.", metadata={"a": "1"})
    bot = Actor(label="support-bot")
    change = Revision(text="Ann lives in Porto.", metadata={"a": "2"}, categories=["home"])
    memory = revise(memory=memory, revision=change, actor=bot, reason="She moved")
    forget(memories=Memory.objects.filter(pk=memory.pk), actor=actor)
    restore(memories=Memory.objects.filter(pk=memory.pk), actor=actor)
    page = page_of(alice_client, memory)
    versions = page[page.index('id="versions"') :]
    assert re.findall(r"<strong>(\d\. \w+)", versions) == ["4. Restored", "3. Deleted", "2. Edited", "1. Added"]
    assert "Ann lives in <del>Lisbon</del><ins>Porto</ins>." in versions
    assert "by support-bot" in versions
    assert "She moved" in versions
    assert "<ins>home</ins>" in versions
    assert "<code>a</code>: <del>1</del> <ins>2</ins>" in versions
    assert "<del>Active</del> <ins>In trash</ins>" in versions


def test_a_long_history_is_shown_in_part_and_on_request_whole(alice_client, remember, actor):
    memory = remember("Number 0.")
    for i in range(1, 24):
        memory = revise(memory=memory, revision=Revision(categories=[str(i)]), actor=actor)
    page = page_of(alice_client, memory)
    assert page.count('class="timeline-event"') == 20
    assert "Show 4 older versions" in page
    # The oldest one shown is still compared with the one before it.
    assert "<del>3</del> <ins>4</ins>" in page
    assert page_of(alice_client, memory, versions="all").count('class="timeline-event"') == 24


def test_who_read_it_for_what(alice_client, remember, alice_project):
    memory, other = remember("Ann likes tea."), remember("Bea likes tea.", "bea")
    for i in range(12):
        AccessLog.objects.create(
            project=alice_project, reader="shop-key", query=f"query {i}", memory_ids=[other.pk, memory.pk]
        )
    AccessLog.objects.create(project=alice_project, reader="shop-key", query="unrelated", memory_ids=[other.pk])
    page = page_of(alice_client, memory)
    assert re.findall(r"“query (\d+)”", page) == [str(i) for i in range(11, 1, -1)]
    assert "12 times" in page
    assert "shop-key" in page
    assert "unrelated" not in page


def test_a_superseded_memory_stays_readable_and_leads_to_its_successor(alice_client, remember, actor):
    old, new = remember("I live in Osaka"), remember("I live in Kyoto")
    with transaction.atomic():
        supersede(old, new, at=datetime(2026, 3, 1, 12, tzinfo=UTC), actor=actor)
    page = page_of(alice_client, old)
    assert "I live in Osaka" in page
    assert re.search(r"It held until .*2026", page)
    assert re.search(rf'What took its place:\s*<a href="{url(new)}"[^>]*>I live in Kyoto</a>', page)
    assert "What took its place" not in page_of(alice_client, new)


def test_an_ended_memory_has_no_successor(alice_client, remember, actor):
    gone = remember("I live in a tent")
    with transaction.atomic():
        end(gone, at=datetime(2026, 3, 1, 12, tzinfo=UTC), actor=actor)
    page = page_of(alice_client, gone)
    assert "It held until" in page
    assert "What took its place" not in page


def test_the_trash_says_until_when(alice_client, remember, actor, settings):
    memory = remember("Ann likes tea.")
    forget(memories=Memory.objects.filter(pk=memory.pk), actor=actor)
    memory.refresh_from_db()
    page = page_of(alice_client, memory)
    purged = memory.deleted_at + timedelta(days=settings.TRASH_DAYS)
    assert f"{purged:%Y-%m-%dT%H:%M:%SZ}" in page
    assert url(memory, "memory_restore") in page
    assert url(memory, "memory_edit") not in page


def test_a_memory_whose_messages_are_gone_says_so(alice_client, remember):
    memory = remember("Ann likes tea.")
    memory.sources.clear()
    assert "no longer here" in page_of(alice_client, memory)


@pytest.mark.parametrize("name", ["memory_detail", "memory_edit", "memory_delete", "memory_restore"])
def test_a_strangers_memory_does_not_exist(charlie_client, alice_client, remember, name):
    memory = remember("Ann likes tea.")
    for pk in (memory.pk, uuid4()):
        address = reverse(name, args=[pk])
        if name != "memory_restore":
            assert charlie_client.get(address).status_code == 404
        if name != "memory_detail":
            assert charlie_client.post(address, {"text": "x", "version": 1}).status_code == 404
    memory.refresh_from_db()
    assert (memory.text, memory.state) == ("Ann likes tea.", "active")


def test_an_auditor_reads_and_changes_nothing(auditor_client, remember, actor):
    memory = remember("Ann likes tea.")
    page = page_of(auditor_client, memory)
    assert url(memory, "memory_edit") not in page
    assert url(memory, "memory_delete") not in page
    for name in ("memory_edit", "memory_delete", "memory_restore"):
        assert auditor_client.post(url(memory, name), {"text": "x", "version": 1}).status_code == 403
    for name in ("memory_edit", "memory_delete"):
        assert auditor_client.get(url(memory, name)).status_code == 403
    memory.refresh_from_db()
    assert (memory.text, memory.state, memory.version) == ("Ann likes tea.", "active", 1)


def test_a_team_mate_may_edit(bob_client, remember):
    memory = remember("Ann likes tea.")
    assert url(memory, "memory_edit") in page_of(bob_client, memory)


def test_queries_do_not_grow_with_history(alice_client, remember, actor, alice_project, django_assert_max_num_queries):
    memory = remember("Number 0.")
    key, _secret = ApiKey.issue(project=alice_project, name="k", created_by=None)
    page_of(alice_client, memory)
    with django_assert_max_num_queries(20):
        page_of(alice_client, memory)
    for i in range(8):
        remember("Number 0.")
        memory = revise(memory=memory, revision=Revision(categories=[str(i)]), actor=Actor(label="k", api_key=key))
        AccessLog.objects.create(project=alice_project, reader="k", query="q", memory_ids=[memory.pk])
    with django_assert_max_num_queries(20):
        page_of(alice_client, memory)
