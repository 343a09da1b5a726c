"""The names of kinds, actions and stores, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from memories.privacy import kinds

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ACTIONS: list[tuple[str, StrPromise]] = [
    (kinds.ALLOW, pgettext_lazy("privacy", "Keep")),
    (kinds.MASK, pgettext_lazy("privacy", "Mask")),
    (kinds.REFUSE, pgettext_lazy("privacy", "Refuse")),
]
KINDS: dict[str, StrPromise] = {
    kinds.PRIVATE_KEY: _("Private keys"),
    kinds.ACCESS_KEY: _("API keys and tokens"),
    kinds.PASSWORD: _("Passwords and PINs"),
    kinds.CARD_NUMBER: _("Card numbers"),
    kinds.BANK_ACCOUNT: _("Bank accounts (IBAN)"),
    kinds.NATIONAL_ID: _("National ids"),
    kinds.EMAIL: _("E-mail addresses"),
    kinds.PHONE: _("Phone numbers"),
    kinds.ADDRESS: _("Street addresses"),
    kinds.IP_ADDRESS: _("IP addresses"),
    kinds.BIRTH_DATE: _("Dates of birth"),
}
# What a job's page says of each action.
DONE: dict[str, StrPromise] = {kinds.MASK: _("masked"), kinds.REFUSE: _("refused")}


def withheld_in_words(withheld: list[dict[str, object]]) -> list[tuple[str, str, object]]:
    """Return what was withheld as the job's page shows it: of what, what was done, how often."""
    words = {**KINDS, kinds.INCOGNITO: _("Messages"), kinds.TOPIC: _("Statements about excluded topics")}
    done = {**DONE, kinds.INCOGNITO: _("not kept (incognito)")}
    return [
        (
            str(words.get(str(item["kind"]), item["kind"])),
            str(done.get(str(item["kind"]), done[str(item["action"])])),
            item["count"],
        )
        for item in withheld
    ]
