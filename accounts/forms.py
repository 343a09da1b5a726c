"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey


class KeyForm(forms.ModelForm[ApiKey]):
    """What a new API key is called and what it may do."""

    class Meta:
        model = ApiKey
        fields = ("name", "scope", "end_user_name")
        labels = {"scope": _("May do"), "end_user_name": _("Only this end user (optional)")}
        help_texts = {
            "name": _("For example the app that will use it."),
            "scope": _("Administer includes deleting end users with everything about them."),
            "end_user_name": _("The user_id that your app sends. Leave empty to reach everybody in the project."),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
