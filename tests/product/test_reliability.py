"""What is acknowledged is kept and finished, once, whatever dies in between."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from memoryhub import embedded_postgres
from tests.extraction.replies import statements_of_users
from tests.product.running import Product, eventually, running
from tests.providers.wire import Answer, OpenAIWire, chat, error


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def post(product: Product, text: str, person: str = "ann") -> str:
    with product.http() as http:
        answer = http.post("/v3/memories/add/", json={"messages": text, "user_id": person}).raise_for_status()
        return str(answer.json()["event_id"])


def remembered(product: Product, person: str = "ann") -> list[str]:
    with product.http() as http:
        listed = http.post("/v3/memories/", json={"filters": {"user_id": person}}).raise_for_status().json()
    return sorted(memory["memory"] for memory in listed["results"])


def wired(data: Path, wire: OpenAIWire, **settings: str) -> Any:
    """Run the product with the local server as its language model."""
    return running(data, OPENAI_BASE_URL=wire.url, OPENAI_API_KEY="sk-test", EVENT_LEASE_SECONDS="3", **settings)


def test_a_worker_killed_while_extracting_is_replaced_and_the_event_finished_once(data: Path) -> None:
    with OpenAIWire() as wire:
        wire.reply_with(statements_of_users)
        wire.script(chat({}, delay=60))
        with wired(data, wire) as product:
            event_id = post(product, "I keep bees.")
            eventually(lambda: wire.chats)
            product.find("worker").send_signal(signal.SIGKILL)
            event = product.finished(event_id, seconds=60)
            assert event["status"] == "SUCCEEDED"
            assert event["attempts"] == 2
            assert remembered(product) == ["I keep bees."]


def test_an_event_rung_for_many_times_becomes_one_set_of_memories(product: Product, person: str) -> None:
    event_id = post(product, "I keep bees. I sold my car.", person)
    ring = "from memories.dispatch import ring; [ring(%r) for _ in range(20)]"
    product.manage("shell", "-v0", "-c", ring % event_id)
    assert product.finished(event_id)["status"] == "SUCCEEDED"
    again = post(product, "I work as a nurse.", person)  # the rings before it have been answered by then
    product.finished(again)
    assert remembered(product, person) == ["I keep bees.", "I sold my car.", "I work as a nurse."]


def test_a_stopped_postgres_is_a_503_that_passes_without_a_restart(data: Path) -> None:
    with running(data) as product:
        kept = post(product, "I keep bees.")
        product.finished(kept)
        web = product.find("memoryhub.web").pid
        answers: list[httpx.Response] = []
        with product.http() as http:

            def listing() -> httpx.Response:
                return http.post("/v3/memories/", json={"filters": {"user_id": "ann"}})

            for _call in range(20):  # so that no worker is at its first one, which takes longer than an outage
                assert listing().status_code == 200
            postmaster = psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))
            postmaster.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown: every connection breaks
            eventually(lambda: answers.append(listing()) or answers[-1].status_code == 503, every=0.01)
            outage = answers[-1]
            assert outage.json()["code"] == "database_unavailable"
            assert "try again" in outage.json()["detail"]
            assert int(outage.headers["Retry-After"]) > 0
            assert eventually(lambda: listing().status_code == 200, seconds=30)
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert product.find("memoryhub.web").pid == web
        later = post(product, "I sold my car.")
        assert product.finished(later, seconds=40)["status"] == "SUCCEEDED"
        assert remembered(product) == ["I keep bees.", "I sold my car."]
        assert embedded_postgres.is_running(data / "postgres")


def test_what_may_pass_is_tried_again_and_what_will_not_is_shown_at_once(data: Path) -> None:
    with OpenAIWire() as wire, wired(data, wire) as product:
        wire.reply_with(statements_of_users)
        wire.script(
            error(429, "Slow down.", headers={"Retry-After": "1"}), error(500, "Oops."), Answer(b"<html>", status=502)
        )
        event = product.finished(post(product, "I keep bees."), seconds=60)
        assert (event["status"], event["attempts"], event["error"]) == ("SUCCEEDED", 4, None)

        wire.script(error(401, "Incorrect API key provided."))
        event = product.finished(post(product, "I sold my car."))
        assert (event["status"], event["attempts"], event["error_code"]) == ("FAILED", 1, "ProviderRejected")
        assert "API key" in event["error"]
        assert remembered(product) == ["I keep bees."]
