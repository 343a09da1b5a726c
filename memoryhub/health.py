"""Health for load balancers and for `manage.py up`: are we alive, and can we work?"""

from __future__ import annotations

import dataclasses

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from memories.models import LeftoverCheck
from memories.services.embedders.telling import standing


@require_safe
@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """Answer as long as this process can answer anything."""
    return JsonResponse({"status": "ok"})


@require_safe
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database answers; the outage middleware turns anything else into 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
@login_not_required
def leftovers(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the last search found nothing of what was erased, 503 if it did; where, Django admin tells."""
    check = LeftoverCheck.objects.filter(completed_at__isnull=False).first()
    found = len(check.found) if check else 0
    answer = {
        "status": "leftovers" if found else "ok",
        "found": found,
        "checked_at": check.completed_at if check else None,
    }
    return JsonResponse(answer, status=503 if found else 200)


@require_safe
@login_not_required
def embedder(request: HttpRequest) -> JsonResponse:
    """Answer 503 if projects stay behind the configured embedder: nobody has asked for the change, or it failed."""
    now = standing()
    answer = {"status": now.status, **dataclasses.asdict(now)}
    return JsonResponse(answer, status=503 if now.failed or now.waiting else 200)


urlpatterns = [
    path("live/", live, name="health_live"),
    path("ready/", ready, name="health_ready"),
    path("leftovers/", leftovers, name="health_leftovers"),
    path("embedder/", embedder, name="health_embedder"),
]
