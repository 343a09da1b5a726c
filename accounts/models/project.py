"""The compartments of a tenant, with their settings, and who may enter only one of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.embedders import configured_embedder
from accounts.ids import uuid7
from accounts.models.tenancy import WRITERS, Membership, Organization, Role
from accounts.models.user import User
from accounts.rates import validate_rate

if TYPE_CHECKING:
    from accounts.principal import Principal

BUDGET_HELP = _("What its language models may use up; 0 for no limit. If empty, the setting holds.")


def _tokens(name: Any) -> models.PositiveBigIntegerField[int | None, int | None]:
    return models.PositiveBigIntegerField(name, null=True, blank=True, help_text=BUDGET_HELP)


def _money(name: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    positive = [MinValueValidator(0)]
    return models.DecimalField(
        name, max_digits=12, decimal_places=4, null=True, blank=True, help_text=BUDGET_HELP, validators=positive
    )


class ProjectQuerySet(models.QuerySet["Project"]):
    """Reads of projects."""

    def for_principal(self, principal: Principal) -> ProjectQuerySet:
        """Narrow to the projects whose contents `principal` may see."""
        if principal.api_key is not None:
            return self.filter(pk=principal.api_key.project_id)
        return self._with_role(principal.user, list(Role))

    def writable_by(self, principal: Principal) -> ProjectQuerySet:
        """Narrow to the projects that `principal` may change; an auditor may change none."""
        if principal.api_key is not None:
            return self.for_principal(principal) if principal.api_key.may("write") else self.none()
        return self._with_role(principal.user, WRITERS)

    def _with_role(self, user: User | None, roles: Sequence[Role]) -> ProjectQuerySet:
        # Subqueries rather than joins: each project comes once, and by this person's own roles.
        everywhere = Membership.objects.filter(user=user, role__in=roles).values("organization")
        here = ProjectMembership.objects.filter(user=user, role__in=roles).values("project")
        return self.filter(Q(organization__in=everywhere) | Q(pk__in=here))


class Project(models.Model):
    """A compartment of an organization: every memory belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="projects")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    # What a language model is told when it reads this project's conversations.
    custom_instructions = models.TextField(_("extraction instructions"), blank=True)
    agent_custom_instructions = models.TextField(_("instructions for agents"), blank=True)
    inclusion_prompt = models.TextField(_("always remember"), blank=True)
    exclusion_prompt = models.TextField(_("never remember"), blank=True)
    usecase = models.TextField(_("what the app is for"), blank=True)
    memory_depth = models.TextField(_("level of detail"), blank=True)
    # As mem0's clients send them, [{name: description}]; empty means the default categories.
    custom_categories = models.JSONField(_("categories"), default=list, blank=True)

    # Where it differs from what memories/privacy/kinds.py does by default, {kind: action}; and what is not remembered.
    privacy = models.JSONField(_("privacy"), default=dict, blank=True)
    excluded_topics = models.JSONField(_("excluded topics"), default=list, blank=True)

    # How long memories last and what is done with them over time, as memories/lifecycle.py reads it; and whether those
    # that nobody has asked for in a while rank lower.
    lifecycle = models.JSONField(_("life of memories"), default=dict, blank=True)
    decay = models.BooleanField(_("decay"), default=False)

    # Kept for the clients that set them; `memories/api/orgs/serializers.py` tells what they don't do.
    retrieval_criteria = models.JSONField(_("retrieval criteria"), default=list, blank=True)
    version = models.CharField(_("API version"), max_length=8, blank=True)

    # Whose vectors its searches look through, and whose are made beside them while that changes; see
    # memories/services/embedders/. The switch from the one to the other is an update of this row.
    embedder = models.CharField(max_length=200, default=configured_embedder, editable=False)
    next_embedder = models.CharField(max_length=200, blank=True, editable=False)

    # What the operator allows it.
    rate_limit = models.CharField(
        _("rate limit"),
        max_length=20,
        blank=True,
        validators=[validate_rate],
        help_text=_("Requests of all its keys, such as 600/min; “none” for no limit. If empty, the setting holds."),
    )
    memory_quota = models.PositiveIntegerField(
        _("most memories"),
        null=True,
        blank=True,
        help_text=_("How many it may hold, the trash apart; 0 for no limit. If empty, the server’s setting holds."),
    )
    monthly_add_quota = models.PositiveIntegerField(
        _("most conversations a month"),
        null=True,
        blank=True,
        help_text=_("How many it may be sent in a calendar month; 0 for no limit. If empty, the setting holds."),
    )

    daily_token_budget = _tokens(_("tokens a day"))
    monthly_token_budget = _tokens(_("tokens a month"))
    daily_cost_budget = _money(_("money a day"))
    monthly_cost_budget = _money(_("money a month"))

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_default=True), name="one_default_project"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def categories(self) -> dict[str, str]:
        """Return the project's own categories with what belongs in each; none means the default ones."""
        return {name: text for item in self.custom_categories for name, text in item.items()}


class ProjectMembership(models.Model):
    """A person's role in one project, without reaching the others of its organization."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="project_memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership in one project")
        verbose_name_plural = _("memberships in one project")
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_membership_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
