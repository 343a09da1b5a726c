"""What a project withholds for privacy, applied to what is about to be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accounts.models import Project
from memories.models import Run
from memories.privacy.kinds import DEFAULTS, INCOGNITO, REFUSE
from memories.privacy.screening import Policy, Withheld

if TYPE_CHECKING:
    from memories.services.record import Conversation
    from memories.services.revise import Revision

NOTHING_KEPT = "Incognito: nothing of what was said is kept."


class PrivacyRefused(Exception):
    """The words hold what the project refuses to keep; `kinds` says what, and nothing was changed."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds = tuple(dict.fromkeys(kinds))
        named = ", ".join(kind.replace("_", " ") for kind in self.kinds)
        super().__init__(f"This project refuses to keep this: {named}. Nothing was changed.")


def policy_of(project: Project) -> dict[str, str]:
    """Return what `project` does with each kind."""
    return {**DEFAULTS, **project.privacy}


def stored_policy(actions: Mapping[str, str]) -> dict[str, str]:
    """Return what of `actions` differs from the defaults, which is what a project keeps."""
    return {kind: action for kind, action in actions.items() if DEFAULTS[kind] != action}


def screen_conversation(project: Project, conversation: Conversation) -> tuple[Conversation, Withheld]:
    """Return the conversation as it may be stored, turns and metadata, and what was withheld of it."""
    policy = Policy.of(project.privacy)
    withheld: Withheld = Counter()
    said = []
    for turn in conversation.said:
        screened = policy.screen(turn.text)
        withheld += screened.withheld
        said.append(replace(turn, text=screened.text) if screened.withheld else turn)
    options = dict(conversation.options)
    if metadata := options.get("metadata"):
        options["metadata"], more = policy.screen_value(metadata)
        withheld += more
    return (replace(conversation, said=said, options=options) if withheld else conversation), withheld


def screen_revision(project: Project, revision: Revision) -> tuple[Revision, Withheld]:
    """Return the change as it may be made, and what was withheld of it; raise PrivacyRefused."""
    policy = Policy.of(project.privacy)
    text = policy.screen(revision.text or "")
    metadata, withheld = policy.screen_value(dict(revision.metadata or {}))
    withheld += text.withheld
    if not withheld:
        return revision, withheld
    if refused := [kind for kind, action in withheld if action == REFUSE]:
        raise PrivacyRefused(refused)
    return replace(
        revision,
        text=None if revision.text is None else text.text,
        metadata=None if revision.metadata is None else metadata,
    ), withheld


def screen_text(project: Project, text: str) -> str:
    """Return `text` as it may be kept."""
    return Policy.of(project.privacy).screen(text).text


def screen_metadata(project: Project, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return `metadata` with every value as it may be kept."""
    screened: dict[str, Any] = Policy.of(project.privacy).screen_value(metadata)[0]
    return screened


def is_incognito(project: Project, conversation: Conversation) -> bool:
    """Tell whether the call, or the run that it belongs to, asks that nothing be kept."""
    if conversation.incognito:
        return True
    name = conversation.entities.get("run_id")
    run = Run.objects.in_project(project).filter(name=name).first() if name else None
    return isinstance(run, Run) and run.incognito


def nothing_kept(turns: int) -> dict[str, Any]:
    """Return what an event of an incognito conversation tells: how many turns there were."""
    return {
        "notes": [NOTHING_KEPT],
        "withheld": [{"kind": INCOGNITO, "action": REFUSE, "count": turns}],
    }


def note_of(withheld: Withheld) -> str:
    """Return in words, for a memory's history, what was masked."""
    counts = sorted((kind.replace("_", " "), count) for (kind, _action), count in withheld.items())
    return "; ".join(f"{count} × {kind} masked" for kind, count in counts)
