"""What the extractor is told besides the conversation: the call's own options, else the project's settings."""

from __future__ import annotations

from typing import Any

from memories.extraction.categories import DEFAULT_CATEGORIES
from memories.models import Event


def wishes(event: Event) -> dict[str, Any]:
    """Return instructions, includes, excludes and categories for an ExtractionRequest.

    An option of the call takes the place of the project's setting of the same kind. The topics that the project
    excludes are excluded in any case: a model knows them by their meaning, `exclude_topics` looks again afterwards.
    """
    options, project = event.options, event.project
    categories = _categories(options.get("custom_categories")) or project.categories()
    return {
        "instructions": "\n".join(filter(None, [_instructions(event), _purpose(event)])),
        "includes": options.get("includes") or project.inclusion_prompt,
        "excludes": "\n".join(filter(None, [_excludes(event), *project.excluded_topics])),
        "categories": categories or dict(DEFAULT_CATEGORIES),
    }


def _instructions(event: Event) -> str:
    """What belongs to an agent alone, without an end user, follows the agents' instructions if there are any."""
    options, project = event.options, event.project
    if event.agent_id and not event.end_user_id:
        own: str = options.get("agent_custom_instructions") or options.get("custom_instructions") or ""
        return own or project.agent_custom_instructions or project.custom_instructions
    shared = options.get("custom_instructions") or project.custom_instructions
    agents = options.get("agent_custom_instructions") if event.agent_id else ""
    return "\n".join(filter(None, [shared, agents]))


def _excludes(event: Event) -> str:
    asked: str = event.options.get("excludes") or event.project.exclusion_prompt
    return asked


def _purpose(event: Event) -> str:
    project = event.project
    lines = {"What the app is for": project.usecase, "How much detail to remember": project.memory_depth}
    return "\n".join(f"{label}: {text}" for label, text in lines.items() if text)


def _categories(custom: Any) -> dict[str, str]:
    return {name: description for item in custom or [] for name, description in item.items()}
