"""What did it believe then? The memories of a project, or of one person, as of a day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PageRequest
from memories.models import EndUser
from memories.pages.forms import IsoDateField
from memories.pages.memories.scope import in_reach
from memories.services.past import believed

PAGE_SIZE = 50
MAX_NAMES = 200


class PastForm(forms.Form):
    """Which day, and of whom."""

    on = IsoDateField(label=_("What did it believe on"), help_text=_("The end of the day, in UTC."))
    end_user = forms.CharField(
        label=_("End user"),
        required=False,
        widget=forms.TextInput(
            attrs={
                "list": "end_user_names",
                "placeholder": _("Any"),
                "autocomplete": "off",
                "spellcheck": "false",
                "dir": "auto",
            }
        ),
    )

    def moment(self) -> datetime:
        """Return the end of the day; without one, now."""
        day = self.cleaned_data["on"]
        now = timezone.now()
        # The last day that datetime knows has no next.
        return min(now, datetime.combine(day, time.min, UTC) + timedelta(days=1)) if day and day < now.date() else now


@require_safe
def memory_as_of(request: PageRequest) -> HttpResponse:
    """Show what could be recalled on a day, as it was worded then."""
    form = PastForm(request.GET)
    names = EndUser.objects.for_principal(request.principal).in_project(request.project)
    context = {"form": form, "names": names.values_list("name", flat=True)[:MAX_NAMES]}
    if not form.is_valid():
        return render(request, "memories/as_of.html", context, status=422)
    memories = in_reach(request)
    if name := form.cleaned_data["end_user"]:
        memories = memories.filter(end_user__name=name)
    at = form.moment()
    page = Paginator(believed(memories=memories, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "memories/as_of.html", {**context, "page": page, "at": at})
