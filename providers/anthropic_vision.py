"""A model that sees, behind Anthropic's own protocol.

Protocol: https://docs.anthropic.com/en/docs/build-with-claude/vision
"""

from __future__ import annotations

import base64

from providers.anthropic_client import Messages
from providers.base import Description
from providers.errors import ProviderInvalidOutput
from providers.json_output import description


class AnthropicVision:
    """Sends the image inside the request. `timeout` is in seconds; `max_tokens` is the longest description."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 60.0,
        max_tokens: int = 2048,
    ) -> None:
        self.name = model
        self._messages = Messages(
            model=model, api_key=api_key, base_url=base_url, timeout=timeout, max_tokens=max_tokens
        )

    def describe(self, *, system: str, user: str, image: bytes, media_type: str) -> Description:
        """Return what the model sees; see VisionModel. Raises ProviderError."""
        source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(image).decode()}
        message = self._messages.create(
            system=system, content=[{"type": "image", "source": source}, {"type": "text", "text": user}]
        )
        try:
            text = description(message.text(), self.name)
        except ProviderInvalidOutput as error:
            raise message.failed(error) from None
        return Description(text, message.model, *message.tokens)
