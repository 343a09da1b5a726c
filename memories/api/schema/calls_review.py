"""The calls about review. They all take a key that may administer: to others, what waits is not there yet."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api.review import inbox
from memories.api.review import serializers as taken
from memories.api.schema import answers, answers_review
from memories.api.schema.example_values import SOME_ID
from memories.api.schema.told import PAGE, example

WHOSE = [*PAGE, taken.WhoseSerializer]

extend_schema_view(
    get=extend_schema(
        summary="List what awaits review",
        description="Returns a page of memories that the policy wants a person to look at, newest first.",
        parameters=WHOSE,
        responses=answers_review.WaitingPage,
    )
)(inbox.WaitingView)

extend_schema_view(
    post=extend_schema(
        summary="Decide on what awaits review",
        description=(
            "Carries out every decision or none: `approve`, with `text` as edited; `merge` into `other_id`, which "
            "gets the evidence; `supersede` `other_id`, which then holds no longer; `reject`; or `suppress`, which "
            "rejects and lets nothing be remembered again that says the same. 409 if a memory no longer awaits "
            "review; only `suppress` takes others, too."
        ),
        request=taken.DecisionsSerializer,
        responses={200: answers.CountAnswer, 404: None},
        examples=example({"decisions": [{"memory_id": SOME_ID, "verdict": "suppress"}]}),
    )
)(inbox.DecisionsView)

extend_schema_view(
    get=extend_schema(
        summary="Read the review policy",
        description="The first rule that fits a statement decides; one that fits none is remembered.",
        responses=answers_review.PolicyAnswer,
    ),
    put=extend_schema(
        summary="Replace the review policy",
        description=(
            "Rules are tried in order, those of the statement's app first. A source that isn't named is trusted "
            "ordinarily; of a statement's app, agent and key the least trusted counts."
        ),
        request=taken.PolicySerializer,
        responses={200: answers_review.PolicyAnswer},
        examples=example(
            {
                "rules": [
                    {"outcome": "reject", "confidence_below": 0.3},
                    {"outcome": "review", "categories": ["health"], "trust_at_most": "low"},
                ],
                "trust": [{"source": "app", "id": "playground", "level": "low"}],
            }
        ),
    ),
)(inbox.PolicyView)

extend_schema_view(
    get=extend_schema(
        summary="List what is never remembered again",
        description="Returns a page of it, newest first.",
        parameters=WHOSE,
        responses=answers_review.SuppressionPage,
    )
)(inbox.SuppressionsView)

extend_schema_view(
    delete=extend_schema(
        summary="Lift a suppression",
        description="It may be remembered again when it is next said; what was refused stays refused.",
        request=None,
        responses={200: answers.MessageAnswer},
    )
)(inbox.SuppressionView)
