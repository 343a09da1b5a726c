"""The pages on which people decide what is remembered."""

from memories.pages.review.conflicts import review_conflict
from memories.pages.review.inbox import review_decide, review_detail, review_list
from memories.pages.review.policy import (
    review_policy,
    review_rule_create,
    review_rule_delete,
    review_rule_first,
    review_trust,
)
from memories.pages.review.suppressions import suppression_lift, suppression_list

__all__ = [
    "review_conflict",
    "review_decide",
    "review_detail",
    "review_list",
    "review_policy",
    "review_rule_create",
    "review_rule_delete",
    "review_rule_first",
    "review_trust",
    "suppression_lift",
    "suppression_list",
]
