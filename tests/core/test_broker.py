"""The broker in the database: a process that connects to it must neither wait for the others nor stop them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kombu.pools
import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, connections
from kombu.transport import resolve_transport

from memories.dispatch import unheard
from memoryhub.broker import install_schema, pgmq_options
from memoryhub.celery import app as ours
from memoryhub.celery import pool_connections
from memoryhub.pgmq import Transport

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "tests"


@pytest.fixture
def app() -> Iterator[Celery]:
    install_schema(QUEUE)
    with Celery("tests", set_as_current=False) as app:
        # Not `broker_url`, over which the environment's CELERY_BROKER_URL has precedence.
        app.conf.broker_read_url = app.conf.broker_write_url = "pgmq://localhost/"
        app.conf.broker_transport_options = pgmq_options(connection.settings_dict)
        app.conf.task_default_queue = QUEUE
        yield app
        kombu.pools.reset()  # else their connections outlive the test database
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.drop_queue(%s)", [QUEUE])


def test_the_name_pgmq_means_our_transport() -> None:
    assert ours.main == "memoryhub"
    assert resolve_transport("pgmq") is Transport


def test_installing_twice_leaves_what_waits(app: Celery) -> None:
    app.send_task("anything", retry=False)
    install_schema(QUEUE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_length FROM pgmq.metrics(%s)", [QUEUE])
        assert cursor.fetchone() == (1,)


def test_what_waits_in_it_is_counted(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memories.dispatch.current_app", app)
    assert unheard() == 0
    for _ in range(3):
        app.send_task("anything", retry=False)
    assert unheard() == 3
    app.conf.task_default_queue = "nowhere"
    assert unheard() == 0


def test_a_new_connection_sends_while_others_hold_the_queue(app: Celery) -> None:
    with (
        ThreadPoolExecutor() as sender,
        psycopg.connect(app.conf.broker_transport_options["conn_string"]) as other,
        other.transaction(),
    ):
        other.execute("SELECT pgmq.read(%s, 1, 1)", [QUEUE])
        sender.submit(app.send_task, "anything", retry=False).result(timeout=10)


def test_a_consumer_is_woken_by_a_task_and_not_by_its_next_look(app: Celery) -> None:
    app.conf.broker_transport_options |= {"polling_interval": 60}
    received: list[Any] = []
    with (
        app.connection_for_read() as reading,
        reading.Consumer(app.amqp.queues[QUEUE], callbacks=[lambda body, message: received.append(body)], no_ack=True),
    ):
        with pytest.raises(TimeoutError):
            reading.drain_events(timeout=0.2)
        threading.Timer(0.5, app.send_task, ["anything"], {"args": ["a"], "retry": False}).start()
        reading.drain_events(timeout=30)
    assert [body[0] for body in received] == [["a"]]


def test_of_a_long_queue_more_is_taken_as_soon_as_something_is_acknowledged(app: Celery) -> None:
    app.conf.broker_transport_options |= {"polling_interval": 60}
    for _ in range(3):
        app.send_task("anything", retry=False)
    taken: list[Any] = []
    with (
        app.connection_for_read() as reading,
        reading.Consumer(
            app.amqp.queues[QUEUE], callbacks=[lambda body, message: taken.append(message)], prefetch_count=2
        ),
    ):
        began = time.monotonic()
        while len(taken) < 2:
            reading.drain_events(timeout=30)
        # As Celery's loop does, which acknowledges between two calls: so the second one must return.
        with pytest.raises(TimeoutError):
            reading.drain_events(timeout=30)
        taken[0].ack()
        reading.drain_events(timeout=30)
        assert len(taken) == 3
        assert time.monotonic() - began < 10


def test_a_workers_threads_hand_their_connections_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {**connection.settings_dict})
    pool_connections(sender=None)

    def wrapper() -> Any:
        return type(connections["default"])(settings.DATABASES["default"])

    def backend(number: int) -> int:
        one = wrapper()
        with one.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        one.close()
        return int(pid)

    try:
        with ThreadPoolExecutor(max_workers=2) as threads:
            used = set(threads.map(backend, range(20)))
        assert len(used) <= 3
    finally:
        wrapper().close_pool()
    assert "pool" not in connection.settings_dict["OPTIONS"]
