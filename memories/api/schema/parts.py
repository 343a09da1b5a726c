"""What all calls share: the shape of errors, the headers, and which error means what."""

from __future__ import annotations

from typing import Any

from memories.api.schema.examples import add_answer_examples
from memories.api.schema.requests import SCHEMAS

ERROR = {
    "type": "object",
    "description": "What went wrong. `detail` and `error` say the same, in a sentence.",
    "properties": {
        "detail": {"type": "string"},
        "error": {"type": "string"},
        "code": {"type": "string", "description": "For programs."},
        "request_id": {"type": "string", "description": "As in the X-Request-ID header and in the server's log."},
        "fields": {"type": "object", "description": "What is wrong with which field.", "additionalProperties": True},
    },
    "required": ["detail", "error", "code", "request_id"],
}
HEADERS: dict[str, tuple[str, str]] = {
    "X-Request-ID": ("string", "Names this request in the server's log."),
    "X-RateLimit-Limit": ("integer", "How many requests the key, or its project, may make in a window of time."),
    "X-RateLimit-Remaining": ("integer", "How many of them are left."),
    "X-RateLimit-Reset": ("integer", "When the next window begins, in Unix seconds."),
    "Retry-After": ("integer", "How many seconds to wait before the next call; mostly 0."),
    "Idempotency-Replayed": ("string", "`true` if this is the answer to an earlier request with the same key."),
}
EVERYWHERE = ("X-Request-ID", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")

# Status -> what it means, its code, an example of its sentence.
ERRORS = {
    "400": ("The request can't be understood or carried out.", "invalid", "user_id: Not a valid string."),
    "401": ("There is no valid API key.", "not_authenticated", "Authentication credentials were not provided."),
    "403": ("The key may not do that.", "permission_denied", "This API key may not do that: its scope is too small."),
    "404": ("There is no such thing, or it is not the key's to see.", "not_found", "There is no memory 0199….."),
    "409": (
        "Something changed meanwhile, or a request with the same Idempotency-Key is being carried out.",
        "idempotency_in_progress",
        "The first request with this Idempotency-Key is still being carried out. Ask again shortly.",
    ),
    "413": (
        "The body is too long, or the project has reached a quota.",
        "quota_exceeded",
        "This project may hold 1000 memories, and does. Delete some, or ask its operator for more.",
    ),
    "422": (
        "The Idempotency-Key came with another request before.",
        "idempotency_key_reused",
        "This Idempotency-Key came with another request before. Use a new key for a new request.",
    ),
    "429": ("Too many requests.", "rate_limited", "Too many requests. Send the next one in 12 s."),
    "500": ("The server failed.", "internal_error", "Something went wrong on our side. The server's log says what."),
    "503": (
        "The database or a model does not answer at the moment.",
        "database_unavailable",
        "The database is not reachable right now. Nothing was stored; try again in a few seconds.",
    ),
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "Up to 255 characters of ASCII that names this request, a UUID say. If the request is sent again within 24 "
        "hours, it is answered as before and not carried out again."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "6f1f0c52-8a4e-4f0e-9a51-0a2d0c1f7d11",
}


def header_refs(*names: str) -> dict[str, Any]:
    """Return references to the headers of these names."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def add_parts(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Add to the description the parts that its operations refer to; drf-spectacular calls this last."""
    headers = {
        name: {"description": text, "schema": {"type": kind}, "required": name == "X-Request-ID"}
        for name, (kind, text) in HEADERS.items()
    }
    components = result["components"]
    components["schemas"] |= {"Error": ERROR, **SCHEMAS}
    components |= {"headers": headers, "responses": {status: _error(status) for status in ERRORS}}
    add_answer_examples(result)
    return result


def _error(status: str) -> dict[str, Any]:
    meaning, code, sentence = ERRORS[status]
    example = {"detail": sentence, "error": sentence, "code": code, "request_id": "5f3c0a7be1f04d6f9a3d1c2b7e8f9a0b"}
    media = {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}
    return {
        "description": meaning,
        "headers": header_refs(*EVERYWHERE),
        "content": {"application/json": media},
    }
