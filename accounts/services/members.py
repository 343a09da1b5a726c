"""Members: of a whole organization, or of one of its projects only. One set of rules for both."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.authority import Place, require_administration, role_in
from accounts.errors import NotAMember, Refused, UnknownPerson
from accounts.models import ApiKey, Membership, Organization, Project, ProjectMembership, User
from accounts.models.tenancy import Role
from accounts.principal import Principal
from accounts.services.audit import note

AnyMembership = Membership | ProjectMembership


@dataclass(frozen=True, slots=True)
class Person:
    """Who may enter a place, and with which role."""

    user: User
    role: Role


def people(place: Place) -> list[Person]:
    """Return everybody who may enter `place`, each once with their strongest role, by address."""
    organization = place if isinstance(place, Organization) else place.organization
    found: list[AnyMembership] = list(organization.memberships.select_related("user"))
    if isinstance(place, Project):
        found += place.memberships.select_related("user")
    roles: dict[User, list[str]] = {}
    for membership in found:
        roles.setdefault(membership.user, []).append(membership.role)
    everybody = [Person(user, Role.strongest(held) or Role.AUDITOR) for user, held in roles.items()]
    return sorted(everybody, key=lambda person: person.user.email)


@transaction.atomic
def add_member(*, principal: Principal, place: Place, email: str, role: Role) -> User:
    """Let the person under `email` into `place`, and return them.

    Raise UnknownPerson if nobody has that address, Refused if they can enter with that role already, and
    PermissionDenied if `principal` may not give it.
    """
    _lock(place)
    _authorize(principal, place, role)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise UnknownPerson(
            _("Nobody has an account for %(email)s. Ask them to sign up first, then add them.") % {"email": email}
        )
    if place.memberships.filter(user=user).exists():
        raise Refused(_("%(email)s is a member already. Change their role instead.") % {"email": user.email})
    if isinstance(place, Project):
        _require_more(place, user, role)
    place.memberships.create(user=user, role=role)
    note(place, "member.add", user, actor=principal.label, role=role)
    return user


@transaction.atomic
def change_role(*, principal: Principal, place: Place, user: User, role: Role) -> None:
    """Give a member of `place` another role; raise NotAMember, Refused or PermissionDenied."""
    membership = _membership(place, user)
    _authorize(principal, place, role, membership)
    if membership.role == role:
        return
    if role != Role.OWNER:
        _keep_an_owner(place, membership)
    if isinstance(place, Project):
        _require_more(place, user, role)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    note(place, "member.update", user, actor=principal.label, role=role, before=before)


@transaction.atomic
def remove_member(*, principal: Principal, place: Place, user: User) -> int:
    """Take `user` out of `place`; anybody may leave. Raise NotAMember, Refused or PermissionDenied.

    Keys belong to projects, and apps go on using them: returns how many that `user` made still work here.
    """
    membership = _membership(place, user)
    if principal.user != user:
        _authorize(principal, place, None, membership)
    _keep_an_owner(place, membership)
    membership.delete()
    note(place, "member.remove", user, actor=principal.label, role=membership.role)
    keys = ApiKey.objects.active().filter(created_by=user)
    return keys.filter(**{"project" if isinstance(place, Project) else "project__organization": place}).count()


def find_member(place: Place, email: str) -> User:
    """Return the member of `place` under `email`; raise NotAMember or Refused, which says where they are one."""
    email = email.strip()
    membership = place.memberships.select_related("user").filter(user__email__iexact=email).first()
    if membership is not None:
        return membership.user
    if isinstance(place, Project) and place.organization.memberships.filter(user__email__iexact=email).exists():
        raise Refused(
            _(
                "%(email)s belongs to the whole organization, and so to each of its projects. "
                "Change or remove them among the organization’s members."
            )
            % {"email": email}
        )
    raise NotAMember(_("%(email)s is not a member here.") % {"email": email})


def _lock(place: Place) -> None:
    """Make other changes of the members of `place` wait for this transaction to end."""
    type(place)._default_manager.select_for_update().get(pk=place.pk)


def _membership(place: Place, user: User) -> AnyMembership:
    _lock(place)
    membership = place.memberships.filter(user=user).first()
    if membership is None:
        raise NotAMember(_("%(email)s is not a member here.") % {"email": user.email})
    return membership


def _authorize(principal: Principal, place: Place, new: Role | None, membership: AnyMembership | None = None) -> None:
    """Admins look after everybody but owners, whom only owners make and change."""
    require_administration(principal, place)
    touched = {new, membership.role if membership else None}
    if Role.OWNER in touched and role_in(principal, place) != Role.OWNER:
        raise PermissionDenied(_("Only an owner may make, change or remove an owner."))


def _keep_an_owner(place: Place, membership: AnyMembership) -> None:
    """An organization always has an owner; a project has its organization's."""
    if isinstance(place, Organization) and membership.role == Role.OWNER:
        others = place.memberships.filter(role=Role.OWNER, user__is_active=True).exclude(pk=membership.pk)
        if not others.exists():
            raise Refused(_("An organization needs an owner. Make somebody else an owner first."))


def _require_more(project: Project, user: User, role: Role) -> None:
    """A role in a project adds to that in its organization: one that adds nothing would only mislead."""
    held = project.organization.memberships.filter(user=user).values_list("role", flat=True).first()
    if held and Role.strongest([held, role]) == held:
        raise Refused(
            _("%(email)s belongs to the whole organization as %(role)s, which includes this already.")
            % {"email": user.email, "role": Role(held).label}
        )
