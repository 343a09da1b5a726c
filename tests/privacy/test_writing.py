"""A secret is withheld at every door through which words come in, and is in no table afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Project, User
from accounts.principal import Principal
from memories.attachments.kinds import TXT, Attached
from memories.models import AccessLog, Attachment, Event, Memory, MemoryVersion, Message, Run
from memories.services.ingest import ingest
from memories.services.record import Conversation, Said, record
from tests.api.conftest import wire
from tests.conftest import Remember, api_client
from tests.erasure.everywhere import tables_saying
from tests.extraction.replies import statements_of_users
from tests.pages.markup import text_of
from tests.providers.wire import OpenAIWire

__all__ = ["wire"]
CARD = "4111 1111 1111 1111"


def tables_saying_the_card() -> list[str]:
    """Fewer digits of it may stand in an id by chance."""
    return [*tables_saying("1111 1111"), *tables_saying("4111111111")]


CARDS = {"kind": "card_number", "action": "mask", "count": 1}


def tell(user: User, project: Project, *texts: str, **more: Any) -> Event:
    said = [Said(role="user", text=text, attachments=more.get("attachments", ())) for text in texts]
    more.pop("attachments", None)
    conversation = Conversation(said=said, entities={"user_id": "ann"}, **more)
    event = record(principal=Principal(user=user), project=project, conversation=conversation)
    ingest(event.pk)
    event.refresh_from_db()
    return event


def refuse(project: Project, *kinds: str) -> None:
    project.privacy = dict.fromkeys(kinds, "refuse")
    project.save()


class TestAdding:
    def test_a_model_never_sees_it_and_no_table_holds_it(
        self, alice: User, alice_project: Project, wire: OpenAIWire
    ) -> None:
        wire.reply_with(statements_of_users)
        event = tell(alice, alice_project, f"I paid with {CARD}. I live in Osaka.")
        assert event.status == "SUCCEEDED"
        assert len(wire.requests) == 1
        assert "4111" not in json.dumps(wire.requests[0].body)
        assert [memory.text for memory in Memory.objects.all()] == ["I live in Osaka."]
        assert event.refusals == [
            {"text": "I paid with [masked:card_number].", "reason": "It holds a secret, which is not kept."}
        ]
        assert event.withheld == [CARDS]
        assert tables_saying_the_card() == []

    def test_what_a_model_makes_up_is_screened_as_well(
        self, alice: User, alice_project: Project, wire: OpenAIWire
    ) -> None:
        wire.reply_with(lambda request: statements_of_users(request, extra="Ann's card is 4111111111111111 in Osaka."))
        event = tell(alice, alice_project, "I live in Osaka with Ann's card.")
        assert event.withheld == [CARDS]
        assert tables_saying_the_card() == []

    def test_without_extraction_only_the_secret_is_missing(self, alice_api: APIClient) -> None:
        body = {
            "messages": f"I paid with {CARD}.",
            "user_id": "ann",
            "infer": False,
            "metadata": {"card": CARD, "shop": "Loft"},
        }
        answer = alice_api.post("/v3/memories/add/", body).json()
        assert answer["results"][0]["memory"] == "I paid with [masked:card_number]."
        assert Memory.objects.get().metadata == {"card": "[masked:card_number]", "shop": "Loft"}
        event = alice_api.get(f"/v1/event/{answer['event_id']}/").json()
        assert event["withheld"] == [{**CARDS, "count": 2}]
        assert tables_saying_the_card() == []

    def test_a_refused_turn_is_not_kept_and_the_others_are(self, alice: User, alice_project: Project) -> None:
        refuse(alice_project, "card_number")
        event = tell(alice, alice_project, f"I live in Osaka and paid with {CARD}.", "I like tea.", infer=False)
        assert [message.text for message in event.messages.all()] == ["[refused:card_number]", "I like tea."]
        assert [memory.text for memory in Memory.objects.all()] == ["I like tea."]
        assert event.withheld == [{**CARDS, "action": "refuse"}]

    def test_a_kind_that_is_allowed_is_kept(self, alice: User, alice_project: Project) -> None:
        alice_project.privacy = {"card_number": "allow"}
        alice_project.save()
        event = tell(alice, alice_project, f"I paid with {CARD}.", infer=False)
        assert (Memory.objects.get().text, event.withheld) == (f"I paid with {CARD}.", [])

    def test_of_a_document_only_the_masked_words_stay(
        self, alice: User, alice_project: Project, wire: OpenAIWire
    ) -> None:
        wire.reply_with(statements_of_users)
        document = Attached(kind=TXT, content=f"Bill. {CARD}".encode(), media_type="text/plain")
        event = tell(alice, alice_project, "I got this bill in Osaka.", attachments=[document])
        attachment = Attachment.objects.get()
        assert (attachment.text, attachment.content) == ("Bill. [masked:card_number]", None)
        assert "not kept" in attachment.note
        assert event.withheld == [CARDS]
        assert "4111" not in json.dumps(wire.requests[0].body)

    def test_what_was_stored_under_another_policy_is_screened_before_it_is_read(
        self, alice: User, alice_project: Project
    ) -> None:
        said = [Said(role="user", text="I live in Osaka, write to ann@example.com.")]
        event = record(
            principal=Principal(user=alice),
            project=alice_project,
            conversation=Conversation(said=said, entities={"user_id": "ann"}),
        )
        Project.objects.update(privacy={"email": "mask"})
        ingest(event.pk)
        assert Message.objects.get().text == "I live in Osaka, write to [masked:email]."
        assert tables_saying("ann@example") == []


class TestChanging:
    def test_a_correction_is_masked_and_its_history_says_so(self, remember: Remember, alice_api: APIClient) -> None:
        memory = remember("I pay in cash")
        answer = alice_api.put(
            f"/v1/memories/{memory.pk}/", {"text": f"I pay with {CARD}", "metadata": {"pin": "pin: 4821"}}
        )
        assert answer.status_code == 200
        assert answer.json()["memory"] == "I pay with [masked:card_number]"
        version = MemoryVersion.objects.get(number=2)
        assert version.reason == "1 × card number masked; 1 × password masked"
        assert tables_saying_the_card() == tables_saying("pin: 4821") == []

    def test_a_refused_correction_changes_nothing(
        self, remember: Remember, alice_api: APIClient, alice_client: Client, alice_project: Project
    ) -> None:
        memory, other = remember("I pay in cash"), remember("I like tea")
        refuse(alice_project, "card_number")
        answer = alice_api.put(f"/v1/memories/{memory.pk}/", {"text": CARD})
        assert (answer.status_code, answer.json()["code"]) == (422, "privacy_refused")
        assert "4111" not in answer.json()["detail"]
        batch = [{"memory_id": str(other.pk), "text": "x"}, {"memory_id": str(memory.pk), "text": CARD}]
        assert alice_api.put("/v1/batch/", {"memories": batch}).status_code == 422
        form = {"text": CARD, "version": 1, "categories": "", "reason": "", "expiration_date": ""}
        page = alice_client.post(f"/memories/{memory.pk}/edit/", form)
        assert page.status_code == 422
        assert "Card numbers" in text_of(page)
        assert MemoryVersion.objects.filter(number=2).count() == 0

    def test_queries_and_what_is_said_of_entities_are_screened(self, remember: Remember, alice_api: APIClient) -> None:
        remember("I pay in cash")
        alice_api.post("/v3/memories/search/", {"query": f"whose is {CARD}?", "filters": {"user_id": "ann"}})
        assert AccessLog.objects.get().query == "whose is [masked:card_number]?"
        alice_api.post("/v1/users/", {"user_id": "ann", "metadata": {"card": CARD}})
        assert tables_saying_the_card() == []


class TestIncognito:
    @pytest.mark.parametrize("infer", [True, False])
    def test_nothing_is_kept_but_that_there_was_a_conversation(self, alice_api: APIClient, infer: bool) -> None:
        body = {"messages": [{"role": "user", "content": "I am Zarathustra."}] * 2, "user_id": "zarathustra"}
        answer = alice_api.post("/v3/memories/add/", {**body, "incognito": True, "infer": infer}).json()
        assert (answer["status"], answer["results"]) == ("SUCCEEDED", [])
        assert answer["warnings"] == ["Incognito: nothing of what was said is kept."]
        event = Event.objects.get()
        assert event.withheld == [{"kind": "incognito", "action": "refuse", "count": 2}]
        assert tables_saying("zarathustra") == []

    def test_a_run_can_be_incognito_until_it_no_longer_is(self, alice_api: APIClient) -> None:
        add = {"messages": "I sing.", "user_id": "ann", "run_id": "r1", "infer": False}
        assert alice_api.post("/v1/runs/", {"run_id": "r1", "incognito": True}).status_code == 201
        assert alice_api.post("/v3/memories/add/", add).json()["results"] == []
        assert Message.objects.count() == 0
        alice_api.post("/v1/runs/", {"run_id": "r1", "incognito": False})
        assert Run.objects.get().incognito is False
        assert len(alice_api.post("/v3/memories/add/", add).json()["results"]) == 1

    def test_another_projects_run_of_that_name_does_not_matter(self, alice_api: APIClient, charlie: User) -> None:
        api_client(charlie).post("/v1/runs/", {"run_id": "r1", "incognito": True})
        add = {"messages": "I sing.", "user_id": "ann", "run_id": "r1", "infer": False}
        assert len(alice_api.post("/v3/memories/add/", add).json()["results"]) == 1

    def test_only_a_run_can_be(self, alice_api: APIClient) -> None:
        assert alice_api.post("/v1/users/", {"user_id": "ann", "incognito": True}).status_code == 400

    def test_sent_again_under_the_same_key_it_is_the_same_event(self, alice_api: APIClient) -> None:
        body = {"messages": "I sing.", "user_id": "ann", "incognito": True}
        first, second = (alice_api.post("/v3/memories/add/", body, headers={"Idempotency-Key": "k"}) for _ in "12")
        assert first.json() == second.json()
        assert Event.objects.count() == 1


def test_statements_about_excluded_topics_are_refused_without_their_words(alice: User, alice_project: Project) -> None:
    alice_project.excluded_topics = ["salary: 給料", "health: diabetes"]
    alice_project.save()
    event = tell(
        alice,
        alice_project,
        "I have diabetes.",
        "給料は三十万円です。",
        "My boss gave me a raise.",
        "I like tea.",
        infer=False,
    )
    assert [memory.text for memory in Memory.objects.all()] == ["I like tea."]
    assert [refusal["text"] for refusal in event.refusals] == ["[health]", "[salary]", "[salary]"]
    assert event.withheld == [{"kind": "topic", "action": "refuse", "count": 3}]
    assert "MemoryVersion" not in str(tables_saying("diabetes"))
