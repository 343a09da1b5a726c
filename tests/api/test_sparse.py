"""Validation that skips what isn't there: what DRF's own would have returned, and refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from memories.api.reading import ListSerializer, PageSerializer, SearchSerializer
from memories.api.serializers import AddSerializer
from memories.api.sparse import SparseSerializer

VALUES = {
    "messages": st.sampled_from(
        ["I keep bees.", [{"role": "user", "content": "x", "name": "Ann"}], [], [{"a": 1}], 3]
    ),
    "user_id": st.sampled_from(["ann", "", None, 7]),
    "metadata": st.sampled_from([{}, {"a": 1}, None, "x"]),
    "infer": st.sampled_from([True, "false", None, "maybe"]),
    "layer": st.sampled_from(["user", None, "attic"]),
    "expiration_date": st.sampled_from(["2030-01-01", None, "soon"]),
    "filters": st.sampled_from([{"user_id": "ann"}, {}, None, []]),
    "query": st.sampled_from(["bees", "", None]),
    "fields": st.sampled_from(["id,memory", ["id"], ["nonsense"], None]),
    "as_of": st.sampled_from(["2024-01-01", "", "then"]),
    "top_k": st.sampled_from([1, "5", 0, None]),
    "use_criteria": st.booleans(),
    "expected": st.sampled_from([[], ["x"], None]),
    "page": st.sampled_from([1, "2", 0]),
    "limit": st.sampled_from([3, -1]),
    "unknown": st.just(1),
}
BODIES = st.fixed_dictionaries({}, optional=VALUES)


def outcome(validate: Any, body: Any) -> Any:
    try:
        return validate(body)
    except serializers.ValidationError as error:
        return error.get_full_details()


@pytest.mark.parametrize("kind", [AddSerializer, ListSerializer, SearchSerializer, PageSerializer])
@given(body=st.one_of(BODIES, st.sampled_from([None, [], "x", 1])))
def test_it_returns_and_refuses_what_the_whole_validation_does(kind: type[SparseSerializer], body: Any) -> None:
    mine, whole = kind(), kind()
    assert outcome(mine.to_internal_value, body) == outcome(
        lambda given: serializers.Serializer.to_internal_value(whole, given), body
    )


def test_a_default_is_each_calls_own() -> None:
    serializer = SearchSerializer()
    body = {"query": "bees", "filters": {"user_id": "ann"}}
    serializer.run_validation(body)["expected"].append("x")
    assert serializer.run_validation(body)["expected"] == []


def test_a_form_is_read_as_drf_reads_it() -> None:
    assert PageSerializer().run_validation(QueryDict("page=2&page_size=7")) == {"page": 2, "page_size": 7}
