"""What a principal may do to projects, organizations and their members.

Whoever administers a place, as its owner or admin, changes its settings and members. An API key never may more
than the person who made it may now, and it administers only with the scope for that and no end-user limit: its
own project, and if that is its organization's default project, the organization with all of its projects. So the
keys of further projects stay within them. Memories are reached by their own project's keys alone.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization, Project, ProjectMembership
from accounts.models.project import ProjectQuerySet
from accounts.models.tenancy import ADMINISTRATORS, Role
from accounts.principal import Principal

Place = Organization | Project


def role_in(principal: Principal, place: Place) -> Role | None:
    """Return the role of the person, or of a key's maker, in `place`: the strongest they have there."""
    person = principal.person
    if person is None:
        return None
    organization = place if isinstance(place, Organization) else place.organization
    roles = list(Membership.objects.filter(user=person, organization=organization).values_list("role", flat=True))
    if isinstance(place, Project):
        here = ProjectMembership.objects.filter(user=person, project=place)
        roles += here.values_list("role", flat=True)
    return Role.strongest(roles)


def may_administer(principal: Principal, place: Place) -> bool:
    """Tell whether `principal` may change the settings and members of `place`."""
    return _key_reaches(principal, place) and role_in(principal, place) in ADMINISTRATORS


def require_erasure(principal: Principal, project: Project) -> None:
    """Raise PermissionDenied unless `principal` may erase, for good, whom it reaches in `project`.

    That takes an owner or admin, and of a key the scope to administer; one that is limited to an end user may erase
    that one.
    """
    key = principal.api_key
    if key is None or not key.may("admin") or not key.end_user_name:
        require_administration(principal, project)
    elif role_in(principal, project) not in ADMINISTRATORS:
        raise PermissionDenied(_("Whoever made this API key is not, or no longer, an owner or admin here."))


def require_administration(principal: Principal, place: Place) -> None:
    """Raise PermissionDenied, with what is missing, unless `principal` may administer `place`."""
    if not _key_reaches(principal, place):
        raise PermissionDenied(
            _(
                "This API key may not do that. It takes a key that may administer and isn’t limited to an end user; "
                "for the organization and its other projects, one of the default project."
            )
        )
    if role_in(principal, place) in ADMINISTRATORS:
        return
    if principal.api_key is not None:
        raise PermissionDenied(_("Whoever made this API key is not, or no longer, an owner or admin here."))
    raise PermissionDenied(_("Only owners and admins may do that. Ask one of them."))


def projects_in_reach(principal: Principal) -> ProjectQuerySet:
    """Return the projects whose settings and members `principal` may see; a key limited to one end user, none."""
    projects = Project.objects.for_principal(principal)
    key = principal.api_key
    if principal.end_user_name:
        return projects.none()
    if key is not None and may_administer(principal, key.project.organization):
        return projects | Project.objects.filter(organization=key.project.organization_id)
    return projects


def _key_reaches(principal: Principal, place: Place) -> bool:
    key = principal.api_key
    if key is None:
        return True
    if not key.may("admin") or key.end_user_name:
        return False
    own = key.project
    if isinstance(place, Project) and place.pk == own.pk:
        return True
    organization_id = place.pk if isinstance(place, Organization) else place.organization_id
    return own.is_default and own.organization_id == organization_id
