"""Our choices where django-allauth asks."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Lets the operator close sign-up, and keeps addresses in lower case."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether strangers may open an account."""
        return bool(settings.SIGNUP_OPEN)

    def clean_email(self, email: str) -> str:
        """Store one spelling of an address."""
        return str(super().clean_email(email)).lower()
