"""The calls about versions and rollbacks."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api import rollbacks, versions
from memories.api.schema import answers, answers_versions
from memories.api.schema.calls import ETAG
from memories.api.schema.example_values import SOME_ID
from memories.api.schema.told import PAGE, example

extend_schema_view(
    post=extend_schema(
        summary="Restore a version",
        description=(
            "Makes the memory what one of its versions was, as a new version; also one that is in the trash. The "
            "history has the numbers."
        ),
        parameters=[ETAG],
        request=versions.RestoreSerializer,
        responses={200: answers.MemoryAnswer},
        examples=example({"version": 1, "reason": "It was right before."}),
    )
)(versions.RestoreView)

extend_schema_view(
    post=extend_schema(
        summary="Undo the last change",
        description="Undoing the creation of a memory moves it to the trash; undoing an undo is doing it again.",
        parameters=[ETAG],
        request=versions.ReasonSerializer,
        responses={200: answers.MemoryAnswer},
        examples=example({"reason": "A slip."}),
    )
)(versions.UndoView)

extend_schema_view(
    post=extend_schema(
        summary="List memories as of a time",
        description=(
            "Returns a page of what could be recalled then, as it was worded then: active, not expired, and valid. "
            "What was purged since is not in it."
        ),
        parameters=PAGE,
        request=versions.WhoseAsOfSerializer,
        responses={200: answers.MemoryPage},
        examples=example({"user_id": "ann", "as_of": "2026-03-01T00:00:00Z"}),
    )
)(versions.AsOfView)

extend_schema_view(
    post=extend_schema(
        summary="Preview a rollback",
        description="Tells what taking back what one event, run, app or API key wrote would change. Changes nothing.",
        parameters=PAGE,
        request=rollbacks.SourceSerializer,
        responses={200: answers_versions.RollbackPreviewAnswer, 404: None},
        examples=example({"event_id": SOME_ID}),
    )
)(rollbacks.PreviewView)

extend_schema_view(
    post=extend_schema(
        summary="Roll back what a source wrote",
        description=(
            "What it made goes to the trash, what it changed is as it was before. Memories that somebody else has "
            "changed since are left alone, unless `include_conflicts`. A large rollback is a job: ask how far it is."
        ),
        request=rollbacks.RollbackSerializer,
        responses={201: answers_versions.RollbackAnswer, 404: None},
        examples=example({"event_id": SOME_ID, "reason": "It was another person's conversation."}),
    )
)(rollbacks.RollbacksView)

extend_schema_view(get=extend_schema(summary="Read how far a rollback is", responses=answers_versions.RollbackAnswer))(
    rollbacks.RollbackView
)
