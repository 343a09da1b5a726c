"""The tenant, and who belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models.user import User

if TYPE_CHECKING:
    from accounts.principal import Principal


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Reads of organizations."""

    def for_principal(self, principal: Principal) -> OrganizationQuerySet:
        """Narrow to the organizations that `principal` belongs to; a key limited to one end user sees none."""
        if principal.end_user_name:
            return self.none()
        if principal.api_key is not None:
            return self.filter(projects=principal.api_key.project_id)
        return self.filter(memberships__user=principal.user)


class Organization(models.Model):
    """The tenant: it owns projects and has members."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """From most to least: an auditor reads everything and changes nothing."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")
    AUDITOR = "auditor", _("Auditor")

    @classmethod
    def strongest(cls, roles: list[str]) -> Role | None:
        """Return the one of `roles` that may do most, or None of none."""
        return next((role for role in cls if role in roles), None)


# Who may change what is in a project, and who may change the project itself and its members.
WRITERS = (Role.OWNER, Role.ADMIN, Role.MEMBER)
ADMINISTRATORS = (Role.OWNER, Role.ADMIN)


class Membership(models.Model):
    """A person's role in an organization, and so in all of its projects."""

    Role = Role

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
