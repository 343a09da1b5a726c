"""What a key's scope allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.principal import Principal

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Requires a key whose scope covers the call.

    A view names the scope per HTTP method in `scopes`; unnamed, GET needs read and everything else write.
    """

    message = _("This API key may not do that: its scope is too small. Use a key with a larger scope.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the key may make this call."""
        principal = request.auth
        if not isinstance(principal, Principal) or principal.api_key is None:
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        method = request.method or "GET"
        default = "read" if method in ("GET", "HEAD", "OPTIONS") else "write"
        return principal.api_key.may(scopes.get(method, default))
