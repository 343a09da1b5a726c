"""Forms of the account pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiKey, Project
from accounts.models.tenancy import Role

CATEGORY_LENGTH = 100
# A colon as English, Japanese and Chinese keyboards write it.
_COLON = re.compile("[:：]")


class KeyForm(forms.ModelForm[ApiKey]):
    """What a new API key is called and what it may do."""

    class Meta:
        model = ApiKey
        fields = ("name", "scope", "end_user_name")
        labels = {"scope": _("May do"), "end_user_name": _("Only this end user (optional)")}
        help_texts = {
            "name": _("For example the app that will use it."),
            "scope": _(
                "Administer includes deleting end users with everything about them, and what its maker may do to "
                "settings and members: of this project, or from the default project of the whole organization."
            ),
            "end_user_name": _("The user_id that your app sends. Leave empty to reach everybody in the project."),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}


class LinesField(forms.CharField):
    """A text of several lines, without the line ends of HTTP, which would pass for a change."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(required=False, widget=widget, max_length=20_000, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class ProjectForm(forms.Form):
    """What a project is called."""

    name = forms.CharField(
        label=pgettext_lazy("project", "Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = LinesField(label=_("Description"), rows=2)


class SettingsForm(ProjectForm):
    """A project's settings; those for extraction are what a language model is told."""

    usecase = forms.CharField(
        label=_("What the app is for"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    custom_instructions = LinesField(
        label=_("Instructions"),
        rows=4,
        help_text=_("In plain words, for example: keep only what concerns the course."),
    )
    agent_custom_instructions = LinesField(
        label=_("Instructions for agents"),
        rows=2,
        help_text=_("For conversations with an agent_id and no user_id; empty: the instructions above."),
    )
    inclusion_prompt = LinesField(label=_("Always remember"), rows=2)
    exclusion_prompt = LinesField(label=_("Never remember"), rows=2)
    memory_depth = forms.CharField(
        label=_("Level of detail"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    categories = LinesField(
        label=_("Categories"),
        rows=4,
        help_text=_("One per line, as “name: what belongs in it”. Empty: the default categories."),
    )

    @classmethod
    def of(cls, project: Project, data: Any = None) -> SettingsForm:
        """Return the form for `project`: as it is, or as somebody wants it to be."""
        initial = {name: getattr(project, name, None) for name in cls.base_fields}
        lines = [f"{name}: {text}" if text else name for name, text in project.categories().items()]
        return cls(data, initial={**initial, "categories": "\n".join(lines)})

    def clean_categories(self) -> list[dict[str, str]]:
        """Return the categories as a project keeps them."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["categories"].splitlines())):
            name, *text = (part.strip() for part in _COLON.split(line, maxsplit=1))
            if not 0 < len(name) <= CATEGORY_LENGTH:
                raise forms.ValidationError(
                    _("The name of a category has 1 to %(limit)s characters."), params={"limit": CATEGORY_LENGTH}
                )
            found.append({name: text[0] if text else ""})
        return found

    def changes(self) -> dict[str, Any]:
        """Return the fields of Project that were changed: what an app has set otherwise stays as it is."""
        fields = {"categories": "custom_categories"}
        return {fields.get(name, name): self.cleaned_data[name] for name in self.changed_data}


class DeleteForm(forms.Form):
    """The project's name, typed by hand, so that nothing is deleted by a slip."""

    typed = forms.CharField(
        label=_("Type the project’s name to delete it"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data)
        self.project = project

    def clean_typed(self) -> str:
        """Compare."""
        typed: str = self.cleaned_data["typed"]
        if typed != self.project.name.strip():
            raise forms.ValidationError(_("This is not the project’s name. Nothing was deleted."))
        return typed


class MemberForm(forms.Form):
    """Who joins, as what, and where."""

    REACH = (("organization", _("All projects of the organization")), ("project", _("Only this project")))

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("They need an account here first."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)
    reach = forms.ChoiceField(label=_("May enter"), choices=REACH)

    def __init__(self, reaches: list[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["reach"].choices = [(name, label) for name, label in self.REACH if name in reaches]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=Role.choices)
