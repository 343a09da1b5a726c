"""The calls of v1 and v2 that v3 has in another form."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view

from memories.api import old, reading, serializers
from memories.api.naming import ENTITY_KEYS
from memories.api.schema import answers, answers_old, answers_search
from memories.api.schema.told import example, in_query


def either(name: str, *answer: Any) -> PolymorphicProxySerializer:
    """Return an answer that has one of several forms."""
    return PolymorphicProxySerializer(
        component_name=name, serializers=answer, resource_type_field_name=None, many=False
    )


WHOSE = [in_query(key, "The memories of this one; `*` for those of any.") for key in ENTITY_KEYS]
LISTED = {200: either("OldListAnswer", answers.MemoryPage, answers_old.OldListObject, answers.PartMemory(many=True))}
SEARCHED = either("OldSearchAnswer", answers_search.HitAnswer(many=True), answers_old.OldSearchObject)
ADDED = either("OldAddAnswer", answers_old.OldAddObject, answers_old.OldAdded(many=True))

extend_schema_view(
    get=extend_schema(
        operation_id="v1_memories_list",
        summary="List memories (v1)",
        description="Returns the memories of whom the query names, newest first; with page and page_size, a page.",
        parameters=[*WHOSE, reading.PageSerializer],
        responses=LISTED,
    ),
    post=extend_schema(
        summary="Add a conversation (v1)",
        description="Like `/v3/memories/add/`. With `output_format: v1.0` the answer is a bare list.",
        request=serializers.OldAddSerializer,
        responses={200: ADDED},
        examples=example({"user_id": "ann", "messages": "I am allergic to peanuts.", "infer": False}),
    ),
    delete=extend_schema(
        operation_id="v1_memories_destroy_all",
        summary="Delete the memories of somebody",
        description="Moves them to the trash, where people can restore them. One of the four ids must be given, "
        "here or in the filters; all four as `*` mean every memory of the project. A body may say the same.",
        parameters=[
            *WHOSE,
            in_query("metadata", "A JSON object: only memories that have this metadata."),
            in_query("filters", 'As in a list, written as JSON: `{"user_id": "ann", "categories": ["food"]}`.'),
        ],
        request=None,
        responses={200: answers.CountAnswer},
    ),
)(old.OldMemoriesView)

extend_schema_view(
    post=extend_schema(
        summary="List memories (v2)",
        description="Returns the memories that match, newest first; with page and page_size, a page of them; with "
        "`output_format: v1.1` an object around the list.",
        request=reading.OldListSerializer,
        responses=LISTED,
        examples=example({"filters": {"user_id": "ann"}}),
    )
)(old.OldListView)

extend_schema_view(
    post=extend_schema(
        summary="Search memories (v1, v2)",
        description="Like `/v3/memories/search/`, answered by a list; with `output_format: v1.1` by an object.",
        request=reading.OldSearchSerializer,
        responses={200: SEARCHED},
        examples=example({"query": "What can Ann not eat?", "user_id": "ann", "limit": 5}),
    )
)(old.OldSearchView)
