"""What every call's description gets without being told."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from memories.api.idempotency import REPLAYED, WRITES
from memories.api.schema.parts import EVERYWHERE, IDEMPOTENCY_KEY, header_refs


class CallSchema(AutoSchema):
    """Adds the errors, the headers and the Idempotency-Key to what a view says of its call."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the whole description of one call."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        extra: tuple[str, ...] = ()
        if self._is_write():
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            extra = (REPLAYED,)
        for answer in operation["responses"].values():
            answer["description"] = answer["description"] or "Done."
            answer["headers"] = {**answer.get("headers", {}), **header_refs(*EVERYWHERE, *extra)}
        for status in self._errors():
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def get_tags(self) -> list[str]:
        """Group calls by the module that answers them; one memory goes with the others."""
        module = type(self.view).__module__.rpartition(".")[2]
        return ["memories" if module == "memory" else module]

    def _is_write(self) -> bool:
        return self.method in WRITES and getattr(self.view, "scopes", {}).get(self.method) != "read"

    def _errors(self) -> list[str]:
        errors = ["400", "401", "403", "429", "500", "503"]
        errors += ["404"] if "{" in self.path else []
        errors += ["413"] if self.method in WRITES else []
        errors += ["409", "422"] if self._is_write() else []
        return errors


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
