"""The review policy of a project: its rules in order, and how far sources are trusted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.authority import may_administer, require_administration
from accounts.middleware import PageRequest
from accounts.models import Project
from accounts.pages.settings import project_in_reach
from memories.models import ReviewRule, SourceTrust
from memories.models.stated import Kind, Layer
from memories.pages.review.forms import RuleForm, TrustForm
from memories.services.changes import Actor
from memories.services.rules import MOST_RULES, add_rule, delete_rule, move_first, set_trust


@require_safe
def review_policy(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show the policy, and forms to those who administer the project."""
    project = project_in_reach(request, project_id)
    return _show(request, project, RuleForm(project), TrustForm(project))


@require_POST
def review_rule_create(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Add a rule."""
    project = _administered(request, project_id)
    form = RuleForm(project, request.POST)
    if form.is_valid() and ReviewRule.objects.in_project(project).count() >= MOST_RULES:
        form.add_error(None, _("A project has at most %(limit)s rules.") % {"limit": MOST_RULES})
    if not form.is_valid():
        return _show(request, project, form, TrustForm(project), status=422)
    add_rule(project=project, actor=Actor.of(request.principal), **form.cleaned_data)
    messages.success(request, _("The rule is added."))
    return redirect("review_policy", project.pk)


@require_POST
def review_rule_delete(request: PageRequest, project_id: UUID, rule_id: UUID) -> HttpResponse:
    """Remove a rule."""
    project = _administered(request, project_id)
    rule = get_object_or_404(ReviewRule.objects.in_project(project), pk=rule_id)
    delete_rule(rule=rule, actor=Actor.of(request.principal))
    messages.success(request, _("The rule is gone."))
    return redirect("review_policy", project.pk)


@require_POST
def review_rule_first(request: PageRequest, project_id: UUID, rule_id: UUID) -> HttpResponse:
    """Have a rule tried first."""
    project = _administered(request, project_id)
    rule = get_object_or_404(ReviewRule.objects.in_project(project), pk=rule_id)
    move_first(rule=rule, actor=Actor.of(request.principal))
    return redirect("review_policy", project.pk)


@require_POST
def review_trust(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Set how far a source is trusted; ordinarily is not noted."""
    project = _administered(request, project_id)
    form = TrustForm(project, request.POST)
    if not form.is_valid():
        return _show(request, project, RuleForm(project), form, status=422)
    level = form.cleaned_data["level"]
    set_trust(project=project, level=None if level == 1 else level, actor=Actor.of(request.principal), **form.chosen())
    messages.success(request, _("The settings are saved."))
    return redirect("review_policy", project.pk)


def _administered(request: PageRequest, project_id: UUID) -> Project:
    project = project_in_reach(request, project_id)
    require_administration(request.principal, project)
    return project


def _show(
    request: PageRequest, project: Project, rule_form: RuleForm, trust_form: TrustForm, status: int = 200
) -> HttpResponse:
    rules = ReviewRule.objects.for_principal(request.principal).in_project(project).select_related("app")
    trusts = SourceTrust.objects.for_principal(request.principal).in_project(project).order_by("pk")
    context = {
        "project": project,
        "editable": may_administer(request.principal, project),
        "rules": [(rule, _conditions(rule)) for rule in rules],
        "trusts": trusts.select_related("app", "agent", "api_key"),
        "rule_form": rule_form,
        "trust_form": trust_form,
    }
    return render(request, "review/policy.html", context, status=status)


def _conditions(rule: ReviewRule) -> list[tuple[Any, str]]:
    """Return the rule's conditions in words, each with its label."""
    labels = RuleForm.base_fields
    kinds, layers = dict(Kind.choices), dict(Layer.choices)
    found: list[tuple[str, str]] = [
        ("app", str(rule.app or "")),
        ("confidence_below", "" if rule.confidence_below is None else f"{rule.confidence_below:g}"),
        ("categories", ", ".join(rule.categories)),
        ("kinds", ", ".join(str(kinds[kind]) for kind in rule.kinds)),
        ("layers", ", ".join(str(layers[layer]) for layer in rule.layers)),
        ("trust_at_most", "" if rule.trust_at_most is None else rule.get_trust_at_most_display()),
    ]
    return [(labels[name].label, value) for name, value in found if value]
