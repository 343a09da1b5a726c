"""What people fill in about a webhook."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from memories.models import Webhook
from memories.models.webhook import EventType
from memories.services.webhooks.setup import MOST_PER_PROJECT, WebhookRefused


class WebhookForm(forms.Form):
    """What a webhook is called, where it is, and what it is told of."""

    name = forms.CharField(
        label=_("Name"),
        max_length=Webhook._meta.get_field("name").max_length,
        help_text=_("For example the app that listens there."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    # A text, for the service says better than a browser what is wrong with an address.
    url = forms.CharField(
        label=_("Address"),
        max_length=Webhook._meta.get_field("url").max_length,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    event_types = forms.MultipleChoiceField(
        label=_("Told when"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookForm:
        """Return the form as it is first shown for a webhook that there is."""
        return cls(initial={"name": webhook.name, "url": webhook.url, "event_types": webhook.event_types})

    def refuse(self, error: WebhookRefused) -> None:
        """Say in the reader's language what the service did not like."""
        if error.field == "url":
            reason = _(
                "This address can’t be told: it must begin with https:// or http://, hold no password, and not lead"
                " into a private network, unless the operator allows that."
            )
            self.add_error("url", reason)
        else:
            limit = _("A project has at most %(limit)s webhooks. Delete one first.")
            self.add_error(None, forms.ValidationError(limit, params={"limit": MOST_PER_PROJECT}))
