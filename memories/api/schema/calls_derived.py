"""The calls that make something of memories: exports, profiles, summaries, feedback, counts, instructions."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api import derived_serializers as taken
from memories.api import exports, feedback, instructions, overview, profiles
from memories.api.schema import answers, answers_derived
from memories.api.schema.example_values import SOME_ID
from memories.api.schema.told import example, in_header, in_path

LINES = {"type": "object", "properties": {"allergies": {"type": "array", "items": {"type": "string"}}}}
SHAPE = {
    "type": "object",
    "properties": {"job": {"type": "string", "description": "What they do for a living."}},
}
WHO = [in_path("kind", enum=["user"]), in_path("name", description="The user's id.")]

extend_schema_view(
    post=extend_schema(
        summary="Make an export",
        description="Has a worker put the memories that match into the shape of a JSON schema. Fetch it by its id.",
        request=taken.ExportSerializer,
        responses={201: answers_derived.ExportAsked},
        examples=example({"schema": LINES, "filters": {"user_id": "ann"}}),
    )
)(exports.ExportsView)

extend_schema_view(
    post=extend_schema(
        summary="Fetch an export",
        description="By its id, or the newest with these filters: 202 while it is made, 409 if that failed.",
        parameters=[in_header("X-Export-Notes", "What there is to say of the export, in JSON.", answered=True)],
        request=taken.FindExportSerializer,
        responses={
            200: {"$ref": "#/components/schemas/Export"},
            202: answers_derived.ExportAsked,
            404: None,
            409: None,
        },
        examples=example({"memory_export_id": SOME_ID}),
    )
)(exports.ExportView)

extend_schema_view(
    post=extend_schema(
        summary="Give feedback on a memory",
        description="Keeps what the app thinks of a memory; null takes it back.",
        request=taken.FeedbackSerializer,
        responses={200: answers_derived.FeedbackAnswer, 404: None},
        examples=example({"memory_id": SOME_ID, "feedback": "POSITIVE"}),
    )
)(feedback.FeedbackView)

extend_schema_view(
    post=extend_schema(
        summary="Write instructions for a use case",
        description="Returns instructions for extraction and a message to try them with. Nothing is stored.",
        request=taken.InstructionsSerializer,
        responses={200: answers_derived.InstructionsAnswer},
        examples=example({"use_case": "A cooking assistant that knows what its users can't eat."}),
    )
)(instructions.InstructionsView)

extend_schema_view(
    post=extend_schema(
        summary="Summarize memories",
        description="Says in short what the memories that match say.",
        request=taken.ScopeSerializer,
        responses={200: answers_derived.SummaryAnswer},
        examples=example({"filters": {"user_id": "ann"}}),
    )
)(overview.SummaryView)

extend_schema_view(
    get=extend_schema(
        summary="Count what there is",
        description="Counts memories, entities, events, searches and feedback.",
        responses=answers_derived.StatsAnswer,
    )
)(overview.StatsView)

extend_schema_view(
    get=extend_schema(
        summary="List what to filter by",
        description="Returns the names, categories and metadata keys that occur.",
        responses=answers_derived.FilterValuesAnswer,
    )
)(overview.FilterValuesView)

extend_schema_view(
    get=extend_schema(
        summary="Read the profile of an end user",
        description="Returns what is known of them, with the memories behind it, and how far that is.",
        parameters=WHO,
        responses=answers_derived.ProfileAnswer,
    ),
    delete=extend_schema(
        summary="Erase an entity whose name ends in /profile",
        description="As the entity's own call, whose address this one shares.",
        parameters=WHO,
        request=None,
        responses={200: answers.CountAnswer},
    ),
)(profiles.ProfileView)

extend_schema_view(
    post=extend_schema(
        summary="Have profiles made",
        description="`trigger` makes the profile of `entity_id`, `sample` those of up to `limit` end users.",
        request=taken.ProfileJobSerializer,
        responses={202: answers_derived.JobAsked, 404: None},
        examples=example({"operation": "trigger", "entity_type": "user", "entity_id": "ann"}),
    )
)(profiles.JobsView)

extend_schema_view(
    get=extend_schema(
        summary="Read how far a job of profiles is",
        responses=answers_derived.JobAnswer,
    )
)(profiles.JobView)

extend_schema_view(
    get=extend_schema(
        summary="Read the settings of profiles",
        responses=answers_derived.ProfileSettingsAnswer,
    ),
    post=extend_schema(
        summary="Change the settings of profiles",
        description="What is not given stays as it is. Takes a key that may administer.",
        request=taken.ProfileSettingsSerializer,
        responses={200: answers_derived.ProfileSettingsAnswer},
        examples=example({"enabled": True, "entities": {"user": {"schema": SHAPE}}}),
    ),
)(profiles.SettingsView)
