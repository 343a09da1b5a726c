"""What calls that read may say. Serializers validate; services act. Unknown fields are tolerated."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rest_framework import serializers

from memories.api.serializers import ENTITY_KEYS, MAX_PAGE, MAX_TOP_K
from memories.api.shapes import MEMORY_FIELDS
from memories.api.sparse import SparseSerializer
from memories.filters import ALIASES, names_run

MAX_PAGE_SIZE = 200
LAST_MOMENT = timedelta(days=1, microseconds=-1)
MIN_YEAR = 2000
# A list without pages is for small projects; whoever has more turns pages.
MAX_UNPAGED = 10_000
MAX_EXPECTED = 20


class StringsField(serializers.ListField):
    """A list of strings, or one string with commas as query parameters have it."""

    child = serializers.CharField()

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the strings."""
        if isinstance(data, str):
            data = [part.strip() for part in data.split(",") if part.strip()]
        return list(super().to_internal_value(data))


class MetadataField(serializers.DictField):
    """An object, or its JSON as query parameters have it."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object."""
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError as error:
                raise serializers.ValidationError('Write metadata as a JSON object: {"key": "value"}.') from error
        return dict(super().to_internal_value(data))


class PageSerializer(SparseSerializer):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=100)


class AsOfSerializer(serializers.Serializer[Any]):
    """As of which time to read; none means now."""

    as_of = serializers.DateTimeField(default=None, allow_null=True, help_text="ISO 8601; UTC if it names no zone.")


class RetrySerializer(serializers.Serializer[Any]):
    """`POST /v1/events/retry/`; what is left out narrows nothing."""

    event_ids = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True, max_length=1000)
    error_code = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=64)


class PeriodSerializer(serializers.Serializer[Any]):
    """The first and last day of what is summed up, as UTC has them; without them, the last thirty days."""

    start_date = serializers.DateField(required=False)
    end_date = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, date]:
        """Fill in what is left out, and refuse a period that ends before it begins or is longer than a year."""
        last = attrs.get("end_date") or datetime.now(UTC).date()
        if last.year < MIN_YEAR:
            raise serializers.ValidationError({"end_date": ["Nothing was used so long ago."]})
        first = attrs.get("start_date") or last - timedelta(days=29)
        if not timedelta(0) <= last - first <= timedelta(days=366):
            raise serializers.ValidationError({"start_date": ["Give a day up to a year before end_date."]})
        return {"first": first, "last": last}


class ReadSerializer(SparseSerializer):
    """What lists and searches have in common: whose memories, which of them, and what to return of each."""

    filters = serializers.DictField()
    categories = StringsField(required=False, allow_null=True)
    metadata = MetadataField(required=False, allow_null=True)
    fields_ = StringsField(default=None, allow_null=True)
    show_expired = serializers.BooleanField(default=False)
    latest_only = serializers.BooleanField(default=True)
    reference_date = serializers.CharField(required=False, allow_null=True, help_text="Judge expiration by this day.")
    as_of = serializers.CharField(
        required=False, allow_null=True, help_text="What held then: a date (at its end, in UTC) or a date and time."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Call `fields` what the wire calls it; as an attribute it would hide the serializer's own."""
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        return declared

    def validate_fields(self, value: list[str] | None) -> list[str] | None:
        """Take only what a memory has."""
        if unknown := sorted(set(value or ()) - set(MEMORY_FIELDS)):
            raise serializers.ValidationError(
                f"A memory has no {', '.join(unknown)}. Its fields are {', '.join(MEMORY_FIELDS)}."
            )
        return value

    def validate_reference_date(self, value: str | None) -> date | None:
        """Read a date, of a date and time the day."""
        if not value:
            return None
        try:
            return date.fromisoformat(value[:10])
        except ValueError as error:
            raise serializers.ValidationError("A reference_date is written YYYY-MM-DD.") from error

    def validate_as_of(self, value: str | None) -> datetime | None:
        """Read a moment; a date alone stands for its end, so that what was said on that day counts."""
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value)
            whole_day = len(value) <= len("YYYY-MM-DD")
            found = found.replace(tzinfo=found.tzinfo or UTC)
            return (found + LAST_MOMENT if whole_day else found).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise serializers.ValidationError("Write as_of as YYYY-MM-DD or as an ISO 8601 date and time.") from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Join what narrows the call to its filters."""
        narrower = [attrs["filters"]]
        if attrs.get("categories"):
            narrower.append({"categories": {"in": attrs["categories"]}})
        if attrs.get("metadata"):
            narrower.append({"metadata": attrs["metadata"]})
        narrower += self.narrower(attrs)
        attrs["filters"] = narrower[0] if len(narrower) == 1 else {"AND": narrower}
        return attrs

    def narrower(self, attrs: dict[str, Any]) -> list[dict[str, Any]]:
        """Return further filters that the call implies."""
        return []


class ListSerializer(ReadSerializer):
    """`POST /v3/memories/`: filters in the body, page and page_size in the query."""

    start_date = serializers.CharField(required=False, allow_null=True)
    end_date = serializers.CharField(required=False, allow_null=True)
    keywords = serializers.CharField(required=False, allow_null=True)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_UNPAGED)

    def narrower(self, attrs: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the range of dates, and the keywords."""
        found: list[dict[str, Any]] = []
        if attrs.get("start_date"):
            found.append({"created_at": {"gte": attrs["start_date"]}})
        if attrs.get("end_date"):
            found.append({"created_at": {"lte": attrs["end_date"]}})
        if attrs.get("keywords"):
            found.append({"keywords": {"icontains": attrs["keywords"]}})
        return found


class SearchSerializer(ReadSerializer):
    """`POST /v3/memories/search/`."""

    query = serializers.CharField(max_length=10_000)
    top_k = serializers.IntegerField(min_value=1, max_value=MAX_TOP_K, default=10)
    threshold = serializers.FloatField(min_value=0, max_value=1, default=0, allow_null=True)
    rerank = serializers.BooleanField(default=None, allow_null=True, help_text="As the server is set, if left out.")
    rewrite = serializers.BooleanField(default=None, allow_null=True, help_text="As the server is set, if left out.")
    keyword_search = serializers.BooleanField(default=None, allow_null=True)
    filter_memories = serializers.BooleanField(default=False)
    only_metadata_based_search = serializers.BooleanField(default=False)
    use_criteria = serializers.BooleanField(default=False)
    explain = serializers.BooleanField(default=False)
    expected = serializers.ListField(child=serializers.UUIDField(), max_length=MAX_EXPECTED, default=list)
    combine_layers = serializers.BooleanField(
        default=None,
        allow_null=True,
        help_text="Search the run that filters name, the person's user memories and the organization's together.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Know in which run to search."""
        if attrs.get("combine_layers") and not names_run(attrs["filters"]):
            raise serializers.ValidationError(
                {"combine_layers": ['Name the run in filters: {"user_id": …, "run_id": …}.']}
            )
        return super().validate(attrs)

    def validate_only_metadata_based_search(self, value: bool) -> bool:
        """Name the call that does this."""
        if value:
            raise serializers.ValidationError("A search reads its query. To go by metadata alone, list with filters.")
        return value

    def validate_use_criteria(self, value: bool) -> bool:
        """Refuse what we don't have."""
        if value:
            raise serializers.ValidationError("There is no retrieval by criteria. Leave use_criteria out.")
        return value


class OldReading(serializers.Serializer[Any]):
    """v1 and v2 say whose memories are meant beside the filters, too, and call top_k `limit`."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Move the names into the filters."""
        return dict(super().to_internal_value(_as_new(data)))


def _as_new(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    names = {ALIASES.get(key, key): value for key, value in data.items() if ALIASES.get(key, key) in ENTITY_KEYS}
    whose = [{key: value} for key, value in names.items() if value]
    filters = data.get("filters")
    if whose:
        filters = {"AND": [*whose, filters]} if filters else {"AND": whose}
    changed = {**data, "filters": filters} if filters is not None else dict(data)
    if "limit" in changed and "top_k" not in changed:
        changed["top_k"] = changed["limit"]
    return changed


class OldListSerializer(OldReading, ListSerializer):
    """`POST /v2/memories/` and `GET /v1/memories/`; pages only if both are named."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=MAX_PAGE)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=MAX_PAGE_SIZE)


class OldSearchSerializer(OldReading, SearchSerializer):
    """`POST /v1/memories/search/` and `/v2/`, whose answers have no place for an explanation."""

    explain = None  # type: ignore[assignment]
    expected = None  # type: ignore[assignment]
    output_format = serializers.CharField(required=False, allow_null=True)
