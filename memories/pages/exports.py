"""Exports: what was asked for, what came of it, and the file."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from memories.models import MemoryExport
from memories.models.export import MemoryExportQuerySet
from memories.services.exports import audit

PAGE_SIZE = 50


@require_safe
def export_list(request: PageRequest) -> HttpResponse:
    """List the project's exports, newest first; the page asks again by itself while one is unfinished."""
    exports = _exports(request)
    context = {
        "page": Paginator(exports, PAGE_SIZE).get_page(request.GET.get("page")),
        "unfinished": exports.unfinished().exists(),
        "days": settings.EXPORT_DAYS,
        "may_write": may_write(request),
    }
    return render(request, "exports/list.html#exports" if request.htmx else "exports/list.html", context)


@require_safe
def export_download(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Send the result as a file."""
    done = _exports(request).filter(status=MemoryExport.Status.SUCCEEDED)
    export = get_object_or_404(done, pk=export_id)
    audit(export, action="export.read", principal=request.principal)
    body = json.dumps(export.result, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="memories-{export.created_at:%Y-%m-%d}.json"'}
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
@writers_only
def export_delete(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Delete an export before its time; the memories stay."""
    export = get_object_or_404(_exports(request), pk=export_id)
    with transaction.atomic():
        audit(export, action="export.delete", principal=request.principal)
        export.delete()
    messages.success(request, _("The export is deleted."))
    return redirect("export_list")


def _exports(request: PageRequest) -> MemoryExportQuerySet:
    return MemoryExport.objects.for_principal(request.principal).in_project(request.project).kept()
