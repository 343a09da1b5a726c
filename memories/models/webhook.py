"""Addresses of apps that want to be told what happens in a project, and what each was told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project, User
from memories.models.scoping import ScopedQuerySet

# Longer than a worker keeps a webhook (services/webhooks/sending.py), so it runs out only when a worker died.
LEASE = timedelta(seconds=60)
CLAIM_LOCK = 0x5765_6248_6F6F_6B73  # "WebHooks"
# What the test button sends; nobody subscribes to it.
PING = "ping"


class EventType(models.TextChoices):
    """What a webhook can be told of; as mem0 names them."""

    MEMORY_ADD = "memory_add", _("A memory is added")
    MEMORY_UPDATE = "memory_update", _("A memory is changed")
    MEMORY_DELETE = "memory_delete", _("A memory is deleted")
    MEMORY_CATEGORIZE = "memory_categorize", _("A memory gets categories")
    INGEST_JOB_COMPLETED = "ingest_job_completed", _("A job succeeds")
    INGEST_JOB_PARTIALLY_COMPLETED = "ingest_job_partially_completed", _("A job succeeds in part")
    INGEST_JOB_FAILED = "ingest_job_failed", _("A job fails")
    INGEST_JOB_CANCELLED = "ingest_job_cancelled", _("A job is cancelled")


class WebhookQuerySet(ScopedQuerySet["Webhook"]):
    """Reads of webhooks, and the one way to become a webhook's sender.

    A key that is limited to one end user sees none: a webhook tells of everybody in the project.
    """

    end_user_path = None

    def enabled(self) -> WebhookQuerySet:
        """Narrow to webhooks that are told of what happens."""
        return self.filter(disabled_because="")

    def told_of(self, *event_types: str) -> WebhookQuerySet:
        """Narrow to enabled webhooks that want to know of any of these."""
        return self.enabled().filter(event_types__overlap=list(event_types))

    def ready(self) -> WebhookQuerySet:
        """Narrow to webhooks that somebody should send to now, the least recently served first."""
        now = timezone.now()
        due = WebhookDelivery.objects.due().filter(webhook=OuterRef("pk"))
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        unpaused = Q(paused_until=None) | Q(paused_until__lte=now)
        ready = self.enabled().filter(free, unpaused, Exists(due))
        return ready.order_by(F("leased_until").asc(nulls_first=True), "pk")

    def held(self) -> list[Webhook]:
        """Return these webhooks, none of which can be deleted before the current transaction ends.

        KEY SHARE, which Django has no word for, lets everything else about them change meanwhile.
        """
        found = list(self)
        if not found:
            return []
        with connection.cursor() as cursor:
            statement = f"SELECT id FROM {self.model._meta.db_table} WHERE id = ANY(%s) FOR KEY SHARE"  # noqa: S608
            cursor.execute(statement, [[webhook.pk for webhook in found]])
            there = {row[0] for row in cursor.fetchall()}
        return [webhook for webhook in found if webhook.pk in there]

    def claim(self) -> Webhook | None:
        """Lease the webhook whose turn it is to the caller, or return None when none is ready.

        A webhook has one sender at a time, and at most half of the workers' threads are senders: however slow
        the receivers are, ingestion goes on, and no webhook takes another's turn.
        """
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
            if self.filter(leased_until__gt=timezone.now()).count() >= max(1, settings.WORKER_CONCURRENCY // 2):
                return None
            webhook = self.ready().first()
            if webhook is not None:
                webhook.leased_until = timezone.now() + LEASE
                webhook.save(update_fields=["leased_until"])
        return webhook


class Webhook(models.Model):
    """Where to, of what, with which secret; and how it has been going."""

    class DisabledBecause(models.TextChoices):
        """Why nothing is sent; empty while it is enabled."""

        PERSON = "person", _("Somebody disabled it.")
        GONE = "gone", _("The receiver answered 410 Gone: it wants no more.")
        FAILING = "failing", _("Nothing got through for days.")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="webhooks", verbose_name=_("project"))
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=2000)
    event_types = ArrayField(models.CharField(max_length=50, choices=EventType), verbose_name=_("told of"))
    # Kept as it is, for a signature can't be made from a fingerprint.
    secret = models.CharField(max_length=100, editable=False)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)

    disabled_because = models.CharField(_("disabled because"), max_length=16, choices=DisabledBecause, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)

    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Tell whether it is told of what happens."""
        return not self.disabled_because

    @property
    def first_in_line(self) -> datetime:
        """Return when a delivery must have been due to come before all that waits."""
        return self.created_at

    @property
    def event_labels(self) -> list[str]:
        """Return what it is told of, in the reader's language."""
        return [str(EventType(name).label) for name in self.event_types]


class DeliveryQuerySet(ScopedQuerySet["WebhookDelivery"]):
    """Reads of deliveries; not for keys that are limited to one end user."""

    end_user_path = None

    def due(self) -> DeliveryQuerySet:
        """Narrow to deliveries whose time has come."""
        return self.filter(status=WebhookDelivery.Status.PENDING, available_at__lte=timezone.now())

    def claim_next(self, webhook: Webhook) -> WebhookDelivery | None:
        """Begin another attempt at the webhook's next delivery and return it, or None when none is due.

        One UPDATE decides: of two senders that saw the same delivery, one gets it. `attempts` is the fence:
        whoever writes the outcome must still hold the attempt it began.
        """
        while (seen := self.due().filter(webhook=webhook).order_by("available_at", "pk").first()) is not None:
            ours = self.filter(pk=seen.pk, attempts=seen.attempts, status=WebhookDelivery.Status.PENDING)
            now = timezone.now()
            if not ours.update(attempts=F("attempts") + 1, tries=F("tries") + 1, attempted_at=now):
                continue
            # What it told may have been erased a moment ago.
            if (begun := self.filter(pk=seen.pk, payload__isnull=False).first()) is not None:
                return begun
        return None


class WebhookDelivery(models.Model):
    """One thing that happened, for one webhook. Its id is the `webhook-id` that receivers see, at each attempt."""

    class Status(models.TextChoices):
        """A failed one was tried for a day; a cancelled one told of what has been erased since."""

        PENDING = "PENDING", _("Waiting")
        SUCCEEDED = "SUCCEEDED", _("Delivered")
        FAILED = "FAILED", _("Given up")
        CANCELLED = "CANCELLED", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    event_type = models.CharField(
        _("event"), max_length=50, choices=[*EventType.choices, (PING, _("Somebody sends a test"))]
    )
    # The memory or the job that it tells of: an id, not a foreign key, for a deletion is told after the row is gone.
    object_id = models.UUIDField(_("object id"), null=True)
    payload = models.JSONField(_("payload"), null=True, help_text=_("Empty once what it told has been erased."))

    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, help_text=_("All of them; never reset."))
    tries = models.PositiveIntegerField(_("tries"), default=0, help_text=_("Since somebody last asked for one."))
    available_at = models.DateTimeField(_("due"), default=timezone.now)
    attempted_at = models.DateTimeField(_("last attempt"), null=True)
    answer_status = models.PositiveSmallIntegerField(_("answer’s status"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    error = models.TextField(_("error"), blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, help_text=_("In milliseconds."))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_by_webhook"),
            models.Index(fields=["webhook", "available_at"], condition=Q(status="PENDING"), name="delivery_unsent"),
            models.Index(fields=["object_id"], name="delivery_by_object"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.pk}"

    @property
    def can_be_replayed(self) -> bool:
        """Tell whether there is something to send that nobody is about to send for the first time."""
        return self.payload is not None and (self.status != self.Status.PENDING or self.tries > 0)
