"""API keys: made, shown once, revoked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import KeyForm
from accounts.middleware import PageRequest
from accounts.models import ApiKey
from accounts.models.api_key import ApiKeyQuerySet
from accounts.pages.projects import may_write, writers_only
from accounts.services.keys import issue_key, revoke_key

PAGE = "keys/list.html"


@require_safe
def key_list(request: PageRequest) -> HttpResponse:
    """Show the project's keys, and a form for a new one to those who may make one."""
    form = KeyForm() if may_write(request) else None
    return render(request, PAGE, {"keys": _keys(request), "form": form})


@require_POST
@never_cache
@writers_only
@sensitive_variables("secret")
def key_create(request: PageRequest) -> HttpResponse:
    """Make a key and show its secret: now, in this answer, and never again."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, {"keys": _keys(request), "form": form}, status=422)
    key, secret = issue_key(project=request.project, created_by=request.user, **form.cleaned_data)
    return render(request, "keys/created.html", {"key": key, "secret": secret})


@require_POST
@writers_only
def key_revoke(request: PageRequest, key_id: UUID) -> HttpResponse:
    """Stop a key from working."""
    key = get_object_or_404(_keys(request).active(), pk=key_id)
    revoke_key(key=key, actor=request.principal.label)
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("key_list")


def _keys(request: PageRequest) -> ApiKeyQuerySet:
    return ApiKey.objects.for_principal(request.principal).filter(project=request.project)
