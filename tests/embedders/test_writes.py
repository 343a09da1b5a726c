"""Whatever writes a memory's words while its project changes its embedder writes both vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from memories.models import Memory
from memories.providers import get_embedder
from memories.services.changes import Actor
from memories.services.embedders.asking import ask
from memories.services.ingest import ingest
from memories.services.review import Decision, Verdict, decide, similar
from memories.services.revise import Revision, revise
from memories.services.rollbacks import Source, request_rollback
from tests.conftest import Remember
from tests.core.test_ingest import tell
from tests.embedders.switching import ME, fresh, sizes
from tests.extraction.replies import statements_of_users
from tests.providers.wire import OpenAIWire

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(remember: Remember, configure: Callable[..., OpenAIWire], alice_project: Project) -> Memory:
    """A memory from before, in a project that changes."""
    memory = remember("I keep bees on the roof")
    configure()
    ask(project=alice_project, requester="alice")
    return memory


def test_a_conversation_that_is_read(memory: Memory, alice: User) -> None:
    event = tell(alice, "I sold my old car to a friend.")
    ingest(event.pk)
    assert sizes(Memory.objects.get(sources__event=event)) == [64, 384]


def test_a_reader_that_takes_its_time_ends_with_what_the_project_uses_then(
    memory: Memory, alice: User, alice_project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIWire() as reader:
        options = {"base_url": reader.url, "api_key": "sk-test", "model": "reader"}
        chat = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat}

        def refreshed(project: Project, **how: Any) -> None:
            """By the time the reader has answered, the project is switched."""
            assert reader.chats
            Project.objects.filter(pk=alice_project.pk).update(embedder="wire", next_embedder="")
            refresh(project, **how)

        refresh = Project.refresh_from_db
        monkeypatch.setattr(Project, "refresh_from_db", refreshed)
        reader.reply_with(statements_of_users)
        event = tell(alice, "I sold my old car to a friend.")
        ingest(event.pk)
    assert sizes(Memory.objects.get(sources__event=event)) == [64]


def test_a_decision_and_its_neighbours(memory: Memory, remember: Remember, alice_project: Project) -> None:
    waiting = remember("I keep hens in the yard", project=fresh(alice_project))
    Memory.objects.filter(pk=waiting.pk).update(state=Memory.State.PENDING)
    waiting = Memory.objects.get(pk=waiting.pk)
    assert similar(waiting, Memory.objects.all()) == [memory], "compared by the embedder in use"
    decide(decisions=[Decision(waiting, Verdict.APPROVE, text="I keep geese in the yard")], actor=ME)
    assert sizes(waiting) == [64, 384]
    vector = waiting.vectors.get(embedder="wire").embedding
    assert list(vector) == pytest.approx(get_embedder().embed(["I keep geese in the yard"])[0], abs=1e-5)


def test_a_rollback(memory: Memory, alice: User, alice_project: Project) -> None:
    key, _secret = ApiKey.issue(project=alice_project, name="importer", created_by=alice)
    revise(memory=memory, revision=Revision(text="I keep bats"), actor=Actor.of(Principal(api_key=key)))
    source = Source("source_key", key)
    request_rollback(principal=Principal(user=alice), project=fresh(alice_project), source=source)
    memory.refresh_from_db()
    assert (memory.text, sizes(memory)) == ("I keep bees on the roof", [64, 384])


def test_nothing_decided_asks_no_embedder(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_embedder(), "embed", None)
    decide(decisions=[], actor=ME)
