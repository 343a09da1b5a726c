"""New rows made the short way: the same as Django's constructor makes them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Project
from memories.models import Event, Memory, Message
from memories.services.fresh import fresh
from memories.services.storing import STORED

OURS = [model for app in ("accounts", "memories", "graphs") for model in apps.get_app_config(app).get_models()]


def columns(row: models.Model) -> dict[str, Any]:
    """Return what is in the row, but of what is another each time only its type."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: type(value) if isinstance(value, uuid.UUID | datetime) else value for name, value in values.items()}


@pytest.mark.parametrize("model", [*OURS, *STORED], ids=lambda model: model.__name__)
def test_it_begins_as_django_has_it(model: type[models.Model]) -> None:
    made, theirs = fresh(model), model()
    assert columns(made) == columns(theirs)
    assert made._state.adding
    assert made._state.db is None
    assert not made._state.fields_cache


def test_values_that_differ_from_row_to_row_are_not_shared() -> None:
    one, other = fresh(Memory), fresh(Memory)
    assert one.pk != other.pk
    one.metadata["mood"] = "fair"
    one.categories.append("weather")
    assert (other.metadata, other.categories) == ({}, [])


def test_relations_are_given_as_rows_or_by_their_columns() -> None:
    project, event = Project(name="Garden"), fresh(Event)
    message = fresh(Message, project=project, event_id=event.pk, text="It rains.", end_user=None)
    assert (message.project, message.project_id, message.event_id) == (project, project.pk, event.pk)
    assert (message.text, message.end_user, message.end_user_id) == ("It rains.", None, None)


def test_a_name_that_there_is_not_is_an_error() -> None:
    with pytest.raises(TypeError, match="Memory has no txt"):
        fresh(Memory, txt="It rains.")
