"""Indexes on the vectors of large stores."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import md5

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Searches that come often note once in so long that they have use for an index.
NOTED = timedelta(hours=1)


class VectorIndexQuerySet(models.QuerySet["VectorIndex"]):
    """Reads and the one write of searches."""

    def ask(self, embedder: str, dimensions: int) -> None:
        """Note that there was use for an index on these vectors just now."""
        wanted = self.model(embedder=embedder, dimensions=dimensions)
        self.bulk_create(
            [wanted], update_conflicts=True, unique_fields=["embedder"], update_fields=["dimensions", "asked_at"]
        )

    def unasked_since(self, moment: datetime) -> VectorIndexQuerySet:
        """Narrow to those for which nobody had use."""
        return self.filter(asked_at__lt=moment)


class VectorIndex(models.Model):
    """An index on the vectors of one embedder, there or to be made, because searches have use for it.

    Whether it is there, only Postgres' catalog knows. `seconds` is how long it took to make, `error` why the attempt
    at `tried_at` failed.
    """

    embedder = models.CharField(_("embedder"), max_length=200, primary_key=True)
    dimensions = models.PositiveIntegerField(_("dimensions"))
    asked_at = models.DateTimeField(_("last of use"), default=timezone.now)
    tried_at = models.DateTimeField(_("last tried"), null=True)
    built_at = models.DateTimeField(_("made"), null=True)
    seconds = models.FloatField(_("seconds it took"), null=True)
    error = models.TextField(_("error"), blank=True)

    objects = VectorIndexQuerySet.as_manager()

    class Meta:
        verbose_name = _("index of vectors")
        verbose_name_plural = _("indexes of vectors")

    def __str__(self) -> str:
        return self.embedder

    @property
    def name(self) -> str:
        """Return what Postgres calls it."""
        return index_name(self.embedder, self.dimensions)


def index_name(embedder: str, dimensions: int) -> str:
    """Return what Postgres calls the index on the vectors with so many dimensions by `embedder`."""
    return f"vectors_near_{dimensions}_{md5(embedder.encode(), usedforsecurity=False).hexdigest()[:12]}"
