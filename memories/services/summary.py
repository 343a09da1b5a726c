"""What is remembered, in short: by a language model, or counted and quoted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from memories.derivation.summaries import summarize
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.providers import CONSOLIDATION, get_chat
from memories.services.facts import facts_of
from memories.services.jobs import release_connection

QUOTED = 5
WITHOUT_MODEL = "digest"


@dataclass(frozen=True, slots=True)
class Summary:
    """The text and who wrote it, with what anybody can check: counts, the newest, the best supported."""

    text: str
    maker: str
    total: int
    used: int
    categories: dict[str, int]
    recent: list[Memory]
    supported: list[Memory]


def summary_of(memories: MemoryQuerySet) -> Summary:
    """Return a summary of `memories`; raise ProviderError if the language model fails."""
    total = memories.count()
    recent = list(memories.with_scope().order_by("-said_at", "-pk")[:QUOTED])
    evidence = memories.with_scope().annotate(evidence=Count("sources")).filter(evidence__gt=1)
    supported = list(evidence.order_by("-evidence", "-said_at", "-pk")[:QUOTED])
    named = Counter(name for names in memories.values_list("categories", flat=True) for name in names)
    categories = dict(named.most_common())
    chat = get_chat(CONSOLIDATION)
    if chat is None or not total:
        text, maker, used = _digest(total, categories, recent), WITHOUT_MODEL, total
    else:
        facts = facts_of(memories)
        release_connection()
        (text, used), maker = summarize(facts, chat=chat), chat.name
    return Summary(text, maker, total, used, categories, recent, supported)


def _digest(total: int, categories: dict[str, int], recent: list[Memory]) -> str:
    """Return the counts in one sentence and the newest statements word for word."""
    if not total:
        return "Nothing is remembered here."
    counts = ", ".join(f"{name} ({count})" for name, count in categories.items())
    head = f"{total} {'memory' if total == 1 else 'memories'}{f': {counts}' if counts else ''}."
    return "\n".join([head, "Said last:", *(f"- {memory.text}" for memory in recent)])
