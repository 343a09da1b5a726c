"""Several statements in one round trip: all or nothing, and the connection is well after whatever happens."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from memories.services.one_trip import ask

pytestmark = pytest.mark.django_db(transaction=True)
ONE = b"SELECT 1, NULL, $1::text"
NOTE = b"INSERT INTO django_content_type (app_label, model) VALUES ($1, 'noted') RETURNING app_label"
ORPHAN = b"INSERT INTO auth_permission (name, codename, content_type_id) VALUES ($1, 'x', -1)"
WRONG = b"SELECT $1::int / 0"


def noted() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type WHERE model = 'noted'")
        return int(cursor.fetchone()[0])


def test_each_statement_has_its_rows() -> None:
    text = "ü" * 3
    assert ask(connection, [(ONE, [text.encode()]), (NOTE, [b"a"]), (b"SELECT $1::int WHERE false", [b"1"])]) == [
        [(b"1", None, text.encode())],
        [(b"a",)],
        [],
    ]
    assert noted() == 1


def test_more_than_sockets_hold_is_sent_and_received() -> None:
    large = b"x" * 20_000_000
    answers = ask(connection, [(ONE, [large]), (ONE, [b"small"]), (ONE, [large])])
    assert [rows[0][2] == sent for rows, sent in zip(answers, [large, b"small", large], strict=True)] == [True] * 3


@pytest.mark.parametrize("place", [0, 1])
def test_one_that_fails_undoes_all(place: int) -> None:
    statements = [(NOTE, [b"a"]), (NOTE, [b"b"])]
    statements.insert(place, (WRONG, [b"1"]))
    with pytest.raises(DataError, match="division by zero"):
        ask(connection, statements)
    assert noted() == 0
    assert ask(connection, [(NOTE, [b"a"])]) == [[(b"a",)]]


def test_so_does_a_commit_that_fails() -> None:
    with pytest.raises(IntegrityError, match="violates foreign key"):
        ask(connection, [(NOTE, [b"a"]), (ORPHAN, [b"x"])])
    assert noted() == 0
    assert ask(connection, [(NOTE, [b"a"])]) == [[(b"a",)]]


def test_within_a_transaction_it_belongs_to_that() -> None:
    with pytest.raises(DataError), transaction.atomic():
        assert ask(connection, [(NOTE, [b"a"])]) == [[(b"a",)]]
        ask(connection, [(WRONG, [b"1"])])
    assert noted() == 0
    with transaction.atomic():
        ask(connection, [(NOTE, [b"a"])])
    assert noted() == 1


@pytest.mark.parametrize("within", [False, True])
def test_statements_that_somebody_has_dropped_are_prepared_again(within: bool) -> None:
    for _time in range(2):
        if within:
            with transaction.atomic():
                ask(connection, [(NOTE, [uuid4().bytes.hex().encode()]), (ONE, [b"x"])])
        else:
            ask(connection, [(NOTE, [uuid4().bytes.hex().encode()]), (ONE, [b"x"])])
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
    assert noted() == 2


def test_a_lost_connection_is_told_and_replaced() -> None:
    ask(connection, [(ONE, [b"x"])])
    with pytest.raises(OperationalError):
        ask(connection, [(NOTE, [b"a"]), (b"SELECT pg_terminate_backend(pg_backend_pid()), $1::text", [b"x"])])
    assert ask(connection, [(NOTE, [b"b"])]) == [[(b"b",)]]
    assert noted() == 1


def test_what_cannot_be_prepared_is_told() -> None:
    with pytest.raises(Exception, match="syntax error"):
        ask(connection, [(b"NONSENSE", [])])
    assert ask(connection, [(ONE, [b"x"])]) == [[(b"1", None, b"x")]]


def test_a_connection_lost_before_is_told_as_such_or_replaced() -> None:
    def end() -> None:
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None}) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    for sql in (ONE, b"SELECT 2, $1::text"):  # one that is prepared, and one that isn't
        ask(connection, [(ONE, [b"x"])])
        end()
        connection.health_check_done = True
        with pytest.raises(OperationalError):
            ask(connection, [(sql, [b"x"])])
        ask(connection, [(ONE, [b"x"])])
        end()
        connection.health_check_enabled, connection.health_check_done = True, False
        assert len(ask(connection, [(sql, [b"x"])])) == 1


def test_a_statement_whose_rows_have_changed_is_prepared_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE changing (a int)")
    try:
        assert ask(connection, [(b"SELECT * FROM changing WHERE $1 = '1'", [b"1"])]) == [[]]
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE changing ADD b int DEFAULT 2")
            cursor.execute("INSERT INTO changing VALUES (1)")
        assert ask(connection, [(b"SELECT * FROM changing WHERE $1 = '1'", [b"1"])]) == [[(b"1", b"2")]]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE changing")
