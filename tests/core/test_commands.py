"""Accounts and keys from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, Membership, Organization, Project, User
from accounts.services import personal_project
from memoryhub import first_run

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_a_new_user_has_a_place_of_their_own() -> None:
    password = run("create_user", "Dora@Example.com").rpartition(" ")[2]
    dora = User.objects.get(email="dora@example.com")
    assert dora.check_password(password)
    assert not dora.is_staff
    assert Membership.objects.get(user=dora).role == "owner"
    assert personal_project(user=dora).is_default
    assert Organization.objects.count() == 1


@pytest.mark.parametrize("made_by", ["create_user", "first run"])
def test_whoever_the_operator_makes_needs_no_mail_to_sign_in(settings, client, tmp_path, made_by: str) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.DATA_DIR = tmp_path
    if made_by == "create_user":
        email, password = "dora@example.com", "a long enough one"
        run("create_user", email, "--password", password)
    else:
        account = first_run.ensure_first_account("http://127.0.0.1:8000")
        email, password = account["email"], account["password"]
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    assert answer.url == "/"


def test_an_admin_may_use_django_admin() -> None:
    run("create_user", "dora@example.com", "--password", "a long enough one", "--admin")
    assert User.objects.get().is_superuser


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("create_user", "dora"), "valid email"),
        (("create_user", "dora@example.com", "--password", "123"), "too short"),
        (("create_user", "ALICE@example.com"), "already"),
        (("reset_password", "nobody@example.com"), "no account"),
        (("create_api_key", "nobody@example.com"), "no account"),
        (("create_api_key", "alice@example.com", "--project", "x"), "has no project x"),
        (("import_conversations", "nothing.json", "--project", "x"), "There is no project x"),
    ],
)
def test_what_cannot_be_done_says_why(alice: User, arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command(*arguments)


def test_a_key_is_printed_alone(alice: User, alice_project: Project) -> None:
    secret = run("create_api_key", "alice@example.com", "--scope", "read", "--end-user", "ann")
    key = ApiKey.objects.find(secret)
    assert (key.project, key.scope, key.end_user_name) == (alice_project, "read", "ann")
    assert secret not in str(ApiKey.objects.values().get())


def test_a_key_cannot_be_made_for_somebody_elses_project(alice_project: Project, charlie: User) -> None:
    with pytest.raises(CommandError, match="has no project"):
        call_command("create_api_key", charlie.email, "--project", str(alice_project.pk))


def test_a_reset_password_works(alice: User) -> None:
    password = run("reset_password", "Alice@example.com").rpartition(" ")[2]
    alice.refresh_from_db()
    assert alice.check_password(password)


def test_the_first_account_is_made_once(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    account = first_run.ensure_first_account("http://127.0.0.1:8000")
    assert ApiKey.objects.find(account["api_key"]).may("admin")
    assert User.objects.get().check_password(account["password"])
    assert first_run.ensure_first_account("http://127.0.0.1:8000") is None


def test_an_account_that_cannot_be_written_down_is_not_made(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path / "missing"
    with pytest.raises(FileNotFoundError):
        first_run.ensure_first_account("http://127.0.0.1:8000")
    assert not User.objects.exists()
