"""Home: a newcomer learns what is here, what leaves the machine, and how to begin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from memories.models import EndUser, Event, Memory
from tests.conftest import Remember
from tests.pages.markup import text_of

CHAT = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": {}}


def count(page: str, label: str) -> int:
    """Return the number that the page shows above `label`."""
    before = page.partition(f">{label}</span>")[0]
    return int(before.rpartition('class="h2 d-block mb-0">')[2].partition("<")[0].replace(",", ""))


def test_a_newcomer_sees_an_empty_house_and_two_ways_to_begin(alice_client: Client) -> None:
    page = text_of(alice_client.get("/"))
    assert [count(page, label) for label in ("Memories", "End users", "Jobs waiting", "Jobs failed")] == [0, 0, 0, 0]
    assert "Load sample conversations" in page
    assert 'href="/keys/"' in page
    assert "Newest memories" not in page


def test_home_counts_what_is_here(alice_client: Client, remember: Remember, alice_project: Project) -> None:
    remember("I am allergic to peanuts.")
    remember("毎朝、抹茶ラテを飲みます。", user_id="健太")
    Event.objects.create(project=alice_project, said_at=timezone.now(), status="FAILED", completed_at=timezone.now())
    page = text_of(alice_client.get("/"))
    assert [count(page, label) for label in ("Memories", "End users", "Jobs waiting", "Jobs failed")] == [2, 2, 0, 1]


def test_home_shows_the_newest_memories_with_links(alice_client: Client, remember: Remember) -> None:
    memories = [remember(f"I have {number} cats.") for number in range(7)]
    page = text_of(alice_client.get("/"))
    shown = [memory for memory in memories if f"/memories/{memory.pk}/" in page]
    assert shown == memories[2:]


def test_home_keeps_up_only_while_a_job_is_unfinished(alice_client: Client, alice_project: Project) -> None:
    assert 'hx-trigger="every 2s"' not in text_of(alice_client.get("/"))
    Event.objects.create(project=alice_project, said_at=timezone.now())
    assert 'hx-trigger="every 2s"' in text_of(alice_client.get("/"))
    part = text_of(alice_client.get("/", headers={"HX-Request": "true", "HX-Target": "now"}))
    assert 'id="now"' in part
    assert "<html" not in part
    assert 'id="connect"' not in part


def test_without_a_model_it_says_so_and_that_nothing_leaves(alice_client: Client) -> None:
    page = text_of(alice_client.get("/"))
    assert "No language model is configured" in page
    assert "word for word" in page
    assert "Nothing leaves this machine." in page
    assert "OPENAI_API_KEY" in page


def test_with_a_model_it_says_what_is_sent(alice_client: Client, settings) -> None:
    settings.PROVIDERS = {**settings.PROVIDERS, "chat": CHAT}
    page = text_of(alice_client.get("/"))
    assert "A language model is configured" in page
    assert "is sent to it" in page
    assert "Nothing leaves this machine." not in page


def test_a_remote_embedder_is_not_passed_over(alice_client: Client, settings) -> None:
    settings.PROVIDERS = {"embedder": {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": {}}}
    page = text_of(alice_client.get("/"))
    assert "Nothing leaves this machine." not in page
    assert "sent to the embedding model" in page


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("", "MemoryClient(api_key=&quot;mh_…&quot;, host=&quot;http://testserver&quot;)"),
        ("python", "client.add(said, user_id=&quot;alice&quot;)"),
        ("typescript", "new MemoryClient({ apiKey: &quot;mh_…&quot;, host })"),
        ("curl", "curl http://testserver/v3/memories/add/"),
        ("cobol", "from mem0 import MemoryClient"),
    ],
)
def test_snippets_carry_this_servers_address(alice_client: Client, lang: str, expected: str) -> None:
    page = text_of(alice_client.get(f"/?lang={lang}"))
    assert expected.replace("&quot;", '"') in page
    assert 'data-copy="snippet"' in page


def test_snippets_carry_the_public_address_where_one_is_set(alice_client: Client, settings) -> None:
    settings.PUBLIC_URL = "https://memory.example"
    assert 'host="https://memory.example"' in text_of(alice_client.get("/"))


def test_tabs_are_links_that_htmx_shortens(alice_client: Client) -> None:
    assert 'href="?lang=curl#connect"' in text_of(alice_client.get("/"))
    part = text_of(alice_client.get("/?lang=curl", headers={"HX-Request": "true", "HX-Target": "connect"}))
    assert part.strip().startswith("<section")
    assert "Authorization: Token mh_…" in part


def test_samples_come_and_go_with_one_click_each(alice_client: Client, remember: Remember) -> None:
    kept = remember("I am allergic to peanuts.")
    page = text_of(alice_client.post("/samples/load/", follow=True))
    assert "The sample conversations are in." in page
    assert EndUser.objects.filter(is_sample=True).count() == 3
    assert 'action="/samples/remove/"' in page
    events = Event.objects.count()
    alice_client.post("/samples/load/")
    assert Event.objects.count() == events
    page = text_of(alice_client.post("/samples/remove/", follow=True))
    assert "The sample people are gone" in page
    assert 'action="/samples/load/"' in page
    assert list(EndUser.objects.values_list("name", flat=True)) == ["ann"]
    assert list(Memory.objects.all()) == [kept]


def test_samples_are_posts(alice_client: Client) -> None:
    assert alice_client.get("/samples/load/").status_code == 405
    assert alice_client.get("/samples/remove/").status_code == 405


def test_an_auditor_loads_and_removes_nothing(auditor_client: Client) -> None:
    assert "/samples/" not in text_of(auditor_client.get("/"))
    for url in ("/samples/load/", "/samples/remove/"):
        response = auditor_client.post(url)
        assert response.status_code == 403
        assert "auditor" in text_of(response)
    assert not EndUser.objects.exists()


def test_a_stranger_sees_nothing_of_it(charlie_client: Client, remember: Remember) -> None:
    remember("I am allergic to peanuts.")
    page = text_of(charlie_client.get("/"))
    assert "allergic to peanuts.</div>" not in page
    assert count(page, "Memories") == 0


def test_home_takes_few_queries(alice_client: Client, remember: Remember, django_assert_max_num_queries) -> None:
    for number in range(5):
        remember(f"I have {number} cats.", app_id="pets")
    with django_assert_max_num_queries(12):
        alice_client.get("/")
