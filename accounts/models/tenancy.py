"""The tenant, its compartments, and who may enter them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models.user import User
from accounts.rates import validate_rate

if TYPE_CHECKING:
    from accounts.principal import Principal


class Organization(models.Model):
    """The tenant: it owns projects and has members."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in an organization."""

    class Role(models.TextChoices):
        """From most to least: an auditor reads everything and changes nothing."""

        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Admin")
        MEMBER = "member", _("Member")
        AUDITOR = "auditor", _("Auditor")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Reads of projects."""

    def for_principal(self, principal: Principal) -> ProjectQuerySet:
        """Narrow to the projects that `principal` may see."""
        if principal.api_key is not None:
            return self.filter(pk=principal.api_key.project_id)
        return self.filter(organization__memberships__user=principal.user)

    def writable_by(self, principal: Principal) -> ProjectQuerySet:
        """Narrow to the projects that `principal` may change; an auditor may change none."""
        if principal.api_key is not None:
            return self.for_principal(principal) if principal.api_key.may("write") else self.none()
        writers = [Membership.Role.OWNER, Membership.Role.ADMIN, Membership.Role.MEMBER]
        # One filter() for both: two would be satisfied by somebody else's role.
        return self.filter(organization__memberships__user=principal.user, organization__memberships__role__in=writers)


class Project(models.Model):
    """A compartment of an organization: every memory belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="projects")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    custom_instructions = models.TextField(_("extraction instructions"), blank=True)
    is_default = models.BooleanField(_("default"), default=False)
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
