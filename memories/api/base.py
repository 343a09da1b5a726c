"""What the API's views share: who asks, in which project, and which memories they may touch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.limits import Allowance
from accounts.models import Project
from accounts.principal import Principal
from accounts.standing import Changed
from memories.api.exceptions import BodyTooLarge, RateLimited
from memories.api.idempotency import OnceView
from memories.api.narrowing import memories_of
from memories.api.prepared import ForKeys
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.models.stated import Layer
from memories.services.changes import Actor


class View(OnceView):
    """A view whose caller is an API key: counted, and each write carried out once."""

    request: Request
    # Whether `org_id` and `project_id` beside the call say where it acts; where the path says it, they are idle.
    takes_tenant = True
    # Methods that ask along with what they read or write whether the caller's key still holds. Before they do, they
    # write nothing.
    confirming: tuple[str, ...] = ()
    # Why the body can't be read. To the one who asks a second time it would be an empty one.
    unreadable: Exception | None = None

    def handle_exception(self, exc: Exception) -> Response:
        """Answer as things stand now if the caller's key has changed; otherwise turn the exception into an answer."""
        if isinstance(exc, Changed):
            return self._anew()
        if isinstance(exc, exceptions.ParseError | BodyTooLarge):
            self.unreadable = exc
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let no answer go before what is known of the caller's key was confirmed."""
        if isinstance(request.auth, Principal):
            try:
                request.auth.confirm()
            except Changed:
                response = self._anew()
        return super().finalize_response(request, response, *args, **kwargs)

    def _anew(self) -> Response:
        """Carry the call out for the key as it is now: so far it has only read."""
        request = self.request
        self.confirming = ()
        try:
            del request._user  # type: ignore[attr-defined]  # or it would stay who it was
            if self.unreadable:
                self.perform_authentication(request)
                raise self.unreadable
            self.initial(request, *self.args, **self.kwargs)
            answer: Response = getattr(self, str(request.method).lower())(request, *self.args, **self.kwargs)
        except Exception as exc:
            answer = self.handle_exception(exc)
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a call beyond its limit before anything else of it is looked at."""
        self.perform_authentication(request)
        if isinstance(request.auth, Principal) and request.auth.api_key is not None:
            allowance: Allowance | None = getattr(request, "allowance", None)
            if allowance is not None and allowance.wait:
                raise RateLimited(allowance.wait)
        super().initial(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        """Refuse, beside what the key may not do, to act elsewhere than the call says."""
        super().check_permissions(request)
        if self.takes_tenant:
            self._check_tenant(request)

    def _check_tenant(self, request: Request) -> None:
        """Answer 403 to a call that names another organization or project than its key's.

        mem0's clients before 2.0 send both with each call if they were given any, in the query or in the body.
        """
        query, body = request.query_params, request.data
        body = body if isinstance(body, dict) else {}
        if not (query or "org_id" in body or "project_id" in body):
            return
        own = {"org_id": self.project.organization_id, "project_id": self.project.pk}
        for name, mine in own.items():
            for named in (query.get(name), body.get(name)):
                if named and str(named).lower() != str(mine):
                    raise exceptions.PermissionDenied(
                        f"This API key's {name} is {mine}, not {named!r}. Leave it out, or use a key of that project."
                    )

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
        return memories_of(self.principal, self.project)

    def memory(self, memory_id: str) -> Memory:
        """Return one of them; 400 for what isn't an id, 404 for an id that isn't theirs."""
        for memory in _MEMORY(self.principal, pk=parse_id(memory_id)):
            return memory
        raise no_memory(memory_id)

    def any_memory(self, memory_id: str) -> Memory:
        """Return a memory of theirs, though it be in the trash; 400 and 404 as `memory` answers them."""
        mine = Memory.objects.for_principal(self.principal).in_project(self.project).with_scope()
        memory = mine.filter(pk=parse_id(memory_id)).first()
        if memory is None:
            raise no_memory(memory_id)
        return memory

    def check_layer(self, layer: str | None) -> None:
        """Answer 403 if a key that is limited to one end user would tell everybody something."""
        if layer == Layer.ORGANIZATION and self.principal.end_user_name:
            raise exceptions.PermissionDenied("This API key is limited to one end user: it can't write for all.")

    def batch(self, ids: Sequence[UUID]) -> list[Memory]:
        """Return several of them, in order; 404 that names those which aren't theirs."""
        found = self.memories().with_scope().in_bulk(ids)
        if missing := [str(memory_id) for memory_id in ids if memory_id not in found]:
            raise Http404(f"There is no memory {', '.join(missing)}.")
        return [found[memory_id] for memory_id in ids]

    def read(self, serializer: type[Serializer[Any]], data: Any = None) -> dict[str, Any]:
        """Return the validated body (or `data`)."""
        given = self.request.data if data is None else data
        if not isinstance(given, dict):
            serializer(data=given).is_valid(raise_exception=True)
        return dict(_fields_of(serializer).run_validation(given))


def _fields_of(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """Return this thread's own instance: setting its fields up costs more than a call's validation."""
    kept: dict[type, Serializer[Any]] = _SERIALIZERS.by_class
    if serializer not in kept:
        kept[serializer] = serializer()
    return kept[serializer]


class _Serializers(threading.local):
    def __init__(self) -> None:
        self.by_class: dict[type, Serializer[Any]] = {}


_SERIALIZERS = _Serializers()
_MEMORY = ForKeys(
    lambda principal, project, pk: memories_of(principal, project).filter(pk=pk).with_scope().order_by(), {"pk": UUID}
)


def no_memory(memory_id: str) -> Http404:
    """Return what is raised where the caller has no such memory."""
    return Http404(f"There is no memory {memory_id}.")


def parse_id(text: str) -> UUID:
    """Return `text` as a UUID or answer 400."""
    try:
        return UUID(text)
    except ValueError as error:
        raise exceptions.ValidationError(f"{text!r} is not an id: ids are UUIDs.") from error
