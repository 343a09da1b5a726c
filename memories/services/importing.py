"""Recording conversations from files, session by session, as an app would have sent them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from memories.samples.conversations import Session, iter_sessions
from memories.services.record import Conversation, Said


def conversations(
    sample: Mapping[str, Any], *, end_user: str, app: str = "", infer: bool = True
) -> Iterator[Conversation]:
    """Yield the sessions of a LoCoMo-format sample: one end user, one run per session, the session's own date.

    The import key is made of the session's place and content: recording it again changes nothing, recording
    a session that has grown adds it anew. Raises ValueError, naming the session, when the sample is malformed.
    """
    for session in iter_sessions(dict(sample)):
        run = f"{end_user}/session-{session.number}"
        entities = {"user_id": end_user, "run_id": run, "app_id": app}
        yield Conversation(
            said=[
                Said(role=turn.role, text=turn.text, speaker=turn.speaker, external_id=turn.dia_id)
                for turn in session.turns
            ],
            entities=entities,
            said_at=session.started_at,
            infer=infer,
            options={"metadata": {"session": session.number}},
            import_key=f"{run}/{'infer' if infer else 'verbatim'}/{_fingerprint(session)}",
        )


def _fingerprint(session: Session) -> str:
    told = "\n".join(f"{turn.dia_id}\t{turn.role}\t{turn.speaker}\t{turn.text}" for turn in session.turns)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
