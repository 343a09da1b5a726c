"""API keys: issued and revoked, and noted in the audit trail."""

from __future__ import annotations

from django.db import transaction

from accounts.models import ApiKey, Project, User
from accounts.services.audit import note


@transaction.atomic
def issue_key(
    *,
    project: Project,
    name: str,
    created_by: User,
    scope: str = ApiKey.Scope.ADMIN,
    end_user_name: str = "",
) -> tuple[ApiKey, str]:
    """Create a key to `project` and return it with its secret, which can't be had again."""
    key, secret = ApiKey.issue(
        project=project, name=name, created_by=created_by, scope=scope, end_user_name=end_user_name
    )
    limits = {"scope": str(key.scope), "limited": bool(end_user_name)}
    note(project, "key.create", key, actor=str(created_by), prefix=key.prefix, **limits)
    return key, secret


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: str) -> None:
    """Stop the key from working, at once and for good."""
    key.revoke()
    note(key.project, "key.revoke", key, actor=actor, prefix=key.prefix)
