"""What people fill in to say how long a memory lasts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from memories.models import Memory
from memories.pages.forms import IsoDateField
from memories.services.revise import Revision


class LifeForm(forms.Form):
    """The layer, and the last day on which the memory is recalled."""

    layer = forms.ChoiceField(label=_("Layer"), choices=Memory.Layer.choices)
    expiration_date = IsoDateField(
        label=_("Last day"), help_text=_("After this day it is not recalled. Empty: it stays.")
    )

    @classmethod
    def of(cls, memory: Memory) -> LifeForm:
        """Return the form as it is first shown."""
        return cls(initial={"layer": memory.layer, "expiration_date": memory.expiration_date})

    def revision(self, memory: Memory) -> Revision:
        """Return the change that the form describes; a day that stays as it is, is none."""
        day = self.cleaned_data["expiration_date"]
        if day == memory.expiration_date:
            return Revision(layer=self.cleaned_data["layer"])
        return Revision(layer=self.cleaned_data["layer"], expiration_date=day, clear_expiration=day is None)
