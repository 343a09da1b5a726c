"""People and the places of their own."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization, Project, User


@transaction.atomic
def open_personal_organization(*, user: User) -> Project:
    """Give `user` an organization of their own with a default project, and return that project."""
    name = user.get_full_name() or user.email.partition("@")[0]
    organization = Organization.objects.create(name=name)
    Membership.objects.create(organization=organization, user=user, role=Membership.Role.OWNER)
    return Project.objects.create(organization=organization, name=_("Default"), is_default=True)


def vouch_for_address(*, user: User) -> None:
    """Take the user's address as confirmed: whoever runs the server says so, and it may not receive mail at all."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def personal_project(*, user: User) -> Project:
    """Return the default project of the organization `user` owns longest."""
    return (
        Project.objects.filter(organization__memberships__user=user, is_default=True)
        .order_by("organization__memberships__created_at")
        .select_related("organization")[0]
    )
