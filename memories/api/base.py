"""What the API's views share: who asks, in which project, and which memories they may touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.limits import count_call
from accounts.models import Project
from accounts.principal import Principal
from memories.api.exceptions import RateLimited
from memories.api.idempotency import OnceView
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.services.changes import Actor


class View(OnceView):
    """A view whose caller is an API key: counted, and each write carried out once."""

    request: Request

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the call before anything else of it is looked at: a refused one costs the server as much."""
        self.perform_authentication(request)
        if isinstance(request.auth, Principal) and request.auth.api_key is not None:
            allowance = count_call(request.auth.api_key)
            request._request.allowance = allowance  # type: ignore[attr-defined]
            if allowance is not None and allowance.wait:
                raise RateLimited(allowance.wait)
        super().initial(request, *args, **kwargs)

    @property
    def principal(self) -> Principal:
        """Return the caller; HasScope has made sure that there is one."""
        principal: Principal = self.request.auth  # type: ignore[assignment]
        return principal

    @property
    def project(self) -> Project:
        """Return the key's project."""
        assert self.principal.api_key is not None
        return self.principal.api_key.project

    @property
    def actor(self) -> Actor:
        """Return the caller as versions record it."""
        return Actor.of(self.principal)

    def memories(self) -> MemoryQuerySet:
        """Return the memories that the caller may touch, the trash apart."""
        return Memory.objects.for_principal(self.principal).in_project(self.project).kept()

    def memory(self, memory_id: str) -> Memory:
        """Return one of them; 400 for what isn't an id, 404 for an id that isn't theirs."""
        return self.batch([parse_id(memory_id)])[0]

    def any_memory(self, memory_id: str) -> Memory:
        """Return a memory of theirs, though it be in the trash; 400 and 404 as `memory` answers them."""
        mine = Memory.objects.for_principal(self.principal).in_project(self.project).with_scope()
        memory = mine.filter(pk=parse_id(memory_id)).first()
        if memory is None:
            raise Http404(f"There is no memory {memory_id}.")
        return memory

    def batch(self, ids: Sequence[UUID]) -> list[Memory]:
        """Return several of them, in order; 404 that names those which aren't theirs."""
        found = self.memories().with_scope().in_bulk(ids)
        if missing := [str(memory_id) for memory_id in ids if memory_id not in found]:
            raise Http404(f"There is no memory {', '.join(missing)}.")
        return [found[memory_id] for memory_id in ids]

    def read(self, serializer: type[Serializer[Any]], data: Any = None) -> dict[str, Any]:
        """Return the validated body (or `data`)."""
        given = serializer(data=self.request.data if data is None else data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


def parse_id(text: str) -> UUID:
    """Return `text` as a UUID or answer 400."""
    try:
        return UUID(text)
    except ValueError as error:
        raise exceptions.ValidationError(f"{text!r} is not an id: ids are UUIDs.") from error
