"""Each call in a line, with what it takes, what it answers and an example."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api import batch, events, memories, memory, ping, reading, serializers
from memories.api.schema import answers, answers_search
from memories.api.schema import requests as _requests  # noqa: F401 (registers itself)
from memories.api.schema.example_values import SOME_ID
from memories.api.schema.told import PAGE, example, in_header, in_query

ETAG = in_header("ETag", "The memory's version, for If-Match.", answered=True)

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
            "it. With `infer: false` every turn becomes a memory as it is, before the answer; with "
            "`async_mode: false` the answer waits for the worker. Give at least one of `user_id`, "
            "`agent_id`, `app_id`, `run_id`."
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
        responses={200: answers_search.SearchAnswer},
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
    get=extend_schema(
        summary="Read a memory",
        description="As it is, or with `as_of` as it was at a time; 404 if it was not there yet.",
        parameters=[reading.AsOfSerializer, ETAG],
        responses=answers.MemoryAnswer,
    ),
    put=extend_schema(
        summary="Change a memory",
        description=(
            "Give what is to change. With `version`, or the ETag in If-Match, the answer is 409 if somebody changed "
            "it since. `timestamp` is in Unix seconds; `expiration_date: null` clears the date."
        ),
        parameters=[in_header("If-Match", "The ETag that the change is meant for."), ETAG],
        request=serializers.UpdateSerializer,
        responses={200: answers.UpdateAnswer},
        examples=example({"text": "Ann is allergic to peanuts and almonds."}),
    ),
    delete=extend_schema(
        summary="Delete a memory",
        description="Moves it to the trash, where people can restore it. With If-Match, 409 if it was changed since.",
        parameters=[
            in_header("If-Match", "The ETag of what is to be deleted."),
            in_query("delete_linked", "`true`: linked memories, too. There are none."),
        ],
        request=None,
        responses={200: answers.DeleteAnswer},
    ),
)(memory.MemoryView)

extend_schema_view(
    get=extend_schema(
        summary="Read the history of a memory",
        description="Returns every change, oldest first; also of a memory that is in the trash.",
        responses=answers.HistoryEntry(many=True),
    )
)(memory.HistoryView)

extend_schema_view(
    get=extend_schema(
        summary="List all changes",
        description="Returns a page of the changes of all memories, newest first.",
        parameters=PAGE,
        responses=answers.HistoryPage,
    )
)(memory.AllHistoryView)

extend_schema_view(
    put=extend_schema(
        summary="Change many memories",
        description="Changes each as its item says: all or, if one can't be changed, none.",
        request=serializers.BatchUpdateSerializer,
        responses={200: answers.CountAnswer, 404: None},
        examples=example({"memories": [{"memory_id": SOME_ID, "text": "Ann is allergic to nuts."}]}),
    ),
    delete=extend_schema(
        summary="Delete many memories",
        description="Moves them to the trash: all or, if one isn't there, none.",
        request=serializers.BatchDeleteSerializer,
        responses={200: answers.CountAnswer, 404: None},
        examples=example({"memories": [{"memory_id": SOME_ID}]}),
    ),
)(batch.BatchView)

extend_schema_view(
    get=extend_schema(
        summary="List events",
        description="Returns a page of the conversations that were received, newest first, and what became of each.",
        parameters=[reading.EventsSerializer],
        responses=answers.EventPage,
    )
)(events.EventsView)

extend_schema_view(
    get=extend_schema(
        summary="Read an event",
        description="Tells whether a conversation has been read, and which memories came of it.",
        responses=answers.EventAnswer,
    )
)(events.EventView)
