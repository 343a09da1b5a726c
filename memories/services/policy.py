"""What a project's review policy says of a statement: remember it, ask a person, or leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from accounts.prepared import AnyInProject
from memories.models import Event, Memory, ReviewRule, SourceTrust
from memories.models.review import Trust

Outcome = ReviewRule.Outcome
_any_rule = AnyInProject(ReviewRule)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for the statements of one event, in the order in which they are tried, and how far it is trusted."""

    rules: Sequence[ReviewRule]
    trust: Trust = Trust.ORDINARY

    def decide(self, memory: Memory) -> Outcome:
        """Return what becomes of a statement, as the memory that it would be."""
        return next((Outcome(rule.outcome) for rule in self.rules if _fits(rule, memory, self.trust)), Outcome.ACCEPT)


def policy_for(event: Event) -> Policy:
    """Return the policy for what `event` brings: its app's rules, then the project's."""
    if not _any_rule(project=event.project_id):
        return Policy(())
    mine = ReviewRule.objects.filter(Q(app=event.app_id) | Q(app=None), project=event.project_id)
    # The app's own rules come first.
    rules = list(mine.order_by(F("app_id").asc(nulls_last=True), "position", "pk"))
    needs_trust = any(rule.trust_at_most is not None for rule in rules)
    return Policy(rules, _trust(event) if needs_trust else Trust.ORDINARY)


def _trust(event: Event) -> Trust:
    """Return the lowest of what is set for the event's app, agent and key."""
    named = Q(pk__in=[])
    for name in ("app", "agent", "api_key"):
        if (pk := getattr(event, f"{name}_id")) is not None:
            named |= Q(**{name: pk})
    levels = SourceTrust.objects.filter(named, project=event.project_id).values_list("level", flat=True)
    return Trust(min(levels, default=Trust.ORDINARY))


def _fits(rule: ReviewRule, memory: Memory, trust: Trust) -> bool:
    return (
        (rule.confidence_below is None or memory.confidence < rule.confidence_below)
        and (not rule.categories or not set(rule.categories).isdisjoint(memory.categories))
        and (not rule.kinds or memory.kind in rule.kinds)
        and (not rule.layers or memory.layer in rule.layers)
        and (rule.trust_at_most is None or trust <= rule.trust_at_most)
    )
