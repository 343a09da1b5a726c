"""One answer out of those to several queries that mean the same, or parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memories.recall.types import Hit, Recall


def combined(recalls: Sequence[Recall], limit: int) -> Recall:
    """Return the best `limit` hits of `recalls`, each of which has its own best `limit`; a memory by its best score.

    A part of a question is answered by a memory that says nothing of the other parts, so the best counts, not the
    mean; and the score remains one that is explained by its signals. How the first query is understood stays.
    """
    first, *others = recalls
    if not others:
        return first
    best: dict[str, Hit] = {}
    for hit in (hit for recall in recalls for hit in recall.hits):
        kept = best.get(str(hit.memory.id))
        if kept is None or hit.score > kept.score:
            best[str(hit.memory.id)] = hit
    # Of equal scores the older memory comes first.
    hits = sorted(best.values(), key=lambda hit: (-hit.score, str(hit.memory.id)))
    warnings = dict.fromkeys(warning for recall in recalls for warning in recall.warnings)
    queries = [query for recall in recalls for query in recall.queries]
    return replace(first, hits=hits[:limit], warnings=list(warnings), queries=queries)
