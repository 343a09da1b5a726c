"""What people fill in on the memory pages."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.filters import InvalidFilter, compile_filter
from memories.models import Memory, SavedFilter
from memories.services.revise import Revision

MAX_CATEGORY_LENGTH = 100
# A comma as English, Japanese and Chinese keyboards write it.
_COMMA = re.compile("[,，、]")
ANY_STATE = "any"
# The form's names for a memory's scope, and those of the filter language.
SCOPE = {"end_user": "user_id", "app": "app_id", "agent": "agent_id", "run": "run_id"}

PINNED = [("", _("Pinned or not")), ("yes", _("Pinned")), ("no", _("Not pinned"))]

# The filter language's names for the ends of a period, and the form's.
BOUNDS = {"gte": "said_from", "lte": "said_to"}
EXAMPLE = '{"metadata": {"address": {"city": "Osaka"}}}'


class DateInput(forms.DateInput):
    """The browser's own calendar; it takes and gives ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class IsoDateField(forms.DateField):
    """A date as a date input sends it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=DateInput(), **kwargs)


class ListForm(forms.Form):
    """What the list shows: a query and filters, all from the address, so that it can be shared."""

    q = forms.CharField(label=_("Search"), required=False)
    end_user = forms.CharField(label=_("End user"), required=False)
    app = forms.CharField(label=_("App"), required=False)
    agent = forms.CharField(label=_("Agent"), required=False)
    run = forms.CharField(label=_("Run"), required=False)
    category = forms.CharField(label=_("Category"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    layer = forms.ChoiceField(label=_("Layer"), required=False, choices=[("", _("Any layer")), *Memory.Layer.choices])
    pinned = forms.ChoiceField(label=_("Pinned"), required=False, choices=PINNED)
    said_from = IsoDateField(label=_("Said from"), help_text=_("Days in UTC."))
    said_to = IsoDateField(label=_("Said until"), help_text=_("Days in UTC."))
    filter = forms.CharField(
        label=_("Advanced filter"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": EXAMPLE, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=_("In the filter language of the API, as JSON. It applies in addition to the fields above."),
    )

    def __init__(self, data: QueryDict, *, project: Project) -> None:
        super().__init__(data)
        self.project = project
        active = (("", Memory.State.ACTIVE.label), *Memory.State.choices[1:])
        self.fields["state"].choices = [*active, (ANY_STATE, _("Any state"))]  # type: ignore[attr-defined]
        for name in SCOPE:
            self.fields[name].widget.attrs = {
                "list": f"{name}_names",
                "placeholder": _("Any"),
                "autocomplete": "off",
                "spellcheck": "false",
                "dir": "auto",
            }

    def clean_filter(self) -> dict[str, Any]:
        """Return the filter that the JSON stands for; what is wrong with it is said as the API says it."""
        text = self.cleaned_data["filter"]
        if not text:
            return {}
        try:
            filters: dict[str, Any] = json.loads(text)
            compile_filter(filters, project=self.project)
        except json.JSONDecodeError as error:
            said = _("This is not JSON: look at line %(line)s, column %(column)s.")
            place = {"line": error.lineno, "column": error.colno}
            raise forms.ValidationError(said, params=place) from error
        except RecursionError as error:
            raise forms.ValidationError(_("This is nested too deep.")) from error
        except InvalidFilter as error:
            raise forms.ValidationError(str(error)) from error
        return filters

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = self.cleaned_data
        start, end = cleaned.get("said_from"), cleaned.get("said_to")
        if start and end and end < start:
            self.add_error("said_to", _("This is before the first day."))
        return cleaned

    def as_filter(self) -> dict[str, Any]:
        """Return what was filled in, but for query and state, in the filter language of the API."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {key: cleaned[name] for name, key in SCOPE.items() if cleaned[name]}
        if cleaned["category"]:
            found["categories"] = {"in": [cleaned["category"]]}
        if cleaned["layer"]:
            found["layer"] = cleaned["layer"]
        if cleaned["pinned"]:
            found["pinned"] = cleaned["pinned"] == "yes"
        if period := {operator: cleaned[name].isoformat() for operator, name in BOUNDS.items() if cleaned[name]}:
            found["timestamp"] = period
        advanced = cleaned["filter"]
        return {"AND": [found, advanced]} if found.keys() & advanced.keys() else found | advanced

    def states(self) -> list[str]:
        """Return the states to show: without a choice, what is active."""
        chosen = self.cleaned_data["state"] or Memory.State.ACTIVE
        return list(Memory.State.values) if chosen == ANY_STATE else [chosen]

    def query(self) -> QueryDict:
        """Return what was filled in as the shortest address that says it."""
        query = QueryDict(mutable=True)
        query.update({name: self.data[name] for name in self.fields if self.data.get(name, "").strip()})
        return query

    def filters_given(self) -> list[tuple[str, str, str]]:
        """Return name, label and value of each filter that is filled in."""
        given = [(name, str(value)) for name, value in self.query().items() if name != "q"]
        return [(name, str(self.fields[name].label), self._in_words(name, value)) for name, value in given]

    def _in_words(self, name: str, value: str) -> str:
        """Return what a choice is called; whatever else was filled in, as it is."""
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class SaveForm(forms.Form):
    """The name under which a search is kept."""

    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )


def address_of(saved: SavedFilter) -> QueryDict:
    """Return what ListForm takes to show a saved filter: fields as far as they can say it, the rest as JSON."""
    rest = dict(saved.filters)
    fields = {"q": saved.query, "state": saved.state}
    for name, key in SCOPE.items():
        if isinstance(rest.get(key), str) and rest[key].strip() == rest[key]:
            fields[name] = rest.pop(key)
    only = rest.get("categories")
    if isinstance(only, dict) and only.keys() == {"in"} and len(only["in"]) == 1:
        fields["category"] = rest.pop("categories")["in"][0]
    if isinstance(rest.get("layer"), str):
        fields["layer"] = rest.pop("layer")
    if isinstance(rest.get("pinned"), bool):
        fields["pinned"] = "yes" if rest.pop("pinned") else "no"
    period = rest.get("timestamp")
    if isinstance(period, dict) and period.keys() <= BOUNDS.keys() and all(map(_is_day, period.values())):
        fields |= {BOUNDS[operator]: day for operator, day in rest.pop("timestamp").items()}
    fields["filter"] = json.dumps(rest, ensure_ascii=False) if rest else ""
    query = QueryDict(mutable=True)
    query.update({name: fields[name] for name in ListForm.base_fields if fields.get(name)})
    return query


def _is_day(text: Any) -> bool:
    return isinstance(text, str) and len(text) == len("2026-01-01") and parse_date(text) is not None


class MemoryForm(forms.Form):
    """A correction of a memory, with the version it starts from."""

    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}))
    categories = forms.CharField(label=_("Categories"), required=False, help_text=_("Separated by commas."))
    expiration_date = IsoDateField(
        label=_("Last day"), help_text=_("After this day it is not recalled. Empty: it stays.")
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, help_text=_("Shown in the memory’s history.")
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @classmethod
    def of(cls, memory: Memory) -> MemoryForm:
        """Return the form as it is first shown."""
        return cls(
            initial={
                "text": memory.text,
                "categories": ", ".join(memory.categories),
                "expiration_date": memory.expiration_date,
                "version": memory.version,
            }
        )

    def clean(self) -> dict[str, Any]:
        """Say it where people look when the hidden version is missing."""
        if "version" in self.errors:
            self.add_error(None, _("This page is out of date. Open the memory again."))
        return self.cleaned_data

    def clean_text(self) -> str:
        """Undo the line ends of HTTP, which would pass for a change."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean_categories(self) -> list[str]:
        """Return the categories, each once, in the order given."""
        names = _split(self.cleaned_data["categories"])
        if any(len(name) > MAX_CATEGORY_LENGTH for name in names):
            raise forms.ValidationError(
                _("A category has at most %(limit)s characters."), params={"limit": MAX_CATEGORY_LENGTH}
            )
        return names

    def revision(self, memory: Memory) -> Revision:
        """Return the change that the form describes: what it shows is what the memory shall be."""
        day, categories = self.cleaned_data["expiration_date"], self.cleaned_data["categories"]
        # An app's category may hold a comma: left alone, it must not fall apart.
        untouched = categories == _split(", ".join(memory.categories))
        return Revision(
            text=self.cleaned_data["text"],
            categories=None if untouched else categories,
            expiration_date=day,
            clear_expiration=day is None,
        )


def _split(categories: str) -> list[str]:
    return list(dict.fromkeys(name for part in _COMMA.split(categories) if (name := part.strip())))
