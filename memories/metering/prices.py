"""What tokens cost: settings.MODEL_PRICES, as the operator's vendors ask."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

PER = 1_000_000


def cost_of(model: str, *, input_tokens: int, output_tokens: int) -> Decimal | None:
    """Return the price of a call in the table's currency; None if the table has none for this model.

    Vendors answer with dated names (`gpt-4.1-mini-2025-04-14`), so the longest entry that the name begins with counts.
    """
    known = [name for name in settings.MODEL_PRICES if model.startswith(name)]
    if not known:
        return None
    per_input, per_output = settings.MODEL_PRICES[max(known, key=len)]
    return Decimal(input_tokens * per_input + output_tokens * per_output) / PER
