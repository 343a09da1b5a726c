"""Choices that a browser keeps: the theme and the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
YEAR = 60 * 60 * 24 * 365


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme that this browser asked for; "auto" follows the device."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def next_page(request: HttpRequest, default: str = "/") -> str:
    """Return the page that a form was sent from, if it is one of ours."""
    url = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if ours else default


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie."""
    response = HttpResponseRedirect(next_page(request))
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, for visitors too; Django's own view would send them to sign in first."""
    return set_language(request)
