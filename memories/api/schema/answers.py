"""What calls answer, for their description: the shapes that memories/api/shapes.py writes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from memories.api.shapes import MEM0_EVENTS
from memories.models import Event, Memory, MemoryVersion

Answer = serializers.Serializer[Any]


def name(help_text: str) -> serializers.CharField:
    """Return a field that may be null."""
    return serializers.CharField(allow_null=True, help_text=help_text)


class Page(Answer):
    """A page of a list."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class Warned(Answer):
    """An answer that says, in words, what of the call had no effect."""

    warnings = serializers.ListField(child=serializers.CharField(), required=False)


class PingAnswer(Answer):
    """Where the key leads."""

    status = serializers.CharField()
    org_id = serializers.CharField()
    project_id = serializers.CharField()
    user_email = serializers.CharField()


class StructuredAttributes(Answer):
    """The parts of a time, in UTC."""

    year = serializers.IntegerField()
    month = serializers.IntegerField()
    day = serializers.IntegerField()
    hour = serializers.IntegerField()
    minute = serializers.IntegerField()
    day_of_week = serializers.CharField()
    week_of_year = serializers.IntegerField()
    day_of_year = serializers.IntegerField()
    quarter = serializers.IntegerField()
    is_weekend = serializers.BooleanField()


class MemoryAnswer(Answer):
    """One statement that is remembered."""

    id = serializers.UUIDField()
    memory = serializers.CharField(help_text="The statement.")
    user_id = name("Whom it is about.")
    agent_id = name("The assistant it was told to.")
    app_id = name("The app it was told in.")
    run_id = name("The session it was told in.")
    session_id = name("The same as run_id.")
    metadata = serializers.DictField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField(), allow_null=True)
    hash = serializers.CharField(help_text="The MD5 of the statement.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    timestamp = serializers.DateTimeField(help_text="When it was said.")
    expiration_date = serializers.DateField(allow_null=True, help_text="The last day on which it holds.")
    structured_attributes = StructuredAttributes(help_text="The parts of `timestamp`.")
    lifecycle_state = serializers.ChoiceField(choices=Memory.State.choices)
    version = serializers.IntegerField(help_text="How often it was written.")
    immutable = serializers.BooleanField()
    synthesized = serializers.BooleanField()
    replaced_by = serializers.UUIDField(allow_null=True, help_text="What took its place, if something did.")
    layer = serializers.ChoiceField(choices=Memory.Layer.choices, help_text="How widely and how long it holds.")
    kind = serializers.ChoiceField(choices=Memory.Kind.choices, allow_null=True)
    about = name("Whom it is about, if not the user.")
    speaker = name("Who said it.")
    importance = serializers.FloatField(help_text="0 to 1.")
    confidence = serializers.FloatField(help_text="0 to 1.")
    happened_at = serializers.DateTimeField(allow_null=True, help_text="When what it tells takes place.")
    valid_from = serializers.DateTimeField(allow_null=True, help_text="Since when it holds.")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="Until when it holds or held.")
    pinned = serializers.BooleanField()
    recall_count = serializers.IntegerField(help_text="How many searches have returned it, counted every few minutes.")
    last_recalled_at = serializers.DateTimeField(allow_null=True, help_text="When one last did.")


class PartMemory(MemoryAnswer):
    """A memory, or of it what `fields` asked for."""


class MemoryPage(Page):
    """A page of memories."""

    results = PartMemory(many=True)


class UpdateAnswer(MemoryAnswer):
    """The memory as it is now."""

    message = serializers.CharField()


class Text(Answer):
    """The text of a memory, where mem0's clients look for it."""

    memory = serializers.CharField()


class Added(Answer):
    """What a conversation did to a memory."""

    id = serializers.UUIDField()
    data = Text()  # type: ignore[assignment]
    memory = serializers.CharField()
    event = serializers.ChoiceField(choices=MEM0_EVENTS)
    change = serializers.ChoiceField(choices=MemoryVersion.Change.choices, help_text="The same, more exactly.")
    user_id = name("Whom it is about.")
    lifecycle_state = serializers.ChoiceField(
        choices=Memory.State.choices, help_text="`pending`: it is not recalled before a person approves it."
    )


class AddAnswer(Warned):
    """The receipt of a conversation: it is stored. `results` is there once it has been read."""

    message = serializers.CharField()
    status = serializers.ChoiceField(choices=Event.Status.choices)
    event_id = serializers.UUIDField()
    results = Added(many=True, required=False)


class MessageAnswer(Answer):
    """It is done."""

    message = serializers.CharField()


class DeleteAnswer(MessageAnswer):
    """It is deleted."""

    cascade_count = serializers.IntegerField(
        required=False, help_text="With `delete_linked=true`, how many linked memories went along."
    )


class CountAnswer(MessageAnswer):
    """It is done, to so many memories."""

    count = serializers.IntegerField()


class ErasedAnswer(CountAnswer):
    """It is erased, with so many memories."""

    certificate_id = serializers.UUIDField(help_text="Of its certificate, at /v1/erasures/{id}/.")


class Turn(Answer):
    """One message that a memory rests on."""

    role = serializers.CharField()
    content = serializers.CharField()


class HistoryEntry(Answer):
    """One change of a memory."""

    id = serializers.CharField()
    memory_id = serializers.UUIDField()
    input = Turn(many=True)
    old_memory = name("What it said before.")
    new_memory = name("What it said afterwards.")
    user_id = name("Whom it is about.")
    agent_id = name("The assistant it was told to.")
    app_id = name("The app it was told in.")
    run_id = name("The session it was told in.")
    session_id = name("The same as run_id.")
    categories = serializers.ListField(child=serializers.CharField(), allow_null=True)
    event = serializers.ChoiceField(choices=MEM0_EVENTS)
    change = serializers.ChoiceField(choices=MemoryVersion.Change.choices, help_text="The same, more exactly.")
    version = serializers.IntegerField(help_text="Its number, to restore it by.")
    lifecycle_state = serializers.ChoiceField(choices=Memory.State.choices)
    metadata = serializers.DictField(allow_null=True)
    actor = serializers.CharField(help_text="Who changed it.")
    reason = serializers.CharField(help_text="Why, if somebody said.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class HistoryPage(Page):
    """A page of changes."""

    results = HistoryEntry(many=True)


class EntityAnswer(Answer):
    """An end user, agent, app or run."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=["user", "agent", "app", "run"])
    metadata = serializers.DictField(allow_null=True)
    owner = serializers.UUIDField(help_text="The project.")
    total_memories = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EntityPage(Page):
    """A page of entities, and how many there are of each type."""

    results = EntityAnswer(many=True)
    total_users = serializers.IntegerField()
    total_agents = serializers.IntegerField()
    total_apps = serializers.IntegerField()
    total_runs = serializers.IntegerField()


class Withheld(Answer):
    """Something that was not kept; what it said is nowhere."""

    kind = serializers.CharField()
    action = serializers.CharField()
    count = serializers.IntegerField()


class EventAnswer(Answer):
    """A conversation that was received, and what became of it."""

    id = serializers.UUIDField()
    event_id = serializers.UUIDField()
    event_type = serializers.CharField()
    status = serializers.ChoiceField(choices=Event.Status.choices)
    payload = serializers.DictField()
    metadata = serializers.DictField(allow_null=True)
    results = Added(many=True)
    error = name("Why it failed.")
    error_code = name("The same, for programs.")
    warnings = serializers.ListField(child=serializers.CharField(), help_text="What had no effect.")
    withheld = Withheld(many=True, help_text="What was masked, refused or not kept for privacy.")
    attempts = serializers.IntegerField()
    graph_status = name("What became of it in the graph.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    latency = serializers.FloatField(allow_null=True, help_text="Milliseconds from reception to completion.")


class EventPage(Page):
    """A page of events."""

    results = EventAnswer(many=True)
