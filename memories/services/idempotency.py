"""Carrying a write out once, however often it is sent: what the `Idempotency-Key` header asks for.

The reservation is on disk before the write begins, and the answer is put into it afterwards. If the process dies in
between, the reservation stays without an answer. After a minute, a call whose repetition does no harm is then carried
out anew; any other is refused with the advice to look, for it may have taken effect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import ApiKey
from memories.models import KeyedCall

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=1)
UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class CannotRepeat(Exception):
    """A call with a known idempotency key gets no answer; `wait` is in seconds where waiting helps."""

    code = ""
    wait: int | None = None


class KeyReused(CannotRepeat):
    """The key came with another body before."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before. Use a new key for a new request.")


class StillRunning(CannotRepeat):
    """The first call with the key has not been answered yet."""

    code = "idempotency_in_progress"
    wait = 1

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still being carried out. Ask again shortly.")


class OutcomeUnknown(CannotRepeat):
    """The process that carried out the first call died, and a second time might do harm."""

    code = "idempotency_outcome_unknown"

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key was interrupted and may have taken effect. "
            "Look whether it did; if not, send it again with a new key."
        )


class AnswerErased(CannotRepeat):
    """The call was carried out, and what it answered has been erased since."""

    code = "idempotency_answer_erased"

    def __init__(self) -> None:
        super().__init__("This request was carried out before. Its answer spoke of what has been erased since.")


def reserve(*, key: ApiKey, call: Iterable[str], idempotency_key: str, content: Any, repeatable: bool) -> KeyedCall:
    """Reserve the call, so that the caller may carry it out; or return the one that has been answered.

    `call` is method and path; `content` is what was sent, by which a key that is used for something else is found
    out. Raises a CannotRepeat.
    """
    name = _hash("name", str(key.pk), *call, idempotency_key)
    fingerprint = _hash("content", json.dumps(content, sort_keys=True))
    KeyedCall.objects.filter(name=name, created_at__lt=timezone.now() - KEPT).delete()
    reservation, created = KeyedCall.objects.get_or_create(
        name=name, defaults={"project_id": key.project_id, "fingerprint": fingerprint}
    )
    if created:
        return reservation
    if reservation.fingerprint != fingerprint:
        raise KeyReused
    if reservation.status is None:
        _take_over(reservation, repeatable)
    elif reservation.answer is None:
        raise AnswerErased
    return reservation


def _take_over(reservation: KeyedCall, repeatable: bool) -> None:
    """Make an abandoned reservation the caller's."""
    now = timezone.now()
    if reservation.reserved_at > now - ABANDONED:
        raise StillRunning
    if not repeatable:
        raise OutcomeUnknown
    mine = KeyedCall.objects.filter(pk=reservation.pk, reserved_at=reservation.reserved_at, status=None)
    if not mine.update(reserved_at=now):
        raise StillRunning


def settle(reservation: KeyedCall, *, status: int, answer: str, harmless: bool) -> None:
    """Keep the answer; the first one counts.

    If something was erased meanwhile, perhaps by this very call, only a `harmless` answer is kept: one that holds
    nobody's words.
    """
    subjects = sorted({UUID(found) for found in UUID_PATTERN.findall(answer)})
    running = KeyedCall.objects.filter(pk=reservation.pk, status=None)
    keeping = running if harmless else running.filter(keeps_answer=True)
    if not keeping.update(status=status, answer=answer, subjects=subjects):
        running.update(status=status)


def release(reservation: KeyedCall) -> None:
    """Give the reservation up, so that the call can be sent again: nothing came of it, or nothing that is known."""
    KeyedCall.objects.filter(pk=reservation.pk, status=None).delete()


def erase_answers(*, projects: Collection[UUID], subjects: list[UUID] | None = None) -> None:
    """Erase the answers in `projects` that speak of `subjects`, or all of them; also those that are yet to be given.

    The calls stay, so that repeating one doesn't bring back what was erased.
    """
    meant = Q() if subjects is None else Q(subjects__overlap=subjects) | Q(status=None)
    KeyedCall.objects.filter(meant, project__in=projects).update(answer=None, subjects=[], keeps_answer=False)


def forget_old_calls() -> int:
    """Remove what is older than a day; return how many went."""
    removed, _models = KeyedCall.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return removed


def _hash(purpose: str, *parts: str) -> str:
    return salted_hmac(f"memoryhub.idempotency.{purpose}", "\0".join(parts), algorithm="sha256").hexdigest()
