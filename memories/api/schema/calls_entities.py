"""The calls about end users, agents, apps and runs."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api import entities, serializers
from memories.api.schema import answers
from memories.api.schema.told import ENTITY, PAGE, example

extend_schema_view(
    get=extend_schema(
        operation_id="v1_entities_list",
        summary="List end users, agents, apps and runs",
        description="Returns a page of them, the most recently changed first, with their numbers of memories.",
        parameters=PAGE,
        responses=answers.EntityPage,
    )
)(entities.EntitiesView)

extend_schema_view(
    get=extend_schema(
        summary="Read an end user, agent, app or run",
        description="Tells how much is remembered of it.",
        parameters=ENTITY,
        responses=answers.EntityAnswer,
    ),
    delete=extend_schema(
        summary="Erase an end user, agent, app or run",
        description="Erases it with all its memories, messages and events, for good, and returns a certificate's id. "
        "Takes a key that may administer, made by an owner or admin.",
        parameters=ENTITY,
        request=None,
        responses={200: answers.ErasedAnswer},
    ),
)(entities.EntityView)

extend_schema_view(
    post=extend_schema(
        summary="Create an end user, agent, app or run",
        description="Creates it before anything is remembered about it; one of that name that is there stays.",
        request=serializers.EntitySerializer,
        responses={201: answers.EntityAnswer},
        examples=example({"name": "ann", "metadata": {"plan": "free"}}),
    )
)(entities.CreateEntityView)

extend_schema_view(
    get=extend_schema(
        operation_id="v1_memories_of_entity",
        summary="List the memories of an end user, agent, app or run",
        description="Returns all of them that hold today, newest first.",
        parameters=ENTITY,
        responses=answers.MemoryAnswer(many=True),
    )
)(entities.EntityMemoriesView)
