"""What DRF and drf-spectacular are told of the HTTP API; the calls describe themselves in memories/api/schema/."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["memories.api.rendering.QuickJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["memories.api.parsers.StorableJSONParser"],
    "EXCEPTION_HANDLER": "memories.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "memories.api.schema.auto.CallSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "memories.api.negotiation.JSONOnly",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "MemoryHub",
    "DESCRIPTION": (
        "Remembers what people tell apps. mem0's own clients speak this API, unmodified. "
        "Errors, too, carry X-Request-ID, Retry-After and the X-RateLimit headers."
    ),
    "TAGS": [{"name": "memories", "description": "What is remembered."}],
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    # Fields of one name that take different values.
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "memories.models.Event.Status",
        "DeliveryStatus": "memories.models.WebhookDelivery.Status",
        "ProfileStatus": ["succeeded", "pending", "failed", "insufficient_data", "not_enabled"],
        "VersionChange": "memories.models.MemoryVersion.Change",
        "HistoryEvent": ["ADD", "UPDATE", "DELETE"],
        "MemoryKind": "memories.models.stated.Kind",
        "MemoryLayer": "memories.models.stated.Layer",
        "PrivacyAction": ["allow", "mask", "refuse"],
        "TrustLevel": ["low", "ordinary", "high"],
        "ProfileOperation": "memories.models.ProfileRequest.Operation",
        "ProfileOperationAsked": ["trigger", "sample"],
        "OutputFormat": ["v1.1"],
        "OldOutputFormat": ["v1.0", "v1.1"],
        "MemberRole": ["OWNER", "ADMIN", "MEMBER", "READER"],
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "memories.api.schema.parts.add_parts",
    ],
}
