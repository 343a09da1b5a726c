"""The keys that apps present."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models.project import Project
from accounts.models.user import User
from accounts.prepared import Prepared
from accounts.rates import validate_rate

if TYPE_CHECKING:
    from accounts.principal import Principal

PREFIX_BYTES = 5
SECRET_BYTES = 32
# `last_used_at` is for people, who think in minutes: writing it at each call would double the work of a read.
LAST_USED_RESOLUTION = timedelta(minutes=1)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Reads of keys."""

    def for_principal(self, principal: Principal) -> ApiKeyQuerySet:
        """Narrow to the keys of the projects that `principal` may see; a key sees no keys, not even itself."""
        if principal.api_key is not None:
            return self.none()
        return self.filter(project__in=Project.objects.for_principal(principal))

    def active(self) -> ApiKeyQuerySet:
        """Narrow to keys that have not been revoked."""
        return self.filter(revoked_at=None)

    def find(self, secret: str) -> ApiKey | None:
        """Return the active key that `secret` is, or None.

        Only a SHA-256 of the key is stored. It needs no salt and no slow hash: the key itself is 256 random
        bits, so there is no dictionary to try.
        """
        prefix, _, _ = secret.rpartition("_")
        for key in _BY_PREFIX(prefix=prefix):
            if constant_time_compare(key.digest, digest(secret)):
                return key
        return None


class ApiKey(models.Model):
    """A key to one project. Shown once; afterwards only its prefix is known."""

    class Scope(models.TextChoices):
        """What the key may do; each includes the one before."""

        READ = "read", _("Read")
        WRITE = "write", _("Read and write")
        ADMIN = "admin", _("Administer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=32, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.ADMIN)
    end_user_name = models.CharField(
        _("limited to end user"),
        max_length=255,
        blank=True,
        help_text=_("If given, the key reaches only what concerns this end user."),
    )
    rate_limit = models.CharField(
        _("rate limit"),
        max_length=20,
        blank=True,
        validators=[validate_rate],
        help_text=_("Requests, such as 600/min; “none” for no limit. If empty, the server’s setting holds."),
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(
        cls,
        *,
        project: Project,
        name: str,
        created_by: User | None,
        scope: str = Scope.ADMIN,
        end_user_name: str = "",
    ) -> tuple[ApiKey, str]:
        """Create a key and return it with its secret, which can't be had again."""
        prefix = f"mh_{secrets.token_hex(PREFIX_BYTES)}"
        secret = f"{prefix}_{secrets.token_hex(SECRET_BYTES)}"
        key = cls.objects.create(
            project=project,
            name=name,
            prefix=prefix,
            digest=digest(secret),
            scope=scope,
            end_user_name=end_user_name,
            created_by=created_by,
        )
        return key, secret

    def may(self, scope: str) -> bool:
        """Tell whether the key's scope includes `scope`."""
        order = [self.Scope.READ, self.Scope.WRITE, self.Scope.ADMIN]
        return order.index(self.Scope(self.scope)) >= order.index(self.Scope(scope))

    def revoke(self) -> None:
        """Stop the key from working, at once and for good."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])

    @property
    def is_due(self) -> bool:
        """Tell whether it is time again to note that the key is in use."""
        return self.last_used_at is None or timezone.now() - self.last_used_at > LAST_USED_RESOLUTION

    def touch(self) -> None:
        """Note that the key is in use, at most once a minute."""
        if self.is_due:
            now = timezone.now()
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)
            self.last_used_at = now


_BY_PREFIX = Prepared(
    lambda prefix: ApiKey.objects.active().select_related("project", "created_by").filter(prefix=prefix).order_by(),
    {"prefix": str},
)


def digest(secret: str) -> str:
    """Return the hexadecimal SHA-256 under which a key is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
