"""The broker in the database: a process that connects to it must neither wait for the others nor stop them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kombu.pools
import psycopg
import pytest
from celery import Celery
from django.db import connection
from kombu.transport import resolve_transport

from memoryhub.broker import install_schema, pgmq_options
from memoryhub.celery import app as ours
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
