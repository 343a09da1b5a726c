"""Who is asking: people, organizations, projects and keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Opens a personal organization for every new user."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Connect the signal that gives each new user a place of their own."""
        from accounts import signals  # noqa: F401
