"""Every table is in the plan of erasure, and so is every column that can hold words."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from pgvector.django import VectorField

from memories.models import EndUser, Memory
from memories.services.erasure.stores import STORES, UNCONCERNED, counted
from memories.services.erasure.traces import traces_of, traces_of_memories

WORDS = (models.TextField, models.JSONField, models.BinaryField, ArrayField, SearchVectorField, VectorField)
OURS = [
    model for app in ("accounts", "memories", "graphs") for model in apps.get_app_config(app).get_models(True, False)
]
BY_MODEL = {store.model: store for store in STORES}


def holds_words(field: models.Field) -> bool:
    """Columns with choices hold none of anybody's words."""
    free_text = isinstance(field, models.CharField) and not field.choices
    return field.concrete and (free_text or isinstance(field, WORDS))


def leads_to_words(model: type[models.Model]) -> bool:
    related = {field.related_model for field in model._meta.fields if field.is_relation}
    return any(map(holds_words, model._meta.fields)) or bool(related & {Memory, EndUser})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_with_words_is_in_the_plan_of_erasure(model: type[models.Model]) -> None:
    if model._meta.auto_created and not leads_to_words(model):
        return
    planned = model in BY_MODEL
    exempt = model._meta.label in UNCONCERNED
    assert planned != exempt, (
        f"{model._meta.label}: list it in STORES of memories/services/erasure/stores.py, so that purging a memory and "
        "erasing a person reach it, or in UNCONCERNED with the reason why they need not."
    )


@pytest.mark.parametrize("store", [store for store in STORES if store.blanks], ids=lambda store: store.label)
def test_where_rows_stay_every_column_with_words_is_accounted_for(store: object) -> None:
    columns = {field.name for field in store.model._meta.fields if holds_words(field)}
    assert columns == {*store.blanks, *store.leaves}, f"Say in STORES what becomes of these columns of {store.label}."


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.label)
def test_the_search_for_leftovers_names_columns_that_there_are(store: object) -> None:
    for path in (*store.texts, *store.names, store.made):
        store.model._default_manager.order_by(path).exists()


test_the_search_for_leftovers_names_columns_that_there_are = pytest.mark.django_db(
    test_the_search_for_leftovers_names_columns_that_there_are
)


def test_the_fixture_fills_every_store(person: EndUser) -> None:
    """So that the tests of erasure leave none out."""
    # A conflict takes two memories; it goes with either by its foreign keys.
    without = {"memories.Agent", "memories.App", "memories.Conflict"}
    assert set(counted(traces_of(person))) == {store.label for store in STORES} - without


def test_nothing_chosen_is_nothing_found(person: EndUser) -> None:
    assert counted(traces_of_memories([])) == {}
