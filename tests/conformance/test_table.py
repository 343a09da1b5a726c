"""The documentation's table is what the tests have just seen, and leaves no method of a client out unsaid."""

import os

import pytest

from tests.conformance import table
from tests.conformance.left_out import LEFT_OUT


def test_every_method_of_every_client_is_driven_or_left_out_for_a_reason() -> None:
    if not table.complete():
        pytest.skip("that no method of mem0's clients is left out, because not all of them ran")
    left_out = {client: set(LEFT_OUT.get(client, {})) for client in table.COLUMNS}
    assert {client: table.undriven(client) for client in table.COLUMNS} == left_out
    assert not {client: rows for client in table.COLUMNS if (rows := table.unfounded(client))}


def test_the_documented_table_is_true() -> None:
    if not table.complete():
        pytest.skip("the table of mem0's clients, because not all of them ran")
    if os.environ.get("WRITE_TABLE"):
        table.write()
    assert table.documented() == table.markdown(), "Run WRITE_TABLE=1 pytest tests/conformance and commit the table."
