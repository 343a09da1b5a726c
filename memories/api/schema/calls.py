"""Each call in a line, with what it takes, what it answers and an example."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view

from memories.api import entities, events, memories, memory, old, ping, reading, serializers
from memories.api.schema import answers
from memories.api.schema import requests as _requests  # noqa: F401 (registers itself)


def example(value: Any) -> list[OpenApiExample]:
    """Return the example of a request's body."""
    return [OpenApiExample("Example", value=value, request_only=True)]


def in_path(name: str, kind: OpenApiTypes = OpenApiTypes.UUID, **more: Any) -> OpenApiParameter:
    """Return a part of the path."""
    return OpenApiParameter(name, kind, OpenApiParameter.PATH, **more)


def in_query(name: str, text: str) -> OpenApiParameter:
    """Return an optional query parameter."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=text)


PAGE = [reading.PageSerializer]
WHOSE = [in_query(key, "The memories of this one; `*` for those of any.") for key in serializers.ENTITY_KEYS]
ENTITY_TYPES = ["user", "agent", "app", "run"]

extend_schema_view(
    get=extend_schema(
        summary="Check the key",
        description="Tells which organization and project the key is for. Clients call it first.",
        responses=answers.PingAnswer,
    )
)(ping.PingView)

extend_schema_view(
    post=extend_schema(
        summary="Add a conversation",
        description=(
            "Stores the conversation and answers at once; a worker then reads it, and the event tells what came of "
            "it. With `infer: false` every turn becomes a memory as it is, before the answer. Give at least one of "
            "`user_id`, `agent_id`, `app_id`, `run_id`."
        ),
        request=serializers.AddSerializer,
        responses={200: answers.AddAnswer},
        examples=example(
            {"user_id": "ann", "messages": [{"role": "user", "content": "I am allergic to peanuts."}], "infer": False}
        ),
    )
)(memories.AddView)

extend_schema_view(
    post=extend_schema(
        summary="Search memories",
        description="Returns the memories that answer a question, best first, and says what made their scores.",
        request=reading.SearchSerializer,
        responses={200: answers.SearchAnswer},
        examples=example({"query": "What can Ann not eat?", "filters": {"user_id": "ann"}, "top_k": 5}),
    )
)(memories.SearchView)

extend_schema_view(
    post=extend_schema(
        summary="List memories",
        description="Returns a page of the memories that match, newest first.",
        parameters=PAGE,
        request=reading.ListSerializer,
        responses={200: answers.MemoryPage},
        examples=example({"filters": {"user_id": "ann"}}),
    )
)(memories.ListView)

extend_schema_view(
    delete=extend_schema(
        operation_id="v1_memories_destroy_all",
        summary="Delete the memories of somebody",
        description="Moves them to the trash, where people can restore them. One of the four ids must be given.",
        parameters=WHOSE,
        request=None,
        responses={200: answers.CountAnswer},
    )
)(old.OldMemoriesView)

extend_schema_view(
    get=extend_schema(
        summary="Read a memory",
        parameters=[in_path("memory_id")],
        responses=answers.MemoryAnswer,
    ),
    put=extend_schema(
        summary="Change a memory",
        description="Give what is to change. With `version`, the answer is 409 if somebody changed it since.",
        parameters=[in_path("memory_id")],
        request=serializers.UpdateSerializer,
        responses={200: answers.UpdateAnswer},
        examples=example({"text": "Ann is allergic to peanuts and almonds."}),
    ),
    delete=extend_schema(
        summary="Delete a memory",
        description="Moves it to the trash, where people can restore it.",
        parameters=[in_path("memory_id")],
        request=None,
        responses={200: answers.MessageAnswer},
    ),
)(memory.MemoryView)

extend_schema_view(
    get=extend_schema(
        summary="Read the history of a memory",
        description="Returns every change, oldest first; also of a memory that is in the trash.",
        parameters=[in_path("memory_id")],
        responses=answers.HistoryEntry(many=True),
    )
)(memory.HistoryView)

extend_schema_view(
    get=extend_schema(
        summary="List end users, agents, apps and runs",
        description="Returns a page of them, the most recently changed first, with their numbers of memories.",
        parameters=PAGE,
        responses=answers.EntityPage,
    )
)(entities.EntitiesView)

extend_schema_view(
    delete=extend_schema(
        summary="Erase an end user, agent, app or run",
        description="Erases it with all its memories, messages and events, for good.",
        parameters=[in_path("kind", OpenApiTypes.STR, enum=ENTITY_TYPES), in_path("name", OpenApiTypes.STR)],
        request=None,
        responses={200: answers.CountAnswer},
    )
)(entities.EntityView)

extend_schema_view(
    get=extend_schema(
        summary="List events",
        description="Returns a page of the conversations that were received, newest first, and what became of each.",
        parameters=PAGE,
        responses=answers.EventPage,
    )
)(events.EventsView)

extend_schema_view(
    get=extend_schema(
        summary="Read an event",
        description="Tells whether a conversation has been read, and which memories came of it.",
        parameters=[in_path("event_id")],
        responses=answers.EventAnswer,
    )
)(events.EventView)
