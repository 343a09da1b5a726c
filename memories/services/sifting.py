"""What of an event's statements may be remembered at all, and what a person is asked about first."""

from __future__ import annotations

from collections.abc import Callable

from memories.extraction.types import Refusal, Statement
from memories.ingestion.work import Ingestion
from memories.models import Memory
from memories.services.policy import Outcome, policy_for
from memories.services.suppressing import withhold

REJECTED = "the review policy rejects it"


def sift(work: Ingestion, would_be: Callable[[Statement], Memory]) -> set[int]:
    """Take out of `work` what is suppressed or rejected, and return the indices of what awaits review.

    The policy judges each statement as the memory that it would be. What is taken out is noted among the refusals;
    what awaits review may become a pending memory, and must change no other.
    """
    withhold(work)
    policy = policy_for(work.event)
    if not policy.rules:
        return set()
    outcomes = [policy.decide(would_be(statement)) for statement in work.statements]
    kept = []
    for statement, vector, outcome in zip(work.statements, work.vectors, outcomes, strict=True):
        if outcome == Outcome.REJECT:
            work.refusals.append(Refusal(text=statement.text, reason=REJECTED))
        else:
            kept.append((statement, vector, outcome))
    work.statements = [statement for statement, _, _ in kept]
    work.vectors = [vector for _, vector, _ in kept]
    return {index for index, (_, _, outcome) in enumerate(kept) if outcome == Outcome.REVIEW}
