"""A project's settings, a new project, and the end of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.authority import may_administer, require_administration
from accounts.forms import DeleteForm, ProjectForm, SettingsForm
from accounts.middleware import SESSION_KEY, PageRequest
from accounts.models import Project
from accounts.services.projects import create_project, delete_project, update_project, what_goes


@require_http_methods(["GET", "HEAD", "POST"])
def project_settings(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show a project's settings, and change them for those who administer it."""
    project = project_in_reach(request, project_id)
    form = SettingsForm.of(project, request.POST or None)
    here = Page("project_settings", "projects/settings.html", saved=_("The settings are saved."))
    return settings_page(request, project, form, here, has_llm="chat" in settings.PROVIDERS)


@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: PageRequest) -> HttpResponse:
    """Open another project in the organization of the one that the person works in, and go there."""
    organization = request.project.organization
    require_administration(request.principal, organization)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = create_project(principal=request.principal, organization=organization, **form.cleaned_data)
        request.session[SESSION_KEY] = str(project.pk)
        messages.success(request, _("You are now in the new project “%(name)s”.") % {"name": project.name})
        return redirect("project_settings", project.pk)
    context = {"form": form, "organization": organization}
    return render(request, "projects/create.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def project_delete(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show what would go with a project, and delete it once its name is typed."""
    project = project_in_reach(request, project_id)
    require_administration(request.principal, project)
    form = DeleteForm(project, request.POST if request.method == "POST" else None)
    if request.method == "POST" and not project.is_default and form.is_valid():
        delete_project(principal=request.principal, project=project)
        messages.success(request, _("The project “%(name)s” is deleted.") % {"name": project.name})
        return redirect("home")
    context = {"project": project, "form": form, "goes": what_goes(project)}
    return render(request, "projects/delete.html", context, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of settings: the name of its address, its template, and what is said when they are saved."""

    name: str
    template: str
    saved: str


class ChangesProject(Protocol):
    """A form whose fields become fields of the project."""

    @property
    def errors(self) -> Any:
        """What is wrong with what was sent."""

    def is_valid(self) -> bool:
        """Tell whether it can be saved."""

    def changes(self) -> dict[str, Any]:
        """Return the fields of Project as the form wants them."""


def settings_page(
    request: PageRequest, project: Project, form: ChangesProject, page: Page, **context: Any
) -> HttpResponse:
    """Show some of a project's settings; save them when they are sent, for those who administer it."""
    if request.method == "POST":
        require_administration(request.principal, project)
        if form.is_valid():
            update_project(principal=request.principal, project=project, changes=form.changes())
            messages.success(request, page.saved)
            return redirect(page.name, project.pk)
    context |= {"project": project, "form": form, "editable": may_administer(request.principal, project)}
    return render(request, page.template, context, status=422 if form.errors else 200)


def project_in_reach(request: PageRequest, project_id: UUID) -> Project:
    """Return a project that the person may see, or answer 404."""
    projects = Project.objects.for_principal(request.principal).select_related("organization")
    return get_object_or_404(projects, pk=project_id)
