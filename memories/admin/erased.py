"""What was erased, and whether anything is left."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from memories.admin.read_only import ReadOnly
from memories.models import ErasureCertificate, LeftoverCheck, Tombstone


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnly):
    """That something was erased."""

    list_display = ["erased_at", "kind", "object_id", "project"]
    list_filter = ["kind"]
    search_fields = ["object_id"]
    list_select_related = ["project"]


@admin.register(ErasureCertificate)
class ErasureCertificateAdmin(ReadOnly):
    """Certificates of erasure."""

    list_display = ["created_at", "subject", "object_id", "project", "actor"]
    list_filter = ["subject"]
    search_fields = ["id", "object_id", "actor"]
    list_select_related = ["project"]


@admin.register(LeftoverCheck)
class LeftoverCheckAdmin(ReadOnly):
    """What each search for leftovers of erasures found; it should be nothing."""

    list_display = ["started_at", "completed_at", "looked_at", "number_found"]
    search_fields = ["found"]

    @admin.display(description=_("leftovers"))
    def number_found(self, check: LeftoverCheck) -> int:
        """Return how many."""
        return len(check.found)
