"""How good a ranking is, given what should be in it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

_TURN = re.compile(r"D\d+:\d+")


def evidence_ids(evidence: object) -> list[str]:
    """Return the turns that `evidence` names. LoCoMo's has typing errors: "D8:6; D9:17", "D:11:26"."""
    parts = evidence if isinstance(evidence, list) else [evidence]
    return list(dict.fromkeys(found for part in parts for found in _TURN.findall(str(part))))


def recall_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return the share of `relevant` among the first `k`."""
    return len(set(ranking[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / rank of the first relevant one, 0 if there is none."""
    return next((1 / rank for rank, one in enumerate(ranking, start=1) if one in relevant), 0.0)


def ndcg_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return the discounted gain of the first `k` as a share of the best possible one."""
    gain = sum(1 / math.log2(rank + 1) for rank, one in enumerate(ranking[:k], start=1) if one in relevant)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))
    return gain / best
