"""The way in: signing in, up and out, and the choices a visitor has before that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Project, User
from accounts.services import personal_project
from memoryhub.errors import server_error
from memoryhub.middleware import unavailable
from tests.conftest import PASSWORD
from tests.pages.markup import text_of

VISITORS_PAGES = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
]
MEMBERS_PAGES = ["account_change_password", "account_email", "account_logout", "account_reauthenticate"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", VISITORS_PAGES)
def test_visitors_pages_bear_our_name_and_keep_to_the_csp(client: Client, name: str) -> None:
    page = text_of(client.get(reverse(name)))
    assert "MemoryHub" in page
    assert 'lang="en"' in page


@pytest.mark.parametrize("name", MEMBERS_PAGES)
def test_members_account_pages_keep_to_the_csp(alice_client: Client, name: str) -> None:
    response = alice_client.get(reverse(name), follow=True)
    assert response.status_code == 200
    text_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "job_list", "key_list"])
def test_strangers_are_sent_to_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={reverse(name)}"


def test_signing_in_leads_home_without_a_word(alice: User, client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "Alice@Example.com", "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "data-alert" not in text_of(response)


def test_a_wrong_password_says_so_at_the_form(alice: User, client: Client) -> None:
    page = text_of(client.post("/accounts/login/", {"login": alice.email, "password": "wrong"}))
    assert 'role="alert"' in page
    assert PASSWORD not in page


def test_signing_up_opens_a_project_of_ones_own(db: None, client: Client) -> None:
    form = {"email": "dora@example.com", "password1": PASSWORD, "password2": PASSWORD, "website": ""}
    response = client.post("/accounts/signup/", form, follow=True)
    assert response.redirect_chain[-1][0] == "/"
    assert personal_project(user=User.objects.get(email="dora@example.com")).is_default


def test_the_trap_for_bots_is_out_of_sight_without_inline_style(db: None, client: Client) -> None:
    page = text_of(client.get("/accounts/signup/"))
    assert re.search(
        r'class="off-screen" aria-hidden="true">\s*<label>[^<]*<input type="text" name="website" tabindex="-1"', page
    )


def test_closed_sign_up_is_not_offered(db: None, client: Client, settings) -> None:
    settings.SIGNUP_OPEN = False
    assert "/accounts/signup/" not in text_of(client.get("/accounts/login/"))
    assert "Sign-up is closed" in text_of(client.get("/accounts/signup/"))


def test_signing_out_is_one_click(alice_client: Client) -> None:
    assert 'action="/accounts/logout/"' in text_of(alice_client.get("/"))
    alice_client.post("/accounts/logout/")
    assert alice_client.get("/").status_code == 302


def test_a_password_is_reset_by_mail(alice: User, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    [message] = mail.outbox
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", message.body)
    assert link is not None
    assert "MemoryHub" in message.body
    response = client.get(link[1], follow=True)
    text_of(response)
    new = "another correct horse"
    done = client.post(response.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    text_of(done)
    assert client.login(email=alice.email, password=new)


def test_confirming_an_address_is_a_page_of_ours(alice: User, client: Client, settings) -> None:
    assert "Confirm" in text_of(client.get("/accounts/confirm-email/no-such-key/"))
    assert "MemoryHub" in text_of(client.get("/accounts/confirm-email/"))


@pytest.mark.parametrize(("chosen", "shown"), [("dark", "dark"), ("light", "light"), ("auto", "light")])
def test_the_theme_is_kept_in_a_cookie_and_rendered_by_the_server(
    db: None, client: Client, chosen: str, shown: str
) -> None:
    response = client.post("/theme/", {"theme": chosen, "next": "/accounts/login/"})
    assert response["Location"] == "/accounts/login/"
    page = text_of(client.get("/accounts/login/"))
    assert f'data-bs-theme="{shown}" data-theme="{chosen}"' in page


@pytest.mark.parametrize("theme", ["", "solarized", '"><script>'])
def test_an_unknown_theme_changes_nothing(db: None, client: Client, theme: str) -> None:
    client.post("/theme/", {"theme": theme})
    assert "theme" not in client.cookies
    client.cookies["theme"] = "purple"
    assert 'data-theme="auto"' in text_of(client.get("/accounts/login/"))


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_choice_never_leads_elsewhere(db: None, client: Client, url: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": url})["Location"] == "/"


@pytest.mark.parametrize("language", ["ja", "zh-hans"])
def test_visitors_choose_their_language(db: None, client: Client, language: str) -> None:
    response = client.post("/language/", {"language": language, "next": "/accounts/login/"})
    assert response["Location"] == "/accounts/login/"
    assert f'<html lang="{language}"' in text_of(client.get("/accounts/login/"))


def test_choices_are_posts(db: None, client: Client) -> None:
    assert client.get("/theme/").status_code == 405
    client.get("/language/?language=ja")
    assert '<html lang="en"' in text_of(client.get("/accounts/login/"))


def test_switching_projects_is_offered_to_those_who_have_several(alice_client: Client, alice_project: Project) -> None:
    assert "/select/" not in text_of(alice_client.get("/"))
    other = Project.objects.create(organization=alice_project.organization, name="Support bot")
    assert f"/projects/{other.pk}/select/" in text_of(alice_client.get("/"))
    response = alice_client.post(f"/projects/{other.pk}/select/", {"next": "/jobs/"})
    assert response["Location"] == "/jobs/"
    assert "Support bot" in text_of(alice_client.get("/keys/"))


def test_a_strangers_project_does_not_exist(charlie_client: Client, alice_project: Project) -> None:
    assert charlie_client.post(f"/projects/{alice_project.pk}/select/").status_code == 404


def test_only_staff_see_the_way_to_admin(alice: User, alice_client: Client) -> None:
    assert "/admin/" not in text_of(alice_client.get("/"))
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert "/admin/" in text_of(alice_client.get("/"))


def test_pages_are_usable_by_keyboard_and_screen_reader(alice_client: Client) -> None:
    page = text_of(alice_client.get("/"))
    assert 'class="skip-link" href="#content"' in page
    assert 'id="content"' in page
    assert '<h1 class="page-title">' in page
    assert 'aria-current="page"' in page
    for summary in re.findall(r"<summary[^>]*nav-link[^>]*>", page):
        assert "aria-label=" in summary


def test_every_page_answers_with_our_csp(alice_client: Client) -> None:
    policy = alice_client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_missing_page_says_so_to_people(alice_client: Client) -> None:
    response = alice_client.get("/nothing/")
    assert response.status_code == 404
    assert "Go home" in text_of(response)


def test_a_fault_renders_without_database_or_session() -> None:
    """No `db` fixture here: touching the database would fail the test."""
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something went wrong" in text_of(response)


def test_an_outage_renders_without_database_or_session(db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = unavailable(RequestFactory().get("/"))
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Nothing was stored" in text_of(response)


def test_a_page_tells_of_a_lost_database(alice_client: Client, monkeypatch) -> None:
    def lost(*args: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("memories.pages.home._now", lost)
    response = alice_client.get("/")
    assert response.status_code == 503
    assert "Nothing was stored" in text_of(response)


def test_a_form_without_its_token_is_explained(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "The form has expired" in text_of(response)


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named: set[str] = set()
    for template in Path(settings.BASE_DIR / "templates").rglob("*.html"):
        named |= set(re.findall(r'icon(?:_name=| )"([a-z0-9-]+)"', template.read_text()))
    assert named
    assert named <= drawn
