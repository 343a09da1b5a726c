"""What is made of memories, in the shapes that mem0's clients expect."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from memories.api.shapes import memory_shape
from memories.models import EndUser, MemoryExport, ProfileRequest, ProfileSettings
from memories.providers import has_llm
from memories.services.profile_reading import Reading
from memories.services.profile_requests import Progress
from memories.services.summary import WITHOUT_MODEL, Summary

NO_MODEL = "No language model is configured."


def export_result(export: MemoryExport) -> dict[str, Any]:
    """Return the object that the caller's schema describes; with notes, where the schema has room for them."""
    result: dict[str, Any] = export.result or {}
    has_room = "notes" not in result and export.schema.get("additionalProperties") is not False
    return {**result, "notes": export.notes} if export.notes and has_room else result


def summary_shape(summary: Summary) -> dict[str, Any]:
    """Return a summary, and what wrote it."""
    note = f"{NO_MODEL} This counts and quotes the memories." if summary.maker == WITHOUT_MODEL else None
    if summary.used < summary.total:
        note = f"Written from the newest {summary.used} of {summary.total} memories: more don't fit."
    return {
        "summary": summary.text,
        "generated_by": summary.maker,
        "note": note,
        "total_memories": summary.total,
        "categories": summary.categories,
        "recent": [memory_shape(memory) for memory in summary.recent],
        "most_supported": [memory_shape(memory) for memory in summary.supported],
    }


def profile_shape(end_user: EndUser, reading: Reading) -> dict[str, Any]:
    """Return a profile. `citations` has the ids of the memories behind each of its values."""
    shape: dict[str, Any] = {
        "profile": reading.profile,
        "status": reading.status,
        "entity_type": "user",
        "entity_id": end_user.name,
        "updated_at": reading.updated_at.isoformat().replace("+00:00", "Z") if reading.updated_at else None,
        "generation_count": reading.count,
        "citations": reading.citations,
        "generated_by": reading.maker or None,
        "notes": reading.notes,
    }
    return {**shape, "error": reading.error} if reading.error else shape


def created_job_shape(request: ProfileRequest, state: Progress) -> dict[str, Any]:
    """Return a request for profiles as it was accepted."""
    shape: dict[str, Any] = {
        "job_id": str(request.pk),
        "status": state.status,
        "status_url": reverse("api_profile_job", args=[request.pk]),
        "operation": request.operation,
        "entity_type": "user",
        "entity_count_reserved": state.total,
        "event_id": None,
        "replayed": False,
    }
    if request.operation == ProfileRequest.Operation.SAMPLE:
        names = list(request.profiles.order_by("pk").values_list("end_user__name", flat=True))
        shape |= {"sampled": len(names), "entity_ids": names, "results": [{"entity_id": name} for name in names]}
    return shape


def job_shape(request: ProfileRequest, state: Progress) -> dict[str, Any]:
    """Return how far a request for profiles has come."""
    return {
        "job": {
            "id": str(request.pk),
            "operation": request.operation,
            "entity_type": "user",
            "status": state.status,
            "total": state.total,
            "enumeration_complete": True,
            "completed": state.completed,
            "succeeded": state.succeeded,
            "failed": state.failed,
            "skipped": state.skipped,
        }
    }


def settings_shape(settings: ProfileSettings) -> dict[str, Any]:
    """Return a project's settings of profiles; without a schema there is one list per category."""
    return {
        "enabled": settings.enabled,
        "capabilities": {"full_rebuild": False, "entity_types": ["user"], "language_model": has_llm()},
        "entities": {"user": {"schema": settings.schema, "custom_instructions": settings.custom_instructions or None}},
    }
