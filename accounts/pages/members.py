"""Who may enter a project: the members of its organization, and those of this project only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.authority import Place, may_administer
from accounts.errors import Refused
from accounts.forms import MemberForm, RoleForm
from accounts.middleware import PageRequest
from accounts.models import Project, User
from accounts.models.tenancy import Role
from accounts.pages.settings import project_in_reach
from accounts.services.members import add_member, change_role, remove_member


@require_safe
def member_list(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show who may enter the project, with a form for those who administer it."""
    project = project_in_reach(request, project_id)
    return _page(request, project, MemberForm(_editable(request, project)))


@require_POST
def member_add(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Let somebody in who has an account."""
    project = project_in_reach(request, project_id)
    form = MemberForm(list(_places(project)), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        place = _places(project)[given["reach"]]
        try:
            role = Role(given["role"])
            member = add_member(principal=request.principal, place=place, email=given["email"], role=role)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("%(email)s is a member now.") % {"email": member.email})
            return redirect("member_list", project.pk)
    return _page(request, project, form, status=422)


@require_POST
def member_role(request: PageRequest, project_id: UUID, reach: str, membership_id: int) -> HttpResponse:
    """Give a member another role."""
    project = project_in_reach(request, project_id)
    place, member = _member(project, reach, membership_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            change_role(principal=request.principal, place=place, user=member, role=Role(form.cleaned_data["role"]))
            messages.success(request, _("The role of %(email)s is changed.") % {"email": member.email})
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("member_list", project.pk)


@require_POST
def member_remove(request: PageRequest, project_id: UUID, reach: str, membership_id: int) -> HttpResponse:
    """Take a member out, and tell of the keys they made, which apps may still use."""
    project = project_in_reach(request, project_id)
    place, member = _member(project, reach, membership_id)
    try:
        keys = remove_member(principal=request.principal, place=place, user=member)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(email)s is no longer a member.") % {"email": member.email})
        if keys:
            messages.warning(request, _keys_remain(keys))
    if Project.objects.for_principal(request.principal).filter(pk=project.pk).exists():
        return redirect("member_list", project.pk)
    return redirect("home")


def _keys_remain(count: int) -> str:
    return ngettext(
        "%(count)s API key that they made still works. Revoke it if nobody else needs it.",
        "%(count)s API keys that they made still work. Revoke those that nobody else needs.",
        count,
    ) % {"count": count}


def _page(request: PageRequest, project: Project, form: MemberForm, status: int = 200) -> HttpResponse:
    editable = _editable(request, project)
    groups = [
        {"reach": reach, "members": place.memberships.select_related("user").order_by("user__email")}
        for reach, place in _places(project).items()
    ]
    context = {"project": project, "groups": groups, "editable": editable, "form": form, "roles": Role.choices}
    return render(request, "projects/members.html", context, status=status)


def _places(project: Project) -> dict[str, Place]:
    return {"organization": project.organization, "project": project}


def _editable(request: PageRequest, project: Project) -> list[str]:
    """Return which of the two places the person may change the members of."""
    return [reach for reach, place in _places(project).items() if may_administer(request.principal, place)]


def _member(project: Project, reach: str, membership_id: int) -> tuple[Place, User]:
    place = _places(project).get(reach)
    if place is None:
        raise Http404
    membership = place.memberships.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise Http404
    return place, membership.user
