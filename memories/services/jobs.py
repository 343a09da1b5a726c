"""Doing a claimed job: its lease kept, its failure written down, its outcome fenced."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from memories.dispatch import ring
from memories.ingestion import lease
from memories.ingestion.connections import release
from memories.metering.budgets import BudgetUsedUp
from memories.metering.charging import charged_to
from memories.models.job import OUT_OF_BUDGET, Job
from memories.providers import calls_network
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 600.0
# A provider may ask for more than our own last wait, but not for ever.
LONGEST_WAIT_SECONDS = 86_400.0
INTERNAL_ERROR = "internal_error"
J = TypeVar("J", bound=Job)


class Impossible(Exception):
    """The job can't succeed however often it is tried; the message says why and what to change."""


class Outdated(Exception):
    """What the job read has changed since; it is to be done again."""


def run(job: J, work: Callable[[J], None], *, failed: Callable[[J], None] | None = None) -> None:
    """Call `work` with a job that the caller has claimed, and give the job back if that fails.

    A failure that may pass puts it back with a later date; another ends it as FAILED with its cause, and calls
    `failed` in the transaction that says so.
    """
    try:
        with lease.kept(job), charged_to(cast(Any, job).project_id, job.pk):
            work(job)
    except BudgetUsedUp as error:
        _wait(job, error)
    except ProviderError as error:
        _give_back(
            job, failed, code=type(error).__name__, message=str(error), again=error.retryable, wait=error.retry_after
        )
    except Impossible as error:
        _give_back(job, failed, code="impossible", message=str(error), again=False)
    except Outdated as error:
        _give_back(job, failed, code="outdated", message=str(error), again=True)
    except Exception as error:
        logger.exception("%s %s failed.", type(job).__name__, job.pk)
        _give_back(job, failed, code=INTERNAL_ERROR, message=f"{type(error).__name__}: {error}", again=True)


def release_connection() -> None:
    """Give the database connection back while remote models are asked: slow answers would starve the rest."""
    if calls_network():
        release()


def is_ours(job: Job) -> bool:
    """Lock the job's row and tell whether its outcome is still the caller's to write; in a transaction only."""
    ours: bool = _held(job).select_for_update(of=("self",)).exists()
    if not ours:
        logger.warning("Job %s was taken over; this worker's result is dropped.", job.pk)
    return ours


def succeed(job: Job, **outcome: Any) -> None:
    """Write the outcome of a job that `is_ours`, in the same transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An outcome is written in the transaction that made sure whose job it is.")
    _held(job).update(
        status=Job.Status.SUCCEEDED,
        completed_at=timezone.now(),
        leased_until=None,
        error="",
        error_code="",
        **outcome,
    )


def put_back(job: Job, *, until: datetime | None = None, **changes: Any) -> None:
    """Leave the rest of a job to a later turn, now or `until` then: it went well so far, and that was no try."""
    _held(job).update(
        status=Job.Status.PENDING,
        tries=0,
        available_at=until or timezone.now(),
        leased_until=None,
        error="",
        error_code="",
        **changes,
    )


def _held(job: Job) -> Any:
    return type(job)._default_manager.filter(pk=job.pk, attempts=job.attempts, status=Job.Status.RUNNING)


def _give_back(
    job: J, failed: Callable[[J], None] | None, *, code: str, message: str, again: bool, wait: float | None = None
) -> None:
    """Note the failure, and set the job to be tried later or to FAILED."""
    again = again and job.tries < settings.EVENT_MAX_TRIES
    delay = _delay(job.tries, wait)
    now = timezone.now()
    changes: dict[str, object] = {"status": Job.Status.FAILED, "completed_at": now}
    if again:
        changes = {"status": Job.Status.PENDING, "available_at": now + timedelta(seconds=delay)}
    with transaction.atomic():
        ours = _held(job).update(error_code=code, error=message, leased_until=None, **changes)
        if ours and not again and failed is not None:
            failed(type(job)._default_manager.get(pk=job.pk))
    if again:
        ring(job.pk, task=job.TASK, delay=delay)


def _wait(job: Job, error: BudgetUsedUp) -> None:
    """Put the job back until there is a budget again; that was no try. The sweeper rings, sooner if it is raised."""
    _held(job).update(
        status=Job.Status.PENDING,
        tries=F("tries") - 1,
        available_at=error.until,
        leased_until=None,
        error_code=OUT_OF_BUDGET,
        error=str(error),
    )


def _delay(tries: int, wait: float | None) -> float:
    """Return the seconds to wait: what the provider asked for, else doubling with jitter."""
    if wait is not None:
        return min(wait, LONGEST_WAIT_SECONDS)
    doubled: float = FIRST_RETRY_SECONDS * 2 ** (tries - 1)
    return min(doubled, LAST_RETRY_SECONDS) * random.uniform(0.75, 1.25)  # noqa: S311 (no secret)
