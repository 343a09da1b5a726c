"""Fields of our own."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
from pgvector import django as pgvector


class VectorField(pgvector.VectorField):
    """pgvector's field, whose values are written in a tenth of the time: as the shortest text of their 32 bits."""

    def deconstruct(self) -> tuple[Any, Any, Any, Any]:
        """Be pgvector's own to migrations: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "pgvector.django.vector.VectorField", args, kwargs

    def get_prep_value(self, value: Any) -> str | None:
        """Return the vector as pgvector reads it."""
        if not isinstance(value, list):
            prepared: str | None = super().get_prep_value(value)
            return prepared
        return orjson.dumps(np.array(value, dtype=np.float32), option=orjson.OPT_SERIALIZE_NUMPY).decode()
