"""What a call of `add` asks of ingestion, as the event keeps it under `options`.

metadata, expiration_date (ISO), immutable, layer; custom_categories ([{name: description}]); timezone (IANA name);
custom_instructions, agent_custom_instructions, includes, excludes (plain language).
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from memories.models import Event

# Only a language model can follow these.
NEEDS_A_READER = ("custom_instructions", "agent_custom_instructions", "custom_categories")
# These keep something out: stored all the same, it would be there against the app's word.
NEEDS_OBEDIENCE = ("includes", "excludes")


def local(moment: datetime, event: Event) -> datetime:
    """Return `moment` by the clock of the people who spoke, if the call told their time zone."""
    zone: tzinfo | None = ZoneInfo(name) if (name := event.options.get("timezone")) else None
    return moment.astimezone(zone) if zone else moment
