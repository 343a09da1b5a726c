"""Answers as JSON: quicker than DRF's own renderer, and the same to whoever reads them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer

from memories.api.rendering import QuickJSONRenderer

VALUES: list[Any] = [
    {"text": '抹茶 \u2028 \x7f " \\', "list": [1, 2.5, None, True, False], "nested": {"a": {}}},
    {"moment": datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), "whole": datetime(2026, 3, 1, tzinfo=UTC)},
    {"day": date(2026, 3, 1), "id": UUID(int=7), "price": Decimal("1.50")},
    {"lazy": gettext_lazy("Memory"), "error": ErrorDetail("no", code="invalid")},
    {"great": 10**30, "small": -(2**63)},
    {1: "a number as a key"},
    [],
    "alone",
]


@pytest.mark.parametrize("value", VALUES)
def test_it_says_what_drf_says(value: Any) -> None:
    assert json.loads(QuickJSONRenderer().render(value)) == json.loads(JSONRenderer().render(value))


def test_no_answer_is_no_body() -> None:
    assert QuickJSONRenderer().render(None) == b""
