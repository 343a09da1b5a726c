"""What every call's description gets without being told."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from memories.api.idempotency import REPLAYED, WRITES
from memories.api.schema.parts import ERRORS, EVERYWHERE, IDEMPOTENCY_KEY, header_refs

# Modules whose calls go with those of another, or whose name alone says too little.
TAGS = {
    **dict.fromkeys(("memory", "old", "batch", "versions"), "memories"),
    "inbox": "review",
    "views": "webhooks",
}

PARAMETERS = {
    "page": "Which page, from 1. One past the end is empty.",
    "page_size": "How many to a page.",
    "user_id": "Only what is about this end user, by name.",
    "kind": "Of which kind it is.",
    "start_date": "The first day, as UTC has it.",
    "end_date": "The last day, as UTC has it.",
}


class CallSchema(AutoSchema):
    """Adds the errors, the headers and the Idempotency-Key to what a view says of its call."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the whole description of one call."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for parameter in operation.get("parameters", ()):
            parameter.setdefault("description", _described(parameter["name"]))
        extra: tuple[str, ...] = ()
        if self._is_write():
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            extra = (REPLAYED,)
        for answer in operation["responses"].values():
            answer["description"] = answer["description"] or "Done."
            answer["headers"] = {**answer.get("headers", {}), **header_refs(*EVERYWHERE, *extra)}
        for status in {*self._errors(), *(ERRORS.keys() & operation["responses"].keys())}:
            operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def get_tags(self) -> list[str]:
        """Group calls by the module that answers them."""
        module = type(self.view).__module__.rpartition(".")[2]
        return [TAGS.get(module, module)]

    def get_override_parameters(self) -> list[Any]:
        """Tell that ids in the path are UUIDs."""
        ids = re.findall(r"{(\w+_id)}", self.path)
        return [OpenApiParameter(name, OpenApiTypes.UUID, OpenApiParameter.PATH) for name in ids]

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        """Let a DELETE have a body, too: the batch's does."""
        method = self.method
        try:
            self.method = "PUT" if method == "DELETE" else method
            body: dict[str, Any] | None = super()._get_request_body(direction)
        finally:
            self.method = method
        return body

    def _is_write(self) -> bool:
        return self.method in WRITES and getattr(self.view, "scopes", {}).get(self.method) != "read"

    def _errors(self) -> list[str]:
        errors = ["400", "401", "403", "429", "500", "503"]
        errors += ["404"] if "{" in self.path else []
        errors += ["413"] if self.method in WRITES else []
        errors += ["409", "422"] if self._is_write() else []
        return errors


def _described(name: str) -> str:
    """Return what a parameter is that says no more than its name."""
    return PARAMETERS.get(name) or f"The id of the {name.removesuffix('_id').replace('_', ' ')}."


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How a call says who it is."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the scheme; OpenAPI knows no `Token` beside `Bearer`, so it is a header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token mh_…`: the word Token, a space, and an API key. `Bearer` works too.",
        }
