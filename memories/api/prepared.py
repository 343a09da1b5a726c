"""The reads that apps make all day, prepared for API keys of either kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import ApiKey, Project
from accounts.prepared import Prepared
from accounts.principal import Principal

T = TypeVar("T")
WHO = {"project": UUID}
LIMITED = {**WHO, "end_user_name": str}


class ForKeys(Generic[T]):
    """A queryset that starts from a principal, prepared for keys: for those of all end users, and of one."""

    def __init__(self, build: Callable[..., QuerySet[Any, T]], parameters: Mapping[str, type]) -> None:
        """Take `build(principal, project, **values)`, with the types of its values."""

        def built(*, project: UUID, end_user_name: str = "", **values: Any) -> QuerySet[Any, T]:
            own = Project(pk=project)
            principal = Principal(api_key=ApiKey(project=own, end_user_name=end_user_name))
            return build(principal, own, **values)

        self._all = Prepared(built, {**WHO, **parameters})
        self._limited = Prepared(built, {**LIMITED, **parameters})

    def __call__(self, principal: Principal, **values: Any) -> list[T]:
        """Return the rows that `principal`, an API key, may see in its project."""
        return self._of(principal)(**_who(principal), **values)

    def among(self, principal: Principal, ids: Sequence[UUID], **values: Any) -> list[T]:
        """Return those of the rows that have one of `ids`."""
        return self._of(principal).among(ids, **_who(principal), **values)

    def sql(self, principal: Principal, **values: Any) -> tuple[str, list[Any]]:
        """Return the query for those rows as SQL and its parameters."""
        return self._of(principal).sql(**_who(principal), **values)

    def count(self, principal: Principal, **values: Any) -> int:
        """Return how many there are, beyond any slice."""
        return self._of(principal).count(**_who(principal), **values)

    def _of(self, principal: Principal) -> Prepared[T]:
        return self._limited if principal.end_user_name else self._all


def _who(principal: Principal) -> dict[str, Any]:
    assert principal.api_key is not None
    project = {"project": principal.api_key.project_id}
    return {**project, "end_user_name": principal.end_user_name} if principal.end_user_name else project
