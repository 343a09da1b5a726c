"""Letting an app in: whose key it is, and that one more call of it is counted, in one question to Postgres or none.

A key that was seen before is known with its project and its maker as long as none of their rows has changed, which is
asked along with counting the call; or later, if the call was counted ahead and asks by itself. So a key that was
revoked works no moment longer.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

from accounts.limits import Allowance, Uncounted, count_ahead, count_call
from accounts.models import ApiKey
from accounts.models.api_key import digest
from accounts.principal import Principal
from accounts.standing import HOLDS, STAMP, Changed, Standing

KEPT = 1_000  # keys
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class _Known:
    """A key as its rows had it when they stood as `stamp` says."""

    key: ApiKey
    stamp: str


class _Keys:
    """The keys seen last, by the digests of their secrets."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def get(self, secret_digest: str) -> _Known | None:
        with self._lock:
            if known := self._known.get(secret_digest):
                self._known.move_to_end(secret_digest)
            return known

    def put(self, secret_digest: str, known: _Known | None) -> None:
        with self._lock:
            self._known.pop(secret_digest, None)
            if known is not None:
                self._known[secret_digest] = known
            while len(self._known) > KEPT:
                self._known.popitem(last=False)


_KEYS = _Keys()


def admit(secret: str, *, confirms: bool = False) -> tuple[Principal, Allowance | None] | None:
    """Return whose the active key `secret` is and what is left to it after this call; None if there is none.

    If the call `confirms` by itself that its key still holds, by the principal's `standing`, that may be left to it.
    """
    secret_digest = digest(secret)
    known = _KEYS.get(secret_digest)
    if known is not None and not known.key.is_due:
        if confirms:
            with suppress(Uncounted):
                allowance = count_ahead(known.key)
                return Principal(api_key=_twin(known.key), standing=Standing(known.key.pk, known.stamp)), allowance
        with suppress(Changed):
            allowance = count_call(known.key, (HOLDS, [known.key.pk, known.stamp]))
            return Principal(api_key=_twin(known.key)), allowance
    key = _found(secret, secret_digest)
    return (Principal(api_key=key), count_call(key)) if key else None


def _found(secret: str, secret_digest: str) -> ApiKey | None:
    """Look the key up, note that it is in use, and remember it as it stood before."""
    _KEYS.put(secret_digest, None)
    key = ApiKey.objects.find(secret)
    if key is None:
        return None
    key.touch()
    with connection.cursor() as cursor:
        cursor.execute(STAMP.format(key="%s"), [key.pk])
        before = cursor.fetchone()
    again = ApiKey.objects.find(secret) if before else None
    if again is not None:
        _KEYS.put(secret_digest, _Known(_twin(again), before[0]))
    return again


def _twin(instance: M) -> M:
    """Return a copy that a request may change: of the row and of those that were fetched with it."""
    twin = instance.__class__.__new__(instance.__class__)
    twin.__dict__ = instance.__dict__.copy()
    twin._state = ModelState()
    twin._state.db, twin._state.adding = instance._state.db, instance._state.adding
    twin._state.fields_cache = {
        name: _twin(related) if isinstance(related, models.Model) else related
        for name, related in instance._state.fields_cache.items()
    }
    return twin
