"""What people fill in to set the review policy."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Project
from memories.models import Agent, App, ReviewRule
from memories.models.review import Trust
from memories.models.stated import Kind, Layer

_COMMA = re.compile("[,，、]")
MAX_NAMES = 200


def boxes() -> forms.CheckboxSelectMultiple:
    """Return check boxes in our dress."""
    return forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})


class RuleForm(forms.Form):
    """One rule; what is left empty fits everything."""

    outcome = forms.ChoiceField(label=_("Then"), choices=ReviewRule.Outcome.choices, initial="review")
    app = forms.ModelChoiceField(
        label=_("App"), required=False, queryset=App.objects.none(), empty_label=_("Every app"), to_field_name="name"
    )
    confidence_below = forms.FloatField(
        label=_("Confidence below"),
        required=False,
        min_value=0,
        max_value=1,
        help_text=_("From 0 to 1."),
        widget=forms.NumberInput(attrs={"step": "0.05"}),
    )
    categories = forms.CharField(
        label=_("One of these categories"),
        required=False,
        help_text=_("Separated by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    kinds = forms.MultipleChoiceField(label=_("Kind"), required=False, choices=Kind.choices, widget=boxes())
    layers = forms.MultipleChoiceField(label=_("Layer"), required=False, choices=Layer.choices, widget=boxes())
    trust_at_most = forms.TypedChoiceField(
        label=_("Source trusted at most"),
        required=False,
        choices=[("", _("Any source")), *Trust.choices],
        coerce=int,
        empty_value=None,
    )

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data)
        self.fields["app"].queryset = App.objects.in_project(project).order_by("name")  # type: ignore[attr-defined]

    def clean_categories(self) -> list[str]:
        """Return the categories, each once."""
        parts = _COMMA.split(self.cleaned_data["categories"])
        names = list(dict.fromkeys(name for part in parts if (name := part.strip())))
        if any(len(name) > 100 for name in names):
            raise forms.ValidationError(_("A category has at most %(limit)s characters."), params={"limit": 100})
        return names


class TrustForm(forms.Form):
    """How far a source is trusted."""

    source = forms.ChoiceField(label=_("Source"))
    level = forms.TypedChoiceField(label=_("Trust"), choices=Trust.choices, coerce=int)

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data)
        groups: list[tuple[Any, str, Any]] = [
            (_("Apps"), "app", App.objects.in_project(project).order_by("name")),
            (_("Agents"), "agent", Agent.objects.in_project(project).order_by("name")),
            (_("API keys"), "api_key", ApiKey.objects.active().filter(project=project)),
        ]
        self.rows: dict[str, tuple[str, Any]] = {}
        choices = []
        for label, kind, found in groups:
            rows = {f"{kind}:{row.pk}": (kind, row) for row in found[:MAX_NAMES]}
            self.rows |= rows
            if rows:
                choices.append((label, [(value, str(row)) for value, (_kind, row) in rows.items()]))
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return the source as `set_trust` takes it."""
        kind, row = self.rows[self.cleaned_data["source"]]
        return {kind: row}
