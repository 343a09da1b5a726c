"""What calls may say about organizations, projects and members."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Project
from accounts.models.tenancy import Role
from memories.api.orgs.lifecycle import LifecycleSerializer, changed_lifecycle
from memories.privacy.kinds import ACTIONS, KINDS
from memories.privacy.topics import parse_topics
from memories.services.privacy import policy_of, stored_policy

INSTRUCTIONS_LENGTH = 20_000
CATEGORY_LENGTH = 100
MAX_CATEGORIES = 200
TOPIC_LENGTH, MAX_TOPICS = 1000, 100
# The names of the clients' fields where ours differ.
FIELDS = {"usecase_setting": "usecase"}
VERSIONS = ("v1", "v1.1", "v2", "v3")

# What clients can ask for and this server doesn't have, with what to do instead.
UNSUPPORTED = {
    "update_custom_instructions": "There are no separate instructions for updates; use custom_instructions.",
    "summary_custom_instructions": "Summaries take no instructions.",
    "summary_batch_size": "Summaries have no batch size.",
    "summary_max_tokens": "Summaries have no limit of tokens.",
    "expiration_date": "A project has no expiration date; give one with each memory.",
    "active_prompt_profile": "There are no prompt profiles; use custom_instructions.",
}
# What is kept so that it can be read back, without doing what it does at mem0.
WITHOUT_EFFECT = {
    "retrieval_criteria": "retrieval_criteria are kept, but search doesn't rank by them.",
    "version": "version is kept, but every call is answered in the version of its own path.",
}


class RoleField(serializers.CharField):
    """A role by mem0's name or ours: OWNER is owner and READER auditor, whatever the case."""

    def to_internal_value(self, data: Any) -> Role:
        """Return the role or say which there are."""
        name = super().to_internal_value(data).lower()
        try:
            return Role.AUDITOR if name == "reader" else Role(name)
        except ValueError as error:
            raise serializers.ValidationError(
                f"There is no role {data!r}. Roles: OWNER, ADMIN, MEMBER, READER (which AUDITOR names too)."
            ) from error


class MemberSerializer(serializers.Serializer[Any]):
    """`{email, role}`; who is added without a role may only read."""

    email = serializers.EmailField()
    role = RoleField(default=Role.AUDITOR)


class RoleSerializer(MemberSerializer):
    """`{email, role}` of somebody whose role changes."""

    role = RoleField()


class WhomSerializer(serializers.Serializer[Any]):
    """`?email=` of somebody who is removed."""

    email = serializers.EmailField()


class NameSerializer(serializers.Serializer[Any]):
    """An organization's name."""

    name = serializers.CharField(max_length=200)


class ProjectSerializer(NameSerializer):
    """A new project."""

    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class TextField(serializers.CharField):
    """A text that null or "" clears."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "max_length": INSTRUCTIONS_LENGTH,
                "required": False,
                "allow_null": True,
                "allow_blank": True,
                "trim_whitespace": False,
                **kwargs,
            }
        )


class CategoriesField(serializers.ListField):
    """`[{name: description}]`, as mem0's clients send it; null or [] goes back to the default categories."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, max_length=MAX_CATEGORIES)

    def to_internal_value(self, data: Any) -> list[dict[str, str]]:
        """Return the list as it was sent, or say what is wrong with it."""
        items = super().to_internal_value(data)
        for item in items:
            if not isinstance(item, dict) or not item or not all(isinstance(text, str) for text in item.values()):
                raise serializers.ValidationError('Each category is {"name": "what belongs in it"}.')
            if any(not name.strip() or len(name) > CATEGORY_LENGTH for name in item):
                raise serializers.ValidationError(f"The name of a category has 1 to {CATEGORY_LENGTH} characters.")
            if any(len(text) > INSTRUCTIONS_LENGTH for text in item.values()):
                raise serializers.ValidationError("The description of a category is too long.")
        return items


class PrivacySerializer(serializers.Serializer[Any]):
    """What is done with each kind of secret and personal detail: allow, mask or refuse; what is left out stays."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each kind."""
        return {kind: serializers.ChoiceField(choices=list(ACTIONS), required=False) for kind in KINDS}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Refuse a kind that there isn't, which would pass for protection."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(KINDS))):
            raise serializers.ValidationError(f"There is no kind {', '.join(unknown)}. Kinds: {', '.join(KINDS)}.")
        return dict(super().to_internal_value(data))


class TopicsField(serializers.ListField):
    """`["health: diabetes, doctor"]`; null or [] clears."""

    def __init__(self) -> None:
        child = serializers.CharField(max_length=TOPIC_LENGTH)
        super().__init__(child=child, required=False, allow_null=True, max_length=MAX_TOPICS)

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the lines, each of which must have a word in it."""
        lines: list[str] = super().to_internal_value(data)
        if empty := [line for line in lines if not parse_topics([line])]:
            raise serializers.ValidationError(f"This names no topic: {empty[0]!r}.")
        return lines


class SettingsSerializer(serializers.Serializer[Any]):
    """`PATCH …/projects/{id}/`: any of the settings; what is left out stays."""

    name = serializers.CharField(required=False, max_length=200)
    description = TextField()
    custom_instructions = TextField()
    agent_custom_instructions = TextField()
    inclusion_prompt = TextField()
    exclusion_prompt = TextField()
    memory_depth = TextField()
    usecase_setting = TextField()
    usecase = TextField()
    custom_categories = CategoriesField()
    privacy = PrivacySerializer(required=False, allow_null=True)
    excluded_topics = TopicsField()
    lifecycle = LifecycleSerializer(required=False, allow_null=True)
    retrieval_criteria = serializers.ListField(child=serializers.DictField(), required=False, allow_null=True)
    version = serializers.ChoiceField(choices=VERSIONS, required=False, allow_null=True)
    decay = serializers.BooleanField(required=False, allow_null=True)
    enable_graph = serializers.BooleanField(required=False, allow_null=True)
    multilingual = serializers.BooleanField(required=False, allow_null=True)

    def validate_enable_graph(self, value: bool | None) -> bool | None:
        """Refuse what would be ignored."""
        if value:
            raise serializers.ValidationError("This server keeps no graph of memories. Leave it out or send false.")
        return value

    def validate_multilingual(self, value: bool | None) -> bool | None:
        """Refuse to translate."""
        if value is False:
            raise serializers.ValidationError(
                "Memories always stay in the language they were said in. Leave it out or send true."
            )
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require something to change, and nothing that can't be set."""
        asked = {name: self.initial_data[name] for name in UNSUPPORTED if name in self.initial_data}
        if refused := {name: UNSUPPORTED[name] for name, value in asked.items() if value not in (None, "")}:
            raise serializers.ValidationError(refused)
        if not attrs and not asked:
            raise serializers.ValidationError(f"There is nothing to change. Settings: {', '.join(self.fields)}.")
        return attrs

    def changes(self, project: Project) -> dict[str, Any]:
        """Return the fields of `project` to set; what was sent as null is cleared."""
        given = {FIELDS.get(name, name): value for name, value in self.validated_data.items()}
        empty = {"custom_categories": [], "retrieval_criteria": [], "excluded_topics": [], "decay": False}
        if "privacy" in given:
            given["privacy"] = stored_policy({**policy_of(project), **given["privacy"]}) if given["privacy"] else {}
        if "lifecycle" in given:
            given["lifecycle"] = changed_lifecycle(project, given["lifecycle"])
        settable = {name: value for name, value in given.items() if name not in ("enable_graph", "multilingual")}
        return {name: empty.get(name, "") if value is None else value for name, value in settable.items()}

    def warnings(self) -> list[str]:
        """Return what of it is kept without effect."""
        return [text for name, text in WITHOUT_EFFECT.items() if self.validated_data.get(name)]
