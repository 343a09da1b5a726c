"""What calls about organizations answer: memories/api/orgs/shapes.py writes it."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.orgs.shapes import WIRE_ROLES
from memories.api.schema.answers import Answer, MessageAnswer
from memories.privacy.kinds import ACTIONS

ROLES = list(WIRE_ROLES.values())


def unset(help_text: str = "") -> serializers.CharField:
    """Return a text that is null if it isn't set."""
    return serializers.CharField(required=False, allow_null=True, help_text=help_text)


class MemberAnswer(Answer):
    """Somebody who belongs to it."""

    username = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)


class MembersAnswer(Answer):
    """Everybody who belongs to it."""

    members = MemberAnswer(many=True)


class MemberRemoved(MessageAnswer):
    """They are removed."""

    active_keys = serializers.IntegerField(help_text="API keys that they made here and that go on working.")


class OrganizationAnswer(Answer):
    """An organization."""

    id = serializers.UUIDField()
    org_id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    members = MemberAnswer(many=True)
    user_role = serializers.ChoiceField(choices=ROLES, allow_null=True, help_text="Yours.")


class OrganizationChanged(MessageAnswer):
    """It is changed."""

    org_id = serializers.UUIDField()


class LifecycleAnswer(Answer):
    """How long memories last, and what is done with them over time."""

    layer_days = serializers.DictField(child=serializers.IntegerField())
    category_days = serializers.DictField(child=serializers.IntegerField())
    capacity = serializers.IntegerField()
    promotion_heat = serializers.FloatField()
    half_life_days = serializers.FloatField()
    combine_layers = serializers.BooleanField()


class ProjectAnswer(Answer):
    """A project with its settings, or of it what `fields` asked for."""

    id = serializers.UUIDField(required=False)
    project_id = serializers.UUIDField(required=False)
    org_id = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False)
    description = unset()
    created_at = serializers.DateTimeField(required=False)
    updated_at = serializers.DateTimeField(required=False)
    members = MemberAnswer(many=True, required=False)
    usecase = unset()
    usecase_setting = unset("The same.")
    memory_depth = unset()
    inclusion_prompt = unset("What to remember.")
    exclusion_prompt = unset("What not to.")
    custom_categories = serializers.JSONField(required=False)
    custom_instructions = unset()
    agent_custom_instructions = unset()
    privacy = serializers.DictField(
        child=serializers.ChoiceField(choices=list(ACTIONS)),
        required=False,
        help_text="What is done with each kind of secret and personal detail.",
    )
    excluded_topics = serializers.ListField(child=serializers.CharField(), required=False, allow_null=True)
    lifecycle = LifecycleAnswer(required=False)
    update_custom_instructions = unset("Always null, like the other settings that this server doesn't have.")
    summary_custom_instructions = unset()
    summary_batch_size = serializers.IntegerField(required=False, allow_null=True)
    summary_max_tokens = serializers.IntegerField(required=False, allow_null=True)
    expiration_date = unset()
    enable_graph = serializers.BooleanField(required=False)
    multilingual = serializers.BooleanField(required=False)
    retrieval_criteria = serializers.JSONField(required=False)
    version = unset()
    is_default = serializers.BooleanField(required=False)
    active_prompt_profile = unset()
    decay = serializers.BooleanField(required=False)
    user_role = serializers.ChoiceField(choices=ROLES, required=False, allow_null=True)


class ProjectCreated(MessageAnswer):
    """It is there."""

    project_id = serializers.UUIDField()
    org_id = serializers.UUIDField()


class ProjectChanged(MessageAnswer):
    """It is changed."""

    warnings = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Settings that are kept without effect."
    )
