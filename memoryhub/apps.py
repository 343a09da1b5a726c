"""The project's own app: it carries the `up` and `prepare` commands and the checks of the environment."""

from django.apps import AppConfig


class MemoryHubConfig(AppConfig):
    """Registers the system checks."""

    name = "memoryhub"
    verbose_name = "MemoryHub"

    def ready(self) -> None:
        """Register what `manage.py check` verifies."""
        from memoryhub import checks  # noqa: F401
