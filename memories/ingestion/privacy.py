"""The steps that keep secrets from language models, and from memories what a project doesn't want remembered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from memories.extraction.types import Refusal, Statement
from memories.ingestion.work import Ingestion
from memories.models import Attachment, Message
from memories.privacy.kinds import REFUSE, TOPIC
from memories.privacy.marks import is_refused, masked_secrets
from memories.privacy.screening import Policy
from memories.privacy.topics import named_topic, nearest_topic, parse_topics
from memories.providers import get_embedder

ABOUT_SECRET = "It holds a secret, which is not kept."  # noqa: S105 (a sentence)
REFUSED = "It holds what this project refuses to keep."
# A file can't be masked.
NOT_KEPT = "The file itself is not kept: it holds what this project withholds."
NO_CONTENT = {"content": None, "media_type": "", "size": 0, "sha256": ""}
ON_TOPIC = "It is about a topic that this project doesn't want remembered."


def redact(work: Ingestion) -> None:
    """Screen the messages' words and what was read in attachments, before any model that extracts sees them.

    Messages were screened before they were stored; this finds what attachments said, and what was stored before the
    project's policy was what it is. The rows are changed too; of an attachment only the masked words stay. Of a
    refused text nothing is left to extract.
    """
    if not work.stored:
        work.texts = ["" if is_refused(text) else text for text in work.texts]
        return
    policy = Policy.of(work.event.project.privacy)
    for message in work.messages:
        screened = policy.screen(message.text)
        if screened.withheld:
            message.text = screened.text
            work.withheld += screened.withheld
            Message.objects.filter(pk=message.pk).update(text=screened.text)
    for attachment in Attachment.objects.of_event(work.event.pk).without_content() if work.attached else ():
        screened = policy.screen(attachment.text)
        if screened.withheld:
            work.withheld += screened.withheld
            Attachment.objects.filter(pk=attachment.pk).update(text=screened.text, note=NOT_KEPT, **NO_CONTENT)
    for i, text in enumerate(work.texts):
        seen = policy.screen(text).text
        work.texts[i] = "" if is_refused(seen) else seen


def vet(work: Ingestion) -> None:
    """Screen what an extractor returned; a statement about a secret is refused, also when that is masked in it.

    Of what is kept verbatim, because the app asked for that, only the secret itself is missing.
    """
    if not work.stored:
        return  # the statements are the messages
    policy = Policy.of(work.event.project.privacy)
    kept: list[Statement] = []
    for statement in work.statements:
        screened = policy.screen(statement.text)
        work.withheld += screened.withheld
        if screened.refused:
            work.refusals.append(Refusal(text=screened.text, reason=REFUSED))
        elif work.event.infer and masked_secrets(screened.text):
            work.refusals.append(Refusal(text=screened.text, reason=ABOUT_SECRET))
        else:
            kept.append(replace(statement, text=screened.text))
    work.statements = kept
    work.refusals = [replace(refusal, text=policy.screen(refusal.text).text) for refusal in work.refusals]


def exclude_topics(work: Ingestion) -> None:
    """Refuse statements about the project's excluded topics; the refusal names the topic, not what was said."""
    topics = parse_topics(work.event.project.excluded_topics)
    if not topics or not work.statements:
        return
    names = _topic_vectors(work.embedder, tuple(topic.name for topic in topics))
    kept: list[tuple[Statement, list[float]]] = []
    for statement, vector in zip(work.statements, work.vectors, strict=True):
        if name := named_topic(statement.text, topics) or nearest_topic(vector, topics, names):
            work.withheld[TOPIC, REFUSE] += 1
            work.refusals.append(Refusal(text=f"[{name}]", reason=ON_TOPIC))
        else:
            kept.append((statement, vector))
    work.statements = [statement for statement, _vector in kept]
    work.vectors = [vector for _statement, vector in kept]


@lru_cache(maxsize=256)
def _topic_vectors(embedder: str, names: tuple[str, ...]) -> list[list[float]]:
    """Embed the topics' names; `embedder` is what the result depends on besides."""
    return get_embedder(embedder).embed(list(names))
