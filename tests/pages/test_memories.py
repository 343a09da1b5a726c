"""The list: found, filtered, paged, shared by its address, and closed to strangers."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Project
from accounts.principal import Principal
from memories.models import AccessLog, Memory
from memories.services.changes import Actor
from memories.services.forgetting import forget
from memories.services.revise import Revision, revise
from tests.pages.markup import text_of

URL = "/memories/"
HTMX = {"HTTP_HX_REQUEST": "true"}
pytestmark = pytest.mark.django_db


def shown(response):
    """Return the texts of the rows, in order."""
    found = re.findall(r'<a class="memory-text[^>]*>(.*?)</a>', text_of(response), re.DOTALL)
    return [text.strip() for text in found]


def test_newest_first_with_a_link_to_each(alice_client, remember):
    first, second = remember("Ann likes tea."), remember("Ann lives in Porto.")
    response = alice_client.get(URL)
    assert response.status_code == 200
    assert shown(response) == ["Ann lives in Porto.", "Ann likes tea."]
    for memory in (first, second):
        assert reverse("memory_detail", args=[memory.pk]) in text_of(response)
    assert "2 memories" in text_of(response)


def test_a_stranger_sees_nothing_of_it(charlie_client, remember):
    remember("Ann likes tea.", app_id="kitchen")
    for query in ("", "?q=tea", "?end_user=ann", "?state=any"):
        response = charlie_client.get(URL + query)
        assert shown(response) == []
        assert "kitchen" not in text_of(response)


def test_signing_in_comes_first(client):
    assert client.get(URL).status_code == 302


def test_other_projects_of_ours_are_other_places(alice_client, remember, alice_project):
    other = alice_project.organization.projects.create(name="Other")
    remember("Elsewhere.", project=other)
    assert shown(alice_client.get(URL)) == []


def test_an_empty_project_says_how_to_begin(alice_client):
    page = text_of(alice_client.get(URL))
    assert "Nothing is remembered yet" in page
    assert f'href="{reverse("home")}"' in page


def test_no_match_offers_to_clear_the_filters(alice_client, remember):
    remember("Ann likes tea.")
    page = text_of(alice_client.get(URL, {"end_user": "nobody"}))
    assert "Nothing matches" in page
    assert f'class="btn btn-primary" href="{URL}"' in page


def test_when_all_is_in_the_trash_it_says_where_to_look(alice_client, remember, alice):
    remember("Ann likes tea.")
    forget(memories=Memory.objects.all(), actor=Actor.of(Principal(user=alice)))
    page = text_of(alice_client.get(URL))
    assert "No active memories" in page
    assert "?state=any" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"end_user": "ann"}, ["A"]),
        ({"app": "shop"}, ["B"]),
        ({"agent": "guide"}, ["A"]),
        ({"run": "s1"}, ["C"]),
        ({"end_user": "ann", "app": "shop"}, []),
        ({"category": "food"}, ["B"]),
        ({"said_from": "2026-02-01"}, ["C", "B"]),
        ({"said_to": "2026-02-01"}, ["B", "A"]),
        ({"said_from": "2026-02-01", "said_to": "2026-02-01"}, ["B"]),
        ({"state": "deleted"}, ["D"]),
        ({"state": "any"}, ["D", "C", "B", "A"]),
        ({"state": ""}, ["C", "B", "A"]),
    ],
)
def test_filters(alice_client, remember, alice, query, expected):
    actor = Actor.of(Principal(user=alice))
    remember("A", "ann", agent_id="guide", said_at=datetime(2026, 1, 1, tzinfo=UTC))
    b = remember("B", "bea", app_id="shop", said_at=datetime(2026, 2, 1, 23, 59, tzinfo=UTC))
    revise(memory=b, revision=Revision(categories=["food"]), actor=actor)
    remember("C", "cleo", run_id="s1", said_at=datetime(2026, 3, 1, tzinfo=UTC))
    gone = remember("D", "dora", said_at=datetime(2026, 1, 1, tzinfo=UTC))
    forget(memories=Memory.objects.filter(pk=gone.pk), actor=actor)
    response = alice_client.get(URL, query)
    assert response.status_code == 200
    assert shown(response) == expected


def test_names_and_categories_present_are_offered(alice_client, remember, alice):
    memory = remember("Ann likes tea.", app_id="shop", run_id="s1")
    revise(memory=memory, revision=Revision(categories=["食べ物"]), actor=Actor.of(Principal(user=alice)))
    page = text_of(alice_client.get(URL))
    for name in ("ann", "shop", "s1"):
        assert f'<option value="{name}">' in page
    assert "<option>食べ物</option>" in page


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ({"said_from": "yesterday"}, "said_from", "Enter a valid date."),
        ({"said_to": "2026-02-30"}, "said_to", "Enter a valid date."),
        ({"said_from": "2026-02-02", "said_to": "2026-02-01"}, "said_to", "This is before the first day."),
        ({"state": "gone"}, "state", "Select a valid choice. gone is not one of the available choices."),
        ({"q": "a\0b"}, "q", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_cannot_be_read_is_refused_at_its_field(alice_client, remember, query, field, message, headers):
    remember("Ann likes tea.")
    response = alice_client.get(URL, query, **headers)
    assert response.status_code == 422
    assert re.search(rf'["#]id_{field}_error"[^>]*>{re.escape(message)}<', text_of(response))
    assert shown(response) == []


def test_a_query_answers_in_the_order_of_recall_and_says_why(alice_client, remember):
    remember("Ann drives a lorry.")
    remember("Ann drinks matcha every morning.")
    response = alice_client.get(URL, {"q": "matcha"})
    assert shown(response)[0] == "Ann drinks matcha every morning."
    page = text_of(response)
    assert re.search(r"Score 0\.[5-9]", page)
    assert re.search(r"Words\s+no\. 1", page)
    assert re.search(r"Substance\s+no\. 1", page)
    assert re.search(r"Meaning\s+no\. 1", page)


def test_the_list_ends_where_nothing_answers_any_more(alice_client, remember):
    remember("Ann drives a lorry.")
    remember("Ann drinks matcha every morning.")
    remember("The printer is out of paper.")
    response = alice_client.get(URL, {"q": "matcha"})
    assert shown(response) == ["Ann drinks matcha every morning."]
    assert "1 match" in text_of(response)
    nothing = alice_client.get(URL, {"q": "volcanoes of Iceland"})
    assert shown(nothing) == []
    assert "Nothing found" in text_of(nothing)


@pytest.mark.parametrize("query", ["抹茶", "花生"])
def test_two_letters_of_japanese_or_chinese_find_the_sentence(alice_client, remember, query):
    texts = ["来月から毎朝、抹茶ラテを飲む。", "我对花生过敏。"]
    for text in texts:
        remember(text)
    assert query in shown(alice_client.get(URL, {"q": query}))[0]


def test_a_query_keeps_to_the_filters(alice_client, remember):
    remember("Ann drinks matcha.", "ann")
    remember("Bea drinks matcha.", "bea")
    assert shown(alice_client.get(URL, {"q": "matcha", "end_user": "bea"})) == ["Bea drinks matcha."]


def test_a_search_here_is_logged_and_says_so(alice_client, remember, alice):
    memory = remember("Ann drinks matcha.")
    page = text_of(alice_client.get(URL, {"q": "matcha"}))
    read = AccessLog.objects.get()
    assert (read.reader, read.query, read.memory_ids) == (str(alice), "matcha", [memory.pk])
    assert "logged" in page
    alice_client.get(URL)
    assert AccessLog.objects.count() == 1


def test_an_embedder_that_is_away_leaves_the_words_and_a_warning(alice_client, remember, settings):
    remember("Ann drinks matcha.")
    settings.PROVIDERS = {"embedder": UNREACHABLE}
    Project.objects.update(embedder="m")
    response = alice_client.get(URL, {"q": "matcha"})
    assert shown(response) == ["Ann drinks matcha."]
    assert "Searched without semantic" in text_of(response)


UNREACHABLE = {
    "BACKEND": "providers.openai_embedder.OpenAIEmbedder",
    "OPTIONS": {"api_key": "none", "base_url": "http://127.0.0.1:9/v1", "model": "m", "timeout": 0.5},
}


def test_when_nothing_can_search_it_says_why(alice_client, remember, settings, monkeypatch):
    remember("Ann drinks matcha.")
    settings.PROVIDERS = {"embedder": UNREACHABLE}
    Project.objects.update(embedder="m")
    from memories.recall.dense import Dense
    from memories.services import search

    monkeypatch.setattr(search, "retrievers", lambda: (Dense(),))
    response = alice_client.get(URL, {"q": "matcha"})
    assert response.status_code == 200
    assert "The search failed:" in text_of(response)


def test_htmx_gets_the_results_alone_with_the_count_and_a_clean_address(alice_client, remember):
    remember("Ann drinks matcha.")
    blanks = {"q": "matcha", "end_user": "", "state": "", "said_from": ""}
    typed = alice_client.get(URL, blanks, **HTMX, HTTP_HX_TRIGGER_NAME="q")
    page = text_of(typed)
    assert "<html" not in page
    assert shown(typed) == ["Ann drinks matcha."]
    assert re.search(r'hx-swap-oob="innerHTML:#count">\s*1 match', page)
    # A letter typed replaces the address; a filter chosen is a step to go back from.
    assert typed.headers["HX-Replace-Url"] == f"{URL}?q=matcha"
    chosen = alice_client.get(URL, {"state": "any"}, **HTMX)
    assert chosen.headers["HX-Push-Url"] == f"{URL}?state=any"
    assert alice_client.get(URL, **HTMX).headers["HX-Push-Url"] == URL


def test_the_form_works_without_javascript(alice_client, remember):
    remember("Ann drinks matcha.")
    page = text_of(alice_client.get(URL, {"q": "matcha", "end_user": "ann"}))
    assert re.search(r'<form[^>]*action="/memories/" method="get"', page)
    assert 'value="matcha"' in page
    assert 'value="ann"' in page
    assert 'type="submit"' in page


def test_each_chip_adds_its_filter_to_those_in_force(alice_client, remember):
    remember("Ann drinks matcha.", app_id="tea & co")
    page = text_of(alice_client.get(URL, {"end_user": "ann", "page": "1"}))
    assert 'href="/memories/?end_user=ann&amp;app=tea+%26+co"' in page


def test_fifty_a_page_with_real_links(alice_client, remember):
    source = remember("Number 0.")
    extra = [copy_of(source, f"Number {i}.") for i in range(1, 60)]
    Memory.objects.bulk_create(extra)
    first = alice_client.get(URL, {"end_user": "ann"})
    assert len(shown(first)) == 50
    assert 'rel="next" href="/memories/?end_user=ann&amp;page=2"' in text_of(first)
    assert "60 memories" in text_of(first)
    second = alice_client.get(URL, {"end_user": "ann", "page": "2"})
    assert len(shown(second)) == 10
    assert not set(shown(first)) & set(shown(second))
    assert len(shown(alice_client.get(URL, {"page": "999"}))) == 10


def copy_of(memory, text):
    return Memory(
        project=memory.project,
        end_user=memory.end_user,
        text=text,
        digest="",
        lexemes="",
        lexeme_count=0,
        said_at=memory.said_at,
    )


@pytest.mark.parametrize("query", [{}, {"q": "number"}])
def test_queries_do_not_grow_with_the_rows(alice_client, remember, django_assert_max_num_queries, query):
    remember("Number one.", "ann", app_id="a", agent_id="b", run_id="c")
    alice_client.get(URL, query)
    with django_assert_max_num_queries(24) as few:
        alice_client.get(URL, query)
    for i in range(12):
        remember(f"Number {i}.", f"person {i}", app_id=f"app {i}", agent_id=f"agent {i}", run_id=f"run {i}")
    with django_assert_max_num_queries(24) as many:
        alice_client.get(URL, query)
    assert len(many) == len(few)


def test_unusual_states_are_marked(alice_client, remember, alice):
    actor = Actor.of(Principal(user=alice))
    memory = remember("Ann drinks matcha.")
    revise(memory=memory, revision=Revision(expiration_date=date.today() - timedelta(days=1)), actor=actor)
    assert ">Expired<" in text_of(alice_client.get(URL))
    forget(memories=Memory.objects.filter(pk=memory.pk), actor=actor)
    assert ">In trash</span>" in text_of(alice_client.get(URL, {"state": "deleted"}))


def test_text_is_text_and_no_markup(alice_client, remember):
    remember("<script>alert(1)</script>", "<b>ann</b>")
    page = text_of(alice_client.get(URL))
    assert "<script>alert" not in page
    assert "<b>ann" not in page
