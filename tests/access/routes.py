"""Every route of every door, what it leads to, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One call. `url` may hold {memory}, {event}, {key}, {project} and {person}: rows of alice's.

    `shared` routes have no object of alice's in them: everybody gets their own.
    """

    name: str
    method: str
    url: str
    body: Any = None
    shared: bool = False


MEMORY = {"text": "x", "version": 1, "categories": "", "reason": "", "expiration_date": ""}

API = [
    Route("api_ping", "get", "/v1/ping/", shared=True),
    Route("api_add", "post", "/v3/memories/add/", {"messages": "I sing.", "user_id": "ann"}, shared=True),
    Route("api_search", "post", "/v3/memories/search/", {"query": "tea", "filters": {"user_id": "ann"}}, shared=True),
    Route("api_list", "post", "/v3/memories/", {"filters": {"user_id": "ann"}}, shared=True),
    Route("api_memories", "delete", "/v1/memories/?user_id=ann", shared=True),
    Route("api_memory", "get", "/v1/memories/{memory}/"),
    Route("api_memory", "put", "/v1/memories/{memory}/", {"text": "changed"}),
    Route("api_memory", "delete", "/v1/memories/{memory}/"),
    Route("api_history", "get", "/v1/memories/{memory}/history/"),
    Route("api_entities", "get", "/v1/entities/", shared=True),
    Route("api_entity", "delete", "/v2/entities/user/ann/"),
    Route("api_events", "get", "/v1/events/", shared=True),
    Route("api_event", "get", "/v1/event/{event}/"),
]
PAGES = [
    Route("home", "get", "/", shared=True),
    Route("samples_load", "post", "/samples/load/", shared=True),
    Route("samples_remove", "post", "/samples/remove/", shared=True),
    Route("memory_list", "get", "/memories/", shared=True),
    Route("memory_detail", "get", "/memories/{memory}/"),
    Route("memory_edit", "get", "/memories/{memory}/edit/"),
    Route("memory_edit", "post", "/memories/{memory}/edit/", MEMORY),
    Route("memory_delete", "get", "/memories/{memory}/delete/"),
    Route("memory_delete", "post", "/memories/{memory}/delete/", {}),
    Route("memory_restore", "post", "/memories/{memory}/restore/", {}),
    Route("job_list", "get", "/jobs/", shared=True),
    Route("job_retry_all", "post", "/jobs/retry/", shared=True),
    Route("job_detail", "get", "/jobs/{event}/"),
    Route("job_retry", "post", "/jobs/{event}/retry/", {}),
    Route("key_list", "get", "/keys/", shared=True),
    Route("key_create", "post", "/keys/create/", {"name": "k", "scope": "read"}, shared=True),
    Route("key_revoke", "post", "/keys/{key}/revoke/", {}),
    Route("project_select", "post", "/projects/{project}/select/", {}),
]
# Open to everybody, signed in or not, and the same for all; or another package's, with tests of its own.
PUBLIC = {"api_docs", "api_schema", "health_live", "health_ready", "language", "theme"}
NOT_OURS = ("account_", "admin:")


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the name of every route in the URLconf."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))
        else:
            inside = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inside)
