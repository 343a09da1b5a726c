"""Entities and relations over memories."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GraphsConfig(AppConfig):
    """The graph."""

    name = "graphs"
    verbose_name = _("Graph")

    def ready(self) -> None:
        """Register what `manage.py check --deploy` verifies."""
        from graphs import checks  # noqa: F401
