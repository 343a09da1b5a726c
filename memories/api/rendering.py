"""Writing answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

# What orjson would write in a way of its own goes to DRF's encoder, so that both write the same.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS


class QuickJSONRenderer(JSONRenderer):
    """DRF's renderer by way of orjson, which takes a tenth of the time that a page of memories needs otherwise."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return `data` as UTF-8 JSON."""
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=_default, option=OPTIONS)
        except TypeError:  # a number of more than 64 bits, or half a surrogate pair
            return bytes(super().render(data, accepted_media_type, renderer_context))


def _default(value: Any) -> Any:
    return JSONEncoder().default(value)
