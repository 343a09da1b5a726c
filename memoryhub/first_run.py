"""The first account: made once, so that the product can be used right after its first start."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import personal_project, vouch_for_address
from accounts.services.keys import issue_key

FIRST_EMAIL = "owner@memoryhub.localhost"


def path() -> Path:
    """Return where the first account is written down."""
    return Path(settings.DATA_DIR) / "first-run.json"


def ensure_first_account(url: str) -> dict[str, str] | None:
    """Create an owner with an API key if there is no user yet; return what to sign in with, or None.

    The same is written to first-run.json, readable by this account only.
    """
    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        user = User.objects.create_superuser(FIRST_EMAIL, password)
        vouch_for_address(user=user)
        project = personal_project(user=user)
        _key, secret = issue_key(project=project, name="First key", created_by=user)
        account = {
            "url": url,
            "email": user.email,
            "password": password,
            "api_key": secret,
            "org_id": str(project.organization_id),
            "project_id": str(project.pk),
        }
        # Inside the transaction: an account that could not be written down must not exist.
        _write(account)
    return account


def _write(account: dict[str, str]) -> None:
    descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(account, file, indent=2)
