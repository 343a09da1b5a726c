"""The API's description, for people."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the page; it fetches /api/schema/ and is open to everybody as that is."""
    return render(request, "api/docs.html")
