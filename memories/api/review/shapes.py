"""Review as JSON."""

from __future__ import annotations

from typing import Any

from accounts.models import ApiKey
from memories.api.review.serializers import TRUST
from memories.api.shapes import memory_shape
from memories.models import Memory, ReviewRule, SourceTrust, Suppression

LEVELS: dict[int, str] = {level: name for name, level in TRUST.items()}


def waiting_shape(memory: Memory) -> dict[str, Any]:
    """Return a memory that awaits review, with what rules go by."""
    more = {"confidence": memory.confidence, "kind": memory.kind or None, "layer": memory.layer}
    return {**memory_shape(memory), **more}


def rule_shape(rule: ReviewRule) -> dict[str, Any]:
    """Return a rule."""
    return {
        "outcome": rule.outcome,
        "app_id": rule.app.name if rule.app else None,
        "confidence_below": rule.confidence_below,
        "categories": rule.categories,
        "kinds": rule.kinds,
        "layers": rule.layers,
        "trust_at_most": None if rule.trust_at_most is None else LEVELS[rule.trust_at_most],
    }


def trust_shape(trust: SourceTrust) -> dict[str, Any]:
    """Return how far a source is trusted."""
    source = trust.source
    kind = "api_key" if isinstance(source, ApiKey) else source._meta.model_name
    name = str(source.pk) if isinstance(source, ApiKey) else source.name
    return {"source": kind, "id": name, "level": LEVELS[trust.level]}


def suppression_shape(suppression: Suppression) -> dict[str, Any]:
    """Return what is never remembered again of whom."""
    return {
        "id": str(suppression.pk),
        "memory": suppression.text or None,
        "user_id": suppression.end_user.name if suppression.end_user else None,
        "actor": suppression.actor,
        "reason": suppression.reason,
        "created_at": suppression.created_at.isoformat().replace("+00:00", "Z"),
    }
