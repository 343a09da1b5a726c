"""Saved filters and the advanced filter: kept, shown, opened, replaced and deleted, each person's own."""

import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse

from memories.models import AccessLog, SavedFilter
from memories.pages.forms import ListForm, address_of
from tests.pages.markup import text_of
from tests.pages.test_memories import HTMX, URL, shown

SAVE = "/memories/saved/"
OSAKA = {"metadata": {"address": {"city": "Osaka"}}}
pytestmark = pytest.mark.django_db


@pytest.fixture
def two_cities(remember):
    remember("Ann likes tea.", "ann", metadata={"address": {"city": "Osaka"}})
    remember("Bea likes tea.", "bea", metadata={"address": {"city": "Porto"}})


def save(client, name="Tea", **query):
    return client.post(SAVE, {"name": name, **query}, follow=True)


def test_the_advanced_filter_takes_the_language_of_the_api(alice_client, two_cities):
    assert shown(alice_client.get(URL, {"filter": json.dumps(OSAKA)})) == ["Ann likes tea."]
    assert shown(alice_client.get(URL, {"filter": json.dumps({"NOT": OSAKA})})) == ["Bea likes tea."]
    assert shown(alice_client.get(URL, {"filter": json.dumps(OSAKA), "end_user": "bea"})) == []
    assert shown(alice_client.get(URL, {"filter": '{"user_id": "ann"}', "end_user": "bea"})) == []
    assert shown(alice_client.get(URL, {"filter": json.dumps(OSAKA), "q": "tea"})) == ["Ann likes tea."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{'user_id': 'ann'}", "This is not JSON: look at line 1, column 2."),
        ('{\n"user_id": }', "This is not JSON: look at line 2, column 12."),
        ("[" * 100_000, "This is nested too deep."),
        ("[]", "A filter takes an object"),
        ('{"colour": "red"}', "Unknown filter field &#x27;colour&#x27;. Allowed: user_id"),
        ('{"created_at": {"gte": "soon"}}', "neither a date"),
        ('{"metadata": {"n": {"gt": NaN}}}', "nan is not a number"),
        ('{"metadata": {"a\\u0000": 1}}', "holds NUL"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_filter_that_says_nothing_is_refused_at_its_field(alice_client, two_cities, written, said, headers):
    response = alice_client.get(URL, {"filter": written}, **headers)
    assert response.status_code == 422
    assert re.search(rf'["#]id_filter_error"[^>]*>[^<]*{re.escape(said)}', text_of(response))
    assert shown(response) == []


def test_a_search_is_saved_shown_opened_and_deleted(alice_client, two_cities, alice, alice_project):
    response = save(alice_client, "Tea & Osaka", q="tea", end_user="ann", state="any", filter=json.dumps(OSAKA))
    assert response.redirect_chain[0][0].startswith(URL)
    assert shown(response) == ["Ann likes tea."]
    page = text_of(response)
    assert "Saved as “Tea &amp; Osaka”." in page
    saved = SavedFilter.objects.get()
    assert (saved.user, saved.project, saved.name, saved.query) == (alice, alice_project, "Tea & Osaka", "tea")
    assert (saved.filters, saved.state) == ({"user_id": "ann", **OSAKA}, "any")

    listed = text_of(alice_client.get(URL))
    (address,) = re.findall(r'<a class="btn btn-sm"\s+href="(/memories/\?[^"]+)"', listed)
    opened = alice_client.get(address.replace("&amp;", "&"))
    assert shown(opened) == ["Ann likes tea."]
    assert 'aria-current="true"' in text_of(opened)
    assert 'name="end_user" value="ann"' in text_of(opened)

    deleted = alice_client.post(reverse("saved_filter_delete", args=[saved.pk]), follow=True)
    assert "The saved filter “Tea &amp; Osaka” is deleted." in text_of(deleted)
    assert not SavedFilter.objects.exists()


def test_the_mark_on_the_one_shown_follows_the_filters(alice_client, two_cities):
    save(alice_client, "Ann's", end_user="ann")
    for query, marked in (({"end_user": "ann"}, True), ({"end_user": "bea"}, False)):
        page = text_of(alice_client.get(URL, query, **HTMX))
        assert 'id="saved" hx-swap-oob="true"' in page
        assert ('aria-current="true"' in page) is marked


def test_the_same_name_again_replaces_and_says_so(alice_client, two_cities):
    save(alice_client, "Tea", q="tea")
    page = text_of(save(alice_client, "Tea", end_user="bea"))
    assert "“Tea” is replaced by this search." in page
    saved = SavedFilter.objects.get()
    assert (saved.query, saved.filters) == ("", {"user_id": "bea"})


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", {"q": "tea"}, "This field is required."),
        ("  ", {"q": "tea"}, "This field is required."),
        ("x" * 101, {"q": "tea"}, "Ensure this value has at most 100 characters"),
        ("Tea", {"filter": "nonsense"}, "This is not JSON"),
    ],
)
def test_what_cannot_be_saved_is_said_on_the_list(alice_client, two_cities, name, query, said):
    response = save(alice_client, name, **query)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not SavedFilter.objects.exists()


def test_only_what_is_narrowed_can_be_saved(alice_client, two_cities):
    assert SAVE not in text_of(alice_client.get(URL))
    for query in ({"q": "tea"}, {"end_user": "ann"}):
        page = text_of(alice_client.get(URL, query, **HTMX))
        ((name, value),) = query.items()
        assert f'action="{SAVE}"' in page
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_each_person_has_their_own_in_each_project(
    alice_client, bob_client, auditor_client, charlie_client, alice, alice_project
):
    save(alice_client, "Hers", end_user="ann")
    save(auditor_client, "The auditor's", end_user="ann")
    for client in (bob_client, charlie_client, auditor_client):
        assert "Hers" not in text_of(client.get(URL))
    assert "Hers" in text_of(alice_client.get(URL))
    other = alice_project.organization.projects.create(name="Other")
    alice_client.post(reverse("project_select", args=[other.pk]))
    assert "Hers" not in text_of(alice_client.get(URL))
    assert (
        alice_client.post(reverse("saved_filter_delete", args=[SavedFilter.objects.get(user=alice).pk])).status_code
        == 404
    )


def test_whoever_leaves_the_team_leaves_their_filters(bob_client, bob, alice_project):
    save(bob_client, "His", end_user="ann")
    saved = SavedFilter.objects.get()
    bob.organizations.remove(alice_project.organization)
    assert bob_client.post(reverse("saved_filter_delete", args=[saved.pk])).status_code == 404


def test_a_saved_filter_that_is_no_filter_any_more_says_so(alice_client, alice, alice_project):
    SavedFilter.objects.create(user=alice, project=alice_project, name="Old", filters={"colour": "red"})
    page = text_of(alice_client.get(URL))
    (address,) = re.findall(r'<a class="btn btn-sm"\s+href="(/memories/\?[^"]+)"', page)
    assert alice_client.get(address).status_code == 422


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"user_id": "ann", "app_id": "shop", "agent_id": "guide", "run_id": "s1"},
        {"user_id": {"in": ["ann", "bea"]}, "app_id": "*", "run_id": None, "agent_id": " spaced "},
        {"categories": {"in": ["food"]}},
        {"categories": {"in": ["food", "travel"]}},
        {"categories": {"in": ["food"], "ne": "travel"}},
        {"categories": ["food"]},
        {"timestamp": {"gte": "2026-03-01", "lte": "2026-03-31"}},
        {"timestamp": {"gte": "2026-03-01"}},
        {"timestamp": {"gte": "2026-03-01T10:00:00Z"}},
        {"timestamp": {"gte": 1772323200}},
        {"timestamp": "2026-03-01"},
        {"OR": [{"user_id": "ann"}, OSAKA], "user_id": "ann", "categories": {"contains": "食べ物"}},
        {"AND": [{"user_id": "ann"}, {"user_id": {"ne": "bea"}}]},
    ],
)
def test_what_is_saved_is_what_is_opened(alice, alice_project, filters):
    saved = SavedFilter(filters=filters, query="tea", state="any")
    form = ListForm(QueryDict(address_of(saved).urlencode()), project=alice_project)
    assert form.is_valid(), form.errors
    assert form.as_filter() == filters
    assert (form.cleaned_data["q"], form.cleaned_data["state"]) == ("tea", "any")


def test_a_filter_field_and_the_same_field_in_the_advanced_filter_both_hold(alice_project):
    form = ListForm(QueryDict('end_user=ann&filter={"user_id": {"ne": "bea"}}'), project=alice_project)
    assert form.is_valid()
    assert form.as_filter() == {"AND": [{"user_id": "ann"}, {"user_id": {"ne": "bea"}}]}


def test_saving_is_no_search(alice_client, two_cities):
    alice_client.post(SAVE, {"name": "Tea", "q": "tea"})
    assert not AccessLog.objects.exists()


def test_a_name_is_there_and_there_once(alice, alice_project):
    SavedFilter.objects.create(user=alice, project=alice_project, name="Tea")
    for name in ("Tea", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.create(user=alice, project=alice_project, name=name)


def test_a_name_is_text_and_no_markup(alice_client):
    assert "<b>" not in text_of(save(alice_client, "<b>Tea</b>", q="tea")).split("</head>")[1]
