"""How an API call says who it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.admission import admit
from accounts.principal import Principal

SCHEMES = {"token", "bearer"}


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Token <key>`, as mem0's clients send it; `Bearer` works too.

    Gives `request.auth` a Principal; `request.user` stays the key's creator, for Django's own use. The call is
    counted, and what is left to the caller is the Django request's `allowance`. A view's `confirming` are the methods
    that ask by themselves whether the key still holds.
    """

    def authenticate(self, request: Request) -> tuple[object, Principal] | None:
        """Return the caller, or None when no credentials are given; raise AuthenticationFailed on bad ones."""
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        view = (request.parser_context or {}).get("view")
        admitted = admit(secret.strip(), confirms=request.method in getattr(view, "confirming", ()))
        if admitted is None:
            raise exceptions.AuthenticationFailed(
                _("This API key is not valid: it may have been revoked or mistyped. Create one under “API keys”.")
            )
        principal, allowance = admitted
        assert principal.api_key is not None
        request._request.allowance = allowance  # type: ignore[attr-defined]
        return principal.api_key.created_by, principal

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, which makes the answer to missing credentials 401 rather than 403."""
        return "Token"
