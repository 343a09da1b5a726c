"""Setting a project's review policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import AuditEntry, Project
from memories.models import ReviewRule, SourceTrust
from memories.services.changes import Actor

MOST_RULES = 100


def add_rule(*, project: Project, actor: Actor, **fields: Any) -> ReviewRule:
    """Add a rule behind the others of its app, or of the project."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        last = ReviewRule.objects.filter(project=project, app=fields.get("app")).order_by("position").last()
        rule = ReviewRule.objects.create(project=project, position=last.position + 1 if last else 1, **fields)
        _audit(project, actor)
    return rule


def delete_rule(*, rule: ReviewRule, actor: Actor) -> None:
    """Remove a rule."""
    with transaction.atomic():
        _audit(rule.project, actor)
        rule.delete()


def move_first(*, rule: ReviewRule, actor: Actor) -> None:
    """Have a rule tried before the others of its app, or of the project."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=rule.project_id)
        others = ReviewRule.objects.filter(project=rule.project_id, app=rule.app_id).exclude(pk=rule.pk)
        for position, each in enumerate([rule, *others.order_by("position", "pk")], start=1):
            ReviewRule.objects.filter(pk=each.pk).update(position=position)
        _audit(rule.project, actor)


def replace_policy(
    *, project: Project, rules: Sequence[Mapping[str, Any]], trust: Sequence[Mapping[str, Any]], actor: Actor
) -> None:
    """Put these rules and these trusts in the place of all that there are."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        ReviewRule.objects.filter(project=project).delete()
        SourceTrust.objects.filter(project=project).delete()
        ReviewRule.objects.bulk_create(
            ReviewRule(project=project, position=position, **rule) for position, rule in enumerate(rules, start=1)
        )
        SourceTrust.objects.bulk_create(SourceTrust(project=project, **item) for item in trust)
        _audit(project, actor)


def set_trust(*, project: Project, level: int | None, actor: Actor, **source: Any) -> None:
    """Trust an app, agent or key (`app=`, `agent=` or `api_key=`) at `level`; None makes it ordinary again."""
    with transaction.atomic():
        if level is None:
            SourceTrust.objects.filter(project=project, **source).delete()
        else:
            SourceTrust.objects.update_or_create(project=project, **source, defaults={"level": level})
        _audit(project, actor)


def _audit(project: Project, actor: Actor) -> None:
    AuditEntry.objects.create(
        project=project, action="review.policy", object_type="project", object_id=str(project.pk), actor=actor.label
    )
