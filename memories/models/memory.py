"""One statement worth remembering, and its vector."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Exp, Extract, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import CosineDistance

from accounts.ids import uuid7
from memories.heat import RECENCY_HOURS, heat
from memories.models.fields import VectorField
from memories.models.message import Message
from memories.models.scoped import Scoped, indexes_of
from memories.models.scoping import ScopedQuerySet
from memories.models.stated import SHORT_LIVED, UNIT_INTERVALS, Kind, Layer, State, Stated


class MemoryQuerySet(ScopedQuerySet["Memory"]):
    """Reads of memories."""

    def kept(self) -> MemoryQuerySet:
        """Narrow to memories that are not in the trash."""
        return self.exclude(state=Memory.State.DELETED)

    def remembered(self) -> MemoryQuerySet:
        """Narrow to memories that are neither in the trash nor awaiting review."""
        return self.exclude(state__in=[Memory.State.DELETED, Memory.State.PENDING])

    def pending(self) -> MemoryQuerySet:
        """Narrow to memories that await review."""
        return self.filter(state=Memory.State.PENDING)

    def active(self) -> MemoryQuerySet:
        """Narrow to what may be recalled."""
        return self.filter(state=Memory.State.ACTIVE)

    def current(self) -> MemoryQuerySet:
        """Narrow to what may be recalled, and what it has superseded."""
        return self.filter(state__in=[Memory.State.ACTIVE, Memory.State.SUPERSEDED])

    def holding(self, at: datetime | None = None, *, now: datetime | None = None) -> MemoryQuerySet:
        """Narrow to what may be recalled and holds now, or as of `at`.

        A superseded memory held until its successor took its place, which may still lie ahead. As of an earlier time,
        only what had been said by then counts, unless it is known to have held already. `now` is for those who have
        looked at the clock themselves.
        """
        moment = at or now or timezone.now()
        until = Q(valid_until__gt=moment)
        states = Q(state=State.ACTIVE) & (Q(valid_until=None) | until) | Q(state=State.SUPERSEDED) & until
        begun = Q(valid_from__lte=moment) | Q(valid_from=None)
        if at is not None:
            begun &= Q(valid_from__isnull=False) | Q(said_at__lte=moment)
        return self.filter(states, begun)

    def nearest(self, vector: Sequence[float], *, embedder: str) -> MemoryQuerySet:
        """Order by distance to `vector`, annotated as `distance` (1 - cosine); only what `embedder` has embedded."""
        near = self.filter(vectors__embedder=embedder).annotate(distance=CosineDistance("vectors__embedding", vector))
        return near.order_by("distance", "pk")

    def unexpired(self, on: date | None = None) -> MemoryQuerySet:
        """Narrow to memories whose last day has not passed by `on`, by default today."""
        return self.filter(Q(expiration_date=None) | Q(expiration_date__gte=on or timezone.now().date()))

    def without_words(self) -> MemoryQuerySet:
        """Leave out what only recall reads."""
        return self.defer("lexemes", "terms", "context", "context_terms")

    def with_heat(self, now: datetime) -> Any:
        """Annotate as `heat` what memories/heat.py computes, as of `now`."""
        idle = Value(now, output_field=models.DateTimeField()) - Coalesce("visited_at", "created_at")
        hours = Greatest(Extract(idle, "epoch") / 3600.0, 0.0, output_field=models.FloatField())
        recency = Exp(-hours / RECENCY_HOURS, output_field=models.FloatField())
        return self.annotate(heat=F("visits") + F("interactions") + recency)

    def with_scope(self) -> MemoryQuerySet:
        """Fetch the names of the scope along, for those who print them."""
        return self.select_related("end_user", "agent", "app", "run")


class Memory(Stated, Scoped):
    """What is remembered: a statement with its scope, categories, layer, validity and state.

    Recall reads what is derived from it: `lexemes` and `traits` from its text; `sitting` and `place`, where it
    stands among what was said together; for an extracted one in `context` the words of the messages around its
    sources. `sitting` is null until that has been worked out. `terms` and `context_terms` are the same words as
    memories/terms.py packs them, null in rows from before. A column that Django doesn't know of, `changed_in`, names
    the transaction that wrote the row last: a trigger sets it (migration 0017), and recall's indexes go by it.

    How warm it is rests on `visits`, how often searches have returned it, last at `visited_at`, and on `interactions`,
    the number of messages it rests on. services/visits.py counts them in the background.
    """

    State = State
    Layer = Layer
    Kind = Kind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    said_at = models.DateTimeField(_("said"), help_text=_("When it was said: the date of the conversation."))
    immutable = models.BooleanField(
        _("immutable"), default=False, help_text=_("Its words stay as they are; it can be deleted.")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    superseded_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="supersedes",
        db_index=False,
        verbose_name=_("superseded by"),
    )
    sources = models.ManyToManyField(Message, related_name="memories", blank=True, verbose_name=_("sources"))

    digest = models.CharField(max_length=64, editable=False, help_text=_("MD5 of the text, mem0's `hash`."))
    lexemes = SearchVectorField(editable=False)
    lexeme_count = models.PositiveIntegerField(editable=False)
    traits = models.PositiveSmallIntegerField(default=0, editable=False)
    terms = models.BinaryField(null=True, editable=False)
    context = SearchVectorField(null=True, editable=False)
    context_terms = models.BinaryField(null=True, editable=False)
    sitting = models.UUIDField(null=True, editable=False)
    place = models.PositiveIntegerField(default=0, editable=False)
    visits = models.PositiveIntegerField(_("times recalled"), default=0, editable=False)
    visited_at = models.DateTimeField(_("last recalled"), null=True, editable=False)
    interactions = models.PositiveIntegerField(_("messages it rests on"), default=1, editable=False)

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("memory")
        verbose_name_plural = _("memories")
        ordering = ["-created_at", "-id"]
        indexes = [
            *indexes_of("memory", "agent", "app", "run", "superseded_by"),
            models.Index(fields=["project", "-created_at", "-id"], name="memory_by_project"),
            models.Index(fields=["end_user", "state", "-created_at"], name="memory_by_person"),
            models.Index(fields=["end_user", "digest"], name="memory_same_text"),
            models.Index(fields=["sitting", "end_user", "-place"], name="memory_in_sitting"),
            models.Index(
                fields=["project", "-created_at"], condition=Q(end_user__isnull=True), name="memory_of_nobody"
            ),
            models.Index(
                fields=["project"], condition=Q(state="active", layer__in=SHORT_LIVED), name="memory_short_lived"
            ),
            models.Index(
                fields=["expiration_date"],
                condition=Q(state="active", expiration_date__isnull=False),
                name="memory_ending",
            ),
            GinIndex(fields=["lexemes"], name="memory_lexemes", fastupdate=False),
            GinIndex(fields=["categories"], name="memory_categories"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="memory_has_text"),
            models.CheckConstraint(condition=UNIT_INTERVALS, name="memory_unit_intervals"),
            models.CheckConstraint(
                condition=Q(state="deleted", deleted_at__isnull=False) | (~Q(state="deleted") & Q(deleted_at=None)),
                name="memory_deleted_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def heat_at(self, now: datetime) -> float:
        """Return how warm the memory is at `now`."""
        return heat(self.visits, self.interactions, now - (self.visited_at or self.created_at))


class MemoryVector(models.Model):
    """The embedding of a memory's text by one embedder.

    A table of its own, without a dimension in the schema, so that a second embedder's vectors can stand
    beside the first's while it takes over. It is written in the transaction that writes the text. Vectors are kept
    beside the rest of the row up to 2,000 dimensions (migration 0019), because a search reads many. Where searches
    range over very many, there is an index on them that Django doesn't know of: see services/vector_indexes.py.
    """

    # Without an index of its own: that of the constraint begins with it.
    memory = models.ForeignKey(Memory, models.CASCADE, related_name="vectors", db_index=False)
    embedder = models.CharField(max_length=200)
    embedding = VectorField()

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectors")
        constraints = [models.UniqueConstraint(fields=["memory", "embedder"], name="vector_once")]

    def __str__(self) -> str:
        return f"{self.memory_id} by {self.embedder}"
