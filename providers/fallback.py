"""Several models behind one name, asked in order until one answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from providers.base import ChatModel, Completion, Description, VisionModel
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
Model = TypeVar("Model", ChatModel, VisionModel)
Answer = TypeVar("Answer")


class _Chain(Generic[Model]):
    """The models in order. It has the first one's name; an answer says which model gave it."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.name = models[0].name
        self._models: Sequence[Model] = models

    def first(self, ask: Callable[[Model], Answer]) -> Answer:
        """Return the first answer.

        Only a failure that may pass leads on from the first model: a wrong key must be seen, not covered up. From
        there on every model is asked. If none answers, the failure is raised that may pass soonest, so that the job
        is tried again.
        """
        failures: list[ProviderError] = []
        for model in self._models:
            try:
                return ask(model)
            except ProviderError as error:
                if not failures and not error.retryable:
                    raise
                failures.append(error)
                logger.warning("%s failed (%s); %d more to ask.", model.name, error, len(self._models) - len(failures))
        raise min((failure for failure in failures if failure.retryable), key=lambda failure: failure.retry_after or 0)


class FallbackChat(_Chain[ChatModel]):
    """A ChatModel that asks each of `models` until one answers."""

    def complete_json(self, *, system: str, user: str, schema: dict[str, Any], schema_name: str) -> Completion:
        """Return the first answer; see ChatModel. Raises ProviderError if there is none."""
        return self.first(
            lambda model: model.complete_json(system=system, user=user, schema=schema, schema_name=schema_name)
        )


class FallbackVision(_Chain[VisionModel]):
    """A VisionModel that asks each of `models` until one answers."""

    def describe(self, *, system: str, user: str, image: bytes, media_type: str) -> Description:
        """Return the first answer; see VisionModel. Raises ProviderError if there is none."""
        return self.first(lambda model: model.describe(system=system, user=user, image=image, media_type=media_type))
