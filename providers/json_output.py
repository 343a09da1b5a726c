"""JSON, or plain words, out of what a language model wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from providers.errors import ProviderInvalidOutput

END_OF_THINKING = "</think>"
ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def parse_json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the first object in `text` that matches `schema`.

    Models think aloud before the object, fence it in backticks and talk around it; all of that is passed over.
    Raises ProviderInvalidOutput. Its message names the place in the schema and quotes none of the text, which
    is somebody's memory and would end up in logs.
    """
    validator = Draft202012Validator(schema)
    problem = "holds no complete JSON object"
    for content in _objects(text):
        error = best_match(validator.iter_errors(content))
        if error is None and _is_storable(content):
            return content
        problem = f"breaks the schema at {error.json_path} ({error.validator})" if error else "is not valid Unicode"
    raise ProviderInvalidOutput(f"The model's answer {problem}. If this goes on, use a model that keeps to a schema.")


def description(written: str, model: str) -> str:
    """Return what `model` wrote about an image, without its thinking; raise ProviderInvalidOutput if it is nothing."""
    text = written.rpartition(END_OF_THINKING)[2].strip()
    if not text:
        raise ProviderInvalidOutput(f"{model} said nothing about the image. Check that it can see.")
    return text


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the outermost JSON objects in `text`, in order."""
    # Thinking may hold drafts. Only its end is sure to be there: some chat templates open it in the prompt.
    start = 0 if text.lstrip().startswith("{") else max(text.rfind(END_OF_THINKING), 0)
    while (start := text.find("{", start)) >= 0:
        try:
            content, start = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start += 1
        else:
            yield content


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity: Python reads them, JSON and Postgres do not."""
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _is_storable(content: dict[str, Any]) -> bool:
    """Tell whether Postgres can store every string: no NUL, no half of a surrogate pair."""
    text = json.dumps(content, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not ESCAPED_NUL.search(text)
