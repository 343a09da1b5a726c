"""What apps tell us, what we remember of it, and how it is found again."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MemoriesConfig(AppConfig):
    """The core."""

    name = "memories"
    verbose_name = _("Memories")
