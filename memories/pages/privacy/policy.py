"""What a project keeps, masks or refuses, and the topics that it doesn't want remembered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.forms import LinesField
from accounts.middleware import PageRequest
from accounts.models import Project
from accounts.pages.settings import Page, project_in_reach, settings_page
from memories.pages.privacy.words import ACTIONS, KINDS
from memories.privacy import kinds
from memories.privacy.topics import parse_topics
from memories.services.privacy import policy_of, stored_policy


class PrivacyForm(forms.Form):
    """An action for each kind, and the excluded topics, one a line."""

    excluded_topics = LinesField(
        label=_("Excluded topics"),
        rows=4,
        help_text=_("One per line, as “name: words that belong to it, with commas between”."),
    )

    def __init__(self, project: Project, data: Any = None) -> None:
        topics = "\n".join(project.excluded_topics)
        super().__init__(data, initial={**policy_of(project), "excluded_topics": topics})
        for kind, label in KINDS.items():
            self.fields[kind] = forms.ChoiceField(label=label, choices=ACTIONS, required=False)

    def secrets(self) -> list[forms.BoundField]:
        """Return the fields of what lets others act as the person."""
        return [self[kind] for kind in kinds.SECRETS]

    def personal(self) -> list[forms.BoundField]:
        """Return the fields of what tells who and where a person is."""
        return [self[kind] for kind in kinds.PERSONAL]

    def clean_excluded_topics(self) -> list[str]:
        """Return the lines with a topic in them."""
        lines = [line.strip() for line in self.cleaned_data["excluded_topics"].splitlines() if line.strip()]
        if empty := [line for line in lines if not parse_topics([line])]:
            raise forms.ValidationError(_("This names no topic: %(line)s"), params={"line": empty[0]})
        return lines

    def changes(self) -> dict[str, Any]:
        """Return the fields of Project as the form wants them."""
        actions = {kind: self.cleaned_data[kind] or kinds.DEFAULTS[kind] for kind in kinds.KINDS}
        return {"privacy": stored_policy(actions), "excluded_topics": self.cleaned_data["excluded_topics"]}


@require_http_methods(["GET", "HEAD", "POST"])
def project_privacy(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Show what a project withholds, and change it for those who administer it."""
    project = project_in_reach(request, project_id)
    form = PrivacyForm(project, request.POST if request.method == "POST" else None)
    saved = gettext("The settings are saved. They apply to what is written from now on.")
    here = Page("project_privacy", "privacy/policy.html", saved)
    return settings_page(request, project, form, here)
