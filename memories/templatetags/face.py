"""The small words of our templates: icons, times, form controls, messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.defaultfilters import floatformat
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from memories.models.job import OUT_OF_BUDGET

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

UNDO = "undo:"
# No eval and no inline style, as the CSP demands. Pages hold people's memories, so none is kept in the
# browser's storage. A form that is refused answers 422 and is shown like any other answer.
HTMX_CONFIG = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}
ALERTS = {
    constants.SUCCESS: ("success", "circle-check"),
    constants.WARNING: ("warning", "alert-triangle"),
    constants.ERROR: ("danger", "alert-circle"),
}
CONTROLS: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
]
# What a person can do about a job's error code; codes are the names of providers' errors.
HINTS: dict[str, StrPromise] = {
    OUT_OF_BUDGET: _(
        "The project’s budget for language models is used up. What was sent is kept, and read when the budget is "
        "raised or renewed."
    ),
    "ProviderTimeout": _("The model took too long. Retry, or allow it more time."),
    "ProviderUnavailable": _("Check that the model’s server runs and that its address is right, then retry."),
    "ProviderRateLimited": _("The provider wants fewer calls. Retry in a few minutes."),
    "ProviderRejected": _("Check the model’s key, name and address in the settings, restart, then retry."),
    "ProviderRefused": _("The model will not read this text. The messages are kept; another model may read them."),
    "NothingRead": _("Mend what is named, for example set a vision model, then retry."),
    "ProviderInvalidOutput": _("The model’s answer was of no use. Retry, or use a model that keeps to a JSON schema."),
}
# What models are asked for; another purpose goes by its own name.
PURPOSES: dict[str, StrPromise] = {
    "extraction": _("Reading conversations"),
    "vision": _("Describing images"),
    "embedding": _("Indexing"),
    "export": _("Exports"),
    "profile": _("Profiles"),
    "summary": _("Summaries"),
    "instructions": _("Writing instructions"),
    "rerank": _("Reranking"),
    "rewriting": _("Rewriting queries"),
}
HINT = _("Retry it; if it fails again, the server’s log has the details.")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon of static/icons.svg; without a label it is decoration, and screen readers pass over it."""
    url = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, url)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', url)


@register.simple_tag
def moment(when: datetime | None) -> SafeString | str:
    """Return a time in UTC, which memoryhub.js rewrites to the reader's own zone; a dash for none."""
    if when is None:
        return "–"
    utc = when.astimezone(UTC)
    text = f"{utc:%Y-%m-%d %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", text, text)


@register.simple_tag
def htmx_config() -> str:
    """Return htmx's settings as the content of its meta tag."""
    return json.dumps(HTMX_CONFIG)


@register.filter
def control(field: forms.BoundField) -> SafeString:
    """Return the form field's control, dressed for the page; an invalid one is marked."""
    css = next(css for widget, css in CONTROLS if isinstance(field.field.widget, widget))
    invalid = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": css + invalid})


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Tell whether the label belongs behind the control."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def alert_kind(message: Message) -> str:
    """Return the colour of a message."""
    return ALERTS.get(message.level, ("info", ""))[0]


@register.filter
def alert_icon(message: Message) -> str:
    """Return the icon of a message."""
    return ALERTS.get(message.level, ("", "info-circle"))[1]


@register.filter
def undo_url(message: Message) -> str:
    """Return where to post to undo what the message reports, or ""."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(UNDO) for tag in tags if tag.startswith(UNDO)), "")


@register.filter
def seconds(milliseconds: Any) -> str:
    """Return a duration in seconds, as precise as it matters; "" for none."""
    if milliseconds is None:
        return ""
    value = milliseconds / 1000
    if value < 100:
        return gettext("%(number)s s") % {"number": f"{value:.1f}"}
    return gettext("%(number)s min") % {"number": f"{value / 60:.0f}"}


@register.filter
def is_text(value: Any) -> bool:
    """Tell whether a value is words."""
    return isinstance(value, str)


@register.filter(name="json")
def as_json(value: Any) -> str:
    """Return a value as the API takes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def money(amount: Decimal | None) -> str:
    """Return an amount as precise as it matters: calls cost fractions of a cent. A dash where it isn't known."""
    return "–" if amount is None else floatformat(amount, "2g" if amount >= 1 else "6g")


@register.filter
def purpose(name: str) -> str:
    """Return what a model was asked for, in words."""
    return str(PURPOSES.get(name, name))


@register.filter
def hint(error_code: str) -> str:
    """Return what a person can do about a job's error."""
    return str(HINTS.get(error_code, HINT))
