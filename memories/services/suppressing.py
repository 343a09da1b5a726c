"""What a person never wants remembered again, in whatever words it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from accounts.models import AuditEntry
from accounts.prepared import AnyInProject
from memories.extraction.types import Refusal
from memories.ingestion.work import Ingestion
from memories.lexemes import is_unspaced, lexemes, query_lexemes
from memories.models import Memory, Suppression
from memories.services.changes import Actor, digest
from memories.services.erasure.fingerprints import fingerprint

SUPPRESSED = "suppressed"
_any_suppression = AnyInProject(Suppression)
# How alike two statements are when they say the same: (cosine, share of the shorter one's words that both have),
# either pair being enough. Found on pairs in English, Japanese and Chinese with the embedded model, whose cosines are
# higher for scripts without spaces; docs/quality.md has the figures.
ALIKE = ((0.84, 0.5), (0.7, 1.0))
ALIKE_UNSPACED = ((0.88, 0.4),)


def suppress(memory: Memory, *, embedder: str, embedding: Sequence[float], actor: Actor, reason: str = "") -> None:
    """Keep what the memory says from being remembered again; in the transaction that removes it."""
    suppression, created = Suppression.objects.get_or_create(
        project_id=memory.project_id,
        end_user_id=memory.end_user_id,
        digest=_digest(memory.text),
        defaults={
            "text": memory.text,
            "lexemes": query_lexemes(memory.text),
            "embedder": embedder,
            "embedding": embedding,
            "actor": actor.label,
            "reason": reason,
        },
    )
    if created:
        _audit(suppression, action="suppression.create", actor=actor)


def lift(suppression: Suppression, *, actor: Actor) -> None:
    """Let it be remembered again when it is next said."""
    _audit(suppression, action="suppression.lift", actor=actor)
    suppression.delete()


def seal(project_id: UUID, end_user_id: UUID | None, texts: Iterable[str]) -> None:
    """Take the words out of the end user's suppressions that say one of `texts`; they go on keeping it out.

    The same words are recognised by keyed hashes from then on, other words of the same meaning by the vector.
    """
    theirs = Suppression.objects.filter(project=project_id, end_user=end_user_id)
    for suppression in theirs.in_clear().filter(digest__in={_digest(text) for text in texts}):
        key = fingerprint(project_id, suppression.digest)
        if theirs.filter(digest=key).exists():
            suppression.delete()
            continue
        suppression.digest = key
        suppression.lexemes = sorted(fingerprint(project_id, lexeme) for lexeme in suppression.lexemes)
        suppression.text = suppression.reason = ""
        suppression.save(update_fields=["digest", "lexemes", "text", "reason"])


def withhold(work: Ingestion) -> None:
    """Take out of `work` what is suppressed for its end user, and note it among the refusals."""
    event = work.event
    if not work.statements or not _any_suppression(project=event.project_id):
        return
    known = list(Suppression.objects.filter(project=event.project_id, end_user=event.end_user_id))
    if not known:
        return
    kept = []
    for statement, vector in zip(work.statements, work.vectors, strict=True):
        if any(says_the_same(suppression, statement.text, work.embedder, vector) for suppression in known):
            work.refusals.append(Refusal(text=statement.text, reason=SUPPRESSED))
        else:
            kept.append((statement, vector))
    work.statements = [statement for statement, _ in kept]
    work.vectors = [vector for _, vector in kept]


def says_the_same(suppression: Suppression, text: str, embedder: str, vector: Sequence[float]) -> bool:
    """Tell whether `text` says what is suppressed: in the same words, or in others of the same meaning."""
    same, said, theirs = _digest(text), query_lexemes(text), set(suppression.lexemes)
    words = set(said)
    if suppression.is_sealed:
        same = fingerprint(suppression.project_id, same)
        words = {fingerprint(suppression.project_id, lexeme) for lexeme in said}
    if suppression.digest == same:
        return True
    shared = len(words & theirs) / max(1, min(len(words), len(theirs)))
    if embedder != suppression.embedder:
        # Vectors of two models have nothing in common.
        return shared == 1.0
    cosine = _cosine(vector, suppression.embedding)
    alike = ALIKE_UNSPACED if any(map(is_unspaced, said)) else ALIKE
    return any(cosine >= near and shared >= share for near, share in alike)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    import numpy as np  # heavy, and wanted by few

    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 0.0


def _digest(text: str) -> str:
    """Return a digest that upper case, punctuation and spaces don't change."""
    return digest(" ".join(lexemes(text)) or text)


def _audit(suppression: Suppression, *, action: str, actor: Actor) -> None:
    AuditEntry.objects.create(
        project_id=suppression.project_id,
        action=action,
        object_type="suppression",
        object_id=str(suppression.pk),
        actor=actor.label,
    )
