"""Whom calls are charged to. Calls that nobody is charged for, such as a command's, are not written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from uuid import UUID

from django.db import connection

from memories.metering.budgets import check_budgets
from memories.metering.prices import cost_of
from memories.models.model_call import ModelCall
from providers.metering import ANSWERED, Call

_account: ContextVar[tuple[UUID, UUID | None] | None] = ContextVar("account", default=None)


@contextmanager
def charged_to(project_id: UUID, job_id: UUID | None = None) -> Iterator[None]:
    """Charge the calls within, in this thread, to a project and name the job that they are for."""
    token = _account.set((project_id, job_id))
    try:
        yield
    finally:
        _account.reset(token)


class ProjectMeter:
    """A Meter that charges projects, within their budgets."""

    def admit(self) -> None:
        """Raise BudgetUsedUp if the project that is charged has no budget left."""
        if account := _account.get():
            with _connection_as_found():
                check_budgets(account[0])

    def note(self, call: Call) -> None:
        """Write the call down, answered or not."""
        if account := _account.get():
            project_id, job_id = account
            with _connection_as_found():
                ModelCall.objects.create(
                    project_id=project_id,
                    job_id=job_id,
                    purpose=call.purpose[:64],
                    provider=call.provider[:255],
                    model=call.model[:200],
                    prompt_version=call.prompt_version[:64],
                    input_tokens=call.input_tokens,
                    output_tokens=call.output_tokens,
                    cost=_cost(call),
                    duration=call.seconds,
                    outcome=call.outcome,
                )


def _cost(call: Call) -> Decimal | None:
    """Return the price of a call, None if it isn't known. One that failed before the model began costs nothing."""
    if call.outcome != ANSWERED and not call.input_tokens and not call.output_tokens:
        return Decimal(0)
    return cost_of(call.model, input_tokens=call.input_tokens, output_tokens=call.output_tokens)


@contextmanager
def _connection_as_found() -> Iterator[None]:
    """Give a connection back if there was none: whoever released it is about to wait for a slow model."""
    had_one = connection.connection is not None
    try:
        yield
    finally:
        if not had_one and not connection.in_atomic_block:
            connection.close()
