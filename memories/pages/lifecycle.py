"""How long a project's memories last, and what is done with them over time."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.forms import CATEGORY_LENGTH, LinesField
from accounts.middleware import PageRequest
from accounts.models import Project
from accounts.pages.settings import Page, project_in_reach, settings_page
from memories.lifecycle import MOST_CAPACITY, MOST_CATEGORIES, MOST_DAYS, MOST_HEAT, lifecycle_of, stored_lifecycle
from memories.models.stated import Layer

# The days are behind the last colon, as English, Japanese and Chinese keyboards write it.
_DAYS = re.compile(r"(?P<name>.*\S)\s*[:：]\s*(?P<days>\d{1,5})\s*\Z")


def _number(label: Any, *, least: float, most: float, help_text: Any = "") -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


class LifecycleForm(forms.Form):
    """The settings, those of a layer as `days_session` and so on."""

    category_days = LinesField(
        label=_("Days by category"),
        rows=4,
        help_text=_("One per line, as “name: days”. A category’s days go before its layer’s; the fewest count."),
    )
    capacity = forms.IntegerField(
        label=_("Most memories of a person"),
        min_value=0,
        max_value=MOST_CAPACITY,
        help_text=_(
            "0 for no limit. Of a person who has more, what says the same is merged, then the coolest archived."
        ),
    )
    promotion_heat = _number(
        _("Heat at which a session memory lasts"),
        least=0,
        most=MOST_HEAT,
        help_text=_(
            "Heat is the number of searches that returned a memory, plus the messages it rests on, plus up to one for "
            "how lately. Promoted is what is still asked for a day later. 0: nothing is."
        ),
    )
    decay = forms.BooleanField(label=_("Rank lower what nobody has asked for in a while"), required=False)
    half_life_days = _number(
        _("Half-life in days"),
        least=1,
        most=MOST_DAYS,
        help_text=_("After so many days half of a memory’s freshness is left; longer the more often it was recalled."),
    )
    combine_layers = forms.BooleanField(
        label=_("Searches that name a run also find what lasts of the person, and what holds for all"), required=False
    )

    def __init__(self, project: Project, data: Any = None) -> None:
        settings = lifecycle_of(project)
        lines = [f"{name}: {days}" for name, days in settings.category_days.items()]
        initial = settings.as_dict() | {"decay": project.decay, "category_days": "\n".join(lines)}
        initial |= {name: f"{initial[name]:g}" for name in ("promotion_heat", "half_life_days")}
        initial |= {f"days_{layer}": days for layer, days in settings.layer_days.items()}
        super().__init__(data, initial=initial)
        for layer in Layer:
            self.fields[f"days_{layer}"] = forms.IntegerField(
                label=layer.label, required=False, min_value=1, max_value=MOST_DAYS
            )

    def layers(self) -> list[forms.BoundField]:
        """Return the fields of the layers' days."""
        return [self[f"days_{layer}"] for layer in Layer]

    def clean_category_days(self) -> dict[str, int]:
        """Return the days of each category that a line names."""
        found: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["category_days"].splitlines())):
            match = _DAYS.match(line)
            if not match or not 1 <= int(match["days"]) <= MOST_DAYS or len(match["name"]) > CATEGORY_LENGTH:
                raise forms.ValidationError(_("Write a line as “name: days”: %(line)s"), params={"line": line[:100]})
            found[match["name"]] = int(match["days"])
        if len(found) > MOST_CATEGORIES:
            raise forms.ValidationError(_("At most %(limit)s categories."), params={"limit": MOST_CATEGORIES})
        return found

    def changes(self) -> dict[str, Any]:
        """Return the fields of Project as the form wants them."""
        cleaned = self.cleaned_data
        kept = ("category_days", "capacity", "promotion_heat", "half_life_days", "combine_layers")
        days = {layer.value: found for layer in Layer if (found := cleaned[f"days_{layer}"])}
        settings = {"layer_days": days, **{name: cleaned[name] for name in kept}}
        return {"decay": cleaned["decay"], "lifecycle": stored_lifecycle(settings)}


@require_http_methods(["GET", "HEAD", "POST"])
def project_lifecycle(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show the settings, and change them for those who administer the project."""
    project = project_in_reach(request, project_id)
    form = LifecycleForm(project, request.POST if request.method == "POST" else None)
    saved = gettext("The settings are saved. They are applied within the hour.")
    here = Page("project_lifecycle", "projects/lifecycle.html", saved)
    return settings_page(request, project, form, here)
