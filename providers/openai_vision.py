"""A model that sees, behind OpenAI's wire protocol.

Protocol: https://platform.openai.com/docs/guides/images-vision
"""

from __future__ import annotations

import base64

from providers.base import Description
from providers.errors import ProviderError
from providers.json_output import description
from providers.openai_client import answer_text, check_body, connect, tokens_of, translated


class OpenAIVision:
    """Sends the image inside the request, so that the server needs no way to where it came from.

    `timeout` is in seconds; `api_version` makes it speak as Azure does.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 60.0,
        api_version: str | None = None,
    ) -> None:
        self.name = model
        self._client = connect(base_url=base_url, api_key=api_key, timeout=timeout, api_version=api_version)

    def describe(self, *, system: str, user: str, image: bytes, media_type: str) -> Description:
        """Return what the model sees; see VisionModel. Raises ProviderError."""
        url = f"data:{media_type};base64,{base64.b64encode(image).decode()}"
        with translated(self._client, self.name):
            answer = self._client.chat.completions.create(
                model=self.name,
                messages=[
                    {"role": "system", "content": system},
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": user},
                            {"type": "image_url", "image_url": {"url": url}},
                        ],
                    },
                ],
            )
        check_body(answer, self._client, self.name)
        tokens = tokens_of(answer)
        try:
            text = description(answer_text(answer, self.name), self.name)
        except ProviderError as error:
            error.tokens = tokens
            raise
        return Description(text, answer.model or self.name, *tokens)
