"""The reads that apps make all day, prepared for API keys of either kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import ApiKey, Project
from accounts.prepared import Prepared
from accounts.principal import Principal
from accounts.standing import Standing

T = TypeVar("T")
R = TypeVar("R")


class ForKeys(Generic[T]):
    """A queryset that starts from a principal, prepared for keys: for those of all end users, and of one.

    What is known of the key is confirmed along with the rows if it wasn't before. Where there are none it is asked
    for, and raises accounts.standing.Changed if it holds no more.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, T]], parameters: Mapping[str, type]) -> None:
        """Take `build(principal, project, **values)`, with the types of its values."""
        self._build = build
        self._parameters = parameters
        self._forms: dict[tuple[str, ...], Prepared[T]] = {}

    def __call__(self, principal: Principal, **values: Any) -> list[T]:
        """Return the rows that `principal`, an API key, may see in its project."""
        who = _who(principal)
        return _confirmed(principal, self._form(who)(**who, **values))

    def among(self, principal: Principal, ids: Sequence[UUID], **values: Any) -> list[T]:
        """Return those of the rows that have one of `ids`."""
        who = _who(principal)
        return _confirmed(principal, self._form(who).among(ids, **who, **values))

    def sql(self, principal: Principal, **values: Any) -> tuple[str, list[Any]]:
        """Return the query for those rows as SQL and its parameters; whether the key still holds is not asked."""
        who = _who(principal, asks=False)
        return self._form(who).sql(**who, **values)

    def count(self, principal: Principal, **values: Any) -> int:
        """Return how many there are, beyond any slice."""
        who = _who(principal)
        return _confirmed(principal, self._form(who).count(**who, **values))

    def _form(self, who: Mapping[str, Any]) -> Prepared[T]:
        names = tuple(who)
        if names not in self._forms:
            self._forms[names] = Prepared(self._built, {**{name: WHO[name] for name in names}, **self._parameters})
        return self._forms[names]

    def _built(
        self,
        *,
        project: UUID,
        end_user_name: str = "",
        key: UUID | None = None,
        stamp: str = "",
        **values: Any,
    ) -> QuerySet[Any, T]:
        own = Project(pk=project)
        standing = Standing(key, stamp) if key else None
        principal = Principal(api_key=ApiKey(project=own, end_user_name=end_user_name), standing=standing)
        return self._build(principal, own, **values)


WHO: dict[str, type] = {"project": UUID, "end_user_name": str, "key": UUID, "stamp": str}


def _who(principal: Principal, *, asks: bool = True) -> dict[str, Any]:
    assert principal.api_key is not None
    who: dict[str, Any] = {"project": principal.api_key.project_id}
    if principal.end_user_name:
        who["end_user_name"] = principal.end_user_name
    if asks and (unconfirmed := principal.unconfirmed):
        who |= {"key": unconfirmed.key, "stamp": unconfirmed.stamp}
    return who


def _confirmed(principal: Principal, found: R) -> R:
    """Note that what was known of the key holds, as rows under that condition were found; or ask."""
    if found and principal.standing is not None:
        principal.standing.confirmed = True
    principal.confirm()
    return found
